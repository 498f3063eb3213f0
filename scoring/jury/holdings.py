"""Who holds which seats and sheets, for the page on which a judge is replaced."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Integer, func, select
from sqlalchemy.orm import Session

from competitions.models import Entrant, Event, Judge, Module, Panel, Seat
from core.clock import now
from core.db import db
from core.permissions import Role
from scoring.jury.models import Substitution
from scoring.live.contacts import SILENT_MINUTES, devices_seen
from scoring.models import ScoreSheet
from scoring.sheets.board import OUT
from scoring.states import SheetState


@dataclass(frozen=True, slots=True)
class Holding:
    """What a judge has in a module: seats, and sheets by whether they are handed in.

    Sheets of those who are absent or out are nobody's work.
    """

    module: Module
    event: Event
    judge: Judge
    seats: tuple[int, ...]
    open_sheets: int
    marked: int
    """Of the open ones, how many have marks."""
    handed_in: int


@dataclass(frozen=True, slots=True)
class Desk:
    """One judge's work in an event.

    Attributes:
        unfinished: modules in which a sheet is not handed in; a substitute takes these over.
        finished: the others; there is nothing to take over.
        devices: on how many devices the judge is signed in.
        silent: full minutes since one was heard of; None where none is signed in.
    """

    judge: Judge
    unfinished: tuple[Holding, ...]
    finished: tuple[Holding, ...]
    devices: int
    silent: int | None

    @property
    def open_sheets(self) -> int:
        """Sheets that are not handed in."""
        return sum(holding.open_sheets for holding in self.unfinished)


@dataclass(frozen=True, slots=True)
class Room:
    """An event as the page of substitutes shows it: who may have to be replaced, and who has nothing left to do."""

    event: Event
    waiting: tuple[Desk, ...]
    done: tuple[Desk, ...]

    @property
    def open_sheets(self) -> int:
        """Sheets of all its judges that are not handed in."""
        return sum(desk.open_sheets for desk in self.waiting)

    @property
    def has_sheets(self) -> bool:
        """Whether any sheet was made; without one nobody has handed anything in either."""
        return bool(self.waiting) or any(holding.handed_in for desk in self.done for holding in desk.finished)


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who might take over.

    Attributes:
        open_sheets: what that judge has to do already, in the whole competition.
        sits_beside: holds a seat in a module that is to be taken over, and can take the others only.
        barred: why a rule of recusal forbids it; empty where none does.
    """

    judge: Judge
    open_sheets: int
    sits_beside: bool
    barred: str


def rooms(competition_id: int) -> list[Room]:
    """The events that have judges, with those first that may need a substitute: unheard of, then silent for longest."""
    seen = devices_seen(db.session(), competition_id)
    grouped: dict[int, dict[int, list[Holding]]] = {}
    for holding in holdings(competition_id):
        grouped.setdefault(holding.event.id, {}).setdefault(holding.judge.id, []).append(holding)
    return [_room([_desk(own, seen) for own in judges.values()]) for judges in grouped.values()]


