"""What a record says of levels: told once, the authority's word before one's own, 1 is the highest."""

from datetime import UTC, date, datetime

import pytest

from certificates.record.entries import Entry, Level, Outcome, Place, Record
from certificates.record.workbook import matter, workbook
from core.spreadsheets import read_spreadsheet

NOW = datetime(2026, 10, 22, 8, tzinfo=UTC)


def entry(year=2026, **over):
    values = {
        "competition_id": year,
        "contestant_id": year,
        "competition": f"{year}年大赛",
        "competition_level": "province",
        "host": "省总工会",
        "opens_on": date(year, 10, 18),
        "event": "焊工（职工）",
        "occupation": "6-18-02-04",
        "delegation": "石家庄市",
        "unit": "某公司",
        "identity": "职工",
        "status": "present",
        "place": Place("1", "", 30, "91.50", "金牌", 1, NOW),
        "stated_level": 3,
        "stated_certificate": "",
        "issued": (),
        "outcomes": (),
        "papers": (),
    }
    return Entry(**(values | over))


def issued(day, level, number):
    return Level(day, level, number, is_issued=True, competition="x")


def record(*entries):
    return Record("欧阳㛃", "1301************17", False, tuple(entries))


def test_a_level_stated_again_without_news_is_told_once():
    found = record(entry(2026), entry(2024))
    assert [(one.day.year, one.level) for one in found.levels] == [(2024, 3)]


def test_a_level_that_changed_is_told_again_and_the_newest_stands_first():
    found = record(entry(2026, stated_level=2), entry(2024, stated_level=3))
    assert [one.level for one in found.levels] == [2, 3]


def test_the_smaller_digit_is_the_higher_level():
    found = record(entry(2026, stated_level=3, issued=(issued(date(2026, 12, 1), 2, "S000113012345626200001"),)))
    assert found.highest.level == 2
    assert found.highest.is_issued


def test_of_equal_levels_the_authority_s_word_counts():
    one = entry(2026, stated_level=2, issued=(issued(date(2026, 12, 1), 2, "S1"),))
    assert record(one).highest.number == "S1"


def test_a_level_given_twice_by_the_authority_stays_twice():
    twice = (issued(date(2026, 12, 1), 2, "S1"), issued(date(2026, 12, 9), 2, "S1"))
    assert len(record(entry(2026, stated_level=None, issued=twice)).levels) == 2


def test_nobody_has_a_level_that_nobody_stated():
    found = record(entry(stated_level=None))
    assert (found.levels, found.highest) == ((), None)


def test_two_events_of_one_competition_are_one_competition():
    found = record(entry(2026), entry(2026, event="电工"), entry(2024, place=None))
    assert (found.competitions, found.prizes) == (2, 2)


@pytest.mark.parametrize(
    ("benefit", "name", "words"),
    [
        ("promotion", "2", "晋升二级/技师"),
        ("promotion", "", "晋升职业技能等级（等级待定）"),
        ("honour", "河北省技术能手", "河北省技术能手"),
    ],
)
def test_an_outcome_is_named_and_never_granted(benefit, name, words):
    one = Outcome(benefit, name, "flagged", "approved", NOW, "赵组织", "齐全", "第三条", "通知", "p")
    assert matter(one) == words


def test_the_workbook_says_of_each_line_where_it_comes_from():
    outcome = Outcome(
        "honour", "河北省技术能手", "flagged", "approved", NOW, "赵组织", "材料齐全", "第三条", "某通知", "p"
    )
    found = record(entry(outcomes=(outcome,), issued=(issued(date(2026, 12, 1), 2, "S1"),)), entry(2024, place=None))

    sheets = {sheet.name: sheet.rows for sheet in read_spreadsheet(workbook(found), "a.xlsx")}

    assert any("最终成绩第 1 号，2026-10-22 公布，有名次者 30" in row for row in sheets["参赛与名次"])
    assert any("成绩尚未成为最终成绩" in row for row in sheets["参赛与名次"])
    assert any("某通知，第三条，规则包 p" in row for row in sheets["推荐与证书"])
    assert any("主管机关回传的名单：x" in row for row in sheets["技能等级"])


def test_the_workbook_holds_no_document_number_not_even_a_masked_one():
    text = str([sheet.rows for sheet in read_spreadsheet(workbook(record(entry())), "a.xlsx")])
    assert "1301" not in text


def test_equal_records_give_equal_bytes():
    assert workbook(record(entry())) == workbook(record(entry()))
