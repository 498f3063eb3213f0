"""Marks that judges of one panel have given too far apart, as the engine holds them: they wait for a new vote.

The one place where this is reckoned, for the board and for the chief judge's page alike. Each entrant is reckoned
once for each state of its sheets: a board that is looked at every few seconds asks about the few entrants whose marks
have changed, not about all. It looks at closed marks too: that two votes differ is told at once, what they are is not.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from competitions.models import Entrant, Event, Module
from core.db import db
from scoring.engine.marks import MarkRow, collect_marks
from scoring.engine.plan import compares_field
from scoring.engine.scheme import Node, Scheme
from scoring.engine.spread import Spread, spreads, watched
from scoring.engine.totals import evaluate
from scoring.jury.counted import counted_marks
from scoring.jury.models import Revote
from scoring.jury.requests import rounds_under_way
from scoring.models import ScoreSheet
from scoring.sheets.board import OUT
from scoring.sheets.item_values import mark_row
from scoring.sheets.opening import current_scheme
from scoring.sheets.reading import stored_scheme
from scoring.states import SheetState

_State = tuple[tuple[int, int], ...]
"""Sheet and revision of each of an entrant's seats; 0 and the newest vote asked for again, where there is one."""


@dataclass(frozen=True, slots=True)
class Votes:
    """What the judges of one entrant have voted on the panels of a module that admit only so large a distance.

    Attributes:
        spreads: the panels that hold; the contestant is called by its id.
        given: node → judge → value, of every such panel that has votes.
    """

    spreads: tuple[Spread, ...]
    given: Mapping[str, Mapping[str, Fraction]]


@dataclass(frozen=True, slots=True)
class Alarm:
    """Marks that are held, and where."""

    module: str
    """Code of the module."""
    entrant_id: int
    spread: Spread


@dataclass(frozen=True, slots=True)
class Alarms:
    """All alarms of an event with what they were found by; `scheme` is None where none is adopted."""

    scheme: Scheme | None
    alarms: tuple[Alarm, ...]
    given: Mapping[tuple[int, str], Mapping[str, Fraction]]
    """Entrant and node → judge → value that counts now."""


_KNOWN: dict[tuple[str, int, int], dict[int, tuple[_State, Votes]]] = {}
"""Database, module and version of the scheme → entrant → at which state what was found. A revision never changes."""
MOST_KNOWN = 200
NOTHING = Votes((), {})


def alarms_of(session: Session, event_id: int) -> Alarms:
    """Every panel of an event whose newest marks are too far apart. As many queries for many entrants as for few."""
    version = current_scheme(session, event_id)
    if version is None:
        return Alarms(None, (), {})
    found: list[Alarm] = []
    given: dict[tuple[int, str], Mapping[str, Fraction]] = {}
    for module in session.get_one(Event, event_id).modules:
        for entrant, votes in votes_of(session, module).items():
            found += [Alarm(module.code, entrant, spread) for spread in votes.spreads]
            given |= {(entrant, node): values for node, values in votes.given.items()}
    return Alarms(stored_scheme(version.id), tuple(found), given)


def held_aspects(session: Session, module: Module) -> dict[int, tuple[str, ...]]:
    """Entrant to the labels of what is held in a module; those without are left out."""
    version = current_scheme(session, module.event_id)
    if version is None:
        return {}
    nodes = stored_scheme(version.id).nodes
    return {
        entrant: tuple(nodes[spread.node].label for spread in votes.spreads)
        for entrant, votes in votes_of(session, module).items()
        if votes.spreads
    }


