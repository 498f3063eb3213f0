"""Steps that compare the whole field, for all rows at once: places, shares of the best, standard scales."""

from __future__ import annotations

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
    exact = values.below is None
    numbers, slack = (values.num, 0) if exact else (_nearly(values), 1)
    count = len(values)
    total, squares = whole.exact_sum(numbers), whole.exact_sum(whole.times(numbers, numbers))
    variance = count * squares - total * total
    distance = whole.plus(whole.times_fixed(numbers, count), whole.fixed(-total))
    units, is_certain = _between(step, distance, variance, slack * count)
    if not is_certain.all():
        if not exact:
            return from_fractions(deviation_scale(as_fractions(values), step.centre, step.spread, step.places))
        units = _by_squares(step, distance, variance, units, np.flatnonzero(~is_certain))
    return add_to(Column(units, 10**step.places), step.centre)


def _nearly(values: Column) -> Whole:
    """The values' numerators over one denominator for all, rounded down, as fine as 60 bits allow."""
    below = whole.fixed(1) if values.below is None else values.below
    coarse = whole.floor_divided(values.num, below)
    bits = max(60 - max(abs(coarse.low), abs(coarse.high)).bit_length(), 0)
    return whole.floor_divided(whole.times_fixed(values.num, 2**bits), below)


def _between(step: StandardScale, distance: Whole, variance: int, slack: int) -> tuple[Whole, whole.Array]:
    """spread × distance ÷ √variance in units of the scale, halves up, and where that is certain.

    Args:
        step: the scale.
        distance: from the mean, times the size of the field.
        variance: the square of the root below, greater than 0 unless there is slack.
        slack: by how much distances, and the root, may be off.
    """
    shift = max(_ROOT_BITS - variance.bit_length() // 2, 0)
    root = isqrt(variance << (2 * shift))
    least, most = root - (slack << shift), root + 1 + (slack << shift)
    if least <= 0:
        return whole.spread(whole.fixed(0), len(distance)), np.zeros(len(distance), dtype=bool)
    factor = step.spread * 10**step.places * 2**shift

    def units(off: int, towards_zero: int, away: int) -> Whole:
        own = whole.plus(distance, whole.fixed(off))
        below = whole.where(whole.signs(own) >= 0, whole.fixed(towards_zero), whole.fixed(away))
        below = whole.times_fixed(below, factor.denominator)
        above = whole.plus(whole.times_fixed(own, 2 * factor.numerator), below)
        return whole.floor_divided(above, whole.times_fixed(below, 2))

    low, high = units(-slack, most, least), units(slack, least, most)
    return low, whole.compare(low, high) == 0


def _by_squares(step: StandardScale, distance: Whole, variance: int, units: Whole, rows: whole.Array) -> Whole:
    """The units with some rows reckoned one by one, each distance once."""
    factor = step.spread * 10**step.places
    found = {own: rounded_root(factor * own, Fraction(variance)) for own in set(whole.as_ints(distance.take(rows)))}
    exact = whole.of_ints([found[own] for own in whole.as_ints(distance.take(rows))])
    mask = np.zeros(len(distance), dtype=bool)
    mask[rows] = True
    return whole.where(mask, whole.scattered(len(distance), [(rows, exact)], 0), units)
