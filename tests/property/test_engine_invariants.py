"""What holds for any scheme of the grammar: order and names never decide, a better mark never harms, totals unfold."""

from fractions import Fraction
from itertools import pairwise
from random import Random

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from scoring.engine.explain import explain
from scoring.engine.marks import Book, MarkRow, Marks, collect_marks
from scoring.engine.outcomes import evaluate_plainly
from scoring.engine.plan import field_marks
from scoring.engine.plan_ranking import rank_field
from scoring.engine.ranking import rank
from scoring.engine.scheme_document import read_document
from tests.makers_grammar import make_any_marks, make_any_scheme
from tests.makers_schemes import JUDGES, MODES
from tests.reference_engine import joined

seeds = st.integers(0, 2**63)
many = settings(deadline=None, max_examples=120, suppress_health_check=list(HealthCheck))


def places_of(scheme, marks):
    """Contestant → place and who shares it, both ways."""
    plain = {p.contestant: (p.rank, set(p.tied_with)) for p in rank(evaluate_plainly(scheme, marks)).places}
    ranked = rank_field(scheme, field_marks(marks))
    halves = 2 if ranked.is_halved else 1
    for row, who in enumerate(marks.books):
        assert ranked.rank[row] == (plain[who][0] or 0) * halves
    return plain


@many
@given(seeds)
def test_the_order_of_contestants_marks_and_judges_changes_nothing(seed):
    random = Random(seed)
    scheme = make_any_scheme(random)
    marks = make_any_marks(scheme, random, 6)
    names = list(marks.books)
    random.shuffle(names)

    shuffled = Marks({name: shuffled_book(marks.books[name], random) for name in names})

    assert places_of(scheme, shuffled) == places_of(scheme, marks)


def shuffled_book(book, random):
    def shuffled(mapping):
        return dict(random.sample(list(mapping.items()), len(mapping)))

    items = {name: shuffled(given) for name, given in book.items.items()}
    by_judge = {aspect: shuffled(given) for aspect, given in shuffled(book.marks).items()}
    return Book(by_judge, items, dict(book.statuses), book.award, book.delegation)


@many
@given(seeds)
def test_who_of_the_judges_is_who_changes_nothing(seed):
    random = Random(seed)
    scheme = make_any_scheme(random)
    panels = [panel for node in scheme.nodes.values() if (panel := scheme.panel_of(node)) is not None]
    assume(not any(panel.names or panel.groups for panel in panels))
    marks = make_any_marks(scheme, random, 5)
    other = dict(zip(JUDGES, random.sample(JUDGES, len(JUDGES)), strict=True))

    renamed = Marks(
        {
            who: Book(
                {aspect: {other.get(j, j): mark for j, mark in given.items()} for aspect, given in book.marks.items()},
                book.items,
                book.statuses,
            )
            for who, book in marks.books.items()
        }
    )

    assert places_of(scheme, renamed) == places_of(scheme, marks)


def rising_step(random):
    """A step that never turns a greater value into a lesser one."""
    mode = random.choice(MODES)
    return random.choice(
        [
            {"round": {"places": str(random.randint(0, 2)), "mode": mode}},
            {"multiply": "1.7"},
            {"divide": "3"},
            {"multiply": {"item": "factor", "default": "1.5"}},
            {"divide": {"item": "factor", "default": "7"}},
            {"add": "-2.5"},
            {"at_least": "2"},
            {"at_most": "8.5"},
            {"piecewise": [["0", "0"], ["5", "1"], ["8", "20"]]},
            {"bands": {"table": [{"from": "7", "points": "9"}, {"from": "4", "points": "3"}], "otherwise": "0"}},
            {"deviation": {"target": "6", "start": "6", "per": "0.5", "over": "0.5", "under": "-1"}},
            {"rate": {"target": "factor"}},
        ]
    )


