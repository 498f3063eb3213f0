"""Whole numbers of a whole field at once, of any size: one int64 array while they fit, else limbs of 28 bits.

Every number carries bounds of its own field, and every operation proves from them whether its result fits before it
reckons. Nothing overflows, nothing is rounded, no Python object stands for a single number. An array of length 1
stands for the same number in every row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

LIMIT = 2**62
"""Below this size numbers stay in one int64 array; twice as much still fits."""

Array = NDArray[Any]

_BITS = 28
_MASK = (1 << _BITS) - 1
_ROWS = 32
"""Products of 28 bits that can be summed in int64 before they are carried."""

_FLOAT_LIMBS = 36
"""Numbers of up to so many limbs have a float64; longer ones would be infinite."""

CERTAIN = 2.0**-44
"""Quotients of two `floats` that differ by more than this share of their size are certain to differ that way: each
float is made by at most 36 roundings of one part in 2⁵³."""


@dataclass(frozen=True, slots=True, eq=False)
class Whole:
    """Whole numbers, one a row.

    Attributes:
        limbs: one array with the numbers themselves (within ±2⁶²), or several of 28 bits, lowest first, the last
            of them signed.
        low, high: bounds.
    """

    limbs: tuple[Array, ...]
    low: int
    high: int

    @property
    def is_narrow(self) -> bool:
        """Whether one array holds the numbers."""
        return len(self.limbs) == 1

    @property
    def values(self) -> Array:
        """The numbers as int64; only of narrow ones."""
        return self.limbs[0]

    def __len__(self) -> int:
        return len(self.limbs[0])

    def take(self, rows: Array | slice) -> Whole:
        """Some rows, by index, mask or slice."""
        return Whole(tuple(limb[rows] for limb in self.limbs), self.low, self.high)


def fits(low: int, high: int) -> bool:
    """Whether numbers within these bounds stay in one array."""
    return low > -LIMIT and high < LIMIT


def of_array(values: Array) -> Whole:
    """Numbers of an integer array, with the bounds that they have."""
    values = values if values.dtype == np.int64 else values.astype(np.int64)
    return Whole((values,), int(values.min()), int(values.max())) if len(values) else Whole((values,), 0, 0)


def of_ints(values: Sequence[int]) -> Whole:
    """Numbers of any size."""
    low, high = (min(values), max(values)) if values else (0, 0)
    if fits(low, high):
        return Whole((np.array(values, dtype=np.int64),), low, high)
    places = range(0, _size(low, high) * _BITS, _BITS)
    limbs = [np.array([(value >> place) & _MASK for value in values], dtype=np.int64) for place in places]
    limbs[-1] = np.array([value >> places[-1] for value in values], dtype=np.int64)
    return Whole(tuple(limbs), low, high)


def fixed(value: int) -> Whole:
    """The same number in every row."""
    return of_ints([value])


def spread(number: Whole, count: int) -> Whole:
    """A number written out for every row."""
    if len(number) == count:
        return number
    return replace(number, limbs=tuple(np.full(count, limb[0]) for limb in number.limbs))


def rows_of(left: Whole, right: Whole) -> int:
    """How many rows a result of both has."""
    return int(np.broadcast_shapes(left.limbs[0].shape, right.limbs[0].shape)[0])


def as_ints(numbers: Whole) -> list[int]:
    """The numbers as Python's own."""
    found: list[int] = numbers.limbs[-1].tolist()
    for limb in reversed(numbers.limbs[:-1]):
        found = [(value << _BITS) + low for value, low in zip(found, limb.tolist(), strict=True)]
    return found


def is_floatable(numbers: Whole) -> bool:
    """Whether `floats` can be made of the numbers."""
    return len(numbers.limbs) <= _FLOAT_LIMBS


def floats(numbers: Whole) -> Array:
    """The numbers as float64, each off by less than one part in 2⁴⁷; see CERTAIN."""
    found = numbers.limbs[-1].astype(np.float64)
    for limb in reversed(numbers.limbs[:-1]):
        found = found * float(1 << _BITS) + limb
    return found


