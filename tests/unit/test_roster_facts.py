"""What a registration says for figures alone: read by words, never guessed, never required."""

import pytest
from rosters import EVENTS, OPENS_ON, make_person, simple_workbook

from competitions.roster import Field, Outcome, read_roster
from competitions.roster.columns import meanings
from competitions.roster.facts import UnitNature, read_nature, read_whether
from competitions.roster.workbooks import template_workbook
from core.identity import check_character
from core.spreadsheets import SheetPlan, read_spreadsheet, write_xlsx


@pytest.mark.parametrize(
    ("text", "nature"),
    [
        ("民营企业", UnitNature.NON_PUBLIC),
        ("非国有企业", UnitNature.NON_PUBLIC),
        ("外商独资", UnitNature.NON_PUBLIC),
        ("非公有制企业", UnitNature.NON_PUBLIC),
        ("国有独资", UnitNature.PUBLIC),
        ("国有控股企业", UnitNature.PUBLIC),
        ("集体企业", UnitNature.PUBLIC),
        ("事业单位", UnitNature.STATE_BODY),
        ("民办非企业单位", UnitNature.SOCIAL),
        ("社会团体", UnitNature.SOCIAL),
        ("其他", UnitNature.OTHER),
    ],
)
def test_the_owner_of_a_unit_is_told_from_usual_words(text, nature):
    assert read_nature(text) == (nature, ())


def test_every_nature_that_a_file_shows_is_read_back():
    for nature in UnitNature:
        assert read_nature(nature.value) == (nature, ())


@pytest.mark.parametrize("text", ["有限责任公司", "股份有限公司", "大型", "甲级"])
def test_a_legal_form_names_no_owner(text):
    nature, said = read_nature(text)
    assert nature is None
    assert said[0].problem == "nature_unreadable"


@pytest.mark.parametrize("text", ["", " ", "/", "—", "不详"])
def test_nothing_said_is_not_known_and_never_no(text):
    assert read_nature(text) == (None, ())
    assert read_whether(text, Field.RURAL_MIGRANT) == (None, ())


@pytest.mark.parametrize(
    ("text", "answer"),
    [("是", True), ("√", True), ("农民工", True), ("否", False), ("×", False), ("非农民工", False), ("无", False)],
)
def test_yes_and_no_are_read(text, answer):
    assert read_whether(text, Field.RURAL_MIGRANT) == (answer, ())


def test_another_group_s_name_is_neither_yes_nor_no():
    answer, said = read_whether("农民工", Field.NEW_EMPLOYMENT)
    assert answer is None
    assert said[0].problem == "whether_unreadable"


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("单位性质", Field.UNIT_NATURE),
        ("企业类型（国有/民营）", Field.UNIT_NATURE),
        ("是否农民工（是/否）", Field.RURAL_MIGRANT),
        ("*是否新就业形态劳动者", Field.NEW_EMPLOYMENT),
        ("工作单位", Field.UNIT),
        ("人员类别", Field.GROUP),
    ],
)
def test_a_heading_is_known_by_its_words(heading, field):
    assert meanings(heading)[0][1] is field


def _number():
    body = "13010219900501001"
    return body + check_character(body)


def test_a_wrong_word_keeps_nobody_out():
    heading = ["代表队", "姓名", "身份证号码", "参赛项目", "工作单位", "联系电话", "单位性质", "农民工", "新就业形态"]
    row = ["石家庄市", "赵国栋", _number(), "焊工", "某公司", "13900000000", "有限公司", "大概", "是"]
    data = write_xlsx([SheetPlan("报名", [heading, row], text_columns=frozenset({2, 5}))])

    (read,) = read_roster(data, "a.xlsx", ["焊工"], OPENS_ON).rows

    assert read.outcome is Outcome.WARNING
    values = read.values
    assert (values.unit_nature, values.is_rural_migrant, values.is_new_employment) == (None, None, True)
    assert "按未填登记" in read.message


def test_a_table_without_these_columns_says_nothing_of_them():
    (read,) = read_roster(simple_workbook([make_person()]), "a.xlsx", EVENTS, OPENS_ON).rows
    assert read.outcome is Outcome.OK
    assert (read.values.unit_nature, read.values.is_rural_migrant, read.values.is_new_employment) == (None, None, None)


def test_the_template_offers_them_as_optional():
    sheets = read_spreadsheet(template_workbook(["焊工"]), "a.xlsx")
    assert {"单位性质", "是否农民工", "是否新就业形态劳动者"} <= set(sheets[0].rows[1])
    assert any("可以不填" in str(row[0]) for row in sheets[1].rows)
