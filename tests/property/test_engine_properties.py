"""What must hold for every scheme: order never decides, a better mark never harms, totals are what they unfold into."""

from fractions import Fraction
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.engine.exact import MODES, Rounding, decimal_text, number, round_exact
from scoring.engine.explain import explain
from scoring.engine.marks import Book, MarkRow, Marks, collect_marks
from scoring.engine.outcomes import evaluate_plainly
from scoring.engine.panel import panel_value
from scoring.engine.ranking import rank
from scoring.engine.scheme import DropRule, Panel
from scoring.engine.totals import evaluate
from scoring.formats.yaml_scheme import load_scheme
from tests.makers_schemes import make_marks, make_scheme

tenths = st.integers(0, 100).map(lambda n: Fraction(n, 10))
panels = st.dictionaries(st.sampled_from([f"J{n}" for n in range(9)]), tenths, min_size=3, max_size=9)


def nothing(operand):
    raise AssertionError(operand)


FIVE = load_scheme(
    """
title: 五名裁判
round: 2
children:
  - {codes: [A, B], max: 10, step: 0.1, panel: {drop_high: 1, drop_low: 1, round: 2}}
ranking: {ties: [A]}
"""
)


def marks_of(table):
    return collect_marks(
        FIVE,
        [
            MarkRow(str(who), aspect, f"J{judge}", decimal_text(mark))
            for who, by_aspect in enumerate(table)
            for aspect, panel in zip("AB", by_aspect, strict=True)
            for judge, mark in enumerate(panel)
        ],
    )


tables = st.lists(st.tuples(*[st.lists(tenths, min_size=5, max_size=5)] * 2), min_size=1, max_size=6)


@given(panels, st.data())
def test_the_order_of_the_judges_changes_no_panel(panel, data):
    rule = Panel(drops=(DropRule(0, 1, 1),), combine=data.draw(st.sampled_from(["mean", "sum", "median"])))
    shuffled = dict(data.draw(st.permutations(list(panel.items()))))
    renamed = {f"X{index}": mark for index, mark in enumerate(panel.values())}

    value = panel_value(rule, panel, nothing).value

    assert panel_value(rule, shuffled, nothing).value == value
    assert panel_value(rule, renamed, nothing).value == value


@given(panels, st.sampled_from([Fraction(0), Fraction(10)]))
def test_one_hostile_judge_cannot_move_the_mean_outside_the_others(panel, hostile):
    rule = Panel(drops=(DropRule(0, 1, 1),))

    value = panel_value(rule, {**panel, "hostile": hostile}, nothing).value

    assert min(panel.values()) <= value <= max(panel.values())


@settings(deadline=None, max_examples=60)
@given(tables, st.data())
def test_the_order_of_the_contestants_changes_no_place(table, data):
    marks = marks_of(table)
    shuffled = Marks(dict(data.draw(st.permutations(list(marks.books.items())))))

    before = {p.contestant: (p.rank, p.tied_with) for p in rank(evaluate(FIVE, marks)).places}
    after = {p.contestant: (p.rank, p.tied_with) for p in rank(evaluate(FIVE, shuffled)).places}

    assert {who: place for who, (place, _) in before.items()} == {who: place for who, (place, _) in after.items()}
    assert {w: set(tied) for w, (_, tied) in before.items()} == {w: set(tied) for w, (_, tied) in after.items()}


@settings(deadline=None, max_examples=60)
@given(tables, st.data())
def test_raising_one_mark_never_lowers_a_place(table, data):
    who = data.draw(st.integers(0, len(table) - 1))
    aspect, judge = data.draw(st.integers(0, 1)), data.draw(st.integers(0, 4))
    raised = [[list(panel) for panel in row] for row in table]
    raised[who][aspect][judge] = max(raised[who][aspect][judge], data.draw(tenths))

    before = rank(evaluate(FIVE, marks_of(table))).by_contestant[str(who)].rank
    after = rank(evaluate(FIVE, marks_of(raised))).by_contestant[str(who)].rank

    assert after <= before


@settings(deadline=None, max_examples=60)
@given(tables)
def test_adding_a_contestant_never_changes_the_order_of_the_others(table):
    few, many = marks_of(table[:-1]), marks_of(table)
    before = {p.contestant: p.rank for p in rank(evaluate(FIVE, few)).places}
    after = {p.contestant: p.rank for p in rank(evaluate(FIVE, many)).places}

    for one, place in before.items():
        for other, second in before.items():
            assert (place < second) == (after[one] < after[other])


@settings(deadline=None, max_examples=60)
@given(tables)
def test_a_better_total_is_never_ranked_below(table):
    ranking = rank(evaluate(FIVE, marks_of(table)))
    key = {who: (ranking.result.value(who), ranking.result.value(who, "A")) for who in ranking.by_contestant}
    for one, a in ranking.by_contestant.items():
        for other, b in ranking.by_contestant.items():
            assert (a.rank < b.rank) == (key[one] > key[other])


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 5000))
def test_every_total_is_what_its_unfolding_ends_with(seed):
    random = Random(seed)
    scheme = make_scheme(random)
    marks = make_marks(scheme, random, 4)
    ranking = rank(evaluate(scheme, marks))
    for who in marks.books:
        for node in nodes_of(explain(ranking, who)["tree"]):
            last = next((rule for rule in reversed(node["rules"]) if "after" in rule), None)
            if last is not None and node["value"] is not None and last["after"] is not None:
                exact = node.get("value_exact", node["value"])
                assert Fraction(last.get("after_exact", last["after"])) == Fraction(exact)


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 5000))
def test_a_contestant_without_marks_is_never_ranked_and_never_zero(seed):
    random = Random(seed)
    scheme = make_scheme(random)
    marks = make_marks(scheme, random, 3)
    with_stranger = Marks({**marks.books, "李外人": Book()})

    place = rank(evaluate_plainly(scheme, with_stranger)).by_contestant["李外人"]

    assert (place.rank, place.status) == (None, "incomplete")


@given(st.fractions(max_denominator=10**6), st.integers(0, 4), st.sampled_from(MODES))
def test_rounding_goes_to_a_neighbour_and_never_passes_the_value_the_wrong_way(value, places, mode):
    rounding = Rounding.to_places(places, mode)
    found = round_exact(value, rounding)

    assert abs(found - value) < rounding.quantum
    assert (found / rounding.quantum).denominator == 1
    if mode.startswith("half"):
        assert abs(found - value) * 2 <= rounding.quantum
    if mode == "down":
        assert abs(found) <= abs(value)
    if mode == "up":
        assert abs(found) >= abs(value)


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=4))
def test_decimal_text_and_back_is_the_same_number(value):
    text = f"{value:f}"

    assert number(decimal_text(number(text), 4)) == number(text)


def nodes_of(tree):
    yield tree
    for child in tree.get("children", []):
        yield from nodes_of(child)
