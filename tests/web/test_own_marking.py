"""A judge's own marking statistics: after final results, for the judge alone, without any other judge's name."""

from fractions import Fraction

import pytest
from factories import make_account, make_judge, sign_in_account, sign_in_judge
from marked import Stage

from competitions.models import Entrant
from core.db import db
from core.permissions import Role
from scoring.own_marking.gathering import Closed, own_events
from scoring.sheets.review import ChangeSheet, change_sheet
from scoring.states import SheetAction

MARKS = [("80", "82", "60"), ("70", "72", "50"), ("90", "90", "71")]
THEORY = ["60", "50", "70"]


@pytest.fixture
def stage(app):
    stage = Stage(3)
    stage.mark_all(MARKS, THEORY)
    stage.confirm_all()
    stage.snapshot = stage.compute()
    return stage


@pytest.fixture
def client(app):
    return app.test_client()


def final(stage):
    stage.publish(stage.snapshot, is_final=True, reason="演示")
    return stage


def page(client, judge):
    answer = sign_in_judge(client, judge).get("/scoring/own-marking")
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def closed(stage, judge=0):
    db.session.rollback()
    (one,) = own_events(stage.judges[judge].id)
    return one.closed


def test_nothing_is_shown_before_the_final_result(stage, client):
    assert closed(stage) is Closed.UNPUBLISHED
    text = page(client, stage.judges[2])
    assert "成绩未公布" in text
    assert "平均差" not in text

    stage.publish(stage.snapshot)
    assert closed(stage) is Closed.PROVISIONAL
    text = page(client, stage.judges[2])
    assert "公示期间还可能有申诉和改分" in text
    assert "平均差" not in text


def test_after_it_a_judge_reads_the_own_distance_from_the_median(stage, client):
    (one,) = own_events(final(stage).judges[2].id)
    (module,) = one.modules
    assert (one.sheets, one.count, module.whole.mean) == (3, 3, Fraction(-59, 3))

    text = page(client, stage.judges[2])
    assert "-19.67" in text
    assert "-19.7%" in text
    assert "mini-bar__mean" in text


def test_no_other_judge_and_no_contestant_is_named(stage, client):
    text = page(client, final(stage).judges[2])
    names = [judge.name for judge in stage.judges[:2]]
    names += [db.session.get_one(Entrant, key).name for key in stage.entrants]
    for name in names:
        assert name not in text


def test_another_judge_reads_other_figures_and_a_judge_without_sheets_none(stage, client):
    assert "-19.67" not in page(client, final(stage).judges[0])
    stranger = make_judge(competition_id=stage.competition.id)
    text = page(client, stranger)
    assert "您还没有评分表" in text
    assert "-19.67" not in text


def test_a_sheet_that_is_opened_again_closes_the_page(stage):
    final(stage)
    assert closed(stage) is None
    sheet = stage.sheet(0, 1).id
    change_sheet(ChangeSheet(stage.competition.id, sheet, SheetAction.UNLOCK, stage.chief, "申诉成立"))
    assert closed(stage) is Closed.REOPENED
    assert closed(stage, judge=2) is Closed.REOPENED  # not only for the judge whose sheet it is


@pytest.mark.parametrize("role", [Role.CHIEF_JUDGE, Role.ORGANISER, Role.SUPERVISOR, Role.TEAM_LEADER])
def test_nobody_but_a_judge_has_such_a_page(stage, client, role):
    sign_in_account(client, make_account(role=role, competition=final(stage).competition))
    assert client.get("/scoring/own-marking").status_code == 403


def test_a_stranger_is_asked_to_sign_in(client):
    assert client.get("/scoring/own-marking").status_code == 302


def test_the_tablet_leads_to_it(stage, client):
    sign_in_judge(client, stage.judges[0])
    assert 'href="/own-timetable"' in client.get("/tablet").get_data(as_text=True)
    for page in ("/own-timetable", "/own-ties"):
        assert 'href="/scoring/own-marking"' in client.get(page).get_data(as_text=True)
