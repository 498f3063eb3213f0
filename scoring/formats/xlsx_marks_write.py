"""Marks out as a workbook or CSV in long form, with item values, so that what is read in again is what was given."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from fractions import Fraction

from core.spreadsheets import SheetPlan, write_xlsx
from scoring.engine.exact import decimal_text
from scoring.engine.marks import Book, Marks
from scoring.engine.scheme import ROOT, Node, Scheme
from scoring.formats.csv_marks import REQUIRED

SHEET = "评分"


def marks_table(marks: Marks, scheme: Scheme) -> list[list[str]]:
    """Headings and rows: a row for each mark, one for each node that has item values, one for each status.

    An item value stands in a row of its own with its aspect or group and no mark, so that it is said once however
    many judges have marked. Columns that nobody needs are left out.

    Args:
        marks: as given, checked.
        scheme: that they were checked against; it says which item values have a column.
    """
    items = sorted(name for name in scheme.items if any(name in book.items for book in marks.books.values()))
    rows = [row for who, book in marks.books.items() for row in _rows(who, book, scheme)]
    extras = [name for name in ("status", "award", "delegation") if any(row.get(name) for row in rows)]
    stages = ["stage"] if any(row.get("stage") for row in rows) else []
    heads = ["contestant", *stages, *REQUIRED[1:], *items, *extras]
    return [heads, *([row.get(head, "") for head in heads] for row in rows)]


def _rows(who: str, book: Book, scheme: Scheme) -> Iterator[dict[str, str]]:
    """The rows of one contestant, who is there even without any mark."""
    about = {"contestant": who, "delegation": book.delegation, "award": "" if book.award else "no"}
    yield about | {"status": book.statuses.get("", "")}
    for stage, status in book.statuses.items():
        if stage:
            yield {"contestant": who, "stage": scheme.nodes[stage].code, "status": status}
    for place in _places(book):
        node = scheme.nodes[place]
        values = {name: decimal_text(given[place]) for name, given in book.items.items() if place in given}
        yield {"contestant": who} | _where(scheme, node) | values
    for name, given in book.marks.items():
        node = scheme.nodes[name]
        for judge, mark in given.items():
            yield {"contestant": who, "judge": judge, "value": mark_text(node, mark)} | _where(scheme, node)


def _places(book: Book) -> list[str]:
    """Nodes that have item values, each once."""
    return list(dict.fromkeys(place for given in book.items.values() for place in given))


def _where(scheme: Scheme, node: Node) -> dict[str, str]:
    """Stage and aspect columns by which the reader finds a node again; both empty for the whole."""
    stage = scheme.nodes[node.stage].code if node.stage else ""
    return {"stage": stage, "aspect": "" if node.id in (ROOT, node.stage) else node.code}


def mark_text(node: Node, mark: Fraction) -> str:
    """A mark as it may be entered: the label of its option, 是 or 否, or a decimal number."""
    options = node.entry.options if node.entry is not None else ()
    return next((label for label, worth in options if worth == mark), decimal_text(mark))


def to_xlsx(marks: Marks, scheme: Scheme) -> bytes:
    """The workbook; every cell is text, so that no program rounds a mark or makes a date of it."""
    table = marks_table(marks, scheme)
    widths = dict.fromkeys(range(len(table[0])), 12.0)
    return write_xlsx([SheetPlan(SHEET, [list(row) for row in table], header_row=0, widths=widths)])


def to_csv(marks: Marks, scheme: Scheme) -> bytes:
    """The same rows as CSV in UTF-8."""
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows(marks_table(marks, scheme))
    return out.getvalue().encode()
