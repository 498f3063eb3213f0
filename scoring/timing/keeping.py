"""Pressing a module's clock, and laying down who does; presses of a tablet may come late, twice and beside others'.

The device says how old a press is; in a hand-over it says when it was made, by the server's clock as far as it knows.
So presses of several devices have one order. What does not fit into it is refused, told to the device and recorded.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from competitions.judges.panels import module_of
from competitions.lifecycle import CompetitionState
from competitions.models import Competition, Event, Judge, Module
from core.audit import record
from core.auth import Actor, SubjectKind
from core.clock import now
from core.db import transaction
from core.errors import ConflictError, DomainError, InvalidInputError, NotAllowedError, NotFoundError
from scoring.engine.module_clock import Press, checked, placed
from scoring.engine.stopwatch import Moment, moment_of
from scoring.timing.models import ClockPress, ModuleTiming
from scoring.timing.reading import batches_of, presses_of

MOST_AT_ONCE = 50
LONGEST_DAY = 24 * 3600
LONGEST_WAIT = timedelta(days=30)
"""How long a press may wait on a device; what a device says beyond that is a clock that was never set."""
OPEN_STATES = (CompetitionState.MARKING, CompetitionState.REVIEWING)


class NotTheKeeperError(NotAllowedError):
    """The module's time is kept by somebody else."""

    code = "not_the_keeper"


@dataclass(frozen=True, slots=True)
class PressClock:
    """One press.

    Attributes:
        key: names this press for ever, made on the device.
        document: kind, seconds and reason as `scoring.engine.stopwatch.moment_of` reads them, with the device's ``at``,
            ``mono`` and ``life``.
        entrants: ids of those whom it concerns; empty for everybody of the batch.
        age_ms: how long ago it was pressed, as the device reckons.
        pressed_at: when it was pressed by the server's clock, as the device reckons; then `age_ms` says nothing.
    """

    module_id: int
    batch: int
    key: UUID
    document: dict[str, Any]
    entrants: frozenset[int] = frozenset()
    age_ms: int = 0
    pressed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Pressed:
    """The press is on the server's disk under this number."""

    key: UUID
    number: int


@dataclass(frozen=True, slots=True)
class RefusedPress:
    """The press does not count, and why."""

    key: UUID
    error: DomainError


def press_clocks(commands: Sequence[PressClock], actor: Actor) -> list[Pressed | RefusedPress]:
    """Store presses, oldest first, each with its own outcome; a retry with a key already stored writes nothing.

    Raises:
        InvalidInputError: more than MOST_AT_ONCE.
    """
    if len(commands) > MOST_AT_ONCE:
        raise InvalidInputError("一次最多上传 %(n)s 条计时记录", n=MOST_AT_ONCE)
    with transaction() as session:
        return [_outcome(session, command, actor) for command in commands]


def press_clock(command: PressClock, actor: Actor) -> int:
    """Store one press and return its number.

    Raises:
        NotFoundError: no such module, batch or contestant.
        NotTheKeeperError: the actor does not keep this module's time.
        ConflictError: the competition is not being marked.
        StopwatchError: a clock does not allow it now.
    """
    (outcome,) = press_clocks([command], actor)
    if isinstance(outcome, RefusedPress):
        raise outcome.error
    return outcome.number


def _outcome(session: Session, command: PressClock, actor: Actor) -> Pressed | RefusedPress:
    module = session.get(Module, command.module_id, with_for_update=True)
    if module is None:
        return RefusedPress(command.key, NotFoundError("没有这个模块"))
    competition_id = session.get_one(Event, module.event_id).competition_id
    known = session.scalar(select(ClockPress).where(ClockPress.key == command.key))
    try:
        # Who kept the time when it was pressed may have handed it on since: what counts goes on counting.
        if known is None or known.pressed_by != actor.key:
            _require_keeper(session, module, competition_id, actor)
        number = known.number if known else _store(session, module, command, actor, competition_id)
        return Pressed(command.key, number)
    except DomainError as error:
        _record_refused(session, command, actor, competition_id, error)
        return RefusedPress(command.key, error)


def _require_keeper(session: Session, module: Module, competition_id: int, actor: Actor) -> None:
    timing = session.get(ModuleTiming, module.id)
    is_keeper = actor.kind is SubjectKind.JUDGE and timing is not None and timing.keeper_id == actor.subject_id
    if not is_keeper and not actor.permits("sheet.return", competition_id):
        raise NotTheKeeperError("您不是这个模块的计时裁判，由裁判长指定后才能计时")


