"""Presses of modules' clocks in a parcel: the same use case as by the network, each press stored exactly once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import select

from competitions.models import Event, Module
from core.auth import Actor
from core.db import db
from core.errors import DomainError
from scoring.handing_over.parcel import PRESS, Row
from scoring.tablet.payloads import read
from scoring.timing.keeping import MOST_AT_ONCE, PressClock, RefusedPress, press_clocks
from scoring.timing.models import ClockPress
from scoring.timing.payloads import HandedPress


@dataclass(slots=True)
class ClockTally:
    """What became of the presses of one clock. `title` is empty for a module that is not there."""

    module_id: int
    batch: int
    title: str = ""
    stored: int = 0
    known: int = 0
    refused: list[DomainError] = field(default_factory=list)


def presses_in(rows: Iterable[Row]) -> list[PressClock]:
    """The presses among a parcel's rows, in the order in which they were made.

    Raises:
        MalformedError: a row is not what a tablet makes.
    """
    return [_press(row) for row in rows if row["kind"] == PRESS]


def _press(row: Row) -> PressClock:
    body = {name: value for name, value in row.items() if name != "press"} | {"kind": row.get("press")}
    return read(HandedPress, body).command()


def take_presses(commands: Sequence[PressClock], judge: Actor) -> list[ClockTally]:
    """Store presses on behalf of their judge; what does not fit beside others' presses is refused and recorded."""
    tallies = {(one.module_id, one.batch): ClockTally(one.module_id, one.batch) for one in commands}
    for start in range(0, len(commands), MOST_AT_ONCE):
        batch = commands[start : start + MOST_AT_ONCE]
        known = _known([one.key for one in batch])
        for command, outcome in zip(batch, press_clocks(batch, judge), strict=True):
            tally = tallies[command.module_id, command.batch]
            if isinstance(outcome, RefusedPress):
                tally.refused.append(outcome.error)
            elif command.key in known:
                tally.known += 1
            else:
                tally.stored += 1
    _name(tallies.values())
    return list(tallies.values())


def _known(keys: Sequence[UUID]) -> set[UUID]:
    return set(db.session.scalars(select(ClockPress.key).where(ClockPress.key.in_(keys))))


def _name(tallies: Iterable[ClockTally]) -> None:
    query = select(Module.id, Event.name, Module.name).join(Event, Event.id == Module.event_id)
    modules = query.where(Module.id.in_({tally.module_id for tally in tallies}))
    titles = {module_id: f"{event} · {module}" for module_id, event, module in db.session.execute(modules)}
    for tally in tallies:
        tally.title = titles.get(tally.module_id, "")
