"""Votes too far apart: held, asked for again, voted in a round of their own; nothing else on the sheet moves."""

from uuid import uuid4

import pytest
from at_once import at_once
from factories import make_account, sign_in_account, sign_in_judge
from flask import Flask
from flask.testing import FlaskClient
from juries import JURY_SCHEME, Jury, lines
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from competitions.models import Entrant, EntrantStatus, Event, Module
from core.audit import verify
from core.db import db, transaction
from core.errors import DomainError, InvalidInputError, NotFoundError
from core.permissions import Role
from scoring.engine.marks import collect_marks
from scoring.engine.scheme_document import scheme_from_document
from scoring.engine.totals import evaluate
from scoring.jury.alarms import alarms_of, held_aspects
from scoring.jury.deliberations import Deliberation, deliberations_of
from scoring.jury.models import Revote
from scoring.jury.revoting import (
    AskRevote,
    NoSpreadError,
    WithdrawRevote,
    ask_revote,
    withdraw_revote,
)
from scoring.jury.substitution import ReplaceJudge, replace_judge
from scoring.results.computing import mark_rows
from scoring.sheets.checks import AspectClosedError, BadMarksError, RevotePendingError
from scoring.sheets.review import ChangeSheet, change_sheet
from scoring.sheets.saving import SaveMarks, SyncSaves, sync_saves
from scoring.states import SheetAction, SheetState


@pytest.fixture
def jury(app: Flask) -> Jury:
    return Jury()


def ask(jury: Jury, **over: object) -> int:
    values: dict[str, object] = {"node": "J1", "reason": "对照评分标准再议", "entrant_id": jury.entrants[0]}
    command = AskRevote(jury.competition_id, jury.module_id, actor=jury.chief, **(values | over))  # type: ignore[arg-type]
    return ask_revote(command)


def total(jury: Jury, entrant: int = 1) -> str:
    scheme = scheme_from_document(JURY_SCHEME)
    db.session.rollback()
    return evaluate(scheme, collect_marks(scheme, mark_rows(db.session(), jury.event_id))).text(str(entrant))


def shown(jury: Jury) -> Deliberation:
    db.session.rollback()
    (found,) = deliberations_of(db.session(), db.session.get_one(Event, jury.event_id), jury.chief)
    return found


def vote(jury: Jury, seat: int, mark: str, number: int = 2) -> int:
    """The judge votes again in a round."""
    marks = dict(jury.newest(seat).marks) | {"J1": mark}
    return jury.mark(seat, marks, rounds={"J1": number})


def test_votes_more_than_one_apart_are_held_until_the_next_round_agrees(jury: Jury) -> None:
    jury.hand_in("0", "1", "3")
    assert total(jury) == ""
    assert shown(jury).state == "held"

    assert ask(jury) == 2
    for seat, mark in enumerate(("1", "1", "2"), start=1):
        vote(jury, seat, mark)
        jury.submit(seat)

    assert shown(jury).state == "settled"
    assert [s.votes for s in shown(jury).seats] == [("0", "1"), ("1", "1"), ("3", "2")]
    assert total(jury) != ""
    assert verify() == []


def test_exactly_one_apart_is_no_alarm(jury: Jury) -> None:
    jury.hand_in("1", "2", "2")
    assert alarms_of(db.session(), jury.event_id).alarms == ()
    assert total(jury) != ""


def test_nothing_is_held_before_all_have_voted(jury: Jury) -> None:
    jury.mark(1, {"J1": "0"})
    jury.mark(2, {"J1": "3"})
    assert alarms_of(db.session(), jury.event_id).alarms == ()


def test_a_handed_in_sheet_is_open_for_that_aspect_alone(jury: Jury) -> None:
    jury.hand_in("0", "1", "3")
    ask(jury)

    sheet = jury.sheet(2)
    assert (sheet.state, sheet.reopened_for, sheet.submitted_at) == (SheetState.OPEN, ["J1"], None)
    before = dict(jury.newest(2).marks)
    with pytest.raises(AspectClosedError) as caught:
        jury.mark(2, before | {"J1": "1", "J2": "3"}, rounds={"J1": 2})
    assert caught.value.more == {"aspects": ["J2"]}
    with pytest.raises(AspectClosedError):
        jury.mark(2, {"J1": "1"}, rounds={"J1": 2})  # J2 left out is J2 taken away

    vote(jury, 2, "2")
    jury.submit(2)
    assert (jury.sheet(2).state, jury.sheet(2).reopened_for) == (SheetState.SUBMITTED, None)


