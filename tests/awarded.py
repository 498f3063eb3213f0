"""Makers for what follows from a result: an event with prizes, its published snapshot, awards and certificates."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from factories import (
    make_actor,
    make_competition,
    make_entrant,
    make_event,
    make_module,
    make_scheme_version,
    stored,
    together,
)

from certificates.awards.awarding import FixAwards, fix_awards
from certificates.issue.issuing import IssueCertificates, issue_certificates
from certificates.issue.values import Terms, Wording
from certificates.models import Certificate
from competitions.models import Competition, Entrant, Event, ModuleKind
from core import jobs
from core.auth import Actor
from core.clock import now
from core.db import db
from core.permissions import Role
from scoring.models import Publication, ResultLine, ResultSnapshot
from scoring.results.computing import digest_of

PRIZES = {
    "prizes": [{"name": "一等奖", "number": 1}, {"name": "二等奖", "number": 2}],
    "rounding": "half_up",
    "tie": "hold",
    "minimum": 0,
}
TERMS = Terms(
    layout="huiwen-gold",
    pattern="HB-{year}-{event}-{serial:4}",
    wording=Wording(("河北省总工会", "河北省人力资源和社会保障厅"), date(2026, 10, 22)),
)


@dataclass(frozen=True)
class Row:
    """One line of a result. `rank` is as the engine writes it; equal ranks are ties."""

    rank: str | None
    name: str | None = None
    total: str | None = "88.50"
    theory: str | None = "80"
    practice: str | None = "45"
    status: str = ""
    award_rank: str | None = "same"
    member: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Published:
    """A published result. Ids, so that it can be used after any transaction."""

    competition_id: int
    event_id: int
    snapshot_id: int
    entrant_ids: tuple[int, ...]
    organiser: Actor

    @property
    def event(self) -> Event:
        return db.session.get_one(Event, self.event_id)

    def entrant(self, position: int) -> Entrant:
        """From 1, in the order of the rows."""
        return db.session.get_one(Entrant, self.entrant_ids[position - 1])

    @property
    def contestant_ids(self) -> list[int]:
        return [db.session.get_one(Entrant, key).members[0].id for key in self.entrant_ids]


@together()
def make_published(
    rows: Sequence[Row] | None = None,
    *,
    is_final: bool | None = True,
    competition: Competition | None = None,
    **event: Any,
) -> Published:
    """An event with a result of `rows` (five by default), published as final, for notice, or with None not at all."""
    competition = competition or make_competition()
    made = make_event(competition_id=competition.id, **({"prize_rules": PRIZES} | event))
    event_id, competition_id = made.id, competition.id
    make_module(event_id=event_id, code="T", name="理论", kind=ModuleKind.EXTERNAL, weight="30")
    make_module(event_id=event_id, code="P", name="实际操作", weight="70")
    rows = rows if rows is not None else [Row(str(rank)) for rank in range(1, 6)]
    entrants = []
    for number, row in enumerate(rows, start=1):
        named = {} if row.name is None else {"name": row.name}
        made_entrant = make_entrant(
            event_id=event_id, draw_number=number, competition_id=competition_id, **named, **row.member
        )
        entrants.append(made_entrant.id)
    snapshot_id = add_snapshot(event_id, entrants, rows)
    if is_final is not None:
        publish(event_id, snapshot_id, is_final=is_final)
    organiser = make_actor(Role.ORGANISER, competition_id)
    return Published(competition_id, event_id, snapshot_id, tuple(entrants), organiser)


@together()
def add_snapshot(event_id: int, entrant_ids: Sequence[int], rows: Sequence[Row], number: int = 1) -> int:
    """A snapshot of these lines, not yet published."""
    version = make_scheme_version(event_id=event_id, number=number)
    columns = [{"id": "T", "label": "理论", "max": "100"}, {"id": "P", "label": "实际操作", "max": "50"}]
    document = {
        "columns": columns,
        "warnings": [],
        "is_settled": True,
        "ranked": sum(row.rank is not None for row in rows),
        "entrants": len(rows),
    }
    lines = [_line(position, *one, rows) for position, one in enumerate(zip(entrant_ids, rows, strict=True), start=1)]
    snapshot = stored(
        ResultSnapshot(
            event_id=event_id,
            number=number,
            scheme_version_id=version.id,
            document=document,
            digest=digest_of(document, lines),
            computed_at=now(),
            computed_by="赵组织",
            reason="",
        )
    )
    snapshot_id = snapshot.id
    for line in lines:
        line.snapshot_id = snapshot_id
        stored(line)
    return snapshot_id


def _line(position: int, entrant_id: int, row: Row, rows: Sequence[Row]) -> ResultLine:
    tied = row.rank is not None and sum(other.rank == row.rank for other in rows) > 1
    tree = {"label": "总成绩", "value": row.total, "max": "100", "rules": [], "children": []}
    return ResultLine(
        position=position,
        entrant_id=entrant_id,
        rank=row.rank,
        award_rank=row.rank if row.award_rank == "same" else row.award_rank,
        is_tied=tied,
        total=row.total if row.rank else None,
        columns=[row.theory, row.practice],
        decided_by="",
        status=row.status,
        unfolding={"tree": tree, "decided_by": "", "reason": "", "status_label": ""},
    )


def publish(event_id: int, snapshot_id: int, *, is_final: bool) -> None:
    """Show a snapshot to the public."""
    stored(
        Publication(
            snapshot_id=snapshot_id,
            event_id=event_id,
            is_final=is_final,
            published_at=now(),
            published_by="赵组织",
        )
    )


def make_awarded(rows: Sequence[Row] | None = None, **over: Any) -> Published:
    """A final result whose prizes are fixed."""
    published = make_published(rows, **over)
    fix_awards(FixAwards(published.competition_id, published.event_id, published.organiser))
    return published


def issue(published: Published, terms: Terms = TERMS, **over: Any) -> int:
    """Queue the issue of an event's certificates; returns the batch's id. Results here were never on notice."""
    over = {"early_reason": "测试用的成绩没有公示"} | over
    command = IssueCertificates(published.competition_id, published.event_id, terms, published.organiser, **over)
    return issue_certificates(command)


def make_certified(rows: Sequence[Row] | None = None, **over: Any) -> Published:
    """A final result whose certificates are issued."""
    published = make_awarded(rows, **over)
    issue(published)
    jobs.sweep()
    return published


def certificates(published: Published) -> list[Certificate]:
    """The certificates of a result's event, in the order of their making."""
    db.session.rollback()  # what other threads have written since is to be seen
    query = db.session.query(Certificate).filter(Certificate.competition_id == published.competition_id)
    return list(query.order_by(Certificate.id))


def amend(published: Published) -> None:
    """An amended final result: the first two change places, the third falls out."""
    rows = [Row("2"), Row("1"), Row("4"), Row("3"), Row("5")]
    snapshot_id = add_snapshot(published.event_id, published.entrant_ids, rows, number=2)
    publish(published.event_id, snapshot_id, is_final=True)
    fix_awards(FixAwards(published.competition_id, published.event_id, published.organiser))
