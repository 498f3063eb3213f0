"""Schemes in workbooks: what an organiser writes is read, every mistake names its cell, nothing is lost."""

import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter
from flask import Flask

from core.spreadsheets import Cell, SheetPlan, read_spreadsheet, write_xlsx
from scoring.engine.problems import MarksError, SchemeError
from scoring.engine.scheme_document import scheme_from_document
from scoring.formats import read_marks, read_scheme, read_scheme_bytes
from scoring.formats.scheme_xlsx_write import write_scheme_xlsx
from scoring.formats.xlsx_marks import read_xlsx_marks
from scoring.formats.yaml_scheme import read_yaml
from scoring.formats.yaml_write import write_yaml

EXAMPLES = Path(__file__).parent.parent.parent / "docs" / "examples"
SCHEMES = sorted(EXAMPLES.glob("*.yaml"))


def exactly(document: object) -> str:
    """Text that differs where true and 1, or the order of a list, differ."""
    return json.dumps(document, ensure_ascii=False, sort_keys=True)


def workbook(
    tree: list[list[Cell]], general: list[list[Cell]] | None = None, rules: list[list[Cell]] | None = None
) -> bytes:
    plans = [SheetPlan("评分方案", tree)]
    plans.append(SheetPlan("总则", [["键", "值"], *(general if general is not None else [["title", "焊工"]])]))
    if rules is not None:
        plans.append(SheetPlan("细则", [["节点", "名称", "键", "值"], *rules]))
    return write_xlsx(plans)


def refusals(data: bytes) -> list[str]:
    with pytest.raises(SchemeError) as caught:
        read_scheme_bytes(data, "焊工.xlsx")
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize("path", SCHEMES, ids=lambda path: path.stem)
def test_every_example_survives_workbook_and_yaml(path):
    document = read_scheme(path).to_document()
    data = write_scheme_xlsx(document)
    assert exactly(read_scheme_bytes(data, "a.xlsx").scheme.to_document()) == exactly(document)
    assert exactly(read_yaml(write_yaml(document))[0]) == exactly(document)


def test_options_keep_their_order():
    document = read_scheme(EXAMPLES / "labour-contest.yaml").to_document()
    scheme = read_scheme_bytes(write_scheme_xlsx(document), "a.xlsx").scheme
    labels = [label for label, _ in scheme.node("一月/廉洁").entry.options]
    assert labels == ["合格", "有提醒谈话", "有处分"]


def test_the_tree_is_readable_on_one_sheet():
    data = write_scheme_xlsx(read_scheme(EXAMPLES / "worldskills.yaml").to_document())
    tree = read_spreadsheet(data, "a.xlsx")[0]
    assert tree.name == "评分方案"
    headings = tree.rows[0]
    line = next(row for row in tree.rows if row[2] == "A1.J1")
    cells = dict(zip(headings, line, strict=True))
    assert cells["第3层"] == "A1.J1"
    assert cells["名称"] == "界面整体印象"
    assert cells["评分方式"] == "评判"
    assert cells["满分"] == 1.5
    assert cells["基准3"] == "就行业期望而言优秀"


def test_what_an_organiser_types_is_read():
    tree: list[list[Cell]] = [
        ["第1层", "第2层", "名称", "评分方式", "满分", "分值间隔", "选项", "备注"],
        ["M1", "", "焊接", "", 30.0, "", "", "上午"],
        ["", "1.1", "外观", "打分", 20.0, 0.5, "", ""],
        ["", 1.2, "规范", "选项", "", "", "符合=10\n不符合：0", ""],
    ]
    scheme = read_scheme_bytes(workbook(tree), "焊工.xlsx").scheme
    assert [(a.code, a.kind, str(a.max)) for a in scheme.aspects()] == [
        ("1.1", "points", "20"),
        ("1.2", "choice", "10"),
    ]
    assert scheme.node("1.1").entry.step * 2 == 1


def test_columns_stand_in_any_order_and_headings_may_be_key_paths():
    tree: list[list[Cell]] = [["entry.unit", "满分", "第1层", "bonus_max"], ["mm", 5.0, "A", 6.0]]
    aspect = read_scheme_bytes(workbook(tree), "焊工.xlsx").scheme.node("A")
    assert (aspect.entry.unit, aspect.entry.high) == ("mm", 6)


