"""The page of declared ties: who may use it, what a refused form keeps, what it says is to be done."""

from html import unescape

import pytest
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
    make_sheet,
    sign_in_account,
    sign_in_judge,
)

from competitions.judge_ties.declaring import ties_of
from competitions.judges.event_chiefs import ChiefPerson, SetChiefEvents, set_events
from competitions.lifecycle import CompetitionState
from competitions.models import Competition
from core.db import db, transaction
from core.permissions import Role
from scoring.states import SheetState


class Scene:
    """A competition with a seated judge and a contestant; its organiser signed in."""

    def __init__(self, app):
        self.competition = make_competition()
        self.event = make_event(competition=self.competition, name="焊工")
        self.module = make_module(event=self.event, name="实操")
        self.delegation = make_delegation(competition=self.competition, name="石家庄市")
        self.entrant = make_entrant(event=self.event, delegation=self.delegation, name="孙选手", unit="一厂")
        self.judge = make_judge(competition=self.competition, name="钱裁判")
        make_panel(module=self.module, judges=[self.judge])
        self.app, self.home = app, f"/competitions/{self.competition.id}/judge-ties"
        self.client = self.as_role(Role.ORGANISER)

    def as_role(self, role):
        account = make_account(role=role, competition=self.competition)
        return sign_in_account(self.app.test_client(), account)

    def form(self, **over):
        values = {"judge": str(self.judge.id), "kind": "coach", "contestant": "孙选手", "delegation": ""}
        return values | {"reason": "本人书面申报"} | over

    def post(self, **over):
        return self.client.post(self.home, data=self.form(**over))

    def page(self, address=None):
        answer = self.client.get(address or self.home)
        assert answer.status_code == 200
        return unescape(answer.get_data(as_text=True))

    def state(self, state):
        with transaction() as session:
            session.get_one(Competition, self.competition.id).state = state


@pytest.fixture
def scene(sqlite_app):
    return Scene(sqlite_app)


def test_a_tie_is_declared_shown_with_what_to_do_and_withdrawn(scene):
    assert scene.post().status_code == 302
    (tie,) = ties_of(scene.competition.id)
    page = scene.page()
    for words in ("钱裁判", "选手孙选手", "师徒、教练或指导教师", "本人书面申报", "要处理", "请换人。", "改席位"):
        assert words in page
    seats = f"/competitions/{scene.competition.id}/modules/{scene.module.id}/panels"
    assert seats in page

    gone = scene.client.post(f"{scene.home}/{tie.id}/withdrawal", data={"reason": "登记错了人"})
    assert gone.status_code == 302
    page = scene.page()
    assert "登记错了人" in page
    assert "本人书面申报" in page
    assert "改席位" not in page


def test_the_pages_of_judges_lead_to_it(scene):
    panels = scene.page(f"/competitions/{scene.competition.id}/panels")
    assert scene.home in panels
    own = scene.page(f"/competitions/{scene.competition.id}/judges/{scene.judge.id}")
    assert f"{scene.home}?judge={scene.judge.id}" in own
    assert f'<option selected value="{scene.judge.id}">' in scene.page(f"{scene.home}?judge={scene.judge.id}")


@pytest.mark.parametrize(
    ("over", "words"),
    [
        ({"reason": ""}, "请写明理由"),
        ({"judge": ""}, "请选择裁判"),
        ({"contestant": ""}, "请选择一名选手或一个代表队"),
        ({"contestant": "吴选手"}, "没有选手“吴选手”"),
    ],
)
def test_a_refused_form_says_why_and_keeps_what_was_typed(scene, over, words):
    answer = scene.post(**over)
    assert answer.status_code == 422
    page = unescape(answer.get_data(as_text=True))
    assert words in page
    assert "本人书面申报" in page or "reason" in over
    assert ties_of(scene.competition.id) == []


def test_both_sides_at_once_and_the_same_tie_twice_are_refused(scene):
    assert scene.post(delegation=str(scene.delegation.id)).status_code == 422
    assert scene.post().status_code == 302
    again = scene.post(contestant="孙选手（一厂）")
    assert again.status_code == 422
    assert "已经申报过" in again.get_data(as_text=True)


def test_a_withdrawal_without_a_reason_or_a_second_one_is_refused(scene):
    scene.post()
    (tie,) = ties_of(scene.competition.id)
    address = f"{scene.home}/{tie.id}/withdrawal"
    assert scene.client.post(address, data={"reason": " "}).status_code == 422
    assert scene.client.post(address, data={"reason": "错了"}).status_code == 302
    assert scene.client.post(address, data={"reason": "错了"}).status_code == 409
    assert scene.client.post(f"{scene.home}/999999/withdrawal", data={"reason": "错了"}).status_code == 404


