"""A delegation's workbook as drafts: read as the organiser's import reads it, row by row, and put beside the list.

Nothing of a wrong row is stored. Whoever is on the list already is brought to what the workbook says, so that a
mended workbook can be uploaded again as often as one likes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from competitions.delegations.defining import delegation_of
from competitions.enrolment.entries import MOST_ENTRIES, TooManyEntriesError, mark_changed, own_entries
from competitions.enrolment.keeping import facts_of, put_facts
from competitions.enrolment.models import EnrolmentEntry, EntryState, Part
from competitions.enrolment.periods import Periods, periods_of, require_open, require_registering
from competitions.models import Competition, Delegation, Form
from competitions.registration.importing import MOST_BYTES, NoEventsError, RosterTooLargeError, event_keys
from competitions.registration.intake import Fate, Known, PlannedRow, plan
from competitions.registration.marking import with_fates
from competitions.roster import RosterReading, RosterRow, read_sheets
from competitions.roster.workbooks import corrected_workbook
from competitions.setup import competition_of, locked_competition
from core.audit import record
from core.auth import Actor, count_failure, refuse_guessing
from core.db import db, transaction
from core.messages import Said, said
from core.personal_data import blind_index
from core.spreadsheets import Sheet, read_spreadsheet

MOST_UPLOADS = 30
"""In a quarter of an hour: reading a workbook is work, and whoever holds a link may be anybody."""


@dataclass(frozen=True, slots=True)
class UploadWorkbook:
    """A workbook of a delegation; `leaves_out_wrong` is its word that wrong rows stay out."""

    competition_id: int
    delegation_id: int
    filename: str
    data: bytes
    leaves_out_wrong: bool
    actor: Actor


@dataclass(frozen=True, slots=True)
class Uploaded:
    """What came of a workbook. With wrong rows that nobody has left out, nothing was stored."""

    is_stored: bool
    added: int
    changed: int
    same: int
    wrong: tuple[PlannedRow, ...]
    warned: tuple[PlannedRow, ...]
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Read:
    sheets: Sequence[Sheet]
    reading: RosterReading
    rows: Sequence[PlannedRow]


def upload_workbook(command: UploadWorkbook) -> Uploaded:
    """Make the rows of a workbook drafts of the delegation, all good ones or none.

    Raises:
        SpreadsheetError, RosterError: the file cannot be read, or has no registration table.
        RosterTooLargeError, TooManyEntriesError: too large, or more people than a delegation has.
        NoEventsError: there is no event for persons.
        TooManyTriesError: too many workbooks of late.
        EnrolmentClosedError, WrongStateError: registration is not open.
    """
    read = _read(command)
    with transaction() as session:
        competition = locked_competition(session, command.competition_id)
        require_registering(competition)
        periods = periods_of(session, competition.id, command.delegation_id)
        require_open(periods.of(None))
        entries = own_entries(session, competition.id, command.delegation_id)
        rows = [_held_against(row, entries, periods) for row in read.rows]
        result = _store(session, command, entries, list(zip(rows, read.reading.rows, strict=True)))
        if result.is_stored:
            detail = {"filename": command.filename[:200], "added": result.added, "changed": result.changed}
            detail["left_out"] = len(result.wrong)
            target = f"delegation:{command.delegation_id}"
            record(session, command.actor.act("enrolment.uploaded", target, competition.id, detail))
        return replace(result, problems=read.reading.problems)


def marked_upload(command: UploadWorkbook) -> bytes:
    """The delegation's workbook again, with everything that is wrong with it in the cells and as a list.

    Raises:
        as `upload_workbook`; nothing is stored.
    """
    read = _read(command)
    session = db.session()
    periods = periods_of(session, command.competition_id, command.delegation_id)
    entries = own_entries(session, command.competition_id, command.delegation_id)
    rows = [_held_against(row, entries, periods) for row in read.rows]
    return corrected_workbook(read.sheets, with_fates(read.reading, rows))


def _read(command: UploadWorkbook) -> _Read:
    subject = f"enrolment-upload:{command.actor.key}"
    refuse_guessing(subject, allowed=MOST_UPLOADS)
    count_failure(subject)
    if len(command.data) > MOST_BYTES:
        raise RosterTooLargeError("报名表超过 %(most)s MB，请分开上传", most=MOST_BYTES // 2**20)
    competition = competition_of(command.competition_id)
    periods = periods_of(db.session(), competition.id)
    names = personal_events(competition, periods)
    delegation = _delegation(competition, command.delegation_id)
    sheets = read_spreadsheet(command.data, command.filename)
    reading = read_sheets(sheets, names, competition.opens_on, delegation.name)
    if len(reading.rows) > MOST_ENTRIES:
        raise RosterTooLargeError("报名表有 %(n)s 行，一次最多 %(most)s 行", n=len(reading.rows), most=MOST_ENTRIES)
    keys = [key for key in event_keys(competition) if key.id not in periods.later]
    return _Read(sheets, reading, plan(reading.rows, keys, Known(), blind_index))


def _delegation(competition: Competition, delegation_id: int) -> Delegation:
    return delegation_of(db.session(), competition.id, delegation_id)


def personal_events(competition: Competition, periods: Periods) -> list[str]:
    """The names of the events for which persons are registered, each once.

    Raises:
        NoEventsError: there is none.
    """
    found = (event for event in competition.events if event.form is not Form.UNIT and event.id not in periods.later)
    names = list(dict.fromkeys(event.name for event in found))
    if not names:
        raise NoEventsError("还没有赛项，请等组织者添加赛项后再填报")
    return names


def _held_against(row: PlannedRow, entries: Sequence[EnrolmentEntry], periods: Periods) -> PlannedRow:
    """The row with what only the list knows. Of other delegations nothing is told."""
    if row.fate is not Fate.NEW:
        return row
    same = [one for one in entries if one.document_index == row.index]
    other_name = next((one for one in same if one.name != row.values.name), None)
    if other_name is not None:
        text = said("这个证件号码在本队名单里是“%(name)s”，请核对", name=other_name.name)
        return _wrong(row, text)
    if not periods.of(row.event_id).is_open:
        return _wrong(row, said("“%(event)s”现在不在报名时间内", event=row.values.event))
    return replace(row, fate=Fate.ALREADY) if _entry_of(row, same) is not None else row


def _wrong(row: PlannedRow, text: Said) -> PlannedRow:
    return replace(row, fate=Fate.WRONG, column="", message=text, is_warned=False)


def _entry_of(row: PlannedRow, entries: Sequence[EnrolmentEntry]) -> EnrolmentEntry | None:
    place = (Part.CONTESTANT, row.index, row.event_id)
    return next((one for one in entries if (one.part, one.document_index, one.event_id) == place), None)


def _store(
    session: Session,
    command: UploadWorkbook,
    entries: Sequence[EnrolmentEntry],
    rows: Sequence[tuple[PlannedRow, RosterRow]],
) -> Uploaded:
    wrong = tuple(row for row, _ in rows if row.fate is Fate.WRONG)
    warned = tuple(row for row, _ in rows if row.is_warned and row.fate in (Fate.NEW, Fate.ALREADY))
    new = [(row, read) for row, read in rows if row.fate is Fate.NEW]
    if (wrong and not command.leaves_out_wrong) or not any(row.fate in (Fate.NEW, Fate.ALREADY) for row, _ in rows):
        return Uploaded(False, len(new), 0, 0, wrong, warned, ())
    if len(entries) + len(new) > MOST_ENTRIES:
        raise TooManyEntriesError("一个代表队最多填报 %(most)s 人次", most=MOST_ENTRIES)
    teams = _teams(entries, [row for row, _ in rows])
    for row, read in new:
        entry = EnrolmentEntry(
            competition_id=command.competition_id,
            delegation_id=command.delegation_id,
            event_id=row.event_id,
            part=Part.CONTESTANT,
            team=teams[row.team],
            revision=0,
        )
        _put(session, entry, read, command.actor)
    there = [(one, read) for row, read in rows if row.fate is Fate.ALREADY and (one := _entry_of(row, entries))]
    changed = [(one, read) for one, read in there if _differs(one, read)]
    for one, read in changed:
        _put(session, one, read, command.actor)
    return Uploaded(True, len(new), len(changed), len(there) - len(changed), wrong, warned, ())


def _put(session: Session, entry: EnrolmentEntry, read: RosterRow, actor: Actor) -> None:
    put_facts(entry, read)
    mark_changed(entry, actor)
    session.add(entry)


def _differs(entry: EnrolmentEntry, read: RosterRow) -> bool:
    """Whether the workbook says something else of who is on the list; who was approved stays as approved."""
    if entry.state is EntryState.APPROVED:
        return False
    group = read.values.group or facts_of(entry).group
    return facts_of(entry) != replace(read.values, group=group)


def _teams(entries: Sequence[EnrolmentEntry], rows: Sequence[PlannedRow]) -> Mapping[str, int]:
    """Numbers for the teams of a workbook: of whoever is on the list already, else after those of the event."""
    last: dict[int | None, int] = {}
    for one in entries:
        if one.part is Part.CONTESTANT:
            last[one.event_id] = max(last.get(one.event_id, 0), one.team)
    numbers: dict[str, int] = {}
    for row in rows:
        if row.fate is Fate.ALREADY and (there := _entry_of(row, entries)) is not None:
            numbers.setdefault(row.team, there.team)
    for row in rows:
        if row.fate is Fate.NEW and row.team not in numbers:
            last[row.event_id] = numbers[row.team] = last.get(row.event_id, 0) + 1
    return numbers
