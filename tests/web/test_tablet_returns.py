"""What a judge's device is told beside the marks: by whom a sheet came back and when, how many pictures there are."""

from datetime import timedelta
from uuid import uuid4

import pytest
from factories import WELDING_MARKS, make_actor, make_sheet, sign_in_judge, stored
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from competitions.models import Judge
from core.auth import SignIn
from core.clock import now
from core.db import db, transaction
from core.permissions import Role
from scoring.models import ScoreSheet
from scoring.photos.models import SheetPhoto
from scoring.sheets.reading import LAID_ASIDE
from scoring.sheets.review import ChangeSheet, change_sheet
from scoring.states import SheetAction


@pytest.fixture
def sheet(app: Flask) -> ScoreSheet:
    return make_sheet()


@pytest.fixture
def device(client: FlaskClient, sheet: ScoreSheet) -> FlaskClient:
    return sign_in_judge(client, db.session.get_one(Judge, sheet.judge_id))


def told(device: FlaskClient) -> dict[str, object]:
    (one,) = device.get("/scoring/sheets").get_json()["sheets"]
    found: dict[str, object] = one
    return found


def submit(device: FlaskClient, sheet_id: int) -> None:
    key = str(uuid4())
    body = {"key": key, "base_revision": 0, "marks": WELDING_MARKS}
    assert device.post(f"/scoring/sheets/{sheet_id}/revisions", json=body).status_code == 201
    last = {"key": str(uuid4()), "base_key": key, "signature": "M1 1 L2 2"}
    assert device.post(f"/scoring/sheets/{sheet_id}/submissions", json=last).status_code == 201


@pytest.mark.parametrize("actions", [[SheetAction.RETURN], [SheetAction.CONFIRM, SheetAction.UNLOCK]])
def test_who_sent_a_sheet_back_and_when_is_told_until_it_is_handed_in_again(
    device: FlaskClient, sheet: ScoreSheet, actions: list[SheetAction]
) -> None:
    sheet_id, competition_id = sheet.id, db.session.get_one(Judge, sheet.judge_id).competition_id
    assert told(device)["returned"] is None
    submit(device, sheet_id)
    chief = make_actor(Role.CHIEF_JUDGE, competition_id, name="周裁判长")
    for action in actions:
        change_sheet(ChangeSheet(competition_id, sheet_id, action, chief, "A2 与备注不一致"))
    one = told(device)
    returned = one["returned"]
    assert isinstance(returned, dict)
    assert returned["unlocked"] is (actions[-1] is SheetAction.UNLOCK)
    assert (returned["by"], one["return_reason"], one["submitted_at"]) == ("周裁判长", "A2 与备注不一致", None)
    assert now().isoformat()[:10] == returned["at"][:10]

    last = {"key": str(uuid4()), "base_revision": one["revision"], "signature": "M1 1 L2 2"}
    assert device.post(f"/scoring/sheets/{sheet_id}/submissions", json=last).status_code == 201
    assert told(device)["returned"] is None


def test_pictures_are_counted_by_aspect_from_whichever_device_they_came(device: FlaskClient, sheet: ScoreSheet) -> None:
    assert told(device)["photos"] == {}
    for number, aspect in enumerate(["A1", "A1", ""], start=1):
        picture = {"digest": "ab" * 32, "size": 1, "width": 1, "height": 1, "received_at": now(), "received_by": "x"}
        stored(SheetPhoto(sheet_id=sheet.id, number=number, key=uuid4(), aspect=aspect, **picture))
    assert told(device)["photos"] == {"A1": 2, "": 1}


def test_a_device_laid_aside_is_no_other_device_until_it_holds_something_or_is_used(
    app: Flask, device: FlaskClient, sheet: ScoreSheet
) -> None:
    other = sign_in_judge(app.test_client(), db.session.get_one(Judge, sheet.judge_id))

    def others() -> int:
        return int(device.get("/scoring/sheets").get_json()["other_devices"])

    assert others() == 1
    newest = db.session.scalars(select(SignIn.id).order_by(SignIn.id.desc())).first()
    assert newest is not None

    def change(unsent: int) -> None:
        with transaction() as session:
            row = session.get_one(SignIn, newest)
            row.last_seen_at, row.unsent = now() - LAID_ASIDE - timedelta(minutes=1), unsent

    change(0)
    assert others() == 0
    change(2)
    assert others() == 1
    change(0)
    assert other.get("/scoring/sheets").status_code == 200
    assert others() == 1


def test_the_address_with_a_slash_leads_to_the_list(device: FlaskClient, app: Flask) -> None:
    reply = device.get("/tablet/")
    assert (reply.status_code, reply.headers["Location"]) == (302, "/tablet")
    assert app.test_client().get("/tablet/").headers["Location"] == "/j", "judges have no password"