def votes_of(session: Session, module: Module) -> dict[int, Votes]:
    """Entrant to its votes in a module; of those who are out nothing is awaited, so that they have no spreads.

    Args:
        session: to read with.
        module: of whose event's newest scheme.
    """
    version = current_scheme(session, module.event_id)
    if version is None:
        return {}
    scheme = stored_scheme(version.id)
    nodes = watched(scheme.nodes[module.code]) if module.code in scheme.nodes else []
    if not nodes:
        return {}
    states = _states(session, module.id)
    known = _known(module.id, version.id)
    fresh = [entrant for entrant, state in states.items() if known.get(entrant, ((), NOTHING))[0] != state]
    if fresh and compares_field(scheme):
        fresh = list(states)
    if fresh:
        found = _without(
            _reckoned(scheme, nodes, _rows(session, module, fresh)),
            rounds_under_way(session, module.id, fresh) if any(_is_asked(states[entrant]) for entrant in fresh) else (),
        )
        known.update({entrant: (states[entrant], found.get(entrant, NOTHING)) for entrant in fresh})
    is_out = set(
        session.scalars(select(Entrant.id).where(Entrant.event_id == module.event_id, Entrant.status.in_(OUT)))
    )
    return {
        entrant: Votes((), known[entrant][1].given) if entrant in is_out else known[entrant][1] for entrant in states
    }


def _is_asked(state: _State) -> bool:
    """Whether any vote of this entrant was ever asked for again."""
    return any(sheet == 0 for sheet, _ in state)


def _without(found: dict[int, Votes], under_way: Collection[tuple[int, str]]) -> dict[int, Votes]:
    """The same without what is under way: whether votes are too far apart is asked when all have been cast."""
    return {
        entrant: Votes(tuple(one for one in votes.spreads if (entrant, one.node) not in under_way), votes.given)
        for entrant, votes in found.items()
    }


def _known(module_id: int, version_id: int) -> dict[int, tuple[_State, Votes]]:
    if len(_KNOWN) > MOST_KNOWN:
        _KNOWN.clear()
    return _KNOWN.setdefault((db.engine.url.render_as_string(), module_id, version_id), {})


def _states(session: Session, module_id: int) -> dict[int, _State]:
    """The marked sheets of each entrant, and votes asked for again; two queries."""
    query = (
        select(ScoreSheet.entrant_id, ScoreSheet.id, ScoreSheet.revision)
        .where(ScoreSheet.module_id == module_id, ScoreSheet.revision > 0, ScoreSheet.state != SheetState.VACANT)
        .order_by(ScoreSheet.entrant_id, ScoreSheet.seat_number)
    )
    found: dict[int, list[tuple[int, int]]] = {}
    for entrant, sheet, revision in session.execute(query):
        found.setdefault(entrant, []).append((sheet, revision))
    asked = select(Revote.entrant_id, func.max(Revote.id)).where(Revote.module_id == module_id)
    for entrant, newest in session.execute(asked.group_by(Revote.entrant_id)):
        found.setdefault(entrant, []).append((0, newest))
    return {entrant: tuple(sheets) for entrant, sheets in found.items()}


def _reckoned(scheme: Scheme, nodes: Collection[Node], rows: Iterator[MarkRow]) -> dict[int, Votes]:
    """What the engine holds; only what stands below the watched nodes is looked at."""
    asked = {aspect.id for node in nodes for aspect in node.walk()}
    result = evaluate(scheme, collect_marks(scheme, [row for row in rows if row.aspect in asked]))
    held: dict[str, list[Spread]] = {}
    for spread in spreads(result):
        held.setdefault(spread.contestant, []).append(spread)
    given = {
        name: {node.id: values for node in nodes if (values := result.outcome(name, node.id).by_judge)}
        for name in result.contestants
    }
    return {int(name): Votes(tuple(held.get(name, ())), given[name]) for name in result.contestants}


def _rows(session: Session, module: Module, entrants: Collection[int]) -> Iterator[MarkRow]:
    """The marks of a module's seats that count now, closed ones too, each entrant called by its id."""
    for sheet in counted_marks(session, module.event_id, modules=[module.id], entrants=entrants, open_only=False):
        for key, value in sheet.marks.items():
            yield mark_row(str(sheet.entrant_id), key, sheet.seat, value)