def _record_refused(
    session: Session, command: PressClock, actor: Actor, competition_id: int, error: DomainError
) -> None:
    """Keep a press that does not count, whole, so that somebody can still say what was pressed; not a stranger's."""
    if actor.competition_id != competition_id and not actor.permits("sheet.return", competition_id):
        return
    detail = {"batch": command.batch, "key": str(command.key), "code": error.code, "press": command.document}
    detail |= {"entrants": sorted(command.entrants), "at": _reckoned(command, now()).isoformat()}
    record(session, actor.act("clock.press_refused", f"module_clock:{command.module_id}", competition_id, detail))


def _store(session: Session, module: Module, command: PressClock, actor: Actor, competition_id: int) -> int:
    if session.get_one(Competition, competition_id).state not in OPEN_STATES:
        raise ConflictError("只有在评分和复核期间才能计时")
    members = batches_of(session, module.event_id).get(command.batch)
    if members is None or not command.entrants <= {member.entrant_id for member in members}:
        raise NotFoundError("这个批次里没有这样的选手")
    rows = presses_of(session, [module.id]).get((module.id, command.batch), [])
    presses = [row.press for row in rows]
    row = _row(command, presses, actor)
    row.number = max((stored.number for stored in rows), default=0) + 1
    session.add(row)
    session.flush()
    detail = {"batch": row.batch, "number": row.number, "kind": row.kind, "entrants": row.entrants}
    detail |= {"at": row.at.isoformat(), "seconds": row.seconds} | ({"reason": row.reason} if row.reason else {})
    record(session, actor.act("clock.pressed", f"module_clock:{module.id}", competition_id, detail))
    return row.number


def _row(command: PressClock, presses: Sequence[Press], actor: Actor) -> ClockPress:
    """The press as it is stored, at its place in time, if the clock allows it there."""
    received = now()
    told = moment_of(command.document)
    placed_at = placed(presses, _at(command.document, _to_ms(_reckoned(command, received))))
    checked([*presses, Press(placed_at, command.entrants)])
    return ClockPress(
        module_id=command.module_id,
        batch=command.batch,
        key=command.key,
        kind=told.kind,
        entrants=sorted(command.entrants),
        at=placed_at.at,
        device_at=told.at,
        mono=told.mono,
        life=told.life,
        seconds=str(command.document.get("seconds") or ""),
        reason=told.reason,
        received_at=received,
        pressed_by=actor.key,
        presser_name=actor.name,
        sign_in_id=actor.sign_in_id or None,
    )


def _reckoned(command: PressClock, received: datetime) -> datetime:
    """When it was pressed by the server's clock: not before anybody could have, and not later than it came in."""
    longest = LONGEST_WAIT // timedelta(milliseconds=1)
    told = command.pressed_at or received - timedelta(milliseconds=min(command.age_ms, longest))
    return max(received - LONGEST_WAIT, min(told, received))


def _at(document: dict[str, Any], at: datetime) -> Moment:
    return moment_of({**document, "at": at.isoformat()})


def _to_ms(moment: datetime) -> datetime:
    """Cut to milliseconds, which is what a device knows."""
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


@dataclass(frozen=True, slots=True)
class SetTiming:
    """Lay down who keeps a module's time and how long everybody has."""

    competition_id: int
    module_id: int
    keeper_id: int | None
    allowed_minutes: int | None
    actor: Actor


def set_timing(command: SetTiming) -> None:
    """Store it; presses that have been made stay as they are.

    Raises:
        NotFoundError: no such module in this competition.
        InvalidInputError: no judge of this competition, or a time of no length or of more than a day.
    """
    minutes = command.allowed_minutes
    if minutes is not None and not 0 < minutes <= LONGEST_DAY // 60:
        raise InvalidInputError("规定时间须大于零，且不超过一天")
    with transaction() as session:
        module = module_of(session, command.competition_id, command.module_id)
        session.get(Module, module.id, with_for_update=True)
        keeper = session.get(Judge, command.keeper_id) if command.keeper_id is not None else None
        if command.keeper_id is not None and (keeper is None or keeper.competition_id != command.competition_id):
            raise InvalidInputError("请从本竞赛的裁判里选择计时裁判")
        row = session.get(ModuleTiming, module.id) or ModuleTiming(module_id=module.id)
        row.keeper_id, row.allowed_seconds = command.keeper_id, None if minutes is None else minutes * 60
        row.changed_at, row.changed_by = now(), command.actor.name
        session.add(row)
        detail = {"keeper": command.keeper_id, "allowed_seconds": row.allowed_seconds}
        target = f"module_clock:{module.id}"
        record(session, command.actor.act("clock.timing_set", target, command.competition_id, detail))