def rising_scheme(random):
    """A scheme in which more is better everywhere."""

    def steps():
        return [rising_step(random) for _ in range(random.randint(0, 2))]

    def aspect(code):
        panel = {
            "combine": random.choice(["mean", "sum", "median", "max", "min"]),
            "drop_high": str(random.randint(0, 1)),
            "drop_low": str(random.randint(0, 1)),
        }
        return {"code": code, "max": "10", "step": "0.25", "panel": panel, "steps": steps()}

    def group(code):
        combine = random.choice([{"method": "sum"}, {"method": "mean"}, {"method": "median"}, {"best": "2"}])
        children = [aspect(f"{code}{number}") for number in range(3)]
        return {"code": code, "combine": combine, "steps": steps(), "children": children}

    ties = random.sample(["A", "B0", {"sorted": ["A", "B"]}, {"places": ["A", "B", "C"]}], 2)
    document = {
        "title": "越高越好",
        "children": [group("A"), group("B"), aspect("C")],
        "steps": steps(),
        "ranking": {"ties": ties},
    }
    scheme, problems = read_document(document)
    assert scheme is not None, problems
    return scheme


@many
@given(seeds)
def test_raising_one_mark_never_lowers_a_place(seed):
    random = Random(seed)
    scheme = rising_scheme(random)
    rows = [
        MarkRow(f"C{who}", aspect.id, f"J{judge}", str(random.randint(0, 40) / 4))
        for who in range(4)
        for aspect in scheme.aspects()
        for judge in range(3)
    ]
    if scheme.items.get("factor"):
        rows += [MarkRow(f"C{who}", items={"factor": random.choice(["0.7", "1.3", "3"])}) for who in range(4)]
    marks = collect_marks(scheme, rows)
    who, aspect, judge = f"C{random.randrange(4)}", random.choice(scheme.aspects()).id, f"J{random.randrange(3)}"
    before = places_of(scheme, marks)[who][0]

    own = marks.books[who].marks[aspect]
    own[judge] += random.choice([Fraction(1, 4), Fraction(1), Fraction(5)])
    after = places_of(scheme, marks)[who][0]

    assert before is None or after <= before


@many
@given(seeds)
def test_every_figure_of_an_unfolding_follows_from_those_that_it_shows(seed):
    random = Random(seed)
    scheme = make_any_scheme(random)
    marks = make_any_marks(scheme, random, 4)
    ranking = rank(evaluate_plainly(scheme, marks))

    for who in marks.books:
        check_unfolding(scheme, explain(ranking, who)["tree"])


def exact(shown, key):
    """A figure as the unfolding shows it, exactly; None if it has none."""
    text = shown.get(f"{key}_exact", shown.get(key))
    return None if text is None else Fraction(text)


def check_unfolding(scheme, shown):
    node = scheme.nodes[shown["id"]]
    for rule in shown["rules"]:
        if rule["rule"] == "combine" and node.combine.method == "sum" and exact(rule, "after") is not None:
            parts = [exact(part, "contribution") for part in rule["parts"]]
            start = exact(rule, "start") or Fraction(0)
            assert start + sum((part for part in parts if part is not None), Fraction(0)) == exact(rule, "after")
        if rule["rule"] == "panel" and rule["used"] and exact(rule, "value") is not None:
            used = [exact(mark, "value") for mark in rule["used"]]
            assert joined(rule["combine"], used) == exact(rule, "value")
    # A status takes the place of all that was reckoned, and shows no figure.
    if not any(rule["rule"] == "status" for rule in shown["rules"]):
        check_course([rule for rule in shown["rules"] if "after" in rule and "judge" not in rule], shown)
    for child in shown.get("children", []):
        check_unfolding(scheme, child)


def check_course(rules, shown):
    """Each step begins with what the one before ended with, and the last ends with the node's value."""
    for one, then in pairwise(rules):
        if then.get("before") is not None and one["rule"] != "panel":
            assert exact(then, "before") == exact(one, "after")
    if rules and exact(shown, "value") is not None and exact(rules[-1], "after") is not None:
        assert exact(rules[-1], "after") == exact(shown, "value")
