"""Exact numbers of a whole field at once: whole numbers over one denominator, and over one of each row's own besides.

A column stands for the values num ÷ (den × below). Nothing is ever a float; `whole` keeps out overflow.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import reduce
from math import gcd, lcm

import numpy as np

from scoring.engine import whole
from scoring.engine.exact import HALF_UP, Rounding
from scoring.engine.whole import Array, Whole

__all__ = ["Array", "Column"]

_ONE = whole.fixed(1)


@dataclass(frozen=True, slots=True)
class Column:
    """Values of a field.

    Attributes:
        num: numerators.
        den: common denominator, positive.
        below: each row's own further denominator, positive; None where there is none, that is 1.
    """

    num: Whole
    den: int
    below: Whole | None = None

    def __len__(self) -> int:
        return len(self.num)

    def at(self, row: int) -> Fraction:
        """The exact value of one row."""
        return as_fractions(self.take(slice(row, row + 1)))[0]

    def take(self, rows: Array | slice) -> Column:
        """Some rows, by index, mask or slice."""
        return Column(self.num.take(rows), self.den, None if self.below is None else self.below.take(rows))


def from_fractions(values: Sequence[Fraction]) -> Column:
    """A column of given values over their common denominator."""
    den = 1
    for value in values:
        if value.denominator != 1:
            den = lcm(den, value.denominator)
    return from_whole([value.numerator * (den // value.denominator) for value in values], den)


def from_whole(nums: Sequence[int] | Array, den: int = 1) -> Column:
    """A column of whole numerators over a denominator."""
    if isinstance(nums, np.ndarray):
        return Column(whole.of_array(nums), den)
    return Column(whole.of_ints(nums), den)


def as_fractions(column: Column) -> list[Fraction]:
    """The exact values of all rows."""
    nums = whole.as_ints(column.num)
    if column.below is None:
        return [Fraction(num, column.den) for num in nums]
    return [Fraction(num, column.den * own) for num, own in zip(nums, whole.as_ints(column.below), strict=True)]


def constant(value: Fraction, count: int) -> Column:
    """The same value in every row."""
    return Column(whole.spread(whole.fixed(value.numerator), count), value.denominator)


def fixed(value: Fraction) -> Column:
    """The same value in every row of whatever it is joined with."""
    return Column(whole.fixed(value.numerator), value.denominator)


def multiply_by(column: Column, factor: Fraction) -> Column:
    """Every value times a fixed factor."""
    if factor == 0:
        return constant(factor, len(column))
    shared = gcd(factor.numerator, column.den)
    num = whole.times_fixed(column.num, factor.numerator // shared)
    return Column(num, column.den // shared * factor.denominator, column.below)


def common(columns: Sequence[Column]) -> list[Column]:
    """The same columns over one common denominator."""
    den = lcm(*(column.den for column in columns))
    return [Column(whole.times_fixed(c.num, den // c.den), den, c.below) for c in columns]


def _level(columns: Sequence[Column]) -> list[Column]:
    """The same over one common denominator, and over the rows' own too where at most one kind of them occurs."""
    same = common(columns)
    below: Whole | None = None
    for column in same:
        if column.below is None:
            continue
        if below is not None and not whole.are_equal(below, column.below):
            return same
        below = column.below
    return [_lifted(column, below) for column in same]


def _lifted(column: Column, below: Whole | None) -> Column:
    """A column over the rows' own denominators."""
    if below is None or column.below is not None:
        return Column(column.num, column.den, below)
    return Column(whole.times(column.num, below), column.den, below)


def total(columns: Sequence[Column]) -> Column:
    """Row sums of one or more columns."""
    groups: list[list[Column]] = []
    for column in common(columns):
        group = next((own for own in groups if _are_over_the_same(own[0], column)), None)
        if group is None:
            groups.append([column])
        else:
            group.append(column)
    sums = [replace(group[0], num=reduce(whole.plus, [column.num for column in group])) for group in groups]
    return reduce(_sum_of_two, sums)


def _are_over_the_same(left: Column, right: Column) -> bool:
    if left.below is None or right.below is None:
        return left.below is right.below
    return whole.are_equal(left.below, right.below)


def _sum_of_two(left: Column, right: Column) -> Column:
    num = whole.plus(_times_below(left.num, right.below), _times_below(right.num, left.below))
    return Column(num, left.den, _both(left.below, right.below))


def _times_below(num: Whole, below: Whole | None) -> Whole:
    return num if below is None else whole.times(num, below)


def _both(left: Whole | None, right: Whole | None) -> Whole | None:
    return right if left is None else _times_below(left, right)


def _own_below(column: Column) -> Whole:
    return _ONE if column.below is None else column.below


