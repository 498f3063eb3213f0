from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from core.errors import DomainError
from core.identity import DocumentKind, Sex, clean_number, is_credit_code, read_citizen_number, read_document
from tests.rosters import full_width, make_id

births = st.dates(date(1900, 1, 1), date(2020, 12, 31))
areas = st.from_regex(r"[1-8][0-9]{5}", fullmatch=True)


@given(births, areas, st.booleans(), st.integers(1, 499))
def test_what_is_put_into_a_number_comes_out_of_it(birth, area, male, serial):
    number = make_id(birth, male=male, area=area, serial=serial)
    document = read_citizen_number(full_width(number.lower()))
    assert (document.number, document.birth) == (number, birth)
    assert document.sex is (Sex.MALE if male else Sex.FEMALE)


@given(births, areas, st.integers(1, 499), st.integers(0, 16))
def test_a_swap_of_two_neighbouring_digits_is_noticed(birth, area, serial, place):
    number = make_id(birth, area=area, serial=serial)
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    if swapped != number:
        try:
            read_citizen_number(swapped)
        except DomainError:
            return
        raise AssertionError(f"{number} and {swapped} both pass")


@given(st.dates(date(1900, 1, 1), date(1999, 12, 31)), areas, st.booleans(), st.integers(1, 499))
def test_an_old_number_becomes_the_new_one_of_the_same_person(birth, area, male, serial):
    number = make_id(birth, male=male, area=area, serial=serial)
    assert read_citizen_number(number[:6] + number[8:17]).number == number


@given(st.text(max_size=40), st.sampled_from([None, *DocumentKind]))
def test_any_text_is_a_document_or_a_sentence(text, kind):
    try:
        document = read_document(text, kind)
    except DomainError:
        return
    assert document.number == clean_number(document.number)


@given(st.text(max_size=20))
def test_any_text_is_a_credit_code_or_not(text):
    assert is_credit_code(text) in (True, False)
