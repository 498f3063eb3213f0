"""Rows of a workbook of issued certificates: found by headings, faults by row, odd numbers remarked and kept."""

from datetime import date

import pytest

from certificates.levels.rows import LevelSheetError, read_level_rows
from core.spreadsheets import Sheet

GOOD = ["孙选手", "130102199005010011", "二级/技师", "Y000113000001252000001"]
TODAY = date(2026, 11, 1)


def rows_of(*rows, head=("姓名", "证件号码", "等级", "证书编号")):
    return read_level_rows([Sheet("名单", [["河北省职业技能等级证书名单"], [*head], *map(list, rows)])], TODAY)


def test_a_row_is_read_under_its_headings_wherever_they_stand():
    (row,) = rows_of(GOOD)
    assert (row.sheet, row.row, row.name, row.level, row.number, row.problem) == ("名单", 3, GOOD[0], 2, GOOD[3], "")
    turned = rows_of(
        ["x", GOOD[3], GOOD[2], GOOD[1], GOOD[0]], head=("备注", "证书编码", "拟晋升等级", "身份证号", "姓 名")
    )
    assert (turned[0].name, turned[0].document, turned[0].level) == (row.name, row.document, 2)


def test_the_level_that_somebody_had_before_is_not_taken_for_the_new_one():
    with pytest.raises(LevelSheetError):
        rows_of(GOOD, head=("姓名", "证件号码", "原等级及证书编号", "证书编号"))


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        (0, "", "没有填写姓名"),
        (1, "", "没有填写证件号码"),
        (1, "1301********11", "遮盖"),
        (2, "工程师", "看不懂等级“工程师”"),
        (2, "", "看不懂等级"),
        (3, "", "没有填写证书编号"),
    ],
)
def test_each_fault_has_its_sentence(column, value, words):
    cells = list(GOOD)
    cells[column] = value
    (row,) = rows_of(cells)
    assert words in row.problem


@pytest.mark.parametrize("number", ["1234", "Y000113000001252000001X", "Q000113000001252000001"])
def test_an_odd_number_is_remarked_and_never_refused(number):
    (row,) = rows_of([*GOOD[:3], number])
    assert (row.problem, row.number) == ("", number)
    assert row.remarks


def test_empty_rows_hidden_sheets_and_other_sheets_are_passed_over():
    head = ["姓名", "证件号码", "等级", "证书编号"]
    sheets = [
        Sheet("说明", [["填表说明"]]),
        Sheet("旧", [head, GOOD], is_hidden=True),
        Sheet("新", [head, ["", "", "", ""], GOOD]),
    ]
    (row,) = read_level_rows(sheets, TODAY)
    assert (row.sheet, row.row) == ("新", 3)


def test_a_workbook_without_the_table_is_refused_in_one_sentence():
    with pytest.raises(LevelSheetError, match="四列"):
        read_level_rows([Sheet("a", [["姓名"], ["孙"]])], TODAY)
    with pytest.raises(LevelSheetError):
        rows_of()
