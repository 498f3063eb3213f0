"""Another rule on the same marks: a ranking beside the official one, which stays as it is."""

from pathlib import Path

import pytest

from scoring.engine.problems import SchemeError
from scoring.engine.ranking import rank
from scoring.engine.totals import evaluate
from scoring.engine.what_if import what_if, with_changes
from scoring.formats import read_marks, read_scheme

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"


@pytest.fixture
def official():
    scheme = read_scheme(EXAMPLES / "welder.yaml")
    return rank(evaluate(scheme, read_marks(EXAMPLES / "welder.csv", scheme)))


def test_without_the_time_the_first_two_share_their_place(official):
    other = what_if(official, {"total": {"ranking": {"ties": ["实操", "理论"]}}})

    assert not other.is_official
    assert [(s.contestant, s.official_rank, s.other_rank) for s in other.moved] == [("07", 2, 1)]
    assert official.by_contestant["07"].rank == 2


def test_without_gates_those_who_failed_have_places(official):
    other = what_if(official, {"理论": {"gate": None}, "实操": {"gate": None}})

    assert {s.contestant for s in other.moved} == {"02", "03", "04"}
    assert other.ranking.by_contestant["03"].rank is not None


def test_another_trim_changes_the_totals_it_should(official):
    other = what_if(official, {"M1.1": {"panel": {"judges": "5", "combine": "median"}}})

    changed = {s.contestant for s in other.shifts if s.official_total != s.other_total}
    # 03: 29 29 28 30 29.5: mean of the middle three 29.17, median 29
    assert "03" in changed
    assert "05" not in changed


def test_changes_that_make_no_scheme_are_refused(official):
    with pytest.raises(SchemeError):
        what_if(official, {"理论": {"weight": "40"}})
    with pytest.raises(SchemeError):
        with_changes(official.result.scheme, {"没有": {"max": "1"}})
