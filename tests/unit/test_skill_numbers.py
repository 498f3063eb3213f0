"""Certificate numbers are looked at softly: every text is kept, odd ones are remarked on, none decides a level."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certificates.levels.numbers import read_skill_number

GOOD = "S000013000001243000001"


def test_a_common_number_has_seven_parts():
    found = read_skill_number(GOOD, stated_level=3, on=date(2026, 1, 1))
    assert (found.form, found.province, found.year, found.level, found.remarks) == ("common", "13", 24, 3, ())


def test_the_printed_example_with_letters_masked_is_not_guessed_at():
    assert read_skill_number("Y000123XXXXXX195000001").form == "unknown"
    assert read_skill_number("Y000123000001195000001").province == "23"


@pytest.mark.parametrize(
    ("number", "words"),
    [
        ("R000013000001243000001", "首位字母 R"),
        ("S000099000001243000001", "第 6、7 位 99"),
        ("S000013000001246000001", "第 16 位 6"),
        ("S000013000001244000001", "不一致"),
        ("S000013000001273000001", "2027 晚于今年"),
    ],
)
def test_what_looks_odd_is_said(number, words):
    found = read_skill_number(number, stated_level=3, on=date(2026, 1, 1))
    assert any(words in remark for remark in found.remarks)
    assert found.raw == number


def test_other_forms_are_known_by_their_length():
    assert read_skill_number("ST" + "1" * 20).form == "special"
    assert read_skill_number("1303001234567890").form == "old"
    assert read_skill_number("123").remarks[0].startswith("3 个字符")


def test_spaces_hyphens_and_small_letters_do_not_matter_and_the_text_is_kept():
    found = read_skill_number(" s0000 13000001-243000001 ")
    assert found.form == "common"
    assert found.raw == " s0000 13000001-243000001 "


@given(st.text())
def test_any_text_is_accepted_and_kept(text):
    assert read_skill_number(text).raw == text
