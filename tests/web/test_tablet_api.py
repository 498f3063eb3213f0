"""The judge's JSON: a walk through it, every refusal with its code, who may come in, and what the answers say."""

from typing import Any
from uuid import uuid4

import pytest
from factories import WELDING_MARKS, make_account, make_entrant, make_judge, make_module, make_sheet
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from competitions.models import EntrantStatus, Judge
from core.auth import ACCOUNT_IDLE, DEVICE_LIFE, SignIn, Subject, SubjectKind, revoke, sign_in
from core.db import db
from core.permissions import Role
from scoring.models import ScoreSheet, SheetRevision


def token_of(judge: Judge) -> str:
    """A judge's device, signed in."""
    subject = Subject(SubjectKind.JUDGE, judge.id, judge.name, DEVICE_LIFE, judge.competition_id, judge.role)
    return sign_in(subject, "平板 1")


class Device:
    """A program that marks for a judge, with a bearer token."""

    def __init__(self, client: FlaskClient, judge: Judge) -> None:
        self.client = client
        self.headers = {"Authorization": f"Bearer {token_of(judge)}"}

    def get(self, path: str, **more: Any) -> TestResponse:
        return self.client.get(path, headers=self.headers | more.pop("headers", {}), **more)

    def post(self, path: str, body: Any) -> TestResponse:
        return self.client.post(path, json=body, headers=self.headers)

    def save(self, sheet: ScoreSheet, **over: Any) -> TestResponse:
        body = {"key": str(uuid4()), "base_revision": 0, "marks": {"A1": "18.50", "A2": None}} | over
        return self.post(f"/scoring/sheets/{sheet.id}/revisions", body)


@pytest.fixture
def judge(app: Flask) -> Judge:
    return make_judge(name="钱裁判")


@pytest.fixture
def sheet(judge: Judge) -> ScoreSheet:
    return make_sheet(judge=judge)


@pytest.fixture
def device(client: FlaskClient, judge: Judge) -> Device:
    return Device(client, judge)


def revisions() -> int:
    return db.session.scalar(select(func.count(SheetRevision.id))) or 0


def test_a_judge_reads_saves_and_hands_in(device: Device, sheet: ScoreSheet) -> None:
    before = device.get("/scoring/sheets").get_json()["sheets"][0]
    assert (before["id"], before["state"], before["revision"], before["marks"]) == (sheet.id, "open", 0, {})

    reply = device.save(sheet, marks=WELDING_MARKS)
    assert (reply.status_code, reply.get_json()) == (201, {"revision": 1})
    done = device.post(f"/scoring/sheets/{sheet.id}/submissions", {"key": str(uuid4()), "base_revision": 1})
    assert done.status_code == 201

    after = device.get("/scoring/sheets").get_json()["sheets"][0]
    assert (after["state"], after["revision"], after["marks"]) == ("submitted", 1, WELDING_MARKS)
    assert after["submitted_at"] == done.get_json()["submitted_at"]


def test_the_sheet_brings_bounds_steps_and_benchmarks_and_no_name(device: Device, judge: Judge) -> None:
    module = make_module(code="P")
    entrant = make_entrant(event_id=module.event_id, name="孙选手甲", unit="某某重工有限公司", draw_number=7)
    make_sheet(judge=judge, module=module, entrant=entrant)

    reply = device.get("/scoring/sheets")

    data = reply.get_json()
    (blank,) = data["blanks"].values()
    aspects = {aspect["id"]: aspect for aspect in blank["aspects"]}
    assert (aspects["A1"]["low"], aspects["A1"]["high"], aspects["A1"]["step"]) == ("0", "20", "0.5")
    assert [text for _, text in aspects["A2"]["benchmarks"]][1] == "符合行业标准"
    assert aspects["B1"]["options"] == [["是", "1"], ["否", "0"]]
    assert aspects["A3"]["path"] == ["焊缝外观"]
    assert blank["required"] == list(WELDING_MARKS)
    assert data["sheets"][0]["draw_number"] == 7
    text = reply.get_data(as_text=True)
    assert "孙选手甲" not in text
    assert "某某重工" not in text


