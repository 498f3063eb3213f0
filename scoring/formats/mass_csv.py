"""Plain CSV files of millions of marks straight into columns; whatever is not plain is left to the careful reader.

The reader answers only for files in which nothing is wrong: no quotes, no words for values, no further columns, every
mark within its bounds. For all others it says so and `csv_marks` names what there is to name.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

import numpy as np

from scoring.engine.columns import Array, from_whole
from scoring.engine.plan import FieldMarks
from scoring.engine.plan_values import COMPLETE, EMPTY, Cells
from scoring.engine.scheme import Node, Scheme

COLUMNS = ("contestant", "aspect", "judge", "value")
_COMMA, _NEWLINE, _DOT, _MINUS, _ZERO = 44, 10, 46, 45, 48
_SLICE = 1 << 15
_PLACES = 6
_MAX_NAMES = 512


class _NotPlainError(Exception):
    """The file needs the careful reader."""


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
        return _read(data.removeprefix(b"\xef\xbb\xbf"), scheme)
    except (_NotPlainError, UnicodeDecodeError):
        return None


def _read(data: bytes, scheme: Scheme) -> MassMarks:
    head, _, body = data.partition(b"\n")
    headings = head.decode().split(",")
    if sorted(headings) != sorted(COLUMNS) or b'"' in body or b"\r" in body or not body:
        raise _NotPlainError
    body = body if body.endswith(b"\n") else body + b"\n"
    ends = _separators(body, len(headings))
    padded = body + bytes(16)
    texts = {name: _Texts(padded, ends, headings.index(name)) for name in COLUMNS}
    contestants, contestant = _first_come(texts["contestant"])
    aspects, aspect = _few(texts["aspect"])
    judges, judge = _few(texts["judge"])
    values, given = _values(texts["value"])
    count, seats = len(contestants), len(judges)
    slots = (aspect * seats + judge) * count + contestant
    table = np.zeros(len(aspects) * seats * count, dtype=np.int64)
    filled = np.zeros(len(table), dtype=bool)
    if not given.all():
        filled[slots] = True
        if int(filled.sum()) != len(slots):
            raise _NotPlainError
        filled[:] = False
        slots, values = slots[given], values[given]
    table[slots] = values
    filled[slots] = True
    if int(filled.sum()) != len(slots):
        raise _NotPlainError
    shape = (len(aspects), seats, count)
    marks = _checked(scheme, aspects, judges, table.reshape(shape), filled.reshape(shape))
    return MassMarks(tuple(contestants), FieldMarks(count, marks))


def _separators(body: bytes, columns: int) -> Array:
    """End of every cell, one row a line."""
    bytes_of = np.frombuffer(body, dtype=np.uint8)
    ends = np.flatnonzero((bytes_of == _COMMA) | (bytes_of == _NEWLINE))
    if len(ends) % columns:
        raise _NotPlainError
    table = ends.reshape(-1, columns)
    if not (bytes_of[table[:, -1]] == _NEWLINE).all() or len(table) != body.count(b"\n"):
        raise _NotPlainError
    return np.asarray(table)


class _Texts:
    """The cells of one column as whole numbers of up to sixteen bytes, low byte first, slice by slice."""

    def __init__(self, padded: bytes, ends: Array, column: int) -> None:
        self._words = np.ndarray((len(padded) - 7,), dtype="<u8", buffer=padded, strides=(1,))
        self._ends = ends
        self._column = column

    def __len__(self) -> int:
        return len(self._ends)

    def slices(self) -> Iterator[slice]:
        """The rows, in pieces that stay in the processor's cache."""
        for start in range(0, len(self), _SLICE):
            yield slice(start, min(start + _SLICE, len(self)))

    def cells(self, rows: slice) -> tuple[Array, Array, Array]:
        """First eight bytes, place and length of each cell."""
        ends = self._ends[rows, self._column]
        if self._column:
            starts = self._ends[rows, self._column - 1] + 1
        else:
            starts = np.empty_like(ends)
            starts[0] = self._ends[rows.start - 1, -1] + 1 if rows.start else 0
            starts[1:] = self._ends[rows.start : rows.stop - 1, -1] + 1
        lengths = ends - starts
        if int(lengths.max()) > 16:
            raise _NotPlainError
        return _cut(self._words[starts], lengths), starts, lengths

    def high(self, starts: Array, lengths: Array) -> Array:
        """The bytes after the eighth."""
        return _cut(self._words[starts + 8], lengths - 8)


