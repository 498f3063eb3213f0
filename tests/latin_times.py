"""The timetable and the notices of the competition in Latin letters."""

from dataclasses import replace
from datetime import datetime, timedelta

from competitions.notices.models import Readers
from competitions.notices.posting import PostNotice, WithdrawNotice, post_notice, withdraw_notice
from competitions.timetable.kinds import Audience, Kind
from competitions.timetable.planning import (
    AddSessions,
    EditSession,
    SessionFacts,
    TouchSession,
    add_sessions,
    call_off_session,
    edit_session,
)
from core.auth import Actor
from core.clock import BEIJING


def make_timetable(competition_id: int, event_id: int, organiser: Actor) -> tuple[int, int]:
    """A draft, a session that was moved and clashes with one of the judges' own, and one that was called off.

    Returns:
        The ids of the one that was moved and of the one that was called off.
    """
    at = datetime(2026, 10, 18, 8, 30, tzinfo=BEIJING)
    hour = timedelta(hours=1)
    shown = SessionFacts("Welding", at, at + hour, "Hall 1", Kind.CONTEST, event_id, batch=1)
    facts = (
        replace(shown, audience=Audience.EVERYONE, note="Bring gloves"),
        replace(shown, audience=Audience.JUDGES, title="Meeting of judges", place="Hall 2"),
        replace(shown, title="Opening", event_id=None, batch=None, begins_at=at - hour, ends_at=at),
        replace(shown, title="Evening", audience=Audience.EVERYONE, begins_at=at + 9 * hour, ends_at=at + 10 * hour),
    )
    moved, _judges, _draft, off = add_sessions(AddSessions(competition_id, facts, organiser))
    later = replace(facts[0], begins_at=at + hour / 2, ends_at=at + 2 * hour, place="Hall 2")
    edit_session(EditSession(competition_id, moved, later, 1, organiser))
    call_off_session(TouchSession(competition_id, off, 1, organiser, "No light"))
    return moved, off


def make_notices(competition_id: int, event_id: int, organiser: Actor) -> None:
    """One for everybody, one for the judges of an event, one that was withdrawn."""
    for readers, event, words in (
        (Readers.EVERYONE, None, "Lunch"),
        (Readers.JUDGES, event_id, "Meet"),
        (Readers.EVERYONE, None, "x"),
    ):
        notice_id = post_notice(PostNotice(competition_id, readers, event, words, organiser))
    withdraw_notice(WithdrawNotice(competition_id, notice_id, "mistaken", organiser))
