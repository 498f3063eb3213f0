"""Sessions of an earlier timetable on the days of a new competition: drafts, with nobody in them and nothing told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from competitions.models import Competition, Event, Module
from competitions.timetable.kinds import Audience
from competitions.timetable.models import TimetableSession
from core.errors import InvalidInputError

EARLIEST = 60
"""Days before the competition opens on which its timetable may begin."""


class TimetableDayError(InvalidInputError):
    """The first day of the timetable is nowhere near the competition."""

    code = "timetable_day"


@dataclass(frozen=True, slots=True)
class CopyTimetable:
    """Take the sessions along, the first of them on `first_day`; without that each stands as many days from the
    opening as it stood."""

    first_day: date | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """The sessions that would come along: how many, from which day to which."""

    sessions: int
    begins_on: date
    ends_on: date


def span_of(session: Session, competition_id: int) -> Span | None:
    """What there is to take along; None where there is nothing."""
    held = sessions_to_copy(session, competition_id)
    return Span(len(held), held[0].begins.date(), held[-1].begins.date()) if held else None


def sessions_to_copy(session: Session, competition_id: int) -> Sequence[TimetableSession]:
    """The sessions that take place, the earliest first."""
    query = select(TimetableSession).where(
        TimetableSession.competition_id == competition_id, TimetableSession.called_off_at.is_(None)
    )
    return session.scalars(query.order_by(TimetableSession.begins_at, TimetableSession.id)).all()


def shift_of(
    held: Sequence[TimetableSession], source: Competition, made: Competition, first_day: date | None
) -> timedelta:
    """How far the sessions move, in whole days, so that they keep their hours of the day.

    Args:
        held: what comes along, the earliest first; not empty.
        source: the competition that it comes from.
        made: the new one.
        first_day: see `CopyTimetable`.

    Raises:
        TimetableDayError: the first day lies more than `EARLIEST` days before the opening, or after the end.
    """
    if first_day is None:
        return made.opens_on - source.opens_on
    if not made.opens_on.toordinal() - EARLIEST <= first_day.toordinal() <= made.closes_on.toordinal():
        raise TimetableDayError(
            "日程的第一天 %(day)s 应在开始日期前 %(most)s 天到结束日期之间", day=first_day.isoformat(), most=EARLIEST
        )
    return first_day - held[0].begins.date()


def sessions_like(
    held: Sequence[TimetableSession], competition_id: int, events: Mapping[Event, Event], shift: timedelta
) -> list[TimetableSession]:
    """The sessions as drafts of the other competition.

    Args:
        held: what comes along.
        competition_id: of the new competition.
        events: old → new, stored and with their modules in the same order.
        shift: how far they move.

    Raises:
        TimetableDayError: that would be after the end of the calendar.
    """
    event_ids = {old.id: new.id for old, new in events.items()}
    modules = {old.id: new.id for one, other in events.items() for old, new in _pairs(one, other)}
    try:
        return [
            TimetableSession(
                competition_id=competition_id,
                title=old.title,
                kind=old.kind,
                begins_at=old.begins_at + shift,
                ends_at=old.ends_at + shift,
                place=old.place,
                event_id=event_ids[old.event_id] if old.event_id else None,
                module_id=modules[old.module_id] if old.module_id else None,
                batch=old.batch,
                audience=Audience.DRAFT,
                note=old.note,
                called_off_reason="",
                revision=1,
            )
            for old in held
        ]
    except OverflowError as error:
        raise TimetableDayError("日程移到这一天，就超出了日历") from error


def _pairs(old: Event, new: Event) -> list[tuple[Module, Module]]:
    return list(zip(old.modules, new.modules, strict=True))