def _desk(own: list[Holding], seen: Mapping[int, tuple[int, int, datetime]]) -> Desk:
    count, _, at = seen.get(own[0].judge.id, (0, 0, None))
    return Desk(
        own[0].judge,
        tuple(holding for holding in own if holding.open_sheets),
        tuple(holding for holding in own if not holding.open_sheets),
        count,
        int((now() - at).total_seconds() // 60) if at else None,
    )


def _room(desks: list[Desk]) -> Room:
    waiting = [desk for desk in desks if desk.unfinished]
    waiting.sort(key=_urgency)
    event = (desks[0].unfinished or desks[0].finished)[0].event
    return Room(event, tuple(waiting), tuple(desk for desk in desks if not desk.unfinished))


def _urgency(desk: Desk) -> tuple[bool, int, int]:
    """Tablets that are in contact keep their places, or the list would jump with every minute."""
    silent = desk.silent or 0
    return desk.silent is not None, -silent if silent >= SILENT_MINUTES else 0, desk.judge.id


def chosen_room(found: Sequence[Room], event_id: int | None) -> Room | None:
    """The event that was asked for, else the one that is being marked with most left to do, else any.

    An event of which nothing has been handed in is probably not being held yet.
    """
    asked = next((room for room in found if room.event.id == event_id), None)
    if asked is not None:
        return asked
    return max(found, key=lambda room: (_is_running(room), room.open_sheets, -room.event.position), default=None)


def _is_running(room: Room) -> bool:
    own = [holding for desk in room.waiting for holding in (*desk.unfinished, *desk.finished)]
    return any(holding.marked or holding.handed_in for holding in own)


def _likeliness(one: Candidate) -> tuple[bool, bool, bool, int, int]:
    """A chief judge comes after other judges: who marks a sheet cannot confirm it."""
    is_chief = one.judge.role is Role.CHIEF_JUDGE
    return bool(one.barred), one.sits_beside, is_chief, one.open_sheets, one.judge.id


def candidates_for(
    desk: Desk, held: Sequence[Room], judges: Sequence[Judge], barred: Mapping[int, str]
) -> list[Candidate]:
    """Who might take a judge's sheets over: who is free first, who is barred last."""
    wanted = {holding.module.id for holding in desk.unfinished}
    work: dict[int, int] = {}
    beside: set[int] = set()
    for other in (one for room in held for one in (*room.waiting, *room.done)):
        work[other.judge.id] = work.get(other.judge.id, 0) + other.open_sheets
        places = {holding.module.id for holding in (*other.unfinished, *other.finished) if holding.seats}
        if places & wanted:
            beside.add(other.judge.id)
    found = [
        Candidate(judge, work.get(judge.id, 0), judge.id in beside, barred.get(judge.id, ""))
        for judge in judges
        if judge.id != desk.judge.id
    ]
    return sorted(found, key=_likeliness)


def holdings(competition_id: int) -> list[Holding]:
    """Who sits where with which sheets, by event, module and judge; for the page that replaces them. Three queries."""
    session = db.session()
    seats: dict[tuple[int, int], list[int]] = {}
    query = (
        select(Panel.module_id, Seat.judge_id, Seat.number)
        .join(Panel, Panel.id == Seat.panel_id)
        .join(Module, Module.id == Panel.module_id)
        .join(Event, Event.id == Module.event_id)
        .where(Event.competition_id == competition_id)
        .order_by(Seat.number)
    )
    for module_id, judge_id, number in session.execute(query):
        seats.setdefault((module_id, judge_id), []).append(number)
    counts = _sheet_counts(session, competition_id)
    places = seats.keys() | {place for place, (is_open, _, _) in counts.items() if is_open}
    return _named(session, competition_id, places, seats, counts)


def _sheet_counts(session: Session, competition_id: int) -> dict[tuple[int, int], tuple[int, int, int]]:
    is_open = (ScoreSheet.state == SheetState.OPEN).cast(Integer)
    has_marks = (ScoreSheet.revision > 0).cast(Integer)
    query = (
        select(
            ScoreSheet.module_id,
            ScoreSheet.judge_id,
            func.sum(is_open),
            func.sum(is_open * has_marks),
            func.sum(1 - is_open),
        )
        .join(Module, Module.id == ScoreSheet.module_id)
        .join(Event, Event.id == Module.event_id)
        .join(Entrant, Entrant.id == ScoreSheet.entrant_id)
        .where(
            Event.competition_id == competition_id,
            ScoreSheet.judge_id.is_not(None),
            ScoreSheet.state != SheetState.VACANT,
            Entrant.status.not_in(OUT),
        )
        .group_by(ScoreSheet.module_id, ScoreSheet.judge_id)
    )
    return {(m, j or 0): (o or 0, k or 0, h or 0) for m, j, o, k, h in session.execute(query)}


def _named(
    session: Session,
    competition_id: int,
    places: set[tuple[int, int]],
    seats: dict[tuple[int, int], list[int]],
    counts: dict[tuple[int, int], tuple[int, int, int]],
) -> list[Holding]:
    query = (
        select(Event, Module, Judge)
        .join(Module, Module.event_id == Event.id)
        .join(Judge, Judge.competition_id == Event.competition_id)
        .where(Event.competition_id == competition_id)
        .order_by(Event.position, Module.position, Judge.id)
    )
    found = []
    for event, module, judge in session.execute(query):
        place = (module.id, judge.id)
        if place in places:
            is_open, marked, handed_in = counts.get(place, (0, 0, 0))
            found.append(Holding(module, event, judge, tuple(seats.get(place, ())), is_open, marked, handed_in))
    return found


@dataclass(frozen=True, slots=True)
class PastSubstitution:
    """One replacement that was made."""

    row: Substitution
    event: Event
    module: Module


def substitutions_of(competition_id: int) -> list[PastSubstitution]:
    """All replacements of a competition, the newest first."""
    query = (
        select(Substitution, Event, Module)
        .join(Module, Module.id == Substitution.module_id)
        .join(Event, Event.id == Module.event_id)
        .where(Event.competition_id == competition_id)
        .order_by(Substitution.id.desc())
    )
    return [PastSubstitution(row, event, module) for row, event, module in db.session.execute(query)]
