"""Tables of appeals: what was handed in, and every step that was taken about it."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from competitions.models import Entrant, Event, Module
from core.db import Model
from core.messages import message
from scoring.appeals.states import OPEN_STATES, AppealState, StepKind, state_of
from scoring.models import Publication


class Channel(StrEnum):
    """Through whom an appeal came in."""

    CONTESTANT = "contestant"
    LEADER = "leader"
    PAPER = "paper"


CHANNEL_NAMES = {
    Channel.CONTESTANT: message("选手本人"),
    Channel.LEADER: message("领队"),
    Channel.PAPER: message("书面，由工作人员登记"),
}


class Appeal(Model):
    """An entrant disagrees with marks or a result. Only the statement is ever emptied, when a person is erased."""

    __tablename__ = "appeal"
    __table_args__ = (UniqueConstraint("competition_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    competition_id: Mapped[int] = mapped_column(ForeignKey("competition.id"))
    number: Mapped[int]
    """As people call it: 第 3 号; from 1 in each competition."""
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    entrant_id: Mapped[int] = mapped_column(ForeignKey("entrant.id"), index=True)
    publication_id: Mapped[int | None] = mapped_column(ForeignKey("publication.id"))
    """What was shown when it was handed in; empty for what is brought forward on the spot, before any result."""
    module_id: Mapped[int | None] = mapped_column(ForeignKey("module.id"))
    """The module that it is about; empty for the whole result."""
    statement: Mapped[str]
    digest: Mapped[str]
    """SHA-256 of the statement, so that it can be told later whether a paper says the same."""
    channel: Mapped[Channel]
    handed_in_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    """When the time for appeals was over, as reckoned then; empty where none was laid down."""
    filed_at: Mapped[datetime]
    filed_by: Mapped[str]
    """Empty where it was the contestant."""
    event: Mapped[Event] = relationship()
    entrant: Mapped[Entrant] = relationship()
    module: Mapped[Module | None] = relationship()
    publication: Mapped[Publication | None] = relationship()
    steps: Mapped[list["AppealStep"]] = relationship(order_by="AppealStep.number")

    @property
    def state(self) -> AppealState:
        """Where it stands."""
        return state_of(step.kind for step in self.steps)

    @property
    def is_open(self) -> bool:
        """Whether a ruling is still owed."""
        return self.state in OPEN_STATES

    @property
    def is_late(self) -> bool:
        """Handed in when the time was over; whether it is taken up all the same, people decide."""
        return self.due_at is not None and self.handed_in_at > self.due_at

    @property
    def closing(self) -> "AppealStep | None":
        """The step that ended it, with the reason."""
        return None if self.is_open else next(s for s in reversed(self.steps) if s.kind is not StepKind.EXPLAINED)


class AppealStep(Model):
    """One step about an appeal; rows are only ever inserted."""

    __tablename__ = "appeal_step"
    __table_args__ = (UniqueConstraint("appeal_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    appeal_id: Mapped[int] = mapped_column(ForeignKey("appeal.id"))
    number: Mapped[int]
    kind: Mapped[StepKind]
    words: Mapped[str]
    taken_at: Mapped[datetime]
    taken_by: Mapped[str]
    """Empty where it was the contestant."""
    taker: Mapped[str]
    """As `Actor.key`."""
