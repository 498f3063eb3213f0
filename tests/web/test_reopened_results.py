"""A sheet that is unlocked after its result was published: whoever looks is told."""

import pytest
from factories import make_account, sign_in_account
from flask import Flask
from flask.testing import FlaskClient
from juries import Jury
from sqlalchemy import func, select

from competitions.models import Entrant, EntrantStatus
from core.db import db, transaction
from core.permissions import Role
from scoring.models import ResultSnapshot
from scoring.results.computing import ComputeResult, PublishResult, compute_result, newest_publications, publish_result
from scoring.results.reopened import Reopened, reopened_since
from scoring.sheets.review import ChangeSheet, ConfirmSubmitted, change_sheet, confirm_submitted
from scoring.states import SheetAction


@pytest.fixture
def shown(app: Flask) -> Jury:
    """Two contestants are marked and confirmed, their result is in public notice."""
    jury = Jury()
    for entrant in (0, 1):
        jury.hand_in("2", "2", "2" if entrant else "1", entrant=entrant)
    confirm_submitted(ConfirmSubmitted(jury.competition_id, jury.module_id, jury.chief))
    publish(jury)
    return jury


def publish(jury: Jury, reason: str = "") -> None:
    snapshot = compute_result(ComputeResult(jury.competition_id, jury.event_id, jury.organiser, reason))
    publish_result(PublishResult(jury.competition_id, snapshot, False, jury.organiser))


def found(jury: Jury) -> Reopened | None:
    db.session.rollback()
    return reopened_since(db.session(), newest_publications(db.session(), [jury.event_id])).get(jury.event_id)


def move(jury: Jury, action: SheetAction) -> None:
    change_sheet(ChangeSheet(jury.competition_id, jury.sheet(2).id, action, jury.chief, "申诉成立"))


def test_a_sheet_is_followed_from_unlocking_to_the_next_publication(shown: Jury) -> None:
    assert found(shown) is None
    move(shown, SheetAction.UNLOCK)
    assert found(shown) == Reopened(unconfirmed=1, changed=0)
    shown.mark(2, {"J1": "1", "J2": "2"})
    shown.submit(2)
    assert found(shown) == Reopened(unconfirmed=1, changed=1)
    move(shown, SheetAction.CONFIRM)
    assert found(shown) == Reopened(unconfirmed=0, changed=1)
    publish(shown, "申诉成立后重算")
    assert found(shown) is None
    assert db.session.scalar(select(func.count(ResultSnapshot.id))) == 2


def test_sheets_of_who_is_out_and_events_that_are_not_published_do_not_count(shown: Jury) -> None:
    move(shown, SheetAction.UNLOCK)
    with transaction() as session:
        session.get_one(Entrant, shown.entrants[0]).status = EntrantStatus.DISQUALIFIED
    assert found(shown) is None
    assert reopened_since(db.session(), {}) == {}


def test_the_pages_tell_the_chief_judge_before_and_after(shown: Jury, client: FlaskClient) -> None:
    sign_in_account(client, make_account(role=Role.CHIEF_JUDGE, competition_id=shown.competition_id))
    base = f"/scoring/competitions/{shown.competition_id}"
    sheet = f"{base}/sheets/{shown.sheet(2).id}"
    assert "公布的成绩不会自己变" in client.get(sheet).get_data(as_text=True)
    assert "张评分表" not in client.get(f"{base}/results").get_data(as_text=True)
    move(shown, SheetAction.UNLOCK)
    assert "公众才看得到改动" in client.get(sheet).get_data(as_text=True)
    assert "公布以后有 1 张评分表重新打开" in client.get(f"{base}/results").get_data(as_text=True)
    shown.mark(2, {"J1": "1", "J2": "2"})
    shown.submit(2)
    move(shown, SheetAction.CONFIRM)
    assert "公布以后有 1 张评分表改过分" in client.get(f"{base}/results").get_data(as_text=True)


def test_before_anything_is_published_nothing_is_said(app: Flask, client: FlaskClient) -> None:
    jury = Jury()
    sign_in_account(client, make_account(role=Role.CHIEF_JUDGE, competition_id=jury.competition_id))
    page = client.get(f"/scoring/competitions/{jury.competition_id}/sheets/{jury.sheet(2).id}").get_data(as_text=True)
    assert "公布" not in page
    assert "正在公示" not in page


def test_confirming_a_module_says_how_many_alarms_it_leaves_open(app: Flask, client: FlaskClient) -> None:
    jury = Jury(contestants=1)
    jury.hand_in("0", "1", "3")
    sign_in_account(client, make_account(role=Role.CHIEF_JUDGE, competition_id=jury.competition_id))
    address = f"/scoring/competitions/{jury.competition_id}/events/{jury.event_id}/board"
    assert "分差超限的选手 1 名" in client.get(address).get_data(as_text=True)