def test_a_queue_of_saves_is_held_to_the_open_aspect_as_well(jury: Jury) -> None:
    jury.hand_in("0", "1", "3")
    ask(jury)
    sheet, before = jury.sheet(1), dict(jury.newest(1).marks)
    first = SaveMarks(sheet.id, uuid4(), before | {"J1": "1"}, base_revision=1, rounds={"J1": 2})
    second = SaveMarks(sheet.id, uuid4(), before | {"J1": "1", "J2": "0"}, base_key=first.key, rounds={"J1": 2})

    kept, refused = sync_saves(SyncSaves([first, second]), jury.device_of(1))
    assert kept.revision == 2  # type: ignore[union-attr]
    assert refused.error.code == "aspect_closed"  # type: ignore[union-attr]


def test_an_open_sheet_stays_open_as_a_whole(jury: Jury) -> None:
    for seat, mark in enumerate(("0", "1", "3"), start=1):
        jury.mark(seat, {"J1": mark})
    ask(jury)

    assert jury.sheet(1).reopened_for is None
    jury.mark(1, {"J1": "1", "J2": "2"}, rounds={"J1": 2})


def test_a_sheet_is_not_handed_in_while_it_owes_a_vote(jury: Jury) -> None:
    jury.hand_in("0", "1", "3")
    ask(jury)
    with pytest.raises(RevotePendingError) as caught:
        jury.submit(1)
    assert caught.value.more == {"aspects": ["J1"]}


def test_the_same_vote_again_is_a_vote(jury: Jury) -> None:
    jury.hand_in("0", "1", "3")
    ask(jury)
    vote(jury, 2, "1")
    jury.submit(2)
    assert jury.newest(2).rounds == {"J1": 2}


def test_while_a_round_runs_no_vote_of_the_round_before_counts(jury: Jury) -> None:
    jury.hand_in("0", "1", "3")
    ask(jury)
    vote(jury, 1, "2")  # 2, 1, 3 would be within one of each other only in part; and two votes are of round 1

    rows = [r for r in mark_rows(db.session(), jury.event_id, open_only=False) if r.aspect == "J1"]
    assert [(r.judge, r.value) for r in rows] == [("J1", "2")]
    assert shown(jury).state == "asked"


def test_a_third_round_keeps_the_history_of_both_before(jury: Jury) -> None:
    jury.hand_in("0", "1", "3")
    ask(jury)
    for seat, mark in enumerate(("0", "2", "3"), start=1):
        vote(jury, seat, mark)
        jury.submit(seat)
    assert ask(jury, reason="仍有分歧") == 3
    for seat in (1, 2, 3):
        vote(jury, seat, "2", number=3)
        jury.submit(seat)

    found = shown(jury)
    assert [s.votes for s in found.seats] == [("0", "0", "2"), ("1", "2", "2"), ("3", "3", "2")]
    assert [(r.round, r.reason) for r in found.requests] == [(2, "对照评分标准再议"), (3, "仍有分歧")]
    assert found.state == "settled"


@pytest.mark.parametrize("missing", ["use_given", "mean_of_given"])
def test_a_round_runs_until_all_who_were_asked_have_voted(app: Flask, missing: str) -> None:
    panel = {"judges": 3, "spread": 1, "missing": missing}
    jury = Jury(JURY_SCHEME | {"default_panel": panel})
    jury.hand_in("0", "1", "3")
    ask(jury)
    vote(jury, 1, "0")
    vote(jury, 2, "3")  # too far apart already, and the third is still to vote
    assert alarms_of(db.session(), jury.event_id).alarms == ()
    assert shown(jury).state == "asked"
    with pytest.raises(NoSpreadError):
        ask(jury)

    vote(jury, 3, "3")
    assert shown(jury).state == "held"
    assert ask(jury) == 3
    request = db.session.scalars(select(Revote).where(Revote.round == 3)).one()
    assert request.seats == [1, 2, 3]  # nobody's earlier vote comes back to count


