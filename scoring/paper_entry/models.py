"""Tables of paper entry: what each of two people read off one paper sheet, and how it ended."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, UniqueConstraint, Uuid, exists
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Model
from core.messages import message
from scoring.models import ScoreSheet

FIRST, SECOND = 1, 2


class PaperEntry(Model):
    """One person's reading of a paper sheet. Rows are only ever inserted; `key` makes a retry the same entry.

    The database itself refuses a third one, a second one by the same account, and one by the sheet's own judge.
    """

    __tablename__ = "paper_entry"
    __table_args__ = (
        UniqueConstraint("sheet_id", "attempt", "place"),
        UniqueConstraint("sheet_id", "attempt", "account_id"),
        CheckConstraint("place IN (1, 2)", name="first_or_second"),
        CheckConstraint("attempt > 0", name="attempt_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    sheet_id: Mapped[int] = mapped_column(ForeignKey("score_sheet.id"))
    attempt: Mapped[int]
    """From 1; a further paper of the same sheet, as after it went back to the judge, is a further attempt."""
    place: Mapped[int]
    """First or second of the attempt."""
    judge_id: Mapped[int] = mapped_column(ForeignKey("judge.id"))
    """Whose sheet it was when it was typed."""
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    typist: Mapped[str]
    key: Mapped[UUID] = mapped_column(Uuid, unique=True)
    marks: Mapped[dict[str, Any]]
    """Aspect id to what stands on the paper, as typed; an aspect that is missing is empty on the paper."""
    contestant_refusal: Mapped[str] = mapped_column(default="", server_default="")
    """Why the contestant has not signed though the event asks for it, as the paper says; empty where signed."""
    differing: Mapped[list[Any]]
    """Of the second entry: aspects in which it differs from the first. By these typing is judged, whatever follows."""
    typed_at: Mapped[datetime]
    sign_in_id: Mapped[int | None] = mapped_column(ForeignKey("sign_in.id"))


class Ending(StrEnum):
    """How an attempt ended."""

    AGREED = "agreed"
    DECIDED = "decided"
    SET_ASIDE = "set_aside"


ENDING_NAMES = {
    Ending.AGREED: message("两遍一致"),
    Ending.DECIDED: message("经裁定"),
    Ending.SET_ASIDE: message("不采用"),
}


class PaperOutcome(Model):
    """How the two entries of an attempt ended: as marks of the sheet, or set aside. Rows are only ever inserted.

    The database refuses one that is decided by who typed it or by the sheet's own judge.
    """

    __tablename__ = "paper_outcome"
    __table_args__ = (UniqueConstraint("sheet_id", "attempt"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    sheet_id: Mapped[int] = mapped_column(ForeignKey("score_sheet.id"))
    attempt: Mapped[int]
    ending: Mapped[Ending]
    decisions: Mapped[dict[str, Any]]
    """Aspect to what was decided with the paper in hand, null for empty; only those that differed."""
    reason: Mapped[str]
    """Why it was set aside, or a remark on the decision."""
    save_key: Mapped[UUID | None] = mapped_column(Uuid, unique=True)
    """Key of the revision that the marks became; none where they were set aside."""
    is_handed_in: Mapped[bool]
    """False where the paper lacks what the result would wait for: the marks are kept and the sheet stays open."""
    ended_at: Mapped[datetime]
    ended_by: Mapped[str]
    """As `Actor.key`: the second typist where both agreed, else who decided."""
    ended_name: Mapped[str]

    @property
    def submission_key(self) -> UUID | None:
        """Key of the handing-in that followed; it follows from the revision's."""
        return hand_in_key(self.save_key) if self.save_key and self.is_handed_in else None


def hand_in_key(save_key: UUID) -> UUID:
    """The key by which a sheet is handed in whose marks were taken under `save_key`."""
    return uuid5(save_key, "handed in on paper")


def has_paper() -> ColumnElement[bool]:
    """Of a query of sheets: those of which a paper was typed, so that they belong to who marked it."""
    return exists().where(PaperEntry.sheet_id == ScoreSheet.id)
