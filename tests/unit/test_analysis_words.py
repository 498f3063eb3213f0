"""One sentence tells a chief judge what a figure means; it names whom and what to look at, and never guesses."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.analysis.words import (
    ACT,
    FINE,
    LOOK,
    OPEN,
    grade,
    on_affinity,
    on_agreement,
    on_aspects,
    on_outliers,
    on_severity,
)
from scoring.engine.agreement import alpha_interval, alpha_ordinal, intraclass, kendall_w
from scoring.engine.analysis import Affinity, Agreement, Deviation, Outlier, Severity, judges_report
from scoring.engine.analysis_document import figure
from scoring.engine.exact import decimal_text
from scoring.engine.items import ItemFigures
from scoring.engine.marks import MarkRow, collect_marks
from scoring.engine.scheme_document import scheme_from_document

SCHEME = scheme_from_document(
    {
        "format": "1",
        "title": "x",
        "children": [
            {
                "code": "M",
                "label": "管板",
                "level": "module",
                "children": [{"code": c, "label": f"第{c}项", "max": 10} for c in "ABCDE"],
            }
        ],
    }
)


SEAM = {"code": "A", "label": "成形", "kind": "points", "max": 10, "step": "0.5"}


def severity(judge, share, mean=None):
    share = None if share is None else Fraction(share)
    return Severity("M", judge, 9, Fraction(mean or share or 0), share, 0.1)


def agreement(node, w, single="same", mean="same", alpha="same"):
    """Agreement of five judges on nine performances; every figure is that of the order unless given."""
    given_or_same = [w, *(w if one == "same" else one for one in (single, mean, alpha))]
    w, single, mean, alpha = (None if one is None else Fraction(one) for one in given_or_same)
    return Agreement(node, 5, 9, 0, w, single, mean, alpha, alpha)


def affinity(difference, own_count=9, is_share=True):
    return Affinity("M", "钱", "city", own_count, 50, Fraction(difference), Fraction(0), is_share)


def item(aspect, discrimination="0.3", note=""):
    return ItemFigures(aspect, 30, Fraction("0.7"), Fraction(discrimination), 0.5, note)


def test_judges_close_to_each_other_are_left_alone():
    found = on_severity([severity("钱", "-0.004"), severity("孙", "0.004")])

    assert (found.text, found.tone) == ("各裁判宽严接近，最多相差量程的 0.8%，不必处理。", FINE)


def test_judges_far_apart_are_named_with_their_figures():
    found = on_severity([severity("钱", "-0.04"), severity("李", "0.01"), severity("孙", "0.03")])

    assert found.tone == ACT
    assert found.text.startswith("最严的钱平均低 4.0%，最宽的孙高 3.0%，差别较大")
    assert on_severity([severity("钱", "-0.02"), severity("孙", "0.01")]).tone == FINE


def test_without_bounds_severity_is_said_in_points():
    found = on_severity([severity("钱", None, "-1.25"), severity("孙", None, "0.5")])

    assert found.text == "最严的钱平均比别人低 1.25 分，最宽的孙高 0.50 分。"
    assert on_severity([severity("钱", "-0.04")]).tone == OPEN
    assert on_severity([]).tone == OPEN


@pytest.mark.parametrize(
    ("w", "word", "tone"),
    [
        ("0.7", "很一致", FINE),
        ("0.69", "较一致", FINE),
        ("0.5", "较一致", FINE),
        ("0.49", "不太一致", LOOK),
        ("0.3", "不太一致", LOOK),
        ("0.29", "不一致", ACT),
        (None, "还不能判断", OPEN),
    ],
)
def test_agreement_has_a_word_for_each_step(w, word, tone):
    found = grade(agreement("M", w, mean="0.9"))

    assert (found.text, found.tone) == (word, tone)


def test_aspects_without_agreement_are_named_the_worst_first():
    lines = [agreement("M", "0.8"), agreement("A", "0.2"), agreement("B", "0.1"), agreement("C", "0.9")]
    found = on_agreement(SCHEME, "M", lines)

    assert found.tone == ACT
    assert "“第B项、第A项”" in found.text


def test_a_module_without_agreement_asks_for_another_look_and_with_it_is_praised():
    assert on_agreement(SCHEME, "M", [agreement("M", "0.4"), agreement("A", "0.5")]).tone == LOOK
    assert on_agreement(SCHEME, "M", [agreement("M", "0.9")]).text == "裁判对选手的先后看法很一致。"
    assert on_agreement(SCHEME, "M", [agreement("M", None)]).tone == OPEN
    assert on_agreement(SCHEME, "M", []).tone == OPEN


@pytest.mark.parametrize("low", ["0", "-0.1"])
@pytest.mark.parametrize("which", ["single", "mean", "alpha"])
def test_a_value_figure_of_nothing_or_less_is_never_green_however_high_the_order(low, which):
    line = agreement("M", "0.9", **{which: low})

    assert (grade(line).text, grade(line).tone) == ("给分对不上", ACT)
    assert on_agreement(SCHEME, "M", [line]).tone == ACT


def test_values_that_agree_poorly_beside_a_good_order_deserve_a_look():
    line = agreement("M", "0.6", single="0.1", mean="0.4", alpha="0.1")

    assert (grade(line).text, grade(line).tone) == ("先后较一致，分值有出入", LOOK)
    found = on_agreement(SCHEME, "M", [line])
    assert (found.tone, "ICC 只有 0.40" in found.text) == (LOOK, True)


def test_one_judge_alone_may_be_unsure_where_the_panel_is_not():
    found = on_agreement(SCHEME, "M", [agreement("M", "0.6", single="0.3", mean="0.7", alpha="0.3")])

    assert found.tone == FINE
    assert found.text == "裁判对选手的先后看法较一致；单看一名裁判的分不够稳（ICC 0.30），整组平均可用（ICC 0.70）。"


def test_an_aspect_whose_values_contradict_is_named_though_its_order_looks_fine():
    lines = [agreement("M", "0.8"), agreement("A", "0.6", single="-0.2", mean="-0.5"), agreement("B", "0.9")]

    found = on_agreement(SCHEME, "M", lines)
    assert (found.tone, "“第A项”" in found.text) == (ACT, True)


def test_figures_that_are_not_defined_say_nothing_against_the_order():
    assert grade(agreement("M", "0.8", None, None, None)).tone == FINE
    assert grade(agreement("M", None, None, None, "-0.1")).tone == ACT
    assert on_agreement(SCHEME, "M", [agreement("M", None, None, None, "-0.1")]).tone == ACT


PANEL = [(0, 15, 13, 6, 7), (14, 5, 5, 4, 17), (5, 14, 11, 3, 7)]
"""Half points of three judges for five contestants: an order that looks alike by chance, values that contradict."""


def test_a_panel_whose_order_looks_alike_by_chance_is_not_called_agreed():
    scheme = scheme_from_document(
        {
            "format": "1",
            "title": "x",
            "default_panel": {"judges": 3},
            "children": [{"code": "M", "label": "管板", "level": "module", "children": [SEAM]}],
        }
    )
    rows = [
        MarkRow(str(who), "A", f"J{seat}", decimal_text(Fraction(half, 2)))
        for seat, halves in enumerate(PANEL, start=1)
        for who, half in enumerate(halves, start=1)
    ]
    (line,) = judges_report(scheme, collect_marks(scheme, rows)).agreement
    assert figure(line.kendall_w, 2) == "0.54"
    assert figure(line.icc_mean, 2) == "-0.35"

    assert grade(line).tone == ACT
    found = on_agreement(scheme, "M", [line])
    assert found.tone == ACT
    assert found.text.startswith("名次顺序看上去较一致（W 0.54），但给分高低对不上（ICC 或 α 低至 -0.35")


TABLES = st.integers(2, 5).flatmap(
    lambda judges: st.lists(st.lists(st.integers(0, 20), min_size=judges, max_size=judges), min_size=2, max_size=6)
)


@given(TABLES)
def test_green_is_never_shown_beside_a_figure_that_says_no_agreement(numbers):
    table = [[Fraction(value) for value in row] for row in numbers]
    value, (single, mean) = kendall_w(table), intraclass(table)
    alphas = (alpha_interval(table), alpha_ordinal(table))
    line = Agreement("M", len(table[0]), len(table), 0, value, single, mean, *alphas)

    shown = [grade(line).tone, on_agreement(SCHEME, "M", [line]).tone]
    if any(one is not None and one <= 0 for one in (single, mean, *alphas)):
        assert shown == [ACT, ACT]
    if FINE in shown:
        assert value >= Fraction(1, 2)
        assert mean is None or mean >= Fraction(1, 2)


def test_the_only_aspect_with_a_panel_speaks_for_its_module():
    assert on_agreement(SCHEME, "M", [agreement("A", "0.9")]).text == "裁判对选手的先后看法很一致。"
    assert on_agreement(SCHEME, "M", [agreement("A", "0.4")]).tone == LOOK
    assert "“第A项”" in on_agreement(SCHEME, "M", [agreement("A", "0.1")]).text


def test_the_farthest_mark_is_told_with_the_others_beside_it():
    far = Deviation("M", "A", "38", "魏", Fraction(4), Fraction(3), Fraction(1), None)
    found = on_outliers(SCHEME, [Outlier(far, Fraction(1), Fraction(0), Fraction(9))])

    assert found.text == "1 个分与众不同，最远的是 38 号的“第A项”：魏给 4.00，其余平均 3.00。请核对是否录错。"
    assert on_outliers(SCHEME, []).tone == FINE


def test_many_outliers_of_one_judge_are_no_slips_of_the_pen():
    def outlier(who, judge):
        far = Deviation("M", "A", who, judge, Fraction(4), Fraction(3), Fraction(1), None)
        return Outlier(far, Fraction(1), Fraction(0), Fraction(9))

    others = [outlier(str(number), name) for number, name in enumerate(["钱", "赵", "孙", "李"])]
    found = on_outliers(SCHEME, [*(outlier(str(number), "魏") for number in range(5)), *others])
    assert found.text.endswith("其中 5 个是魏给的，不像偶然录错，请先同这位裁判核对评分尺度。")
    assert on_outliers(SCHEME, [*(outlier(str(number), "魏") for number in range(4))]).text.endswith("请核对是否录错。")
    spread = [outlier(str(number), judge) for number in range(5) for judge in ("魏", "钱")]
    assert on_outliers(SCHEME, spread).text.endswith("请核对是否录错。")


def test_kindness_to_the_own_is_told_only_with_enough_marks():
    assert on_affinity([affinity("0.05")]).text.startswith("钱给本方选手的分比给其他选手的偏高 5.0%（9 个分）")
    assert on_affinity([affinity("0.05", own_count=4)]).tone == FINE
    assert on_affinity([affinity("0.02")]).tone == FINE
    assert on_affinity([affinity("0.5", is_share=False)]).tone == FINE
    assert on_affinity([]).tone == FINE


def test_aspects_that_turn_the_order_round_come_before_those_that_tell_nothing():
    assert on_aspects(SCHEME, [item("A", "-0.1"), item("B", note="过难")]).tone == ACT
    found = on_aspects(SCHEME, [item(code, note="过易") for code in "ABCD"])
    assert (found.tone, "“第A项、第B项、第C项等 4 项”" in found.text) == (LOOK, True)
    assert on_aspects(SCHEME, [item("A")]).tone == FINE
