"""Tables of the timetable: sessions, and what was told anew of those that somebody had seen already."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from competitions.lifecycle import CompetitionState
from competitions.models import Event, Module
from competitions.timetable.kinds import Audience, Kind
from core.clock import BEIJING
from core.db import Model

CLOSED_STATES = (CompetitionState.ARCHIVED, CompetitionState.CALLED_OFF)
"""In these nothing of a timetable changes any more, and nobody is told of one that lies ahead."""


def hours_between(begins: datetime, ends: datetime) -> str:
    """Times of day as 09:00–11:30; an end at midnight is one of the day before."""
    until = "24:00" if ends.date() > begins.date() and not (ends.hour or ends.minute) else f"{ends:%H:%M}"
    return f"{begins:%H:%M}–{until}"


class TimetableSession(Model):
    """A part of a competition with its time and place. One that was ever shown is called off, never deleted."""

    __tablename__ = "timetable_session"
    __table_args__ = (
        CheckConstraint("ends_at > begins_at", name="ends_after_beginning"),
        CheckConstraint("batch > 0", name="batch_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    competition_id: Mapped[int] = mapped_column(ForeignKey("competition.id"), index=True)
    title: Mapped[str]
    kind: Mapped[Kind]
    begins_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    place: Mapped[str]
    event_id: Mapped[int | None] = mapped_column(ForeignKey("event.id"), index=True)
    """The event that it concerns; empty for the whole competition."""
    module_id: Mapped[int | None] = mapped_column(ForeignKey("module.id", ondelete="SET NULL"))
    batch: Mapped[int | None]
    """The batch of the event's draw, from 1; empty for all of them."""
    audience: Mapped[Audience]
    note: Mapped[str]
    shown_at: Mapped[datetime | None]
    """When somebody else than those who work on the competition could first see it."""
    called_off_at: Mapped[datetime | None]
    called_off_reason: Mapped[str] = mapped_column(default="")
    revision: Mapped[int] = mapped_column(default=1)
    """Raised by every change, so that two who edit at once do not undo each other's."""
    event: Mapped[Event | None] = relationship()
    module: Mapped[Module | None] = relationship()
    changes: Mapped[list["TimetableChange"]] = relationship(order_by="TimetableChange.id.desc()")
    """The newest first."""

    @property
    def begins(self) -> datetime:
        """When it begins, in Beijing."""
        return self.begins_at.astimezone(BEIJING)

    @property
    def ends(self) -> datetime:
        """When it ends, in Beijing."""
        return self.ends_at.astimezone(BEIJING)

    @property
    def hours(self) -> str:
        """From when to when, as 09:00–11:30; what ends at midnight ends at 24:00."""
        return hours_between(self.begins, self.ends)

    @property
    def is_off(self) -> bool:
        """Whether it was called off."""
        return self.called_off_at is not None


class TimetableChange(Model):
    """Another time or place than was shown before; rows are only ever inserted."""

    __tablename__ = "timetable_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("timetable_session.id"), index=True)
    before: Mapped[dict[str, Any]]
    """`begins_at`, `ends_at` as ISO text in Beijing time, and `place`, as they stood until then."""
    after: Mapped[dict[str, Any]]
    changed_at: Mapped[datetime]
    changed_by: Mapped[str]

    @property
    def begins_before(self) -> datetime:
        """When it was to begin, in Beijing."""
        return datetime.fromisoformat(self.before["begins_at"])

    @property
    def hours_before(self) -> str:
        """From when to when it was to be, in Beijing."""
        return hours_between(self.begins_before, datetime.fromisoformat(self.before["ends_at"]))

    @property
    def is_moved(self) -> bool:
        """Whether the time is another."""
        return any(self.before[name] != self.after[name] for name in ("begins_at", "ends_at"))

    @property
    def is_elsewhere(self) -> bool:
        """Whether the place is another."""
        return bool(self.before["place"] != self.after["place"])
