"""Modules' clocks as they stand: who is in which batch, what was pressed, what each contestant's time comes to."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from competitions.draws.draw import places_here
from competitions.models import DrawRecord, Entrant, EntrantStatus, Event, Judge, Module, ModuleKind
from core.auth import Actor, SubjectKind
from scoring.engine.module_clock import Lane, Press, checked, lane, whole
from scoring.engine.stopwatch import Reading, moment_of
from scoring.models import ScoreSheet
from scoring.timing.models import ClockPress, ModuleTiming

NO_BATCH = 0


@dataclass(frozen=True, slots=True)
class Member:
    """One contestant of a batch."""

    entrant_id: int
    draw_number: int | None
    station: int | None
    status: EntrantStatus


@dataclass(frozen=True, slots=True)
class StoredPress:
    """A press with who made it."""

    number: int
    press: Press
    by: str
    seconds: str


@dataclass(frozen=True, slots=True)
class Clock:
    """The clock of one batch of a module."""

    module_id: int
    batch: int
    members: tuple[Member, ...]
    log: tuple[StoredPress, ...]
    """In the order of time."""
    whole: Reading
    lanes: dict[int, Lane]
    """Entrant → own time."""

    @property
    def presses(self) -> list[Press]:
        """What the clock is read from."""
        return [stored.press for stored in self.log]


def batches_of(session: Session, event_id: int) -> dict[int, list[Member]]:
    """Batch to its contestants by station, from the draw in force; who has none is in NO_BATCH. Two queries."""
    newest = select(DrawRecord).where(DrawRecord.event_id == event_id).order_by(DrawRecord.id.desc()).limit(1)
    drawn = session.scalar(newest)
    places = {who: (batch, station) for who, _, batch, station in (places_here(drawn.record) if drawn else ())}
    found: dict[int, list[Member]] = {}
    query = select(Entrant).where(Entrant.event_id == event_id, Entrant.work_code.is_(None))
    query = query.order_by(Entrant.draw_number, Entrant.id)
    for entrant in session.scalars(query):
        batch, station = places.get(entrant.id, (NO_BATCH, None))
        found.setdefault(batch, []).append(Member(entrant.id, entrant.draw_number, station, entrant.status))
    return dict(sorted(found.items(), key=lambda item: (item[0] == NO_BATCH, item[0])))


def presses_of(session: Session, module_ids: Collection[int]) -> dict[tuple[int, int], list[StoredPress]]:
    """Module and batch to what was pressed, in the order of arrival. One query."""
    query = select(ClockPress).where(ClockPress.module_id.in_(list(module_ids))).order_by(ClockPress.number)
    found: dict[tuple[int, int], list[StoredPress]] = {}
    for row in session.scalars(query):
        document = {"kind": row.kind, "at": row.at.isoformat(), "mono": row.mono, "life": row.life}
        moment = moment_of(document | {"seconds": row.seconds, "reason": row.reason})
        press = Press(moment, frozenset(row.entrants))
        found.setdefault((row.module_id, row.batch), []).append(
            StoredPress(row.number, press, row.presser_name, row.seconds)
        )
    return found


def clocks_of(session: Session, module: Module) -> list[Clock]:
    """The clocks of a module, one for each batch of its event."""
    pressed = presses_of(session, [module.id])
    return [
        _clock(module.id, batch, members, pressed.get((module.id, batch), []))
        for batch, members in batches_of(session, module.event_id).items()
    ]


def _clock(module_id: int, batch: int, members: list[Member], log: list[StoredPress]) -> Clock:
    log = sorted(log, key=lambda stored: stored.press.moment.at)
    presses = checked([stored.press for stored in log])
    lanes = {member.entrant_id: lane(presses, member.entrant_id) for member in members}
    return Clock(module_id, batch, tuple(members), tuple(log), whole(presses), lanes)


@dataclass(frozen=True, slots=True)
class TimedModule:
    """A module whose clock concerns a judge, and whether this judge keeps it."""

    event: Event
    module: Module
    timing: ModuleTiming | None
    may_keep: bool


def modules_of_judge(session: Session, actor: Actor) -> list[TimedModule]:
    """The modules whose time the judge keeps, and those on whose sheets this judge marks, if they are timed at all."""
    if actor.kind is not SubjectKind.JUDGE or actor.competition_id is None:
        return []
    may_all = actor.permits("sheet.return", actor.competition_id)
    query = (
        select(Event, Module, ModuleTiming)
        .join(Module, Module.event_id == Event.id)
        .outerjoin(ModuleTiming, ModuleTiming.module_id == Module.id)
        .where(Event.competition_id == actor.competition_id, Module.kind == ModuleKind.JUDGED)
        .order_by(Event.position, Event.id, Module.position)
    )
    marked = set(
        session.scalars(select(ScoreSheet.module_id).where(ScoreSheet.judge_id == actor.subject_id).distinct())
    )
    pressed = set(session.scalars(select(ClockPress.module_id).distinct()))
    found = []
    for event, module, timing in session.execute(query):
        may_keep = timing is not None and (may_all or timing.keeper_id == actor.subject_id)
        if may_keep or (module.id in marked and module.id in pressed):
            found.append(TimedModule(event, module, timing, may_keep))
    return found


def keeper_name(session: Session, timing: ModuleTiming | None) -> str:
    """Who keeps the time; empty for the chief judge alone."""
    keeper = session.get(Judge, timing.keeper_id) if timing and timing.keeper_id else None
    return keeper.name if keeper else ""
