"""The reckoning in columns gives, for any scheme and any marks, exactly the figures of the plain fractions."""

from random import Random

import pytest

from scoring.engine.outcomes import evaluate_plainly
from scoring.engine.plan import field_marks, reckon_field
from scoring.engine.plan_ranking import rank_field
from scoring.engine.plan_values import STATES
from scoring.engine.ranking import rank
from scoring.engine.totals import evaluate
from tests.makers_schemes import make_marks, make_scheme


@pytest.mark.parametrize("block", range(10))
def test_a_hundred_random_schemes_come_out_the_same_both_ways(block):
    for seed in range(block * 100, block * 100 + 100):
        random = Random(seed)
        scheme = make_scheme(random)
        marks = make_marks(scheme, random)

        plain = evaluate_plainly(scheme, marks)
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


@pytest.mark.parametrize("block", range(4))
def test_the_engine_answers_from_either_reckoning_with_the_same_outcomes_and_places(block):
    for seed in range(2000 + block * 25, 2025 + block * 25):
        random = Random(seed)
        scheme = make_scheme(random)
        marks = make_marks(scheme, random)

        plain, fast = evaluate_plainly(scheme, marks), evaluate(scheme, marks)

        for name in scheme.nodes:
            assert {**fast.outcomes[name]} == {**plain.outcomes[name]}, (seed, name)
        assert rank(fast).places == rank(plain).places


@pytest.mark.parametrize("block", range(4))
def test_places_from_columns_are_the_places_of_the_ranking(block):
    for seed in range(3000 + block * 40, 3040 + block * 40):
        random = Random(seed)
        scheme = make_scheme(random)
        marks = make_marks(scheme, random, 30)

        places = rank(evaluate_plainly(scheme, marks))
        columns = rank_field(scheme, field_marks(marks))

        for row, who in enumerate(marks.books):
            place = places.by_contestant[who]
            assert columns.rank[row] == (place.rank or 0), (seed, who)
            assert bool(columns.is_tied[row]) == bool(place.tied_with), (seed, who)
