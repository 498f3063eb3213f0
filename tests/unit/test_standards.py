"""Sections of a standard: what their aspects come to is reckoned, and what strays is said."""

from fractions import Fraction
from typing import Any

import pytest

from scoring.engine.problems import SchemeError
from scoring.engine.scheme import Scheme
from scoring.engine.scheme_document import scheme_from_document
from scoring.engine.standards import section_sums, standards_warnings
from scoring.formats import read_scheme_bytes


def scheme(standards: dict[str, Any] | None, **more: Any) -> Scheme:
    children = [
        {"code": "A", "max": "40", "standard": "1"},
        {"code": "B", "max": "60", "standard": "2"},
        {"code": "C", "kind": "veto", "standard": "1"},
    ]
    document = {"title": "x", "children": children, **more}
    return scheme_from_document({**document, "standards": standards} if standards is not None else document)


def sections(*marks: str) -> dict[str, Any]:
    return {"sections": [{"code": str(n), "label": f"第{n}部分", "marks": m} for n, m in enumerate(marks, start=1)]}


def test_sums_are_those_of_the_aspects():
    assert [line.total for line in section_sums(scheme(sections("40", "60")))] == [40, 60]


def test_sums_count_what_reaches_the_total():
    children = [
        {"code": "A", "max": "40", "standard": "1", "weight": "30"},
        {"code": "B", "max": "60", "standard": "2", "weight": "70"},
    ]
    found = section_sums(scheme(sections("30", "70"), children=children, weights="percent", max="100"))
    assert [line.total for line in found] == [Fraction(30), Fraction(70)]


def test_agreement_with_the_standard_is_not_spoken_of():
    assert standards_warnings(scheme(sections("40", "60"))) == []
    assert standards_warnings(scheme(None)) == []


def test_a_section_that_strays_is_named_with_both_figures():
    assert standards_warnings(scheme(sections("35", "60"))) == [
        "标准第 1 节「第1部分」：评分项合计 40 分，标准规定 35 分，相差 5 分"
    ]


@pytest.mark.parametrize(("tolerance", "count"), [("5", 0), ("4.99", 1)])
def test_the_tolerance_of_the_scheme_is_kept(tolerance, count):
    found = standards_warnings(scheme({**sections("35", "60"), "tolerance": tolerance}))
    assert len(found) == count
    assert all("超过允许的 4.99" in line for line in found)


def test_aspects_of_unknown_sections_are_named():
    assert standards_warnings(scheme(sections("40"))) == ["1 个评分项的标准章节不在标准之内：B"]


def test_files_are_read_with_these_warnings():
    text = "title: x\nstandards: {sections: [{code: 1, marks: 3}]}\nchildren: [{code: A, max: 100, standard: 1}]\n"
    assert "相差 97 分" in read_scheme_bytes(text.encode(), "a.yaml").warnings[0]


@pytest.mark.parametrize(
    ("standards", "sentence"),
    [
        ({"sections": [{"label": "x"}]}, "缺少“code”"),
        ({"sections": [{"code": "1"}, {"code": "1"}]}, "标准章节「1」重复"),
        ({"sections": [{"code": "1", "marks": "0"}]}, "应大于 0"),
        ({"tolerance": "-1"}, "tolerance 不能为负"),
        ({"section": []}, "未知的键“section”"),
    ],
)
def test_wrong_tables_are_refused(standards, sentence):
    with pytest.raises(SchemeError, match=sentence):
        scheme(standards)