def test_reading_again_costs_nothing_while_nothing_changed(device: Device, sheet: ScoreSheet) -> None:
    first = device.get("/scoring/sheets")
    again = device.get("/scoring/sheets", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    device.save(sheet)
    assert device.get("/scoring/sheets", headers={"If-None-Match": first.headers["ETag"]}).status_code == 200


def test_an_absent_contestant_is_named_as_absent(device: Device, judge: Judge) -> None:
    module = make_module(code="P")
    entrant = make_entrant(event_id=module.event_id, draw_number=3, status=EntrantStatus.ABSENT)
    make_sheet(judge=judge, module=module, entrant=entrant)
    assert device.get("/scoring/sheets").get_json()["sheets"][0]["entrant_status"] == "absent"


def test_a_retry_gets_the_first_answer(device: Device, sheet: ScoreSheet) -> None:
    key = str(uuid4())
    replies = [device.save(sheet, key=key) for _ in range(3)]
    assert [(r.status_code, r.get_json()) for r in replies] == [(201, {"revision": 1})] * 3
    assert revisions() == 1


def test_a_second_device_gets_the_other_version(client: FlaskClient, device: Device, sheet: ScoreSheet) -> None:
    other = Device(client, sheet_judge(sheet))
    device.save(sheet, marks={"A1": "18.5"})

    reply = other.save(sheet, marks={"A1": "12"})

    problem = reply.get_json()
    assert (reply.status_code, reply.mimetype) == (409, "application/problem+json")
    assert (problem["code"], problem["revision"], problem["marks"]) == ("stale_revision", 1, {"A1": "18.5"})
    assert other.get("/scoring/sheets").get_json()["other_devices"] == 1


def sheet_judge(sheet: ScoreSheet) -> Judge:
    judge = db.session.get(Judge, sheet.judge_id)
    assert judge is not None
    return judge


def test_a_closed_sheet_says_who_and_when(device: Device, sheet: ScoreSheet) -> None:
    device.save(sheet, marks=WELDING_MARKS)
    device.post(f"/scoring/sheets/{sheet.id}/submissions", {"key": str(uuid4()), "base_revision": 1})
    problem = device.save(sheet, base_revision=1)
    assert problem.status_code == 403
    assert problem.get_json()["code"] == "sheet_closed"
    assert problem.get_json()["state"] == "submitted"
    assert problem.get_json()["at"]


def test_bad_values_come_back_by_aspect(device: Device, sheet: ScoreSheet) -> None:
    reply = device.save(sheet, marks={"A1": "20.5", "A2": "9", "A3": "1"})
    assert reply.status_code == 422
    assert sorted(reply.get_json()["errors"]) == ["A1", "A2"]
    assert "20" in reply.get_json()["errors"]["A1"]


def test_gaps_come_back_by_aspect(device: Device, sheet: ScoreSheet) -> None:
    device.save(sheet)
    reply = device.post(f"/scoring/sheets/{sheet.id}/submissions", {"key": str(uuid4()), "base_revision": 1})
    assert (reply.status_code, reply.get_json()["code"]) == (422, "incomplete_sheet")
    assert reply.get_json()["aspects"] == ["A2", "A3", "B1", "B2", "B3"]


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        {},
        {"key": "1", "base_revision": 0, "marks": {}},
        {"key": str(uuid4()), "marks": {}},
        {"key": str(uuid4()), "base_revision": 0, "base_key": str(uuid4()), "marks": {}},
        {"key": str(uuid4()), "base_revision": -1, "marks": {}},
        {"key": str(uuid4()), "base_revision": 0, "marks": {"A1": 18.5}},
        {"key": str(uuid4()), "base_revision": 0, "marks": {"A1": ""}},
        {"key": str(uuid4()), "base_revision": 0, "marks": {"A1": "1" * 61}},
        {"key": str(uuid4()), "base_revision": 0, "marks": {}, "judge_id": 7},
        {"key": str(uuid4()), "base_revision": 0, "marks": {}, "device_saved_at": "2026-10-18T09:00:00"},
    ],
)
def test_a_malformed_save_is_refused_with_its_place(device: Device, sheet: ScoreSheet, body: Any) -> None:
    reply = device.post(f"/scoring/sheets/{sheet.id}/revisions", body)
    assert (reply.status_code, reply.get_json()["code"]) == (422, "malformed")
    assert reply.get_json()["errors"]
    assert revisions() == 0


