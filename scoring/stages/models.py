"""The table of who went on from one stage to the next, or did not; rows are only ever inserted."""

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from competitions.models import Entrant
from core.db import Model
from scoring.models import Publication


class StageDecision(Model):
    """One entrant of the earlier stage goes on, or is left out. The reason alone is emptied, when a person is erased.

    Who was left out may go on later; who went on is never taken back here, but withdrawn in the next stage by name.
    """

    __tablename__ = "stage_decision"
    __table_args__ = (UniqueConstraint("event_id", "source_id", "goes_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    """The next stage."""
    source_id: Mapped[int] = mapped_column(ForeignKey("entrant.id"), index=True)
    """The entrant of the earlier stage."""
    goes_on: Mapped[bool]
    by_name: Mapped[bool]
    """Whether a person decided otherwise than, or beside, the line."""
    reason: Mapped[str]
    entrant_id: Mapped[int | None] = mapped_column(ForeignKey("entrant.id"))
    """As whom the entrant takes part in the next stage; empty for who was left out."""
    publication_id: Mapped[int] = mapped_column(ForeignKey("publication.id"))
    """The published result that was before whoever decided."""
    decided_at: Mapped[datetime]
    decided_by: Mapped[str]
    source: Mapped[Entrant] = relationship(foreign_keys=[source_id])
    publication: Mapped[Publication] = relationship()
