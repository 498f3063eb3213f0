"""What the page of one sheet adds on the spot: whether its marks are closed, rounds of voting, the stop watches."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from core.auth import Actor
from scoring.engine.marks import check_mark
from scoring.engine.scheme import Node
from scoring.engine.stopwatch import KIND_NAMES, Moment, moments_of, reading, time_text
from scoring.jury.blindness import may_see
from scoring.jury.requests import Due, asked
from scoring.sheets.board import SheetReading


@dataclass(frozen=True, slots=True)
class Press:
    """One press of a stop watch: the moment, who pressed it, when the server heard of it."""

    moment: Moment
    name: str
    by: str
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Watch:
    """The stop watch of one aspect.

    Attributes:
        time: what it shows, credit taken off, as it would be entered.
        agrees: whether the mark is that time; a judge may have entered another.
    """

    aspect: Node
    state: str
    time: str
    gross: str
    credit: str
    agrees: bool
    presses: tuple[Press, ...]


@dataclass(frozen=True, slots=True)
class OnTheSpot:
    """What the page of a sheet shows beside its marks."""

    is_closed: bool
    due: tuple[Due, ...]
    watches: tuple[Watch, ...]


def on_the_spot(session: Session, found: SheetReading, actor: Actor) -> tuple[SheetReading, OnTheSpot]:
    """A sheet as `actor` may see it: where its marks are closed, no mark, no earlier one and no refused one."""
    newest = found.revisions[-1] if found.revisions else None
    due = asked(session, [found.sheet.module_id], [found.sheet.entrant_id]).due(found.sheet, newest)
    if not may_see(session, found.sheet, actor):
        history = [replace(line, changes=[]) for line in found.history]
        closed = replace(found, marks={}, notes={}, refused=[], history=history, revisions=())
        hidden = tuple(replace(one, earlier=None) for one in due)
        return closed, OnTheSpot(is_closed=True, due=hidden, watches=())
    return found, OnTheSpot(is_closed=False, due=tuple(due), watches=watches_of(found))


def watches_of(found: SheetReading) -> tuple[Watch, ...]:
    """The stop watches of a sheet, in the order of its aspects."""
    newest = found.revisions[-1] if found.revisions else None
    times = newest.times if newest else {}
    return tuple(_watch(found, aspect, times[aspect.id]) for aspect in found.aspects if times.get(aspect.id))


def _watch(found: SheetReading, aspect: Node, documents: list[dict[str, str]]) -> Watch:
    moments = moments_of(documents)
    shown = reading(moments)
    step = aspect.entry.step if aspect.entry else None
    text, mark = time_text(shown.net, step), found.marks.get(aspect.id)
    first = _first_heard(found, aspect.id)
    presses = tuple(
        Press(moment, KIND_NAMES[moment.kind], *first[_key(document)])
        for moment, document in zip(moments, documents, strict=True)
    )
    return Watch(
        aspect=aspect,
        state=shown.state,
        time=text,
        gross=time_text(shown.gross, step),
        credit=time_text(shown.credit, step) if shown.credit else "",
        agrees=mark is not None and check_mark(aspect, mark) == check_mark(aspect, text),
        presses=presses,
    )


def _first_heard(found: SheetReading, aspect: str) -> dict[str, tuple[str, datetime]]:
    """Each press to who saved it first and when that save came in."""
    names = {line.number: line.saved_by for line in found.history}
    first: dict[str, tuple[str, datetime]] = {}
    for revision in found.revisions:
        for document in revision.times.get(aspect, ()):
            first.setdefault(_key(document), (names[revision.number], revision.saved_at))
    return first


def _key(document: Mapping[str, object]) -> str:
    return f"{document['kind']} {document['at']} {document['mono']}"
