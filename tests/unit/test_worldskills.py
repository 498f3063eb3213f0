"""WorldSkills workbooks become schemes: what stands in them is kept, what was typed beside it is checked."""

from fractions import Fraction

import pytest
from worldskills_workbooks import (
    CALCULATIONS,
    CHINESE_HEADINGS,
    FULL_HEADINGS,
    LADDER,
    SHORT_HEADINGS,
    Row,
    aspect,
    good_blocks,
    make_workbook,
    sub,
)

from core.spreadsheets import SheetPlan, write_xlsx
from scoring.engine.marks import MarkRow, collect_marks
from scoring.engine.problems import MarksError, SchemeError
from scoring.engine.totals import evaluate
from scoring.formats import ReadScheme, read_scheme_bytes


def read(data: bytes) -> ReadScheme:
    return read_scheme_bytes(data, "网站.xlsx")


def refusals(data: bytes) -> list[str]:
    with pytest.raises(SchemeError) as caught:
        read(data)
    return [str(problem) for problem in caught.value.problems]


@pytest.fixture(scope="module")
def real(shared_data) -> ReadScheme:
    path = shared_data("marking-schemes") / "worldskills-workbook.xlsx"
    return read_scheme_bytes(path.read_bytes(), path.name)


def test_real_workbook_is_read_whole(real):
    scheme = real.scheme
    levels = [node.level for node in scheme.root.walk()]
    aspects = scheme.aspects()
    assert scheme.title == "17 Web Technologies"
    assert levels.count("criterion") == 4
    assert levels.count("sub_criterion") == 30
    assert sum(a.kind == "judgement" for a in aspects) == 19
    assert sum(a.kind != "judgement" for a in aspects) == 201
    assert sum(len(a.benchmarks) for a in aspects) == 76
    assert scheme.root.full_marks == 100
    assert [scheme.node(letter).full_marks for letter in "ABCD"] == [30, 30, 20, 20]


def test_real_workbook_keeps_days_headings_and_descriptions(real):
    scheme = real.scheme
    assert scheme.node("A1").judged_on == "1"
    assert scheme.node("D10").judged_on == "2"
    headings = [node.label for node in scheme.node("A2").walk() if node.level == "group"]
    assert headings[:3] == ["Header + Hero", "About + Counter", "Newsletter"]
    assert scheme.node("A1.M1").standard == "4"
    assert "Deduct 0.25 per error" in {aspect.description for aspect in scheme.aspects()}


def test_real_workbook_has_stale_sums_and_says_so(real):
    text = "\n".join(real.warnings)
    assert "4 个标准、30 个子标准、201 个测量项、19 个评判项、76 条评判基准、5 条计算规则，总分 100.00" in text
    assert "重新合计为 6/1/7/60/26，工作簿中填写的是 15/15/27/23/20" in text
    assert "标准规定 5/5/25/25/40" in text
    assert "第 8 行：标准第 4 节「Front-end development」重新合计 60 分，工作簿填写 23 分，标准规定 25 分" in text
    assert "5 条计算规则没有评分项引用" in text


def test_a_made_workbook_reads_the_same_under_full_short_and_chinese_headings():
    full = read(make_workbook(good_blocks())).scheme
    assert full.title == "99 网站技术"
    assert [node.label for node in full.root.children] == ["设计", "开发"]
    assert [a.code for a in full.aspects()] == ["A1.J1", "A1.M1", "A2.M1", "A2.M2", "B1.M1", "B1.J1"]
    for headings in (SHORT_HEADINGS, CHINESE_HEADINGS):
        other = read(make_workbook(good_blocks(), headings, sections=())).scheme
        assert [(a.code, a.label, a.max, a.benchmarks) for a in other.aspects()] == [
            (a.code, a.label, a.max, a.benchmarks) for a in full.aspects()
        ]


