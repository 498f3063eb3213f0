"""A judge drops out in the middle: sheets go over with their history, late marks are kept aside, totals stay right."""

from copy import deepcopy
from typing import Any
from uuid import uuid4

import pytest
from at_once import at_once
from factories import make_account, make_delegation, make_judge, sign_in_account, sign_in_judge
from flask import Flask
from flask.testing import FlaskClient
from judge_devices import judge_actor
from juries import JURY_SCHEME, Jury, lines
from sqlalchemy import select

from competitions.judges.recusal import RecusalError
from competitions.lifecycle import CompetitionState
from competitions.models import Competition, Contestant, Event, Judge, Seat
from core.audit import verify
from core.db import db, transaction
from core.errors import ConflictError, DomainError, InvalidInputError, NotAllowedError, NotFoundError
from core.permissions import Role
from scoring.engine.marks import collect_marks
from scoring.engine.scheme_document import scheme_from_document
from scoring.engine.totals import evaluate
from scoring.jury.deliberations import deliberations_of
from scoring.jury.holdings import holdings, substitutions_of
from scoring.jury.late_marks import late_saves_of
from scoring.jury.models import Substitution
from scoring.jury.revoting import AskRevote, ask_revote
from scoring.jury.substitution import (
    ReplaceJudge,
    SeatNeededError,
    SubstituteError,
    replace_judge,
    vacancy_problem,
)
from scoring.models import RefusedSave, ScoreSheet
from scoring.results.computing import mark_rows
from scoring.sheets.board import progress, read_sheet
from scoring.sheets.checks import HandedOverError, SheetClosedError
from scoring.sheets.review import ChangeSheet, change_sheet
from scoring.sheets.saving import SaveMarks, save_marks
from scoring.states import SheetAction, SheetState, WrongStateError

GIVEN = deepcopy(JURY_SCHEME) | {"default_panel": {"judges": 3, "missing": "use_given"}}
"""The same, with totals from the judges who are there."""
MEAN = deepcopy(JURY_SCHEME) | {
    "default_panel": {"judges": 3, "missing": "mean_of_given", "drop_high": 1, "drop_low": 1}
}


@pytest.fixture
def jury(app: Flask) -> Jury:
    return Jury()


def replace(jury: Jury, seat: int, substitute: Judge | None, **over: Any) -> Any:
    values: dict[str, Any] = {"reason": "突发疾病", "actor": jury.organiser, "substitute_id": None}
    if "judge_id" not in over:
        values["judge_id"] = jury.judges[seat - 1].id
    if substitute is not None:
        values["substitute_id"] = substitute.id
    return replace_judge(ReplaceJudge(jury.competition_id, **({"module_id": jury.module_id} | values | over)))


def newcomer(jury: Jury, **over: Any) -> Judge:
    return make_judge(competition_id=jury.competition_id, name="吴接替", **over)


def total(jury: Jury, scheme: dict[str, Any], entrant: int = 1) -> str:
    db.session.rollback()
    parsed = scheme_from_document(scheme)
    return evaluate(parsed, collect_marks(parsed, mark_rows(db.session(), jury.event_id))).text(str(entrant))


def test_open_sheets_go_over_with_their_marks_and_handed_in_ones_stay(jury: Jury) -> None:
    jury.hand_in("2", "2", "2")
    jury.mark(2, {"J1": "1"}, entrant=1)
    leaving, substitute = jury.judges[1], newcomer(jury)

    done = replace(jury, 2, substitute)

    assert (done.moved, done.kept) == (1, 1)
    assert jury.sheet(2).judge_id == leaving.id
    taken = jury.sheet(2, entrant=1)
    assert taken.judge_id == substitute.id
    assert jury.newest(2, entrant=1).saved_by == f"judge:{leaving.id}"
    assert [s.judge_id for s in db.session.scalars(select(Seat).where(Seat.number == 2))] == [substitute.id]
    jury.mark(2, {"J1": "2", "J2": "2"}, entrant=1)
    history = read_sheet(jury.competition_id, taken.id).history
    assert [line.saved_by for line in history] == ["吴接替", leaving.name]


