"""The demo's judges agree within a step where a panel wants them to, and enter what their aspects admit."""

import random

import pytest

from demo.marking import invented_mark
from scoring.engine.marks import check_mark
from scoring.engine.scheme import Node
from scoring.engine.scheme_document import scheme_from_document


def aspect(**more: object) -> Node:
    child = {"code": "A", "label": "灰缝"} | (more or {"kind": "judgement", "max": 12})
    module = {"code": "P", "level": "module", "label": "实操", "children": [child]}
    return scheme_from_document({"title": "砌筑工", "children": [module]}).node("A")


@pytest.mark.parametrize("skill", [0.0, 0.45, 0.66, 0.8, 0.98, 1.0])
def test_votes_under_a_spread_rule_lie_within_one_step(skill: float) -> None:
    watched, dice = aspect(kind="judgement", max=12, panel={"judges": 5, "spread": 1}), random.Random(1)
    votes = {int(invented_mark(watched, skill, dice) or "") for _ in range(200)}
    assert max(votes) - min(votes) <= 1
    assert votes <= {0, 1, 2, 3}


def test_without_the_rule_judges_differ_as_they_like() -> None:
    free, dice = aspect(), random.Random(1)
    votes = {int(invented_mark(free, 0.5, dice) or "") for _ in range(500)}
    assert max(votes) - min(votes) > 1


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"kind": "points", "max": 15, "step": "0.5"},
        {"kind": "deduction", "each": 5, "missing": "zero"},
        {"kind": "yes_no", "max": 8},
        {"kind": "choice", "options": {"干净": 8, "未清理": 0}},
        {"kind": "measurement", "max": 4, "entry": {"time": True}, "convert": {"piecewise": [[9000, 4], [10800, 0]]}},
    ],
)
def test_every_invented_mark_is_one_that_a_judge_may_enter(more: dict[str, object]) -> None:
    one, dice = aspect(**more), random.Random(2)
    for _ in range(50):
        check_mark(one, invented_mark(one, 0.7, dice) or "")


def test_yes_and_no_are_both_invented_and_spelt_as_a_tablet_does() -> None:
    one, dice = aspect(kind="yes_no", max=6), random.Random(3)
    assert {invented_mark(one, 0.5, dice) for _ in range(50)} == {"是", "否"}
