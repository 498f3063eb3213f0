"""Marks that judges of one panel have given too far apart, as the engine holds them: they wait for a new vote.

Each entrant is reckoned once for each state of its sheets: a board that is looked at every few seconds asks about the
few entrants whose marks have changed, not about all.
"""

from collections.abc import Collection, Iterator

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from competitions.models import Module
from core.db import db
from scoring.engine.marks import MarkRow, collect_marks
from scoring.engine.scheme import Node, Panel, Scheme
from scoring.engine.totals import evaluate
from scoring.jury.counted import counted_marks
from scoring.jury.models import Revote
from scoring.models import SchemeVersion, ScoreSheet
from scoring.sheets.item_values import mark_row
from scoring.sheets.opening import current_scheme
from scoring.sheets.reading import stored_scheme
from scoring.sheets.seating import EXTERNAL_SEAT
from scoring.states import SheetState

Held = dict[int, tuple[str, ...]]
"""Entrant to the labels of what is held; those without are left out."""
_State = tuple[tuple[int, int], ...]
"""Sheet and revision of each of an entrant's seats; 0 and the newest vote asked for again, where there is one."""
_KNOWN: dict[tuple[str, int], dict[int, tuple[_State, tuple[str, ...]]]] = {}
"""Database and module → entrant → at which state what was found. A revision never changes."""
MOST_KNOWN = 200


def held_aspects(session: Session, module: Module) -> Held:
    """What is held in a module for too large a spread.

    Args:
        session: to read with.
        module: of whose event's newest scheme.
    """
    version = current_scheme(session, module.event_id)
    if version is None:
        return {}
    scheme = stored_scheme(version.id)
    watched = _watched(scheme, module.code)
    if not watched:
        return {}
    states = _states(session, module.id, version)
    known = _known(module.id)
    fresh = [entrant for entrant, state in states.items() if known.get(entrant, ((), ()))[0] != state]
    if fresh:
        held = _reckoned(scheme, watched, _rows(session, module, fresh))
        known.update({entrant: (states[entrant], held.get(entrant, ())) for entrant in fresh})
    return {entrant: known[entrant][1] for entrant in states if known[entrant][1]}


def _known(module_id: int) -> dict[int, tuple[_State, tuple[str, ...]]]:
    if len(_KNOWN) > MOST_KNOWN:
        _KNOWN.clear()
    return _KNOWN.setdefault((db.engine.url.render_as_string(), module_id), {})


def _states(session: Session, module_id: int, version: SchemeVersion) -> dict[int, _State]:
    """The marked sheets of each entrant under this version of the scheme, and votes asked for again; two queries."""
    query = (
        select(ScoreSheet.entrant_id, ScoreSheet.id, ScoreSheet.revision)
        .where(
            ScoreSheet.module_id == module_id,
            ScoreSheet.seat_number != EXTERNAL_SEAT,
            ScoreSheet.scheme_version_id == version.id,
            ScoreSheet.revision > 0,
            ScoreSheet.state != SheetState.VACANT,
        )
        .order_by(ScoreSheet.entrant_id, ScoreSheet.seat_number)
    )
    found: dict[int, list[tuple[int, int]]] = {}
    for entrant, sheet, revision in session.execute(query):
        found.setdefault(entrant, []).append((sheet, revision))
    asked = select(Revote.entrant_id, func.max(Revote.id)).where(Revote.module_id == module_id)
    for entrant, newest in session.execute(asked.group_by(Revote.entrant_id)):
        found.setdefault(entrant, []).append((0, newest))
    return {entrant: tuple(sheets) for entrant, sheets in found.items()}


def _watched(scheme: Scheme, module: str) -> list[Node]:
    """The nodes of a module whose panel admits only so large a spread."""
    if module not in scheme.nodes:
        return []
    return [node for node in scheme.nodes[module].walk() if _has_spread(node.panel)]


def _has_spread(panel: Panel | None) -> bool:
    return panel is not None and (panel.spread is not None or any(_has_spread(group) for group in panel.groups))


def _reckoned(scheme: Scheme, watched: Collection[Node], rows: Iterator[MarkRow]) -> Held:
    """What the engine holds; only what stands below the watched nodes is looked at."""
    asked = {aspect.id for node in watched for aspect in node.walk()}
    result = evaluate(scheme, collect_marks(scheme, [row for row in rows if row.aspect in asked]))
    return {
        int(name): tuple(node.label for node in watched if result.outcome(name, node.id).state == "held")
        for name in result.contestants
    }


def _rows(session: Session, module: Module, entrants: Collection[int]) -> Iterator[MarkRow]:
    """The marks of a module's seats that count now, closed ones too, each entrant called by its id."""
    for sheet in counted_marks(session, module.event_id, modules=[module.id], entrants=entrants, open_only=False):
        if sheet.seat != EXTERNAL_SEAT:
            for key, value in sheet.marks.items():
                yield mark_row(str(sheet.entrant_id), key, sheet.seat, value)
