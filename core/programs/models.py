"""The table of programs. The token itself is a sign-in like all others, in `sign_in`."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Model


class End(StrEnum):
    """Why a token works no more before its time."""

    REVOKED = "revoked"
    ROLE_LOST = "role_lost"
    """Who made it no longer holds what it was made for."""
    ACCOUNT_CLOSED = "account_closed"


class Program(Model):
    """A program that reads one competition: a website, a bureau's system, a screen in the hall."""

    __tablename__ = "program"

    id: Mapped[int] = mapped_column(primary_key=True)
    competition_id: Mapped[int] = mapped_column(ForeignKey("competition.id"), index=True)
    name: Mapped[str]
    purpose: Mapped[str]
    permissions: Mapped[list[Any]]
    """Of the scopes that were chosen, see `core.programs.scopes`."""
    made_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    made_at: Mapped[datetime]
    ended_why: Mapped[End | None]
    ended_by: Mapped[str] = mapped_column(default="")
    """Whose doing it was; empty while it has not been ended."""
