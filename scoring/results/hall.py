"""What a screen in the hall shows: the published results of a competition in slides, and which version of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from competitions.models import Competition, Event
from core.db import db
from core.errors import NotFoundError
from scoring.models import Publication, ResultLine
from scoring.results.standings import PublicResult, all_lines, published

LINES_A_SLIDE = 10
MOST_LINES = 100
NOTHING = "0"


@dataclass(frozen=True, slots=True)
class Slide:
    """Some lines of one event; `number` of `slides` of it."""

    result: PublicResult
    lines: Sequence[ResultLine]
    number: int
    slides: int


@dataclass(frozen=True, slots=True)
class Hall:
    """What is to be seen. Before anything is published `competition` is None: a stranger learns no name at all."""

    competition: Competition | None
    slides: tuple[Slide, ...]
    version: str


def version_of(competition_id: int) -> str:
    """What changes when anything of the competition is published anew; the same for nothing and nobody.

    Publications are only ever added, so the newest of them names them all: one query, however often a hall asks.
    """
    newest = select(func.max(Publication.id)).join(Event, Event.id == Publication.event_id)
    return str(db.session.scalar(newest.where(Event.competition_id == competition_id)) or NOTHING)


def hall_of(competition_id: int, event_id: int | None = None) -> Hall:
    """The slides of a competition's published results, or of one event's.

    Raises:
        NotFoundError: the event asked for is not published while others are.
    """
    version = version_of(competition_id)  # asked first: what is published in between makes the page load once more
    every = published(competition_id)
    results = [result for result in every if event_id is None or result.event.id == event_id]
    if every and not results:
        raise NotFoundError("这个赛项的成绩还没有公布")
    slides = tuple(slide for result in results for slide in _slides(result))
    competition = db.session.get(Competition, competition_id) if results else None
    return Hall(competition, slides, version)


def _slides(result: PublicResult) -> list[Slide]:
    lines = [line for line in all_lines(result.snapshot.id, most=MOST_LINES) if line.rank is not None]
    parts = [lines[start : start + LINES_A_SLIDE] for start in range(0, len(lines), LINES_A_SLIDE)] or [[]]
    return [Slide(result, part, number, len(parts)) for number, part in enumerate(parts, start=1)]
