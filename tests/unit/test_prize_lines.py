import pytest
from hypothesis import given
from hypothesis import strategies as st

from competitions.events.prize_lines import prize_lines, prize_rules, prizes_in_words
from core.errors import InvalidInputError

LINES = [
    {"name": "一等奖", "measure": "number", "value": "3"},
    {"name": "二等奖", "measure": "share", "value": "15"},
    {"name": "三等奖", "measure": "up_to_share", "value": "33.3333"},
    {"name": " ", "measure": "number", "value": ""},
]


def test_a_share_is_stored_as_an_exact_fraction():
    document = prize_rules(LINES, "half_up", "hold", 10)

    assert document["prizes"] == [
        {"name": "一等奖", "number": 3},
        {"name": "二等奖", "share": "3/20"},
        {"name": "三等奖", "up_to_share": "333333/1000000"},
    ]
    assert (document["rounding"], document["tie"], document["minimum"]) == ("half_up", "hold", 10)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [("一等奖", "1.5", "不是整数"), ("一等奖", " ", "没有填写数量"), ("", "3", "没有填写名称")],
)
def test_a_line_that_is_half_filled_or_splits_a_person_is_refused(name, value, said):
    with pytest.raises(InvalidInputError, match=said):
        prize_rules([{"name": name, "measure": "number", "value": value}], "half_up", "hold", 0)


def test_no_prizes_are_no_document():
    assert prize_rules([], "half_up", "hold", 0) == {}
    assert prize_lines({}) == []


def test_the_list_of_events_says_prizes_in_one_line():
    assert prizes_in_words(prize_rules(LINES, "half_up", "hold", 0)) == "一等奖 3 名、二等奖 15%、三等奖至 33.3333%"


@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "name": st.sampled_from(["一等奖", "二等奖", "优胜奖"]),
                "measure": st.sampled_from(["share", "up_to_share"]),
                "value": st.decimals(0, 100, places=4).map(lambda value: f"{value.normalize():f}"),
            }
        )
    )
)
def test_what_is_typed_comes_back_as_it_was_typed(lines):
    assert prize_lines(prize_rules(lines, "up", "hold", 0)) == lines
