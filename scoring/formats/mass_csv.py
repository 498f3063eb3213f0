"""Plain CSV files of millions of marks straight into columns; whatever is not plain is left to the careful reader.

The reader answers only for files in which nothing is wrong: no quotes, no words for values, no further columns, every
mark within its bounds. For all others it says so and `csv_marks` names what there is to name.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import TypeVar

import numpy as np

from scoring.engine.columns import Array, from_whole
from scoring.engine.marks import Book, Marks
from scoring.engine.plan import FieldMarks
from scoring.engine.plan_values import COMPLETE, EMPTY, Cells
from scoring.engine.scheme import Node, Scheme
from scoring.formats.mass_cells import PLACES, Names, NotPlainError, Piece, joined, read_piece

COLUMNS = ("contestant", "aspect", "judge", "value")
_PIECE = 1 << 20
"""Bytes that are read together."""


@dataclass(frozen=True)
class MassMarks:
    """The marks of a field with its contestants' names, in the order of their first rows."""

    contestants: tuple[str, ...]
    marks: FieldMarks


def read_mass_marks(data: bytes, scheme: Scheme) -> MassMarks | None:
    """All marks of a plain file in columns.

    Args:
        data: UTF-8, comma separated, with the four required columns in any order and no others.
        scheme: what the marks must fit.

    Returns:
        None if the file is not plain or something in it is wrong: read it with `csv_marks` then.
    """
    try:
        return _read(data, scheme)
    except (NotPlainError, UnicodeDecodeError):
        return None


def as_marks(mass: MassMarks) -> Marks:
    """The same marks contestant by contestant, as `marks.collect_marks` gathers them."""
    books = [Book() for _ in mass.contestants]
    for aspect, by_judge in mass.marks.marks.items():
        for judge, cells in by_judge.items():
            rows = np.flatnonzero(cells.complete())
            distinct, number = np.unique(cells.values.num.values[rows], return_inverse=True)
            # A field has few distinct marks: each becomes a fraction once.
            fractions = [Fraction(value, cells.values.den) for value in distinct.tolist()]
            for row, own in zip(rows.tolist(), number.tolist(), strict=True):
                books[row].marks.setdefault(aspect, {})[judge] = fractions[own]
    return Marks(dict(zip(mass.contestants, books, strict=True)))


def _read(data: bytes, scheme: Scheme) -> MassMarks:
    first = data.find(b"\n") + 1
    headings = data[:first].removeprefix(b"\xef\xbb\xbf").decode().removesuffix("\n").split(",")
    if sorted(headings) != sorted(COLUMNS) or first == len(data) or b'"' in data or b"\r" in data:
        raise NotPlainError
    order = [headings.index(name) for name in COLUMNS]
    pieces = _side_by_side(lambda part: read_piece(_lines(data[slice(*part)]), order), _parts(data, first))
    contestants, contestant = joined([piece.contestants for piece in pieces]).numbered()
    aspects, aspect = joined([piece.aspects for piece in pieces]).numbered()
    judges, judge = joined([piece.judges for piece in pieces]).numbered()
    table = _Table(pieces, (contestant, aspect, judge), (len(contestants), len(aspects), len(judges)))
    values, filled = table.filled()
    names = contestants.texts()
    if "" in names:
        raise NotPlainError
    return MassMarks(tuple(names), FieldMarks(len(names), _checked(scheme, aspects, judges, values, filled)))


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


def _side_by_side(work: Callable[[Given], Made], given: Sequence[Given]) -> list[Made]:
    """The work on all, on as many processors as there are: array operations do not hold each other up."""
    if len(given) < 2:
        return [work(own) for own in given]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(work, given))