def short_form() -> dict[str, list[Row]]:
    """As the national form has it: numbers through the criterion, sums beside the sub criteria."""
    return {
        "A": [
            {"sub_id": "A1", "sub_name": "布局", "max": 1.5},
            aspect("J1", "整体", 1.0),
            *LADDER,
            aspect("M1", "标志", 0.5),
            {"sub_id": "A2", "sub_name": "动画", "max": 2.25},
            aspect("M2", "滚动", 0.5),
            aspect("J2", "观感", 1.5),
            *LADDER,
        ]
    }


def test_the_short_form_numbers_its_aspects_itself():
    scheme = read(make_workbook(short_form(), SHORT_HEADINGS, sections=(), criteria=(), calculations=())).scheme
    assert [node.code for node in scheme.aspects()] == ["A1.J1", "A1.M1", "A2.M2", "A2.J2"]
    assert scheme.node("A").full_marks == Fraction(7, 2)


def test_typed_sums_of_sub_criteria_are_checked_not_added():
    warnings = read(make_workbook(short_form(), SHORT_HEADINGS, sections=(), criteria=(), total=3.5)).warnings
    assert [warning for warning in warnings if "填写" in warning] == [
        "第 11 行：A2「动画」填写 2.25 分，评分项合计 2 分"
    ]


def test_an_aspect_number_that_comes_twice_is_refused():
    blocks = {"A": [sub("A1"), aspect("M3", "x", 1.0), aspect("M3", "y", 1.0)]}
    lines = refusals(make_workbook(blocks, sections=(), criteria=()))
    assert lines == ["网站.xlsx!CIS Marking Scheme Import:6:D: 评分项「A1.M3」重复（第 5 行已有）"]


def test_columns_are_found_by_heading_in_any_order():
    backwards = dict(reversed(FULL_HEADINGS.items()))
    blocks = good_blocks()
    assert read(make_workbook(blocks, backwards)).scheme == read(make_workbook(blocks)).scheme


def test_without_the_table_of_criteria_they_are_named_by_their_letter():
    scheme = read(make_workbook(good_blocks(), criteria=())).scheme
    assert [node.label for node in scheme.root.children] == ["标准 A", "标准 B"]


def test_extra_lines_and_requirements_become_the_description():
    scheme = read(make_workbook(good_blocks())).scheme
    assert scheme.node("A1.M1").description == "每错一处扣 0.25\n要求：120 px\n以 Chrome 为准"


def test_rows_with_only_a_description_are_headings_over_what_follows():
    scheme = read(make_workbook(good_blocks())).scheme
    groups = scheme.node("A2").children
    assert [(group.label, [a.code for a in group.children]) for group in groups] == [
        ("页头", ["A2.M1"]),
        ("页脚", ["A2.M2"]),
    ]


def test_a_heading_without_aspects_is_kept_as_description():
    blocks = {"A": [sub("A1"), aspect("M", "x", 1.0), {"description": "以下空白"}]}
    scheme = read(make_workbook(blocks, sections=(), criteria=())).scheme
    assert scheme.node("A1").description == "以下空白"


def test_judgement_is_maximum_times_sum_over_nine():
    scheme = read(make_workbook(good_blocks())).scheme
    rows = [MarkRow("甲", "A1.J1", judge, value) for judge, value in (("J1", "2"), ("J2", "3"), ("J3", "3"))]
    outcome = evaluate(scheme, collect_marks(scheme, rows)).outcome("甲", "A1.J1")
    assert outcome.value == Fraction(133, 100)
    assert Fraction(3, 2) * 8 / 9 == Fraction(4, 3)


@pytest.mark.parametrize(
    ("marks", "state"), [("123", "held"), ("013", "held"), ("122", "complete"), ("12", "incomplete")]
)
def test_judges_further_apart_than_one_point_hold_the_mark(marks, state):
    scheme = read(make_workbook(good_blocks())).scheme
    rows = [MarkRow("甲", "A1.J1", f"J{seat}", value) for seat, value in enumerate(marks, start=1)]
    assert evaluate(scheme, collect_marks(scheme, rows)).outcome("甲", "A1.J1").state == state


