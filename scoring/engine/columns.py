"""Exact numbers of a whole field at once: scaled whole numbers in one array, with bounds that rule overflow out.

A column stands for the values num ÷ den. Arrays are int64 while every possible value fits; where it might not, the
same operations go on with Python's whole numbers, and after a division by data with fractions. Never a float.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor, gcd, lcm
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scoring.engine.exact import HALF_UP, Rounding, round_exact

LIMIT = 2**62
"""Beyond this size numbers leave int64; twice as much still fits, for the doubling in half-up rounding."""

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Column:
    """Values of a field.

    Attributes:
        num: numerators, int64, or objects (whole numbers or fractions).
        den: common denominator, positive.
        low, high: bounds of `num`.
        is_rational: `num` may hold fractions.
    """

    num: Array
    den: int
    low: int
    high: int
    is_rational: bool = False

    def at(self, row: int) -> Fraction:
        """The exact value of one row."""
        value = self.num[row]
        return Fraction(value if isinstance(value, Fraction) else int(value)) / self.den

    def take(self, rows: Array) -> Column:
        """Some rows, by index or mask."""
        return Column(self.num[rows], self.den, self.low, self.high, self.is_rational)


def from_fractions(values: Sequence[Fraction]) -> Column:
    """A column of given values."""
    den = 1
    for value in values:
        if value.denominator != 1:
            den = lcm(den, value.denominator)
    nums = [value.numerator * (den // value.denominator) for value in values]
    return from_whole(nums, den)


def from_whole(nums: Sequence[int] | Array, den: int = 1) -> Column:
    """A column of whole numerators over a denominator."""
    if isinstance(nums, np.ndarray) and nums.dtype != object:
        low, high = (int(nums.min()), int(nums.max())) if len(nums) else (0, 0)
        return Column(nums if nums.dtype == np.int64 else nums.astype(np.int64), den, low, high)
    found = [int(value) for value in nums]
    low, high = (min(found), max(found)) if found else (0, 0)
    fits = low > -LIMIT and high < LIMIT
    return Column(np.array(found, dtype=np.int64 if fits else object), den, low, high)


def as_fractions(column: Column) -> list[Fraction]:
    """The exact values of all rows."""
    if column.is_rational:
        return [Fraction(value) / column.den for value in column.num]
    return [Fraction(value, column.den) for value in column.num.tolist()]


def constant(value: Fraction, count: int) -> Column:
    """The same value in every row."""
    num = value.numerator
    dtype = np.int64 if abs(num) < LIMIT else object
    return Column(np.full(count, num, dtype=dtype), value.denominator, num, num)


def _made(num: Array, den: int, ends: tuple[int, int], source: Column) -> Column:
    return Column(num, den, min(ends), max(ends), source.is_rational)


def _any_rational(columns: Sequence[Column]) -> bool:
    return any(column.is_rational for column in columns)


def _room(num: Array, *ends: int) -> Array:
    """`num`, as objects if a result within `ends` might not fit."""
    if num.dtype != object and any(abs(end) >= LIMIT for end in ends):
        return num.astype(object)
    return num


def _times(column: Column, factor: int) -> Column:
    if factor == 1:
        return column
    ends = (column.low * factor, column.high * factor)
    return _made(_room(column.num, *ends, factor) * factor, column.den, ends, column)


def multiply_by(column: Column, factor: Fraction) -> Column:
    """Every value times a fixed factor."""
    top, bottom = factor.numerator, factor.denominator
    shared = gcd(top, column.den)
    if top == 0:
        return constant(Fraction(0), len(column.num))
    times = _times(column, top // shared)
    return Column(times.num, column.den // shared * bottom, times.low, times.high, times.is_rational)


def common(columns: Sequence[Column]) -> list[Column]:
    """The same columns over one denominator."""
    den = lcm(*(column.den for column in columns)) if columns else 1
    found = []
    for column in columns:
        scaled = _times(column, den // column.den)
        found.append(Column(scaled.num, den, scaled.low, scaled.high, scaled.is_rational))
    return found


def total(columns: Sequence[Column]) -> Column:
    """Row sums of one or more columns."""
    same = common(columns)
    low, high = sum(c.low for c in same), sum(c.high for c in same)
    num = _room(same[0].num, low, high)
    for column in same[1:]:
        num = num + column.num
    return Column(num, same[0].den, low, high, _any_rational(same))


def add_to(column: Column, value: Fraction) -> Column:
    """Every value plus a fixed one."""
    if value == 0:
        return column
    den = lcm(column.den, value.denominator)
    scaled = _times(column, den // column.den)
    shift = value.numerator * (den // value.denominator)
    ends = (scaled.low + shift, scaled.high + shift)
    return _made(_room(scaled.num, *ends, shift) + shift, den, ends, column)


def negative(column: Column) -> Column:
    """Every value with the other sign."""
    return Column(-column.num, column.den, -column.high, -column.low, column.is_rational)


def product(left: Column, right: Column) -> Column:
    """Row products."""
    ends = [a * b for a in (left.low, left.high) for b in (right.low, right.high)]
    num = _room(left.num, *ends)
    other = right.num.astype(object) if num.dtype == object else right.num
    return Column(num * other, left.den * right.den, min(ends), max(ends), _any_rational([left, right]))


def quotient(above: Column, below: Column) -> Column:
    """Row quotients as fractions; the caller leaves out rows where `below` is zero (they become 0)."""
    found = np.empty(len(above.num), dtype=object)
    for row, (a, b) in enumerate(zip(above.num, below.num, strict=True)):
        top = Fraction(a if isinstance(a, Fraction) else int(a))
        bottom = Fraction(b if isinstance(b, Fraction) else int(b))
        found[row] = top * below.den / (bottom * above.den) if bottom else Fraction(0)
    low, high = (floor(min(found)), ceil(max(found))) if len(found) else (0, 0)
    return Column(found, 1, low, high, True)


def greatest(columns: Sequence[Column]) -> Column:
    """The greatest value of each row."""
    same = common(columns)
    num = same[0].num
    for column in same[1:]:
        num = np.maximum(num, column.num)
    low, high = max(c.low for c in same), max(c.high for c in same)
    return Column(num, same[0].den, low, high, _any_rational(same))


def least(columns: Sequence[Column]) -> Column:
    """The least value of each row."""
    return negative(greatest([negative(column) for column in columns]))


def ascending(columns: Sequence[Column]) -> list[Column]:
    """The values of each row in ascending order: an odd-even network of minima and maxima."""
    same = common(columns)
    rows = [column.num for column in same]
    for turn in range(len(rows)):
        for at in range(turn % 2, len(rows) - 1, 2):
            rows[at], rows[at + 1] = np.minimum(rows[at], rows[at + 1]), np.maximum(rows[at], rows[at + 1])
    low, high = min(c.low for c in same), max(c.high for c in same)
    is_rational = _any_rational(same)
    return [Column(num, same[0].den, low, high, is_rational) for num in rows]


def choose(mask: Array, yes: Column, no: Column) -> Column:
    """`yes` where the mask holds, `no` elsewhere."""
    left, right = common([yes, no])
    num = np.where(mask, left.num, right.num)
    low, high = min(left.low, right.low), max(left.high, right.high)
    return Column(num, left.den, low, high, _any_rational([left, right]))


def scatter(count: int, pieces: Sequence[tuple[Array, Column]]) -> Column:
    """One column from columns for parts of the rows; rows of no part are 0."""
    if not pieces:
        return constant(Fraction(0), count)
    same = common([column for _, column in pieces])
    is_object = any(column.num.dtype == object for column in same)
    num = np.zeros(count, dtype=object if is_object else np.int64)
    for (rows, _), column in zip(pieces, same, strict=True):
        num[rows] = column.num
    low, high = min(0, *(c.low for c in same)), max(0, *(c.high for c in same))
    return Column(num, same[0].den, low, high, _any_rational(same))


def at_least_mask(column: Column, value: Fraction) -> Array:
    """Where the values are not below a fixed one."""
    if column.is_rational:
        return np.array([v >= value * column.den for v in column.num], dtype=bool)
    bound = -(-value.numerator * column.den // value.denominator)
    return np.asarray(column.num >= bound, dtype=bool)


def above_mask(column: Column, value: Fraction) -> Array:
    """Where the values are above a fixed one."""
    if column.is_rational:
        return np.array([v > value * column.den for v in column.num], dtype=bool)
    bound = value.numerator * column.den // value.denominator
    return np.asarray(column.num > bound, dtype=bool)


def rounded(column: Column, rounding: Rounding) -> Column:
    """Every value rounded, as `exact.round_exact` does."""
    quantum = rounding.quantum
    if column.is_rational:
        values = [round_exact(Fraction(v) / column.den, rounding) / quantum for v in column.num]
        return multiply_by(from_whole([int(v) for v in values]), quantum)
    top, below = quantum.denominator, column.den * quantum.numerator
    shared = gcd(top, below)
    scaled, below = _times(column, top // shared), below // shared
    units = scaled.num if below == 1 else _whole(scaled, below, rounding.mode)
    low, high = scaled.low // below - 1, scaled.high // below + 1
    if below == 1:
        low, high = scaled.low, scaled.high
    return multiply_by(Column(units, 1, low, high), quantum)


def _whole(column: Column, below: int, mode: str) -> Array:
    """num ÷ below to whole numbers."""
    num = _room(column.num, 2 * column.low, 2 * column.high, 2 * below)
    if mode == HALF_UP and column.low >= 0:
        return np.asarray((2 * num + below) // (2 * below))
    floor = num // below
    rest = num - floor * below
    return np.asarray(floor + _upwards(num, floor, 2 * rest, below, mode))


def _upwards(num: Array, floor: Array, twice: Array, below: int, mode: str) -> Array:
    """1 where the value goes to the upper of its two neighbours; see `exact.rounds_away_from_floor`."""
    is_between = twice > 0
    directed: dict[str, Callable[[], Array]] = {
        "ceiling": lambda: is_between,
        "floor": lambda: np.zeros(len(num), dtype=bool),
        "up": lambda: is_between & (num > 0),
        "down": lambda: is_between & (num < 0),
    }
    if mode in directed:
        return directed[mode]().astype(np.int64)
    at_middle: dict[str, Callable[[], Array]] = {
        HALF_UP: lambda: num > 0,
        "half_down": lambda: num < 0,
        "half_even": lambda: floor % 2 != 0,
        "half_ceiling": lambda: np.ones(len(num), dtype=bool),
        "half_floor": lambda: np.zeros(len(num), dtype=bool),
    }
    upper = (twice > below) | ((twice == below) & at_middle[mode]())
    return np.asarray(upper, dtype=bool).astype(np.int64)


def floored(column: Column) -> Column:
    """Every value rounded down to a whole number."""
    return rounded(column, Rounding(Fraction(1), "floor"))


def ceiled(column: Column) -> Column:
    """Every value rounded up to a whole number."""
    return rounded(column, Rounding(Fraction(1), "ceiling"))


def magnitude(column: Column) -> Column:
    """Every value without its sign."""
    high = max(abs(column.low), abs(column.high))
    return Column(np.abs(column.num), column.den, 0, high, column.is_rational)