def test_a_sync_answers_every_save_in_order(device: Device, judge: Judge, sheet: ScoreSheet) -> None:
    other, keys = make_sheet(judge=judge), [str(uuid4()) for _ in range(5)]
    saves = [
        {"sheet_id": sheet.id, "key": keys[0], "base_revision": 0, "marks": {"A1": "18"}},
        {"sheet_id": sheet.id, "key": keys[1], "base_key": keys[0], "marks": {"A1": "18.5"}},
        {"sheet_id": other.id, "key": keys[2], "base_revision": 0, "marks": {"A1": "99"}},
        {"sheet_id": other.id, "key": keys[3], "marks": {}},
        {"sheet_id": other.id, "key": keys[4], "base_revision": 0, "marks": {"A1": "9"}},
    ]

    reply = device.post("/scoring/sync", {"judge_id": judge.id, "unsent": 3, "saves": saves})

    answers = reply.get_json()["answers"]
    assert [a["key"] for a in answers] == keys
    assert [(a["status"], a.get("revision"), a.get("code")) for a in answers] == [
        (201, 1, None),
        (201, 2, None),
        (422, None, "bad_marks"),
        (422, None, "malformed"),
        (201, 1, None),
    ]
    assert answers[2]["errors"].keys() == {"A1"}
    assert db.session.scalars(select(SignIn.unsent)).one() == 3


def test_an_empty_sync_is_a_sign_of_life(device: Device) -> None:
    assert device.post("/scoring/sync", {"saves": []}).get_json()["answers"] == []


def test_a_sync_of_more_than_fifty_is_refused_whole(device: Device, sheet: ScoreSheet) -> None:
    reply = device.post("/scoring/sync", {"saves": [{}] * 51})
    assert (reply.status_code, reply.get_json()["code"]) == (422, "malformed")


def test_another_judges_queue_is_not_taken_under_this_name(device: Device, judge: Judge, sheet: ScoreSheet) -> None:
    save = {"sheet_id": sheet.id, "key": str(uuid4()), "base_revision": 0, "marks": {"A1": "18"}}
    reply = device.post("/scoring/sync", {"judge_id": judge.id + 1, "saves": [save]})
    assert (reply.status_code, reply.get_json()["code"]) == (409, "other_judge")
    assert revisions() == 0


def test_a_body_of_fifty_megabytes_is_refused(device: Device, sheet: ScoreSheet) -> None:
    reply = device.client.post(
        f"/scoring/sheets/{sheet.id}/revisions",
        data=b" " * 50_000_000,
        headers=device.headers,
        content_type="application/json",
    )
    assert (reply.status_code, reply.get_json()["code"]) == (413, "http_413")


def test_nobody_gets_in_without_sign_in(client: FlaskClient, sheet: ScoreSheet) -> None:
    for reply in (
        client.get("/scoring/sheets", headers={"Accept": "application/json"}),
        client.post("/scoring/sync", json={"saves": []}),
        client.get("/scoring/sheets", headers={"Authorization": "Bearer wrong"}),
    ):
        assert (reply.status_code, reply.get_json()["code"]) == (401, "not_signed_in")


def test_a_revoked_device_is_out_at_once(device: Device, judge: Judge, sheet: ScoreSheet) -> None:
    from factories import make_actor

    row = db.session.scalars(select(SignIn)).one()
    revoke(row.id, judge.competition_id, make_actor(Role.ORGANISER, judge.competition_id))
    assert device.save(sheet).status_code == 401
    assert revisions() == 0


def test_an_organiser_has_no_sheets(client: FlaskClient, judge: Judge) -> None:
    account = make_account(role=Role.ORGANISER, competition_id=judge.competition_id)
    token = sign_in(Subject(SubjectKind.ACCOUNT, account.id, account.display_name, ACCOUNT_IDLE), "电脑")
    reply = client.get("/scoring/sheets", headers={"Authorization": f"Bearer {token}"})
    assert (reply.status_code, reply.get_json()["code"]) == (403, "not_allowed")


