"""Plain CSV files of millions of marks straight into columns; whatever is not plain is left to the careful reader.

The reader answers only for files in which nothing is wrong: no quotes, no words for values, every mark within its
bounds, nothing given twice. For all others it says so and `csv_marks` names what there is to name.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeVar

import numpy as np

from scoring.engine.columns import as_fractions
from scoring.engine.marks import STATUSES, Book, Marks
from scoring.engine.plan import FieldMarks
from scoring.engine.plan_values import Cells
from scoring.engine.scheme import Scheme
from scoring.formats.csv_marks import REQUIRED, UNREAD
from scoring.formats.mass_cells import Layout, NotPlainError, Piece, joined, read_piece
from scoring.formats.mass_items import items_of, statuses_of
from scoring.formats.mass_rows import Coded, MassRows
from scoring.formats.mass_table import marks_of

_PIECE = 1 << 20
"""Bytes that are read together."""

_CODED = ("aspect", "judge", "stage", "status")


@dataclass(frozen=True)
class MassMarks:
    """The marks of a field with its contestants' names, in the order of their first rows."""

    contestants: tuple[str, ...]
    marks: FieldMarks


def read_mass_marks(data: bytes, scheme: Scheme) -> MassMarks | None:
    """All marks of a plain file in columns.

    Args:
        data: UTF-8, comma separated, with the four required columns in any order; besides them may stand a stage, a
            status, the item values of the scheme, and columns for people.
        scheme: what the marks must fit.

    Returns:
        None if the file is not plain or something in it is wrong: read it with `csv_marks` then.
    """
    try:
        return _read(data, scheme)
    except (NotPlainError, UnicodeDecodeError):
        return None


def as_marks(mass: MassMarks, rows: Iterable[int] | None = None) -> Marks:
    """The same marks contestant by contestant, as `marks.collect_marks` gathers them.

    Args:
        mass: of the field.
        rows: of which contestants; None for all.
    """
    given, names = mass.marks, mass.contestants
    if rows is not None:
        chosen = np.fromiter(rows, dtype=np.int64)
        given, names = given.take(chosen), tuple(names[row] for row in chosen.tolist())
    books = [Book() for _ in names]
    for aspect, by_judge in given.marks.items():
        for judge, cells in by_judge.items():
            for row, value in _fractions(cells):
                books[row].marks.setdefault(aspect, {})[judge] = value
    _put_items(given, books)
    for stage, numbers in given.statuses.items():
        for row in np.flatnonzero(numbers).tolist():
            books[row].statuses[stage] = STATUSES[numbers[row] - 1]
    return Marks(dict(zip(names, books, strict=True)))


def _put_items(given: FieldMarks, books: Sequence[Book]) -> None:
    for name, by_node in given.items.items():
        for node, cells in by_node.items():
            for row, value in _fractions(cells):
                books[row].items.setdefault(name, {})[node] = value


def _fractions(cells: Cells) -> list[tuple[int, Fraction]]:
    """The rows that have a value with it; a field has few distinct ones, each becomes a fraction once."""
    rows = np.flatnonzero(cells.complete())
    if not cells.values.num.is_narrow:
        return list(zip(rows.tolist(), as_fractions(cells.values.take(rows)), strict=True))
    distinct, number = np.unique(cells.values.num.values[rows], return_inverse=True)
    values = [Fraction(value, cells.values.den) for value in distinct.tolist()]
    return [(row, values[own]) for row, own in zip(rows.tolist(), number.tolist(), strict=True)]


def _read(data: bytes, scheme: Scheme) -> MassMarks:
    first = data.find(b"\n") + 1
    if first == len(data) or any(sign in data for sign in (b'"', b"\r", b"\0")):
        raise NotPlainError
    layout = _layout(data[:first].removeprefix(b"\xef\xbb\xbf").decode(), scheme)
    pieces = side_by_side(lambda part: read_piece(_lines(data[slice(*part)]), layout), _parts(data, first))
    contestants, contestant = joined([piece.contestants for piece in pieces]).numbered()
    names = contestants.texts()
    if "" in names:
        raise NotPlainError
    rows = MassRows(
        scheme,
        pieces,
        len(names),
        np.split(contestant, np.cumsum([len(piece.contestants) for piece in pieces])[:-1]),
        {name: _coded(pieces, name) for name in layout.coded},
    )
    marks = marks_of(rows, side_by_side)
    return MassMarks(tuple(names), FieldMarks(len(names), marks, items_of(rows), statuses_of(rows)))


def _layout(line: str, scheme: Scheme) -> Layout:
    headings = line.removesuffix("\n").split(",")
    coded = {name: place for place, name in enumerate(headings) if name in {*_CODED, *scheme.items}}
    known = {"contestant", "value", *coded, *UNREAD}
    if len(set(headings)) < len(headings) or not set(REQUIRED) <= set(headings) or not set(headings) <= known:
        raise NotPlainError
    return Layout(len(headings), headings.index("contestant"), headings.index("value"), coded)


def _coded(pieces: Sequence[Piece], name: str) -> Coded:
    own = [piece.coded[name] for piece in pieces]
    distinct, numbers = joined([names for names, _ in own]).numbered()
    split = np.split(numbers, np.cumsum([len(names) for names, _ in own])[:-1])
    return Coded(distinct.texts(), split, [number for _, number in own])


def _parts(data: bytes, start: int) -> list[tuple[int, int]]:
    """Where whole lines of about a piece's size begin and end."""
    parts: list[tuple[int, int]] = []
    while start < len(data):
        stop = len(data) if start + _PIECE >= len(data) else data.rfind(b"\n", start, start + _PIECE) + 1
        if stop <= start:
            raise NotPlainError
        parts.append((start, stop))
        start = stop
    return parts


def _lines(part: bytes) -> bytes:
    return part if part.endswith(b"\n") else part + b"\n"


Given = TypeVar("Given")
Made = TypeVar("Made")


def side_by_side(work: Callable[[Given], Made], given: Sequence[Given]) -> list[Made]:
    """The work on all, on as many processors as there are: array operations do not hold each other up."""
    if len(given) < 2:
        return [work(own) for own in given]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(work, given))
