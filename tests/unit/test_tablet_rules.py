"""The rule of a measured aspect in plain words: what it says is what the engine reckons."""

from typing import Any

import pytest

from scoring.engine.scheme import Node
from scoring.engine.scheme_document import scheme_from_document
from scoring.tablet.rules import rule_of, tight


def aspect(**fields: Any) -> Node:
    document = {
        "title": "焊工",
        "children": [{"code": "P", "label": "实操", "children": [{"code": "A", "label": "项", **fields}]}],
    }
    return scheme_from_document(document).nodes["A"]


def measured(convert: Any, entry: Any = None, points: int = 6) -> str:
    entry = entry or {"min": 0, "max": 20, "step": "0.1", "unit": "mm"}
    return rule_of(aspect(kind="measurement", max=points, entry=entry, convert=convert))


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (
            {"target": 0, "start": 6, "per": "0.5", "over": -1, "tolerance": 1},
            "不超过 1 mm 得 6 分，每超出 0.5 mm 扣 1 分，不满 0.5 mm 的不计；最低 0 分",
        ),
        (
            {"target": 10, "start": 6, "per": 1, "over": -2, "under": -2, "partial": "ceiling"},
            "10 mm 得 6 分，每偏离 1 mm 扣 2 分，不满 1 mm 的按 1 mm 计；最低 0 分",
        ),
        (
            {"target": 10, "start": 5, "per": 1, "over": "0.5", "under": -2, "tolerance": "0.2", "partial": "exact"},
            "9.8 mm 至 10.2 mm 得 5 分，每超出 1 mm 加 0.5 分，每不足 1 mm 扣 2 分，"
            "不满 1 mm 的按比例计；最低 0 分",
        ),
        (
            {"target": 10, "start": 6, "per": 1, "under": -2},
            "达到 10 mm 得 6 分，每不足 1 mm 扣 2 分，不满 1 mm 的不计；最低 0 分",
        ),
        ({"target": 10, "start": 6, "per": 1, "over": 0, "under": 0}, "不超过 10 mm 得 6 分；最低 0 分"),
    ],
)  # fmt: skip
def test_a_tolerance_says_what_is_free_and_what_each_step_costs(rule: dict[str, Any], said: str) -> None:
    assert measured({"deviation": rule}) == said


def test_times_are_said_as_they_are_entered() -> None:
    entry = {"time": True, "unit": "分:秒"}
    rule = {"target": 3000, "start": 6, "per": 60, "over": -1, "tolerance": 30}
    assert (
        measured({"deviation": rule}, entry)
        == "不超过 50:30 得 6 分，每超出 1 分钟 扣 1 分，不满 1 分钟 的不计；最低 0 分"
    )
    rule |= {"per": 30}
    assert "每超出 30 秒 扣 1 分" in measured({"deviation": rule}, entry)
    said = measured({"piecewise": [[3000, 6], [3600, 0]]}, entry)
    assert said == "50:00 得 6 分，60:00 得 0 分，中间按比例，两端以外不再增减"


def test_a_table_says_every_row_with_its_bounds() -> None:
    table = [{"up_to": "1", "points": 6}, {"above": "1", "below": "2", "points": "4.5"}, {"from": "5", "points": 1}]
    said = measured({"bands": {"table": table, "otherwise": 0}})
    assert said == "≤ 1 mm 得 6 分，> 1 且 < 2 mm 得 4.5 分，≥ 5 mm 得 1 分，其余得 0 分"


@pytest.mark.parametrize(("each", "said"), [("0.5", "每 1 处 得 0.5 分"), ("-2", "每 1 处 扣 2 分；最低 0 分")])
def test_a_count_says_what_one_is_worth(each: str, said: str) -> None:
    assert rule_of(aspect(kind="count", entry={"unit": "处"}, each=each, max=3)) == said


def test_a_deduction_says_what_it_costs_and_how_much_at_most() -> None:
    said = rule_of(aspect(kind="deduction", each=2, at_most=10))
    assert said == "每填 1 扣 2 分；最多扣 10 分"


def test_what_is_entered_as_the_mark_itself_or_chosen_has_no_rule() -> None:
    assert rule_of(aspect(kind="points", max=10)) == ""
    assert rule_of(aspect(kind="yes_no", max=10)) == ""


def test_the_unit_of_what_is_entered_is_not_said_of_a_rate() -> None:
    rule = {"deviation": {"target": 100, "start": 20, "per": 1, "under": -1}}
    entry = {"unit": "万元"}
    said = rule_of(aspect(kind="indicator", max=20, target=50, rate="actual_by_target", convert=rule, entry=entry))
    assert "达到 100 得 20 分" in said
    assert "万元" not in said


def test_chinese_is_set_without_gaps_and_a_number_with_them() -> None:
    assert tight("每超出 1 分钟 扣 1 分，每 1 处 得 0.5 分") == "每超出 1 分钟扣 1 分，每 1 处得 0.5 分"
