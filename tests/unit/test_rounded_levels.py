"""Levels that are rounded before they become points are told of, and nothing else is."""

import pytest

from scoring.engine.rounded_levels import rounded_levels_warnings
from scoring.formats import load_scheme, read_scheme_bytes

JUDGED = """
format: 1
title: 评判
max: {full}
children:
  - {{code: J1, kind: judgement, max: {full}, {rules}, benchmarks: {{0: 差, 1: 中, 2: 良, 3: 优}}}}
"""


def judged(rules, full="9"):
    return JUDGED.format(rules=rules, full=full)


@pytest.mark.parametrize(
    "rules",
    [
        "panel: {judges: 3, round: 2}",
        "panel: {judges: 3, combine: mean, steps: [{multiply: 1}, {round: 1}]}",
        "panel: {combine: mean, groups: [{judges: [甲, 乙], round: 2}, {judges: [丙, 丁]}]}",
    ],
)
def test_a_rounded_level_is_told_of_by_code(rules):
    (told,) = rounded_levels_warnings(load_scheme(judged(rules), "scheme.yaml"))
    assert told.startswith("1 个评判项的平均等级先取小数再换成分数")
    assert "J1" in told


@pytest.mark.parametrize("rules", ["panel: {judges: 3}, round: 2", "panel: {judges: 3, combine: mean}"])
def test_rounded_points_are_not(rules):
    assert rounded_levels_warnings(load_scheme(judged(rules), "scheme.yaml")) == []


def test_nor_is_a_level_that_is_its_points():
    assert rounded_levels_warnings(load_scheme(judged("panel: {judges: 3, round: 2}", full="3"), "scheme.yaml")) == []


def test_who_reads_a_file_is_told_once_and_of_five_at_most():
    aspects = "".join(f"  - {{code: J{n}, kind: judgement, max: 9, panel: {{round: 2}}}}\n" for n in range(7))
    read = read_scheme_bytes(f"format: 1\ntitle: 多项\nchildren:\n{aspects}".encode(), "scheme.yaml")
    (told,) = read.warnings
    assert "7 个评判项" in told
    assert "J4…" in told
    assert "J5" not in told
