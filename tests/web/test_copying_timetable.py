"""Last year's timetable on this year's days: the same hours and places as drafts, with nobody in them, nothing told."""

from datetime import date, datetime, timedelta

import pytest
from factories import make_account, make_actor, sign_in_account
from last_year import LastYear
from sqlalchemy import select

from competitions.copying.copying import CopyCompetition, copy_competition
from competitions.copying.timetable import CopyTimetable, TimetableDayError
from competitions.models import Competition, Event, Module
from competitions.notices.models import Notice, Readers
from competitions.notices.posting import PostNotice, post_notice
from competitions.timetable.kinds import Audience, Kind
from competitions.timetable.models import TimetableChange, TimetableSession
from competitions.timetable.planning import (
    AddSessions,
    EditSession,
    SessionFacts,
    TouchSession,
    add_sessions,
    call_off_session,
    edit_session,
)
from core.audit import AuditEntry, verify
from core.clock import BEIJING
from core.db import db, transaction
from core.permissions import Role
from scoring.schemes.copying import copy_marking


class WithTimetable(LastYear):
    """Last year's competition, 10 to 12 October, with a session on the eve, two of the event and one called off."""

    def __init__(self):
        super().__init__()
        with transaction() as session:
            held = session.get_one(Competition, self.id)
            held.opens_on, held.closes_on = date(2025, 10, 10), date(2025, 10, 12)
        self.module_id = db.session.scalars(
            select(Module.id).where(Module.event_id == self.event_id, Module.code == "P")
        ).one()
        self.organiser = make_actor(Role.ORGANISER, self.id)
        event = {"event_id": self.event_id, "audience": Audience.EVERYONE}
        self.ids = self.add(
            self.planned("领队会", 9, 15, audience=Audience.JUDGES, note="带好证件"),
            self.planned(
                "焊工第一批", 10, 8, kind=Kind.CONTEST, place="1 号馆", module_id=self.module_id, batch=1, **event
            ),
            self.planned("焊工夜场", 11, 22, hours=2, kind=Kind.CONTEST, place="2 号馆", **event),
            self.planned("闭幕式", 12, 9),
        )
        moved = self.planned(
            "焊工第一批", 10, 9, kind=Kind.CONTEST, place="1 号馆", module_id=self.module_id, batch=1, **event
        )
        edit_session(EditSession(self.id, self.ids[1], moved, 1, self.organiser))
        call_off_session(TouchSession(self.id, self.ids[3], 1, self.organiser, "改在明年"))
        db.session.rollback()

    def planned(self, title, day, hour, hours=1, **over):
        begins = datetime(2025, 10, day, hour, tzinfo=BEIJING)
        return SessionFacts(title, begins, begins + timedelta(hours=hours), **over)

    def add(self, *facts):
        return add_sessions(AddSessions(self.id, facts, self.organiser))

    def copied(self, first_day=None, **over):
        command = CopyCompetition(self.id, self.facts(**over), self.admin, CopyTimetable(first_day))
        return copy_competition(command, copy_marking)


@pytest.fixture
def last(app):
    return WithTimetable()


def sessions(competition_id):
    db.session.rollback()
    query = select(TimetableSession).where(TimetableSession.competition_id == competition_id)
    return db.session.scalars(query.order_by(TimetableSession.begins_at)).all()


def test_sessions_come_along_on_the_days_of_the_new_competition(last):
    made = sessions(last.copied())

    assert [(one.title, f"{one.begins:%m-%d}", one.hours, one.place) for one in made] == [
        ("领队会", "10-17", "15:00–16:00", ""),
        ("焊工第一批", "10-18", "09:00–10:00", "1 号馆"),
        ("焊工夜场", "10-19", "22:00–24:00", "2 号馆"),
    ]


def test_they_belong_to_the_new_events_and_modules(last):
    new = last.copied()
    (event,) = db.session.scalars(select(Event).where(Event.competition_id == new)).all()
    module = next(one for one in event.modules if one.code == "P")
    eve, first, night = sessions(new)

    assert (eve.event_id, eve.module_id, eve.note) == (None, None, "带好证件")
    assert (first.event_id, first.module_id, first.batch, first.kind) == (event.id, module.id, 1, Kind.CONTEST)
    assert (night.event_id, night.module_id) == (event.id, None)
    assert event.id != last.event_id
    assert module.id != last.module_id