def test_a_seat_that_was_left_vacant_holds_no_round_up(app: Flask) -> None:
    jury = Jury(JURY_SCHEME | {"default_panel": {"judges": 3, "spread": 1, "missing": "use_given"}})
    jury.hand_in("0", "1", "3")
    ask(jury)
    vote(jury, 1, "0")
    vote(jury, 2, "3")
    gone = ReplaceJudge(jury.competition_id, jury.module_id, jury.judge_ids[2], None, "突发疾病", jury.organiser)
    replace_judge(gone)
    assert shown(jury).state == "held"
    assert ask(jury) == 3


def test_other_entrants_and_aspects_are_not_touched(jury: Jury) -> None:
    jury.hand_in("0", "1", "3")
    jury.hand_in("2", "2", "2", entrant=1)
    ask(jury)
    assert jury.sheet(1, entrant=1).state is SheetState.SUBMITTED
    assert total(jury, 2) != ""


@pytest.mark.parametrize(
    ("over", "error"),
    [
        ({"reason": " "}, InvalidInputError),
        ({"node": "J2"}, NoSpreadError),
        ({"node": "Z9"}, NoSpreadError),
        ({"entrant_id": 999}, NoSpreadError),
    ],
)
def test_a_request_that_makes_no_sense_is_refused_and_changes_nothing(
    jury: Jury, over: dict[str, object], error: type[DomainError]
) -> None:
    jury.hand_in("0", "1", "3")
    with pytest.raises(error):
        ask(jury, **over)
    assert jury.sheet(1).state is SheetState.SUBMITTED
    assert db.session.scalar(select(func.count()).select_from(Revote)) == 0


def test_another_competitions_module_is_not_found(jury: Jury) -> None:
    other = Jury()
    jury.hand_in("0", "1", "3")
    command = AskRevote(other.competition_id, jury.module_id, jury.entrants[0], "J1", "再议", other.chief)
    with pytest.raises(NotFoundError):
        ask_revote(command)


def test_a_vote_in_a_round_that_nobody_asked_for_is_refused(jury: Jury) -> None:
    with pytest.raises(BadMarksError, match="第 2 轮"):
        jury.mark(1, {"J1": "1"}, rounds={"J1": 2})


def test_the_request_is_recorded_and_can_not_be_changed(jury: Jury) -> None:
    jury.hand_in("0", "1", "3")
    ask(jury)
    (line,) = lines("revote.asked")
    assert line.detail["seats"] == [1, 2, 3]
    assert line.detail["reason"] == "对照评分标准再议"
    assert line.detail["reopened"] == [jury.sheet(seat).id for seat in (1, 2, 3)]
    with pytest.raises(DBAPIError, match="append-only"), transaction() as session:
        session.scalars(select(Revote)).one().reason = "改写"


def test_two_chiefs_who_ask_at_once_ask_once(app: Flask) -> None:
    jury = Jury()
    jury.hand_in("0", "1", "3")
    db.session.rollback()

    def press(_: int) -> str:
        try:
            return str(ask(jury))
        except NoSpreadError:
            return "refused"

    answers = sorted(at_once(app, press, range(2)))
    assert answers == ["2", "refused"]


def test_a_request_taken_back_hands_the_sheets_in_again_as_they_were(jury: Jury) -> None:
    jury.hand_in("0", "1", "3")
    handed_in = jury.sheet(2).submitted_at
    ask(jury)
    vote(jury, 1, "1")
    request = db.session.scalars(select(Revote)).one()

    withdraw_revote(WithdrawRevote(jury.competition_id, request.id, "仲裁另行处理", jury.chief))

    assert (jury.sheet(2).state, jury.sheet(2).submitted_at) == (SheetState.SUBMITTED, handed_in)
    assert jury.sheet(1).state is SheetState.OPEN  # has marked since, and says itself when it is done
    jury.submit(1)
    assert shown(jury).state == "held"  # 1, 1, 3 is still too far apart
    assert lines("revote.withdrawn")[0].detail["reason"] == "仲裁另行处理"
    with pytest.raises(DomainError, match="已经撤回"):
        withdraw_revote(WithdrawRevote(jury.competition_id, request.id, "再撤", jury.chief))
    assert ask(jury) == 3


