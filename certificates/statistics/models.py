"""The table of what an organiser states for the rates: how many workers there are, and what counts as a benefit."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Model


class StatisticsTerms(Model):
    """One statement; rows are only ever inserted, and the newest of a competition counts."""

    __tablename__ = "statistics_terms"

    id: Mapped[int] = mapped_column(primary_key=True)
    competition_id: Mapped[int] = mapped_column(ForeignKey("competition.id"), index=True)
    document: Mapped[dict[str, Any]]
    """As `certificates.statistics.rates.Terms` reads it."""
    stated_at: Mapped[datetime]
    stated_by: Mapped[str]