def test_a_float_of_a_formula_is_read_as_the_cell_shows_it():
    tree: list[list[Cell]] = [["第1层", "满分"], ["A", 0.1 + 0.2]]
    assert str(read_scheme_bytes(workbook(tree), "焊工.xlsx").scheme.node("A").max) == "3/10"


BAD = [
    ("no code", [["第1层", "满分"], ["", 5.0]], None, "焊工.xlsx!评分方案:2:A: 此行没有代码，不知属于哪一层"),
    ("two codes", [["第1层", "第2层"], ["A", "B"]], None, "焊工.xlsx!评分方案:2:B: 一行只能有一个代码"),
    ("level left out", [["第1层", "第2层"], ["", "B"]], None, "焊工.xlsx!评分方案:2:B: 上面没有第1层的节点"),
    ("no levels", [["名称"], ["x"]], None, "焊工.xlsx!评分方案:1: 缺少“第1层”列（节点代码）"),
    ("heading", [["第1层", "满 分.."], ["A", 5.0]], None, "焊工.xlsx!评分方案:1:B: 不认识的列「满 分..」"),
    ("unknown key", [["第1层", "满份"], ["A", 5.0]], None, "焊工.xlsx!评分方案:2:B: 未知的键“满份”"),
    ("twice", [["第1层", "满分", "max"], ["A", 5.0, 6.0]], None, "焊工.xlsx!评分方案:2:C: 键「children[1].max」重复"),
    ("worded", [["第1层", "满分"], ["A", "五"]], None, "焊工.xlsx!评分方案:2:B: “max”应为十进制数，不能是「五」"),
    ("kind", [["第1层", "评分方式"], ["A", "打分数"]], None, "焊工.xlsx!评分方案:2:B: “kind”应为"),
    ("options", [["第1层", "评分方式", "选项"], ["A", "选项", "好"]], None, "焊工.xlsx!评分方案:2:C: 选项应一行一个"),
    ("code twice", [["第1层", "满分"], ["A", 5.0], ["A", 5.0]], None, "焊工.xlsx!评分方案:3:A: 代码「A」重复"),
    ("rule of nobody", [["第1层"], ["A"]], [["B", "", "max", 5.0]], "焊工.xlsx!细则:2:A: 没有代码路径为「B」的节点"),
    ("rule without node", [["第1层"], ["A"]], [["", "", "max", 5.0]], "焊工.xlsx!细则:2:A: 缺少节点"),
    ("rule without key", [["第1层"], ["A"]], [["A", "", "", 5.0]], "焊工.xlsx!细则:2:C: “C”列为空"),
    ("rule without value", [["第1层"], ["A"]], [["A", "", "max", ""]], "焊工.xlsx!细则:2:D: “D”列为空"),
    (
        "no path",
        [["第1层"], ["A"]],
        [["A", "", "steps[0].round", 2.0]],
        "焊工.xlsx!细则:2:C: 「steps[0].round」不是键路径",
    ),
    (
        "gap",
        [["第1层"], ["A"]],
        [["A", "", "steps[2].round", 2.0]],
        "焊工.xlsx!细则:2:D: 列表「children[1].steps」缺少第 1 项",
    ),
    (
        "no JSON",
        [["第1层"], ["A"]],
        [["A", "", "steps", "!json ["]],
        "焊工.xlsx!细则:2:D: 「!json [」中 !json 之后不是合格的 JSON",
    ),
    ("unknown rule", [["第1层"], ["A"]], [["A", "", "steps[1].runde", 2.0]], "焊工.xlsx!细则:2:D: 未知的步骤「runde」"),
]


@pytest.mark.parametrize(("tree", "rules", "sentence"), [case[1:] for case in BAD], ids=[case[0] for case in BAD])
def test_each_mistake_is_named_with_its_cell(tree, rules, sentence):
    lines = refusals(workbook(tree, rules=rules))
    assert any(line.startswith(sentence) for line in lines), lines


