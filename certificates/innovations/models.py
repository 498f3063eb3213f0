"""Tables of innovations: rows are only ever inserted, a mistake is withdrawn and recorded anew."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from certificates.innovations.kinds import Kind, Stage
from competitions.models import Contestant
from core.db import Model


class Innovation(Model):
    """One innovation of a competition, by contestants or by a unit."""

    __tablename__ = "innovation"

    id: Mapped[int] = mapped_column(primary_key=True)
    competition_id: Mapped[int] = mapped_column(ForeignKey("competition.id"), index=True)
    kind: Mapped[Kind]
    name: Mapped[str]
    stage: Mapped[Stage]
    unit: Mapped[str]
    benefit: Mapped[str | None]
    """Economic benefit in 万元 as a decimal string; None where nobody stated it, never 0 for that."""
    benefit_basis: Mapped[str]
    """How the benefit was reckoned, and for which time; empty without one."""
    on: Mapped[date | None]
    document: Mapped[str]
    """Number of a patent, a decision, a certificate; empty where there is none."""
    source: Mapped[str]
    """The file that brought it; empty for the form."""
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str]
    authors: Mapped[list["InnovationAuthor"]] = relationship(order_by="InnovationAuthor.position")
    withdrawal: Mapped["InnovationWithdrawal | None"] = relationship(back_populates="innovation")


class InnovationAuthor(Model):
    """One of the people who made it, in the order in which they were named."""

    __tablename__ = "innovation_author"
    __table_args__ = (UniqueConstraint("innovation_id", "contestant_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    innovation_id: Mapped[int] = mapped_column(ForeignKey("innovation.id"), index=True)
    contestant_id: Mapped[int] = mapped_column(ForeignKey("contestant.id"), index=True)
    position: Mapped[int]
    contestant: Mapped[Contestant] = relationship()


class InnovationWithdrawal(Model):
    """That an innovation is taken back, by whom and why."""

    __tablename__ = "innovation_withdrawal"

    id: Mapped[int] = mapped_column(primary_key=True)
    innovation_id: Mapped[int] = mapped_column(ForeignKey("innovation.id"), unique=True)
    reason: Mapped[str]
    withdrawn_at: Mapped[datetime]
    withdrawn_by: Mapped[str]
    innovation: Mapped[Innovation] = relationship(back_populates="withdrawal")
