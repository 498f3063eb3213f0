"""Unfolding a whole field gives what unfolding each contestant gives, and reckons the field once."""

import sys
from pathlib import Path

import pytest

from scoring.engine.explain import explain, explain_all
from scoring.engine.marks import MarkRow, collect_marks
from scoring.engine.outcomes import courses_of
from scoring.engine.ranking import rank
from scoring.engine.scheme_document import scheme_from_document
from scoring.engine.totals import evaluate
from scoring.formats import read_marks, read_scheme

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
MARKED = sorted(path for path in EXAMPLES.glob("*.yaml") if path.with_suffix(".csv").exists())


def ranking_of(path):
    scheme = read_scheme(path)
    return rank(evaluate(scheme, read_marks(path.with_suffix(".csv"), scheme)))


@pytest.mark.parametrize("path", MARKED, ids=lambda path: path.stem)
def test_all_at_once_is_one_by_one(path):
    ranking = ranking_of(path)

    assert dict(explain_all(ranking)) == {p.contestant: explain(ranking, p.contestant) for p in ranking.places}
    assert [who for who, _ in explain_all(ranking)] == [place.contestant for place in ranking.places]


def test_the_field_is_reckoned_once_however_many_are_unfolded():
    ranking, reckonings = ranking_of(MARKED[0]), []

    def watch(frame, event, _argument):
        if event == "call" and frame.f_code.co_name == "reckon":
            reckonings.append(frame)

    before = sys.getprofile()
    sys.setprofile(watch)
    try:
        assert len(list(explain_all(ranking))) == len(ranking.places) > 1
    finally:
        sys.setprofile(before)
    assert len(reckonings) == 1


def test_who_is_not_there_has_no_course():
    with pytest.raises(KeyError):
        courses_of(ranking_of(MARKED[0]).result, ["nobody"])


def test_a_warning_about_number_12_is_not_told_to_number_1():
    scheme = scheme_from_document({"format": "1", "title": "x", "children": [{"code": "A", "max": 10}]})
    rows = [MarkRow(who, "A", "", value) for who, value in (("1", "9"), ("12", "8"), ("11", "8"))]
    ranking = rank(evaluate(scheme, collect_marks(scheme, rows)))

    assert ranking.warnings
    assert explain(ranking, "1")["warnings"] == []
    assert explain(ranking, "12")["warnings"] == list(ranking.warnings)


def test_a_warning_about_the_first_place_is_not_told_to_number_1_further_down():
    scheme = scheme_from_document({"format": "1", "title": "x", "children": [{"code": "A", "max": 10}]})
    rows = [MarkRow(who, "A", "", value) for who, value in (("1", "7"), ("2", "8"), ("3", "8"))]
    ranking = rank(evaluate(scheme, collect_marks(scheme, rows)))

    assert ranking.warnings[0].startswith("第 1 名并列")
    assert [len(explain(ranking, who)["warnings"]) for who in ("1", "2", "3")] == [0, 1, 1]
