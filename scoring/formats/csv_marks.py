"""Marks in CSV, long form: one row a mark. Columns are found by their names, in any order."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from core.messages import joined, said
from scoring.engine.marks import MarkRow
from scoring.engine.problems import MarksError, Problem
from scoring.engine.scheme import Scheme

REQUIRED = ("contestant", "aspect", "judge", "value")
OPTIONAL = ("stage", "status", "award", "delegation")
UNREAD = ("name", "unit", "note")
"""Columns for people; they may be there and are not read."""


def read_mark_rows(data: bytes, source: str, scheme: Scheme) -> Iterator[MarkRow]:
    """The rows of a CSV file.

    Args:
        data: UTF-8 (with or without a byte order mark) or GB 18030, comma separated, headings in the first row.
        source: name of the file, for the messages.
        scheme: says which item values may have a column.

    Raises:
        MarksError: no headings, unknown or missing columns, rows of another length.
    """
    table = csv.reader(io.StringIO(_decoded(data, source), newline=""), strict=True)
    try:
        headings = [heading.strip() for heading in next(table, [])]
        check_headings(headings, source, scheme)
        yield from mark_rows(table, headings, source, scheme)
    except csv.Error as error:
        raise MarksError([Problem(said("不是合格的 CSV（引号不成对等）"), file=source, line=table.line_num)]) from error


def _decoded(data: bytes, source: str) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise MarksError([Problem(said("文件既不是 UTF-8 也不是 GB 18030 编码的文本"), file=source)])


def check_headings(headings: list[str], source: str, scheme: Scheme) -> None:
    """Refuse headings that are missing, unknown or there twice.

    Raises:
        MarksError: with every one of them.
    """
    known = {*REQUIRED, *OPTIONAL, *UNREAD, *scheme.items}
    problems = [
        Problem(said("缺少“%(name)s”列", name=name), file=source, line=1, column=name)
        for name in REQUIRED
        if name not in headings
    ]
    for index, name in enumerate(headings):
        if name not in known:
            sentence = said(
                "不认识的列「%(name)s」（可用 %(known)s）",
                name=name,
                known=joined([*REQUIRED, *OPTIONAL, *sorted(scheme.items), *UNREAD]),
            )
            problems.append(Problem(sentence, file=source, line=1, column=name or f"第 {index + 1} 列"))
        elif name in headings[:index]:
            problems.append(Problem(said("列重复"), file=source, line=1, column=name))
    if problems:
        raise MarksError(problems)


def mark_rows(
    table: Iterator[list[str]], headings: list[str], source: str, scheme: Scheme, first_line: int = 2
) -> Iterator[MarkRow]:
    """The rows beneath the headings; empty ones are left out.

    Args:
        table: cells of each row.
        headings: names of the columns, checked.
        source: name of the file, for the messages.
        scheme: says which item values may have a column.
        first_line: number of the first row, for the messages.

    Raises:
        MarksError: rows of another length, after all others have been given.
    """
    problems: list[Problem] = []
    items = [name for name in headings if name in scheme.items]
    for line, cells in enumerate(table, start=first_line):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(headings):
            sentence = said("本行有 %(cells)s 格，表头有 %(headings)s 列", cells=len(cells), headings=len(headings))
            problems.append(Problem(sentence, file=source, line=line))
            continue
        row = {name: cell.strip() for name, cell in zip(headings, cells, strict=True)}
        yield MarkRow(
            contestant=row["contestant"],
            aspect=row["aspect"],
            judge=row["judge"],
            value=row["value"],
            stage=row.get("stage", ""),
            items={name: row[name] for name in items},
            status=row.get("status", ""),
            award=row.get("award", ""),
            delegation=row.get("delegation", ""),
            file=source,
            line=line,
        )
    if problems:
        raise MarksError(problems)
