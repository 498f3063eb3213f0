"""Reading for a judge's own page: how far the own marks lie from the panel, event by event, once results are final.

Never before: a judge who knew the others' marks, or whether the own are high or low, would mark otherwise. While a
result is only provisional an appeal may still bring sheets back, and a sheet that was opened again closes the page.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from competitions.models import Event, Module
from core.db import db
from scoring.analysis.judges import marks_by_person
from scoring.engine.own_marking import Distance, ModuleDistance, own_marking
from scoring.engine.scheme import Scheme
from scoring.models import Publication, ScoreSheet
from scoring.results.reopened import reopened_since
from scoring.results.standings import published_of_events
from scoring.states import SheetState

LEAST_REACH = 0.05
"""Share of the range that half a bar stands for at the least, so that small distances do not look large."""


class Closed(StrEnum):
    """Why the figures of an event are not shown."""

    UNPUBLISHED = "unpublished"
    PROVISIONAL = "provisional"
    REOPENED = "reopened"


@dataclass(frozen=True, slots=True)
class OwnEvent:
    """One event in which the judge holds sheets.

    Attributes:
        sheets: how many of the judge's sheets are confirmed.
        closed: why nothing is shown; None where `modules` may be read.
        scheme: for the labels; None while closed.
        reach: share of the range that half a bar stands for.
    """

    event: Event
    sheets: int
    closed: Closed | None
    scheme: Scheme | None = None
    modules: tuple[ModuleDistance, ...] = ()
    reach: float = LEAST_REACH

    @property
    def count(self) -> int:
        """Marks that could be compared."""
        return sum(module.whole.count for module in self.modules)


def own_events(judge_id: int) -> list[OwnEvent]:
    """The events in which a judge holds sheets, in the order of the events."""
    session = db.session()
    counts = _events(session, judge_id)
    published = published_of_events([event.id for event, _ in counts])
    reopened = reopened_since(session, published)
    return [
        _own_event(session, judge_id, event, sheets, _closed(published.get(event.id), event.id in reopened))
        for event, sheets in counts
    ]


def _events(session: Session, judge_id: int) -> Sequence[tuple[Event, int]]:
    confirmed = func.count(ScoreSheet.id).filter(ScoreSheet.state == SheetState.CONFIRMED)
    query = (
        select(Event, confirmed)
        .join(Module, Module.event_id == Event.id)
        .join(ScoreSheet, ScoreSheet.module_id == Module.id)
        .where(ScoreSheet.judge_id == judge_id)
        .group_by(Event.id)
        .order_by(Event.position, Event.id)
    )
    return [(event, count) for event, count in session.execute(query)]


def _closed(publication: Publication | None, is_reopened: bool) -> Closed | None:
    if publication is None:
        return Closed.UNPUBLISHED
    if not publication.is_final:
        return Closed.PROVISIONAL
    return Closed.REOPENED if is_reopened else None


def _own_event(session: Session, judge_id: int, event: Event, sheets: int, closed: Closed | None) -> OwnEvent:
    found = marks_by_person(session, event.id) if closed is None else None
    if found is None:
        return OwnEvent(event, sheets, closed)
    called = next((name for name, key in found.ids.items() if key == judge_id), "")
    modules = own_marking(found.scheme, found.marks, called)
    lines = [line for module in modules for line in (module.whole, *module.groups)]
    return OwnEvent(event, sheets, None, found.scheme, modules, max([LEAST_REACH, *map(_far, lines)]))


def _far(line: Distance) -> float:
    return abs(float(line.share or 0)) + (line.share_spread or 0.0)