def test_nobody_is_shown_anything_and_nothing_is_told_of_last_year(last):
    post_notice(PostNotice(last.id, Readers.EVERYONE, None, "明天八点集合", last.organiser))
    new = last.copied()

    assert {(one.audience, one.shown_at, one.revision, one.is_off) for one in sessions(new)} == {
        (Audience.DRAFT, None, 1, False)
    }
    changes = select(TimetableChange).join(TimetableSession).where(TimetableSession.competition_id == new)
    assert db.session.scalars(changes).all() == []
    assert db.session.scalars(select(Notice).where(Notice.competition_id == new)).all() == []


def test_the_first_day_may_be_said(last):
    made = sessions(last.copied(date(2026, 10, 18)))
    assert [f"{one.begins:%m-%d %H:%M}" for one in made] == ["10-18 15:00", "10-19 09:00", "10-20 22:00"]


@pytest.mark.parametrize(
    "day", [date(2026, 8, 18), date(2026, 10, 21), date(2025, 10, 9), date(9999, 12, 31), date(1, 1, 1)]
)
def test_a_first_day_far_from_the_competition_is_refused_and_nothing_is_made(last, day):
    before = db.session.scalars(select(Competition.id)).all()
    db.session.rollback()
    with pytest.raises(TimetableDayError, match=day.isoformat()):
        last.copied(day)
    assert db.session.scalars(select(Competition.id)).all() == before


def test_a_day_that_no_calendar_has_is_refused(last):
    with pytest.raises(TimetableDayError, match="超出了日历"):
        last.copied(opens_on=date(9999, 12, 31), closes_on=date(9999, 12, 31))


def test_last_year_stays_as_it_was_and_the_record_says_what_came(last):
    before = [(one.id, one.begins_at, one.audience, one.revision) for one in sessions(last.id)]
    new = last.copied()

    assert [(one.id, one.begins_at, one.audience, one.revision) for one in sessions(last.id)] == before
    line = db.session.scalars(
        select(AuditEntry).where(AuditEntry.chain == new).order_by(AuditEntry.number.desc())
    ).first()
    assert (line.action, line.detail["sessions"], line.detail["days"]) == ("competition.copied", 3, 373)
    assert verify() == []


def test_without_being_asked_for_it_stays_where_it_is(last):
    assert sessions(last.copy()) == []


def test_where_there_is_no_timetable_nothing_comes(app):
    last = LastYear()
    command = CopyCompetition(last.id, last.facts(), last.admin, CopyTimetable(date(1, 1, 1)))
    assert sessions(copy_competition(command, copy_marking)) == []


FORM = {
    "title": "2026年大赛",
    "level": "province",
    "jurisdiction": "130000",
    "host": "省总工会",
    "opens_on": "2026-10-18",
    "closes_on": "2026-10-20",
}


def test_the_page_offers_it_and_says_where_it_would_begin(app, last):
    client = sign_in_account(app.test_client(), make_account(role=Role.SYSTEM_ADMIN))
    address = f"/competitions/{last.id}/copies/new"
    page = client.get(address).get_data(as_text=True)
    assert "原来有 3 场，2025-10-09 至 2025-10-11" in page

    refused = client.post(address, data=FORM | {"takes_timetable": "y", "timetable_from": "2027-01-01"})
    assert refused.status_code == 422
    assert "2027-01-01" in refused.get_data(as_text=True)
    answer = client.post(address, data=FORM | {"takes_timetable": "y"})
    assert answer.status_code == 302
    new = int(answer.location.split("/competitions/")[1].split("/")[0])
    assert "带过来的日程都是草稿" in client.get(answer.location).get_data(as_text=True)
    assert len(sessions(new)) == 3
    assert client.get(f"/timetable/{new}").status_code == 404
    answer = client.post(address, data=FORM | {"title": "另一项"})
    assert sessions(int(answer.location.split("/competitions/")[1].split("/")[0])) == []


def test_where_there_is_none_the_page_does_not_speak_of_it(app):
    last = LastYear()
    client = sign_in_account(app.test_client(), make_account(role=Role.SYSTEM_ADMIN))
    assert "把日程也带过来" not in client.get(f"/competitions/{last.id}/copies/new").get_data(as_text=True)
