"""A list of recipients: columns by name or by Chinese label, nothing guessed, every needed column asked for."""

import pytest

from certificates.issue.recipients import RecipientsError, read_recipients, required_variables
from certificates.layouts.layout import Layout
from certificates.layouts.loading import builtin_layout
from core.spreadsheets import SheetPlan, SpreadsheetError, write_xlsx

HEADING = "姓名,称谓,奖项,表彰语,竞赛名称,赛项,颁发单位1,落款日期,证书编号,核验网址,核验短网址"
ROW = "王䶮,同志,一等奖,技艺精湛,大赛,焊工,总工会,二〇二六年,A-1,https://a.cn/v/1,a.cn/v/1"


@pytest.fixture(scope="module")
def layout() -> Layout:
    return builtin_layout("huiwen-gold")


def read(text: str, layout: Layout) -> list[dict[str, str]]:
    return [dict(r.values) for r in read_recipients(text.encode(), "名单.csv", layout).recipients]


def test_columns_may_be_named_by_label_or_by_variable(layout: Layout) -> None:
    by_label = read(f"{HEADING}\n{ROW}\n", layout)
    by_name = read(f"{HEADING.replace('姓名', 'recipient.name')}\n{ROW}\n", layout)
    assert by_label == by_name
    assert by_label[0]["recipient.name"] == "王䶮"
    assert by_label[0]["cert.number"] == "A-1"


def test_rows_are_counted_as_in_the_file(layout: Layout) -> None:
    wanted = read_recipients(f"\n{HEADING}\n{ROW}\n,,,\n{ROW}\n".encode(), "a.csv", layout)
    assert [recipient.row for recipient in wanted.recipients] == [3, 5]


def test_old_private_code_points_are_brought_to_the_standard(layout: Layout) -> None:
    assert read(f"{HEADING}\n{ROW.replace('王䶮', '王' + chr(0xE863))}\n", layout)[0]["recipient.name"] == "王䶮"


def test_a_workbook_reads_like_a_csv_file(layout: Layout) -> None:
    rows = [HEADING.split(","), ROW.split(",")]
    workbook = write_xlsx([SheetPlan("名单", rows)])
    wanted = read_recipients(workbook, "名单.xlsx", layout)
    assert [dict(r.values) for r in wanted.recipients] == read(f"{HEADING}\n{ROW}\n", layout)


def test_a_gb18030_file_reads_like_a_utf8_file(layout: Layout) -> None:
    text = f"{HEADING}\n{ROW}\n"
    wanted = read_recipients(text.encode("gb18030"), "a.csv", layout)
    assert [dict(r.values) for r in wanted.recipients] == read(text, layout)


def test_columns_the_layout_does_not_use_are_told(layout: Layout) -> None:
    wanted = read_recipients(f"{HEADING},备注,工号\n{ROW},好,7\n".encode(), "a.csv", layout)
    assert wanted.unknown_columns == ("备注", "工号")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "空"),
        ("\n , \n", "名单是空的"),
        (f"{HEADING}\n", "只有表头"),
        (f"{HEADING.replace(',奖项', '')}\n{ROW}\n", r"缺少版式需要的列：奖项（award.title）"),
        (f"{HEADING},recipient.name\n{ROW},李四\n", "“recipient.name”有两列"),
    ],
)
def test_a_list_that_cannot_be_used_is_refused(layout: Layout, text: str, words: str) -> None:
    with pytest.raises((RecipientsError, SpreadsheetError), match=words):
        read(text, layout)


def test_what_only_a_hidden_item_needs_is_not_asked_for(layout: Layout) -> None:
    needed = required_variables(layout)
    assert "issuer.2.name" not in needed
    assert {"recipient.name", "cert.number", "cert.url", "issuer.1.name"} <= needed