def _cut(words: Array, lengths: Array) -> Array:
    """The words without the bytes that belong to the next cell."""
    return np.asarray(words & _MASKS[np.maximum(lengths, 0)])


_MASKS = np.array([(1 << (8 * min(n, 8))) - 1 for n in range(17)], dtype=np.uint64)


def _names(low: Array, high: Array) -> list[str]:
    """The text of cells; a line break cannot be in one."""
    pairs = np.ascontiguousarray(np.stack([low, high], axis=1))
    found = b"\n".join(pairs.view("S16").reshape(-1).tolist()).decode().split("\n")
    if any(name != name.strip() for name in found):
        raise _NotPlainError
    return found


def _first_come(texts: _Texts) -> tuple[list[str], Array]:
    """Distinct names in the order of their first rows, and each row's number among them."""
    low = np.empty(len(texts), dtype=np.uint64)
    high = np.zeros(len(texts), dtype=np.uint64)
    is_long = False
    for rows in texts.slices():
        low[rows], starts, lengths = texts.cells(rows)
        if int(lengths.max()) > 8:
            high[rows], is_long = texts.high(starts, lengths), True
    heads = np.ones(len(low), dtype=bool)
    heads[1:] = low[1:] != low[:-1]
    if is_long:
        heads[1:] |= high[1:] != high[:-1]
    runs = np.flatnonzero(heads)
    keys = _pairs(low[runs], high[runs]) if is_long else low[runs]
    _, first, inverse = np.unique(keys, return_index=True, return_inverse=True)
    order = np.argsort(first)
    number = np.empty(len(order), dtype=np.int64)
    number[order] = np.arange(len(order))
    chosen = runs[first[order]]
    names = _names(low[chosen], high[chosen])
    if "" in names:
        raise _NotPlainError
    return names, np.repeat(number[inverse.reshape(-1)], np.diff(np.append(runs, len(low))))


def _pairs(low: Array, high: Array) -> Array:
    """Both words of each cell as one comparable value."""
    pairs = np.empty(len(low), dtype=[("low", "<u8"), ("high", "<u8")])
    pairs["low"], pairs["high"] = low, high
    return pairs


def _few(texts: _Texts) -> tuple[list[str], Array]:
    """The same for columns of few distinct short names: each is looked for in turn."""
    names: list[int] = []
    numbers = np.empty(len(texts), dtype=np.int64)
    for rows in texts.slices():
        low, _, lengths = texts.cells(rows)
        if int(lengths.max()) > 8:
            return _first_come(texts)
        found = np.full(len(low), -1, dtype=np.int64)
        for index, name in enumerate(names):
            found[low == name] = index
        while (left := np.flatnonzero(found < 0)).size:
            found[low == low[left[0]]] = len(names)
            names.append(int(low[left[0]]))
            if len(names) > _MAX_NAMES:
                return _first_come(texts)
        numbers[rows] = found
    short = np.array(names, dtype=np.uint64)
    return _names(short, np.zeros_like(short)), numbers


def _values(texts: _Texts) -> tuple[Array, Array]:
    """The values in millionths, and where there is one."""
    values = np.empty(len(texts), dtype=np.int64)
    given = np.empty(len(texts), dtype=bool)
    for rows in texts.slices():
        low, _, lengths = texts.cells(rows)
        if int(lengths.max()) > 8:
            raise _NotPlainError
        values[rows], given[rows] = _parsed(low, lengths), lengths > 0
    return values, given


