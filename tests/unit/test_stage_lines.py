"""Who goes on by a line: nobody of a tie is cut off by accident, and nobody without a place is taken on."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from competitions.stages.lines import Line, LineError, Measure, line_of
from scoring.stages.proposing import Fate, Standing, fates


def standings(*ranks, totals=None):
    totals = totals or [None if rank is None else str(100 - Fraction(rank)) for rank in ranks]
    return [
        Standing(n, None if rank is None else Fraction(rank), None if total is None else Fraction(total))
        for n, (rank, total) in enumerate(zip(ranks, totals, strict=True), start=1)
    ]


def by_line(measure, value, *ranks, totals=None):
    return "".join(
        fate.value[0] for _, fate in sorted(fates(standings(*ranks, totals=totals), Line(measure, value)).items())
    )


@pytest.mark.parametrize(
    ("number", "ranks", "expected"),
    [
        ("2", "1 2 3", "ggb"),
        ("3", "1 2 3", "ggg"),
        ("9", "1 2 3", "ggg"),
        ("2", "1 2 2", "gtt"),
        ("3", "1 2 2", "ggg"),
        ("3", "1 2 3 3 5", "ggttb"),
        ("1", "1 1 1", "ttt"),
        ("3", "1 1 1 4", "gggb"),
    ],
)
def test_a_tie_across_the_end_of_a_number_is_left_open(number, ranks, expected):
    assert by_line(Measure.NUMBER, number, *ranks.split()) == expected


def test_places_that_are_averaged_are_counted_by_heads():
    assert by_line(Measure.NUMBER, "2", "1", "2.5", "2.5", "4") == "gttb"


def test_a_place_takes_all_who_have_it():
    assert by_line(Measure.RANK, "2", "1", "2", "2", "4") == "gggb"


def test_a_score_takes_all_who_reach_it_exactly():
    assert by_line(Measure.SCORE, "60.5", "1", "2", "3", totals=["80", "60.5", "60.49"]) == "ggb"


@pytest.mark.parametrize("measure", Measure)
def test_whoever_has_no_place_is_never_taken_on(measure):
    assert by_line(measure, "50", "1", None) == "gu"
    assert by_line(measure, "50", None, totals=["99"]) == "u"


@given(st.lists(st.integers(0, 5), min_size=1, max_size=30), st.integers(1, 30))
def test_who_has_the_same_place_has_the_same_fate_and_the_first_so_many_are_never_exceeded(scores, number):
    ranks = [str(1 + sum(other > score for other in scores)) for score in scores]
    found = fates(standings(*ranks), Line(Measure.NUMBER, str(number)))
    goes = [n for n, fate in found.items() if fate is Fate.GOES]
    tied = [n for n, fate in found.items() if fate is Fate.TIED]

    for one, rank in enumerate(ranks, start=1):
        assert {found[n] for n, other in enumerate(ranks, start=1) if other == rank} == {found[one]}
    assert len(goes) <= number
    assert len(goes) + len(tied) >= min(number, len(scores))
    assert not tied or len(goes) + len(tied) > number


@pytest.mark.parametrize("text", ["", "0", "-1", "3.5", "三十", "1e3", "٣", " 30 名"])
def test_what_is_no_number_of_people_is_refused(text):
    with pytest.raises(LineError):
        line_of(Measure.NUMBER, text)


@pytest.mark.parametrize("text", ["", "abc", "60,5", "-3", "60.", "NaN"])
def test_what_is_no_score_is_refused(text):
    with pytest.raises(LineError):
        line_of(Measure.SCORE, text)


def test_a_line_is_said_in_words():
    assert line_of(Measure.SCORE, " 60.5 ").sentence == "总分 60.5 分及以上都晋级"
    assert str(line_of(Measure.NUMBER, "30")) == "number:30"
