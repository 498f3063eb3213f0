"""Doubts and answers, and the stop watch as evidence: who pressed, when the server heard, whether it is the mark."""

from typing import Any
from uuid import uuid4

import pytest
from factories import make_account, sign_in_account, sign_in_judge
from flask import Flask
from flask.testing import FlaskClient
from juries import Jury, lines
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from core.db import db, transaction
from core.errors import ConflictError, DomainError, InvalidInputError, NotFoundError
from core.permissions import Role
from scoring.jury.doubts import LONGEST_ANSWER, AnswerDoubt, answer_doubt, doubts_of
from scoring.jury.models import DoubtAnswer
from scoring.jury.sheet_page import watches_of
from scoring.sheets.board import read_sheet
from scoring.sheets.checks import BadMarksError


@pytest.fixture
def jury(app: Flask) -> Jury:
    return Jury()


def reply(jury: Jury, **over: Any) -> None:
    values: dict[str, Any] = {"sheet_id": jury.sheet(1).id, "aspect": "J1", "answer": "按 2 级的描述把握"}
    answer_doubt(AnswerDoubt(jury.competition_id, actor=jury.chief, **(values | over)))


def doubt(jury: Jury) -> None:
    jury.mark(1, {"J1": "2"}, doubts=["J1"], notes={"J1": "左右不对称算不算"})


def test_a_doubt_is_listed_with_note_and_mark_and_goes_down_once_answered(jury: Jury) -> None:
    doubt(jury)
    jury.mark(2, {"J2": "1"}, doubts=["J1", "J2"])
    found = doubts_of(db.session(), jury.event_id)
    assert [(d.draw_number, d.aspect.id, d.note, d.mark) for d in found] == [
        (1, "J1", "左右不对称算不算", "2"),
        (1, "J1", "", None),
        (1, "J2", "", "1"),
    ]
    reply(jury)
    db.session.rollback()
    last = doubts_of(db.session(), jury.event_id)[-1]
    assert [a.answer for a in last.answers] == ["按 2 级的描述把握"]
    assert lines("doubt.answered")[0].detail == {"aspect": "J1", "answer": "按 2 级的描述把握"}


@pytest.mark.parametrize(
    ("over", "error"),
    [
        ({"answer": " "}, InvalidInputError),
        ({"answer": "长" * (LONGEST_ANSWER + 1)}, InvalidInputError),
        ({"aspect": "J2"}, ConflictError),
        ({"aspect": "Z9"}, ConflictError),
        ({"sheet_id": 999_999}, NotFoundError),
    ],
)
def test_an_answer_to_nothing_is_refused(jury: Jury, over: dict[str, Any], error: type[DomainError]) -> None:
    doubt(jury)
    with pytest.raises(error):
        reply(jury, **over)


def test_a_doubt_that_is_gone_is_not_answered_and_no_answer_is_changed(jury: Jury) -> None:
    doubt(jury)
    reply(jury)
    jury.mark(1, {"J1": "2"})
    with pytest.raises(ConflictError, match="不再"):
        reply(jury)
    with pytest.raises(DBAPIError, match="append-only"), transaction() as session:
        session.scalars(select(DoubtAnswer)).one().answer = "改写"


def test_the_tablet_gets_the_newest_answer(jury: Jury, client: FlaskClient) -> None:
    doubt(jury)
    reply(jury, answer="先等等")
    reply(jury)
    sign_in_judge(client, jury.judges[0])
    sheets = {s["id"]: s for s in client.get("/scoring/sheets").get_json()["sheets"]}
    assert sheets[jury.sheet(1).id]["answers"] == {"J1": "按 2 级的描述把握"}
    assert sheets[jury.sheet(1, entrant=1).id]["answers"] == {}


def test_the_page_answers_for_a_chief_judge_alone(jury: Jury, client: FlaskClient) -> None:
    doubt(jury)
    base = f"/scoring/competitions/{jury.competition_id}"
    form = {"aspect": "J1", "answer": "按 2 级"}
    for role, status in ((Role.SUPERVISOR, 403), (Role.ORGANISER, 403), (Role.CHIEF_JUDGE, 302)):
        sign_in_account(client, make_account(role=role, competition_id=jury.competition_id))
        assert client.post(f"{base}/sheets/{jury.sheet(1).id}/answers", data=form).status_code == status
    page = client.get(f"{base}/events/{jury.event_id}/jury").get_data(as_text=True)
    assert "左右不对称算不算" in page
    assert "按 2 级" in page


def moment(kind: str, at: str, mono: int, **more: str) -> dict[str, Any]:
    return {"kind": kind, "at": f"2026-10-18T{at}Z", "mono": mono, "life": "a"} | more


START, STOP = moment("start", "01:00:00", 0), moment("stop", "01:10:00", 600_000)


def test_every_press_stays_as_evidence_with_who_and_when_it_came(jury: Jury) -> None:
    jury.mark(1, {}, times={"N1": [START]})
    credit = moment("credit", "01:05:00", 300_000, seconds="30", reason="断电")
    jury.mark(1, {}, times={"N1": [START, credit]})
    jury.mark(1, {"N1": "9:30"}, times={"N1": [START, credit, STOP]})

    found = read_sheet(jury.competition_id, jury.sheet(1).id)
    (watch,) = watches_of(found)
    assert (watch.time, watch.gross, watch.credit, watch.state, watch.agrees) == (
        "9:30",
        "10:00",
        "0:30",
        "stopped",
        True,
    )
    received = [revision.saved_at for revision in found.revisions]
    assert [(p.moment.kind, p.by, p.received_at) for p in watch.presses] == [
        ("start", jury.judges[0].name, received[0]),
        ("credit", jury.judges[0].name, received[1]),
        ("stop", jury.judges[0].name, received[2]),
    ]


def test_a_time_entered_otherwise_is_told(jury: Jury) -> None:
    jury.mark(1, {"N1": "9:59"}, times={"N1": [START, STOP]})
    (watch,) = watches_of(read_sheet(jury.competition_id, jury.sheet(1).id))
    assert watch.agrees is False


@pytest.mark.parametrize(
    "times",
    [
        {"J1": [START]},
        {"Z9": [START]},
        {"N1": [STOP]},
        {"N1": [START, START]},
        {"N1": [START, moment("credit", "01:05:00", 300_000, seconds="30")]},
    ],
)
def test_what_no_stop_watch_says_is_refused_by_aspect(jury: Jury, times: dict[str, Any]) -> None:
    with pytest.raises(BadMarksError) as caught:
        jury.mark(1, {}, times=times)
    assert list(caught.value.errors) == list(times)


def test_times_and_rounds_come_through_the_interface_and_back(jury: Jury, client: FlaskClient) -> None:
    sign_in_judge(client, jury.judges[0])
    sheet = jury.sheet(1).id
    save = {"sheet_id": sheet, "key": str(uuid4()), "base_revision": 0, "marks": {"N1": "10:00"}}
    bad = save | {"key": str(uuid4()), "times": {"N1": [START | {"mono": -1}]}}
    good = save | {"times": {"N1": [START, STOP]}}
    answers = client.post("/scoring/sync", json={"saves": [bad, good]}).get_json()["answers"]

    assert [answer["status"] for answer in answers] == [422, 201]
    sheets = {s["id"]: s for s in client.get("/scoring/sheets").get_json()["sheets"]}
    assert [one["kind"] for one in sheets[sheet]["times"]["N1"]] == ["start", "stop"]
    assert sheets[sheet]["rounds"] == {}
