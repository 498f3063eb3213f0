"""What a judge declares of the own person: on the own device, against delegations, read by judge and organiser."""

from html import unescape

import pytest
from at_once import at_once
from factories import (
    make_account,
    make_actor,
    make_competition,
    make_delegation,
    make_entrant,
    make_event,
    make_judge,
    make_module,
    make_panel,
    sign_in_account,
    sign_in_judge,
)
from sqlalchemy import select

from certificates.contestants.erasing import ErasePerson, erase_person
from competitions.judge_ties.declaring import (
    DeclareTie,
    TieError,
    TieStandsError,
    WithdrawTie,
    declare_tie,
    ties_of,
    withdraw_tie,
)
from competitions.judge_ties.own import DeclareOwn, declare_own, told_by_judges
from competitions.judges.conflicts import Tie
from competitions.judges.recusal import conflicts_in
from competitions.lifecycle import CompetitionState
from competitions.models import Competition
from competitions.setup import WrongStateError
from core.audit import AuditEntry
from core.auth import Actor, SubjectKind
from core.db import db, transaction
from core.errors import NotAllowedError, NotFoundError
from core.permissions import Role

HOME = "/own-ties"


class Scene:
    """A competition with two delegations; a judge with a seat in an event where only the first takes part."""

    def __init__(self, app):
        self.app = app
        self.competition = make_competition()
        self.event = make_event(competition=self.competition, name="焊工")
        self.near = make_delegation(competition=self.competition, name="石家庄市")
        self.far = make_delegation(competition=self.competition, name="承德市")
        self.entrant = make_entrant(event=self.event, delegation=self.near, name="孙选手", unit="一厂")
        self.judge = make_judge(competition=self.competition, name="钱裁判")
        self.other = make_judge(competition=self.competition, name="李裁判")
        make_panel(module=make_module(event=self.event, name="实操"), judges=[self.judge])
        self.organiser = make_actor(Role.ORGANISER, self.competition.id)

    def actor(self, judge=None):
        judge = judge or self.judge
        roles = {self.competition.id: frozenset({Role.JUDGE})}
        return Actor(SubjectKind.JUDGE, judge.id, judge.name, 1, roles, self.competition.id)

    def declare(self, delegation=None, kind=Tie.COACH, reason="我是队里王某某的师傅", judge=None):
        key = (delegation or self.near).id
        return declare_own(DeclareOwn(kind, key, reason, self.actor(judge)))

    def as_judge(self, judge=None):
        return sign_in_judge(self.app.test_client(), judge or self.judge)

    def as_role(self, role):
        return sign_in_account(self.app.test_client(), make_account(role=role, competition=self.competition))

    def state(self, state):
        with transaction() as session:
            session.get_one(Competition, self.competition.id).state = state


def text_of(answer, status=200):
    assert answer.status_code == status
    return unescape(answer.get_data(as_text=True))


@pytest.fixture
def scene(app):
    return Scene(app)


def test_a_judge_declares_and_the_organiser_has_it_to_do(scene):
    client = scene.as_judge()
    values = {"kind": "coach", "delegation": str(scene.near.id), "reason": "我是队里王某某的师傅"}
    assert client.post(HOME, data=values).status_code == 302

    (tie,) = ties_of(scene.competition.id)
    assert (tie.judge_id, tie.delegation_id, tie.contestant_id) == (scene.judge.id, scene.near.id, None)
    assert any(conflict.is_barred for conflict in conflicts_in(scene.competition.id))
    text = text_of(client.get(HOME))
    for words in ("代表队“石家庄市”", "师徒、教练或指导教师", "等组织者处理", "焊工 实操"):
        assert words in text

    seen = text_of(scene.as_role(Role.ORGANISER).get(f"/competitions/{scene.competition.id}/judge-ties"))
    for words in ("裁判本人申报的，有 1 项要处理", "在平板上申报", "改为只对一名选手", "我是队里王某某的师傅"):
        assert words in seen


def test_the_act_is_recorded_of_the_judge_without_the_words(scene):
    key = scene.declare()
    line = db.session.scalar(select(AuditEntry).where(AuditEntry.action == "judge_tie.declared"))
    assert (line.actor, line.target) == (f"judge:{scene.judge.id}", f"judge_tie:{key}")
    assert "王某某" not in str(line.detail)


def test_delegations_of_the_own_events_come_first_and_no_contestant_is_named(scene):
    text = text_of(scene.as_judge().get(HOME))
    assert text.index("您所评赛项的代表队") < text.index("石家庄市") < text.index("其他代表队") < text.index("承德市")
    assert "孙选手" not in text
    assert "一厂" not in text

    seatless = text_of(scene.as_judge(scene.other).get(HOME))
    assert "本次竞赛的代表队" in seatless
    assert "您所评赛项" not in seatless


def test_what_became_of_it_is_told_with_the_organisers_words(scene):
    key = scene.declare(scene.far)
    assert "没有您的席位，也不会再排" in text_of(scene.as_judge().get(HOME))

    withdraw_tie(WithdrawTie(scene.competition.id, key, "已改为只对一名选手登记", scene.organiser))
    text = text_of(scene.as_judge().get(HOME))
    assert "已撤回" in text
    assert "已改为只对一名选手登记" in text


