"""Marks in XLSX, long form, the same columns as in CSV; every mistake is named with sheet, row and column letter."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, time, timedelta

from core.messages import said
from core.spreadsheets import Cell, Sheet, SpreadsheetError, column_letters, read_spreadsheet
from scoring.engine.marks import Marks, collect_marks
from scoring.engine.problems import MarksError, Problem, sentence_of
from scoring.engine.scheme import Scheme
from scoring.formats.csv_marks import REQUIRED, UNREAD, check_headings, mark_rows
from scoring.formats.xlsx_cells import exact_text


def read_xlsx_marks(data: bytes, name: str, scheme: Scheme) -> Marks:
    """The marks of a workbook's first sheet with the headings of marks.

    Args:
        data: the workbook.
        name: of the file, for the messages.
        scheme: what the marks are checked against.

    Raises:
        MarksError: not a workbook, or with every row that does not fit.
    """
    try:
        sheets = [sheet for sheet in read_spreadsheet(data, name) if not sheet.is_hidden]
    except SpreadsheetError as error:
        raise MarksError([Problem(sentence_of(error), file=name)]) from error
    sheet, header = _find(sheets, name)
    headings = [exact_text(cell) for cell in sheet.rows[header]]
    while headings and not headings[-1]:
        headings.pop()
    source = f"{name}!{sheet.name}"
    try:
        _check_types(sheet, header, headings, source)
        check_headings(headings, source, scheme)
        lines = _lines(sheet.rows[header + 1 :], len(headings))
        return collect_marks(scheme, mark_rows(lines, headings, source, scheme, header + 2))
    except MarksError as error:
        raise MarksError([_lettered(problem, headings, header) for problem in error.problems]) from error


def _find(sheets: Sequence[Sheet], name: str) -> tuple[Sheet, int]:
    """The sheet and row (from 0) of the headings: the first where a contestant and a value have a column."""
    for sheet in sheets:
        for row, cells in enumerate(sheet.rows):
            headings = {exact_text(cell) for cell in cells}
            if {"contestant", "value"} <= headings:
                return sheet, row
    wanted = "、".join(REQUIRED)
    raise MarksError([Problem(said("工作簿中没有评分表的表头（%(wanted)s）", wanted=wanted), file=name)])


def _lines(rows: Sequence[Sequence[Cell]], width: int) -> Iterator[list[str]]:
    for cells in rows:
        texts = [exact_text(cell) for cell in cells]
        while len(texts) > width and not texts[-1]:
            texts.pop()
        yield texts + [""] * (width - len(texts))


def _check_types(sheet: Sheet, header: int, headings: Sequence[str], source: str) -> None:
    """A cell that a table program has turned into a date or a time of day is no mark any more.

    Whoever typed 12:34 there has 12 hours 34 minutes and meant minutes and seconds; no column that is read may hold it.
    """
    problems = [
        Problem(
            said("此格已被表格软件变成日期或时间，请将该列设为文本格式后重新填写"),
            file=source,
            line=row + 1,
            column=heading,
        )
        for row, cells in enumerate(sheet.rows)
        for heading, cell in zip(headings, cells, strict=False)
        if row > header and isinstance(cell, (date, time, timedelta)) and heading not in UNREAD
    ]
    if problems:
        raise MarksError(problems)


def _lettered(problem: Problem, headings: Sequence[str], header: int) -> Problem:
    """The column as people see it in the table: its letter, with the heading."""
    line = header + 1 if problem.line == 1 else problem.line
    if problem.column not in headings:
        return replace(problem, line=line)
    letter = column_letters(headings.index(problem.column))
    return replace(problem, line=line, column=f"{letter}（{problem.column}）")
