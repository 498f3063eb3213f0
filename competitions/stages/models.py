"""The table of stages: an event that takes its entrants from an earlier one of the same competition."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from competitions.models import Event
from competitions.stages.lines import Line, Measure
from core.db import Model


class EventStage(Model):
    """An event's place after another: 决赛 after 复赛. An event without such a row is entered by registration."""

    __tablename__ = "event_stage"

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), primary_key=True)
    follows_id: Mapped[int] = mapped_column(ForeignKey("event.id"), unique=True)
    """From where its entrants come; an event has one next stage."""
    measure: Mapped[Measure]
    value: Mapped[str]
    """As in `Line`."""
    not_held_reason: Mapped[str] = mapped_column(default="", server_default="")
    """Why the stage was not held; empty where it is or will be. Who comes after it then comes from before it."""
    event: Mapped[Event] = relationship(foreign_keys=[event_id])
    follows: Mapped[Event] = relationship(foreign_keys=[follows_id])

    @property
    def is_held(self) -> bool:
        """Whether it takes place, as far as anybody has said."""
        return not self.not_held_reason

    @property
    def line(self) -> Line:
        """By what people go on."""
        return Line(self.measure, self.value)
