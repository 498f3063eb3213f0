"""Text of whole columns is, row by row, the text of each number by itself."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.engine.column_text import decimal_rows, text_rows, whole_rows
from scoring.engine.columns import Column, as_fractions, from_fractions, from_whole, quotient
from scoring.engine.exact import decimal_text

decimals = st.decimals(-(10**6), 10**6, places=4, allow_nan=False).map(Fraction)
fractions = st.fractions(-(10**4), 10**4, max_denominator=3000)
huge = st.integers(-(10**40), 10**40).map(lambda own: Fraction(own, 7 * 10**12))
tiny = st.integers(-100, 100).map(lambda own: Fraction(own, 2**14))


def texts(rows):
    return [row[row != 0].tobytes().decode() for row in rows]


@settings(deadline=None, max_examples=400)
@given(
    st.one_of(*(st.lists(own, max_size=8) for own in (decimals, fractions, huge, tiny, decimals | fractions | tiny))),
    st.integers(0, 4),
)
def test_every_row_reads_as_the_number_by_itself(values, places):
    column = from_fractions(values)

    assert texts(decimal_rows(column, places)) == [decimal_text(value, places) for value in values]


@settings(deadline=None, max_examples=200)
@given(
    st.lists(st.tuples(st.integers(-(10**6), 10**6), st.integers(1, 10**6)), min_size=1, max_size=8), st.integers(0, 12)
)
def test_so_it_does_where_each_row_has_its_own_denominator(pairs, places):
    column = quotient(from_whole([above for above, _ in pairs], 100), from_whole([below for _, below in pairs], 10))

    assert isinstance(column, Column)
    assert texts(decimal_rows(column, places)) == [decimal_text(value, places) for value in as_fractions(column)]


@pytest.mark.parametrize("places", [0, 2, 3])
def test_zero_and_its_neighbours(places):
    values = [Fraction(0), Fraction(-1, 100), Fraction(1, 100), Fraction(10), Fraction(-10), Fraction(99999, 100)]

    assert texts(decimal_rows(from_fractions(values), places)) == [decimal_text(value, places) for value in values]


@given(st.lists(st.integers(0, 10**7), min_size=1))
def test_whole_numbers_are_written_out_and_zero_is_empty(numbers):
    assert texts(whole_rows(from_whole(numbers).num.values)) == [str(number) if number else "" for number in numbers]


def test_texts_of_any_length_stand_in_rows():
    assert texts(text_rows(["", "张三", "a"])) == ["", "张三", "a"]
    assert texts(text_rows(["", ""])) == ["", ""]
