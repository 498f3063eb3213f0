"""Stored sessions as a calendar file."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from flask import Response, current_app

from competitions.timetable.calendar_file import CalendarEntry, calendar_file
from competitions.timetable.models import TimetableSession
from core.clock import now
from core.downloads import attachment


def calendar_of(title: str, sessions: Sequence[TimetableSession]) -> Response:
    """The answer by which a browser keeps the sessions as a calendar of this title."""
    host = urlsplit(current_app.config["BASE_URL"]).hostname or "localhost"
    data = calendar_file(title, [_entry(one, host) for one in sessions])
    return Response(data, mimetype="text/calendar", headers=attachment(f"{title}.ics"))


def _entry(one: TimetableSession, host: str) -> CalendarEntry:
    changed = [one.changes[0].changed_at] if one.changes else []
    changed += [one.called_off_at] if one.called_off_at else []
    return CalendarEntry(
        uid=f"session-{one.id}@{host}",
        title=one.title,
        begins=one.begins_at,
        ends=one.ends_at,
        place=one.place,
        note=one.called_off_reason if one.is_off else one.note,
        sequence=one.revision,
        changed_at=max(changed, default=now()),
        is_off=one.is_off,
    )
