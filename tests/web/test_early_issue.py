"""Certificates while a result is still shown for objections, or before the opening: asked about, decided, on record."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from awarded import TERMS, Published, certificates, issue, make_awarded, make_published, publish
from factories import make_account, make_competition, sign_in_account
from flask import Flask
from flask.testing import FlaskClient

from certificates.awards.awarding import FixAwards, fix_awards
from certificates.issue.doubts import EarlyIssueError, doubts
from competitions.lifecycle import CompetitionState
from competitions.models import Competition
from core import jobs
from core.audit import AuditEntry
from core.clock import competition_day
from core.db import db, transaction
from core.permissions import Role


def noticed(*, days: int | None, opens_in: int = -9, state: CompetitionState = CompetitionState.AWARDING) -> Published:
    """A final result that was on notice from today for so many working days, and its prizes."""
    opens_on = competition_day() + timedelta(days=opens_in)
    competition = make_competition(
        publicity_working_days=days, opens_on=opens_on, closes_on=opens_on + timedelta(days=2), state=state
    )
    published = make_published(is_final=None, competition=competition)
    publish(published.event_id, published.snapshot_id, is_final=False)
    publish(published.event_id, published.snapshot_id, is_final=True)
    fix_awards(FixAwards(published.competition_id, published.event_id, published.organiser))
    return published


def found(published: Published, issued_on: date | None = None) -> list[str]:
    competition = db.session.get_one(Competition, published.competition_id)
    return [doubt.code for doubt in doubts(db.session(), competition, published.event, issued_on or competition_day())]


def test_nothing_speaks_against_it_when_the_notice_is_over_and_the_competition_has_opened(app: Flask) -> None:
    with app.app_context():
        assert found(noticed(days=None)) == []


@pytest.mark.parametrize(
    ("over", "codes"),
    [
        ({"days": 5}, ["notice_running"]),
        ({"days": None, "state": CompetitionState.PUBLIC_NOTICE}, ["notice_unknown"]),
        ({"days": None, "state": CompetitionState.MARKING}, ["notice_unknown"]),
        ({"days": None, "state": CompetitionState.REVIEWING}, ["notice_unknown"]),
        ({"days": None, "opens_in": 3}, ["not_opened", "dated_before_opening"]),
        ({"days": 5, "opens_in": 3}, ["notice_running", "not_opened", "dated_before_opening"]),
    ],
)
def test_what_is_early_is_named(app: Flask, over: dict[str, Any], codes: list[str]) -> None:
    with app.app_context():
        assert found(noticed(**over)) == codes


def test_a_date_before_the_opening_is_named_although_the_day_has_come(app: Flask) -> None:
    with app.app_context():
        published = noticed(days=None)
        assert found(published, competition_day() - timedelta(days=30)) == ["dated_before_opening"]


def test_a_result_that_was_never_shown_for_objections_is_named(app: Flask) -> None:
    with app.app_context():
        assert found(make_awarded())[0] == "no_notice"


def test_without_a_reason_nothing_is_issued_and_with_one_it_is_on_record(app: Flask) -> None:
    with app.app_context():
        published = noticed(days=5)
        terms = replace(TERMS, wording=replace(TERMS.wording, issued_on=competition_day()))
        with pytest.raises(EarlyIssueError, match="1 点须先看清"):
            issue(published, terms, early_reason="  ")
        assert certificates(published) == []
        issue(published, terms, early_reason="颁奖大会已定在今天")
        jobs.sweep()
        assert len(certificates(published)) == 3
        with transaction() as session:
            (line,) = session.query(AuditEntry).filter_by(action="certificate.issued_early").all()
            assert line.detail == {"against": ["notice_running"], "reason": "颁奖大会已定在今天"}


def test_where_nothing_speaks_against_it_no_reason_is_asked_and_none_is_recorded(app: Flask) -> None:
    with app.app_context():
        published = noticed(days=None)
        terms = replace(TERMS, wording=replace(TERMS.wording, issued_on=competition_day()))
        issue(published, terms, early_reason="")
        with transaction() as session:
            assert session.query(AuditEntry).filter_by(action="certificate.issued_early").count() == 0


def test_the_page_warns_and_asks_for_the_reason(client: FlaskClient, app: Flask) -> None:
    published = noticed(days=5)
    sign_in_account(client, make_account(role=Role.ORGANISER, competition_id=published.competition_id))
    address = f"/certificates/competitions/{published.competition_id}/events/{published.event_id}/issues"
    shown = client.get(f"{address}/new").text
    assert "现在颁发太早，请先看清" in shown
    assert "才结束，其间还可以提出异议" in shown
    assert 'name="early_reason"' in shown
    data = {"layout": "huiwen-gold", "pattern": TERMS.pattern, "issuers": "甲", "citation": "优异", "prizes": "一等奖"}
    data["issued_on"] = competition_day().isoformat()
    refused = client.post(address, data=data)
    assert refused.status_code == 409
    assert "请写明理由" in refused.text
    assert client.post(address, data=data | {"early_reason": "大会今天开"}).status_code == 302