def _size(low: int, high: int) -> int:
    """Limbs needed for numbers within these bounds."""
    return max(1, -(-max(abs(low), abs(high)).bit_length() // _BITS))


def _split(numbers: Whole) -> tuple[Array, ...]:
    """The numbers in limbs of 28 bits."""
    if not numbers.is_narrow:
        return numbers.limbs
    values, size = numbers.values, _size(numbers.low, numbers.high)
    places = [place * _BITS for place in range(size)]
    return (*((values >> place) & _MASK for place in places[:-1]), values >> places[-1])


def _made(raw: Sequence[Array], low: int, high: int) -> Whole:
    """Numbers of limbs that have not been carried yet.

    Args:
        raw: any int64 values, lowest limb first.
        low, high: bounds that the numbers are known to have.
    """
    limbs = _carried(raw)
    if fits(low, high):
        places = range(0, min(len(limbs), 3) * _BITS, _BITS)
        return Whole((np.asarray(sum(limb << place for limb, place in zip(limbs, places, strict=False))),), low, high)
    size = _size(low, high)
    while len(limbs) > size:
        top = limbs.pop()
        limbs[-1] = limbs[-1] + (top << _BITS)
    return Whole(tuple(_longer(limbs, size)), low, high)


def _carried(raw: Sequence[Array]) -> list[Array]:
    """The same numbers with all limbs but the last within 28 bits."""
    limbs: list[Array] = []
    carry: Array = np.zeros(1, dtype=np.int64)
    for limb in raw[:-1]:
        full: Array = limb + carry
        limbs.append(full & _MASK)
        carry = full >> _BITS
    return [*limbs, raw[-1] + carry]


def _longer(limbs: Sequence[Array], size: int) -> list[Array]:
    """The same numbers in at least so many limbs."""
    found = list(limbs)
    while len(found) < size:
        top = found.pop()
        found += [top & _MASK, top >> _BITS]
    return found


def plus(left: Whole, right: Whole) -> Whole:
    """Row sums."""
    low, high = left.low + right.low, left.high + right.high
    if left.is_narrow and right.is_narrow and fits(low, high):
        return Whole((left.values + right.values,), low, high)
    one, other = _split(left), _split(right)
    size = max(len(one), len(other))
    return _made([a + b for a, b in zip(_longer(one, size), _longer(other, size), strict=True)], low, high)


def negated(numbers: Whole) -> Whole:
    """Every number with the other sign."""
    low, high = -numbers.high, -numbers.low
    if numbers.is_narrow:
        return Whole((-numbers.values,), low, high)
    return _made([-limb for limb in numbers.limbs], low, high)


def minus(left: Whole, right: Whole) -> Whole:
    """Row differences."""
    return plus(left, negated(right))


def times(left: Whole, right: Whole) -> Whole:
    """Row products."""
    ends = [a * b for a in (left.low, left.high) for b in (right.low, right.high)]
    low, high = min(ends), max(ends)
    if left.is_narrow and right.is_narrow and fits(low, high):
        return Whole((left.values * right.values,), low, high)
    return _made(_product(_split(left), _split(right)), low, high)


def _product(one: Sequence[Array], other: Sequence[Array]) -> list[Array]:
    shape = np.broadcast_shapes(one[0].shape, other[0].shape)
    raw: list[Array] = [np.zeros(shape, dtype=np.int64) for _ in range(len(one) + len(other))]
    for row, limb in enumerate(one):
        if row and row % _ROWS == 0:
            raw = _carried(raw)
        for place, factor in enumerate(other, start=row):
            raw[place] += limb * factor
    return raw


def times_fixed(numbers: Whole, factor: int) -> Whole:
    """Every number times the same factor."""
    return numbers if factor == 1 else times(numbers, fixed(factor))


def signs(numbers: Whole) -> Array:
    """−1, 0 or 1 for each number."""
    if numbers.is_narrow:
        return np.sign(numbers.values).astype(np.int8)
    some = numbers.limbs[0] != 0
    for limb in numbers.limbs[1:]:
        some |= limb != 0
    return np.where(numbers.limbs[-1] < 0, -1, some).astype(np.int8)


def compare(left: Whole, right: Whole) -> Array:
    """−1, 0 or 1 as the left number is below, at or above the right one."""
    if left.is_narrow and right.is_narrow:
        return (left.values > right.values).astype(np.int8) - (left.values < right.values).astype(np.int8)
    return signs(minus(left, right))


def where(mask: Array, yes: Whole, no: Whole) -> Whole:
    """`yes` where the mask holds, `no` elsewhere."""
    low, high = min(yes.low, no.low), max(yes.high, no.high)
    one, other = _alike([yes, no])
    return Whole(tuple(np.where(mask, a, b) for a, b in zip(one, other, strict=True)), low, high)


def _alike(numbers: Sequence[Whole]) -> list[Sequence[Array]]:
    """The limbs of all, as many in each."""
    if all(own.is_narrow for own in numbers):
        return [own.limbs for own in numbers]
    size = max(_size(own.low, own.high) for own in numbers)
    return [_longer(_split(own), size) for own in numbers]


def narrow_ends(one: Whole, other: Whole) -> tuple[Whole, Whole]:
    """The lesser and the greater number of each row; of narrow ones."""
    low = Whole((np.minimum(one.values, other.values),), min(one.low, other.low), min(one.high, other.high))
    high = Whole((np.maximum(one.values, other.values),), max(one.low, other.low), max(one.high, other.high))
    return low, high


def joined(numbers: Sequence[Whole]) -> Whole:
    """The rows of all, one after the other."""
    limbs = tuple(np.concatenate(parts) for parts in zip(*_alike(numbers), strict=True))
    return Whole(limbs, min(own.low for own in numbers), max(own.high for own in numbers))


def scattered(count: int, pieces: Sequence[tuple[Array, Whole]], fill: int) -> Whole:
    """One number a row from numbers for parts of the rows; rows of no part have `fill`, 0 or 1."""
    found: list[Array] = []
    for place, parts in enumerate(zip(*_alike([own for _, own in pieces]), strict=True)):
        limb = np.full(count, 0 if place else fill, dtype=np.int64)
        for (rows, _), part in zip(pieces, parts, strict=True):
            limb[rows] = part
        found.append(limb)
    return Whole(tuple(found), min(fill, *(own.low for _, own in pieces)), max(fill, *(own.high for _, own in pieces)))


def magnitude(numbers: Whole) -> Whole:
    """Every number without its sign."""
    if numbers.low >= 0:
        return numbers
    found = where(signs(numbers) < 0, negated(numbers), numbers)
    return replace(found, low=0, high=max(-numbers.low, numbers.high))


def are_equal(left: Whole, right: Whole) -> bool:
    """Whether both are the same numbers in every row, known without reckoning."""
    if left is right:
        return True
    if len(left.limbs) != len(right.limbs) or len(left) != len(right):
        return False
    pairs = list(zip(left.limbs, right.limbs, strict=True))
    return all((a[:1] == b[:1]).all() for a, b in pairs) and all(a is b or bool(np.array_equal(a, b)) for a, b in pairs)


def exact_sum(numbers: Whole) -> int:
    """The sum over all rows."""
    limbs = _split(numbers)
    return sum(int(limb.sum()) << (place * _BITS) for place, limb in enumerate(limbs))


def floor_divided(above: Whole, below: Whole) -> Whole:
    """Row quotients rounded down; `below` is positive."""
    low = above.low // (below.low if above.low < 0 else below.high)
    high = above.high // (below.high if above.high < 0 else below.low)
    size = max(-low, high)
    if above.is_narrow and below.is_narrow and size < 2**45:
        return of_array(_narrow_quotient(above.values, below.values))
    if is_floatable(above) and is_floatable(below):
        if size >= LIMIT:
            # The bounds of both may be reached in different rows: what the rows themselves give is never more.
            size = int(np.abs(floats(above) / floats(below)).max(initial=0)) + 1
        if size < LIMIT // 2:
            return of_array(_wide_quotient(above, below, size))
    count = rows_of(above, below)
    pairs = zip(as_ints(spread(above, count)), as_ints(spread(below, count)), strict=True)
    return of_ints([a // b for a, b in pairs])


def _narrow_quotient(above: Array, below: Array) -> Array:
    """By the quotient of floats, which is off by one at most, and its rest."""
    quotient = np.floor(above / below).astype(np.int64)
    rest = above - quotient * below
    quotient -= rest < 0
    quotient += rest >= below
    return quotient


def _wide_quotient(above: Whole, below: Whole, size: int) -> Array:
    """By quotients of floats; each leaves a rest 2⁴⁴ times smaller, the last is off by one or two."""
    shape = np.broadcast_shapes(above.limbs[0].shape, below.limbs[0].shape)
    quotient = np.zeros(shape, dtype=np.int64)
    divisor, rest = floats(below), above
    while True:
        guess = np.floor(floats(rest) / divisor).astype(np.int64)
        quotient += guess
        size = (size >> 44) + 3
        rest = _rest(rest, Whole((guess,), int(guess.min(initial=0)), int(guess.max(initial=0))), below, size)
        if size == 3:
            break
    for _ in range(size):
        off = np.where(signs(rest) < 0, -1, compare(rest, below) >= 0).astype(np.int64)
        if not off.any():
            break
        quotient += off
        rest = _rest(rest, Whole((off,), -1, 1), below, size)
    return quotient


def _rest(above: Whole, quotient: Whole, below: Whole, size: int) -> Whole:
    """above − quotient × below, known to lie within ± size × below."""
    product = _split(times(quotient, below))
    one, end = _split(above), size * below.high
    count = max(len(one), len(product))
    pairs = zip(_longer(one, count), _longer(product, count), strict=True)
    return _made([a - b for a, b in pairs], -end, end)
