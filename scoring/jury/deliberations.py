"""Votes too far apart and votes asked for again, with every round, as the chief judge's page shows them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from competitions.models import Entrant, Event, Judge, Module
from core.auth import Actor
from scoring.engine.exact import decimal_text
from scoring.engine.scheme import Node
from scoring.jury.alarms import Alarms, alarms_of
from scoring.jury.blindness import closed_pairs, opened_by
from scoring.jury.models import Revote
from scoring.models import ScoreSheet
from scoring.sheets.seating import judge_label
from scoring.states import SheetState

Place = tuple[int, int, str]
"""Module, entrant, node."""


@dataclass(frozen=True, slots=True)
class SeatVotes:
    """One seat's votes round by round; None where none was given or it is not for the reader's eyes."""

    seat: int
    judge: str
    votes: tuple[str | None, ...]
    is_vacant: bool = False
    """Nobody sits there any more."""
    is_due: bool = False
    """The newest vote is still to come; that is told even where votes are closed."""


@dataclass(frozen=True, slots=True)
class Deliberation:
    """One node of one entrant whose votes are, or were, too far apart.

    Attributes:
        state: ``held`` (ask again), ``asked`` (votes are to come), ``settled``, ``withdrawn``.
        is_closed: votes are not shown, because not every seat has handed in.
        requests: what was asked and taken back, oldest first.
    """

    module: Module
    entrant: Entrant
    node: Node
    limit: str
    state: str
    is_closed: bool
    seats: tuple[SeatVotes, ...]
    requests: tuple[Revote, ...]

    @property
    def newest(self) -> Revote | None:
        """The newest request."""
        return self.requests[-1] if self.requests else None


ORDER = ("held", "asked", "settled", "withdrawn")


def deliberations_of(session: Session, event: Event, actor: Actor) -> list[Deliberation]:
    """Everything held or voted on again in an event, what needs the chief judge first."""
    alarms = alarms_of(session, event.id)
    if alarms.scheme is None:
        return []
    modules = {module.code: module for module in event.modules}
    held = {(modules[a.module].id, a.entrant_id, a.spread.node) for a in alarms.alarms if a.module in modules}
    requests = _requests(session, [module.id for module in event.modules])
    closed = closed_pairs(session, event.id) - opened_by(session, [m.id for m in event.modules], actor)
    desk = _Desk(session, event, alarms, held, requests)
    found = [desk.read(place, (place[0], place[1]) in closed) for place in {*held, *requests}]
    return sorted(found, key=lambda d: (ORDER.index(d.state), d.module.position, d.entrant.draw_number or 0, d.node.id))


def _requests(session: Session, module_ids: list[int]) -> dict[Place, tuple[Revote, ...]]:
    found: dict[Place, tuple[Revote, ...]] = {}
    # Requests about a work stand a second time for its contestant once it is decoded.
    has_sheets = exists().where(ScoreSheet.module_id == Revote.module_id, ScoreSheet.entrant_id == Revote.entrant_id)
    query = select(Revote).where(Revote.module_id.in_(module_ids), has_sheets)
    for row in session.scalars(query.order_by(Revote.id)):
        place = (row.module_id, row.entrant_id, row.node)
        found[place] = (*found.get(place, ()), row)
    return found


class _Desk:
    """What one event's deliberations are read from."""

    def __init__(
        self,
        session: Session,
        event: Event,
        alarms: Alarms,
        held: set[Place],
        requests: Mapping[Place, tuple[Revote, ...]],
    ) -> None:
        self.alarms, self.held, self.requests = alarms, held, requests
        self.modules = {module.id: module for module in event.modules}
        everybody = session.scalars(select(Entrant).where(Entrant.event_id == event.id))
        self.entrants = {entrant.id: entrant for entrant in everybody}
        self.judges = _judges(session, {(module, entrant) for module, entrant, _ in {*held, *requests}})

    def read(self, place: Place, is_closed: bool) -> Deliberation:
        module_id, entrant_id, node = place
        scheme, requests = self.alarms.scheme, self.requests.get(place, ())
        if scheme is None:
            raise ValueError("an event without a scheme has no deliberations")
        spread = scheme.nodes[node].panel
        seats = self._seats(place, requests)
        state = self._state(place, requests, seats)
        if is_closed:
            seats = tuple(replace(seat, votes=tuple(None for _ in seat.votes)) for seat in seats)
        limit = "" if spread is None or spread.spread is None else decimal_text(spread.spread)
        module, entrant = self.modules[module_id], self.entrants[entrant_id]
        return Deliberation(module, entrant, scheme.nodes[node], limit, state, is_closed, seats, requests)

    def _state(self, place: Place, requests: tuple[Revote, ...], seats: Iterable[SeatVotes]) -> str:
        if place in self.held:
            return "held"
        if requests[-1].withdraws:
            return "withdrawn"
        return "asked" if any(seat.is_due for seat in seats) else "settled"

    def _seats(self, place: Place, requests: tuple[Revote, ...]) -> tuple[SeatVotes, ...]:
        """Every seat that voted in any round; the last column is how it stands now."""
        module_id, entrant_id, node = place
        asked = [request for request in requests if not request.withdraws]
        now = self._now(entrant_id, node)
        seated = self.judges.get((module_id, entrant_id), {})
        before = {int(seat): vote["judge"] for request in asked for seat, vote in request.votes.items()}
        numbers = before.keys() | {seat for seat in seated if judge_label(seat) in now}
        return tuple(
            SeatVotes(
                seat,
                seated.get(seat) or before.get(seat, ""),
                (
                    *(request.votes.get(str(seat), {}).get("value") for request in asked),
                    now.get(judge_label(seat)),
                ),
                is_vacant=seat not in seated,
                is_due=seat in seated and judge_label(seat) not in now,
            )
            for seat in sorted(numbers)
        )

    def _now(self, entrant_id: int, node: str) -> dict[str, str]:
        given = self.alarms.given.get((entrant_id, node), {})
        return {judge: decimal_text(value) for judge, value in given.items()}


def _judges(session: Session, pairs: set[tuple[int, int]]) -> dict[tuple[int, int], dict[int, str]]:
    modules, entrants = {module for module, _ in pairs}, {entrant for _, entrant in pairs}
    query = (
        select(ScoreSheet.module_id, ScoreSheet.entrant_id, ScoreSheet.seat_number, Judge.name)
        .join(Judge, Judge.id == ScoreSheet.judge_id)
        .where(ScoreSheet.module_id.in_(modules), ScoreSheet.entrant_id.in_(entrants))
        .where(ScoreSheet.state != SheetState.VACANT)
    )
    found: dict[tuple[int, int], dict[int, str]] = {}
    for module, entrant, seat, judge in session.execute(query):
        found.setdefault((module, entrant), {})[seat] = judge
    return found
