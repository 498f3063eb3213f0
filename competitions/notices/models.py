"""Tables of notices: their text is only ever inserted and withdrawing leaves it; which judge has seen which."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from competitions.models import Event
from core.db import Model


class Readers(StrEnum):
    """To whom a notice is addressed."""

    EVERYONE = "everyone"
    CONTESTANTS = "contestants"
    JUDGES = "judges"
    DELEGATIONS = "delegations"


class Notice(Model):
    """A short text to all, or to some; with an event, only to those who have to do with that event."""

    __tablename__ = "notice"

    id: Mapped[int] = mapped_column(primary_key=True)
    competition_id: Mapped[int] = mapped_column(ForeignKey("competition.id"), index=True)
    readers: Mapped[Readers]
    event_id: Mapped[int | None] = mapped_column(ForeignKey("event.id"))
    text: Mapped[str]
    posted_at: Mapped[datetime]
    posted_by: Mapped[str]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[str] = mapped_column(default="")
    withdrawal_reason: Mapped[str] = mapped_column(default="")
    event: Mapped[Event | None] = relationship()
    seen: Mapped[list["NoticeSeen"]] = relationship(order_by="NoticeSeen.seen_at")

    @property
    def is_withdrawn(self) -> bool:
        """Whether it does not hold any more."""
        return self.withdrawn_at is not None


class NoticeSeen(Model):
    """A judge has said that a notice was read."""

    __tablename__ = "notice_seen"

    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id"), primary_key=True, autoincrement=False)
    judge_id: Mapped[int] = mapped_column(
        ForeignKey("judge.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    seen_at: Mapped[datetime]
