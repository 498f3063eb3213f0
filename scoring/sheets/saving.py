"""Marks from judges' devices: each save is a new revision, each retry is the same save; sheets are handed in.

Identity is asked first, then whether the save is a retry (before everything that could refuse one), then the sheet's
state, then whether somebody else was first, and last the values. What is refused is kept beside the marks.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Table, bindparam, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from core.audit import record
from core.auth import Actor, SignIn
from core.clock import now
from core.db import transaction
from core.errors import DomainError, InvalidInputError
from core.many_rows import insert_many
from scoring.jury.contestant_signing import require_signatures
from scoring.jury.sheet_rules import (
    require_asked_rounds,
    require_holder,
    require_open_aspects,
    require_watches,
    votes_due,
)
from scoring.models import RefusedSave, ScoreSheet, SheetRevision, SheetSubmission
from scoring.sheets.checks import (
    HandedOverError,
    IncompleteSheetError,
    KeyReusedError,
    RevotePendingError,
    SchemeChangedError,
    StaleRevisionError,
    closed,
    missing_aspects,
    require_same_sheet,
    usable_marks,
)
from scoring.sheets.reading import LockedSheet, Paper, latest, locked_sheets, paper_of
from scoring.states import SheetAction, SheetState, after

MOST_AT_ONCE = 50
REVISIONS, SHEETS, SIGN_INS = (cast(Table, model.__table__) for model in (SheetRevision, ScoreSheet, SignIn))
STORED = select(REVISIONS.c.key, REVISIONS.c.sheet_id, REVISIONS.c.number).where(
    REVISIONS.c.key.in_(bindparam("keys", expanding=True))
)
COUNT = update(SHEETS).where(SHEETS.c.id == bindparam("of")).values(revision=bindparam("newest"))
NOTE_UNSENT = (
    update(SIGN_INS)
    .where(SIGN_INS.c.id == bindparam("of"), SIGN_INS.c.unsent != bindparam("left"))
    .values(unsent=bindparam("left"))
)
"""Statements past the unit of work, made once: three hundred tablets may come back at once, each with fifty saves."""
Row = dict[str, Any]
"""The columns of one new revision."""


@dataclass(frozen=True, slots=True)
class SaveMarks:
    """What a tablet asks for: the whole of one sheet's marks. `key` is made there, once per save, and kept in retries.

    Attributes:
        sheet_id: which sheet.
        key: names this save for ever.
        marks: aspect to what was entered, or None for a mark taken back; an aspect not named was never marked.
        base_revision: the revision that the judge saw; or
        base_key: the key of the save before it on the same device, for saves that queue one behind the other.
        notes: aspect to note.
        doubts: aspects marked 有疑问.
        scheme_version_id: the scheme that the device marked by; None if it does not say.
        device_saved_at: the device's own clock.
        resolves: key of the refused save that the judge has decided about with this one.
        rounds: aspect to the round of voting of its mark, where a further vote was asked for.
        times: aspect to the moments of its stop watch, all of them, oldest first.
        called: what the device called the contestant or the work by; None if it does not say.
        place: scheme, module and seat of the device's sheet, as `place_of` has them; None if it does not say.
    """

    sheet_id: int
    key: UUID
    marks: Mapping[str, str | None]
    base_revision: int | None = None
    base_key: UUID | None = None
    notes: Mapping[str, str] = field(default_factory=dict)
    doubts: Sequence[str] = ()
    scheme_version_id: int | None = None
    device_saved_at: datetime | None = None
    resolves: UUID | None = None
    rounds: Mapping[str, int] = field(default_factory=dict)
    times: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    called: str | None = None
    place: str | None = None


@dataclass(frozen=True, slots=True)
class Saved:
    """The save is on the server's disk as this revision."""

    key: UUID
    revision: int


@dataclass(frozen=True, slots=True)
class Refused:
    """The save is no mark, and why."""

    key: UUID
    error: DomainError


def save_marks(command: SaveMarks, actor: Actor) -> int:
    """Store one revision of a sheet and return its number.

    A retry with a key already stored returns the first answer and writes nothing, so a device may resend after a
    lost reply as often as it likes.

    Raises:
        NotAllowedError: the actor is no judge.
        NotFoundError, ForeignSheetError: no such sheet, or another judge's.
        HandedOverError: it was this judge's until somebody took the seat over.
        KeyReusedError: the key names a save of another sheet.
        SheetClosedError: handed in; says by whom and when.
        SheetReplacedError: sheets were made anew, and this number is another contestant's or seat's now.
        SchemeChangedError, StaleRevisionError: somebody or something was first; says what the server has.
        AspectClosedError: the sheet is open again for other aspects alone.
        BadMarksError: values, rounds or times that their aspects do not admit, by aspect.
    """
    (outcome,) = _take([command], actor)
    if isinstance(outcome, Refused):
        raise outcome.error
    return outcome.revision


