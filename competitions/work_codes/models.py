"""The table of the layers of work codes."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.accounts import Account
from core.db import Model


class WorkLayer(Model):
    """One layer of an event's work codes, 1 being next to the contestant: who keeps it, and its codes under seal."""

    __tablename__ = "work_layer"
    __table_args__ = (
        UniqueConstraint("event_id", "number"),
        UniqueConstraint("event_id", "custodian_id"),
        CheckConstraint("number BETWEEN 1 AND 3", name="number_1_to_3"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    number: Mapped[int]
    custodian_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    draws: Mapped[int] = mapped_column(default=0)
    """How often it was drawn; the secret half of the next seed follows from it."""
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Seed and pairs as `competitions.work_codes.sealing` writes them; empty until drawn."""
    record: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What anybody may read of the draw: commitment, numbers called out, witness, fingerprint; no code."""
    drawn_at: Mapped[datetime | None]
    opened_at: Mapped[datetime | None]
    supervisor: Mapped[str] = mapped_column(default="")
    """Who watched when it was opened."""
    custodian: Mapped[Account] = relationship()
