"""Tables of online registration: when it is open, links of delegations, whom they enter, what they have handed in."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from competitions.models import Delegation, Entrant, Event
from core.db import Model


class Part(StrEnum):
    """As what somebody comes. Only contestants ever become entrants."""

    CONTESTANT = "contestant"
    LEADER = "leader"
    COACH = "coach"


class EntryState(StrEnum):
    """How far one person's registration is. What is not handed in is the delegation's own affair."""

    DRAFT = "draft"
    HANDED_IN = "handed_in"
    RETURNED = "returned"
    APPROVED = "approved"


class EnrolmentPeriod(Model):
    """When online registration is open: for all, for one event, or longer for one delegation.

    A row of an event stands in place of the row for all; a delegation's can only close later than either.
    """

    __tablename__ = "enrolment_period"
    __table_args__ = (
        CheckConstraint("closes_at > opens_at", name="closes_after_opening"),
        CheckConstraint("most > 0", name="most_positive"),
        CheckConstraint("event_id IS NULL OR delegation_id IS NULL", name="one_scope"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    competition_id: Mapped[int] = mapped_column(ForeignKey("competition.id"), index=True)
    event_id: Mapped[int | None] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), unique=True)
    delegation_id: Mapped[int | None] = mapped_column(ForeignKey("delegation.id", ondelete="CASCADE"), unique=True)
    opens_at: Mapped[datetime | None]
    """Empty where an event has only a quota, or a delegation only more time."""
    closes_at: Mapped[datetime | None]
    most: Mapped[int | None]
    """How many entrants (teams count as one) a delegation may have in the event; empty where nobody has said."""


class EnrolmentLink(Model):
    """A delegation's link. It works until it is revoked; another one revokes it."""

    __tablename__ = "enrolment_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    competition_id: Mapped[int] = mapped_column(ForeignKey("competition.id"), index=True)
    delegation_id: Mapped[int] = mapped_column(ForeignKey("delegation.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    issued_at: Mapped[datetime]
    issued_by: Mapped[str]
    revoked_at: Mapped[datetime | None]
    delegation: Mapped[Delegation] = relationship()


class EnrolmentHandIn(Model):
    """报送: that a delegation has handed in, signed with a name; rows are only ever inserted."""

    __tablename__ = "enrolment_hand_in"
    __table_args__ = (UniqueConstraint("delegation_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    competition_id: Mapped[int] = mapped_column(ForeignKey("competition.id"), index=True)
    delegation_id: Mapped[int] = mapped_column(ForeignKey("delegation.id"))
    number: Mapped[int]
    signer: Mapped[str]
    entries: Mapped[list[Any]]
    """Id and revision of each person's registration, as it was handed in."""
    digest: Mapped[str]
    """A keyed fingerprint of all that was handed in; nobody reads it back, and the same facts give the same."""
    handed_in_at: Mapped[datetime]
    handed_in_by: Mapped[str]


class EnrolmentEntry(Model):
    """One person whom a delegation enters. It is no entrant: approval makes one, from what stands here then."""

    __tablename__ = "enrolment_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    competition_id: Mapped[int] = mapped_column(ForeignKey("competition.id"), index=True)
    delegation_id: Mapped[int] = mapped_column(ForeignKey("delegation.id"), index=True)
    event_id: Mapped[int | None] = mapped_column(ForeignKey("event.id"), index=True)
    """Empty for leaders, and for coaches of no event in particular."""
    part: Mapped[Part]
    team: Mapped[int] = mapped_column(default=1)
    """In an event of pairs or threes, which team of the delegation."""
    name: Mapped[str]
    document_index: Mapped[str] = mapped_column(default="", index=True)
    document_masked: Mapped[str] = mapped_column(default="")
    facts_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    """All that was stated of the person, encrypted; see `keeping`."""
    warnings: Mapped[list[Any]] = mapped_column(default=list)
    """Sentences that ask to look again, as `core.messages.kept` keeps them."""
    state: Mapped[EntryState] = mapped_column(default=EntryState.DRAFT)
    reason: Mapped[str] = mapped_column(default="")
    """Why it was returned last; it stays until the next decision."""
    revision: Mapped[int] = mapped_column(default=1)
    """Raised by every change, so that nobody changes or decides upon what they have not seen."""
    changed_at: Mapped[datetime]
    changed_by: Mapped[str]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str] = mapped_column(default="")
    entrant_id: Mapped[int | None] = mapped_column(ForeignKey("entrant.id"), index=True)
    """What approval made; empty while team mates are still to be approved, and for leaders and coaches."""
    delegation: Mapped[Delegation] = relationship()
    event: Mapped[Event | None] = relationship()
    entrant: Mapped[Entrant | None] = relationship()