def test_a_sheet_unlocked_as_a_whole_is_open_as_a_whole(jury: Jury) -> None:
    jury.hand_in("0", "1", "3")
    ask(jury)
    vote(jury, 1, "1")
    jury.submit(1)
    change_sheet(ChangeSheet(jury.competition_id, jury.sheet(1).id, SheetAction.RETURN, jury.chief, "复查"))
    assert jury.sheet(1).reopened_for is None
    jury.mark(1, {"J1": "1", "J2": "3", "N1": "10:00"}, rounds={"J1": 2})


def test_the_tablet_learns_of_its_own_vote_and_of_no_other(jury: Jury, client: FlaskClient) -> None:
    jury.hand_in("0", "1", "3")
    ask(jury)
    sign_in_judge(client, jury.judges[2])

    answer = client.get("/scoring/sheets").get_json()
    sheet = next(s for s in answer["sheets"] if s["id"] == jury.sheet(3).id)
    assert sheet["due"] == [{"aspect": "J1", "round": 2, "reason": "对照评分标准再议", "earlier": "3"}]
    assert sheet["reopened_for"] == ["J1"]
    assert sheet["marks"] == {"J1": "3", "J2": "2"}
    assert "votes" not in str(answer)


def test_one_press_on_the_page_asks(jury: Jury, client: FlaskClient) -> None:
    jury.hand_in("0", "1", "3")
    sign_in_account(client, make_account(role=Role.CHIEF_JUDGE, competition_id=jury.competition_id))
    base = f"/scoring/competitions/{jury.competition_id}"
    page = client.get(f"{base}/events/{jury.event_id}/jury").get_data(as_text=True)
    assert "请重新评议" in page
    assert "分差超限" in page

    form = {"entrant": jury.entrants[0], "node": "J1", "reason": "再议"}
    assert client.post(f"{base}/modules/{jury.module_id}/revotes", data=form).status_code == 302
    page = client.get(f"{base}/events/{jury.event_id}/jury").get_data(as_text=True)
    assert "等待重评" in page
    request = db.session.scalars(select(Revote)).one()
    assert client.post(f"{base}/revotes/{request.id}/withdrawal", data={"reason": "误按"}).status_code == 302


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.ORGANISER])
def test_only_a_chief_judge_asks(jury: Jury, client: FlaskClient, role: Role) -> None:
    sign_in_account(client, make_account(role=role, competition_id=jury.competition_id))
    base = f"/scoring/competitions/{jury.competition_id}"
    assert client.post(f"{base}/modules/{jury.module_id}/revotes").status_code == 403
    assert client.get(f"{base}/events/{jury.event_id}/jury").status_code == 200


def test_the_board_drops_an_alarm_while_votes_are_to_come_and_names_the_sheets(jury: Jury, client: FlaskClient) -> None:
    jury.hand_in("0", "1", "3")
    sign_in_account(client, make_account(role=Role.CHIEF_JUDGE, competition_id=jury.competition_id))
    address = f"/scoring/competitions/{jury.competition_id}/events/{jury.event_id}/board"
    assert "分差超限" in client.get(address).get_data(as_text=True)

    ask(jury)
    page = client.get(address).get_data(as_text=True)
    assert page.count("需重评") >= 3
    assert 'class="held"' not in page
    for seat, mark in ((1, "0"), (2, "1"), (3, "3")):
        vote(jury, seat, mark)
        jury.submit(seat)
    assert 'class="held"' in client.get(address).get_data(as_text=True)


def test_of_who_is_out_nothing_is_held_on_the_board_nor_on_the_page(jury: Jury) -> None:
    jury.hand_in("0", "1", "3")
    module = db.session.get_one(Module, jury.module_id)
    assert held_aspects(db.session(), module) == {jury.entrants[0]: ("整体造型",)}
    with transaction() as session:
        session.get_one(Entrant, jury.entrants[0]).status = EntrantStatus.DISQUALIFIED
    module = db.session.get_one(Module, jury.module_id)
    assert held_aspects(db.session(), module) == {}
    assert alarms_of(db.session(), jury.event_id).alarms == ()
