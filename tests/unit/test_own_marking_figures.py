"""One judge beside the panel's median, by groups of aspects: exact means, no other judge in it."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.charts import span_bar
from scoring.engine.marks import Book, Marks
from scoring.engine.own_marking import own_marking
from scoring.engine.scheme_document import scheme_from_document

PANEL = {"judges": 3, "round": 2, "missing": "wait"}
SCHEME = scheme_from_document(
    {
        "format": "1",
        "title": "x",
        "default_panel": PANEL,
        "children": [
            {
                "code": "M",
                "label": "管板",
                "level": "module",
                "children": [
                    {
                        "code": "A",
                        "label": "外观",
                        "children": [{"code": c, "label": c, "max": 10} for c in ("A1", "A2")],
                    },
                    {"code": "B", "label": "尺寸", "children": [{"code": "B1", "label": "B1", "max": 20}]},
                ],
            },
            {"code": "N", "label": "单项", "level": "module", "children": [{"code": "N1", "label": "N1", "max": 10}]},
        ],
    }
)
A1, A2, B1, N1 = (next(node.id for node in SCHEME.aspects() if node.code == code) for code in ("A1", "A2", "B1", "N1"))
M = SCHEME.parents[SCHEME.parents[A1]]


def book(**given):
    """Aspect → marks of 甲, 乙, 丙."""
    named = {aspect: dict(zip("甲乙丙", map(Fraction, row), strict=False)) for aspect, row in given.items()}
    return Book(marks=named)


def marks_of(*books):
    return Marks({str(number): one for number, one in enumerate(books, start=1)})


def test_the_mean_is_taken_from_the_median_and_told_group_by_group():
    marks = marks_of(book(**{A1: (9, 7, 5), A2: (6, 6, 6), B1: (10, 20, 12)}))
    (module,) = own_marking(SCHEME, marks, "甲")

    assert module.whole.node == M
    assert (module.whole.count, module.whole.mean) == (3, Fraction(2 + 0 - 2, 3))
    assert [(line.node, line.count, line.mean) for line in module.groups] == [
        (SCHEME.parents[A1], 2, Fraction(1)),
        (SCHEME.parents[B1], 1, Fraction(-2)),
    ]
    assert module.groups[0].share == Fraction(1, 10)
    assert module.groups[1].share == Fraction(-1, 10)  # 2 of 20 points weigh like 1 of 10
    assert module.groups[1].spread is None  # one mark has no spread
    assert module.groups[1].panel_spread is not None


def test_aspects_that_stand_in_no_group_are_told_one_by_one():
    flat = {"code": "F", "label": "F", "level": "module", "children": [{"code": c, "max": 10} for c in ("F1", "F2")]}
    scheme = scheme_from_document({"format": "1", "title": "x", "default_panel": PANEL, "children": [flat]})
    first, second = (aspect.id for aspect in scheme.aspects())
    (module,) = own_marking(scheme, marks_of(book(**{first: (9, 7, 5), second: (4, 6, 8)})), "甲")
    assert [(line.node, line.mean) for line in module.groups] == [(first, 2), (second, -2)]
    assert module.whole.mean == 0


def test_a_module_of_one_group_is_told_once_and_a_module_not_judged_not_at_all():
    marks = marks_of(book(**{N1: (9, 7, 5)}))
    (module,) = own_marking(SCHEME, marks, "丙")
    assert module.groups == ()
    assert module.whole.mean == Fraction(-2)

    assert own_marking(SCHEME, marks, "丁") == ()


def test_what_only_one_judge_marked_cannot_be_compared():
    assert own_marking(SCHEME, marks_of(book(**{N1: (9,)})), "甲") == ()


def test_a_judge_who_always_agrees_with_the_median_has_neither_mean_nor_spread():
    marks = marks_of(book(**{N1: (7, 9, 5)}), book(**{N1: (4, 2, 6)}))
    (module,) = own_marking(SCHEME, marks, "甲")
    assert (module.whole.mean, module.whole.spread, module.whole.share) == (0, 0, 0)
    assert module.whole.panel_spread > 0


@given(st.lists(st.tuples(*[st.integers(0, 10)] * 3), min_size=2, max_size=8), st.integers(1, 5))
def test_marking_everybody_higher_moves_the_mean_and_never_the_spread(rows, more):
    """The outer judge is lifted over the others by a constant: the median stays, the mean follows exactly."""
    low = marks_of(*(book(**{N1: (max(row), *sorted(row)[:2])}) for row in rows))
    high = marks_of(*(book(**{N1: (max(row) + more, *sorted(row)[:2])}) for row in rows))
    before, after = (own_marking(SCHEME, marks, "甲")[0].whole for marks in (low, high))

    assert after.mean - before.mean == more
    assert after.spread == pytest.approx(before.spread)


@given(st.floats(-2, 2), st.floats(0, 2), st.floats(0.01, 2))
def test_a_span_stays_in_its_box_with_the_mean_inside(mean, spread, reach):
    bar = span_bar(mean, spread, reach)
    assert 0 <= bar.x <= bar.at <= bar.x + bar.width <= 200


def test_a_span_of_nothing_stands_on_the_zero_line():
    bar = span_bar(0.0, 0.0, 0.05)
    assert (bar.x, bar.width, bar.at) == (100, 0, 100)
