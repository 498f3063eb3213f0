"""A delegation's own workbook again, every wrong row coloured and commented, so that whoever sent it can mend it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath

from competitions.models import RosterImport
from competitions.registration.importing import event_names, import_of, planned_anew, require_pending
from competitions.registration.intake import Fate, PlannedRow
from competitions.registration.previews import workbook_of
from competitions.roster import FIELD_NAMES, Field, Outcome, Problem, RosterReading, RosterRow, read_sheets
from competitions.roster.findings import finding, remark
from competitions.roster.workbooks import corrected_workbook
from competitions.setup import competition_of
from core.audit import record
from core.auth import Actor
from core.db import db, transaction
from core.errors import ConflictError
from core.spreadsheets import read_spreadsheet

_FIELDS = {name: of for of, name in FIELD_NAMES.items()}


class NoWorkbookError(ConflictError):
    """The preview is of a time when workbooks were not kept with it."""

    code = "no_workbook"


@dataclass(frozen=True, slots=True)
class MarkRoster:
    """Give out a preview's workbook with marks and comments."""

    competition_id: int
    import_id: int
    actor: Actor


@dataclass(frozen=True, slots=True)
class MarkedWorkbook:
    """The workbook, under a name that tells it from the delegation's own."""

    filename: str
    data: bytes


def marked_workbook(command: MarkRoster) -> MarkedWorkbook:
    """The workbook of a preview with everything that is wrong with it as of now: in the cells, and as a list.

    Raises:
        AlreadySettledError: it was taken in or dropped, and its workbook with it.
        NoWorkbookError: the workbook was not kept.
        NotFoundError: no such preview in this competition.
    """
    row = import_of(db.session(), command.competition_id, command.import_id)
    require_pending(row)
    data = _marked(row, command.competition_id)
    with transaction() as session:
        detail = {"filename": row.filename, "digest": row.digest}
        target = f"roster_import:{command.import_id}"
        record(session, command.actor.act("roster.marked", target, command.competition_id, detail))
    return MarkedWorkbook(f"{PurePath(row.filename).stem}（已标注）.xlsx", data)


def _marked(row: RosterImport, competition_id: int) -> bytes:
    data = workbook_of(row)
    if not data:
        raise NoWorkbookError("这份预览没有保存原表，请重新上传后再下载")
    competition = competition_of(competition_id)
    sheets = read_spreadsheet(data, row.filename)
    reading = read_sheets(sheets, event_names(competition), competition.opens_on)
    return corrected_workbook(sheets, with_fates(reading, planned_anew(db.session(), competition, reading)))


def with_fates(reading: RosterReading, planned: Sequence[PlannedRow]) -> RosterReading:
    """The reading with what only the import knows: incomplete teams, unnamed groups, names that differ."""
    rows = tuple(_refused(row, plan) for row, plan in zip(reading.rows, planned, strict=True))
    return replace(reading, rows=rows)


def _refused(row: RosterRow, plan: PlannedRow) -> RosterRow:
    if plan.fate is not Fate.WRONG or row.outcome is Outcome.ERROR:
        return row
    of = _FIELDS.get(plan.column, Field.NAME)
    said_of_entry = finding(remark(Problem.ENTRY_REFUSED, of, reason=plan.message), plan.column)
    return replace(row, outcome=Outcome.ERROR, findings=(said_of_entry, *row.findings))
