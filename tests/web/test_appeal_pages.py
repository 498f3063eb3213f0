"""Pages of appeals: each sees what is theirs, does what is theirs, and a contestant's name goes no further."""

import pytest
from awarded import Row, add_snapshot, make_published, publish
from factories import make_account, make_competition, sign_in_account
from sqlalchemy import select

from competitions.lifecycle import CompetitionState
from competitions.models import Entrant
from core.auth import CONTESTANT_LIFE, Subject, SubjectKind, sign_in
from core.db import db
from core.permissions import Role
from scoring.appeals.models import Appeal, AppealStep, Channel
from scoring.appeals.states import AppealState

WORDS = "第 3 项本人已完成，<b>请核对</b>记录单。"


@pytest.fixture
def published(app):
    competition = make_competition(appeal_hours=2, state=CompetitionState.PUBLIC_NOTICE)
    return make_published(competition=competition, is_final=False)


def at(app, published, role, **over):
    account = make_account(role=role, competition_id=published.competition_id, **over)
    return sign_in_account(app.test_client(), account)


def contestant(app, published, position=2):
    client = app.test_client()
    key = published.contestant_ids[position - 1]
    subject = Subject(SubjectKind.CONTESTANT, key, "王选手", CONTESTANT_LIFE, published.competition_id, Role.CONTESTANT)
    client.set_cookie(app.config["SIGN_IN_COOKIE"], sign_in(subject, "手机"))
    return client


def file_own(app, published, position=2, **over):
    form = {"entrant": published.entrant_ids[position - 1], "statement": WORDS} | over
    return contestant(app, published, position).post("/scoring/own/appeals", data=form)


def only():
    return db.session.scalars(select(Appeal)).one()


def page(client, path):
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.get_data(as_text=True)


def test_a_contestant_appeals_and_reads_the_ruling_on_the_own_page(app, published):
    assert "请在" in page(contestant(app, published), "/own")
    assert file_own(app, published).status_code == 302
    own, appeals = page(contestant(app, published), "/own"), f"/scoring/competitions/{published.competition_id}/appeals"
    assert "申诉第 1 号" in own
    assert "待受理" in own
    assert "&lt;b&gt;请核对" in own
    assert 'name="statement"' not in own, "one at a time"

    panel, chief = at(app, published, Role.SUPERVISOR), at(app, published, Role.CHIEF_JUDGE)
    here = f"{appeals}/{only().id}"
    assert panel.post(f"{here}/acceptances").status_code == 302
    assert chief.post(f"{here}/explanations", data={"words": "两名裁判一致判定"}).status_code == 302
    assert panel.post(f"{here}/rulings", data={"outcome": "dismissed", "words": "记录单与实际不符"}).status_code == 302

    own = page(contestant(app, published), "/own")
    assert "维持原成绩" in own
    assert "记录单与实际不符" in own
    assert "两名裁判一致判定" not in own, "the chief judge's words are for the panel"
    assert "两名裁判一致判定" in page(panel, here)
    assert 'name="statement"' in own, "another may follow"


def test_a_contestant_appeals_for_nobody_else_and_takes_nobody_elses_back(app, published):
    answer = file_own(app, published, entrant=published.entrant_ids[0])
    assert answer.status_code == 404
    file_own(app, published, 1)
    key = only().id
    assert contestant(app, published, 2).post(f"/scoring/own/appeals/{key}/withdrawals").status_code == 404
    assert contestant(app, published, 1).post(f"/scoring/own/appeals/{key}/withdrawals").status_code == 302
    assert only().state is AppealState.WITHDRAWN


def test_nobody_is_told_of_appeals_before_a_result_is_shown(app):
    published = make_published(is_final=None)
    assert "提出申诉" not in page(contestant(app, published), "/own")
    assert file_own(app, published).status_code == 409


def test_a_leader_appeals_for_the_own_delegation_only(app, published):
    own, other = (db.session.get_one(Entrant, key) for key in published.entrant_ids[:2])
    assert own.delegation_id != other.delegation_id
    leader = at(app, published, Role.TEAM_LEADER, delegation_id=own.delegation_id)
    address = f"/scoring/competitions/{published.competition_id}/delegation/appeals"
    own_id, own_name, other_id, other_name = own.id, own.name, other.id, other.name
    shown = page(leader, address)
    assert own_name in shown
    assert other_name not in shown

    assert leader.post(address, data={"entrant": other_id, "statement": WORDS}).status_code == 404
    assert leader.post(address, data={"entrant": own_id, "statement": WORDS}).status_code == 302
    assert only().channel is Channel.LEADER
    assert "待受理" in page(leader, address)
    assert leader.post(f"{address}/{only().id}/withdrawals").status_code == 302
    assert leader.get(f"/scoring/competitions/{published.competition_id}/appeals").status_code == 403


