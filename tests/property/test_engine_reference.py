"""The plain reckoning and the one in columns both give the figures and places of an independent reference."""

import os
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scoring.engine import plan_ranking
from scoring.engine.delegation_document import event_standings
from scoring.engine.outcomes import evaluate_plainly
from scoring.engine.plan import field_marks
from scoring.engine.plan_standing import STATUSES
from scoring.engine.plan_values import STATES
from scoring.engine.ranking import rank
from tests.makers_grammar import make_any_marks, make_any_scheme
from tests.reference_engine import Reference
from tests.reference_following import ReferenceFollowing
from tests.reference_ranking import ReferenceRanking

SCHEMES = int(os.environ.get("RANDOM_SCHEMES", "1000"))
"""How many schemes are tried; more of them find more."""

ROWS_OF_A_SLICE = 4
"""Fewer than there are contestants, so that slices have to be put together."""


@settings(deadline=None, max_examples=SCHEMES, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 2**63))
def test_all_three_ways_of_reckoning_agree_on_any_scheme(seed):
    random = Random(seed)
    scheme = make_any_scheme(random)
    marks = make_any_marks(scheme, random, random.randint(1, 6), awards=True)

    plain = evaluate_plainly(scheme, marks)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plan_ranking, "SLICE", ROWS_OF_A_SLICE)
        ranked = plan_ranking.rank_field(scheme, field_marks(marks), keep=list(scheme.nodes), with_links=True)

    agree_on_values(scheme, marks, plain, ranked)
    agree_on_places(scheme, marks, plain, ranked)
    agree_on_what_follows(scheme, marks, rank(plain), ranked)


def agree_on_values(scheme, marks, plain, ranked):
    reference = Reference(scheme, marks)
    for name in scheme.nodes:
        cells = ranked.columns[name]
        for row, who in enumerate(marks.books):
            expected, outcome = reference.outcome(name, who), plain.outcome(who, name)
            assert (outcome.state, outcome.value, outcome.bare) == expected, ("plain", name, who)
            state = STATES[cells.states()[row]]
            value = cells.values.at(row) if state == "complete" else None
            assert (state, value, bool(cells.bares()[row])) == expected, ("columns", name, who)


def agree_on_places(scheme, marks, plain, ranked):
    expected, places = ReferenceRanking(scheme, marks), rank(plain).by_contestant
    halves = 2 if ranked.is_halved else 1
    for row, who in enumerate(marks.books):
        assert places[who].rank == expected.ranks[who], ("plain", who)
        assert set(places[who].tied_with) == expected.tied[who], ("plain", who)
        assert ranked.rank[row] == (expected.ranks[who] or 0) * halves, ("columns", who)
        assert bool(ranked.is_tied[row]) == bool(expected.tied[who]), ("columns", who)


def agree_on_what_follows(scheme, marks, places, ranked):
    statuses = {who: place.status for who, place in places.by_contestant.items()}
    expected = ReferenceFollowing(ReferenceRanking(scheme, marks), statuses)
    names = list(marks.books)
    assert statuses == {who: STATUSES[ranked.status[row]] for row, who in enumerate(names)}, "columns"
    for cut, line, own in zip(scheme.ranking.cuts, places.cuts, ranked.cuts, strict=True):
        going_on, undecided = expected.cut(cut)
        assert (list(line.going_on), list(line.undecided)) == (going_on, undecided), ("plain", cut)
        found = [[names[row] for row in rows] for rows in (own.going_on, own.undecided)]
        assert found == [going_on, undecided], ("columns", cut)
    assert {who: place.award_rank for who, place in places.by_contestant.items()} == expected.award_ranks()
    assert places.medals == expected.medals()
    for rule in scheme.delegations:
        standing = event_standings(places)[rule.name]
        found = {place.delegation: (place.rank, place.value) for place in standing}
        assert found == expected.standing(rule), rule
        assert [place.rank for place in standing if place.rank] == sorted(p.rank for p in standing if p.rank)