def add_to(column: Column, value: Fraction) -> Column:
    """Every value plus a fixed one."""
    if value == 0:
        return column
    den = lcm(column.den, value.denominator)
    shift = whole.fixed(value.numerator * (den // value.denominator))
    shift = _times_below(shift, column.below)
    return Column(whole.plus(whole.times_fixed(column.num, den // column.den), shift), den, column.below)


def negative(column: Column) -> Column:
    """Every value with the other sign."""
    return replace(column, num=whole.negated(column.num))


def product(left: Column, right: Column) -> Column:
    """Row products."""
    return Column(whole.times(left.num, right.num), left.den * right.den, _both(left.below, right.below))


def quotient(above: Column, below: Column) -> Column:
    """Row quotients; the caller leaves out rows where `below` is zero (they stand over 1)."""
    num, divisor = above.num, below.num
    if divisor.low <= 0:
        if divisor.low < 0:
            num = whole.where(whole.signs(divisor) < 0, whole.negated(num), num)
            divisor = whole.magnitude(divisor)
        divisor = whole.where(whole.signs(divisor) == 0, _ONE, divisor)
        divisor = replace(divisor, low=1, high=max(divisor.high, 1))
    own: Whole | None = divisor
    if above.below is None or below.below is None or not whole.are_equal(above.below, below.below):
        num, own = _times_below(num, below.below), _both(above.below, divisor)
    shared = gcd(below.den, above.den)
    num = whole.spread(whole.times_fixed(num, below.den // shared), whole.rows_of(num, divisor))
    return Column(num, above.den // shared, None if own is None else whole.spread(own, len(num)))


def compare(left: Column, right: Column) -> Array:
    """−1, 0 or 1 as the left value is below, at or above the right one."""
    one, other = _level([left, right])
    if _are_over_the_same(one, other):
        return whole.compare(one.num, other.num)
    return whole.compare(_times_below(one.num, other.below), _times_below(other.num, one.below))


def compare_with(column: Column, value: Fraction) -> Array:
    """−1, 0 or 1 as each value is below, at or above a fixed one."""
    return compare(column, fixed(value))


def is_zero(column: Column) -> Array:
    """Where the value is zero."""
    return np.asarray(whole.signs(column.num) == 0)


def choose(mask: Array, yes: Column, no: Column) -> Column:
    """`yes` where the mask holds, `no` elsewhere."""
    left, right = _level([yes, no])
    num = whole.where(mask, left.num, right.num)
    if _are_over_the_same(left, right):
        return Column(num, left.den, left.below)
    return Column(num, left.den, whole.where(mask, _own_below(left), _own_below(right)))


def greatest(columns: Sequence[Column]) -> Column:
    """The greatest value of each row."""
    return reduce(lambda left, right: _ordered(left, right)[1], _level(columns))


def least(columns: Sequence[Column]) -> Column:
    """The least value of each row."""
    return reduce(lambda left, right: _ordered(left, right)[0], _level(columns))


def _ordered(left: Column, right: Column) -> tuple[Column, Column]:
    """The lesser and the greater value of each row; both columns over one denominator."""
    one, other = left.num, right.num
    if one.is_narrow and other.is_narrow and _are_over_the_same(left, right):
        low, high = whole.narrow_ends(one, other)
        return Column(low, left.den, left.below), Column(high, left.den, left.below)
    if left.below is not None and right.below is not None and _are_the_same_above_zero(one, other):
        return _by_their_own(left, left.below, right, right.below)
    is_less = compare(left, right) < 0
    return choose(is_less, left, right), choose(is_less, right, left)


def _are_the_same_above_zero(one: Whole, other: Whole) -> bool:
    """Whether both are the same positive numbers."""
    if one.low <= 0 or (one.low, one.high) != (other.low, other.high):
        return False
    return one.low == one.high or whole.are_equal(one, other)


def _by_their_own(left: Column, one: Whole, right: Column, other: Whole) -> tuple[Column, Column]:
    """The lesser and the greater of two columns with the same positive numerators: the greater is over the lesser."""
    if not (one.is_narrow and other.is_narrow):
        is_less = whole.compare(one, other) > 0
        small, great = whole.where(is_less, other, one), whole.where(is_less, one, other)
    else:
        small, great = whole.narrow_ends(one, other)
    return Column(left.num, left.den, great), Column(right.num, right.den, small)


def ascending(columns: Sequence[Column]) -> list[Column]:
    """The values of each row in ascending order: an odd-even network of minima and maxima."""
    rows = _level(columns)
    for turn in range(len(rows)):
        for at in range(turn % 2, len(rows) - 1, 2):
            rows[at], rows[at + 1] = _ordered(rows[at], rows[at + 1])
    return rows


def trimmed(columns: Sequence[Column], low: int, high: int) -> list[Column]:
    """The values of each row, in no order, without so many of the least and of the greatest."""
    rows = _level(columns)
    for end in range(len(rows) - 1, len(rows) - 1 - high, -1):
        for at in range(end):
            rows[at], rows[at + 1] = _ordered(rows[at], rows[at + 1])
    for start in range(low):
        for at in range(len(rows) - 1 - high, start, -1):
            rows[at - 1], rows[at] = _ordered(rows[at - 1], rows[at])
    return rows[low : len(rows) - high]


def scatter(count: int, pieces: Sequence[tuple[Array, Column]]) -> Column:
    """One column from columns for parts of the rows; rows of no part are 0."""
    if not pieces:
        return constant(Fraction(0), count)
    same = common([column for _, column in pieces])
    places = [rows for rows, _ in pieces]
    num = whole.scattered(count, list(zip(places, (own.num for own in same), strict=True)), 0)
    if all(own.below is None for own in same):
        return Column(num, same[0].den)
    belows = zip(places, (_own_below(own) for own in same), strict=True)
    return Column(num, same[0].den, whole.scattered(count, list(belows), 1))


def concatenated(columns: Sequence[Column]) -> Column:
    """The rows of all columns, one after the other."""
    same = common(columns)
    num = whole.joined([column.num for column in same])
    if all(column.below is None for column in same):
        return Column(num, same[0].den)
    return Column(num, same[0].den, whole.joined([whole.spread(_own_below(own), len(own)) for own in same]))


def at_least_mask(column: Column, value: Fraction) -> Array:
    """Where the values are not below a fixed one."""
    if column.below is None and column.num.is_narrow:
        return np.asarray(column.num.values >= -(-value.numerator * column.den // value.denominator), dtype=bool)
    return np.asarray(compare_with(column, value) >= 0)


def above_mask(column: Column, value: Fraction) -> Array:
    """Where the values are above a fixed one."""
    if column.below is None and column.num.is_narrow:
        return np.asarray(column.num.values > value.numerator * column.den // value.denominator, dtype=bool)
    return np.asarray(compare_with(column, value) > 0)


def rounded(column: Column, rounding: Rounding) -> Column:
    """Every value rounded, as `exact.round_exact` does."""
    quantum = rounding.quantum
    top, bottom = quantum.denominator, column.den * quantum.numerator
    shared = gcd(top, bottom)
    num, bottom = whole.times_fixed(column.num, top // shared), bottom // shared
    if column.below is None and bottom == 1:
        return multiply_by(Column(num, 1), quantum)
    if column.below is None and whole.fits(2 * num.low, 2 * num.high + bottom) and whole.fits(0, 2 * bottom):
        units = _narrow_units(num, bottom, rounding.mode)
    else:
        units = _units(num, whole.times_fixed(_own_below(column), bottom), rounding.mode)
    return multiply_by(Column(units, 1), quantum)


def _narrow_units(num: Whole, bottom: int, mode: str) -> Whole:
    """num ÷ bottom to whole numbers, where twice as much still fits."""
    low, high = num.low // bottom - 1, num.high // bottom + 1
    values = num.values
    if mode == HALF_UP and num.low >= 0:
        return Whole(((2 * values + bottom) // (2 * bottom),), low, high)
    floor = values // bottom
    rest = 2 * (values - floor * bottom)
    half = (rest > bottom).astype(np.int8) - (rest < bottom).astype(np.int8)
    up = _upwards(np.sign(values), floor, rest > 0, half, mode)
    return Whole((floor + up,), low, high)


def _units(num: Whole, bottom: Whole, mode: str) -> Whole:
    """num ÷ bottom to whole numbers, whatever their size."""
    if mode == HALF_UP and num.low >= 0:
        return whole.floor_divided(whole.plus(whole.times_fixed(num, 2), bottom), whole.times_fixed(bottom, 2))
    floor = whole.floor_divided(num, bottom)
    rest = whole.minus(num, whole.times(floor, bottom))
    half = whole.compare(whole.times_fixed(rest, 2), bottom)
    odd = floor.values if floor.is_narrow else floor.limbs[0]
    up = _upwards(whole.signs(num), odd, whole.signs(rest) > 0, half, mode)
    return whole.plus(floor, Whole((up,), 0, 1))


def _upwards(sign: Array, floor: Array, is_between: Array, half: Array, mode: str) -> Array:
    """1 where the value goes to the upper of its two neighbours; see `exact.rounds_away_from_floor`."""
    directed: dict[str, Callable[[], Array]] = {
        "ceiling": lambda: is_between,
        "floor": lambda: np.zeros(len(sign), dtype=bool),
        "up": lambda: is_between & (sign > 0),
        "down": lambda: is_between & (sign < 0),
    }
    if mode in directed:
        return directed[mode]().astype(np.int64)
    at_middle: dict[str, Callable[[], Array]] = {
        HALF_UP: lambda: sign > 0,
        "half_down": lambda: sign < 0,
        "half_even": lambda: floor % 2 != 0,
        "half_ceiling": lambda: np.ones(len(sign), dtype=bool),
        "half_floor": lambda: np.zeros(len(sign), dtype=bool),
    }
    upper = (half > 0) | ((half == 0) & at_middle[mode]())
    return np.asarray(upper, dtype=bool).astype(np.int64)


def floored(column: Column) -> Column:
    """Every value rounded down to a whole number."""
    return rounded(column, Rounding(Fraction(1), "floor"))


def ceiled(column: Column) -> Column:
    """Every value rounded up to a whole number."""
    return rounded(column, Rounding(Fraction(1), "ceiling"))


def magnitude(column: Column) -> Column:
    """Every value without its sign."""
    return replace(column, num=whole.magnitude(column.num))
