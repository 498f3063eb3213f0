"""Occupations: one code may carry several standards, editions change codes, and the unverified say so."""

import pytest

from competitions.standards.nodes import PackError
from competitions.standards.occupations import (
    CODE_FORM,
    find_occupations,
    known_top_level,
    load_occupations,
    read_occupations,
)

ROW = (
    "- {code: %s, edition: unknown, name: 焊工, direction: null, levels: [5, 4], status: seen, source: x, note: null}\n"
)


def test_every_row_has_a_code_of_the_right_form_and_a_source_or_says_it_has_none():
    rows = load_occupations()
    assert len(rows) >= 45
    for row in rows:
        assert CODE_FORM.fullmatch(row.code)
        assert (row.status == "unverified") == (row.source is None)
        assert row.is_verified == (row.status == "seen")


def test_the_code_of_an_occupation_changes_between_editions():
    assert {row.code for row in find_occupations("焊工")} == {"6-04-02-05", "6-18-02-04"}
    assert [row.code for row in find_occupations("焊工", edition="1999")] == ["6-04-02-05"]


def test_one_code_may_carry_several_standards():
    assert [row.direction for row in find_occupations("4-04-04-02")] == [None, "数据安全管理员"]
    assert len(find_occupations("4-04-04-02", direction="数据安全管理员")) == 1


def test_the_top_level_is_known_only_where_the_standard_was_seen():
    assert known_top_level("6-31-01-03") == 1
    assert known_top_level("6-20-03-03") == 2
    assert known_top_level("6-18-02-04") is None
    assert known_top_level("9-99-99-99") is None


def test_professional_occupations_have_no_skill_level():
    assert find_occupations("2-02-10-09")[0].is_professional
    assert not find_occupations("6-18-02-04")[0].is_professional


def test_an_organisers_own_table_can_be_looked_in():
    own = read_occupations(ROW % "6-99-99-99", "own.yaml")
    assert find_occupations("焊工", among=own)[0].top_level == 4


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (ROW % "6-18-02", "形如"),
        (ROW % "6-18-02-04" + ROW % "6-18-02-04", "第 2 行"),
        (ROW.replace("[5, 4]", "[6]") % "6-18-02-04", "「6」"),
        (ROW.replace("status: seen", "status: guessed") % "6-18-02-04", "guessed"),
        (ROW.replace(", note: null", "") % "6-18-02-04", "note"),
    ],
)
def test_wrong_rows_are_refused_with_file_and_line(text, words):
    with pytest.raises(PackError, match=r"own\.yaml 第 \d 行") as refusal:
        read_occupations(text, "own.yaml")
    assert words in str(refusal.value)