def test_an_organiser_enters_a_paper_and_does_not_rule(app, published):
    organiser = at(app, published, Role.ORGANISER)
    address = f"/scoring/competitions/{published.competition_id}/appeals"
    form = {"entrant": published.entrant_ids[0], "statement": WORDS, "handed_in_at": "2026-10-01T09:30", "module": ""}
    answer = organiser.post(address, data=form)
    assert answer.location == f"{address}/{only().id}"
    assert only().handed_in_at.isoformat() == "2026-10-01T01:30:00+00:00"
    assert "2026-10-01 09:30" in page(organiser, answer.location)
    for act in ("acceptances", "refusals", "rulings", "explanations"):
        assert organiser.post(f"{answer.location}/{act}", data={"words": "x"}).status_code == 403
    assert db.session.scalars(select(AppealStep)).all() == []
    assert organiser.post(address, data=form | {"handed_in_at": "昨天"}).status_code == 422


def test_the_panel_refuses_with_a_reason_and_chooses_an_outcome(app, published):
    file_own(app, published)
    panel = at(app, published, Role.SUPERVISOR)
    here = f"/scoring/competitions/{published.competition_id}/appeals/{only().id}"
    assert "是否受理" in page(panel, here)
    assert panel.post(f"{here}/refusals", data={"words": ""}).status_code == 422
    assert panel.post(f"{here}/rulings", data={"outcome": "", "words": "x"}).status_code == 422
    assert panel.post(f"{here}/rulings", data={"outcome": "upheld", "words": "x"}).status_code == 409
    panel.post(f"{here}/acceptances")
    assert "作出裁定" in page(panel, here)
    assert panel.post(f"{here}/rulings", data={"outcome": "upheld", "words": "查明属实"}).status_code == 302
    assert "成绩须改正" in page(panel, here)
    assert panel.post(f"{here}/rulings", data={"outcome": "dismissed", "words": "反悔"}).status_code == 409


def test_a_register_shows_a_panel_numbers_and_an_organiser_names(app, published):
    file_own(app, published)
    name = published.entrant(2).name
    address = f"/scoring/competitions/{published.competition_id}/appeals"
    assert name in page(at(app, published, Role.ORGANISER), address)
    assert name not in page(at(app, published, Role.CHIEF_JUDGE), address)


def test_an_empty_register_says_so_and_that_nobody_could_rule(app, published):
    shown = page(at(app, published, Role.ORGANISER), f"/scoring/competitions/{published.competition_id}/appeals")
    assert "没有申诉" in shown
    assert "没有人裁定" in shown
    at(app, published, Role.SUPERVISOR)
    shown = page(at(app, published, Role.ORGANISER), f"/scoring/competitions/{published.competition_id}/appeals")
    assert "没有人裁定" not in shown


def test_an_appeal_of_another_competition_is_not_shown(app, published):
    file_own(app, published)
    elsewhere = make_competition()
    account = make_account(role=Role.ORGANISER, competition_id=elsewhere.id)
    client = sign_in_account(app.test_client(), account)
    assert client.get(f"/scoring/competitions/{elsewhere.id}/appeals/{only().id}").status_code == 404


def test_who_has_to_act_next_is_said_with_names_until_the_result_is_put_right(app, published):
    file_own(app, published)
    panel = at(app, published, Role.SUPERVISOR, display_name="冯监督")
    register = f"/scoring/competitions/{published.competition_id}/appeals"
    here = f"{register}/{only().id}"
    assert "监督/仲裁决定是否受理" in page(panel, register)
    shown = page(panel, here)
    assert "下一步：监督/仲裁决定是否受理" in shown
    assert "监督/仲裁：冯监督" in shown
    assert "裁判长还没有写情况说明" in shown

    at(app, published, Role.CHIEF_JUDGE).post(f"{here}/explanations", data={"words": "两名裁判一致判定"})
    panel.post(f"{here}/acceptances")
    shown = page(panel, here)
    assert "下一步：监督/仲裁裁定" in shown
    assert "裁判长还没有写情况说明" not in shown

    panel.post(f"{here}/rulings", data={"outcome": "upheld", "words": "查明属实"})
    for address in (register, here):
        assert "裁判长改正成绩，组织者重新计算、公示" in page(panel, address)
    rows = [Row(str(rank)) for rank in range(1, 6)]
    publish(published.event_id, add_snapshot(published.event_id, published.entrant_ids, rows, 2), is_final=False)
    for address in (register, here):
        assert "裁判长改正成绩，组织者重新计算、公示" not in page(panel, address)
    assert "成绩须改正：" not in page(panel, here), "it has been"


def test_an_appeal_that_is_over_has_no_next_step(app, published):
    file_own(app, published)
    panel = at(app, published, Role.SUPERVISOR)
    here = f"/scoring/competitions/{published.competition_id}/appeals/{only().id}"
    panel.post(f"{here}/refusals", data={"words": "超过时限"})
    assert "下一步：" not in page(panel, here)


def test_the_time_limit_is_one_press_away_for_who_may_set_it(app, published):
    register = f"/scoring/competitions/{published.competition_id}/appeals"
    edit = f'href="/competitions/{published.competition_id}/edit#appeal_hours"'
    organiser = at(app, published, Role.ORGANISER)
    assert edit in page(organiser, register)
    assert 'id="appeal_hours"' in page(organiser, f"/competitions/{published.competition_id}/edit")
    shown = page(at(app, published, Role.CHIEF_JUDGE), register)
    assert edit not in shown
    assert "时限由组织者在“竞赛资料”里填" in shown
