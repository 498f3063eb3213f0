"""The table of judges' draws; rows are only ever inserted."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Model


class JudgeDraw(Model):
    """One draw of judges for panels of an event, replayable from `record`."""

    __tablename__ = "judge_draw"
    __table_args__ = (
        UniqueConstraint("event_id", "number"),
        CheckConstraint("number > 0", name="number_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    number: Mapped[int]
    """1 for the first of the event."""
    record: Mapped[dict[str, Any]]
    """As `DrawnSeats.as_record`, with what `competitions.judge_draws.drawing` puts beside it."""
    witness: Mapped[str]
    reason: Mapped[str]
    """Why it was drawn again; empty for the first."""
    drawn_at: Mapped[datetime]
    drawn_by: Mapped[str]

    @property
    def seated(self) -> list[tuple[str, str, list[int]]]:
        """Code of the module, name of the panel and who sat there afterwards, seat 1 first, by the ids of here."""
        return [(code, name, [self._here(judge) for judge in judges]) for code, name, judges in self.record["seated"]]

    @property
    def listed(self) -> dict[int, str]:
        """Everybody of the list of then, by the ids of here, with whether and why not they took part."""
        return {self._here(judge): why for judge, why in self.record["judges"]}

    @property
    def left_out(self) -> list[int]:
        """Who was left out by whoever drew."""
        return [judge for judge, why in self.listed.items() if why == "left_out"]

    def _here(self, judge: str) -> int:
        """The id that a judge has here.

        A record is kept as it was drawn, since it is replayed with the ids of then; where the competition has come
        from another server since, `renamed` beside it says which id each judge has now.
        """
        return int(self.record.get("renamed", {}).get(judge, judge))
