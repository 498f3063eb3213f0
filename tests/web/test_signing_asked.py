"""Whose hand an event asks for: without the judge's signature a sheet is not handed in, and nothing of it is lost."""

from uuid import uuid4

import pytest
from coded_works import CodedJury
from factories import make_account, sign_in_account, sign_in_judge
from flask import Flask
from juries import Jury
from typists import Typing

from core.db import db
from core.permissions import Role
from scoring.jury.contestant_signing import (
    JudgeUnsignedError,
    SetContestantSigning,
    asks_contestant,
    asks_judge,
    set_contestant_signing,
    signing_of,
)
from scoring.jury.models import ContestantSigns
from scoring.sheets.saving import SubmitSheet, submit_sheet
from scoring.states import SheetState

CROSS = "M0 0L9 9"
ASKED = [ContestantSigns.JUDGE, ContestantSigns.FIRST_SEAT, ContestantSigns.ALL]


@pytest.fixture
def jury(app: Flask) -> Jury:
    return Jury()


def choose(jury: Jury, signing: ContestantSigns) -> None:
    set_contestant_signing(SetContestantSigning(jury.competition_id, jury.event_id, signing.value, jury.organiser))


def hand_in(jury: Jury, seat: int, **signed: str) -> None:
    sheet = jury.sheet(seat)
    submit_sheet(SubmitSheet(sheet.id, uuid4(), sheet.revision, **signed), jury.device_of(seat))  # type: ignore[arg-type]


@pytest.mark.parametrize("signing", ASKED)
def test_where_anybody_signs_the_judge_does(jury: Jury, signing: ContestantSigns) -> None:
    choose(jury, signing)
    jury.mark(2, {"J1": "1", "J2": "2"})
    with pytest.raises(JudgeUnsignedError, match="裁判签名"):
        hand_in(jury, 2, contestant_signature=CROSS)
    assert (jury.sheet(2).state, jury.sheet(2).revision) == (SheetState.OPEN, 1)
    hand_in(jury, 2, signature=CROSS, contestant_signature=CROSS)
    assert jury.sheet(2).state is SheetState.SUBMITTED


def test_where_nothing_is_asked_a_judge_may_sign_and_need_not(jury: Jury) -> None:
    for seat, signed in ((2, {}), (3, {"signature": CROSS})):
        jury.mark(seat, {"J1": "1", "J2": "2"})
        hand_in(jury, seat, **signed)
        assert jury.sheet(seat).state is SheetState.SUBMITTED


def test_the_judge_alone_is_no_contestant(jury: Jury) -> None:
    choose(jury, ContestantSigns.JUDGE)
    jury.mark(2, {"J1": "1", "J2": "2"})
    hand_in(jury, 2, signature=CROSS)
    assert jury.sheet(2).state is SheetState.SUBMITTED
    assert not asks_contestant(ContestantSigns.JUDGE, 1)


def test_by_code_the_judge_signs_and_no_contestant_until_the_works_are_decoded(app: Flask) -> None:
    jury = CodedJury(1)
    choose(jury, ContestantSigns.ALL)
    assert signing_of(db.session(), jury.event_id) is ContestantSigns.JUDGE
    choose(jury, ContestantSigns.NONE)
    assert not asks_judge(signing_of(db.session(), jury.event_id))


def test_what_is_signed_on_paper_is_not_asked_for_on_a_tablet(app: Flask) -> None:
    typing = Typing()
    choose(typing.jury, ContestantSigns.ALL)
    for by in (typing.first, typing.second):
        typing.type(by, seat=2)
    assert typing.jury.sheet(2).state is SheetState.SUBMITTED


@pytest.mark.parametrize("signing", ContestantSigns)
def test_the_tablet_and_the_page_of_the_rules_say_so(sqlite_app: Flask, signing: ContestantSigns) -> None:
    jury = Jury()
    if signing is not ContestantSigns.NONE:
        choose(jury, signing)
    client = sign_in_judge(sqlite_app.test_client(), jury.judges[1])
    (blank,) = client.get("/scoring/sheets").get_json()["blanks"].values()
    assert blank["judge_signs"] is (signing in ASKED)
    assert blank["contestant_signs"] is (signing is ContestantSigns.ALL)
    account = make_account(role=Role.ORGANISER, competition_id=jury.competition_id)
    page = sign_in_account(sqlite_app.test_client(), account)
    text = page.get(f"/scoring/competitions/{jury.competition_id}/events/{jury.event_id}/jury").text
    assert ("不签也能提交" in text) is (signing is ContestantSigns.NONE)
    assert ("不签名不能提交" in text) is (signing in ASKED)
    assert f'<option value="{signing.value}" selected>' in text


def test_the_device_hears_that_the_marks_are_there_and_the_signature_is_not(sqlite_app: Flask) -> None:
    jury = Jury()
    choose(jury, ContestantSigns.JUDGE)
    jury.mark(2, {"J1": "1", "J2": "2"})
    client = sign_in_judge(sqlite_app.test_client(), jury.judges[1])
    body = {"key": str(uuid4()), "base_revision": 1, "signature": ""}
    answer = client.post(f"/scoring/sheets/{jury.sheet(2).id}/submissions", json=body)
    assert (answer.status_code, answer.get_json()["code"]) == (422, "judge_unsigned")
    assert (
        client.post(f"/scoring/sheets/{jury.sheet(2).id}/submissions", json=body | {"signature": CROSS}).status_code
        == 201
    )