@dataclass(frozen=True, slots=True)
class SyncSaves:
    """What a device has queued, oldest first; `unsent` is how many saves will remain on it."""

    saves: Sequence[SaveMarks]
    unsent: int | None = None


def sync_saves(command: SyncSaves, actor: Actor) -> list[Saved | Refused]:
    """Take up to MOST_AT_ONCE saves in one transaction, each with its own outcome; none stops the others.

    Raises:
        InvalidInputError: more saves than that.
    """
    if len(command.saves) > MOST_AT_ONCE:
        raise InvalidInputError("一次最多上传 %(n)s 次保存", n=MOST_AT_ONCE)
    return _take(command.saves, actor, command.unsent)


def _take(saves: Sequence[SaveMarks], actor: Actor, unsent: int | None = None) -> list[Saved | Refused]:
    with transaction() as session:
        if unsent is not None:
            _note_unsent(session, actor, unsent)
        return store(session, saves, actor)


def store(session: Session, saves: Sequence[SaveMarks], actor: Actor) -> list[Saved | Refused]:
    """Take saves of `actor`, a judge, within a transaction that another use case has opened."""
    desk = _Desk(session, actor, saves)
    outcomes = [desk.take(save) for save in saves]
    desk.record()
    return outcomes


def _note_unsent(session: Session, actor: Actor, unsent: int) -> None:
    session.execute(NOTE_UNSENT, {"of": actor.sign_in_id, "left": unsent})