def test_a_sheet_of_another_name_is_refused_lest_its_rules_are_lost():
    data = write_xlsx(
        [
            SheetPlan("评分方案", [["第1层"], ["A"]]),
            SheetPlan("总则", [["键", "值"], ["title", "x"]]),
            SheetPlan("细责", [["节点"]]),
        ]
    )
    assert any("不认识的工作表「细责」（可用 评分方案、总则、细则、备注）" in line for line in refusals(data))


def test_a_missing_title_is_told_without_a_cell():
    assert refusals(workbook([["第1层"], ["A"]], general=[])) == ["焊工.xlsx: 缺少“title”"]


def test_a_text_too_long_for_a_cell_is_refused_not_cut():
    document = {"title": "x", "children": [{"code": "A", "options": {"长" * 40_000: "1"}}]}
    with pytest.raises(SchemeError, match="32767 字"):
        write_scheme_xlsx(document)


@pytest.fixture
def runner(sqlite_app: Flask) -> Callable[..., object]:
    return lambda *arguments: sqlite_app.test_cli_runner().invoke(args=["scoring", *map(str, arguments)])


def test_convert_there_and_back(runner, tmp_path):
    there = runner("scheme-convert", EXAMPLES / "welder.yaml", tmp_path / "焊工.xlsx")
    back = runner("scheme-convert", tmp_path / "焊工.xlsx", tmp_path / "焊工.yaml")
    assert (there.exit_code, back.exit_code) == (0, 0)
    assert read_scheme(tmp_path / "焊工.yaml") == read_scheme(EXAMPLES / "welder.yaml")


def test_convert_to_an_unknown_kind_is_refused(runner, tmp_path):
    result = runner("scheme-convert", EXAMPLES / "welder.yaml", tmp_path / "焊工.doc")
    assert result.exit_code == 1
    assert result.stderr == "焊工.doc: 不认识的方案文件类型（可用 .yaml、.yml、.xlsx）\n"


def test_convert_of_a_bad_scheme_writes_nothing(runner, tmp_path):
    (tmp_path / "bad.xlsx").write_bytes(workbook([["第1层", "满分"], ["A", "五"]]))
    result = runner("scheme-convert", tmp_path / "bad.xlsx", tmp_path / "out.yaml")
    assert result.exit_code == 1
    assert result.stderr.startswith("bad.xlsx!评分方案:2:B: ")
    assert not (tmp_path / "out.yaml").exists()


def test_check_and_rank_take_workbooks(runner, tmp_path):
    runner("scheme-convert", EXAMPLES / "welder.yaml", tmp_path / "焊工.xlsx")
    lines = [line.split(",") for line in (EXAMPLES / "welder.csv").read_text().splitlines()]
    (tmp_path / "marks.xlsx").write_bytes(write_xlsx([SheetPlan("评分", [["2026 年焊工"], *lines])]))
    checked = runner("scheme-check", tmp_path / "焊工.xlsx")
    ranked = runner("rank", tmp_path / "焊工.xlsx", tmp_path / "marks.xlsx")
    assert checked.stdout.startswith("方案合格：焊工（演示），")
    assert ranked.stdout == runner("rank", EXAMPLES / "welder.yaml", EXAMPLES / "welder.csv").stdout
    assert ranked.exit_code == 0


def marks_of(tmp_path: Path, rows: list[list[Cell]]) -> list[str]:
    path = tmp_path / "marks.xlsx"
    path.write_bytes(write_xlsx([SheetPlan("评分", rows)]))
    with pytest.raises(MarksError) as caught:
        read_marks(path, read_scheme(EXAMPLES / "worldskills.yaml"))
    return [str(problem) for problem in caught.value.problems]


HEADINGS: list[Cell] = ["judge", "value", "contestant", "aspect"]


def test_marks_in_any_column_order_numbers_read_as_shown(tmp_path):
    path = tmp_path / "marks.xlsx"
    path.write_bytes(write_xlsx([SheetPlan("评分", [HEADINGS, ["J1", 2.0, 7.0, "A1.J1"], ["J1", "是", 7.0, "A1.M1"]])]))
    marks = read_marks(path, read_scheme(EXAMPLES / "worldskills.yaml"))
    assert marks.books["7"].marks == {"A1.J1": {"J1": 2}, "A1.M1": {"J1": 1}}


