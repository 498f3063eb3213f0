"""A competition set up as last year's was: everything that was decided about it, nobody who took part in it."""

from datetime import date

import pytest
from awarded import PRIZES
from factories import (
    make_account,
    make_entrant,
    make_event,
    make_judge,
    make_panel,
    sign_in_account,
)
from last_year import PACK, LastYear
from marked import SCHEME
from sqlalchemy import func, select

from competitions.copying.copying import CopyCompetition, copy_competition
from competitions.lifecycle import CompetitionState
from competitions.models import Competition, Delegation, Entrant, EntrantStatus, Event, Judge
from competitions.setup import DatesError
from core.accounts import RoleGrant
from core.audit import AuditEntry, verify
from core.db import db
from core.errors import NotFoundError
from core.permissions import Role
from scoring.engine.scheme_document import scheme_from_document
from scoring.jury.models import ContestantSigns, JudgingSetting
from scoring.models import SchemeVersion
from scoring.schemes.copying import copy_marking
from scoring.sheets.opening import OpenSheets, current_scheme, open_sheets, scheme_of


def competition(key):
    return db.session.get_one(Competition, key)


def test_what_was_decided_comes_along(app):
    new = competition(LastYear().copy())

    assert (new.title, new.state, new.opens_on, new.appeal_hours) == (
        "2026年大赛",
        CompetitionState.PREPARING,
        date(2026, 10, 18),
        4,
    )
    (event,) = new.events
    assert (event.title, event.occupation_code, event.top_level, event.prize_rules) == (
        "焊工（职工）",
        "6-18-02-04",
        1,
        PRIZES,
    )
    assert [(m.code, m.kind.value, m.weight) for m in event.modules] == [("T", "external", "30"), ("P", "judged", "70")]
    assert [(d.name, d.home) for d in new.delegations] == [("唐山市", "130200"), ("雄安新区", "")]


def test_the_scheme_in_force_is_the_first_version_of_the_new_event(app):
    last = LastYear()
    (event,) = competition(last.copy()).events
    version = current_scheme(db.session(), event.id)

    assert (version.number, version.source_name, version.adopted_by) == (1, "焊工.xlsx", f"account:{last.admin_id}")
    assert scheme_of(version) == scheme_from_document(SCHEME)
    setting = db.session.get_one(JudgingSetting, event.id)
    assert (setting.is_blind, setting.contestant_signs) == (False, ContestantSigns.ALL)


def test_nobody_comes_along(app):
    last = LastYear()
    new = last.copy()
    entrants = select(func.count(Entrant.id)).join(Event).where(Event.competition_id == new)
    assert db.session.scalar(entrants) == 0
    assert db.session.scalar(select(func.count(Judge.id)).where(Judge.competition_id == new)) == 0
    grants = db.session.scalars(select(RoleGrant).where(RoleGrant.competition_id == new)).all()
    assert [(grant.account_id, grant.role) for grant in grants] == [(last.admin_id, Role.ORGANISER)]


def test_the_old_competition_stays_as_it_was(app):
    last = LastYear()
    count = select(func.count(SchemeVersion.id)).where(SchemeVersion.event_id == last.event_id)
    last.copy()

    assert db.session.scalar(count) == 2
    assert competition(last.id).title == "2025年大赛"
    assert [event.id for event in competition(last.id).events] == [last.event_id]


def test_the_record_says_from_where(app):
    last = LastYear()
    new = last.copy()
    lines = db.session.scalars(select(AuditEntry).where(AuditEntry.chain == new).order_by(AuditEntry.number)).all()

    assert [line.action for line in lines] == [
        "competition.created",
        "role.granted",
        "scheme.adopted",
        "competition.copied",
    ]
    assert (lines[-1].detail["from"], lines[-1].detail["schemes"]) == (last.id, 1)
    assert verify() == []


def test_what_is_refused_leaves_nothing_behind(app):
    last = LastYear()
    before = db.session.scalar(select(func.count(Competition.id)))
    db.session.rollback()
    with pytest.raises(DatesError):
        last.copy(closes_on=date(2026, 1, 1))

    def break_off(*_about):
        raise NotFoundError("没有这个赛项")

    with pytest.raises(NotFoundError):
        copy_competition(CopyCompetition(last.id, last.facts(), last.admin), break_off)

    assert db.session.scalar(select(func.count(Competition.id))) == before
    assert db.session.scalar(select(func.count(Delegation.id))) == 2


def test_there_is_nothing_to_copy_from_nowhere(app):
    last = LastYear()
    with pytest.raises(NotFoundError):
        copy_competition(CopyCompetition(999, last.facts(), last.admin), copy_marking)


def test_an_event_without_a_scheme_comes_without(app):
    last = LastYear()
    make_event(competition_id=last.id, name="电工", position=2)
    events = competition(last.copy()).events

    assert [event.name for event in events] == ["焊工", "电工"]
    assert current_scheme(db.session(), events[1].id) is None


def test_a_copied_event_goes_the_whole_way_to_its_sheets(app):
    """What was copied is not only listed: with a draw and a panel it can be marked."""
    last = LastYear()
    new_id = last.copy()
    (event,) = competition(new_id).events
    event_id, practice = event.id, next(module.id for module in event.modules if module.code == "P")
    make_panel(module_id=practice, judges=[make_judge(competition_id=new_id) for _ in range(3)])
    make_entrant(event_id=event_id, draw_number=1, status=EntrantStatus.PRESENT)

    assert open_sheets(OpenSheets(new_id, event_id, last.admin)) == 4, "three judges and the theory's list"


def test_the_page_asks_for_a_name_and_days_and_keeps_the_rest(app):
    last = LastYear()
    client = sign_in_account(app.test_client(), make_account(role=Role.SYSTEM_ADMIN))
    assert f"/competitions/{last.id}/copies/new" in client.get("/competitions").get_data(as_text=True)
    page = client.get(f"/competitions/{last.id}/copies/new").get_data(as_text=True)
    assert "照“2025年大赛”新建" in page
    assert 'value="2025年大赛"' not in page
    assert PACK in page
    form = {
        "title": "2026年大赛",
        "level": "province",
        "jurisdiction": "130000",
        "host": "省总工会",
        "opens_on": "2026-10-18",
        "closes_on": "2026-10-20",
        "appeal_hours": "2",
    }
    assert client.post(f"/competitions/{last.id}/copies/new", data=form | {"closes_on": ""}).status_code == 422
    answer = client.post(f"/competitions/{last.id}/copies/new", data=form)
    assert answer.status_code == 302
    assert "照原来的设置建立" in client.get(answer.location).get_data(as_text=True)


def test_an_organiser_does_not_make_competitions(app):
    last = LastYear()
    client = sign_in_account(app.test_client(), make_account(role=Role.ORGANISER, competition_id=last.id))
    assert client.get(f"/competitions/{last.id}/copies/new").status_code == 403
    assert "照此新建" not in client.get("/competitions").get_data(as_text=True)