class _Desk:
    """One judge's saves inside one transaction: their sheets locked, the keys that are stored already known."""

    def __init__(self, session: Session, actor: Actor, saves: Sequence[SaveMarks]) -> None:
        self.session = session
        self.actor = actor
        self.judge_id = actor.judge_id
        self.sheets = locked_sheets(session, {save.sheet_id for save in saves})
        keys = {key for save in saves for key in (save.key, save.base_key) if key is not None}
        self.stored = stored_keys(session, keys)
        self.papers: dict[int, Paper] = {}
        self.moment = now()
        self.added: dict[int, list[Row]] = {}
        self.resolved: dict[int, list[str]] = {}
        self.refused: list[tuple[SaveMarks, DomainError]] = []

    def take(self, save: SaveMarks) -> Saved | Refused:
        """Store the save, or say why not."""
        try:
            return Saved(save.key, self._store(save))
        except DomainError as error:
            self.refused.append((save, error))
            return Refused(save.key, error)

    def _store(self, save: SaveMarks) -> int:
        sheet = self._own(save)
        if save.key in self.stored:
            sheet_id, number = self.stored[save.key]
            if sheet_id != save.sheet_id:
                raise KeyReusedError("这次保存的编号已用于另一张评分表")
            return number
        if sheet.row.state is not SheetState.OPEN:
            raise closed(sheet)
        require_same_sheet(sheet, save.called, save.place)
        self._refuse_stale(sheet, save)
        marks = self._usable(sheet, save)
        if sheet.row.reopened_for is not None:
            require_open_aspects(sheet.row, marks, self._before(sheet.row))
        require_asked_rounds(self.session, sheet.row, save.rounds)
        return self._add(sheet, save, marks)

    def _own(self, save: SaveMarks) -> LockedSheet:
        """The judge's sheet; one that went over to a substitute still answers the retry of a save made before."""
        sheet = self.sheets.get(save.sheet_id)
        try:
            return require_holder(self.session, sheet, self.judge_id)
        except HandedOverError:
            if sheet is None or self.stored.get(save.key, (0, 0))[0] != save.sheet_id:
                raise
            return sheet

    def _before(self, sheet: ScoreSheet) -> Mapping[str, str | None]:
        added = self.added.get(sheet.id)
        newest = SheetRevision(**added[-1]) if added else latest(self.session, sheet)
        return newest.marks if newest else {}

    def _usable(self, sheet: LockedSheet, save: SaveMarks) -> dict[str, str | None]:
        if save.sheet_id not in self.papers:
            self.papers[save.sheet_id] = paper_of(sheet.row, sheet.module_code)
        paper = self.papers[save.sheet_id]
        require_watches(paper.aspects, save.times)
        before = self.added.get(save.sheet_id)
        known = before[-1]["marks"] if before else None
        return usable_marks(paper, save.marks, (*save.notes, *save.doubts), known)

    def _refuse_stale(self, sheet: LockedSheet, save: SaveMarks) -> None:
        if save.scheme_version_id not in (None, sheet.row.scheme_version_id):
            raise SchemeChangedError("评分方案已换成新版，请核对后重新评分")
        base = save.base_revision
        if save.base_key is not None:
            base_sheet, base = self.stored.get(save.base_key, (0, None))
            base = base if base_sheet == save.sheet_id else None
        if base != sheet.row.revision:
            added = self.added.get(sheet.row.id)
            newest = SheetRevision(**added[-1]) if added else latest(self.session, sheet.row)
            raise StaleRevisionError(sheet.row.revision, newest, is_orphan=base is None)

    def _add(self, sheet: LockedSheet, save: SaveMarks, marks: Mapping[str, str | None]) -> int:
        set_committed_value(sheet.row, "revision", sheet.row.revision + 1)  # written in `record`, for all at once
        revision: Row = {
            "sheet_id": sheet.row.id,
            "number": sheet.row.revision,
            "key": save.key,
            "marks": dict(marks),
            "notes": dict(save.notes),
            "doubts": list(save.doubts),
            "rounds": dict(save.rounds),
            "times": dict(save.times),
            "saved_at": self.moment,
            "saved_by": self.actor.key,
            "device_saved_at": save.device_saved_at,
            "sign_in_id": self.actor.sign_in_id or None,
        }
        self.stored[save.key] = (sheet.row.id, sheet.row.revision)
        self.added.setdefault(sheet.row.id, []).append(revision)
        if save.resolves is not None:
            self.resolved.setdefault(sheet.row.id, []).append(str(save.resolves))
        return sheet.row.revision

    def record(self) -> None:
        """Write the revisions, an audit line for each sheet that got some, and one for each save first refused now."""
        rows = [revision for revisions in self.added.values() for revision in revisions]
        if rows:
            insert_many(self.session, REVISIONS, rows)
            newest = [{"of": sheet_id, "newest": added[-1]["number"]} for sheet_id, added in self.added.items()]
            self.session.execute(COUNT, newest)
        for sheet_id, revisions in self.added.items():
            detail: dict[str, Any] = {"first": revisions[0]["number"], "last": revisions[-1]["number"]}
            detail["digest"] = digest(revisions)
            if sheet_id in self.resolved:
                detail["resolves"] = self.resolved[sheet_id]
            self._line("sheet.saved", sheet_id, detail)
        known = select(RefusedSave.key).where(RefusedSave.key.in_([save.key for save, _ in self.refused]))
        seen = set(self.session.scalars(known)) if self.refused else set()
        for save, error in self.refused:
            if save.key in seen or save.key in self.stored:
                continue
            seen.add(save.key)
            if save.sheet_id in self.sheets:
                self._keep(save, error)
            elif self.actor.competition_id:  # there is no sheet to keep it with; the device shows it
                self._line("sheet.save_refused", save.sheet_id, {"key": str(save.key), "code": error.code})

    def _keep(self, save: SaveMarks, error: DomainError) -> None:
        self.session.add(
            RefusedSave(
                sheet_id=save.sheet_id,
                key=save.key,
                code=error.code,
                marks=dict(save.marks),
                notes=dict(save.notes),
                rounds=dict(save.rounds),
                times=dict(save.times),
                refused_at=now(),
                device_saved_at=save.device_saved_at,
                sign_in_id=self.actor.sign_in_id,
            )
        )
        self._line("sheet.save_refused", save.sheet_id, {"key": str(save.key), "code": error.code})

    def _line(self, action: str, sheet_id: int, detail: dict[str, Any]) -> None:
        competition_id = self.actor.competition_id or self.sheets[sheet_id].competition_id
        record(self.session, self.actor.act(action, f"score_sheet:{sheet_id}", competition_id, detail))


def stored_keys(session: Session, keys: Iterable[UUID]) -> dict[UUID, tuple[int, int]]:
    """Sheet and revision number of those of `keys` that are stored."""
    rows = session.execute(STORED, {"keys": list(keys)})
    return {key: (sheet_id, number) for key, sheet_id, number in rows}


