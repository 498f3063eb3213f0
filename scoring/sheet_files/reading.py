"""What stands on score sheets as paper: marks, notes, changes, signatures, pictures; as few queries for all as for one.

Closed marks stay closed: while not all seats of an entrant's module have handed in, its sheets are left out or refused.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from competitions.models import CALLED, Competition, Entrant, Event, Judge, Module
from core.auth import Actor
from core.db import db
from core.errors import ConflictError, NotAllowedError, NotFoundError
from scoring.engine.exact import decimal_text
from scoring.engine.scheme import Node
from scoring.jury.blindness import Pair, closed_pairs, is_own, opened_by
from scoring.models import ScoreSheet, SheetRevision, SheetSubmission
from scoring.paper_entry.provenance import FromPaper, papers_of
from scoring.photos.adding import SheetPicture, photos_of
from scoring.sheets.reading import stored_scheme
from scoring.sheets.saving import digest
from scoring.sheets.seating import EXTERNAL_SEAT, aspects_of_seat
from scoring.states import SheetState

ENTRANTS_A_PART = 60
"""A module's file holds so many entrants; more come in further parts."""


@dataclass(frozen=True, slots=True)
class PaperMark:
    """One aspect as it stands; `value` is empty where nothing is marked, `changes` how often a mark was replaced."""

    code: str
    label: str
    value: str
    full: str
    note: str
    is_doubted: bool
    changes: int


@dataclass(frozen=True, slots=True)
class PaperPhoto:
    """One picture, by its number and the digest of its file; `is_taken_back` by its judge before handing in."""

    number: int
    aspect: str
    digest: str
    received_at: datetime
    is_taken_back: bool


@dataclass(frozen=True, slots=True)
class SignedSheet:
    """One sheet as paper.

    Attributes:
        revision: number of the newest save; 0 if nothing is marked.
        digest: SHA-256 over that save, reckoned as in the audit record; empty if there is none.
        submission: the newest handing-in, None before the first.
        returns: how often it had been handed in before.
    """

    sheet_id: int
    competition: str
    event: str
    module: str
    draw_number: int | str | None
    seat: int
    judge: str
    state: SheetState
    marks: tuple[PaperMark, ...]
    revision: int
    digest: str
    saved_at: datetime | None
    submission: SheetSubmission | None
    returns: int
    confirmed_by: str
    confirmed_at: datetime | None
    photos: tuple[PaperPhoto, ...]
    paper: FromPaper | None = None
    """Where the newest save was typed from a paper sheet."""


@dataclass(frozen=True, slots=True)
class SheetFile:
    """The sheets of one file, and how many entrants are left out because their marks are closed still."""

    sheets: tuple[SignedSheet, ...]
    closed: int = 0


def sheet_file(competition_id: int, sheet_id: int, actor: Actor) -> SheetFile:
    """One sheet.

    Raises:
        NotFoundError: no such sheet in this competition.
        NotAllowedError: its marks are closed to the actor.
    """
    rows = _rows(_sheets(competition_id).where(ScoreSheet.id == sheet_id))
    if not rows:
        raise NotFoundError("这场竞赛里没有这张评分表")
    return _refusing(_open_to(rows, actor))


def entrant_file(competition_id: int, module_id: int, entrant_id: int, actor: Actor) -> SheetFile:
    """All sheets of an entrant in a module.

    Raises:
        NotFoundError: there is none in this competition.
        NotAllowedError: the marks are closed to the actor.
    """
    query = _sheets(competition_id).where(ScoreSheet.module_id == module_id, ScoreSheet.entrant_id == entrant_id)
    rows = _rows(query)
    if not rows:
        raise NotFoundError("这名选手在这个模块里没有评分表")
    return _refusing(_open_to(rows, actor))


def module_file(competition_id: int, module_id: int, actor: Actor, part: int = 1) -> SheetFile:
    """The sheets of a module, ENTRANTS_A_PART entrants at a time; entrants whose marks are closed are counted.

    Raises:
        NotFoundError: no such part, or no sheets in this competition.
        ConflictError: all marks of this part are closed still.
    """
    inside = _sheets(competition_id).where(ScoreSheet.module_id == module_id)
    entrants = list(dict.fromkeys(db.session.scalars(inside.with_only_columns(ScoreSheet.entrant_id))))
    chosen = entrants[(part - 1) * ENTRANTS_A_PART : part * ENTRANTS_A_PART] if part > 0 else []
    if not chosen:
        raise NotFoundError("这个模块没有这些评分表")
    found = _open_to(_rows(inside.where(ScoreSheet.entrant_id.in_(chosen))), actor)
    if not found.sheets:
        raise ConflictError("这些选手的评分表都还没有全部提交，分数暂不能查看")
    return found