def test_the_substitute_hands_in_and_the_total_is_that_of_the_seats(jury: Jury) -> None:
    jury.mark(2, {"J1": "0"})
    replace(jury, 2, newcomer(jury))
    jury.hand_in("2", "2", "2")
    assert total(jury, JURY_SCHEME) != ""
    assert verify() == []


def test_marks_of_the_judge_who_left_are_refused_kept_and_shown(jury: Jury) -> None:
    leaving = jury.device_of(2)
    sheet = jury.sheet(2)
    replace(jury, 2, newcomer(jury))

    late = SaveMarks(sheet.id, uuid4(), {"J1": "3"}, base_revision=0)
    for _ in range(2):
        with pytest.raises(HandedOverError, match="接替"):
            save_marks(late, leaving)

    kept = db.session.scalars(select(RefusedSave)).one()
    assert (kept.code, kept.marks) == ("handed_over", {"J1": "3"})
    jury.hand_in("2", "2", "2")
    (shown,) = late_saves_of(db.session(), db.session.get_one(Event, jury.event_id), jury.chief)
    assert (shown.sender, shown.marks) == (leaving.name, {"J1": "3"})


def test_a_retry_of_what_was_stored_before_still_gets_its_first_answer(jury: Jury) -> None:
    leaving, sheet = jury.device_of(2), jury.sheet(2)
    stored = SaveMarks(sheet.id, uuid4(), {"J1": "1"}, base_revision=0)
    save_marks(stored, leaving)
    replace(jury, 2, newcomer(jury))

    assert save_marks(stored, leaving) == 1
    assert db.session.scalar(select(RefusedSave)) is None


def test_the_device_of_the_judge_who_left_stays_signed_in_for_what_it_still_holds(
    jury: Jury, client: FlaskClient
) -> None:
    sign_in_judge(client, jury.judges[1])
    replace(jury, 2, newcomer(jury))
    answer = client.get("/scoring/sheets")
    assert answer.status_code == 200
    assert answer.get_json()["sheets"] == []


def test_the_substitute_is_told_whose_marks_stand_there(jury: Jury, client: FlaskClient) -> None:
    jury.mark(2, {"J1": "1"})
    substitute = newcomer(jury)
    replace(jury, 2, substitute)
    sign_in_judge(client, substitute)

    sheets = {s["id"]: s for s in client.get("/scoring/sheets").get_json()["sheets"]}
    assert sheets[jury.sheet(2).id]["is_taken_over"] is True
    assert sheets[jury.sheet(2, entrant=1).id]["is_taken_over"] is False
    jury.mark(2, {"J1": "2"})
    sheets = {s["id"]: s for s in client.get("/scoring/sheets").get_json()["sheets"]}
    assert sheets[jury.sheet(2).id]["is_taken_over"] is False


def test_a_sheet_that_goes_back_later_can_go_over_then(jury: Jury) -> None:
    jury.hand_in("2", "2", "2")
    substitute = newcomer(jury)
    replace(jury, 2, substitute)
    change_sheet(ChangeSheet(jury.competition_id, jury.sheet(2).id, SheetAction.RETURN, jury.chief, "漏项"))
    assert [(h.seats, h.open_sheets) for h in holdings(jury.competition_id) if h.judge.id == jury.judges[1].id] == [
        ((), 1)
    ]

    with pytest.raises(SubstituteError, match="已在"):
        replace(jury, 2, jury.judges[0])
    second = make_judge(competition_id=jury.competition_id, name="郑再替")
    assert replace(jury, 2, second).moved == 1
    assert jury.sheet(2).judge_id == second.id


