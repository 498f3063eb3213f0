"""Rows of a workbook of titles: what is wrong is told by row, what is odd is remarked, what is blank is left alone."""

from datetime import date

import pytest

from certificates.incoming.tables import read_table
from certificates.titles.rows import COLUMNS, HEADINGS, plain_title, read_title_rows, remarks_on
from core.spreadsheets import Sheet

TODAY = date(2026, 11, 1)
KNOWN = frozenset({"河北省技术能手", "江苏技能状元"})
GOOD = {
    "姓名": "孙选手",
    "证件号码": "130102199005010011",
    "称号": "河北省技术能手",
    "结果": "授予",
    "授予机关": "河北省人社厅",
    "文号": "冀人社发 〔2026〕 31号",
    "授予日期": "2026年10月20日",
    "赛项或职业": "焊工",
    "职业编码": "6-18-02-04",
    "备注": "",
}


def rows_of(*changes):
    cells = [[*COLUMNS], *([(GOOD | change)[column] for column in COLUMNS] for change in changes)]
    return read_title_rows(read_table([Sheet("表", cells)], HEADINGS), KNOWN, TODAY)


def test_a_good_row_is_read_whole():
    (row,) = rows_of({})
    assert (row.problem, row.remarks, row.is_granted, row.is_blank) == ("", (), True, False)
    assert (row.number, row.on) == ("冀人社发〔2026〕31号", date(2026, 10, 20))


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("姓名", "", "没有填写姓名"),
        ("证件号码", "", "没有填写证件号码"),
        ("证件号码", "1301****0011", "遮盖"),
        ("称号", "", "没有填写称号"),
        ("授予机关", "", "没有填写授予机关"),
        ("文号", "", "没有填写文号"),
        ("授予日期", "", "没有填写授予日期"),
        ("授予日期", "十月", "看不懂授予日期“十月”"),
        ("授予日期", "2026-12-01", "晚于今天"),
        ("结果", "大概", "看不懂结果“大概”"),
        ("授予机关", "长" * 201, "授予机关太长"),
    ],
)
def test_each_fault_has_its_sentence(column, value, words):
    (row,) = rows_of({column: value})
    assert words in row.problem


def test_a_title_that_was_not_granted_needs_no_document():
    (row,) = rows_of({"结果": "未授予", "授予机关": "", "文号": "", "授予日期": "", "备注": "公示有异议"})
    assert (row.problem, row.is_granted, row.note) == ("", False, "公示有异议")


def test_a_prefilled_row_that_nobody_filled_in_is_blank_and_no_fault():
    blank = dict.fromkeys(("结果", "授予机关", "文号", "授予日期"), "")
    (row,) = rows_of(blank)
    assert (row.is_blank, row.problem) == (True, "")


def test_one_title_of_a_person_stands_in_a_file_once():
    first, second, other = rows_of({}, {"文号": "冀人社发〔2026〕32号"}, {"称号": "江苏技能状元"})
    assert "2 行" in first.problem
    assert "2 行" in second.problem
    assert other.problem == ""


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("“河北省技术能手”荣誉称号", "河北省技术能手"),
        ("河北省技术能手 称号", "河北省技术能手"),
        ("卫冕冠军称号", "卫冕冠军称号"),
        ("江苏技能状元", "江苏技能状元"),
    ],
)
def test_the_word_behind_a_known_title_goes_and_nothing_else(text, title):
    assert plain_title(text, KNOWN) == title


def test_odd_numbers_are_remarked_and_never_refused():
    assert remarks_on("冀人社发〔2026〕31号", date(2026, 10, 20), "6-18-02-04") == ()
    assert remarks_on("", None, "") == ()
    assert "不是同一年" in remarks_on("冀人社发〔2025〕31号", date(2026, 10, 20), "")[0]
    assert len(remarks_on("31", None, "焊工")) == 2
