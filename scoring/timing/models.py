"""Tables of modules' clocks: who keeps them and how long, and every press."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Model


class ModuleTiming(Model):
    """What has been laid down about the time of a module; without a row there is no limit and only the chief judge
    keeps it."""

    __tablename__ = "module_timing"

    module_id: Mapped[int] = mapped_column(ForeignKey("module.id"), primary_key=True, autoincrement=False)
    keeper_id: Mapped[int | None] = mapped_column(ForeignKey("judge.id"))
    """The judge whose tablet keeps the time; None for the chief judge alone."""
    allowed_seconds: Mapped[int | None]
    """How long everybody has; None where no limit is laid down."""
    changed_at: Mapped[datetime]
    changed_by: Mapped[str]


class ClockPress(Model):
    """One press of the clock of a module and batch. Only ever inserted; `key` makes a retry the same press."""

    __tablename__ = "clock_press"
    __table_args__ = (UniqueConstraint("module_id", "batch", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    module_id: Mapped[int] = mapped_column(ForeignKey("module.id"))
    batch: Mapped[int]
    """As drawn, from 1; 0 for those who have drawn no batch."""
    number: Mapped[int]
    """In the order of arrival, from 1."""
    key: Mapped[UUID] = mapped_column(Uuid, unique=True)
    kind: Mapped[str]
    entrants: Mapped[list[Any]]
    """Ids of those whom it concerns; empty for everybody of the batch."""
    at: Mapped[datetime]
    """When it was pressed, by the server's clock."""
    device_at: Mapped[datetime]
    """When it was pressed, by the device's own clock."""
    mono: Mapped[int] = mapped_column(BigInteger)
    life: Mapped[str]
    seconds: Mapped[str]
    """Of time granted; empty otherwise."""
    reason: Mapped[str]
    received_at: Mapped[datetime]
    pressed_by: Mapped[str]
    presser_name: Mapped[str]
    sign_in_id: Mapped[int | None] = mapped_column(ForeignKey("sign_in.id"))
