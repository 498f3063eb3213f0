"""The table of workbooks that were looked at and wait to be taken in."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Model


class Subject(StrEnum):
    """What a workbook is about."""

    TITLES = "titles"
    INNOVATIONS = "innovations"


class IncomingWorkbook(Model):
    """A workbook that was looked at: its rows, until it is taken in or dropped."""

    __tablename__ = "incoming_workbook"

    id: Mapped[int] = mapped_column(primary_key=True)
    competition_id: Mapped[int] = mapped_column(ForeignKey("competition.id"), index=True)
    subject: Mapped[Subject]
    filename: Mapped[str]
    digest: Mapped[str]
    rows_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    """The rows as they were read, encrypted; emptied when taken in or dropped."""
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What became of the rows, once taken in."""
    read_at: Mapped[datetime]
    read_by: Mapped[str]
    taken_in_at: Mapped[datetime | None]

    @property
    def is_pending(self) -> bool:
        """Whether it still waits."""
        return self.taken_in_at is None and bool(self.rows_sealed)
