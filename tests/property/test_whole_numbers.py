"""Whole numbers of a field in limbs are Python's own whole numbers, whatever their size, and columns are fractions."""

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.engine import columns, ordering, whole
from scoring.engine.columns import Column
from scoring.engine.exact import MODES, Rounding, round_exact

sizes = st.sampled_from([3, 27, 28, 29, 56, 61, 62, 63, 64, 84, 130, 500, 1100])
numbers = sizes.flatmap(lambda bits: st.integers(-(2**bits), 2**bits))
near = st.builds(
    lambda n, off, sign: sign * (2**n + off), st.integers(0, 200), st.integers(-2, 2), st.sampled_from([1, -1])
)
ints = st.lists(numbers | near, min_size=1, max_size=6)
pairs = st.lists(st.tuples(numbers | near, numbers | near), min_size=1, max_size=6)
positive = (numbers | near).map(lambda n: abs(n) or 1)
divisions = st.lists(st.tuples(numbers | near, positive), min_size=1, max_size=6)


def of(values):
    return whole.of_ints(list(values))


def check(found, expected):
    """The numbers, and that limbs and bounds are as every operation may rely on."""
    assert whole.as_ints(whole.spread(found, len(expected))) == expected
    assert found.low <= min(expected)
    assert max(expected) <= found.high
    assert found.is_narrow == whole.fits(found.low, found.high)
    for limb in found.limbs:
        assert limb.dtype == np.int64
    for limb in found.limbs[:-1]:
        assert ((limb >= 0) & (limb < 2**28)).all()
    if not found.is_narrow:
        assert (np.abs(found.limbs[-1]) <= 2**28).all()


@settings(deadline=None)
@given(pairs)
def test_sums_differences_products_and_comparisons_are_those_of_python(both):
    left, right = of(a for a, _ in both), of(b for _, b in both)

    check(whole.plus(left, right), [a + b for a, b in both])
    check(whole.minus(left, right), [a - b for a, b in both])
    check(whole.times(left, right), [a * b for a, b in both])
    assert whole.compare(left, right).tolist() == [(a > b) - (a < b) for a, b in both]
    assert whole.exact_sum(left) == sum(a for a, _ in both)


@settings(deadline=None)
@given(ints, numbers)
def test_signs_sizes_and_fixed_factors_are_those_of_python(values, factor):
    own = of(values)

    check(own, values)
    check(whole.negated(own), [-value for value in values])
    check(whole.magnitude(own), [abs(value) for value in values])
    check(whole.times_fixed(own, factor), [value * factor for value in values])
    check(whole.plus(own, whole.fixed(factor)), [value + factor for value in values])
    assert whole.signs(own).tolist() == [(value > 0) - (value < 0) for value in values]


