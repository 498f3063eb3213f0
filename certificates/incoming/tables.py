"""Finds the table of a workbook by its headings and gives its rows as texts by field. Pure; faults are by row."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from core.errors import InvalidInputError
from core.spreadsheets import Cell, Sheet, cell_text

_SPACES = re.compile(r"[\s\u3000]+")
_BRACKETS = re.compile(r"[（(].*?[）)]")
_DEEPEST_HEADING = 30
_DAY = re.compile(r"(\d{4})(?:[-./年])(\d{1,2})(?:[-./月])(\d{1,2})日?")
MOST_ROWS = 5_000


class NoTableError(InvalidInputError):
    """A workbook in which the headings that are looked for are not found, or nothing beneath them."""

    code = "no_table"


class WrongUnitError(InvalidInputError):
    """A column of amounts in another unit, or in none that is named."""

    code = "wrong_unit"


class TooManyRowsError(InvalidInputError):
    """More rows than one workbook may bring."""

    code = "too_many_rows"


@dataclass(frozen=True, slots=True)
class Headings:
    """The words by which each column is known, and the columns without which there is no table."""

    words: Mapping[str, tuple[str, ...]]
    required: tuple[str, ...]
    units: Mapping[str, str] = field(default_factory=dict)
    """Fields whose heading must name this unit in brackets: an amount in another one would be misread."""


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row with what stands under each field; a column that the sheet lacks gives empty text."""

    sheet: str
    row: int
    """As people count, from 1."""
    texts: Mapping[str, str]


def read_table(sheets: Sequence[Sheet], headings: Headings) -> list[TableRow]:
    """The rows of every table of a workbook; empty rows and hidden sheets are passed over.

    Args:
        sheets: as `core.spreadsheets.read_spreadsheet` gives them.
        headings: what the columns are called; brackets and blanks in a heading do not count.

    Raises:
        NoTableError: no sheet has the required columns, or there is no row beneath them.
        WrongUnitError: a column of amounts does not name the unit that is wanted.
        TooManyRowsError: more than `MOST_ROWS`.
    """
    found: list[TableRow] = []
    for sheet in sheets:
        heading = None if sheet.is_hidden else _heading(sheet.rows, headings)
        if heading is None:
            continue
        start, columns = heading
        for number, cells in enumerate(sheet.rows[start + 1 :], start=start + 2):
            texts = {name: _text(cells, columns.get(name)) for name in headings.words}
            if any(texts[name] for name in headings.required):
                found.append(TableRow(sheet.name, number, texts))
    if not found:
        wanted = "".join(f"“{word}”" for word in headings.required)
        raise NoTableError("没有找到名单：表头须有%(columns)s这几列，下面每条一行", columns=wanted)
    if len(found) > MOST_ROWS:
        raise TooManyRowsError("有 %(n)s 行，一次最多 %(most)s 行，请分开上传", n=len(found), most=MOST_ROWS)
    return found


def _heading(rows: Sequence[Sequence[Cell]], headings: Headings) -> tuple[int, dict[str, int]] | None:
    for index, cells in enumerate(rows[:_DEEPEST_HEADING]):
        written = [cell_text(cell) for cell in cells]
        words = [_plain(heading) for heading in written]
        columns = {
            name: column for name, known in headings.words.items() if (column := _column(words, known)) is not None
        }
        if all(name in columns for name in headings.required):
            _require_units(written, columns, headings)
            return index, columns
    return None


def _require_units(written: Sequence[str], columns: Mapping[str, int], headings: Headings) -> None:
    for name, unit in headings.units.items():
        heading = _SPACES.sub("", unicodedata.normalize("NFKC", written[columns[name]])) if name in columns else ""
        if heading and f"({unit})" not in heading:
            raise WrongUnitError(
                "“%(heading)s”一列须以%(unit)s计，并在表头写明（%(unit)s）", heading=heading, unit=unit
            )


def _column(words: Sequence[str], known: Sequence[str]) -> int | None:
    return next((column for word in known for column, heading in enumerate(words) if heading == word), None)


def _plain(heading: str) -> str:
    return _BRACKETS.sub("", _SPACES.sub("", heading)).lstrip("*＊").rstrip("*＊:：")


def _text(cells: Sequence[Cell], column: int | None) -> str:
    return "" if column is None or column >= len(cells) else cell_text(cells[column]).strip()


def read_day(text: str) -> date | None:
    """A day as people write it: 2026-10-20, 2026.10.20, 2026/10/20, 2026年10月20日; None where it is none."""
    parts = _DAY.fullmatch(_SPACES.sub("", unicodedata.normalize("NFKC", text)))
    if parts is None:
        return None
    try:
        return date(*map(int, parts.groups()))
    except ValueError:
        return None
