"""Which votes have been asked for again and are still to come: reading for marks, sheets and pages.

A mark belongs to a round of voting (`SheetRevision.rounds`). Once a further round is asked for, a mark of an earlier
one is kept and shown as what it was, but it counts no longer.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from competitions.models import Module
from scoring.jury.models import Revote
from scoring.models import ScoreSheet, SheetRevision
from scoring.states import SheetState

FIRST_ROUND = 1


@dataclass(frozen=True, slots=True)
class Due:
    """A vote that a sheet still owes.

    Attributes:
        round: which round it is.
        reason: what the chief judge wrote.
        earlier: the judge's own mark of the round before; None if there was none.
        asked_at: when it was asked for.
    """

    aspect: str
    round: int
    reason: str
    earlier: str | None
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class Asked:
    """The votes asked for in some modules; look up by entrant, seat and aspect within a module."""

    by_place: Mapping[tuple[int, int, int], tuple[Revote, ...]]
    """Module, entrant and seat → the newest request for each node that holds now."""

    def due(self, sheet: ScoreSheet, revision: SheetRevision | None) -> list[Due]:
        """What a sheet still owes, in the order of the requests."""
        rounds = revision.rounds if revision else {}
        marks = revision.marks if revision else {}
        place = (sheet.module_id, sheet.entrant_id, sheet.seat_number)
        return [
            Due(aspect, request.round, request.reason, marks.get(aspect), request.asked_at)
            for request in self.by_place.get(place, ())
            for aspect in request.aspects
            if rounds.get(aspect, FIRST_ROUND) < request.round
        ]

    def superseded(self, place: tuple[int, int, int], rounds: Mapping[str, Any]) -> set[str]:
        """The aspects whose marks at `place` (module, entrant, seat) count no longer."""
        return {
            aspect
            for request in self.by_place.get(place, ())
            for aspect in request.aspects
            if rounds.get(aspect, FIRST_ROUND) < request.round
        }


def asked(session: Session, module_ids: Iterable[int] | Select[int], entrant_ids: Iterable[int] | None = None) -> Asked:
    """The votes asked for in these modules (of these entrants) that have not been taken back. One query."""
    by_place: dict[tuple[int, int, int], list[Revote]] = {}
    for request in newest_requests(session, module_ids, entrant_ids):
        if not request.withdraws:
            for seat in request.seats:
                by_place.setdefault((request.module_id, request.entrant_id, seat), []).append(request)
    return Asked({place: tuple(requests) for place, requests in by_place.items()})


def asked_in_event(session: Session, event_id: int) -> Asked:
    """The votes asked for in an event that have not been taken back. One query."""
    return asked(session, select(Module.id).where(Module.event_id == event_id))


def newest_requests(
    session: Session, module_ids: Iterable[int] | Select[int], entrant_ids: Iterable[int] | None = None
) -> list[Revote]:
    """The newest row for each node of each entrant, which may be one that takes a request back."""
    inside = module_ids if isinstance(module_ids, Select) else list(module_ids)
    query = select(Revote).where(Revote.module_id.in_(inside)).order_by(Revote.id)
    if entrant_ids is not None:
        query = query.where(Revote.entrant_id.in_(list(entrant_ids)))
    newest = {(row.module_id, row.entrant_id, row.node): row for row in session.scalars(query)}
    return list(newest.values())


def rounds_under_way(session: Session, module_id: int, entrant_ids: Collection[int]) -> set[tuple[int, str]]:
    """Entrant and node of the rounds in which somebody who was asked has not voted yet. Two queries, one without any.

    Of a seat that nobody sits on any more no vote is to come.
    """
    requests = [one for one in newest_requests(session, [module_id], entrant_ids) if not one.withdraws]
    if not requests:
        return set()
    query = (
        select(ScoreSheet.entrant_id, ScoreSheet.seat_number, SheetRevision.rounds)
        .outerjoin(
            SheetRevision, (SheetRevision.sheet_id == ScoreSheet.id) & (SheetRevision.number == ScoreSheet.revision)
        )
        .where(ScoreSheet.module_id == module_id, ScoreSheet.entrant_id.in_([one.entrant_id for one in requests]))
        .where(ScoreSheet.state != SheetState.VACANT)
    )
    cast = {(entrant, seat): rounds or {} for entrant, seat, rounds in session.execute(query)}
    return {(one.entrant_id, one.node) for one in requests if any(_owes(one, cast, seat) for seat in one.seats)}


def _owes(request: Revote, cast: Mapping[tuple[int, int], Mapping[str, Any]], seat: int) -> bool:
    rounds = cast.get((request.entrant_id, seat))
    return rounds is not None and any(rounds.get(one, FIRST_ROUND) < request.round for one in request.aspects)


def highest_rounds(session: Session, sheet: ScoreSheet) -> dict[str, int]:
    """Aspect → the highest round that has ever been asked of this sheet's seat."""
    query = select(Revote).where(Revote.module_id == sheet.module_id, Revote.entrant_id == sheet.entrant_id)
    found: dict[str, int] = {}
    for request in session.scalars(query):
        if sheet.seat_number in request.seats:
            for aspect in request.aspects:
                found[aspect] = max(found.get(aspect, FIRST_ROUND), request.round)
    return found
