"""Reads a registration workbook: one entry a row with normalised values and all that is wrong with it."""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from competitions.roster.columns import FIELD_NAMES, Field
from competitions.roster.defaults import contestants_tables, said_between_rows, said_once
from competitions.roster.events import EventNames
from competitions.roster.facts import read_nature, read_whether
from competitions.roster.findings import Finding, Problem, Remark, Severity, finding, remark
from competitions.roster.papers import read_birth, read_paper, younger_than_allowed
from competitions.roster.people import read_level, read_name, read_phone, read_sex, read_words
from competitions.roster.tables import Table, TableRow, find_table
from core.errors import InvalidInputError
from core.identity import IdentityDocument, Sex
from core.messages import Said, joined, message, said
from core.spreadsheets import Cell, Sheet, cell_text, read_spreadsheet


class RosterError(InvalidInputError):
    """A file without a registration table in it."""

    code = "roster"


class Outcome(StrEnum):
    """What becomes of a row."""

    OK = "ok"
    ERROR = "error"
    WARNING = "warning"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class RosterValues:
    """A contestant's registration in normalised form; None where nothing is known.

    Where a row is in error, the wrong field holds what was written.
    """

    name: str | None = None
    id_number: str | None = None
    id_kind: str | None = None
    sex: str | None = None
    event: str | None = None
    delegation: str | None = None
    unit: str | None = None
    level: int | None = None
    phone: str | None = None
    group: str | None = None
    birth: date | None = None
    unit_nature: str | None = None
    is_rural_migrant: bool | None = None
    is_new_employment: bool | None = None


@dataclass(frozen=True, slots=True)
class RosterRow:
    """One row of a registration table: where it stands, what it says, what is wrong, the gravest first."""

    sheet: str
    row: int
    outcome: Outcome
    values: RosterValues
    findings: tuple[Finding, ...] = ()
    skipped: str | None = None

    @property
    def column(self) -> str | None:
        """The heading over the gravest error or warning."""
        return self.findings[0].column if self.findings and self.outcome is not Outcome.OK else None

    @property
    def message(self) -> str | None:
        """All errors and warnings in sentences, or why the row is nobody's; None if it is in order."""
        if self.outcome is Outcome.SKIPPED:
            return self.skipped
        told = [entry.message for entry in self.findings if entry.severity is not Severity.NOTE]
        return joined(told, message("；")) if told else None


@dataclass(frozen=True, slots=True)
class RosterTable:
    """Where a table was found: sheet, row of its heading (from 1), and column (from 1) and heading of each field."""

    sheet: str
    header_row: int
    columns: dict[Field, tuple[int, str]]


@dataclass(frozen=True, slots=True)
class RosterReading:
    """A whole workbook as it was read. `problems` are sentences about the file, not about a row."""

    rows: tuple[RosterRow, ...]
    tables: tuple[RosterTable, ...]
    problems: tuple[str, ...]

    @property
    def header_row(self) -> int:
        """The row of the first table's heading, from 1."""
        return self.tables[0].header_row

    @property
    def columns(self) -> dict[Field, tuple[int, str]]:
        """Column (from 1) and heading of every field found in the first table."""
        return self.tables[0].columns

    def count(self, outcome: Outcome) -> int:
        """How many rows have this outcome."""
        return sum(row.outcome == outcome for row in self.rows)


@dataclass(slots=True)
class _Entry:
    """A row on its way: remarks are still being gathered."""

    table: Table
    row: TableRow
    values: RosterValues
    remarks: list[Remark]
    document: IdentityDocument | None = None
    has_event: bool = False


def read_roster(
    data: bytes, filename: str, events: Sequence[str], opens_on: date, delegation: str = ""
) -> RosterReading:
    """Read a registration workbook as the import does.

    Args:
        data: the bytes of an XLSX or CSV file.
        filename: its name, for the suffix.
        events: the names of the competition's events; with none, every event name is taken as it is written.
        opens_on: the opening day, on which contestants must be old enough.
        delegation: the one that all rows belong to, where that is known from elsewhere; what they say of it is not
            asked then.

    Returns:
        One entry a row that is not empty, below the heading of every sheet that has one.

    Raises:
        SpreadsheetError: the file cannot be read.
        RosterError: no sheet has the heading of a registration table.
    """
    return read_sheets(read_spreadsheet(data, filename), events, opens_on, delegation)


