"""The figures on judges agree with those of independent programs, and with sums done by hand."""

import json
import random
import warnings
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.engine.agreement import alpha_interval, alpha_ordinal, average_ranks, intraclass, kendall_w
from scoring.engine.analysis import Affiliation, Affiliations, judges_report
from scoring.engine.analysis_document import report_document, report_text
from scoring.engine.marks import MarkRow, Marks, collect_marks
from scoring.engine.scheme import Scheme
from scoring.engine.scheme_document import scheme_from_document

EXAMPLES = Path(__file__).parent.parent.parent / "docs" / "examples"
LEVELS = st.integers(0, 40).map(lambda quarter: Fraction(quarter, 4))


@st.composite
def tables(draw: st.DrawFn) -> list[list[Fraction]]:
    judges = draw(st.integers(2, 6))
    count = draw(st.integers(5, 12))
    return [[draw(LEVELS) for _ in range(judges)] for _ in range(count)]


def random_table(seed: int, performances: int = 12, judges: int = 5) -> list[list[Fraction]]:
    chance = random.Random(seed)
    levels = [chance.randint(0, 30) for _ in range(performances)]
    return [[Fraction(level + chance.randint(-4, 4), 2) for _ in range(judges)] for level in levels]


@pytest.mark.parametrize("seed", range(12))
def test_intraclass_correlations_agree_with_pingouin(seed):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pandas
        import pingouin

        table = random_table(seed)
        rows = [(i, j, float(mark)) for i, row in enumerate(table) for j, mark in enumerate(row)]
        frame = pandas.DataFrame(rows, columns=["performance", "judge", "mark"])
        found = pingouin.intraclass_corr(frame, "performance", "judge", "mark").set_index("Type")["ICC"]
    single, mean = intraclass(table)
    assert float(single) == pytest.approx(found["ICC(A,1)"], abs=1e-9)
    assert float(mean) == pytest.approx(found["ICC(A,k)"], abs=1e-9)


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("missing", [0, 15])
def test_alpha_agrees_with_krippendorff(seed, missing):
    import krippendorff

    chance = random.Random(seed)
    table = random_table(seed, performances=9, judges=4)
    kept = [[mark if chance.randint(0, 99) >= missing else None for mark in row] for row in table]
    data = np.array([[np.nan if mark is None else float(mark) for mark in row] for row in kept]).T
    units = [[mark for mark in row if mark is not None] for row in kept]
    for ours, level in ((alpha_interval(units), "interval"), (alpha_ordinal(units), "ordinal")):
        theirs = krippendorff.alpha(reliability_data=data, level_of_measurement=level)
        assert float(ours) == pytest.approx(theirs, abs=1e-9)


@pytest.mark.parametrize("seed", range(10))
def test_kendall_w_is_the_mean_rank_correlation_of_all_pairs(seed):
    # W = (r̄(m − 1) + 1) ÷ m with the mean of Spearman's rho where nobody ties.
    from scipy.stats import spearmanr

    chance = random.Random(seed)
    judges = [chance.sample(range(10), 10) for _ in range(4)]
    pairs = [(a, b) for i, a in enumerate(judges) for b in judges[i + 1 :]]
    mean = sum(spearmanr(a, b).statistic for a, b in pairs) / len(pairs)
    table = [[Fraction(judge[row]) for judge in judges] for row in range(10)]
    assert float(kendall_w(table)) == pytest.approx((mean * 3 + 1) / 4, abs=1e-12)


def test_kendall_w_with_ties_agrees_with_friedman():
    from scipy.stats import friedmanchisquare

    for seed in range(10):
        table = random_table(seed)
        theirs = friedmanchisquare(*[[float(mark) for mark in row] for row in table]).statistic
        assert float(kendall_w(table)) * 5 * 11 == pytest.approx(theirs, abs=1e-9)


def test_average_ranks_are_twice_those_of_scipy():
    from scipy.stats import rankdata

    values = [3, 1, 3, 3, 2, 1]
    assert average_ranks(values) == [int(2 * rank) for rank in rankdata(values)]


def test_full_agreement_is_one():
    table = [[Fraction(level)] * 3 for level in (1, 4, 2)]
    units = [list(row) for row in table]
    assert (kendall_w(table), *intraclass(table), alpha_interval(units), alpha_ordinal(units)) == (1, 1, 1, 1, 1)


def test_equal_marks_for_all_leave_every_measure_undefined():
    table = [[Fraction(2)] * 3 for _ in range(4)]
    assert (kendall_w(table), *intraclass(table), alpha_interval(table), alpha_ordinal(table)) == (None,) * 5


