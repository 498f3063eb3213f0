"""Steps that compare a field give, over columns of hundreds of rows, the fractions that they give value by value."""

from fractions import Fraction
from random import Random

import numpy as np
import pytest

from scoring.engine.columns import Column, as_fractions, from_fractions
from scoring.engine.plan_field import field_values
from scoring.engine.steps import Place, RelativeToBest, StandardScale, apply_field_step
from scoring.engine.whole import of_array

STEPS = (
    StandardScale("median", Fraction(700), Fraction(30), 0),
    StandardScale("median", Fraction(700), Fraction(30), 3),
    StandardScale("deviation", Fraction(500), Fraction(30), 0),
    StandardScale("deviation", Fraction(500), Fraction(30), 10),
    RelativeToBest("high", Fraction(100)),
    RelativeToBest("low", Fraction(100)),
    Place("high", "average"),
    Place("low", "dense"),
)


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("seed", range(4))
def test_a_field_of_quotients_is_compared_exactly(step, seed):
    random = Random(seed)
    above = [random.randint(1, 4000) for _ in range(300)]
    below = [random.choice([1, 2, 3, 7, 12, 40]) for _ in above]
    values = Column(of_array(np.array(above)), 10, of_array(np.array(below)))

    assert as_fractions(field_values(step, values)) == apply_field_step(step, as_fractions(values))


@pytest.mark.parametrize("step", STEPS)
def test_a_field_on_which_roundings_fall_in_the_middle_is_compared_exactly(step):
    values = [Fraction(n, 60) for n in range(1, 202)] * 2

    assert as_fractions(field_values(step, from_fractions(values))) == apply_field_step(step, values)


@pytest.mark.parametrize("spread", [Fraction(1), Fraction(1, 10**9)])
def test_halves_on_the_deviation_scale_go_towards_plus_infinity(spread):
    step = StandardScale("deviation", Fraction(500), Fraction(1, 2), 0)
    values = [Fraction(3) - spread, Fraction(3) + spread] * 3

    found = as_fractions(field_values(step, from_fractions(values)))

    assert found == apply_field_step(step, values) == [Fraction(500), Fraction(501)] * 3