def test_a_seat_may_fall_away_where_the_scheme_counts_who_is_there(app: Flask) -> None:
    jury = Jury(GIVEN)
    jury.mark(2, {"J1": "0", "J2": "0"})  # never handed in: it does not count
    assert replace(jury, 2, None).moved == 2
    for seat in (1, 3):
        jury.mark(seat, {"J1": "2", "J2": "2"} | ({"N1": "10:00"} if seat == 1 else {}))
        jury.submit(seat)

    assert total(jury, GIVEN) == "8"
    assert jury.sheet(2).state is SheetState.VACANT
    (found,) = progress(jury.competition_id)
    assert (found.total, found.submitted) == (4, 2)
    assert db.session.scalar(select(Seat).where(Seat.number == 2)) is None


def test_an_absent_judge_is_replaced_by_the_mean_where_the_scheme_says_so(app: Flask) -> None:
    jury = Jury(MEAN)
    replace(jury, 2, None)
    jury.mark(1, {"J1": "1", "J2": "3", "N1": "10:00"})
    jury.mark(3, {"J1": "3", "J2": "3"})
    for seat in (1, 3):
        jury.submit(seat)
    assert total(jury, MEAN) == "9"  # J1: 1, 3 and their mean 2, of which the middle stays; J2: 3; time: 4


def test_a_vacant_sheet_takes_no_marks_and_no_move(app: Flask) -> None:
    jury = Jury(GIVEN)
    leaving, sheet = jury.device_of(2), jury.sheet(2)
    replace(jury, 2, None)

    with pytest.raises(SheetClosedError, match="空缺"):
        save_marks(SaveMarks(sheet.id, uuid4(), {"J1": "1"}, base_revision=0), leaving)
    assert db.session.scalars(select(RefusedSave)).one().code == "sheet_closed"
    for action in (SheetAction.CONFIRM, SheetAction.RETURN, SheetAction.UNLOCK):
        with pytest.raises(WrongStateError):
            change_sheet(ChangeSheet(jury.competition_id, sheet.id, action, jury.chief, "?"))


def test_a_seat_does_not_fall_away_where_the_scheme_waits_for_it(jury: Jury) -> None:
    with pytest.raises(SeatNeededError, match="评满"):
        replace(jury, 2, None)
    assert jury.sheet(2).state is SheetState.OPEN


def test_the_seat_that_measures_does_not_fall_away(app: Flask) -> None:
    jury = Jury(GIVEN)
    with pytest.raises(SeatNeededError, match="只评一次"):
        replace(jury, 1, None)


@pytest.mark.parametrize(
    ("panel", "left", "is_needed"),
    [
        ({"judges": 3, "missing": "wait"}, [1, 3], True),
        ({"judges": 2, "missing": "wait"}, [1, 3], True),
        ({"judges": 1, "missing": "wait"}, [1, 3], False),
        ({"missing": "use_given"}, [1], False),
        ({"missing": "use_given"}, [], True),
        ({"missing": "use_given", "at_least": 3}, [1, 3], True),
        ({"missing": "use_given", "drop_high": 1, "drop_low": 1}, [1, 3], True),
        ({"missing": "use_given", "drop_high": 1, "drop_low": 1}, [1, 3, 4], False),
    ],
)
def test_whether_a_rule_can_do_without_a_seat(panel: dict[str, Any], left: list[int], is_needed: bool) -> None:
    scheme = scheme_from_document(deepcopy(JURY_SCHEME) | {"default_panel": panel})
    assert bool(vacancy_problem(scheme, "P", 2, left)) is is_needed


def test_rules_of_recusal_bind_the_substitute(jury: Jury) -> None:
    contestant = db.session.scalars(select(Contestant)).first()
    assert contestant is not None
    with pytest.raises(RecusalError, match="回避"):
        replace(jury, 2, newcomer(jury, unit=contestant.unit))
    home = contestant.entrant.delegation_id
    with pytest.raises(RecusalError):
        replace(jury, 2, newcomer(jury, unit="另一单位", delegation_id=home))
    elsewhere = make_delegation(competition_id=jury.competition_id)
    replace(jury, 2, newcomer(jury, unit="无关单位", delegation_id=elsewhere.id))


