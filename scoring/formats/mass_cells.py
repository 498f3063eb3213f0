"""Cells of plain CSV text by the thousand: a piece of a file as whole numbers, eight bytes at a time.

A piece is small enough to stay in the processor's cache, and knows nothing of the pieces before it, so that several can
be read at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from scoring.engine.columns import Array

PLACES = 6
"""Values are counted in so many decimal places."""

_COMMA, _NEWLINE, _DOT, _MINUS, _ZERO = 44, 10, 46, 45, 48
_LONGEST = 16
_MAX_NAMES = 64
"""More kinds of cells than this are told apart by sorting."""


class NotPlainError(Exception):
    """The file needs the careful reader."""


@dataclass(frozen=True, slots=True)
class Names:
    """Names of up to sixteen bytes.

    Attributes:
        low, high: the first eight bytes and the rest, low byte first.
    """

    low: Array
    high: Array

    def __len__(self) -> int:
        return len(self.low)

    def texts(self) -> list[str]:
        """The names as text; a line break cannot be in one.

        Raises:
            NotPlainError: a blank at an end.
            UnicodeDecodeError: not UTF-8.
        """
        pairs = np.ascontiguousarray(np.stack([self.low, self.high], axis=1))
        text = b"\n".join(pairs.view("S16").reshape(-1).tolist()).decode()
        found = text.split("\n")
        # Where no name has a blank within, cutting at all blanks gives the same names, and much faster.
        if text.split() != found and any(name != name.strip() for name in found):
            raise NotPlainError
        return found

    def take(self, rows: Array) -> Names:
        """Some of the names."""
        return Names(self.low[rows], self.high[rows])

    def runs(self) -> Array:
        """Where a name stands that is not the one before it."""
        heads = np.ones(len(self), dtype=bool)
        heads[1:] = (self.low[1:] != self.low[:-1]) | (self.high[1:] != self.high[:-1])
        return np.flatnonzero(heads)

    def numbered(self) -> tuple[Names, Array]:
        """The distinct names in the order in which they first come, and each one's number among them."""
        order = np.lexsort((self.high, self.low)) if self.high.any() else np.argsort(self.low, kind="stable")
        low, high = self.low[order], self.high[order]
        heads = np.ones(len(order), dtype=bool)
        heads[1:] = (low[1:] != low[:-1]) | (high[1:] != high[:-1])
        # Both sorts are stable: the head of a run of equal names is the one that comes first.
        firsts = order[heads]
        by_coming = np.argsort(firsts)
        number = np.empty(len(firsts), dtype=np.int64)
        number[by_coming] = np.arange(len(firsts))
        found = np.empty(len(order), dtype=np.int64)
        found[order] = number[np.cumsum(heads) - 1]
        chosen = firsts[by_coming]
        return self.take(chosen), found


def joined(names: Sequence[Names]) -> Names:
    """All names, one after the other."""
    return Names(np.concatenate([own.low for own in names]), np.concatenate([own.high for own in names]))


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of a file.

    Attributes:
        count: how many there are.
        coded: name → number, of the columns whose cells are names or few in kind: aspect, judge, stage, items, …
        contestant, value: numbers of these.
    """

    count: int
    contestant: int
    value: int
    coded: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Piece:
    """The rows of a piece of a file.

    Attributes:
        contestants: of each run of rows with the same one.
        runs: how many rows each run has.
        coded: column → its distinct cells, and each row's number among them.
        values: in units of 10 ** −PLACES; 0 where there is none.
        given: where there is a value; None if everywhere.
    """

    contestants: Names
    runs: Array
    coded: Mapping[str, tuple[Names, Array]]
    values: Array
    given: Array | None

    def __len__(self) -> int:
        return len(self.values)


def read_piece(body: bytes, layout: Layout) -> Piece:
    """The rows of a piece.

    Args:
        body: whole lines without quotes and carriage returns.
        layout: which column is what; cells of others are not looked at.

    Raises:
        NotPlainError: another number of cells in a line, a longer cell, a value that is not a plain number.
    """
    ends = _separators(body, layout.count)
    words: Array = np.ndarray((len(body) + _LONGEST + 1,), dtype="<u8", buffer=body + bytes(2 * _LONGEST), strides=(1,))
    names = _Column(words, ends, layout.contestant).names()
    runs = names.runs()
    values, given = _values(_Column(words, ends, layout.value))
    return Piece(
        names.take(runs),
        np.diff(np.append(runs, len(names))),
        {name: _distinct(_Column(words, ends, place).names()) for name, place in layout.coded.items()},
        values,
        given,
    )


def _separators(body: bytes, columns: int) -> Array:
    """End of every cell, one row a line."""
    bytes_of = np.frombuffer(body, dtype=np.uint8)
    ends = np.flatnonzero((bytes_of == _COMMA) | (bytes_of == _NEWLINE))
    if len(ends) % columns:
        raise NotPlainError
    table = ends.reshape(-1, columns)
    if not (bytes_of[table[:, -1]] == _NEWLINE).all() or len(table) != body.count(b"\n"):
        raise NotPlainError
    return np.asarray(table)


class _Column:
    """The cells of one column: their first eight bytes, and their lengths."""

    def __init__(self, words: Array, ends: Array, place: int) -> None:
        stops = ends[:, place]
        self._words = words
        self._starts = np.zeros_like(stops)
        if place:
            np.add(ends[:, place - 1], 1, out=self._starts)
        else:
            np.add(ends[:-1, -1], 1, out=self._starts[1:])
        self.lengths = stops - self._starts
        self.longest = int(self.lengths.max(initial=0))
        if self.longest > _LONGEST:
            raise NotPlainError
        self.low = words[self._starts] & _MASKS[self.lengths]

    def names(self) -> Names:
        """The cells as names."""
        high = np.zeros_like(self.low)
        if self.longest > 8:
            high = self._words[self._starts + 8] & _MASKS[np.maximum(self.lengths - 8, 0)]
        return Names(self.low, high)


_MASKS = np.array([(1 << (8 * min(n, 8))) - 1 for n in range(_LONGEST + 1)], dtype=np.uint64)


def _distinct(names: Names) -> tuple[Names, Array]:
    """The distinct names and each row's number among them."""
    runs = names.runs()
    if 2 * len(runs) > len(names):
        return _few(names)
    own, numbers = _few(names.take(runs))
    return own, np.repeat(numbers, np.diff(np.append(runs, len(names))))


