"""Who has to be at which session, for the check of clashes, and what that check found in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from competitions.draws.draw import places_here
from competitions.models import Contestant, DrawRecord, Entrant, Event, Judge, Module, Panel, Seat
from competitions.registration.entrants import COMPETING
from competitions.timetable.clashes import Slot, clashes_of, overlapping
from competitions.timetable.kinds import WITH_CONTESTANTS, WITH_JUDGES, WITHOUT_PLACE
from competitions.timetable.models import TimetableSession


@dataclass(frozen=True, slots=True)
class Warned:
    """Two sessions that want the same at one time: the place, so many contestants, judges by name."""

    first: TimetableSession
    second: TimetableSession
    is_one_place: bool
    contestants: int
    judges: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Attending:
    """Persons by event and batch (None: of the whole event), judges by module and by event."""

    contestants: Mapping[tuple[int, int | None], frozenset[int]]
    judges_of_module: Mapping[int, frozenset[int]]
    judges_of_event: Mapping[int, frozenset[int]]
    all_contestants: frozenset[int]
    all_judges: frozenset[int]

    def contestants_of(self, one: TimetableSession) -> frozenset[int]:
        """Who of the contestants has to be there."""
        if one.kind not in WITH_CONTESTANTS:
            return frozenset()
        if one.event_id is None:
            return self.all_contestants
        return self.contestants.get((one.event_id, one.batch), frozenset())

    def judges_of(self, one: TimetableSession) -> frozenset[int]:
        """Who of the judges has to be there."""
        if one.kind not in WITH_JUDGES:
            return frozenset()
        if one.module_id is not None:
            return self.judges_of_module.get(one.module_id, frozenset())
        return self.all_judges if one.event_id is None else self.judges_of_event.get(one.event_id, frozenset())


def warnings_of(session: Session, competition_id: int, sessions: Sequence[TimetableSession]) -> list[Warned]:
    """What clashes in a timetable, in its order. Four queries, none where no two sessions overlap."""
    standing = [one for one in sessions if not one.is_off]
    bare = [Slot(one.id, one.begins_at, one.ends_at, _place(one)) for one in standing]
    if next(overlapping(bare), None) is None:
        return []
    attending = _attending(session, competition_id)
    slots = [
        replace(slot, contestants=attending.contestants_of(one), judges=attending.judges_of(one))
        for slot, one in zip(bare, standing, strict=True)
    ]
    by_id = {one.id: one for one in standing}
    found = clashes_of(slots)
    names = _judge_names(session, frozenset().union(*(clash.judges for clash in found)))
    return [
        Warned(
            by_id[clash.first],
            by_id[clash.second],
            clash.is_one_place,
            len(clash.contestants),
            tuple(names[judge] for judge in sorted(clash.judges)),
        )
        for clash in found
    ]


def _place(one: TimetableSession) -> str:
    return "" if one.kind in WITHOUT_PLACE else one.place


def _attending(session: Session, competition_id: int) -> _Attending:
    contestants = _contestants(session, competition_id)
    of_module: dict[int, set[int]] = {}
    of_event: dict[int, set[int]] = {}
    seats = select(Module.event_id, Module.id, Seat.judge_id).join(Panel, Panel.module_id == Module.id)
    seats = seats.join(Seat).join(Event, Event.id == Module.event_id).where(Event.competition_id == competition_id)
    for event_id, module_id, judge_id in session.execute(seats):
        of_module.setdefault(module_id, set()).add(judge_id)
        of_event.setdefault(event_id, set()).add(judge_id)
    return _Attending(
        contestants,
        {key: frozenset(judges) for key, judges in of_module.items()},
        {key: frozenset(judges) for key, judges in of_event.items()},
        frozenset().union(*contestants.values()),
        frozenset().union(*of_event.values()),
    )


def _contestants(session: Session, competition_id: int) -> dict[tuple[int, int | None], frozenset[int]]:
    batches = _batches(session, competition_id)
    query = select(Entrant.event_id, Entrant.id, Contestant.person_id).join(
        Contestant, Contestant.entrant_id == Entrant.id
    )
    query = query.join(Event, Event.id == Entrant.event_id).where(
        Event.competition_id == competition_id, Entrant.status.in_(COMPETING), Entrant.work_code.is_(None)
    )
    found: dict[tuple[int, int | None], set[int]] = {}
    for event_id, entrant_id, person_id in session.execute(query):
        found.setdefault((event_id, None), set()).add(person_id)
        if entrant_id in batches:
            found.setdefault((event_id, batches[entrant_id]), set()).add(person_id)
    return {key: frozenset(persons) for key, persons in found.items()}


def _batches(session: Session, competition_id: int) -> dict[int, int]:
    """Entrant id → the batch drawn, by the draws in force."""
    query = select(DrawRecord.event_id, DrawRecord.record).join(Event, Event.id == DrawRecord.event_id)
    query = query.where(Event.competition_id == competition_id).order_by(DrawRecord.id)
    newest: dict[int, dict[str, Any]] = dict(session.execute(query).all())
    return {key: batch for drawn in newest.values() for key, _order, batch, _station in places_here(drawn)}


def _judge_names(session: Session, judges: frozenset[int]) -> dict[int, str]:
    if not judges:
        return {}
    return dict(session.execute(select(Judge.id, Judge.name).where(Judge.id.in_(judges))).all())