@settings(deadline=None)
@given(divisions)
def test_quotients_are_rounded_down_as_python_does(both):
    found = whole.floor_divided(of(a for a, _ in both), of(b for _, b in both))

    check(found, [a // b for a, b in both])


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(-(2**70), 2**70), st.integers(1, 2**40), st.integers(0, 3)), min_size=1))
def test_quotients_that_come_out_whole_or_one_short_are_exact(parts):
    above = [quotient * below + off for quotient, below, off in parts]

    found = whole.floor_divided(of(above), of(below for _, below, _ in parts))

    check(found, [a // below for a, (_, below, _) in zip(above, parts, strict=True)])


@settings(deadline=None)
@given(pairs, st.data())
def test_choosing_joining_and_scattering_keep_the_numbers(both, data):
    left, right = [a for a, _ in both], [b for _, b in both]
    mask = np.array(data.draw(st.lists(st.booleans(), min_size=len(both), max_size=len(both))))
    rows = np.array(data.draw(st.permutations(range(2 * len(both)))))

    check(whole.where(mask, of(left), of(right)), [a if m else b for m, (a, b) in zip(mask, both, strict=True)])
    check(whole.joined([of(left), of(right)]), left + right)
    places = [(rows[: len(both)], of(left)), (rows[len(both) :], of(right))]
    gathered = whole.scattered(2 * len(both) + 1, places, 1)
    check(gathered.take(rows), left + right)
    assert whole.as_ints(gathered)[-1] == 1


@settings(deadline=None)
@given(divisions)
def test_floats_are_as_near_as_they_are_taken_to_be(both):
    above, below = of(a for a, _ in both), of(b for _, b in both)
    if whole.is_floatable(above) and whole.is_floatable(below):
        found = (whole.floats(above) / whole.floats(below)).tolist()
        for value, (a, b) in zip(found, both, strict=True):
            assert abs(Fraction(value) - Fraction(a, b)) <= abs(Fraction(a, b)) * Fraction(whole.CERTAIN) / 4


small = st.fractions(min_value=-50, max_value=50, max_denominator=60)
huge = st.builds(Fraction, numbers, positive)
values = st.lists(st.tuples(small | huge, small | huge), min_size=1, max_size=5)


def column(given_values, own):
    """The values as a column; with a denominator for each row if `own`."""
    if not own:
        return columns.from_fractions(given_values)
    return Column(of(v.numerator for v in given_values), 1, of(v.denominator for v in given_values))


@settings(deadline=None)
@given(values, st.booleans(), st.booleans(), st.integers(0, 4), st.sampled_from(MODES))
def test_columns_reckon_as_fractions_do(both, left_own, right_own, places, mode):
    left, right = [a for a, _ in both], [b for _, b in both]
    one, other = column(left, left_own), column(right, right_own)
    rounding = Rounding.to_places(places, mode)
    mask = np.array([a > 1 for a in left])

    results = {
        "total": (columns.total([one, other, one]), [a + b + a for a, b in both]),
        "product": (columns.product(one, other), [a * b for a, b in both]),
        "quotient": (columns.quotient(one, other), [a / b if b else None for a, b in both]),
        "greatest": (columns.greatest([one, other]), [max(a, b) for a, b in both]),
        "least": (columns.least([one, other]), [min(a, b) for a, b in both]),
        "choose": (columns.choose(mask, one, other), [a if a > 1 else b for a, b in both]),
        "rounded": (columns.rounded(one, rounding), [round_exact(a, rounding) for a in left]),
        "floored": (columns.floored(one), [Fraction(a.numerator // a.denominator) for a in left]),
        "magnitude": (columns.magnitude(one), [abs(a) for a in left]),
        "added": (columns.add_to(one, Fraction(7, 3)), [a + Fraction(7, 3) for a in left]),
        "multiplied": (columns.multiply_by(one, Fraction(-7, 3)), [a * Fraction(-7, 3) for a in left]),
        "joined": (columns.concatenated([one, other]), left + right),
    }

    for name, (found, expected) in results.items():
        for value, wanted in zip(columns.as_fractions(found), expected, strict=True):
            assert wanted is None or value == wanted, name
    assert columns.compare(one, other).tolist() == [(a > b) - (a < b) for a, b in both]
    assert columns.at_least_mask(one, Fraction(3, 7)).tolist() == [a >= Fraction(3, 7) for a in left]
    assert columns.above_mask(one, Fraction(3, 7)).tolist() == [a > Fraction(3, 7) for a in left]
    ordered = columns.ascending([one, other, one])
    assert [columns.as_fractions(part) for part in ordered] == [
        [sorted([a, b, a])[place] for a, b in both] for place in range(3)
    ]


nearly_equal = st.builds(
    lambda base, off: base + off,
    st.sampled_from([Fraction(100), Fraction(1, 3), Fraction(0), Fraction(-7, 2**90), Fraction(2**1200)]),
    st.sampled_from([Fraction(0), Fraction(0), Fraction(1, 2**60), Fraction(-1, 2**61), Fraction(1, 3**80)]),
)


@settings(deadline=None)
@given(st.lists(nearly_equal | small, min_size=1, max_size=30), st.booleans())
def test_the_order_of_values_is_exact_however_near_they_are(given_values, own):
    order, starts = ordering.in_order(column(given_values, own))
    codes, bound = ordering.codes(column(given_values, own))

    ordered = [given_values[row] for row in order]
    assert ordered == sorted(given_values)
    assert starts.tolist() == [True, *(a != b for a, b in pairwise(ordered))]
    for a, first in zip(given_values, codes.tolist(), strict=True):
        assert 0 <= first < bound
        for b, second in zip(given_values, codes.tolist(), strict=True):
            assert (a < b) == (first < second)


@pytest.mark.parametrize("count", [40, 80])
def test_many_limbs_times_many_limbs_do_not_overflow(count):
    big = 2 ** (28 * count) - 1

    check(whole.times(of([big, -big]), of([big, big])), [big * big, -big * big])


@settings(deadline=None)
@given(
    st.lists(st.tuples(positive | st.just(60), st.lists(positive, min_size=4, max_size=4)), min_size=1, max_size=6),
    st.booleans(),
)
def test_the_same_number_over_several_others_is_ordered_and_trimmed_as_fractions_are(rows, is_fixed):
    above = [rows[0][0] if is_fixed else number for number, _ in rows]
    parts = [
        columns.quotient(columns.from_whole(above, 3), columns.from_whole([own[at] for _, own in rows], 7))
        for at in range(4)
    ]
    expected = [
        sorted(Fraction(7 * number, 3 * own) for own in others) for number, (_, others) in zip(above, rows, strict=True)
    ]

    ordered = [columns.as_fractions(part) for part in columns.ascending(parts)]
    trimmed = [columns.as_fractions(part) for part in columns.trimmed(parts, 1, 1)]

    assert [list(row) for row in zip(*ordered, strict=True)] == expected
    assert [sorted(row) for row in zip(*trimmed, strict=True)] == [own[1:3] for own in expected]