def parts_of(session: Session, module_id: int) -> int:
    """In how many files a module comes."""
    entrants = session.scalars(select(ScoreSheet.entrant_id).where(ScoreSheet.module_id == module_id).distinct())
    return -(-len(entrants.all()) // ENTRANTS_A_PART)


def _refusing(found: SheetFile) -> SheetFile:
    if found.closed:
        raise NotAllowedError("这名选手的评分表还没有全部提交，分数暂不能查看")
    return found


@dataclass(frozen=True, slots=True)
class _Row:
    sheet: ScoreSheet
    competition: Competition
    event: Event
    module: Module
    draw_number: int | str | None
    judge: str


def _sheets(competition_id: int) -> Select[Any, Any, Any, Any, Any, Any]:
    return (
        select(ScoreSheet, Competition, Event, Module, CALLED, Judge.name)
        .join(Module, Module.id == ScoreSheet.module_id)
        .join(Event, Event.id == Module.event_id)
        .join(Competition, Competition.id == Event.competition_id)
        .join(Entrant, Entrant.id == ScoreSheet.entrant_id)
        .outerjoin(Judge, Judge.id == ScoreSheet.judge_id)
        .where(Competition.id == competition_id, ScoreSheet.state != SheetState.VACANT)
        .order_by(Entrant.draw_number, Entrant.id, ScoreSheet.seat_number)
    )


def _rows(query: Select[Any, Any, Any, Any, Any, Any]) -> list[_Row]:
    return [
        _Row(sheet, competition, event, module, draw_number, judge or "")
        for sheet, competition, event, module, draw_number, judge in db.session.execute(query)
    ]


def _open_to(rows: Collection[_Row], actor: Actor) -> SheetFile:
    """Those of `rows` that the actor may see now."""
    session = db.session()
    closed = {pair for event in {row.event.id for row in rows} for pair in closed_pairs(session, event)}
    closed -= opened_by(session, {row.module.id for row in rows}, actor)
    seen = [row for row in rows if _is_open(row.sheet, closed, actor)]
    hidden = {row.sheet.entrant_id for row in rows} - {row.sheet.entrant_id for row in seen}
    return SheetFile(tuple(_papers(session, seen)), len(hidden))


def _is_open(sheet: ScoreSheet, closed: Collection[Pair], actor: Actor) -> bool:
    is_outside = sheet.seat_number == EXTERNAL_SEAT
    return is_outside or is_own(sheet, actor) or (sheet.module_id, sheet.entrant_id) not in closed


@dataclass
class _Given:
    """What belongs to one sheet beside its row."""

    revisions: list[SheetRevision] = field(default_factory=list)
    submissions: list[SheetSubmission] = field(default_factory=list)
    photos: list[SheetPicture] = field(default_factory=list)
    papers: Mapping[UUID, FromPaper] = field(default_factory=dict)


def _papers(session: Session, rows: Collection[_Row]) -> Iterable[SignedSheet]:
    inside = [row.sheet.id for row in rows]
    papers = papers_of(session, inside)
    given = {sheet_id: _Given(papers=papers) for sheet_id in inside}
    revisions = select(SheetRevision).where(SheetRevision.sheet_id.in_(inside)).order_by(SheetRevision.number)
    for revision in session.scalars(revisions):
        given[revision.sheet_id].revisions.append(revision)
    submissions = select(SheetSubmission).where(SheetSubmission.sheet_id.in_(inside)).order_by(SheetSubmission.id)
    for submission in session.scalars(submissions):
        given[submission.sheet_id].submissions.append(submission)
    for sheet_id, photos in photos_of(session, inside).items():
        given[sheet_id].photos.extend(photos)
    return [_paper(row, given[row.sheet.id]) for row in rows]


def _paper(row: _Row, given: _Given) -> SignedSheet:
    sheet = row.sheet
    scheme = stored_scheme(sheet.scheme_version_id)
    aspects = {node.id: node for node in aspects_of_seat(scheme, row.module.code, sheet.seat_number)}
    newest = given.revisions[-1] if given.revisions else None
    marks = newest.marks if newest else {}
    changes = _changes(given.revisions)
    named = [*aspects, *(name for name in marks if name not in aspects)]
    return SignedSheet(
        sheet_id=sheet.id,
        competition=row.competition.title,
        event=str(row.event.title),
        module=row.module.name,
        draw_number=row.draw_number,
        seat=sheet.seat_number,
        judge=row.judge,
        state=sheet.state,
        marks=tuple(_mark(name, aspects.get(name), newest, changes.get(name, 0)) for name in named),
        revision=sheet.revision,
        digest=_digest(newest),
        saved_at=newest.saved_at if newest else None,
        submission=given.submissions[-1] if given.submissions else None,
        returns=max(0, len(given.submissions) - 1),
        confirmed_by=sheet.confirmed_by or "",
        confirmed_at=sheet.confirmed_at,
        photos=tuple(_photo(photo, aspects) for photo in given.photos),
        paper=given.papers.get(newest.key) if newest else None,
    )


def _changes(revisions: Iterable[SheetRevision]) -> dict[str, int]:
    """Aspect to how often a mark that stood there was replaced or taken back."""
    found: dict[str, int] = {}
    before: Mapping[str, str | None] = {}
    for revision in revisions:
        for name, old in before.items():
            if old is not None and revision.marks.get(name) != old:
                found[name] = found.get(name, 0) + 1
        before = revision.marks
    return found


def _mark(name: str, aspect: Node | None, newest: SheetRevision | None, changes: int) -> PaperMark:
    value = newest.marks.get(name) if newest else None
    unit = aspect.entry.unit if aspect is not None and aspect.entry is not None and value is not None else ""
    return PaperMark(
        code=aspect.code if aspect is not None else "",
        label=aspect.label if aspect is not None else name,
        value="" if value is None else f"{value} {unit}".strip(),
        full=decimal_text(aspect.max) if aspect is not None and aspect.max is not None else "",
        note=newest.notes.get(name, "") if newest else "",
        is_doubted=newest is not None and name in newest.doubts,
        changes=changes,
    )


def _photo(photo: SheetPicture, aspects: Mapping[str, Node]) -> PaperPhoto:
    row, aspect = photo.row, aspects.get(photo.row.aspect)
    label = aspect.label if aspect else row.aspect
    return PaperPhoto(row.number, label, row.digest, row.received_at, photo.taken_back_at is not None)


def _digest(revision: SheetRevision | None) -> str:
    if revision is None:
        return ""
    columns = ("number", "key", "marks", "notes", "doubts", "rounds", "times")
    return digest([{name: getattr(revision, name) for name in columns}])