@pytest.mark.parametrize("table", [[], [[Fraction(1), Fraction(2)]], [[Fraction(1)], [Fraction(2)]]])
def test_too_few_marks_leave_the_measures_undefined(table):
    if table:
        assert kendall_w(table) is None
        assert intraclass(table) == (None, None)
    assert alpha_interval([unit for unit in table if len(unit) == 1]) is None


@settings(max_examples=60, deadline=None)
@given(tables(), st.integers(1, 9), st.integers(-5, 5))
def test_measures_do_not_depend_on_unit_and_zero_of_the_scale(table, factor, shift):
    moved = [[mark * factor / 7 + shift for mark in row] for row in table]
    assert (kendall_w(moved), intraclass(moved)) == (kendall_w(table), intraclass(table))
    assert (alpha_interval(moved), alpha_ordinal(moved)) == (alpha_interval(table), alpha_ordinal(table))


@settings(max_examples=60, deadline=None)
@given(tables(), st.randoms(use_true_random=False))
def test_measures_do_not_depend_on_the_order_of_judges_and_performances(table, chance):
    order = chance.sample(range(len(table[0])), len(table[0]))
    moved = [[row[judge] for judge in order] for row in chance.sample(table, len(table))]
    assert (kendall_w(moved), intraclass(moved)) == (kendall_w(table), intraclass(table))
    assert (alpha_interval(moved), alpha_ordinal(moved)) == (alpha_interval(table), alpha_ordinal(table))


@settings(max_examples=60, deadline=None)
@given(tables())
def test_measures_keep_their_bounds(table):
    concordance = kendall_w(table)
    assert concordance is None or 0 <= concordance <= 1
    for value in (alpha_interval(table), alpha_ordinal(table), intraclass(table)[0]):
        assert value is None or value <= 1


def scheme() -> Scheme:
    return scheme_from_document(
        {
            "title": "焊接",
            "panels": {"three": {"judges": "3"}},
            "default_panel": "three",
            "children": [
                {
                    "code": "M1",
                    "label": "外观",
                    "level": "module",
                    "children": [
                        {"code": "A", "label": "成形", "max": "10", "step": "0.5"},
                        {"code": "B", "label": "余高", "max": "20", "step": "0.5"},
                        {"code": "C", "label": "用时", "kind": "yes_no", "max": "5"},
                    ],
                },
                {"code": "M2", "label": "平板", "level": "module", "max": "10"},
            ],
        }
    )


def marks(rows: dict[tuple[str, str], str], delegations: dict[str, str] | None = None) -> Marks:
    """(contestant, aspect) → marks of J1, J2, …, blank for none."""
    lines = [
        MarkRow(who, aspect, f"J{seat}", value)
        for (who, aspect), values in rows.items()
        for seat, value in enumerate(values.split(), start=1)
        if value != "-"
    ]
    lines += [MarkRow(who, delegation=name) for who, name in (delegations or {}).items()]
    return collect_marks(scheme(), lines)


def test_severity_is_the_mean_difference_from_the_other_judges():
    report = judges_report(scheme(), marks({("甲", "A"): "8 6 7", ("乙", "A"): "5 5 2"}))
    by_judge = {line.judge: line for line in report.severity}
    assert by_judge["J1"].mean == (Fraction(8) - Fraction(13, 2) + Fraction(5) - Fraction(7, 2)) / 2
    assert by_judge["J3"].mean == (Fraction(0) + 2 - 5) / 2
    assert by_judge["J1"].share == by_judge["J1"].mean / 10
    assert [line.judge for line in report.severity] == ["J3", "J2", "J1"]


def test_deviations_of_a_panel_sum_to_zero():
    report = judges_report(scheme(), marks({("甲", "A"): "8 6 7", ("甲", "B"): "18 12.5 14"}))
    assert sum(line.mean * line.count for line in report.severity) == 0


def test_a_mark_that_nobody_else_gave_beside_says_nothing_about_severity():
    report = judges_report(scheme(), marks({("甲", "A"): "8 - -", ("乙", "A"): "5 6 -"}))
    assert {line.judge: line.count for line in report.severity} == {"J1": 1, "J2": 1}


def test_aspects_without_a_panel_are_left_out():
    given = collect_marks(scheme(), [MarkRow("甲", "C", "J1", "是")])
    report = judges_report(scheme(), given)
    assert (report.count, report.severity, report.agreement, report.scopes) == (0, (), (), {})
    assert "无从分析" in report_text(report, scheme())


def test_seats_of_two_modules_are_told_apart():
    report = judges_report(scheme(), marks({("甲", "A"): "8 6 7", ("甲", "M2"): "1 2 3"}))
    assert {(line.scope, line.judge) for line in report.severity} == {
        (scope, f"J{seat}") for scope in ("M1", "M2") for seat in (1, 2, 3)
    }
    assert report.scopes == {"M1": "外观", "M2": "平板"}


