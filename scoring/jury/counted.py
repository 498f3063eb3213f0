"""Which marks count now: the newest of every sheet, without vacant seats and without votes asked for again."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from competitions.models import Module
from scoring.jury.blindness import closed_pairs
from scoring.jury.requests import asked_in_event
from scoring.models import ScoreSheet, SheetRevision
from scoring.states import SheetState


@dataclass(frozen=True, slots=True)
class SheetMarks:
    """The marks of one sheet that count: aspect (or item value) → text as entered."""

    module_id: int
    entrant_id: int
    seat: int
    marks: dict[str, str]


def counted_marks(
    session: Session,
    event_id: int,
    *,
    modules: Collection[int] | None = None,
    entrants: Collection[int] | None = None,
    open_only: bool = True,
) -> Iterator[SheetMarks]:
    """The marks of an event, by module, entrant and seat. As many queries for many entrants as for few.

    Args:
        session: to read with.
        event_id: whose.
        modules, entrants: only these; None for all.
        open_only: leave out what is closed because not every seat has handed in. Only what shows no mark to
            anybody, as finding out that marks are too far apart, may look at the rest.
    """
    closed = closed_pairs(session, event_id) if open_only else set()
    query = (
        select(
            ScoreSheet.module_id,
            ScoreSheet.entrant_id,
            ScoreSheet.seat_number,
            SheetRevision.marks,
            SheetRevision.rounds,
        )
        .join(Module, Module.id == ScoreSheet.module_id)
        .join(
            SheetRevision,
            (SheetRevision.sheet_id == ScoreSheet.id) & (SheetRevision.number == ScoreSheet.revision),
        )
        .where(Module.event_id == event_id, ScoreSheet.state != SheetState.VACANT)
        .order_by(Module.position, ScoreSheet.entrant_id, ScoreSheet.seat_number)
    )
    if modules is not None:
        query = query.where(ScoreSheet.module_id.in_(list(modules)))
    if entrants is not None:
        query = query.where(ScoreSheet.entrant_id.in_(list(entrants)))
    requests = asked_in_event(session, event_id)
    for module, entrant, seat, marks, rounds in session.execute(query):
        if (module, entrant) not in closed:
            gone = requests.superseded((module, entrant, seat), rounds)
            yield SheetMarks(module, entrant, seat, _kept(marks, gone))


def _kept(marks: dict[str, Any], gone: Collection[str]) -> dict[str, str]:
    return {aspect: text for aspect, text in marks.items() if text is not None and aspect not in gone}
