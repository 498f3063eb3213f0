"""Innovations are counted as things, benefits added exactly, and one or two never leave the house."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certificates.statistics.charts import REACH, bars, shares
from certificates.statistics.figures import Entry, Group, Measure, units
from certificates.statistics.hiding import LEAST
from certificates.statistics.innovating import FORMULAS, Item, amount, innovation_figures, split_items
from certificates.statistics.report import report
from certificates.statistics.workbook import workbook
from core.spreadsheets import read_spreadsheet

YES, NO, OPEN = {Group.RURAL_MIGRANT: True}, {Group.RURAL_MIGRANT: False}, {Group.RURAL_MIGRANT: None}


def item(kind="suggestion", *, benefit=None, used=False, authors=()):
    amount_of = None if benefit is None else Decimal(benefit)
    return Item(kind, f"类{kind}", used, amount_of, tuple(authors))


def inside(*items):
    return innovation_figures(items, is_public=False)


def outside(*items):
    return innovation_figures(items, is_public=True)


def test_one_innovation_of_three_authors_is_one():
    found = inside(item(authors=[YES, YES, NO]))
    assert (found.total, {row.group: row.count for row in found.groups}[Group.RURAL_MIGRANT]) == (1, 1)


@pytest.mark.parametrize(
    ("authors", "counted"),
    [
        ([YES, OPEN], (1, 0, 0)),
        ([NO, YES], (1, 0, 0)),
        ([NO, NO], (0, 1, 0)),
        ([NO, OPEN], (0, 0, 1)),
        ([{}], (0, 0, 1)),
        ([], (0, 0, 1)),
    ],
)
def test_one_author_of_the_group_is_enough_and_silence_is_no_answer(authors, counted):
    found = split_items([item(authors=authors)], Group.RURAL_MIGRANT)
    assert (found.yes, found.no, found.unknown) == counted


def test_benefits_are_added_exactly_and_an_unstated_one_is_not_zero():
    found = inside(item(benefit="0.1"), item(benefit="0.2"), item(), item("patent", benefit="10.00"))
    assert (found.stated, found.benefit) == (3, Decimal("10.3"))
    assert [(row.kind, row.count, row.stated, row.benefit) for row in found.kinds] == [
        ("suggestion", 3, 2, Decimal("0.3")),
        ("patent", 1, 1, Decimal("10.00")),
    ]


@pytest.mark.parametrize(
    ("stated", "benefit", "shown"),
    [
        (0, Decimal(0), "—"),
        (None, None, "*"),
        (2, Decimal("10.00"), "10"),
        (2, Decimal(0), "0"),
        (1, Decimal("0.30"), "0.3"),
    ],
)
def test_a_sum_to_which_nobody_stated_anything_is_a_dash_and_a_hidden_one_a_star(stated, benefit, shown):
    assert amount(stated, benefit) == shown


def test_outside_a_sum_of_one_or_two_is_hidden_with_what_would_give_it_away():
    found = outside(*[item(benefit="1")] * 4, *[item("patent", benefit="9")] * 1, *[item("method", benefit="5")] * 7)
    shown = {row.kind: (row.count, row.stated, row.benefit) for row in found.kinds}
    assert shown["patent"] == shown["suggestion"] == (None, None, None)
    assert shown["method"] == (7, 7, Decimal(35))
    assert (found.total, found.benefit) == (12, Decimal(48))


def test_outside_two_in_all_say_nothing():
    found = outside(item(benefit="1", used=True), item(benefit="2"))
    assert (found.total, found.in_use, found.stated, found.benefit) == (None, None, None, None)


kinds = st.sampled_from(["a", "b", "c", "d"])
facts = st.lists(st.sampled_from([YES, NO, OPEN]), max_size=3)
made = st.builds(
    lambda kind, cents, used, authors: item(
        kind, benefit=None if cents is None else str(Decimal(cents) / 100), used=used, authors=authors
    ),
    kinds,
    st.one_of(st.none(), st.integers(0, 10**6)),
    st.booleans(),
    facts,
)


@given(st.lists(made, max_size=40))
def test_inside_kinds_add_up_to_the_whole(items):
    found = inside(*items)
    assert sum(row.count for row in found.kinds) == found.total == len(items)
    assert sum((row.benefit for row in found.kinds), Decimal(0)) == found.benefit


@given(st.lists(made, max_size=40))
def test_outside_no_small_count_is_shown_and_none_comes_back_by_subtraction(items):
    found = outside(*items)
    for counts in ([row.count for row in found.kinds], [row.stated for row in found.kinds]):
        assert not any(count is not None and 0 < count < LEAST for count in counts)
    whole = {row.kind: sum(one.kind == row.kind for one in items) for row in found.kinds}
    missing = [kind for kind in whole if next(row.count for row in found.kinds if row.kind == kind) is None]
    if found.total is not None and missing:
        assert len(missing) > 1 or len(whole) == 1 or all(count < LEAST for count in whole.values())
        assert sum(whole[kind] for kind in missing) >= LEAST


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=4))
def test_shares_fill_the_bar_and_no_more(parts):
    found = shares(parts)
    assert found == () if not sum(parts) else sum(found) == REACH
    assert all(width >= 0 for width in found)


def test_a_bar_of_hidden_parts_is_not_drawn():
    assert shares([5, None, 3]) == ()
    assert bars([4, None, 2]) == (REACH, 0, REACH // 2)


def test_units_are_those_of_whoever_took_part_and_no_empty_one():
    there = frozenset({Measure.REGISTERED, Measure.TOOK_PART})
    rows = [("甲", there), ("甲", there), ("", there), ("乙", frozenset({Measure.REGISTERED}))]
    entries = [Entry(n, 1, 2026, unit, {}, reached) for n, (unit, reached) in enumerate(rows)]
    assert units(entries) == 1


def test_the_workbook_prints_the_formulas_beside_the_figures():
    found = report([], [], [item(benefit="12.50"), item("patent")], is_public=False)
    rows = read_spreadsheet(workbook(found), "a.xlsx")[3].rows
    assert rows[1] == ["全部", 2, 1, "12.5"]
    assert rows[2] == ["类suggestion", 1, 1, "12.5"]
    assert {str(formula) for formula in FORMULAS} <= {str(row[0]) for row in rows}
    assert "自拟" in rows[-1][0]
    assert found.as_json()["innovations"]["benefit_10k_yuan"] == "12.5"