def digest(revisions: Iterable[Mapping[str, Any]]) -> str:
    """SHA-256 over number, key, marks, notes and doubts of revisions, by which the audit chain vouches for them.

    Rounds of voting and times are part of it where there are any.
    """
    lines = [
        [r["number"], str(r["key"]), r["marks"], r["notes"], r["doubts"], *filter(None, (r["rounds"], r["times"]))]
        for r in revisions
    ]
    text = json.dumps(lines, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class SubmitSheet:
    """Hand a sheet in. `key`, `base_revision` and `base_key` as in SaveMarks; signatures are SVG paths; `unsent` is how
    much will remain on the device; `is_on_paper`: signatures stand on a paper sheet, as far as there are any."""

    sheet_id: int
    key: UUID
    base_revision: int | None = None
    base_key: UUID | None = None
    signature: str = ""
    device_submitted_at: datetime | None = None
    contestant_signature: str = ""
    contestant_refusal: str = ""
    unsent: int | None = None
    is_on_paper: bool = False


@dataclass(frozen=True, slots=True)
class Submitted:
    """The sheet is handed in: which revision, and when."""

    revision: int
    submitted_at: datetime


def submit_sheet(command: SubmitSheet, actor: Actor) -> Submitted:
    """Hand a sheet in; a retry with the same key returns the first answer and hands nothing in again.

    Raises:
        NotFoundError, ForeignSheetError, KeyReusedError, SheetClosedError, StaleRevisionError: as `save_marks`.
        IncompleteSheetError: aspects that must be marked are not; names them.
        RevotePendingError: a vote that was asked for again is still to come.
        InvalidInputError: a signature that is no path.
        JudgeUnsignedError, ContestantUnsignedError: the event asks for the contestant's signature and there is none.
    """
    with transaction() as session:
        return hand_in(session, command, actor)


def hand_in(session: Session, command: SubmitSheet, actor: Actor) -> Submitted:
    """The same within a transaction that another use case has opened."""
    sheet = require_holder(session, locked_sheets(session, {command.sheet_id}).get(command.sheet_id), actor.judge_id)
    if command.unsent is not None:
        _note_unsent(session, actor, command.unsent)
    earlier = session.scalar(select(SheetSubmission).where(SheetSubmission.key == command.key))
    if earlier is not None:
        if earlier.sheet_id != command.sheet_id:
            raise KeyReusedError("这次提交的编号已用于另一张评分表")
        return Submitted(earlier.revision, earlier.submitted_at)
    _refuse_submission(session, sheet, command)
    submission = _submission(command, sheet.row, actor)
    sheet.row.state = after(sheet.row.state, SheetAction.SUBMIT, "")
    sheet.row.submitted_at = submission.submitted_at
    sheet.row.reopened_for = None
    session.add(submission)
    detail = {"revision": sheet.row.revision, "key": str(command.key)}
    target = f"score_sheet:{sheet.row.id}"
    record(session, actor.act("sheet.submitted", target, sheet.competition_id, detail))
    return Submitted(submission.revision, submission.submitted_at)


def _refuse_submission(session: Session, sheet: LockedSheet, command: SubmitSheet) -> None:
    if sheet.row.state is not SheetState.OPEN:
        raise closed(sheet)
    newest = latest(session, sheet.row)
    base = command.base_revision
    if command.base_key is not None:
        base = sheet.row.revision if newest is not None and newest.key == command.base_key else None
    if base != sheet.row.revision:
        raise StaleRevisionError(sheet.row.revision, newest)
    missing = missing_aspects(sheet, newest.marks if newest else {})
    if missing:
        raise IncompleteSheetError(missing)
    due = votes_due(session, sheet.row, newest)
    if due:
        raise RevotePendingError(due)
    if command.is_on_paper:
        return
    signatures = (command.signature, command.contestant_signature)
    require_signatures(session, sheet.row, *signatures, refusal=command.contestant_refusal)


def _submission(command: SubmitSheet, sheet: ScoreSheet, actor: Actor) -> SheetSubmission:
    return SheetSubmission(
        sheet_id=sheet.id,
        key=command.key,
        revision=sheet.revision,
        signature=command.signature,
        contestant_signature=command.contestant_signature,
        contestant_refusal=command.contestant_refusal.strip(),
        submitted_at=now(),
        submitted_by=actor.key,
        device_submitted_at=command.device_submitted_at,
        sign_in_id=actor.sign_in_id or None,
    )