def test_another_judge_neither_reads_nor_saves(client: FlaskClient, judge: Judge, sheet: ScoreSheet) -> None:
    stranger = Device(client, make_judge(competition_id=judge.competition_id, name="李外人"))
    assert stranger.get("/scoring/sheets").get_json()["sheets"] == []
    assert stranger.get(f"/tablet/sheets/{sheet.id}").status_code == 403
    reply = stranger.save(sheet)
    assert (reply.status_code, reply.get_json()["code"]) == (403, "foreign_sheet")


class TestCookie:
    """With a cookie, which a browser adds by itself, only our own page may post."""

    @pytest.fixture
    def client(self, client: FlaskClient, judge: Judge) -> FlaskClient:
        client.set_cookie(client.application.config["SIGN_IN_COOKIE"], token_of(judge))
        return client

    @pytest.mark.parametrize(
        "headers",
        [
            {},
            {"Origin": "http://localhost"},
            {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"},
        ],
    )
    def test_our_own_page_may_save(self, client: FlaskClient, headers: dict[str, str]) -> None:
        assert client.post("/scoring/sync", json={"saves": []}, headers=headers).status_code == 200

    @pytest.mark.parametrize(
        "headers",
        [
            {"Origin": "https://evil.example"},
            {"Origin": "null"},
            {"Origin": "http://localhost:9000"},
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "same-site"},
        ],
    )
    def test_another_site_may_not(self, client: FlaskClient, headers: dict[str, str]) -> None:
        reply = client.post("/scoring/sync", json={"saves": []}, headers=headers)
        assert (reply.status_code, reply.get_json()["code"]) == (403, "forged")

    def test_a_form_that_looks_like_json_may_not(self, client: FlaskClient) -> None:
        reply = client.post("/scoring/sync", data='{"saves": []}', content_type="text/plain")
        assert reply.status_code == 403


def test_the_page_holds_everything_and_no_inline_script(client: FlaskClient, judge: Judge, sheet: ScoreSheet) -> None:
    client.set_cookie(client.application.config["SIGN_IN_COOKIE"], token_of(judge))
    for path in ("/tablet", f"/tablet/sheets/{sheet.id}"):
        reply = client.get(path)
        page = reply.get_data(as_text=True)
        assert reply.status_code == 200
        allowed = ('<script type="application/json"', '<script type="module" src=')
        assert page.count("<script") == sum(page.count(opening) for opening in allowed)
        assert "等待上传" in page
        assert f'"{reply.headers["Program-Edition"]}"' in client.get("/sw.js").get_data(as_text=True)


def test_the_modules_are_kept_for_ever_and_the_worker_never(client: FlaskClient, judge: Judge) -> None:
    client.set_cookie(client.application.config["SIGN_IN_COOKIE"], token_of(judge))
    worker = client.get("/sw.js")
    assert worker.headers["Cache-Control"] == "no-cache"
    assert worker.mimetype == "text/javascript"
    page = client.get("/tablet").get_data(as_text=True)
    start = page.split('<script type="module" src="')[1].split('"')[0]
    module = client.get(start)
    assert "immutable" in module.headers["Cache-Control"]
    assert start in worker.get_data(as_text=True)
    assert client.get(start.replace("app.js", "worker.js")).status_code == 404
    assert client.get("/tablet/program/0/app.js").status_code == 404


def test_the_description_names_every_address_and_every_field(device: Device, sheet: ScoreSheet) -> None:
    document = device.client.get("/api/openapi.json").get_json()
    rules = device.client.application.url_map.iter_rules()
    served = {
        rule.rule.replace("<int:", "{").replace(">", "}") for rule in rules if rule.endpoint.startswith("tablet.")
    }
    described = {path for path in document["paths"] if not path.startswith("/api/v1/")}  # see test_program_endpoints
    assert described == {address for address in served if address.startswith("/scoring/")}

    schemas = document["components"]["schemas"]
    answer = device.get("/scoring/sheets").get_json()
    assert set(answer) == set(schemas["Sheets"]["properties"])
    assert set(answer["sheets"][0]) == set(schemas["Sheet"]["properties"])
    assert set(next(iter(answer["blanks"].values()))) == set(schemas["Blank"]["properties"])
    assert schemas["SaveBody"]["required"] == ["key", "marks"]
    assert "$defs" not in str(document)