@pytest.mark.parametrize(("entered", "value"), [("0.25", "0.25"), ("是", "0.5"), ("否", "0")])
def test_a_measurement_without_calculation_takes_the_mark_or_yes_and_no(entered, value):
    scheme = read(make_workbook(good_blocks())).scheme
    result = evaluate(scheme, collect_marks(scheme, [MarkRow("甲", "A1.M1", "J1", entered)]))
    assert result.value("甲", "A1.M1") == Fraction(value)


def test_a_measurement_takes_no_more_than_its_maximum():
    scheme = read(make_workbook(good_blocks())).scheme
    with pytest.raises(MarksError):
        collect_marks(scheme, [MarkRow("甲", "A1.M1", "J1", "0.75")])


@pytest.mark.parametrize(("errors", "value"), [("0", "2"), ("1", "1.75"), ("3", "1.25"), ("8", "0"), ("40", "0")])
@pytest.mark.parametrize("reference", [2.0, "扣 0.25"])
def test_a_difference_calculation_deducts_per_step_down_to_zero(reference, errors, value):
    blocks = {"A": [sub("A1"), aspect("M", "错误数", 2.0, calculation=reference)]}
    scheme = read(make_workbook(blocks, sections=(), criteria=())).scheme
    result = evaluate(scheme, collect_marks(scheme, [MarkRow("甲", "A1.M1", "J1", errors)]))
    assert scheme.node("A1.M1").kind == "measurement"
    assert result.value("甲", "A1.M1") == Fraction(value)


def test_percent_calculations_count_from_target_and_maximum():
    rule = CALCULATIONS[0][2].replace("DEDUCTION_TYPE:::#x~x#UNIT", "DEDUCTION_TYPE:::#x~x#PERCENT")
    rule = rule.replace("DIFFERENCE_TYPE:::#x~x#UNIT", "DIFFERENCE_TYPE:::#x~x#PERCENT")
    rule = rule.replace("TARGET_VALUE:::0E-8", "TARGET_VALUE:::200.0").replace("0.25000000", "10")
    blocks = {"A": [sub("A1"), aspect("M", "长度", 2.0, calculation="p")]}
    data = make_workbook(blocks, calculations=(("p", CALCULATIONS[0][1], rule),), sections=(), criteria=())
    scheme = read(data).scheme
    result = evaluate(scheme, collect_marks(scheme, [MarkRow("甲", "A1.M1", "", "195.9")]))
    assert result.value("甲", "A1.M1") == Fraction("1.6")


def test_a_choice_calculation_gives_each_label_what_remains():
    blocks = {"A": [sub("A1"), aspect("M", "删除", 1.0, calculation=3.0)]}
    scheme = read(make_workbook(blocks, sections=(), criteria=())).scheme
    assert scheme.node("A1.M1").entry.options == (("满分", 1), ("部分", Fraction(1, 4)), ("不给分", 0))


def test_a_workbook_that_adds_up_has_no_warning_but_its_counts_and_unused_rules():
    sections = ((1.0, "组织", 1.5, 1.5), (2.0, "前端", 4.5, 4.5), (3.0, "后端", 4.0, 4.0))
    warnings = read(make_workbook(good_blocks(), sections=sections, calculations=())).warnings
    assert [w for w in warnings if "满分为 10" not in w] == [
        "世赛评分工作簿：2 个标准、3 个子标准、4 个测量项、2 个评判项、8 条评判基准、0 条计算规则，总分 10.00"
    ]


def test_typed_criterion_and_total_marks_are_checked():
    criteria = (("A", "设计", 5.0), ("B", "开发", 4.0), ("C", "多余", 1.0))
    text = "\n".join(read(make_workbook(good_blocks(), criteria=criteria, total=9.5)).warnings)
    assert "A「设计」填写 5 分，评分项合计 6 分" in text
    assert "C「多余」填写 1 分，评分项合计 0 分" in text
    assert "总分填写 9.5 分，评分项合计 10 分" in text