def test_a_module_is_added_up_judge_by_judge_in_full_marks():
    rows = {("甲", "A"): "8 6 7", ("甲", "B"): "10 12 14", ("乙", "A"): "5 5 2", ("乙", "B"): "4 4 4"}
    report = judges_report(scheme(), marks(rows))
    by_node = {line.node: line for line in report.agreement}
    assert list(by_node) == ["M1", "A", "B"]
    sums = [[Fraction(18), Fraction(18), Fraction(21)], [Fraction(9), Fraction(9), Fraction(6)]]
    assert by_node["M1"].icc_single == intraclass(sums)[0]
    assert by_node["M1"].performances == 2


def test_performances_not_marked_by_all_are_counted_and_left_to_alpha():
    rows = {("甲", "A"): "8 6 7", ("乙", "A"): "5 5 2", ("丙", "A"): "9 - 8"}
    line = judges_report(scheme(), marks(rows)).agreement[0]
    assert (line.judges, line.performances, line.left_out) == (3, 2, 1)
    assert line.alpha_interval == alpha_interval([[8, 6, 7], [5, 5, 2], [9, 8]])


def test_one_mark_far_from_a_close_panel_is_an_outlier():
    rows = {(f"选手{n}", "A"): f"{6 + n % 3} {6.5 + n % 3} {6 + n % 3}" for n in range(12)}
    rows["选手5", "A"] = "8 8.5 2"
    found = judges_report(scheme(), marks(rows)).outliers
    assert (found[0].deviation.contestant, found[0].deviation.judge) == ("选手5", "J3")
    assert found[0].deviation.difference == Fraction(2) - Fraction(33, 4)
    assert abs(found[0].score) > Fraction(7, 2)


def test_one_far_mark_makes_no_outliers_of_its_neighbours():
    rows = {(f"选手{n}", "A"): f"{6 + n % 3} {6.5 + n % 3} {5.5 + n % 2 + n % 3}" for n in range(14)}
    rows["选手5", "A"] = "8 8.5 1"
    found = judges_report(scheme(), marks(rows)).outliers
    assert [(line.deviation.contestant, line.deviation.judge) for line in found] == [("选手5", "J3")]
    assert found[0].distance == -7


def test_a_judge_who_is_always_severe_is_not_an_outlier_each_time():
    rows = {(f"选手{n}", "A"): f"{7 + n % 2} {7.5 + n % 2} {3 + n % 2}" for n in range(12)}
    assert judges_report(scheme(), marks(rows)).outliers == ()
    rows["选手4", "A"] = "7 7.5 7"
    found = judges_report(scheme(), marks(rows)).outliers
    assert [(line.deviation.contestant, line.deviation.judge) for line in found] == [("选手4", "J3")]
    assert (found[0].distance, found[0].usual) == (0, -4)


def test_one_step_of_the_scale_is_never_an_outlier():
    rows = {(f"选手{n}", "A"): "6 6 6" for n in range(30)}
    rows["选手5", "A"] = "6 6 6.5"
    assert judges_report(scheme(), marks(rows)).outliers == ()


def test_equal_marks_have_no_outliers():
    assert judges_report(scheme(), marks({("甲", "A"): "6 6 6", ("乙", "A"): "7 7 7"})).outliers == ()


HOME = Affiliations(
    judges={("", "J1"): Affiliation("一厂", "石家庄"), ("M1", "J2"): Affiliation("二厂", "唐山")},
    contestants={
        "甲": Affiliation("一厂", "石家庄"),
        "乙": Affiliation("三厂", "石家庄"),
        "丙": Affiliation("二厂", "唐山"),
    },
)


def test_affinity_sets_the_own_beside_strangers():
    rows = {("甲", "A"): "9 7 7", ("乙", "A"): "8 7 7", ("丙", "A"): "5 6 6"}
    found = {(line.judge, line.tie): line for line in judges_report(scheme(), marks(rows), HOME).affinity}
    assert set(found) == {("J1", "unit"), ("J1", "city"), ("J2", "unit")}
    own = found["J1", "unit"]
    assert (own.own_mean, own.other_mean) == (Fraction(2, 10), Fraction(-1, 10))
    assert (own.own_count, own.other_count, own.difference) == (1, 1, Fraction(3, 10))
    assert found["J1", "city"].own_mean == Fraction(1, 10)


def test_the_delegation_counts_as_the_city():
    rows = {("甲", "A"): "9 7 7", ("丁", "A"): "6 7 7"}
    given = marks(rows, {"甲": "石家庄", "丁": "邯郸"})
    known = Affiliations(judges={("", "J1"): Affiliation(city="石家庄")})
    line = judges_report(scheme(), given, known).affinity[0]
    assert (line.tie, line.own_mean, line.other_mean) == ("city", Fraction(2, 10), Fraction(-1, 10))


