"""Tables of declared ties between judges and contestants or delegations; rows are only ever inserted."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from competitions.judges.conflicts import Tie
from competitions.models import Contestant, Delegation, Judge
from core.db import Model
from core.messages import message

KIND_NAMES = {
    Tie.RELATIVE: message("亲属"),
    Tie.COACH: message("师徒、教练或指导教师"),
    Tie.DECLARED: message("裁判本人申报的其他关系"),
    Tie.OTHER: message("其他关系（他人反映等）"),
    Tie.SAME_PERSON: message("就是选手本人"),
}
"""The ties that can be declared; the others follow from units, delegations and hosts."""


class JudgeTie(Model):
    """A tie that was declared. Only the reason is ever emptied, when a person is erased."""

    __tablename__ = "judge_tie"
    __table_args__ = (CheckConstraint("(contestant_id IS NULL) <> (delegation_id IS NULL)", name="one_side"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    competition_id: Mapped[int] = mapped_column(ForeignKey("competition.id"), index=True)
    judge_id: Mapped[int] = mapped_column(ForeignKey("judge.id"), index=True)
    kind: Mapped[Tie]
    contestant_id: Mapped[int | None] = mapped_column(ForeignKey("contestant.id"))
    """One registration of the contestant; the tie holds for the person, in every event of the competition."""
    delegation_id: Mapped[int | None] = mapped_column(ForeignKey("delegation.id"))
    reason: Mapped[str]
    declared_at: Mapped[datetime]
    declared_by: Mapped[str]
    judge: Mapped[Judge] = relationship()
    contestant: Mapped[Contestant | None] = relationship()
    delegation: Mapped[Delegation | None] = relationship()
    withdrawal: Mapped["JudgeTieWithdrawal | None"] = relationship(back_populates="tie")

    @property
    def is_in_force(self) -> bool:
        """Whether nobody has withdrawn it."""
        return self.withdrawal is None


class JudgeTieWithdrawal(Model):
    """Why a declared tie does not hold any more, or never did; one a tie. Only the reason is ever emptied."""

    __tablename__ = "judge_tie_withdrawal"

    id: Mapped[int] = mapped_column(primary_key=True)
    tie_id: Mapped[int] = mapped_column(ForeignKey("judge_tie.id"), unique=True)
    reason: Mapped[str]
    withdrawn_at: Mapped[datetime]
    withdrawn_by: Mapped[str]
    tie: Mapped[JudgeTie] = relationship(back_populates="withdrawal")
