"""Tables of what is known of people's titles and promotions: rows are only ever inserted, a mistake is withdrawn."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from competitions.models import Contestant
from core.db import Model


class FactKind(StrEnum):
    """What a fact says."""

    HELD = "held"
    """A title, medal or honour is held."""
    NOT_GRANTED = "not_granted"
    """A title that was recommended was not granted."""
    NONE_ELSE = "none_else"
    """No title is held but those that are recorded."""
    PROMOTED = "promoted"
    """A competition has led to a promotion already."""
    NOT_PROMOTED = "not_promoted"
    """No competition has led to a promotion in the year of this one."""


class FactSource(StrEnum):
    """On whose word a fact stands."""

    RETURNED = "returned"
    """An authority's document."""
    DECLARED = "declared"
    """Somebody's statement."""


class HeldFact(Model):
    """One fact about one contestant, with where it comes from. It speaks of the person behind the registration."""

    __tablename__ = "held_fact"

    id: Mapped[int] = mapped_column(primary_key=True)
    competition_id: Mapped[int] = mapped_column(ForeignKey("competition.id"), index=True)
    contestant_id: Mapped[int] = mapped_column(ForeignKey("contestant.id"), index=True)
    kind: Mapped[FactKind]
    name: Mapped[str]
    """The title in the document's words; for a promotion the level's digit, empty where nobody said it."""
    authority: Mapped[str]
    document: Mapped[str]
    """Number of the document that grants it (文号)."""
    on: Mapped[date | None]
    """Day of the document; None where nobody stated it."""
    occupation: Mapped[str]
    """Event or occupation for which it was granted, in words."""
    occupation_code: Mapped[str]
    source: Mapped[FactSource]
    stated_by: Mapped[str]
    """Who said so: 本人, a unit; for an authority's document the file that brought it."""
    evidence: Mapped[str]
    """What was shown, or why it was not granted; empty where nothing was said."""
    remarks: Mapped[list[Any]] = mapped_column(default=list)
    """What looked odd about it, as `core.messages.kept` keeps sentences."""
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str]
    contestant: Mapped[Contestant] = relationship()
    withdrawal: Mapped["HeldFactWithdrawal | None"] = relationship(back_populates="fact")


class HeldFactWithdrawal(Model):
    """That a fact is taken back, by whom and why."""

    __tablename__ = "held_fact_withdrawal"

    id: Mapped[int] = mapped_column(primary_key=True)
    held_fact_id: Mapped[int] = mapped_column(ForeignKey("held_fact.id"), unique=True)
    reason: Mapped[str]
    withdrawn_at: Mapped[datetime]
    withdrawn_by: Mapped[str]
    fact: Mapped[HeldFact] = relationship(back_populates="withdrawal")
