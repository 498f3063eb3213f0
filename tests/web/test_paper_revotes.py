"""A vote asked for again may come on paper: typed by two, in its own round, and never taken from an older paper."""

import pytest
from factories import sign_in_account
from flask import Flask
from juries import Jury
from sqlalchemy import select
from typists import Typing

from competitions.models import Event
from core.audit import verify
from core.db import db
from core.errors import ConflictError
from scoring.jury.alarms import alarms_of
from scoring.jury.models import Revote
from scoring.jury.revoting import AskRevote, WithdrawRevote, ask_revote, withdraw_revote
from scoring.paper_entry.models import Ending
from scoring.paper_entry.reading import paper_board
from scoring.paper_entry.revotes import NotSaidAgainError, rounds_with
from scoring.paper_entry.typing_in import BlanksError
from scoring.sheets.review import ChangeSheet, change_sheet
from scoring.states import SheetAction, SheetState


@pytest.fixture
def typing(app: Flask) -> Typing:
    """Three judges have handed in 0, 1 and 3, and are asked to vote again."""
    typing = Typing()
    typing.jury.hand_in("0", "1", "3")
    ask(typing.jury)
    return typing


def ask(jury: Jury) -> int:
    return ask_revote(AskRevote(jury.competition_id, jury.module_id, jury.entrants[0], "J1", "再议", jury.chief))


def both(typing: Typing, marks: dict[str, str], seat: int = 3, **over: object) -> None:
    for by in (typing.first, typing.second):
        typing.type(by, marks, seat=seat, is_again=True, **over)


def test_a_vote_on_paper_is_cast_in_its_round_and_the_sheet_is_handed_in_again(typing: Typing) -> None:
    both(typing, {"J1": "2"}, has_blanks=False)  # nothing else is asked for, so nothing else is empty
    newest = typing.jury.newest(3)
    assert (newest.marks, newest.rounds) == ({"J1": "2", "J2": "2"}, {"J1": 2})
    assert typing.jury.sheet(3).state is SheetState.SUBMITTED
    assert typing.outcomes()[0].ending is Ending.AGREED
    assert verify() == []


def test_the_same_vote_again_on_paper_is_a_vote(typing: Typing) -> None:
    both(typing, {"J1": "3"})
    assert typing.jury.newest(3).rounds == {"J1": 2}
    assert typing.jury.sheet(3).state is SheetState.SUBMITTED


def test_votes_on_paper_and_on_tablets_end_a_round_together(typing: Typing) -> None:
    jury = typing.jury
    both(typing, {"J1": "2"})
    for seat in (1, 2):
        jury.mark(seat, dict(jury.newest(seat).marks) | {"J1": "1"}, rounds={"J1": 2})
        jury.submit(seat)
    assert alarms_of(db.session(), jury.event_id).alarms == ()


def test_nobody_types_it_unless_the_paper_is_said_to_be_of_the_new_vote(typing: Typing) -> None:
    with pytest.raises(NotSaidAgainError, match="重新评议"):
        typing.type(typing.first, {"J1": "2"}, seat=3)
    assert typing.entries() == []


def test_an_empty_vote_is_no_vote(typing: Typing) -> None:
    with pytest.raises(BlanksError):
        typing.type(typing.first, {}, seat=3, is_again=True)


def test_a_paper_typed_before_the_request_does_not_answer_it(app: Flask) -> None:
    typing = Typing()
    jury = typing.jury
    for seat, vote in enumerate(("0", "1", "3"), start=1):
        jury.mark(seat, {"J1": vote, "J2": "2"} | ({"N1": "10:00"} if seat == 1 else {}))
    typing.type(typing.first, {"J1": "3", "J2": "2"}, seat=3)
    ask(jury)
    typing.type(typing.second, {"J1": "3", "J2": "2"}, seat=3, is_again=True)
    assert jury.newest(3).rounds == {}
    assert jury.sheet(3).state is SheetState.OPEN
    assert [due.round for due in db.session.scalars(select(Revote))] == [2]


def test_readings_from_before_wait_for_a_person_who_sets_them_aside(app: Flask) -> None:
    typing = Typing()
    jury = typing.jury
    jury.hand_in("0", "1", "3")
    change_sheet(ChangeSheet(jury.competition_id, jury.sheet(3).id, SheetAction.RETURN, jury.chief, "补录纸质"))
    typing.type(typing.first, {"J1": "3", "J2": "2"}, seat=3)
    jury.submit(3)
    ask(jury)
    typing.type(typing.second, {"J1": "3", "J2": "2"}, seat=3, is_again=True)
    event = db.session.get_one(Event, jury.event_id)
    assert [line.why for line in paper_board(db.session(), event).differing] == ["录入以后请了重新评议"]
    assert jury.sheet(3).state is SheetState.OPEN
    assert typing.outcomes() == []
    with pytest.raises(ConflictError, match="重新评议"):
        typing.decide({"J1": "2"}, seat=3)
    typing.set_aside(seat=3)
    both(typing, {"J1": "2"})
    assert jury.newest(3).rounds == {"J1": 2}


def test_two_readings_that_differ_are_decided_and_then_cast(typing: Typing) -> None:
    typing.type(typing.first, {"J1": "2"}, seat=3, is_again=True)
    typing.type(typing.second, {"J1": "1"}, seat=3, is_again=True)
    assert typing.jury.newest(3).rounds == {}
    typing.decide({"J1": "2"}, seat=3)
    newest = typing.jury.newest(3)
    assert (newest.marks["J1"], newest.rounds) == ("2", {"J1": 2})


def test_a_vote_that_is_withdrawn_meanwhile_is_not_taken(typing: Typing) -> None:
    jury = typing.jury
    typing.type(typing.first, {"J1": "2"}, seat=3, is_again=True)
    (request,) = db.session.scalars(select(Revote)).all()
    withdraw_revote(WithdrawRevote(jury.competition_id, request.id, "误请", jury.chief))
    typing.type(typing.second, {"J1": "2"}, seat=3)
    assert jury.sheet(3).state is SheetState.SUBMITTED
    assert (jury.newest(3).marks["J1"], jury.newest(3).rounds) == ("3", {})


def test_the_form_asks_for_what_is_voted_again_and_for_nothing_else(typing: Typing, app: Flask) -> None:
    client = sign_in_account(app.test_client(), typing.accounts["林录入"])
    address = f"{typing.base}/sheets/{typing.jury.sheet(3).id}/paper"
    page = client.get(address).text
    assert "整体造型（第 2 轮）" in page
    assert 'name="mark:J1"' in page
    assert 'name="mark:J2"' not in page
    token = page.split('name="key" value="')[1].split('"')[0]
    said = {"key": token, "mark:J1": "2", "signed": "on"}
    answer = client.post(address, data=said)
    assert (answer.status_code, "请勾选" in answer.text) == (422, True)
    assert client.post(address, data=said | {"again": "on"}).status_code == 302
    assert len(typing.entries()) == 1


@pytest.mark.parametrize(
    ("before", "answered", "paper", "expected"),
    [
        ({}, {"J1": 2}, {"J1": "1"}, {"J1": 2}),
        ({}, {"J1": 2}, {"J1": None}, {}),
        ({}, {"J1": 2}, {}, {}),
        ({"J1": 2, "J2": 3}, {"J1": 3}, {"J1": "0"}, {"J1": 3, "J2": 3}),
        ({"J2": 2}, {}, {"J2": "1"}, {"J2": 2}),
    ],
)
def test_only_what_stands_on_the_paper_is_cast(before, answered, paper, expected) -> None:
    assert rounds_with(before, answered, paper) == expected