def test_without_affiliations_nothing_is_said_of_affinity():
    report = judges_report(scheme(), marks({("甲", "A"): "9 7 7"}))
    assert report.affinity == ()
    assert "没有裁判与选手同属的资料" in report_text(report, scheme())


def test_the_document_is_plain_data_of_decimal_strings():
    rows = {("甲", "A"): "8 6 7", ("乙", "A"): "5 5 2"}
    document = json.loads(json.dumps(report_document(judges_report(scheme(), marks(rows), HOME)), ensure_ascii=False))
    assert document["marks"] == 6
    assert document["severity"][0] == {
        "module": "M1",
        "judge": "J3",
        "marks": 2,
        "mean_difference": "-1.5000",
        "mean_share": "-0.1500",
        "standard_deviation": "2.1213",
    }
    assert set(document["agreement"][0]) >= {"kendall_w", "icc_a_1", "icc_a_k", "alpha_interval", "alpha_ordinal"}


@pytest.fixture
def runner(sqlite_app: Flask) -> Callable[..., object]:
    return lambda *arguments: sqlite_app.test_cli_runner().invoke(
        args=["scoring", "judges-report", *map(str, arguments)]
    )


def test_the_command_reports_on_a_real_panel(runner, shared_data):
    scores = shared_data("panel-marks") / "marks.csv"
    result = runner(EXAMPLES / "figure-skating.yaml", scores, "--json")
    document = json.loads(result.stdout)
    assert result.exit_code == 0
    assert document["marks"] == 2466
    assert len(document["severity"]) == 18
    assert 0.8 < float(document["agreement"][0]["kendall_w"]) < 1


@pytest.mark.parametrize("level", ["interval", "ordinal"])
def test_a_real_panel_agrees_with_krippendorff(shared_data, level):
    import krippendorff

    from scoring.formats import read_marks, read_scheme

    read = read_scheme(EXAMPLES / "figure-skating.yaml")
    given = read_marks(shared_data("panel-marks") / "marks.csv", read)
    judges = sorted({judge for book in given.books.values() for judge in book.marks["E01"]})
    data = [[float(book.marks["E01"][judge]) for book in given.books.values()] for judge in judges]
    line = next(line for line in judges_report(read, given).agreement if line.node == "E01")
    ours = line.alpha_interval if level == "interval" else line.alpha_ordinal
    theirs = krippendorff.alpha(reliability_data=np.array(data), level_of_measurement=level)
    assert float(ours) == pytest.approx(theirs, abs=1e-9)


SCORES = """contestant,aspect,judge,value
甲,A1.J1,J1,3
甲,A1.J1,J2,2
甲,A1.J1,J3,2
乙,A1.J1,J1,1
乙,A1.J1,J2,1
乙,A1.J1,J3,2
"""


def test_the_command_takes_affiliations_and_writes_for_people(runner, tmp_path):
    (tmp_path / "m.csv").write_text(SCORES)
    (tmp_path / "a.csv").write_text(
        "role,name,unit,city\n裁判,J1,一厂,石家庄\n选手,甲,一厂,石家庄\n选手,乙,二厂,唐山\n"
    )
    result = runner(EXAMPLES / "worldskills.yaml", tmp_path / "m.csv", "--affiliations", tmp_path / "a.csv")
    assert result.exit_code == 0
    assert "J1\t本单位\t1\t1\t33.33%\t-16.67%\t50.00%" in result.stdout


def test_a_bad_row_of_affiliations_is_named(runner, tmp_path):
    (tmp_path / "m.csv").write_text(SCORES)
    (tmp_path / "a.csv").write_text("role,name,unit\n裁判,J1,一厂\n观众,甲,一厂\n裁判,,一厂\n")
    result = runner(EXAMPLES / "worldskills.yaml", tmp_path / "m.csv", "--affiliations", tmp_path / "a.csv")
    assert result.exit_code == 1
    assert result.stderr == "a.csv:3:role: 应为 judge 或 contestant\na.csv:4:name: 缺少姓名或编号\n"


def test_affiliations_without_their_columns_are_refused(runner, tmp_path):
    (tmp_path / "m.csv").write_text(SCORES)
    (tmp_path / "a.csv").write_text("姓名,单位\nJ1,一厂\n")
    result = runner(EXAMPLES / "worldskills.yaml", tmp_path / "m.csv", "--affiliations", tmp_path / "a.csv")
    assert result.stderr == "a.csv:1:role: 缺少“role”列\na.csv:1:name: 缺少“name”列\n"