def test_what_others_told_of_a_judge_is_not_shown_to_that_judge(scene):
    declare_tie(
        DeclareTie(scene.competition.id, scene.judge.id, Tie.OTHER, None, scene.near.id, "群众来信", scene.organiser)
    )
    own = scene.declare()
    scene.declare(judge=scene.other, reason="我妹妹在队里", kind=Tie.RELATIVE)

    assert told_by_judges(db.session(), scene.competition.id) >= {own}
    text = text_of(scene.as_judge().get(HOME))
    assert "群众来信" not in text
    assert "我妹妹在队里" not in text  # nor what another judge declared
    assert "我妹妹在队里" in text_of(scene.as_judge(scene.other).get(HOME))


def test_an_organisers_line_on_a_written_statement_does_not_count_as_the_judges(scene):
    organiser = make_actor(Role.ORGANISER, scene.competition.id, name=scene.judge.name)
    command = DeclareTie(scene.competition.id, scene.judge.id, Tie.COACH, None, scene.far.id, "书面申报", organiser)
    declare_tie(command)
    assert told_by_judges(db.session(), scene.competition.id) == frozenset()


@pytest.mark.parametrize(
    ("over", "words"),
    [
        ({"kind": "other"}, None),
        ({"delegation": ""}, "请选择代表队"),
        ({"delegation": "999999"}, None),
        ({"reason": "  "}, "请写明理由"),
        ({"reason": "长" * 301}, None),
    ],
)
def test_a_form_that_says_too_little_is_refused_and_kept(scene, over, words):
    values = {"kind": "coach", "delegation": str(scene.near.id), "reason": "我是教练"} | over
    text = text_of(scene.as_judge().post(HOME, data=values), 422)
    assert words is None or words in text
    assert ties_of(scene.competition.id) == []


def test_the_same_tie_twice_is_refused_where_it_was_typed(scene):
    scene.declare()
    values = {"kind": "coach", "delegation": str(scene.near.id), "reason": "我是教练"}
    assert "已经申报过" in text_of(scene.as_judge().post(HOME, data=values), 422)
    with pytest.raises(TieStandsError):
        scene.declare()


def test_two_presses_at_once_make_one_declaration(scene):
    command = DeclareOwn(Tie.COACH, scene.near.id, "我是教练", scene.actor())
    competition_id = scene.competition.id
    db.session.rollback()

    def press(one):
        try:
            return declare_own(one)
        except TieStandsError:
            return None

    found = at_once(scene.app, press, [command, command])
    assert len([key for key in found if key]) == 1
    assert len(ties_of(competition_id)) == 1


def test_a_kind_that_others_tell_and_no_delegation_are_refused(scene):
    with pytest.raises(TieError, match="种类"):
        scene.declare(kind=Tie.OTHER)
    with pytest.raises(TieError, match="代表队"):
        declare_own(DeclareOwn(Tie.COACH, None, "我是教练", scene.actor()))


def test_a_delegation_of_another_competition_is_not_found(scene):
    with pytest.raises(NotFoundError):
        scene.declare(make_delegation(name="外地"))


def test_a_competition_that_is_over_takes_none(scene):
    scene.state(CompetitionState.ARCHIVED)
    with pytest.raises(WrongStateError):
        scene.declare()
    text = text_of(scene.as_judge().get(HOME))
    assert "不能再申报" in text
    assert '<form method="post" class="card-plain"' not in text


def test_nobody_but_a_judge_declares_for_the_own_person(scene):
    with pytest.raises(NotAllowedError):
        declare_own(DeclareOwn(Tie.COACH, scene.near.id, "我是教练", scene.organiser))
    for role in (Role.ORGANISER, Role.CHIEF_JUDGE, Role.TEAM_LEADER):
        assert scene.as_role(role).get(HOME).status_code == 403
    assert scene.app.test_client().get(HOME).status_code == 302


def test_the_page_to_narrow_a_declaration_comes_with_judge_and_kind_chosen(scene):
    scene.declare(kind=Tie.RELATIVE)
    home = f"/competitions/{scene.competition.id}/judge-ties"
    text = text_of(scene.as_role(Role.ORGANISER).get(f"{home}?judge={scene.judge.id}&kind=relative"))
    assert f'selected value="{scene.judge.id}"' in text
    assert 'selected value="relative"' in text


def test_words_that_name_a_person_go_when_the_person_is_erased(scene):
    key = scene.declare(reason="我是孙选手的师傅")
    kept = scene.declare(scene.far, reason="我妹夫在队里", kind=Tie.RELATIVE)
    withdraw_tie(WithdrawTie(scene.competition.id, key, "已改为只对孙选手登记", scene.organiser))
    scene.state(CompetitionState.ARCHIVED)
    contestant = scene.entrant.members[0].id
    erase_person(ErasePerson(scene.competition.id, contestant, "本人要求", scene.organiser))

    db.session.rollback()
    ties = {tie.id: tie for tie in ties_of(scene.competition.id)}
    assert "孙选手" not in ties[key].reason + ties[key].withdrawal.reason
    assert ties[kept].reason == "我妹夫在队里"
