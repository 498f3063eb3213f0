"""A workbook of one sheet of text: xlsxwriter makes the book, the rows are written here, four times faster.

Numbers stay text, so that no program rounds them; the same rows give the same bytes, on any day.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from core.errors import InvalidInputError

MOST_ROWS = 1 << 20
"""Rows of a sheet; what a program for tables writes beyond them is lost without a word."""

_PART = "xl/worksheets/sheet1.xml"
_END = b"</row></sheetData>"
_MADE = datetime(2000, 1, 1, tzinfo=UTC)
"""Stands in the file instead of the hour, which would change its bytes."""
_SIZE = re.compile(rb"<dimension [^>]*/>")
"""Which cells there are: as many as the headings, and nobody needs it."""
_SPECIAL = re.compile(r"[&<>\x00-\x1f\ufffe\uffff]|^\s|\s$|_x[0-9A-Fa-f]{4}_")
_CODED = re.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")


class TooManyRowsError(InvalidInputError):
    """More rows than a sheet of a workbook has."""

    code = "too_many_rows"


def text_workbook(name: str, rows: Iterable[Sequence[str]]) -> bytes:
    """A workbook.

    Args:
        name: of its sheet.
        rows: text; the first are headings and stay in sight.

    Raises:
        TooManyRowsError: the sheet cannot hold them.
    """
    rest = iter(rows)
    book, out = io.BytesIO(_skeleton(name, next(rest))), io.BytesIO()
    with ZipFile(book) as source, ZipFile(out, "w", ZIP_DEFLATED) as target:
        for part in source.infolist():
            data = source.read(part)
            target.writestr(part, _filled(data, rest) if part.filename == _PART else data, ZIP_DEFLATED)
    return out.getvalue()


def _skeleton(name: str, headings: Sequence[str]) -> bytes:
    """The workbook with the headings alone."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        book.set_properties({"created": _MADE})
        sheet = book.add_worksheet(name)
        bold = book.add_format({"bold": True})
        for column, heading in enumerate(headings):
            sheet.write_string(0, column, heading, bold)
        sheet.freeze_panes(1, 0)
    return out.getvalue()


def _filled(sheet: bytes, rows: Iterable[Sequence[str]]) -> bytes:
    """The sheet with the rows behind its headings."""
    start, end = _SIZE.sub(b"", sheet).split(_END)
    return b"".join([start, b"</row>", *_written(rows), b"</sheetData>", end])


def _written(rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    columns: list[str] = []
    for number, row in enumerate(rows, start=2):
        if number > MOST_ROWS:
            raise TooManyRowsError("工作表最多 %(most)s 行，装不下这些选手；请改用 CSV 或 JSON", most=MOST_ROWS)
        columns += [xl_col_to_name(index) for index in range(len(columns), len(row))]
        cells = "".join(
            [
                f'<c r="{column}{number}" t="inlineStr"><is>{_text(cell)}</is></c>'
                for column, cell in zip(columns, row, strict=False)
                if cell
            ]
        )
        yield f'<row r="{number}">{cells}</row>'.encode()


def _text(cell: str) -> str:
    if _SPECIAL.search(cell) is None:
        return f"<t>{cell}</t>"
    coded = _CODED.sub(lambda sign: f"_x{ord(sign[0]):04X}_", cell)
    return f'<t xml:space="preserve">{escape(coded)}</t>'
