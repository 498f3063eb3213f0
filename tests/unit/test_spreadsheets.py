from datetime import UTC, date, datetime, time

import pytest

from core.spreadsheets import (
    Choices,
    MergedRange,
    Note,
    NoteTone,
    Sheet,
    SheetPlan,
    SpreadsheetError,
    cell_text,
    column_letters,
    read_spreadsheet,
    write_xlsx,
)

ROWS = [["姓名", "号码", "分数", "日期"], ["王䶮", "007", 18.5, date(2026, 10, 18)], ["", None, 3, True]]


def test_what_is_written_is_read_again():
    (sheet,) = read_spreadsheet(write_xlsx([SheetPlan("表", ROWS, header_row=0)]), "a.xlsx")
    assert sheet == Sheet(
        "表", [ROWS[0], ["王䶮", "007", 18.5, date(2026, 10, 18)], ["", "", 3.0, True]], (), is_hidden=False
    )


def test_the_same_plan_gives_the_same_bytes():
    plans = [SheetPlan("表", ROWS, header_row=0, choices=[Choices(0, 1, 9, ("甲", "乙"))])]
    assert write_xlsx(plans) == write_xlsx(plans)


def test_text_stays_text_whatever_it_looks_like():
    rows = [["=1+1", "http://example.org", "1e5", "007", "+A1", "@SUM(1)", "<b>", "\x07", "a" * 40_000]]
    (sheet,) = read_spreadsheet(write_xlsx([SheetPlan("表", rows)]), "a.xlsx")
    assert sheet.rows[0][:7] == rows[0][:7]
    assert len(str(sheet.rows[0][8])) == 32_767


def test_numbers_too_long_for_the_format_are_written_as_what_is_left_of_them():
    (sheet,) = read_spreadsheet(write_xlsx([SheetPlan("表", [[130303199711220997]])]), "a.xlsx")
    assert sheet.rows[0] == ["1.30303199711221E+17"]


def test_positions_are_kept_when_the_first_rows_and_columns_are_empty():
    (sheet,) = read_spreadsheet(write_xlsx([SheetPlan("表", [[], [], ["", "x"]])]), "a.xlsx")
    assert sheet.rows[2] == ["", "x"]
    assert len(sheet.rows) == 3


def test_merged_ranges_are_read_and_those_over_others_are_not_written():
    merged = [MergedRange(0, 0, 1, 0), MergedRange(1, 0, 2, 0), MergedRange(2, 1, 2, 1)]
    (sheet,) = read_spreadsheet(
        write_xlsx([SheetPlan("表", [["a", "b"], ["", "c"], ["d", "e"]], merged=merged)]), "a.xlsx"
    )
    assert sheet.merged == (MergedRange(0, 0, 1, 0),)


def test_lists_to_choose_from_stand_on_a_hidden_sheet_and_may_be_long():
    events = tuple(f"第{n}个很长很长的赛项名称" for n in range(60))
    plan = SheetPlan("表", [["赛项"]], choices=[Choices(0, 1, 500, events)])
    table, lists = read_spreadsheet(write_xlsx([plan]), "a.xlsx")
    assert (table.is_hidden, lists.is_hidden) == (False, True)
    assert [row[0] for row in lists.rows] == list(events)


def test_notes_colour_their_cells_and_change_no_value():
    notes = {(1, 0): Note("姓名有误"), (1, 1): Note("请核对", NoteTone.WARNING), (5, 3): Note("这里缺一格")}
    (sheet,) = read_spreadsheet(write_xlsx([SheetPlan("表", ROWS, notes=notes)]), "a.xlsx")
    assert sheet.rows[1][:3] == ["王䶮", "007", 18.5]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        ("", ""),
        (" x ", " x "),
        (12.0, "12"),
        (12, "12"),
        (18.5, "18.5"),
        (-3.0, "-3"),
        (130503670401001.0, "130503670401001"),
        (1.303031997112210e17, "1.30303199711221E+17"),
        (float("nan"), ""),
        (float("inf"), ""),
        (True, "TRUE"),
        (False, "FALSE"),
        (date(2026, 1, 2), "2026-01-02"),
        (datetime(2026, 1, 2, tzinfo=UTC), "2026-01-02"),
        (datetime(2026, 1, 2, 9, 30, tzinfo=UTC), "2026-01-02 09:30:00+00:00"),
        (time(9, 30), "09:30:00"),
    ],
)
def test_a_value_is_shown_as_a_person_sees_it_in_the_cell(value, text):
    assert cell_text(value) == text


@pytest.mark.parametrize(
    ("column", "letters"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA"), (16383, "XFD")]
)
def test_columns_have_their_letters(column, letters):
    assert column_letters(column) == letters


def test_a_csv_file_keeps_its_rows_and_quoted_lines():
    (sheet,) = read_spreadsheet(b'a,"b\nc"\n\n"d,e",f\n', "名单.csv")
    assert sheet == Sheet("名单", [["a", "b\nc"], [], ["d,e", "f"]])


def test_without_a_suffix_the_content_decides():
    assert read_spreadsheet(write_xlsx([SheetPlan("表", ROWS)]), "upload")[0].name == "表"
    assert read_spreadsheet(b"a,b", "upload")[0].rows == [["a", "b"]]


@pytest.mark.parametrize(
    ("data", "name", "says"),
    [
        (b"", "a.xlsx", "空的"),
        (b"hello", "a.xlsx", "不是 Excel"),
        (b"a,b", "a.pdf", ".pdf"),
        (b"a,b", "a.xls", ".xls"),
        (b"<html><table>", "a.csv", "网页"),
        ("<!DOCTYPE html>\n".encode("utf-16"), "a.csv", "网页"),
        (b"\xff\xff\xff\xff,\x81", "a.csv", "编码"),
        (b"%PDF-1.7\x00\x01", "a.csv", "编码"),
        (b'"never closed' + b"x" * 200_000, "a.csv", "引号"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "a.xls", "旧版"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "a.xlsx", "密码"),
    ],
)
def test_what_is_no_table_is_refused_with_a_sentence_that_helps(data, name, says):
    with pytest.raises(SpreadsheetError, match=says):
        read_spreadsheet(data, name)


def test_a_workbook_under_another_name_is_refused():
    packed = write_xlsx([SheetPlan("表", ROWS)])
    with pytest.raises(SpreadsheetError, match="不是文本"):
        read_spreadsheet(packed, "a.csv")
    with pytest.raises(SpreadsheetError, match=r"\.docx"):
        read_spreadsheet(packed, "a.docx")
