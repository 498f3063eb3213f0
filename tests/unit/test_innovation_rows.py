"""Rows of a workbook of innovations: amounts as decimals or not at all, people one to one with documents."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certificates.incoming.tables import NoTableError, WrongUnitError, read_table
from certificates.innovations.kinds import KIND_NAMES, KIND_SOURCES, STAGE_NAMES, Kind, Stage
from certificates.innovations.rows import COLUMNS, HEADINGS, read_amount, read_innovation_rows
from certificates.innovations.template import innovations_template
from core.spreadsheets import Sheet, read_spreadsheet

TODAY = date(2026, 11, 1)
GOOD = {
    "成果名称": "焊枪防护罩",
    "类别": "小革新",
    "阶段": "已实施",
    "单位": "唐山某厂",
    "主要完成人": "孙选手、李选手",
    "证件号码": "130102199005010011；130102199005010038",
    "经济效益（万元）": "1,234.50",
    "效益的计算依据": "2025年节约材料费",
    "日期": "2026年3月2日",
    "文件或编号": "厂发〔2026〕2号",
}


def row_of(head=COLUMNS, **over):
    values = GOOD | over
    cells = [[*head], [values[column] for column in COLUMNS]]
    (row,) = read_innovation_rows(read_table([Sheet("表", cells)], HEADINGS), TODAY)
    return row


def test_a_good_row_is_read_whole():
    row = row_of()
    assert (row.problem, row.kind, row.stage, row.benefit) == ("", Kind.SMALL_REFORM, Stage.IN_USE, "1234.5")
    assert row.authors == (("孙选手", "130102199005010011"), ("李选手", "130102199005010038"))
    assert (row.on, row.document) == (date(2026, 3, 2), "厂发〔2026〕2号")


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("12", "12"),
        ("12.50", "12.5"),
        ("０．５", "0.5"),
        ("1,234", "1234"),
        ("0", "0"),
        ("0.00", "0"),
        ("100", "100"),
        ("12万", None),
        ("约12", None),
        ("1,23", None),
        ("-3", None),
        ("1e5", None),
        ("", None),
        ("12.", None),
    ],
)
def test_an_amount_is_a_plain_number_and_nothing_is_guessed(text, amount):
    assert read_amount(text) == amount


@given(st.decimals(min_value=0, max_value=999_999_999, places=6, allow_nan=False))
def test_an_amount_keeps_its_value_exactly(value):
    from decimal import Decimal

    assert Decimal(read_amount(format(value, "f"))) == value


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("类别", "好主意", "不在可选的类别里"),
        ("阶段", "做完了", "看不懂阶段“做完了”"),
        ("经济效益（万元）", "12万", "看不懂经济效益“12万”"),
        ("效益的计算依据", "", "须写明计算依据"),
        ("日期", "三月", "看不懂日期“三月”"),
        ("日期", "2027-01-01", "晚于今天"),
        ("证件号码", "130102199005010011", "完成人 2 名，证件号码 1 个"),
        ("证件号码", "130102199005010011、130102199005010011", "写了两次"),
        ("证件号码", "1301****0011、130102199005010038", "遮盖"),
        ("成果名称", "长" * 201, "太长"),
    ],
)
def test_each_fault_has_its_sentence(column, value, words):
    assert words in row_of(**{column: value}).problem


def test_an_innovation_belongs_to_somebody():
    nobody = {"主要完成人": "", "证件号码": ""}
    assert row_of(**nobody).problem == ""
    assert row_of(**nobody, 单位="").problem == "没有完成人，也没有单位"


def test_a_benefit_that_is_left_open_is_no_zero():
    row = row_of(**{"经济效益（万元）": "", "效益的计算依据": ""})
    assert (row.problem, row.benefit) == ("", None)


@pytest.mark.parametrize("heading", ["经济效益（元）", "经济效益", "经济效益（亿元）"])
def test_amounts_in_another_unit_are_refused_and_not_misread(heading):
    head = [heading if column == "经济效益（万元）" else column for column in COLUMNS]
    with pytest.raises(WrongUnitError, match="须以万元计"):
        row_of(head)


def test_a_sheet_without_the_columns_is_told_which():
    with pytest.raises(NoTableError, match="“成果名称”“类别”“阶段”"):
        read_table([Sheet("a", [["成果名称"], ["x"]])], HEADINGS)


def test_the_empty_workbook_has_the_columns_that_are_read():
    sheet = read_spreadsheet(innovations_template("某赛"), "a.xlsx")[0]
    assert tuple(sheet.rows[2][: len(COLUMNS)]) == COLUMNS


def test_every_kind_and_stage_is_named_and_sourced():
    assert set(KIND_NAMES) == set(KIND_SOURCES) == set(Kind)
    assert set(STAGE_NAMES) == set(Stage)
    assert len(set(KIND_NAMES.values())) == len(Kind)
