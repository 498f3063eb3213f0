"""Two readings of one paper: what is the same mark, what differs, what a tablet says beside them; numbers of forms."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from scoring.engine.scheme import Scheme
from scoring.engine.scheme_document import scheme_from_document
from scoring.paper_entry.comparing import as_entered, differing, is_same, questions, taken_together
from scoring.paper_entry.form_numbers import WrongFormNumberError, form_number, sheet_of_form

SCHEME: Scheme = scheme_from_document(
    {
        "format": "1",
        "title": "焊接",
        "children": [
            {
                "code": "M",
                "level": "module",
                "label": "实操",
                "children": [
                    {"code": "P", "label": "得分", "kind": "points", "max": 10, "entry": {"step": "0.5"}},
                    {"code": "Y", "label": "戴护目镜", "kind": "yes_no", "max": 2},
                    {
                        "code": "T",
                        "label": "用时",
                        "kind": "measurement",
                        "max": 4,
                        "entry": {"time": True, "step": "1"},
                        "convert": {"piecewise": [[600, 4], [900, 0]]},
                    },
                ],
            }
        ],
    }
)
P, Y, T = SCHEME.aspects()


def test_figures_of_one_value_are_one_mark_and_nothing_is_not_zero() -> None:
    assert is_same(P, "8", "8.0")
    assert is_same(T, "10:00", "600")
    assert not is_same(P, "8", "8.5")
    assert not is_same(P, None, "0")
    assert not is_same(P, "0", None)
    assert is_same(P, None, None)


def test_what_one_left_empty_differs_from_what_the_other_typed() -> None:
    assert differing([P, Y, T], {"P": "0"}, {"T": "9:00"}) == ["P", "T"]


def test_a_tablet_is_gainsaid_by_another_figure_and_not_by_an_empty_field() -> None:
    asked = questions([P, Y, T], {"P": "8", "T": "9:00"}, {"P": "8", "T": "9:00"}, {"P": "7.5", "Y": "是"})
    assert [(one.aspect.id, one.first, one.second, one.tablet) for one in asked] == [("P", "8", "8", "7.5")]


def test_decisions_go_before_the_paper_and_the_paper_before_the_tablet() -> None:
    marks = taken_together([P, Y, T], {"P": "8", "T": "9:00"}, {"P": "7.5", "Y": "是"}, {"T": None})
    assert marks == {"P": "8", "Y": "是", "T": None}
    assert taken_together([P, Y], {}, {}, {}) == {}


@pytest.mark.parametrize(
    ("typed", "kept"), [("1", "是"), ("0", "否"), ("是", "是"), ("2", "2"), (" ", None), ("", None), ("y", "y")]
)
def test_yes_is_typed_as_1_and_no_as_0(typed: str, kept: str | None) -> None:
    options = [label for label, _ in Y.entry.options]  # type: ignore[union-attr]
    assert options[:2] == ["是", "否"]
    assert as_entered(Y, typed) == kept


def test_figures_are_kept_as_typed() -> None:
    assert as_entered(P, " 8.50 ") == "8.50"


@given(st.integers(1, 2**31 - 1))
def test_every_sheet_is_found_by_its_number_with_or_without_a_hyphen(sheet: int) -> None:
    number = form_number(sheet)
    assert sheet_of_form(number) == sheet
    assert sheet_of_form(number.replace("-", " ")) == sheet
    assert sheet_of_form(f"https://hall.example/tablet/sheets/{sheet}") == sheet


@given(st.integers(1, 999_999), st.data())
def test_one_wrong_digit_and_two_that_change_places_are_found(sheet: int, data: st.DataObject) -> None:
    digits = form_number(sheet).replace("-", "")
    at = data.draw(st.integers(0, len(digits) - 1))
    other = data.draw(st.sampled_from("0123456789"))
    swapped = digits[:at] + digits[at + 1 : at + 2] + digits[at] + digits[at + 2 :]
    for wrong in (digits[:at] + other + digits[at + 1 :], swapped):
        assume(wrong != digits)
        with pytest.raises(WrongFormNumberError):
            sheet_of_form(wrong)


@pytest.mark.parametrize("text", ["", "7", "abc", "0-98", "99999999999-00", "1042-99", "https://x.example/other/1042"])
def test_what_is_no_number_of_a_form_is_refused(text: str) -> None:
    with pytest.raises(WrongFormNumberError):
        sheet_of_form(text)


def test_figures_of_a_chinese_keyboard_are_read() -> None:
    number = form_number(1042)
    wide = "".join(chr(ord(c) + 0xFEE0) for c in number)
    assert sheet_of_form(wide) == 1042
