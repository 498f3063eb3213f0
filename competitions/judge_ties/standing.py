"""What follows from each declared tie now: seats that the judge holds all the same, and sheets handed in."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from competitions.judge_ties.declaring import ties_of
from competitions.judge_ties.models import JudgeTie
from competitions.judges.conflicts import DEFAULT_RULES, Effect
from competitions.judges.recusal import conflicts_in
from competitions.models import Contestant, Delegation, Entrant, Event, Module, Panel, Seat
from core.db import db

_BARRING = frozenset(rule.tie for rule in DEFAULT_RULES if rule.effect is Effect.BARS)


@dataclass(frozen=True, slots=True)
class HeldSeat:
    """A seat of the judge in an event in which the other side takes part."""

    event_id: int
    event: str
    module_id: int
    module: str
    panel: str
    is_decided: bool
    """Whether somebody wrote down why the judge may sit there, knowing all of it; a bar cannot be decided away."""
    is_barred: bool
    """Whether any tie at all bars the judge there, so that only another judge will do."""


@dataclass(frozen=True, slots=True)
class TieStanding:
    """A declared tie with what has to be done about it.

    Attributes:
        bars: whether the judge may not sit there at all, or it must be told and decided upon.
        seats: seats about which something has to be done; empty for a withdrawn tie.
        events: in which the other side takes part.
        handed_in: sheets of the other side that the judge has handed in, where that is barred.
    """

    tie: JudgeTie
    bars: bool
    seats: tuple[HeldSeat, ...]
    handed_in: int
    events: frozenset[int]

    @property
    def is_open(self) -> bool:
        """Whether something has to be done."""
        return bool(self.seats or self.handed_in)


def standings(competition_id: int) -> list[TieStanding]:
    """All declared ties as `ties_of` orders them, with what follows from those in force.

    Four queries and those of `conflicts_in`; one where no tie was declared.
    """
    ties = ties_of(competition_id)
    if not ties:
        return []
    session = db.session()
    judges = sorted({tie.judge_id for tie in ties if tie.is_in_force})
    seats = _seats(session, competition_id, judges)
    handed_in = current_app.config["HANDED_IN_BY"](judges)
    by_person, by_delegation = _taking_part(session, competition_id)
    found = []
    for tie in ties:
        entrants = by_delegation.get(tie.delegation_id or 0, {})
        if tie.contestant is not None:
            entrants = by_person.get(tie.contestant.person_id, {})
        bars, events = tie.kind in _BARRING, frozenset(entrants.values())
        own, count = [], 0
        if tie.is_in_force:
            own = [seat for seat in seats[tie.judge_id] if seat.event_id in events and (bars or not seat.is_decided)]
            count = sum(handed_in.get((tie.judge_id, entrant_id), 0) for entrant_id in entrants) if bars else 0
        found.append(TieStanding(tie, bars, tuple(own), count, events))
    return found


def standings_within(competition_id: int, event_ids: Collection[int]) -> list[TieStanding]:
    """Those ties whose other side takes part in one of these events; of a tie's seats only the ones there."""
    return [
        replace(one, seats=tuple(seat for seat in one.seats if seat.event_id in event_ids))
        for one in standings(competition_id)
        if one.events.intersection(event_ids)
    ]


def _seats(session: Session, competition_id: int, judges: Sequence[int]) -> dict[int, list[HeldSeat]]:
    query = (
        select(Seat, Event.id, Event.name, Module.id, Module.name, Panel.name)
        .join(Panel, Panel.id == Seat.panel_id)
        .join(Module, Module.id == Panel.module_id)
        .join(Event, Event.id == Module.event_id)
        .where(Seat.judge_id.in_(judges))
        .order_by(Event.position, Module.position, Panel.id)
    )
    found: dict[int, list[HeldSeat]] = defaultdict(list)
    conflicts = conflicts_in(competition_id) if judges else []
    barred = {conflict.seat_id for conflict in conflicts if conflict.is_barred}
    undecided = {conflict.seat_id for conflict in conflicts if conflict.is_open}
    for seat, event_id, event, module_id, module, panel in session.execute(query):
        is_decided = bool(seat.conflict_note) and seat.id not in undecided
        held = HeldSeat(event_id, event, module_id, module, panel, is_decided, seat.id in barred)
        found[seat.judge_id].append(held)
    return found


def _taking_part(session: Session, competition_id: int) -> tuple[dict[int, dict[int, int]], dict[int, dict[int, int]]]:
    """Entrant → event, by person and by delegation; a team stands with each of its members."""
    query = (
        select(Entrant.id, Entrant.event_id, Delegation.id, Contestant.person_id)
        .join(Entrant.delegation)
        .join(Event, Event.id == Entrant.event_id)
        .outerjoin(Contestant, Contestant.entrant_id == Entrant.id)
        .where(Event.competition_id == competition_id, Entrant.work_code.is_(None))
    )
    by_person: dict[int, dict[int, int]] = defaultdict(dict)
    by_delegation: dict[int, dict[int, int]] = defaultdict(dict)
    for entrant_id, event_id, delegation_id, person_id in session.execute(query):
        by_delegation[delegation_id][entrant_id] = event_id
        if person_id is not None:
            by_person[person_id][entrant_id] = event_id
    return by_person, by_delegation
