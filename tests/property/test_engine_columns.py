"""The reckoning in columns gives, for any scheme and any marks, exactly the figures of the plain fractions."""

from random import Random

import pytest

from scoring.engine.plan import field_marks, reckon_field
from scoring.engine.plan_values import STATES
from scoring.engine.totals import evaluate
from tests.makers_schemes import make_marks, make_scheme


@pytest.mark.parametrize("block", range(10))
def test_a_hundred_random_schemes_come_out_the_same_both_ways(block):
    for seed in range(block * 100, block * 100 + 100):
        random = Random(seed)
        scheme = make_scheme(random)
        marks = make_marks(scheme, random)

        plain = evaluate(scheme, marks)
        columns, _ = reckon_field(scheme, field_marks(marks))

        for name, cells in columns.items():
            states, bares = cells.states(), cells.bares()
            for row, who in enumerate(plain.contestants):
                outcome = plain.outcome(who, name)
                where = (seed, name, who)
                assert STATES[states[row]] == outcome.state, where
                assert bool(bares[row]) == outcome.bare, where
                if outcome.value is not None:
                    assert cells.values.at(row) == outcome.value, where