def test_while_marking_it_leads_to_the_replacement_and_tells_of_sheets_handed_in(scene):
    make_sheet(module=scene.module, entrant=scene.entrant, judge=scene.judge, state=SheetState.SUBMITTED)
    scene.state(CompetitionState.MARKING)
    scene.post()
    page = scene.page()
    assert f"/competitions/{scene.competition.id}/substitutes?event={scene.event.id}" in page
    assert "已提交 1 张对方的评分表" in page
    assert "换裁判" in scene.page(f"/competitions/{scene.competition.id}/panels")
    course = scene.page(f"/competitions/{scene.competition.id}")
    assert "有新申报的回避关系要处理：钱裁判" in course


def test_what_others_say_asks_for_a_decision_and_not_for_another_judge(scene):
    scene.post(kind="other", contestant="", delegation=str(scene.delegation.id), reason="曾随队集训")
    page = scene.page()
    assert "请写明处理意见，或换人" in page
    assert "代表队“石家庄市”" in page
    assert "曾随队集训" in scene.page(f"/competitions/{scene.competition.id}/panels")


def test_a_competition_that_is_over_only_shows_them(scene):
    scene.post()
    scene.state(CompetitionState.ARCHIVED)
    page = scene.page()
    assert "本人书面申报" in page
    assert "<form" not in page.split("<h1>")[1]
    assert scene.post(kind="relative").status_code == 422
    assert len(ties_of(scene.competition.id)) == 1


def strangers(scene):
    others = [scene.as_role(role) for role in (Role.SUPERVISOR, Role.TEAM_LEADER, Role.AUDITOR)]
    return [*others, sign_in_judge(scene.app.test_client(), scene.judge), Scene(scene.app).client]


def test_nobody_but_an_organiser_of_the_competition_declares_or_withdraws_ties(scene):
    scene.post()
    (tie,) = ties_of(scene.competition.id)
    for client in [scene.as_role(Role.CHIEF_JUDGE), *strangers(scene)]:
        assert client.post(scene.home, data=scene.form(kind="relative")).status_code in (302, 403, 404)
        answer = client.post(f"{scene.home}/{tie.id}/withdrawal", data={"reason": "错了"})
        assert answer.status_code in (302, 403, 404)
    db.session.expire_all()
    (only,) = ties_of(scene.competition.id)
    assert only.is_in_force


def test_nobody_but_organisers_and_chief_judges_reads_them(scene):
    scene.post()
    for client in strangers(scene):
        assert client.get(scene.home).status_code in (302, 403, 404)


def test_a_chief_judge_reads_all_of_it_and_is_offered_no_change(scene):
    scene.post()
    client = scene.as_role(Role.CHIEF_JUDGE)
    page = unescape(client.get(scene.home).get_data(as_text=True))
    for words in ("钱裁判", "选手孙选手", "本人书面申报", "要处理", "请换人。", "由组织者申报和撤回"):
        assert words in page
    assert "<form" not in page.split("<h1>")[1]
    assert "改席位" not in page
    assert "<datalist" not in page
    board = client.get(f"/scoring/competitions/{scene.competition.id}/board").get_data(as_text=True)
    assert scene.home in board


def test_a_chief_judge_of_another_event_reads_what_concerns_that_event_alone(scene):
    other = make_event(competition=scene.competition, name="电工")
    make_entrant(event=other, name="李选手")
    scene.post()
    scene.post(contestant="李选手", kind="relative", reason="夫妻")
    account = make_account(role=Role.CHIEF_JUDGE, competition=scene.competition)
    person, actor = ChiefPerson(None, account.id), make_actor(Role.ORGANISER, scene.competition.id)
    set_events(SetChiefEvents(scene.competition.id, person, (other.id,), actor))
    client = sign_in_account(scene.app.test_client(), account)
    page = unescape(client.get(scene.home).get_data(as_text=True))
    assert "李选手" in page
    assert "孙选手" not in page
    assert "本人书面申报" not in page


def test_who_is_the_contestant_is_declared_for_one_contestant_and_not_for_a_team(scene):
    assert scene.post(kind="same_person", contestant="", delegation=str(scene.delegation.id)).status_code == 422
    assert scene.post(kind="same_person", reason="本人报名后被聘").status_code == 302
    page = scene.page()
    assert "就是选手本人" in page
    assert "要处理" in page
