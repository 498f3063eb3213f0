"""Reading for the chief judge: how far each event is, and one sheet with all its revisions."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import func, literal_column, select

from competitions.models import Entrant, EntrantStatus, Event, Judge, Module
from core.accounts import Account
from core.auth import SubjectKind
from core.db import db
from core.errors import NotFoundError
from scoring.engine.scheme import Node
from scoring.models import RefusedSave, ScoreSheet, SheetRevision
from scoring.paper_entry.provenance import FromPaper, papers_of
from scoring.sheets.item_values import ItemColumn, item_columns
from scoring.sheets.opening import scheme_of
from scoring.sheets.seating import EXTERNAL_SEAT, aspects_of_seat
from scoring.states import SheetState

OUT = (EntrantStatus.ABSENT, EntrantStatus.WITHDRAWN, EntrantStatus.DISQUALIFIED)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the marking of an event is."""

    event_id: int
    total: int
    marked: int
    submitted: int
    confirmed: int


def progress(competition_id: int) -> list[Progress]:
    """Progress of every event of a competition, in one query; events without sheets have zeros.

    Sheets of those who are absent, withdrawn or disqualified, and of vacant seats, are not waited for.
    """
    has_marks = ScoreSheet.revision > literal_column("0")  # the same words in both places, or PostgreSQL refuses
    competing = select(Entrant.id).where(Entrant.status.not_in(OUT))
    query = (
        select(Event.id, ScoreSheet.state, has_marks, func.count(ScoreSheet.id))
        .outerjoin(Module, Module.event_id == Event.id)
        .outerjoin(
            ScoreSheet,
            (ScoreSheet.module_id == Module.id)
            & ScoreSheet.entrant_id.in_(competing)
            & (ScoreSheet.state != SheetState.VACANT),
        )
        .where(Event.competition_id == competition_id)
        .group_by(Event.id, Event.position, ScoreSheet.state, has_marks)
        .order_by(Event.position)
    )
    found: dict[int, list[tuple[SheetState | None, bool, int]]] = {}
    for event_id, state, is_marked, count in db.session.execute(query):
        found.setdefault(event_id, []).append((state, bool(is_marked), count))
    return [_progress_of(event_id, groups) for event_id, groups in found.items()]


def _progress_of(event_id: int, groups: Iterable[tuple[SheetState | None, bool, int]]) -> Progress:
    groups = list(groups)
    return Progress(
        event_id=event_id,
        total=sum(count for _, _, count in groups),
        marked=sum(count for _, is_marked, count in groups if is_marked),
        submitted=sum(count for state, _, count in groups if state is SheetState.SUBMITTED),
        confirmed=sum(count for state, _, count in groups if state is SheetState.CONFIRMED),
    )


@dataclass(frozen=True, slots=True)
class RevisionLine:
    """One revision as the chief judge reads it: who, when, and what changed against the one before."""

    number: int
    saved_at: datetime
    device_saved_at: datetime | None
    saved_by: str
    changes: list[tuple[str, str | None, str | None]]
    """Aspect, old value, new value; None is not marked."""
    paper: FromPaper | None = None
    """Where the marks were typed from paper."""


@dataclass(frozen=True, slots=True)
class SheetReading:
    """One sheet with its aspects, current marks and history."""

    sheet: ScoreSheet
    judge: str
    aspects: tuple[Node, ...]
    items: tuple[ItemColumn, ...]
    marks: dict[str, str | None]
    notes: dict[str, str]
    doubts: frozenset[str]
    """Aspects that the judge has marked 有疑问."""
    refused: list[RefusedSave]
    """Saves that came too late or clashed, kept as they came; never marks."""
    history: list[RevisionLine]
    revisions: Sequence[SheetRevision] = ()
    """As they were saved, oldest first."""


def read_sheet(competition_id: int, sheet_id: int) -> SheetReading:
    """A sheet for review.

    Raises:
        NotFoundError: no such sheet in this competition.
    """
    sheet = db.session.get(ScoreSheet, sheet_id)
    if sheet is None or sheet.entrant.event.competition_id != competition_id:
        raise NotFoundError("这场竞赛里没有这张评分表")
    judge = db.session.get(Judge, sheet.judge_id) if sheet.judge_id else None
    scheme = scheme_of(sheet.scheme_version)
    aspects = aspects_of_seat(scheme, sheet.module.code, sheet.seat_number)
    items = item_columns(scheme, sheet.module.code) if sheet.seat_number == EXTERNAL_SEAT else ()
    revisions = db.session.scalars(
        select(SheetRevision).where(SheetRevision.sheet_id == sheet_id).order_by(SheetRevision.number)
    ).all()
    names, papers = saver_names(competition_id, revisions), papers_of(db.session(), [sheet_id])
    history: list[RevisionLine] = []
    marks: dict[str, str | None] = {}
    notes: dict[str, str] = {}
    for revision in revisions:
        history.append(replace(_line(revision, marks, names), paper=papers.get(revision.key)))
        marks, notes = dict(revision.marks), dict(revision.notes)
    doubts = frozenset(revisions[-1].doubts) if revisions else frozenset()
    refused = db.session.scalars(select(RefusedSave).where(RefusedSave.sheet_id == sheet_id).order_by(RefusedSave.id))
    name = judge.name if judge else ""
    return SheetReading(
        sheet,
        name,
        aspects,
        items,
        marks,
        notes,
        doubts,
        list(refused),
        history[::-1],
        revisions,
    )


def saver_names(competition_id: int, revisions: Iterable[SheetRevision]) -> dict[str, str]:
    """Names by what revisions keep of who saved: ``judge:7`` of the competition, ``account:3`` of a list."""
    judges = db.session.scalars(select(Judge).where(Judge.competition_id == competition_id))
    return {f"{SubjectKind.JUDGE.value}:{judge.id}": judge.name for judge in judges} | _importers(revisions)


def _importers(revisions: Iterable[SheetRevision]) -> dict[str, str]:
    """Names of the accounts that took lists in; no query where none did."""
    prefix = f"{SubjectKind.ACCOUNT.value}:"
    keys = {row.saved_by for row in revisions if row.saved_by.startswith(prefix)}
    ids = [int(key.removeprefix(prefix)) for key in keys]
    found = db.session.scalars(select(Account).where(Account.id.in_(ids))) if ids else ()
    return {f"{prefix}{account.id}": account.display_name for account in found}


def _line(revision: SheetRevision, before: dict[str, str | None], names: Mapping[str, str]) -> RevisionLine:
    after = revision.marks
    changed = [a for a in {**before, **after} if before.get(a) != after.get(a)]
    return RevisionLine(
        number=revision.number,
        saved_at=revision.saved_at,
        device_saved_at=revision.device_saved_at,
        saved_by=names.get(revision.saved_by, revision.saved_by),
        changes=[(a, before.get(a), after.get(a)) for a in changed],
    )
