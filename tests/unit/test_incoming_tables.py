"""Tables of workbooks are found by their headings wherever they stand; days are read as people write them."""

from datetime import date

import pytest

from certificates.incoming.tables import MOST_ROWS, Headings, NoTableError, TooManyRowsError, read_day, read_table
from core.spreadsheets import Sheet

HEADINGS = Headings({"姓名": ("姓名", "名字"), "称号": ("称号",), "备注": ("备注",)}, ("姓名", "称号"))


def read(*rows, **over):
    return read_table([Sheet("表", [list(row) for row in rows], **over)], HEADINGS)


def test_headings_are_known_with_stars_brackets_and_blanks():
    (row,) = read(["标题"], ["* 姓 名", "称号（全称）"], ["孙", "能手"])
    assert (row.row, dict(row.texts)) == (3, {"姓名": "孙", "称号": "能手", "备注": ""})


def test_the_surer_heading_wins_where_two_columns_could_mean_the_same():
    (row,) = read(["名字", "姓名", "称号"], ["甲", "乙", "能手"])
    assert row.texts["姓名"] == "乙"


def test_empty_rows_and_hidden_sheets_are_passed_over():
    assert [row.row for row in read(["姓名", "称号"], ["", ""], ["孙", "能手"])] == [3]
    with pytest.raises(NoTableError):
        read(["姓名", "称号"], ["孙", "能手"], is_hidden=True)


def test_a_table_without_rows_is_none():
    with pytest.raises(NoTableError, match="“姓名”“称号”"):
        read(["姓名", "称号"])


def test_too_many_rows_are_refused():
    with pytest.raises(TooManyRowsError):
        read(["姓名", "称号"], *[["孙", "能手"]] * (MOST_ROWS + 1))


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-10-20", date(2026, 10, 20)),
        ("2026.1.2", date(2026, 1, 2)),
        ("2026/10/20", date(2026, 10, 20)),
        ("2026年10月20日", date(2026, 10, 20)),
        (" ２０２６-10-20 ", date(2026, 10, 20)),
        ("2026-02-30", None),
        ("2026", None),
        ("去年", None),
        ("", None),
    ],
)
def test_days_are_read_or_not_at_all(text, day):
    assert read_day(text) == day
