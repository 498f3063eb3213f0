"""A sheet under review: what entries are worth, the other seats, signatures, and the next sheet that waits."""

from uuid import uuid4

import pytest
from factories import make_account, sign_in_account
from flask.testing import FlaskClient
from juries import Jury

from competitions.models import Entrant, EntrantStatus, Event
from core.db import db, transaction
from core.permissions import Role
from scoring.engine.scheme_document import scheme_from_document
from scoring.jury.deliberations import deliberations_of
from scoring.jury.revoting import AskRevote, ask_revote
from scoring.jury.sheet_company import company_of, worth
from scoring.sheets.saving import SubmitSheet, submit_sheet
from scoring.states import SheetState

FULL = {"J1": "2", "J2": "2"}


def hand_in(jury: Jury, seat: int, entrant: int = 0) -> None:
    jury.mark(seat, FULL | ({"N1": "12:30"} if seat == 1 else {}), entrant)
    jury.submit(seat, entrant)


@pytest.fixture
def jury(app) -> Jury:
    return Jury(contestants=3)


def following(jury: Jury, seat: int, entrant: int = 0) -> tuple[int | None, int] | None:
    found = company_of(db.session(), jury.sheet(seat, entrant)).following
    return (found.draw_number, found.seat) if found else None


def test_the_next_sheet_that_waits_comes_in_the_order_of_the_board_and_then_from_the_top(jury: Jury) -> None:
    assert following(jury, 1) is None
    for seat, entrant in ((1, 0), (3, 0), (2, 1)):
        hand_in(jury, seat, entrant)
    assert following(jury, 1) == (1, 3)
    assert following(jury, 3) == (2, 2)
    assert following(jury, 2, 1) == (1, 1)
    assert following(jury, 1, 2) == (1, 1)
    with transaction() as session:
        session.get_one(Entrant, jury.entrants[1]).status = EntrantStatus.ABSENT
    assert following(jury, 3) == (1, 1)


def test_all_seats_of_the_contestant_are_named_with_their_states(jury: Jury) -> None:
    hand_in(jury, 2)
    seats = company_of(db.session(), jury.sheet(1)).seats
    assert [(one.seat, one.state) for one in seats] == [
        (1, SheetState.OPEN),
        (2, SheetState.SUBMITTED),
        (3, SheetState.OPEN),
    ]


def test_signatures_are_shown_as_they_were_drawn_and_nothing_else(jury: Jury, client: FlaskClient) -> None:
    jury.mark(2, FULL)
    sheet = jury.sheet(2)
    ink = SubmitSheet(sheet.id, uuid4(), sheet.revision, signature="M10 20L30 40", contestant_signature="M1 2L3 4")
    submit_sheet(ink, jury.device_of(2))
    signed = company_of(db.session(), jury.sheet(2)).signed
    assert signed is not None
    assert (signed.judge, signed.contestant) == ("M10 20L30 40", "M1 2L3 4")
    sign_in_account(client, make_account(role=Role.CHIEF_JUDGE, competition_id=jury.competition_id))
    page = client.get(f"/scoring/competitions/{jury.competition_id}/sheets/{sheet.id}").get_data(as_text=True)
    assert 'd="M10 20L30 40"' in page
    assert page.count("<figure") == 2


def test_a_page_names_what_entries_are_worth_once_they_may_be_seen(jury: Jury, client: FlaskClient) -> None:
    sign_in_account(client, make_account(role=Role.CHIEF_JUDGE, competition_id=jury.competition_id))
    hand_in(jury, 1)
    address = f"/scoring/competitions/{jury.competition_id}/sheets/{jury.sheet(1).id}"
    assert "12:30" not in client.get(address).get_data(as_text=True)
    hand_in(jury, 2)
    hand_in(jury, 3)
    page = client.get(address).get_data(as_text=True)
    assert '<td class="num">2</td>' in page.replace("\n", "")  # 12:30 lies half way between 600 s and 900 s of 4 points
    assert "下一张待确认" in page


@pytest.mark.parametrize(
    ("aspect", "text", "points"),
    [
        ({"kind": "judgement", "max": 12}, "2", "8"),
        ({"kind": "points", "max": 10, "step": "0.5"}, "7.5", "7.5"),
        ({"kind": "yes_no", "max": 8}, "是", "8"),
        ({"kind": "deduction", "each": 5, "missing": "zero"}, "2", "-10"),
        ({"kind": "disqualification"}, "是", ""),
        ({"kind": "judgement", "max": 12}, "9", ""),
        ({"kind": "points", "max": 10, "panel": {"judges": 3, "combine": "sum"}}, "7", ""),
    ],
)
def test_an_entry_is_worth_what_the_tablet_says(aspect: dict, text: str, points: str) -> None:
    module = {"code": "P", "level": "module", "label": "实操", "children": [{"code": "A", "label": "甲"} | aspect]}
    scheme = scheme_from_document({"title": "焊工", "children": [module]})
    assert worth(scheme.node("A"), text) == points


def test_who_still_owes_a_vote_is_told_while_votes_are_closed(jury: Jury) -> None:
    jury.hand_in("0", "1", "3")
    ask_revote(AskRevote(jury.competition_id, jury.module_id, jury.entrants[0], "J1", "请再议", jury.chief))
    jury.mark(2, {"J1": "1", "J2": "2"}, rounds={"J1": 2})
    (found,) = deliberations_of(db.session(), db.session.get_one(Event, jury.event_id), jury.chief)
    assert found.is_closed
    assert [(seat.seat, seat.is_due, seat.votes[-1]) for seat in found.seats] == [
        (1, True, None),
        (2, False, None),
        (3, True, None),
    ]