def test_an_aspect_above_two_marks_is_named():
    blocks = {"A": [sub("A1"), aspect("M", "大项", 2.5)]}
    assert any("单项上限 2 分：A1.M1" in w for w in read(make_workbook(blocks)).warnings)


# Title, a blank row and the headings stand in rows 1 to 3.
BAD = [
    ("unknown type", [sub("A1"), aspect("X", "x", 1.0)], ":5:D: 评分项类型应为 M（测量）或 J（评判），不能是「X」"),
    ("old subjective type", [sub("A1"), aspect("S", "x", 1.0)], ":5:D: 评分项类型应为"),
    ("no maximum", [sub("A1"), aspect("M", "x", "")], ":5:K: 评分项缺少最高分"),
    ("worded maximum", [sub("A1"), aspect("M", "x", "一分")], ":5:K: 最高分应为大于 0 的数，不能是「一分」"),
    ("zero maximum", [sub("A1"), aspect("M", "x", 0.0)], ":5:K: 最高分应为大于 0 的数，不能是「0」"),
    ("no type", [sub("A1"), aspect("", "x", 1.0)], ":5:D: 此行有分值 1，却没有评分项类型"),
    ("no description", [sub("A1"), aspect("M", "", 1.0)], ":5:E: 评分项缺少描述"),
    ("no sub criterion", [aspect("M", "x", 1.0)], ":4:D: 此评分项不在任何子标准之下"),
    ("bad sub criterion", [sub("1A"), aspect("M", "x", 1.0)], ":4:A: 子标准编号应为 A1 这样的形式，不能是「1A」"),
    ("nameless sub criterion", [{"sub_name": "布局"}], ":4:B: 子标准缺少编号"),
    (
        "twice",
        [sub("A1"), aspect("M", "x", 1.0), sub("A1"), aspect("M", "y", 1.0)],
        ":6:A: 子标准「A1」重复（第 4 行已有）",
    ),
    ("elsewhere", [sub("B1"), aspect("M", "x", 1.0)], ":4:A: 子标准「B1」写在标准 A 之下"),
    ("empty sub criterion", [sub("A1"), sub("A2"), aspect("M", "x", 1.0)], ":4:A: 子标准「A1」没有评分项"),
    ("no benchmarks", [sub("A1"), aspect("J", "x", 1.0)], ":5:F: 评判项「A1.J1」缺少评判分 0、1、2、3 的描述"),
    ("three benchmarks", [sub("A1"), aspect("J", "x", 1.0), *LADDER[:3]], ":5:F: 评判项「A1.J1」缺少评判分 3 的描述"),
    (
        "off the scale",
        [sub("A1"), aspect("J", "x", 1.0), *LADDER, {"score": 4.0, "extra": "x"}],
        ":10:F: 评判分应为 0、1、2、3",
    ),
    ("half a point", [sub("A1"), aspect("J", "x", 1.0), *LADDER, {"score": 1.5, "extra": "x"}], "不能是「1.5」"),
    ("point twice", [sub("A1"), aspect("J", "x", 1.0), *LADDER, LADDER[0]], ":10:F: 评判分 0 的描述重复"),
    ("silent point", [sub("A1"), aspect("J", "x", 1.0), {"score": 0.0}], ":6:G: 评判分 0 缺少描述"),
    ("stray benchmark", [sub("A1"), aspect("M", "x", 1.0), LADDER[0]], ":6:F: 评判分的描述不在任何评判项"),
    ("stray text", [{"extra": "说明"}], ":4:G: 此行不在任何子标准之下"),
    ("stray heading", [{"description": "页头"}], ":4:E: 此行不在任何子标准之下"),
    ("no such rule", [sub("A1"), aspect("M", "x", 1.0, calculation=9.0)], ":5:J: 工作表 Calculations 中没有第 9 行"),
]


@pytest.mark.parametrize(("rows", "sentence"), [case[1:] for case in BAD], ids=[case[0] for case in BAD])
def test_each_bad_row_is_refused_with_sheet_row_and_column(rows, sentence):
    lines = refusals(make_workbook({"A": rows}, sections=(), criteria=()))
    place = "网站.xlsx!CIS Marking Scheme Import"
    assert any(line.startswith(place) and sentence in line for line in lines), lines


