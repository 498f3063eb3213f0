"""Who has come and who is awaited, event by event, with the place that each has drawn."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from competitions.draws.draw import places_here
from competitions.draws.drawing import draws_by_event
from competitions.models import Contestant, EntrantStatus
from competitions.registration.entrants import COMPETING, ContestantFilter, contestants_of
from core.audit import AuditEntry
from core.db import db
from core.personal_data import derived_code

ARRIVED = "contestant.checked_in"
REVERSED = "contestant.check_in_reversed"


@dataclass(frozen=True, slots=True)
class Arrival:
    """When somebody was checked in, and by whom."""

    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Awaited:
    """A contestant of the list. `batch` and `station` are empty before the draw."""

    contestant: Contestant
    arrival: Arrival | None
    batch: int | None
    station: int | None

    @property
    def is_awaited(self) -> bool:
        """Whether this one may still come."""
        return self.arrival is None and self.contestant.entrant.status in (*COMPETING, EntrantStatus.ABSENT)

    @property
    def counts(self) -> bool:
        """Whether this one is expected at all."""
        return self.contestant.entrant.status in (*COMPETING, EntrantStatus.ABSENT)


@dataclass(frozen=True, slots=True)
class Attendance:
    """The contestants of one event, those of the first batch first."""

    event_id: int
    contestants: tuple[Awaited, ...]

    @property
    def expected(self) -> int:
        """How many ought to come."""
        return sum(one.counts for one in self.contestants)

    @property
    def here(self) -> int:
        """How many of those have come."""
        return sum(one.counts and one.arrival is not None for one in self.contestants)


def arrivals_of(session: Session, competition_id: int) -> dict[int, Arrival]:
    """Contestant id → when and by whom checked in; whose check-in was taken back is left out. One query."""
    return _arrivals(session, _acts(competition_id))


def arrival_of(session: Session, contestant: Contestant) -> Arrival | None:
    """When and by whom one contestant was checked in; reads that contestant's lines alone."""
    acts = _acts(contestant.entrant.event.competition_id)
    return _arrivals(session, acts.where(AuditEntry.target == f"contestant:{contestant.id}")).get(contestant.id)


def _acts(competition_id: int) -> Select[str, str, datetime, str]:
    return (
        select(AuditEntry.action, AuditEntry.target, AuditEntry.at, AuditEntry.actor_name)
        .where(AuditEntry.chain == competition_id, AuditEntry.action.in_((ARRIVED, REVERSED)))
        .order_by(AuditEntry.number)
    )


def _arrivals(session: Session, acts: Select[str, str, datetime, str]) -> dict[int, Arrival]:
    found: dict[int, Arrival] = {}
    for action, target, at, by in session.execute(acts):
        key = int(target.removeprefix("contestant:"))
        if action == ARRIVED:
            found[key] = Arrival(at, by)
        else:
            found.pop(key, None)
    return found


def attendance_of(competition_id: int, event_ids: Iterable[int]) -> list[Attendance]:
    """The attendance of every event, in the order given. Three queries."""
    arrivals = arrivals_of(db.session(), competition_id)
    places = _places(competition_id)
    found: dict[int, list[Awaited]] = {event_id: [] for event_id in event_ids}
    for contestant in contestants_of(competition_id, ContestantFilter()):
        if contestant.entrant.event_id in found:
            found[contestant.entrant.event_id].append(_awaited(contestant, arrivals, places))
    return [Attendance(event_id, tuple(sorted(ones, key=_turn))) for event_id, ones in found.items()]


def awaited_of(contestant: Contestant) -> Awaited:
    """One contestant, as the list has it."""
    competition_id = contestant.entrant.event.competition_id
    return _awaited(contestant, arrivals_of(db.session(), competition_id), _places(competition_id))


def _places(competition_id: int) -> dict[int, tuple[int, int]]:
    """Entrant id → batch and station of the draw in force."""
    return {
        entrant: (batch, station)
        for draws in draws_by_event(competition_id).values()
        for entrant, _order, batch, station in places_here(draws[0].record)
    }


def _awaited(contestant: Contestant, arrivals: Mapping[int, Arrival], places: Mapping[int, tuple[int, int]]) -> Awaited:
    batch, station = places.get(contestant.entrant_id, (None, None))
    return Awaited(contestant, arrivals.get(contestant.id), batch, station)


def _turn(one: Awaited) -> tuple[int, int, int, int]:
    entrant = one.contestant.entrant
    return (one.batch or 0, entrant.draw_number or 0, entrant.id, one.contestant.listed)


def badge_code(contestant: Contestant) -> str:
    """What a badge's QR code carries beside the contestant's id, so that only badges printed here are taken."""
    return derived_code("badge", contestant.id)