@pytest.mark.parametrize(
    ("over", "error"),
    [
        ({"reason": " "}, InvalidInputError),
        ({"substitute_id": 999_999}, NotFoundError),
        ({"judge_id": 999_999}, NotFoundError),
        ({"module_id": 999_999}, NotFoundError),
    ],
)
def test_what_is_not_there_is_refused(jury: Jury, over: dict[str, Any], error: type[DomainError]) -> None:
    with pytest.raises(error):
        replace(jury, 2, newcomer(jury), **over)
    assert db.session.scalar(select(Substitution)) is None


def test_the_same_person_or_one_who_sits_there_is_no_substitute(jury: Jury) -> None:
    with pytest.raises(SubstituteError, match="另一名"):
        replace(jury, 2, jury.judges[1])
    with pytest.raises(SubstituteError, match="已在"):
        replace(jury, 2, jury.judges[2])
    with pytest.raises(ConflictError, match="没有席位"):
        replace(jury, 2, newcomer(jury), judge_id=make_judge(competition_id=jury.competition_id).id)


def test_nobody_marks_the_same_work_on_two_seats(jury: Jury) -> None:
    """Who handed a sheet in and left does not come back on another seat for the same contestant."""
    jury.hand_in("2", "2", "2")
    replace(jury, 2, newcomer(jury))
    change_sheet(ChangeSheet(jury.competition_id, jury.sheet(3).id, SheetAction.RETURN, jury.chief, "漏项"))
    with pytest.raises(SubstituteError, match="评过同一名选手"):
        replace(jury, 3, jury.judges[1])


def test_nobody_puts_oneself_on_a_seat(jury: Jury) -> None:
    chief = make_judge(competition_id=jury.competition_id, name="周裁判长", role=Role.CHIEF_JUDGE)
    with pytest.raises(NotAllowedError, match="本人"):
        replace(jury, 2, chief, actor=judge_actor(chief))


@pytest.mark.parametrize("state", [CompetitionState.DRAWING, CompetitionState.PUBLIC_NOTICE])
def test_only_while_marks_are_given_and_reviewed(jury: Jury, state: CompetitionState) -> None:
    with transaction() as session:
        session.get_one(Competition, jury.competition_id).state = state
    with pytest.raises(ConflictError, match="评分和复核"):
        replace(jury, 2, newcomer(jury))


def test_the_replacement_is_recorded(jury: Jury) -> None:
    jury.mark(2, {"J1": "1"})
    substitute = newcomer(jury)
    replace(jury, 2, substitute)
    (line,) = lines("judge.replaced")
    assert line.detail == {
        "judge": jury.judges[1].id,
        "substitute": substitute.id,
        "seats": [2],
        "moved": [jury.sheet(2, n).id for n in (0, 1)],
        "kept": 0,
        "reason": "突发疾病",
    }
    (past,) = substitutions_of(jury.competition_id)
    assert (past.row.judge_id, past.row.substitute_id) == (jury.judges[1].id, substitute.id)


def test_a_save_and_a_replacement_at_once_lose_nothing(app: Flask) -> None:
    jury = Jury(contestants=1)
    leaving, sheet_id, substitute_id = jury.device_of(2), jury.sheet(2).id, newcomer(jury).id
    left = jury.judges[1].id
    db.session.rollback()
    command = SaveMarks(sheet_id, uuid4(), {"J1": "1"}, base_revision=0)

    def save() -> str:
        try:
            return str(save_marks(command, leaving))
        except HandedOverError:
            return "handed_over"

    def swap() -> str:
        return str(replace(jury, 2, None, judge_id=left, substitute_id=substitute_id).moved)

    saved, moved = at_once(app, lambda act: act(), [save, swap])
    assert moved == "1"
    db.session.rollback()
    is_refused = db.session.scalar(select(RefusedSave)) is not None
    assert is_refused is (saved == "handed_over")
    assert db.session.get_one(ScoreSheet, sheet_id).revision == (1 if saved == "1" else 0)
    assert verify() == []