def test_a_section_that_the_standard_lacks_is_refused():
    blocks = {"A": [sub("A1"), aspect("M", "x", 1.0, 7.0)]}
    lines = refusals(make_workbook(blocks))
    assert len(lines) == 1
    assert ":I: 标准中没有第 7 节" in lines[0]


def test_all_mistakes_are_told_at_once():
    blocks = {"A": [sub("A1"), aspect("X", "x", 1.0), aspect("M", "", ""), aspect("M", "好", 1.0)]}
    assert len(refusals(make_workbook(blocks))) == 3


def test_an_unknown_calculation_type_is_refused():
    rule = ("新规则", "LOGARITHM", "A:::1#x~x#")
    lines = refusals(make_workbook(good_blocks(), calculations=(rule,)))
    assert lines == [
        "网站.xlsx!Calculations:2:B: 不认识的计算类型「LOGARITHM」（可用 REGULAR_DIFFERENCE_DEDUCTION、CHOICE）"
    ]


def test_a_workbook_of_another_kind_is_refused_in_one_sentence():
    lines = refusals(write_xlsx([SheetPlan("Sheet1", [["姓名", "单位"], ["张三", "一厂"]])]))
    assert len(lines) == 1
    assert lines[0].startswith("网站.xlsx: ")


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 no workbook", b"a,b\n1,2\n"])
def test_a_file_that_is_no_workbook_is_refused(data):
    assert refusals(data)[0].startswith("网站.xlsx: ")


def test_a_workbook_and_its_marks_are_ranked_from_the_command_line(sqlite_app, tmp_path):
    (tmp_path / "网站.xlsx").write_bytes(make_workbook(good_blocks()))
    rows = [["contestant", "aspect", "judge", "value"]]
    for who, points, mark in (("甲", "332", "2"), ("乙", "221", "1.5")):
        for code in ("A1.J1", "B1.J1"):
            rows += [[who, code, f"J{seat}", point] for seat, point in enumerate(points, start=1)]
        rows += [[who, code, "J1", "否" if code == "A1.M1" else mark] for code in ("A1.M1", "A2.M1", "A2.M2", "B1.M1")]
    (tmp_path / "marks.xlsx").write_bytes(write_xlsx([SheetPlan("评分", rows)]))
    command = ["scoring", "rank", str(tmp_path / "网站.xlsx"), str(tmp_path / "marks.xlsx")]
    result = sqlite_app.test_cli_runner().invoke(args=command)
    assert result.exit_code == 0
    # 1.5 × 8/9 = 1.33, 2 × 8/9 = 1.78, three measurements of 2; then 1.5 × 5/9 = 0.83, 2 × 5/9 = 1.11, three of 1.5.
    assert [line.split(",")[:3] for line in result.stdout.splitlines()] == [
        ["rank", "contestant", "total"],
        ["1", "甲", "9.11"],
        ["2", "乙", "6.44"],
    ]


def test_a_text_too_long_for_a_scheme_is_named_with_its_row():
    blocks = {"A": [sub("A1"), aspect("M", "长" * 4001, 1.0)]}
    lines = refusals(make_workbook(blocks, sections=(), criteria=()))
    assert lines == ["网站.xlsx!CIS Marking Scheme Import:5: “label”超过 4000 字"]


def test_a_calculation_that_cannot_be_reckoned_is_named_with_the_row_of_its_aspect():
    rule = ("坏", CALCULATIONS[0][1], CALCULATIONS[0][2].replace("1.00000000", "0E-8"))
    blocks = {"A": [sub("A1"), aspect("M", "x", 1.0, calculation="坏")]}
    lines = refusals(make_workbook(blocks, sections=(), criteria=(), calculations=(rule,)))
    assert lines == ["网站.xlsx!CIS Marking Scheme Import:5: “per”应大于 0"]