def read_sheets(sheets: Sequence[Sheet], events: Sequence[str], opens_on: date, delegation: str = "") -> RosterReading:
    """Read the registration tables on sheets that are already open; see `read_roster`."""
    shown = [sheet for sheet in sheets if not sheet.is_hidden]
    tables = contestants_tables([table for table in map(find_table, shown) if table is not None])
    if not tables:
        raise RosterError(
            "没有找到报名表的表头：同一行里至少要有“姓名”和另外两列，例如“身份证号码”“参赛项目”（只查看每张表的前几十行）"
        )
    names = EventNames(events)
    entries: list[_Entry] = []
    for table in tables:
        defaults = said_once(table, names, alone=len(tables) == 1)
        for row in table.rows:
            defaults |= said_between_rows(table, row, names)
            if delegation:
                row.cells[Field.DELEGATION] = delegation
            entries.append(_entry(table, row, names, opens_on, defaults))
    _compare_people(entries, several=len(tables) > 1)
    rows = tuple(_finished(entry) for entry in entries)
    wanted = (Field.ID_NUMBER, Field.EVENT) if delegation else (Field.ID_NUMBER, Field.EVENT, Field.DELEGATION)
    return RosterReading(rows, tuple(map(_described, tables)), tuple(_problems(tables, sheets, wanted)))


def read_person(cells: Mapping[Field, Cell], events: Sequence[str], opens_on: date) -> RosterRow:
    """Read one person who stands in no table, such as from a form: the same checks, the same sentences.

    Args:
        cells: what is stated, by field; fields that are left out were not asked for.
        events, opens_on: as for `read_roster`.
    """
    values, remarks, _document, _has_event = _read(cells, cells.keys(), EventNames(events), opens_on)
    findings = _gravest_first(finding(made, FIELD_NAMES[made.field]) for made in remarks)
    return RosterRow("", 0, _outcome(findings), values, tuple(findings))


def _entry(table: Table, row: TableRow, names: EventNames, opens_on: date, defaults: Mapping[Field, str]) -> _Entry:
    if row.skipped is not None:
        return _Entry(table, row, RosterValues(), [])
    values, remarks, document, has_event = _read(
        {**defaults, **row.cells}, table.header.columns.keys(), names, opens_on
    )
    return _Entry(table, row, values, remarks, document, has_event)


def _read(
    cells: Mapping[Field, Cell], asked: AbstractSet[Field], names: EventNames, opens_on: date
) -> tuple[RosterValues, list[Remark], IdentityDocument | None, bool]:
    """What stands in the cells of one person, what is wrong with it, the document, and whether the event is known."""
    texts = {of: cell_text(cells.get(of, "")) for of in Field}
    if Field.DELEGATION not in cells:
        # An enterprise's own competition has no delegations: its units stand for them.
        texts[Field.DELEGATION] = texts[Field.UNIT]
    name, said_of_name = read_name(texts[Field.NAME])
    paper = read_paper(cells.get(Field.ID_NUMBER, ""), texts[Field.ID_KIND], latest_birth=opens_on)
    document = paper.document
    sex, said_of_sex = _sex(texts[Field.SEX], document)
    birth, said_of_birth = read_birth(cells.get(Field.BIRTH, ""), document)
    event, said_of_event = _event(texts[Field.EVENT], names)
    level, said_of_level = read_level(texts[Field.LEVEL])
    phone, said_of_phone = read_phone(texts[Field.PHONE])
    words, said_of_words = _words(texts)
    facts, said_of_facts = _facts(texts)
    remarks = [*said_of_name, *paper.remarks, *younger_than_allowed(birth, document, opens_on), *said_of_sex]
    remarks += [*said_of_birth, *said_of_event, *said_of_words, *said_of_level, *said_of_phone, *said_of_facts]
    values = RosterValues(
        name=name or None,
        id_number=paper.number or None,
        id_kind=paper.kind,
        sex=sex.value if sex else None,
        event=event or texts[Field.EVENT].strip() or None,
        delegation=words[Field.DELEGATION] or None,
        unit=words[Field.UNIT] or None,
        level=level,
        phone=phone or None,
        group=words[Field.GROUP] or None,
        birth=birth,
        **facts,
    )
    known = asked | {Field.NAME, Field.ID_NUMBER, Field.EVENT}
    return values, [made for made in remarks if made.field in known], document, event is not None


def _sex(text: str, document: IdentityDocument | None) -> tuple[Sex | None, tuple[Remark, ...]]:
    stated, remarks = read_sex(text)
    shown = document.sex if document else None
    if stated and shown and stated is not shown:
        return stated, (remark(Problem.SEX_DIFFERS, Field.SEX, value=text.strip(), sex=shown.value),)
    if not stated and not remarks and not shown and document:
        return None, (remark(Problem.SEX_MISSING, Field.SEX),)
    return stated or shown, remarks


def _event(text: str, names: EventNames) -> tuple[str | None, tuple[Remark, ...]]:
    written = text.strip()
    if not written:
        return None, (remark(Problem.EVENT_MISSING, Field.EVENT),)
    event = names.find(written) if names.names else written
    if event is not None:
        return event, ()
    return None, (remark(Problem.EVENT_UNKNOWN, Field.EVENT, value=written, nearest=names.nearest(written)),)


