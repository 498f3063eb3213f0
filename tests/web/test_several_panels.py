from uuid import uuid4

import pytest
from factories import make_account, make_judge, make_panel, sign_in_account
from marked import SCHEME, Stage
from sqlalchemy import select

from competitions.course.readiness import shortcomings
from competitions.lifecycle import CompetitionState, Condition
from competitions.models import Competition
from core.clock import now
from core.db import db, transaction
from core.permissions import Role
from scoring.live.matrix import seats_of
from scoring.models import ScoreSheet, SheetRevision
from scoring.sheets.board import read_sheet
from scoring.states import SheetState


@pytest.fixture
def stage(app):
    return Stage()


def test_several_panels_of_a_module_share_the_contestants_in_turn(stage):
    second = [make_judge(competition_id=stage.competition.id) for _ in range(3)]
    make_panel(module_id=stage.module("P").id, judges=second, name="第二组")

    assert stage.open() == 12
    assert [stage.sheet(n, 1).judge_id for n in range(3)] == [stage.judges[0].id, second[0].id, stage.judges[0].id]
    assert stage.open() == 0
    seats = seats_of(db.session(), stage.module("P").id)
    assert seats[1] == f"{stage.judges[0].name}、{second[0].name}"


def test_the_history_of_a_sheet_names_the_judge(stage):
    stage.open()
    sheet, judge = stage.sheet(0, 1), stage.judges[0]
    with transaction() as session:
        about = {"sheet_id": sheet.id, "number": 1, "key": uuid4(), "marks": {"P1": "80"}, "saved_at": now()}
        session.add(SheetRevision(saved_by=f"judge:{judge.id}", **about))

    assert read_sheet(stage.competition.id, sheet.id).history[0].saved_by == judge.name


def test_a_panel_smaller_than_the_scheme_asks_for_is_named_before_marking(stage):
    competition = db.session.get(Competition, stage.competition.id)
    assert shortcomings(competition)[Condition.PANELS_COMPLETE] == ("还没有裁判长",)

    stage.adopt(SCHEME | {"default_panel": {"judges": 5, "drop_high": 1, "drop_low": 1}})
    short, no_chief = shortcomings(competition)[Condition.PANELS_COMPLETE]
    assert "有 3 名裁判，评分方案要求 5 名" in short
    assert no_chief == "还没有裁判长"


def test_the_chief_judge_ends_marking_and_nobody_else_but_the_organiser(stage, client):
    stage.mark_all([("80", "81", "82")] * 3, ["90"] * 3)
    with transaction() as session:
        session.get(Competition, stage.competition.id).state = CompetitionState.MARKING
        for sheet in session.scalars(select(ScoreSheet)):
            sheet.state = SheetState.CONFIRMED
    moves = f"/competitions/{stage.competition.id}/moves"

    sign_in_account(client, make_account(role=Role.SUPERVISOR, competition=stage.competition))
    assert client.post(moves, data={"target": "reviewing"}).status_code == 403
    sign_in_account(client, make_account(role=Role.CHIEF_JUDGE, competition=stage.competition))
    assert client.post(moves, data={"target": "reviewing"}).status_code == 302
    assert db.session.get(Competition, stage.competition.id).state is CompetitionState.REVIEWING
    assert client.post(moves, data={"target": "public_notice"}).status_code == 403


def test_a_number_that_no_column_holds_is_refused_in_a_sentence(stage, client):
    sign_in_account(client, make_account(role=Role.ORGANISER, competition=stage.competition))
    roster = f"/competitions/{stage.competition.id}/roster?event={10**30}"

    answer = client.get(roster)
    assert answer.status_code == 422
    assert "超出范围" in answer.get_data(as_text=True)