def test_two_replacements_at_once_make_one(app: Flask) -> None:
    jury = Jury(contestants=1)
    people = [newcomer(jury).id, make_judge(competition_id=jury.competition_id, name="郑再替").id]
    leaving = jury.judges[1].id
    db.session.rollback()

    def swap(person: int) -> str:
        try:
            return str(replace(jury, 2, None, judge_id=leaving, substitute_id=person).moved)
        except ConflictError:
            return "refused"

    answers = sorted(at_once(app, swap, people))
    assert answers == ["1", "refused"]


def test_the_page_replaces_and_says_what_went_where(jury: Jury, client: FlaskClient) -> None:
    jury.hand_in("2", "2", "2")
    substitute = newcomer(jury)
    sign_in_account(client, make_account(role=Role.CHIEF_JUDGE, competition_id=jury.competition_id))
    base = f"/scoring/competitions/{jury.competition_id}"
    page = client.get(f"{base}/substitutes").get_data(as_text=True)
    assert jury.judges[1].name in page

    there = f"{base}/events/{jury.event_id}/substitutes"
    form = {"judge": jury.judges[1].id, "module": jury.module_id, "substitute": substitute.id, "reason": "突发疾病"}
    answer = client.post(there, data=form, follow_redirects=True)
    assert "1 张未提交的评分表已转交" in answer.get_data(as_text=True)
    assert "突发疾病" in answer.get_data(as_text=True)
    for nobody in ("", "谁"):
        form |= {"judge": jury.judges[2].id, "substitute": nobody}
        assert client.post(there, data=form).status_code == 422
    assert client.post(there, data=form | {"substitute": "vacant"}).status_code == 409


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.TEAM_LEADER])
def test_strangers_do_not_replace_judges(jury: Jury, client: FlaskClient, role: Role) -> None:
    sign_in_account(client, make_account(role=role, competition_id=jury.competition_id))
    base = f"/scoring/competitions/{jury.competition_id}"
    assert client.get(f"{base}/substitutes").status_code == 403
    assert client.post(f"{base}/events/{jury.event_id}/substitutes").status_code == 403


def test_a_round_goes_on_without_the_seat_that_falls_away(app: Flask) -> None:
    jury = Jury(deepcopy(JURY_SCHEME) | {"default_panel": {"judges": 3, "missing": "use_given", "spread": 1}})
    jury.hand_in("0", "1", "3")
    ask_revote(AskRevote(jury.competition_id, jury.module_id, jury.entrants[0], "J1", "再议", jury.chief))
    replace(jury, 3, None)
    for seat in (1, 2):
        jury.mark(seat, dict(jury.newest(seat).marks) | {"J1": "1"}, rounds={"J1": 2})
        jury.submit(seat)

    db.session.rollback()
    (found,) = deliberations_of(db.session(), db.session.get_one(Event, jury.event_id), jury.chief)
    assert found.state == "settled"
    assert [(s.votes, s.is_vacant) for s in found.seats] == [
        (("0", "1"), False),
        (("1", "1"), False),
        (("3", None), True),
    ]


def test_a_substitute_votes_again_without_being_told_the_vote_before(jury: Jury, client: FlaskClient) -> None:
    jury.hand_in("0", "1", "3")
    ask_revote(AskRevote(jury.competition_id, jury.module_id, jury.entrants[0], "J1", "再议", jury.chief))
    substitute = newcomer(jury)
    assert replace(jury, 3, substitute).moved == 2
    sign_in_judge(client, substitute)
    sheets = {s["id"]: s for s in client.get("/scoring/sheets").get_json()["sheets"]}
    assert sheets[jury.sheet(3).id]["due"] == [{"aspect": "J1", "round": 2, "reason": "再议", "earlier": None}]
