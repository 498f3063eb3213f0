"""Steps that compare the whole field, for all rows at once: places, shares of the best, standard scales."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import isqrt

import numpy as np

from scoring.engine import whole
from scoring.engine.columns import (
    Column,
    add_to,
    as_fractions,
    compare_with,
    constant,
    fixed,
    from_fractions,
    from_whole,
    is_zero,
    magnitude,
    multiply_by,
    quotient,
    rounded,
)
from scoring.engine.exact import Rounding
from scoring.engine.ordering import in_order
from scoring.engine.scale import MAD_TO_SD, deviation_scale, rounded_root
from scoring.engine.steps import FieldStep, NotComputableError, Place, RelativeToBest, StandardScale
from scoring.engine.whole import Whole

_ROOT_BITS = 62
"""Bits of a standard deviation's root; scores between its two bounds are reckoned from squares."""

_BITS_OF_NEARLY = (44, 60)
"""Numbers of the first size are divided fastest; a few fields need the second."""

_SLICE = 1 << 15


def field_values(step: FieldStep, values: Column) -> Column:
    """The values after a step that compares them; the figures of `steps.apply_field_step`.

    Args:
        step: the rule.
        values: of all who take part.

    Raises:
        NotComputableError: a proportion to a best value of zero.
    """
    if not len(values):
        return values
    if isinstance(step, Place):
        return _places(step, values)
    if isinstance(step, RelativeToBest):
        return _shares(step, values)
    return _median_scale(step, values) if step.form == "median" else _deviation_scale(step, values)


def _places(step: Place, values: Column) -> Column:
    order, starts = in_order(values)
    heads = np.flatnonzero(starts)
    sizes = np.diff(np.append(heads, len(order)))
    before = heads if step.better == "low" else len(order) - heads - sizes
    if step.ties == "dense":
        dense = np.arange(1, len(heads) + 1)
        numbers = dense if step.better == "low" else dense[::-1]
    else:
        numbers = 2 * before + 1 + sizes if step.ties == "average" else before + 1
    found = np.empty(len(order), dtype=np.int64)
    found[order] = np.repeat(numbers, sizes)
    return from_whole(found, 2 if step.ties == "average" else 1)


def _shares(step: RelativeToBest, values: Column) -> Column:
    order, _ = in_order(values)
    best = values.at(int(order[-1 if step.better == "high" else 0]))
    if step.better == "high" and best:
        return multiply_by(values, step.points / best)
    zero = is_zero(values)
    # A best of zero: whoever has it too gets all points where less is better, none where more is.
    if step.better == "high" and zero.all():
        return constant(Fraction(0), len(values))
    if step.better == "high" or (best and zero.any()):
        raise NotComputableError("全场最好值为 0，无法按比例折算")
    if not best:
        return from_fractions([step.points if own else Fraction(0) for own in zero.tolist()])
    return quotient(fixed(best * step.points), values)


def _median(values: Column) -> Fraction:
    order, _ = in_order(values)
    middle = len(order) // 2
    high = values.at(int(order[middle]))
    return high if len(order) % 2 else (values.at(int(order[middle - 1])) + high) / 2


def _median_scale(step: StandardScale, values: Column) -> Column:
    distance = add_to(values, -_median(values))
    deviation = MAD_TO_SD * _median(magnitude(distance))
    if deviation == 0:
        return constant(step.centre, len(values))
    scores = add_to(multiply_by(distance, step.spread / deviation), step.centre)
    return rounded(scores, Rounding.to_places(step.places))


def _deviation_scale(step: StandardScale, values: Column) -> Column:
    if not compare_with(values, values.at(0)).any():
        return constant(step.centre, len(values))
    if values.below is None and (scores := _on_deviations(step, values.num, 0)) is not None:
        return scores
    for bits in _BITS_OF_NEARLY:
        numbers = _nearly(values, bits)
        found = None if numbers is None else _on_deviations(step, numbers, len(values))
        if found is not None:
            return found
    return _by_fractions(step, values)


def _on_deviations(step: StandardScale, numbers: Whole, slack: int) -> Column | None:
    """The scores of whole numbers; None if what is cut off them (`slack`, see `_Root`) leaves some uncertain."""
    count, total = len(numbers), whole.exact_sum(numbers)
    squares = sum(whole.exact_sum(whole.times(part, part)) for part in _slices(numbers))
    distance = whole.plus(whole.times_fixed(numbers, count), whole.fixed(-total))
    root = _Root(step.spread * 10**step.places, count * squares - total * total, slack)
    units, is_certain = _by_floats(root, distance)
    rows = np.flatnonzero(~is_certain)
    between, is_certain = _between(root, distance.take(rows))
    if not is_certain.all():
        if slack:
            return None
        between = _by_squares(root, distance.take(rows))
    return add_to(Column(_with(units, rows, between), 10**step.places), step.centre)