def _few(names: Names) -> tuple[Names, Array]:
    """The distinct names among many of a few, each looked for in turn, and each row's number among them."""
    numbers = np.full(len(names), -1, dtype=np.int16)
    is_long = bool(names.high.any())
    found: list[int] = []
    left = 0
    while left < len(numbers):
        if len(found) == _MAX_NAMES:
            return names.numbered()
        is_same = names.low == names.low[left]
        if is_long:
            is_same &= names.high == names.high[left]
        numbers[is_same] = len(found)
        found.append(left)
        left += _first_unnumbered(numbers[left:])
    return names.take(np.array(found, dtype=np.int64)), numbers


def _first_unnumbered(numbers: Array) -> int:
    """Where the first row without a number is; past the end if there is none."""
    is_left = numbers < 0
    place = int(is_left.argmax()) if len(is_left) else 0
    return place if len(is_left) and is_left[place] else len(is_left)


def _values(cells: _Column) -> tuple[Array, Array | None]:
    """The values, and where there is one."""
    if cells.longest > 8:
        raise NotPlainError
    given = cells.lengths > 0
    return _parsed(cells.low, cells.lengths), None if given.all() else given


def _parsed(words: Array, lengths: Array) -> Array:
    """Decimal numbers of up to eight bytes, all bytes of a word at once."""
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
    if (is_given & ((count < 1) | (has_dot & (places < 1)) | (places > PLACES))).any():
        raise NotPlainError
    shift = (8 * (8 - np.maximum(count, 1))).astype(np.uint64)
    digits = np.where(is_given, digits << shift, np.uint64(0))
    kept = np.where(is_given, ~np.uint64(0) << shift, np.uint64(0))
    tens, zeros = _each_byte(0xF0), _each_byte(_ZERO) & kept
    if ((digits & tens) != zeros).any() or (((digits + (_each_byte(6) & kept)) & tens) != zeros).any():
        raise NotPlainError
    value = _eight_digits(digits).astype(np.int64) * _POWERS[places]
    return np.asarray(np.where(is_negative, -value, value))


_POWERS = np.array([10 ** (PLACES - n) for n in range(PLACES + 1)], dtype=np.int64)


def _each_byte(value: int) -> np.uint64:
    return np.uint64(value * 0x0101010101010101)


def _eight_digits(words: Array) -> Array:
    """The number that eight ASCII digits spell, first digit in the low byte: pairs, then fours, then all."""
    words = ((words & _each_byte(0x0F)) * np.uint64(10 * 256 + 1)) >> np.uint64(8)
    words = ((words & np.uint64(0x00FF00FF00FF00FF)) * np.uint64(100 * 65536 + 1)) >> np.uint64(16)
    return ((words & np.uint64(0x0000FFFF0000FFFF)) * np.uint64(10000 * 2**32 + 1)) >> np.uint64(32)