def test_wrong_marks_are_named_with_row_and_letter(tmp_path):
    rows: list[list[Cell]] = [HEADINGS, ["J1", 4.0, "甲", "A1.J1"], ["J1", 2.0, "甲", "A9"], ["J1", 1.0, "", "A1.J1"]]
    lines = marks_of(tmp_path, rows)
    assert lines[0].startswith("marks.xlsx!评分:2:B（value）: ")
    assert lines[1].startswith("marks.xlsx!评分:3:D（aspect）: ")
    assert lines[2].startswith("marks.xlsx!评分:4:C（contestant）: ")


def test_rows_above_the_headings_are_counted(tmp_path):
    lines = marks_of(tmp_path, [["成绩表"], [], HEADINGS, ["J1", 4.0, "甲", "A1.J1"]])
    assert lines[0].startswith("marks.xlsx!评分:4:B（value）: ")


def test_an_unknown_heading_is_named_with_its_letter(tmp_path):
    lines = marks_of(tmp_path, [[], [*HEADINGS, "points"], ["J1", 2.0, "甲", "A1.J1", 1.0]])
    assert lines == [lines[0]]
    assert lines[0].startswith("marks.xlsx!评分:2:E（points）: 不认识的列「points」")


def test_a_mark_that_became_a_date_is_refused(tmp_path):
    from datetime import date

    lines = marks_of(tmp_path, [HEADINGS, ["J1", date(2026, 3, 5), "甲", "A1.J1"]])
    assert lines == ["marks.xlsx!评分:2:B（value）: 此格已被表格软件变成日期或时间，请将该列设为文本格式后重新填写"]


def test_a_cell_beside_the_table_is_refused(tmp_path):
    lines = marks_of(tmp_path, [HEADINGS, ["J1", 2.0, "甲", "A1.J1", "?"]])
    assert lines == ["marks.xlsx!评分:2: 本行有 5 格，表头有 4 列"]


def test_a_workbook_without_marks_is_refused(tmp_path):
    assert marks_of(tmp_path, [["姓名"], ["张三"]]) == [
        "marks.xlsx: 工作簿中没有评分表的表头（contestant、aspect、judge、value）"
    ]


def timed(cells: list[tuple[str, int | float | str, str]]) -> bytes:
    """A workbook of one row: heading, value and the number format that a table program gives it."""
    packed = io.BytesIO()
    book = xlsxwriter.Workbook(packed)
    sheet = book.add_worksheet("评分")
    for column, (heading, value, shape) in enumerate(cells):
        sheet.write(0, column, heading)
        sheet.write(1, column, value, book.add_format({"num_format": shape}))
    book.close()
    return packed.getvalue()


TARGETED = {
    "title": "用时与产值",
    "children": [
        {"code": "A", "kind": "measurement", "max": 20, "entry": {"time": True}, "convert": {"multiply": 1}},
        {
            "code": "B",
            "kind": "indicator",
            "max": 20,
            "target": "target",
            "convert": {"deviation": {"target": 100, "start": 20, "per": 1, "under": "-0.5"}},
        },
    ],
}


@pytest.mark.parametrize("column", ["value", "target"])
@pytest.mark.parametrize(
    ("typed", "shape"), [(754 / 1440, "h:mm"), (2190 / 1440, "[h]:mm:ss"), (45293.5, "yyyy-mm-dd")]
)
def test_a_time_of_day_is_never_read_as_minutes_and_seconds(column, typed, shape):
    cells = {"contestant": "1", "aspect": "A", "judge": "", "value": "90", "target": "100"}
    row = [(name, typed if name == column else text, shape if name == column else "@") for name, text in cells.items()]

    with pytest.raises(MarksError, match=f"{column}.*此格已被表格软件变成日期或时间"):
        read_xlsx_marks(timed(row), "marks.xlsx", scheme_from_document(TARGETED))


def test_a_day_in_a_column_for_people_is_let_be():
    row = [("contestant", "1", "@"), ("aspect", "A", "@"), ("judge", "", "@"), ("value", "12:34", "@")]
    row += [("target", "", "@"), ("note", 45293, "yyyy-mm-dd")]
    marks = read_xlsx_marks(timed(row), "marks.xlsx", scheme_from_document(TARGETED))

    assert marks.books["1"].marks["A"] == {"": 754}
