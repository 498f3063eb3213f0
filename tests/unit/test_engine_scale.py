"""Scales of a field and medals by closeness, against figures reckoned by other means."""

from decimal import Decimal, getcontext
from fractions import Fraction

import pytest

from scoring.engine.scale import MedalRule, deviation_scale, medals, median_scale


def fractions(*values):
    return [Fraction(str(value)) for value in values]


def test_the_median_mark_has_700_and_the_rest_lie_by_median_deviations():
    scores = median_scale(fractions(80, 70, 75, 60, 90), Fraction(700), Fraction(30), 0)

    # median 75; deviations 5 5 0 15 15 → MAD 5; 30 × 5 ÷ 7.413 = 20.23…; 30 × 15 ÷ 7.413 = 60.70…
    assert scores == [720, 680, 700, 639, 761]


def test_a_level_field_has_the_centre():
    assert median_scale(fractions(5, 5, 5, 9), Fraction(700), Fraction(30), 0) == [700] * 4
    assert deviation_scale(fractions(5, 5), Fraction(500), Fraction(30), 0) == [500] * 2


@pytest.mark.parametrize("places", [0, 2])
def test_the_500_scale_never_takes_a_root_and_agrees_with_fifty_digits(places):
    getcontext().prec = 50
    marks = [Decimal(n) for n in (51, 63, 48, 77, 81, 66, 59, 70, 90, 42)]
    mean = sum(marks) / len(marks)
    deviation = (sum((m - mean) ** 2 for m in marks) / len(marks)).sqrt()
    expected = [
        (500 + 30 * (m - mean) / deviation).quantize(Decimal(1).scaleb(-places), rounding="ROUND_HALF_UP")
        for m in marks
    ]

    scores = deviation_scale([Fraction(m) for m in marks], Fraction(500), Fraction(30), places)

    assert [Decimal(s.numerator) / Decimal(s.denominator) for s in scores] == expected


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        ((750, 740, 730, 720), "gold silver bronze medallion"),
        ((750, 749, 740, 739, 690), "gold gold bronze bronze -"),
        ((750, 749, 748, 747, 690), "gold gold gold bronze -"),
        ((750, 749, 748, 740, 690), "gold gold gold medallion -"),
        ((750, 740, 739, 737, 700), "gold silver silver bronze medallion"),
        ((750, 740, 739, 736, 700), "gold silver silver medallion medallion"),
        ((750, 748, 746, 744), "gold gold bronze bronze"),
    ],
)
def test_medals_go_by_closeness_from_the_head_of_each_group(scores, expected):
    named = {str(index): Fraction(score) for index, score in enumerate(scores)}

    found = medals(named, MedalRule("total", Fraction(2), Fraction(700)))

    assert [found.get(str(index), "-") for index in range(len(scores))] == expected.split()
