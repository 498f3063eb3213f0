"""Reading of results: the lines of a snapshot a page at a time, and what the public may see of a competition."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import joinedload, selectinload, undefer
from sqlalchemy.orm.interfaces import ORMOption

from competitions.models import Competition, Contestant, Entrant, Event, NameDisplay
from core.db import db
from core.errors import NotFoundError
from scoring.models import Publication, ResultLine, ResultSnapshot
from scoring.results.gates import missed_by_entrant

PAGE = 50


@dataclass(frozen=True, slots=True)
class Page:
    """Some lines of a snapshot, and how many there are in all."""

    lines: list[ResultLine]
    total: int
    number: int
    missed: Mapping[int, Sequence[str]] = field(default_factory=dict)
    """Entrant id → which gates were missed and by how much, of those who have no place because of that."""

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return max(1, -(-self.total // PAGE))


def lines_of(snapshot_id: int, page: int = 1, search: str = "", *, is_public: bool = False) -> Page:
    """Lines in the order of the list with names, units and delegations; three queries, whatever the size.

    Where somebody missed a gate, two more say which.

    Args:
        snapshot_id: whose.
        page: from 1.
        search: part of a name, unit or delegation; empty for all.
        is_public: for strangers, who do not find by a name what they cannot read.
    """
    query = select(ResultLine).where(ResultLine.snapshot_id == snapshot_id)
    if search:
        query = query.join(Entrant, Entrant.id == ResultLine.entrant_id).where(_matches(search, is_public=is_public))
    total = db.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    number = min(max(page, 1), max(1, -(-total // PAGE)))
    shown = query.order_by(ResultLine.position).offset((number - 1) * PAGE).limit(PAGE)
    lines = list(db.session.scalars(shown.options(*with_people())))
    return Page(lines, total, number, missed_by_entrant(snapshot_id, lines))


def _matches(search: str, *, is_public: bool) -> ColumnElement[bool]:
    part = "%" + search.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    by_name = Entrant.name.like(part, escape="\\")
    return or_(
        by_name & ~_is_hidden() if is_public else by_name,
        Entrant.members.any(Contestant.unit.like(part, escape="\\")),
        Entrant.delegation.has(name=search),
    )


def _is_hidden() -> ColumnElement[bool]:
    """Of an entrant in a query: strangers do not read every name of it, as `competitions.public_names` has it."""
    is_hidden_by_all = Event.competition.has(Competition.name_display != NameDisplay.FULL)
    return Entrant.members.any(Contestant.is_name_hidden) | (
        Entrant.members.any() & Entrant.event.has(is_hidden_by_all)
    )


def with_people() -> tuple[ORMOption, ...]:
    """Loading options so that names, units and delegations cost no query a line."""
    return (
        joinedload(ResultLine.entrant).joinedload(Entrant.delegation),
        joinedload(ResultLine.entrant).selectinload(Entrant.members).joinedload(Contestant.person),
    )


def all_lines(snapshot_id: int, *, unfolded: bool = False, most: int | None = None) -> list[ResultLine]:
    """All lines of a snapshot in the order of the list, for paper, files and the hall.

    Args:
        snapshot_id: whose.
        unfolded: with everything behind each total.
        most: only so many.
    """
    query = select(ResultLine).where(ResultLine.snapshot_id == snapshot_id).order_by(ResultLine.position).limit(most)
    options = (*with_people(), undefer(ResultLine.unfolding)) if unfolded else with_people()
    return list(db.session.scalars(query.options(*options)))


def line_of(snapshot_id: int, entrant_id: int) -> ResultLine:
    """One entrant's line.

    Raises:
        NotFoundError: the entrant is not in the snapshot.
    """
    line = db.session.scalar(
        select(ResultLine)
        .where(ResultLine.snapshot_id == snapshot_id, ResultLine.entrant_id == entrant_id)
        .options(*with_people())
    )
    if line is None:
        raise NotFoundError("这份成绩里没有这名选手")
    return line


def totals_of(snapshot_id: int) -> list[str]:
    """All totals of a snapshot, best first, for the picture of their distribution."""
    query = select(ResultLine.total).where(ResultLine.snapshot_id == snapshot_id, ResultLine.rank.is_not(None))
    return [total for total in db.session.scalars(query.order_by(ResultLine.position)) if total]


def snapshots_by_event(competition_id: int) -> dict[int, list[ResultSnapshot]]:
    """Event id → its snapshots, newest first, of a whole competition. One query."""
    query = select(ResultSnapshot).join(Event, Event.id == ResultSnapshot.event_id)
    found: dict[int, list[ResultSnapshot]] = {}
    shown = query.where(Event.competition_id == competition_id).order_by(ResultSnapshot.number.desc())
    for snapshot in db.session.scalars(shown):
        found.setdefault(snapshot.event_id, []).append(snapshot)
    return found


@dataclass(frozen=True, slots=True)
class PublicResult:
    """What the public sees of one event."""

    event: Event
    snapshot: ResultSnapshot
    is_final: bool
    published_at: datetime


def published(competition_id: int) -> list[PublicResult]:
    """The newest publication of every event of a competition that has one, in the order of the events."""
    newest = select(func.max(Publication.id)).group_by(Publication.event_id)
    query = (
        select(Publication)
        .join(Event, Event.id == Publication.event_id)
        .where(Event.competition_id == competition_id, Publication.id.in_(newest))
        .order_by(Event.position)
        .options(joinedload(Publication.snapshot).joinedload(ResultSnapshot.event))
    )
    return [PublicResult(p.snapshot.event, p.snapshot, p.is_final, p.published_at) for p in db.session.scalars(query)]


def published_competitions() -> frozenset[int]:
    """Competitions of which at least one result is published."""
    query = select(Event.competition_id).join(Publication, Publication.event_id == Event.id).distinct()
    return frozenset(db.session.scalars(query))


def public_competition(competition_id: int) -> Competition:
    """The competition, if the public may know of it: something of it is published.

    Raises:
        NotFoundError: no such competition, or nothing published.
    """
    competition = db.session.get(Competition, competition_id)
    if competition is None or not published(competition_id):
        raise NotFoundError("没有已公布成绩的这场竞赛")
    return competition


def public_result(competition_id: int, event_id: int) -> PublicResult:
    """What the public sees of one event.

    Raises:
        NotFoundError: nothing is published.
    """
    for result in published(competition_id):
        if result.event.id == event_id:
            return result
    raise NotFoundError("这个赛项的成绩还没有公布")


def published_of_events(event_ids: list[int]) -> dict[int, Publication]:
    """The newest publication of each of these events, with its snapshot."""
    newest = select(func.max(Publication.id)).where(Publication.event_id.in_(event_ids)).group_by(Publication.event_id)
    query = select(Publication).where(Publication.id.in_(newest)).options(selectinload(Publication.snapshot))
    return {p.event_id: p for p in db.session.scalars(query)}
