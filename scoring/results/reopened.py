"""What became of score sheets after a result was published: opened again, or marked otherwise since."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from competitions.models import Entrant, Module
from scoring.models import Publication, ResultSnapshot, ScoreSheet, SheetRevision
from scoring.sheets.board import OUT
from scoring.states import SheetState


@dataclass(frozen=True, slots=True)
class Reopened:
    """Of one event: sheets that wait for a judge or the chief judge, and those with newer marks."""

    unconfirmed: int
    changed: int

    def __bool__(self) -> bool:
        """Whether the published result may no longer be that of the marks."""
        return bool(self.unconfirmed or self.changed)


def reopened_since(session: Session, published: Mapping[int, Publication]) -> dict[int, Reopened]:
    """Event → what became of its sheets since the snapshot that the public reads was computed. Two queries.

    Args:
        session: to read with.
        published: event → what is published now.
    """
    sheets = (
        select(Module.event_id, func.count(ScoreSheet.id))
        .join(ScoreSheet, ScoreSheet.module_id == Module.id)
        .join(Entrant, Entrant.id == ScoreSheet.entrant_id)
        .where(Module.event_id.in_(published), Entrant.status.not_in(OUT))
        .group_by(Module.event_id)
    )
    waiting = sheets.where(ScoreSheet.state.in_((SheetState.OPEN, SheetState.SUBMITTED)))
    newest = (SheetRevision.sheet_id == ScoreSheet.id) & (SheetRevision.number == ScoreSheet.revision)
    changed = (
        sheets.join(SheetRevision, newest)
        .join(ResultSnapshot, ResultSnapshot.event_id == Module.event_id)
        .where(
            ResultSnapshot.id.in_([publication.snapshot_id for publication in published.values()]),
            SheetRevision.saved_at > ResultSnapshot.computed_at,
        )
    )
    open_ones = {row[0]: row[1] for row in session.execute(waiting)}
    newer = {row[0]: row[1] for row in session.execute(changed)}
    found = {event: Reopened(open_ones.get(event, 0), newer.get(event, 0)) for event in published}
    return {event: one for event, one in found.items() if one}