def _by_fractions(step: StandardScale, values: Column) -> Column:
    return from_fractions(deviation_scale(as_fractions(values), step.centre, step.spread, step.places))


def _slices(numbers: Whole) -> list[Whole]:
    return [numbers.take(slice(start, start + _SLICE)) for start in range(0, len(numbers), _SLICE)]


def _nearly(values: Column, bits: int) -> Whole | None:
    """The values over one denominator for all, rounded down, in so many bits; None if they are too long."""
    if values.below is None or not whole.is_floatable(values.num) or not whole.is_floatable(values.below):
        return None
    size = float(np.abs(whole.floats(values.num) / whole.floats(values.below)).max())
    bits = max(bits - int(size + 1).bit_length(), 0)
    pairs = zip(_slices(values.num), _slices(values.below), strict=True)
    return whole.joined([whole.floor_divided(whole.times_fixed(num, 2**bits), below) for num, below in pairs])


@dataclass(frozen=True)
class _Root:
    """What distances from the mean are multiplied by: factor ÷ √variance.

    Attributes:
        factor: units of the scale for one standard deviation.
        variance: the square of the root; greater than 0 unless there is slack.
        slack: by how much distances, and the root, may be off.
    """

    factor: Fraction
    variance: int
    slack: int

    @property
    def shift(self) -> int:
        """Bits to add to the root, so that its whole part is as fine as it need be."""
        return max(_ROOT_BITS - self.variance.bit_length() // 2, 0)

    @property
    def bounds(self) -> tuple[int, int]:
        """The root times 2 ** shift lies between these."""
        root, slack = isqrt(self.variance << (2 * self.shift)), self.slack << self.shift
        return root - slack, root + 1 + slack


def _by_floats(root: _Root, distance: Whole) -> tuple[Whole, whole.Array]:
    """The units, halves up, as floats have them, and where these are certain."""
    least, most = root.bounds
    if least <= 0 or not whole.is_floatable(distance):
        return whole.spread(whole.fixed(0), len(distance)), np.zeros(len(distance), dtype=bool)
    ratio = float(root.factor * 2**root.shift / least)
    near = whole.floats(distance) * ratio + 0.5
    floor = np.floor(near)
    off = (np.abs(near) + 1) * (whole.CERTAIN + (most - least) / least) + 2 * ratio * root.slack
    is_certain = (near - floor > off) & (floor + 1 - near > off)
    return whole.of_array(np.where(is_certain, floor, 0).astype(np.int64)), is_certain


def _between(root: _Root, distance: Whole) -> tuple[Whole, whole.Array]:
    """The units between bounds in whole numbers, and where both bounds give the same."""
    least, most = root.bounds
    if least <= 0 or not len(distance):
        return whole.spread(whole.fixed(0), len(distance)), np.zeros(len(distance), dtype=bool)
    factor = root.factor * 2**root.shift

    def units(off: int, towards_zero: int, away: int) -> Whole:
        own = whole.plus(distance, whole.fixed(off))
        below = whole.where(whole.signs(own) >= 0, whole.fixed(towards_zero), whole.fixed(away))
        below = whole.times_fixed(below, factor.denominator)
        above = whole.plus(whole.times_fixed(own, 2 * factor.numerator), below)
        return whole.floor_divided(above, whole.times_fixed(below, 2))

    low, high = units(-root.slack, most, least), units(root.slack, least, most)
    return low, whole.compare(low, high) == 0


def _by_squares(root: _Root, distance: Whole) -> Whole:
    """The units reckoned one by one, each distance once."""
    own = whole.as_ints(distance)
    found = {value: rounded_root(root.factor * value, Fraction(root.variance)) for value in set(own)}
    return whole.of_ints([found[value] for value in own])


def _with(units: Whole, rows: whole.Array, own: Whole) -> Whole:
    """The units with those of some rows put in."""
    if not len(rows):
        return units
    rest = np.ones(len(units), dtype=bool)
    rest[rows] = False
    others = np.flatnonzero(rest)
    return whole.scattered(len(units), [(rows, own), (others, units.take(others))], 0)
