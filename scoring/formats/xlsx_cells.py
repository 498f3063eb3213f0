"""Cells of workbooks as exact text, and mistakes with sheet, row and column letter."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from decimal import Decimal

from core.spreadsheets import Cell, Sheet, SpreadsheetError, cell_text, column_letters, read_spreadsheet
from scoring.engine.problems import Problem, SchemeError, sentence_of

_SIGNIFICANT = 15
"""Digits of a number that a table program keeps and shows; what a float holds beyond them is noise."""

_NOT_WORD = re.compile(r"[\W_]+")


def exact_text(value: Cell) -> str:
    """A cell as text without blanks at its ends; a number as the plain decimal that its cell shows, never a float."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        shown = format(Decimal(f"{value:.{_SIGNIFICANT}g}"), "f")
        return shown.rstrip("0").rstrip(".") if "." in shown else shown
    return cell_text(value).strip()


def normal_heading(value: Cell) -> str:
    """A heading for comparison: width, case, line breaks and punctuation do not matter."""
    folded = unicodedata.normalize("NFKC", cell_text(value)).casefold()
    return _NOT_WORD.sub(" ", folded).strip()


def cell_at(cells: Sequence[Cell], column: int | None) -> str:
    """Exact text of a row's cell; empty where the row is shorter or there is no such column."""
    return exact_text(cells[column]) if column is not None and column < len(cells) else ""


def sheets_of(data: bytes, name: str) -> list[Sheet]:
    """The sheets of a workbook.

    Raises:
        SchemeError: the file cannot be read; the sentence says why.
    """
    try:
        return read_spreadsheet(data, name)
    except SpreadsheetError as error:
        raise SchemeError([Problem(sentence_of(error), file=name)]) from error


def cell_problem(message: str, file: str, sheet: str, row: int, column: int | None = None) -> Problem:
    """A mistake at a cell; `row` and `column` count from 0 here and are named as people see them (12, F)."""
    letters = "" if column is None else column_letters(column)
    return Problem(message, file=f"{file}!{sheet}", line=row + 1, column=letters)