def _parsed(words: Array, lengths: Array) -> Array:
    """Decimal numbers of up to eight bytes in millionths, all bytes of a word at once."""
    if (is_negative := (words & np.uint64(0xFF)) == _MINUS).any():
        words = np.where(is_negative, words >> np.uint64(8), words)
        lengths = lengths - is_negative
    difference = words ^ _each_byte(_DOT)
    dots = (difference - _each_byte(1)) & ~difference & _each_byte(0x80)
    before = ((dots & (~dots + np.uint64(1))) >> np.uint64(7)) - np.uint64(1)
    has_dot = dots != 0
    digits = (words & before) | ((words >> np.uint64(8)) & ~before)
    count = lengths - has_dot
    places = np.where(has_dot, count - (np.bitwise_count(before) >> 3), 0)
    is_given = lengths > 0
    if (is_given & ((count < 1) | (has_dot & (places < 1)) | (places > _PLACES))).any():
        raise _NotPlainError
    shift = (8 * (8 - np.maximum(count, 1))).astype(np.uint64)
    digits = np.where(is_given, digits << shift, np.uint64(0))
    kept = np.where(is_given, ~np.uint64(0) << shift, np.uint64(0))
    tens, zeros = _each_byte(0xF0), _each_byte(_ZERO) & kept
    if ((digits & tens) != zeros).any() or (((digits + (_each_byte(6) & kept)) & tens) != zeros).any():
        raise _NotPlainError
    powers = np.array([10 ** (_PLACES - n) for n in range(_PLACES + 1)], dtype=np.int64)
    value = _eight_digits(digits).astype(np.int64) * powers[places]
    return np.asarray(np.where(is_negative, -value, value))


def _each_byte(value: int) -> np.uint64:
    return np.uint64(value * 0x0101010101010101)


def _eight_digits(words: Array) -> Array:
    """The number that eight ASCII digits spell, first digit in the low byte: pairs, then fours, then all."""
    words = ((words & _each_byte(0x0F)) * np.uint64(10 * 256 + 1)) >> np.uint64(8)
    words = ((words & np.uint64(0x00FF00FF00FF00FF)) * np.uint64(100 * 65536 + 1)) >> np.uint64(16)
    return ((words & np.uint64(0x0000FFFF0000FFFF)) * np.uint64(10000 * 2**32 + 1)) >> np.uint64(32)


def _checked(
    scheme: Scheme, aspects: list[str], judges: list[str], table: Array, filled: Array
) -> dict[str, dict[str, Cells]]:
    """The marks of every aspect by judge, all within what the scheme admits."""
    codes: dict[str, list[Node]] = {}
    for node in scheme.nodes.values():
        if node.is_aspect:
            codes.setdefault(node.code, []).append(node)
    marks: dict[str, dict[str, Cells]] = {}
    for index, code in enumerate(aspects):
        if len(codes.get(code, ())) != 1:
            raise _NotPlainError
        node = codes[code][0]
        _check_entry(node, table[index], filled[index])
        own = {judge: j for j, judge in enumerate(judges) if filled[index, j].any()}
        _check_judges(scheme, node, list(own), filled[index])
        marks[node.id] = {judge: _cells(table[index, j], filled[index, j]) for judge, j in own.items()}
    return marks


def _check_entry(node: Node, values: Array, filled: Array) -> None:
    entry = node.entry
    if entry is None or entry.options or entry.words or entry.suffixes or entry.is_time:
        raise _NotPlainError
    unit = 10**_PLACES
    given = values[filled]
    low, high, step = entry.low, entry.high, entry.step
    if low is not None and (given < -(-low * unit // 1)).any():
        raise _NotPlainError
    if high is not None and (given > high * unit // 1).any():
        raise _NotPlainError
    if step is not None and not _on_step(given, low or Fraction(0), step, unit):
        raise _NotPlainError


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
            raise _NotPlainError
        return
    names = panel.names or tuple(name for group in panel.groups for name in group.names)
    if "" in own or (names and not set(own) <= set(names)) or (panel.judges is not None and most > panel.judges):
        raise _NotPlainError


def _cells(values: Array, filled: Array) -> Cells:
    column = from_whole(values, 10**_PLACES)
    if filled.all():
        return Cells(column)
    return Cells(column, np.where(filled, COMPLETE, EMPTY).astype(np.uint8))