class _Table:
    """The marks of all pieces in one table: aspect by judge by contestant."""

    def __init__(self, pieces: Sequence[Piece], numbers: tuple[Array, Array, Array], sizes: tuple[int, ...]) -> None:
        """Arguments: pieces; numbers of their runs' contestants, of their aspects and judges; how many there are."""
        count, aspects, judges = sizes
        self._values = np.zeros(aspects * judges * count, dtype=np.int64)
        self._seen = np.zeros(len(self._values), dtype=bool)
        self._shape = (aspects, judges, count)
        self._pieces = pieces
        lengths = (
            [len(piece.contestants) for piece in pieces],
            [len(piece.aspects) for piece in pieces],
            [len(piece.judges) for piece in pieces],
        )
        own = [np.split(all_of, np.cumsum(length)[:-1]) for all_of, length in zip(numbers, lengths, strict=True)]
        self._numbers = list(zip(*own, strict=True))

    def filled(self) -> tuple[Array, Array]:
        """The values, and where there is one.

        Raises:
            NotPlainError: two rows for the same mark.
        """
        given = _side_by_side(self._fill, range(len(self._pieces)))
        if np.count_nonzero(self._seen) != sum(len(piece) for piece in self._pieces):
            raise NotPlainError
        for slots in given:
            self._seen[slots] = False
        return self._values.reshape(self._shape), self._seen.reshape(self._shape)

    def _fill(self, index: int) -> Array:
        """Put a piece's rows where they belong; the places of rows without a value."""
        piece, (contestant, aspect, judge) = self._pieces[index], self._numbers[index]
        _, judges, count = self._shape
        slots = (aspect * judges * count)[piece.aspect] + (judge * count)[piece.judge]
        slots += np.repeat(contestant, piece.runs)
        self._values[slots] = piece.values
        self._seen[slots] = True
        return np.asarray(slots[:0] if piece.given is None else slots[~piece.given])


def _checked(
    scheme: Scheme, aspect_names: Names, judge_names: Names, table: Array, filled: Array
) -> dict[str, dict[str, Cells]]:
    """The marks of every aspect by judge, all within what the scheme admits."""
    aspects, judges = aspect_names.texts(), judge_names.texts()
    codes: dict[str, list[Node]] = {}
    for node in scheme.nodes.values():
        if node.is_aspect:
            codes.setdefault(node.code, []).append(node)
    marks: dict[str, dict[str, Cells]] = {}
    for index, code in enumerate(aspects):
        if len(codes.get(code, ())) != 1:
            raise NotPlainError
        node = codes[code][0]
        _check_entry(node, table[index], filled[index])
        own = {judge: j for j, judge in enumerate(judges) if filled[index, j].any()}
        _check_judges(scheme, node, list(own), filled[index])
        marks[node.id] = {judge: _cells(table[index, j], filled[index, j]) for judge, j in own.items()}
    return marks


def _check_entry(node: Node, values: Array, filled: Array) -> None:
    entry = node.entry
    if entry is None or entry.options or entry.words or entry.suffixes or entry.is_time:
        raise NotPlainError
    unit = 10**PLACES
    given = values if filled.all() else values[filled]
    low, high, step = entry.low, entry.high, entry.step
    if low is not None and (given < -(-low * unit // 1)).any():
        raise NotPlainError
    if high is not None and (given > high * unit // 1).any():
        raise NotPlainError
    if step is not None and not _on_step(given, low or Fraction(0), step, unit):
        raise NotPlainError


def _on_step(given: Array, low: Fraction, step: Fraction, unit: int) -> bool:
    """Whether every value is low + n × step."""
    scale = lcm(low.denominator, step.denominator)
    if unit % scale:
        return False
    size, origin = int(step * unit), int(low * unit)
    return bool(((given - origin) % size == 0).all())


def _check_judges(scheme: Scheme, node: Node, own: list[str], filled: Array) -> None:
    panel = scheme.panel_of(node)
    most = int(filled.sum(axis=0).max(initial=0))
    if panel is None:
        if most > 1:
            raise NotPlainError
        return
    names = panel.names or tuple(name for group in panel.groups for name in group.names)
    if "" in own or (names and not set(own) <= set(names)) or (panel.judges is not None and most > panel.judges):
        raise NotPlainError


def _cells(values: Array, filled: Array) -> Cells:
    column = from_whole(values, 10**PLACES)
    if filled.all():
        return Cells(column)
    return Cells(column, np.where(filled, COMPLETE, EMPTY).astype(np.uint8))
