"""Tables of what happens among judges while they mark: votes asked for again, early looks, substitutes, answers."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Model


class Revote(Model):
    """The chief judge asked for a further vote on one node of one entrant, or took that back. Only ever inserted."""

    __tablename__ = "revote"
    __table_args__ = (UniqueConstraint("module_id", "entrant_id", "node", "round", "withdraws"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    module_id: Mapped[int] = mapped_column(ForeignKey("module.id"))
    entrant_id: Mapped[int] = mapped_column(ForeignKey("entrant.id"), index=True)
    node: Mapped[str]
    """Id of the node whose panel held: an aspect, or a group that is judged as a whole."""
    aspects: Mapped[list[Any]]
    """Ids of the aspects that are voted on again."""
    round: Mapped[int]
    """The round that is asked for; marks before any request are round 1."""
    votes: Mapped[dict[str, Any]]
    """What stood in the round before: seat → ``judge``, ``value`` (compared) and ``marks`` (aspect → as entered)."""
    reason: Mapped[str]
    withdraws: Mapped[bool] = mapped_column(default=False)
    """The request for this round no longer holds; the marks count as they stand."""
    asked_at: Mapped[datetime]
    asked_by: Mapped[str]

    @property
    def seats(self) -> list[int]:
        """The seats that vote again."""
        return sorted(int(seat) for seat in self.votes)


class ContestantSigns(StrEnum):
    """Whose hand an event asks for: nobody's, the judge's alone, or on which sheets also a contestant's."""

    NONE = "none"
    JUDGE = "judge"
    FIRST_SEAT = "first_seat"
    ALL = "all"


class JudgingSetting(Model):
    """What an organiser has chosen for the judging of an event; without a row the defaults hold."""

    __tablename__ = "judging_setting"

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), primary_key=True, autoincrement=False)
    is_blind: Mapped[bool] = mapped_column(default=True)
    """Marks of an entrant's module are shown to nobody else before all its seats have handed in."""
    contestant_signs: Mapped[ContestantSigns] = mapped_column(default=ContestantSigns.NONE)
    changed_at: Mapped[datetime]
    changed_by: Mapped[str]


class EarlyLook(Model):
    """Somebody opened the marks of an entrant's module before all seats had handed in. Only ever inserted."""

    __tablename__ = "early_look"

    id: Mapped[int] = mapped_column(primary_key=True)
    module_id: Mapped[int] = mapped_column(ForeignKey("module.id"), index=True)
    entrant_id: Mapped[int] = mapped_column(ForeignKey("entrant.id"))
    looker: Mapped[str]
    """As `Actor.key`; it opens the marks for nobody else."""
    looker_name: Mapped[str]
    reason: Mapped[str]
    looked_at: Mapped[datetime]


class Substitution(Model):
    """A judge left the seat of a module after marks existed: somebody took over, or it is vacant. Only inserted."""

    __tablename__ = "substitution"

    id: Mapped[int] = mapped_column(primary_key=True)
    module_id: Mapped[int] = mapped_column(ForeignKey("module.id"), index=True)
    seats: Mapped[list[Any]]
    """Numbers of the seats that the judge held."""
    judge_id: Mapped[int] = mapped_column(ForeignKey("judge.id"), index=True)
    substitute_id: Mapped[int | None] = mapped_column(ForeignKey("judge.id"))
    """Who sits there from then on; None where nobody does."""
    moved: Mapped[list[Any]]
    """Ids of the sheets that were not handed in: the substitute's now, or vacant."""
    kept: Mapped[int]
    """How many sheets stay with the judge who handed them in."""
    reason: Mapped[str]
    made_at: Mapped[datetime]
    made_by: Mapped[str]


class DoubtAnswer(Model):
    """The chief judge's answer to an aspect marked 有疑问. Only ever inserted."""

    __tablename__ = "doubt_answer"

    id: Mapped[int] = mapped_column(primary_key=True)
    sheet_id: Mapped[int] = mapped_column(ForeignKey("score_sheet.id"), index=True)
    aspect: Mapped[str]
    answer: Mapped[str]
    answered_at: Mapped[datetime]
    answered_by: Mapped[str]