def _words(texts: dict[Field, str]) -> tuple[dict[Field, str], tuple[Remark, ...]]:
    words: dict[Field, str] = {}
    remarks: list[Remark] = []
    for of in (Field.DELEGATION, Field.UNIT, Field.GROUP):
        words[of], wrong = read_words(texts[of], of)
        remarks += wrong
    if not words[Field.DELEGATION]:
        remarks.append(remark(Problem.DELEGATION_MISSING, Field.DELEGATION))
    if not words[Field.UNIT]:
        remarks.append(remark(Problem.UNIT_MISSING, Field.UNIT))
    return words, tuple(remarks)


def _facts(texts: dict[Field, str]) -> tuple[dict[str, Any], list[Remark]]:
    """What is said for figures alone, by the names of `RosterValues`."""
    nature, told = read_nature(texts[Field.UNIT_NATURE])
    facts: dict[str, Any] = {Field.UNIT_NATURE.value: nature.value if nature else None}
    remarks = [*told]
    for of in (Field.RURAL_MIGRANT, Field.NEW_EMPLOYMENT):
        facts[of.value], told = read_whether(texts[of], of)
        remarks += told
    return facts, remarks


def _compare_people(entries: Sequence[_Entry], *, several: bool) -> None:
    """One person twice: in one event it is an error, in two a question, under two names an error."""
    earlier: dict[tuple[str, str], list[_Entry]] = {}
    for entry in entries:
        if entry.document is None:
            continue
        seen = earlier.setdefault((entry.document.kind, entry.document.number), [])
        made = _about_same_person(entry, seen, several=several)
        if made is not None:
            entry.remarks.append(made)
        seen.append(entry)


def _about_same_person(entry: _Entry, seen: Sequence[_Entry], *, several: bool) -> Remark | None:
    named = [e for e in seen if e.values.name and entry.values.name]
    other_name = next((e for e in named if e.values.name != entry.values.name), None)
    if other_name is not None:
        place = _place(other_name, several=several)
        return remark(Problem.ID_OTHER_NAME, Field.ID_NUMBER, place=place, name=other_name.values.name or "")
    same_event = next((e for e in seen if e.values.event == entry.values.event), None)
    if same_event is not None:
        place = _place(same_event, several=several)
        return remark(Problem.ID_TWICE, Field.ID_NUMBER, place=place, event=entry.values.event or "")
    if seen and entry.has_event:
        place = _place(seen[0], several=several)
        return remark(Problem.ID_IN_TWO_EVENTS, Field.ID_NUMBER, place=place, event=seen[0].values.event or "")
    return None


def _place(entry: _Entry, *, several: bool) -> Said:
    row = entry.row.position + 1
    return (
        said("工作表“%(sheet)s”第%(row)s行", sheet=entry.table.sheet, row=row)
        if several
        else said("第%(row)s行", row=row)
    )


def _finished(entry: _Entry) -> RosterRow:
    position = entry.row.position + 1
    if entry.row.skipped is not None:
        why = said(entry.row.skipped.value)
        return RosterRow(entry.table.sheet, position, Outcome.SKIPPED, entry.values, skipped=why)
    findings = _gravest_first(
        finding(made, entry.table.heading(made.field, FIELD_NAMES[made.field])) for made in entry.remarks
    )
    return RosterRow(entry.table.sheet, position, _outcome(findings), entry.values, tuple(findings))


def _gravest_first(findings: Iterable[Finding]) -> list[Finding]:
    order = list(Severity)
    return sorted(findings, key=lambda found: order.index(found.severity))


def _outcome(findings: Sequence[Finding]) -> Outcome:
    gravest = findings[0].severity if findings else Severity.NOTE
    return {Severity.ERROR: Outcome.ERROR, Severity.WARNING: Outcome.WARNING, Severity.NOTE: Outcome.OK}[gravest]


def _described(table: Table) -> RosterTable:
    columns = {of: (column + 1, table.header.headings[of]) for of, column in table.header.columns.items()}
    return RosterTable(table.sheet, table.header.last_row + 1, columns)


def _problems(tables: Sequence[Table], sheets: Sequence[Sheet], wanted: Sequence[Field]) -> list[Said]:
    told = []
    for table in tables:
        for of in wanted:
            if of not in table.header.columns:
                told.append(said("工作表“%(sheet)s”没有“%(column)s”这一列", sheet=table.sheet, column=FIELD_NAMES[of]))
        for of in table.carried:
            heading = table.header.headings[of]
            told.append(
                said(
                    "工作表“%(sheet)s”的“%(column)s”一列多数为空，已按上一行补齐，请核对",
                    sheet=table.sheet,
                    column=heading,
                )
            )
    read = {table.sheet for table in tables}
    told += [
        said("工作表“%(sheet)s”已隐藏，没有读取", sheet=sheet.name)
        for sheet in sheets
        if sheet.is_hidden and sheet.rows
    ]
    told += [
        said("工作表“%(sheet)s”不是选手名单，没有读取", sheet=sheet.name)
        for sheet in sheets
        if not sheet.is_hidden and sheet.name not in read and sheet.rows
    ]
    return told
