"""Saves that no hand makes but a device may: odd texts and moments are answered by themselves and hold up no queue."""

from typing import Any
from uuid import uuid4

import pytest
from factories import sign_in_judge
from flask import Flask
from flask.testing import FlaskClient
from juries import Jury


@pytest.fixture
def jury(app: Flask) -> Jury:
    return Jury()


@pytest.fixture
def tablet(jury: Jury, client: FlaskClient) -> FlaskClient:
    return sign_in_judge(client, jury.judges[0])


def press(**over: str) -> dict[str, Any]:
    return {"kind": "start", "at": "2026-01-01T00:00:00Z", "mono": 0, "life": "a"} | over


HARMLESS: list[dict[str, Any]] = [
    {"notes": {"J1": "看\x00不清"}},
    {"notes": {"J1": "坏的表情\ud83d"}},
    {"notes": {"J1": "\udc00"}},
    {"device_saved_at": "0001-01-01T00:00:00+14:00"},
    {"device_saved_at": "9999-12-31T23:59:59-12:00"},
]
"""What costs no mark."""
WRONG: list[dict[str, Any]] = [
    {"marks": {"J1": "\ud83d"}},
    {"marks": {"J1": "\x00"}},
    {"sheet_id": 10**30},
    {"sheet_id": True},
    {"sheet_id": 0},
    {"scheme_version_id": 10**30},
    {"marks": {"\x00": "1"}},
    {"marks": {"\ud83d": "1"}},
    {"doubts": ["\ud83d"]},
    {"rounds": {"\ud83d": 1}},
    {"times": {"N1": [press(life="\ud83d")]}},
    {"times": {"N1": [press(kind="credit", seconds="60", reason="\ud83d")]}},
]


@pytest.mark.parametrize("odd", [*HARMLESS, *WRONG], ids=ascii)
def test_an_odd_save_never_stops_the_one_behind_it(jury: Jury, tablet: FlaskClient, odd: dict[str, Any]) -> None:
    sheet = jury.sheet(1).id
    plain = {"sheet_id": sheet, "base_revision": 0, "marks": {"J1": "1"}}
    first = plain | {"key": str(uuid4())} | odd
    second = plain | {"key": str(uuid4()), "sheet_id": jury.sheet(1, 1).id}
    answer = tablet.post("/scoring/sync", json={"judge_id": jury.judge_ids[0], "unsent": 0, "saves": [first, second]})
    assert answer.status_code == 200, answer.text
    answers = answer.get_json()["answers"]
    assert [one["key"] for one in answers] == [first["key"], second["key"]]
    assert answers[0]["status"] == (201 if odd in HARMLESS else 422)
    assert answers[1]["status"] == 201


def test_a_note_cut_in_the_middle_of_a_character_is_kept_but_for_the_half(jury: Jury, tablet: FlaskClient) -> None:
    save = {"key": str(uuid4()), "base_revision": 0, "marks": {"J1": "1"}, "notes": {"J1": "左侧不齐\ud83d"}}
    assert tablet.post(f"/scoring/sheets/{jury.sheet(1).id}/revisions", json=save).status_code == 201
    assert jury.newest(1).notes == {"J1": "左侧不齐\ufffd"}


def test_a_clock_outside_of_all_calendars_is_no_time_of_saving(jury: Jury, tablet: FlaskClient) -> None:
    save = {
        "key": str(uuid4()),
        "base_revision": 0,
        "marks": {"J1": "1"},
        "device_saved_at": "0001-01-01T00:00:00+14:00",
    }
    assert tablet.post(f"/scoring/sheets/{jury.sheet(1).id}/revisions", json=save).status_code == 201
    assert jury.newest(1).device_saved_at is None


@pytest.mark.parametrize("opening", ["[", '{"saves":', '{"saves":[['])
def test_a_body_nested_beyond_all_use_is_malformed_and_no_fault_of_the_server(sqlite_app: Flask, opening: str) -> None:
    device = sign_in_judge(sqlite_app.test_client(), Jury().judges[0])
    answer = device.post("/scoring/sync", data=opening * 100_000, content_type="application/json")
    assert (answer.status_code, answer.get_json()["code"]) == (422, "malformed")
