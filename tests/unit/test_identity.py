from datetime import date

import pytest

from core.identity import (
    DocumentKind,
    IdentityNumberError,
    Sex,
    age_on,
    check_character,
    clean_number,
    document_kind,
    guessed_kind,
    is_credit_code,
    read_citizen_number,
    read_document,
)
from tests.rosters import make_id


@pytest.mark.parametrize("number", ["11010519491231002X", "440524188001010014"])
def test_the_examples_of_the_standard_have_the_right_check_character(number):
    assert check_character(number[:17]) == number[17]


def test_birth_and_sex_are_read_from_the_number():
    document = read_citizen_number("11010519491231002x")
    assert (document.number, document.birth, document.sex) == ("11010519491231002X", date(1949, 12, 31), Sex.FEMALE)
    assert document.kind is DocumentKind.RESIDENT_CARD


def test_every_single_wrong_digit_is_noticed():
    number = make_id()
    for place in range(18):
        for other in "0123456789":
            changed = number[:place] + other + number[place + 1 :]
            if changed != number:
                with pytest.raises(IdentityNumberError):
                    read_citizen_number(changed)


def test_an_abolished_or_unknown_area_code_is_no_reason_to_refuse():
    for area in ("130323", "000000", "654399"):
        assert read_citizen_number(make_id(area=area)).number.startswith(area)


def test_an_old_number_of_fifteen_digits_is_given_its_eighteen():
    document = read_citizen_number("130503670401001")
    assert (document.number, document.birth, document.sex) == ("130503196704010016", date(1967, 4, 1), Sex.MALE)


@pytest.mark.parametrize(
    ("number", "says"),
    [
        ("13030319971122099", "17位"),
        ("1303031997112209971", "19位"),
        ("130303199713220997", "不存在"),
        ("130303199702300997", "不存在"),
        ("130303189912310997", "不合理"),
        ("13030319971122O997", "O"),
        ("130303********0997", "遮住"),
        ("13030319971122099Y", "最后一位"),
        ("130203200203071170", "校验码"),
        ("１", "1位"),
        ("", "0位"),
    ],
)
def test_the_sentence_says_what_is_wrong_with_the_number(number, says):
    with pytest.raises(IdentityNumberError, match=says.replace("*", r"\*")):
        read_citizen_number(number)


def test_nobody_is_born_after_the_opening_day():
    with pytest.raises(IdentityNumberError, match="不合理"):
        read_citizen_number(make_id(date(2027, 1, 1)), latest_birth=date(2026, 10, 18))


def test_other_digits_than_ours_are_not_taken_for_them():
    with pytest.raises(IdentityNumberError):
        read_citizen_number("١٣٠٣٠٣١٩٩٧١١٢٢٠٩٩٧")


@pytest.mark.parametrize(
    "written",
    [
        "１３０３０３１９９７１１２２０９９７",
        " 130303 19971122 0997 ",
        "'130303199711220997",
        "130303-19971122-0997",
        "\u202a130303199711220997\u202c",
    ],
)
def test_a_number_is_cleaned_of_how_it_was_typed(written):
    assert clean_number(written) == "130303199711220997"


def test_letters_that_look_like_the_x_at_the_end_are_it():
    for letter in "xＸｘХх×":
        assert clean_number("11010519491231002" + letter)[-1] == "X"


@pytest.mark.parametrize(
    ("text", "kind", "number"),
    [
        ("E12345678", DocumentKind.PASSPORT, "E12345678"),
        ("eb1234567", DocumentKind.PASSPORT, "EB1234567"),
        ("H12345678", DocumentKind.HONG_KONG_MACAO_PERMIT, "H12345678"),
        ("M1234567801", DocumentKind.HONG_KONG_MACAO_PERMIT, "M1234567801"),
        ("12345678", DocumentKind.TAIWAN_PERMIT, "12345678"),
        ("1234567890（B）", DocumentKind.TAIWAN_PERMIT, "1234567890"),
        ("CAN110078050102", DocumentKind.PERMANENT_RESIDENT_CARD, "CAN110078050102"),
        ("冀字第0012号", DocumentKind.OTHER, "冀字第0012号"),
    ],
)
def test_documents_without_a_citizens_number_are_read(text, kind, number):
    document = read_document(text, kind)
    assert (document.kind, document.number, document.birth, document.sex) == (kind, number, None, None)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("ABCDEF", DocumentKind.PASSPORT),
        ("E1", DocumentKind.PASSPORT),
        ("12345678", DocumentKind.HONG_KONG_MACAO_PERMIT),
        ("H1234567", DocumentKind.HONG_KONG_MACAO_PERMIT),
        ("1234567", DocumentKind.TAIWAN_PERMIT),
        ("E12345678", DocumentKind.RESIDENT_CARD),
        ("<b>1234</b>", DocumentKind.OTHER),
    ],
)
def test_a_number_that_does_not_fit_its_kind_is_refused(text, kind):
    with pytest.raises(IdentityNumberError):
        read_document(text, kind)


def test_residence_cards_carry_a_citizens_number_and_are_told_by_it():
    number = make_id(date(1990, 2, 3), male=False, area="810000")
    document = read_document(number, DocumentKind.RESIDENT_CARD)
    assert (document.kind, document.birth, document.sex) == (
        DocumentKind.HONG_KONG_MACAO_TAIWAN_CARD,
        date(1990, 2, 3),
        Sex.FEMALE,
    )
    assert read_document(make_id(area="911104")).kind is DocumentKind.PERMANENT_RESIDENT_CARD


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("居民身份证", DocumentKind.RESIDENT_CARD),
        ("二代身份证", DocumentKind.RESIDENT_CARD),
        ("身份证", DocumentKind.RESIDENT_CARD),
        ("护 照", DocumentKind.PASSPORT),
        ("外国护照", DocumentKind.PASSPORT),
        ("港澳居民来往内地通行证", DocumentKind.HONG_KONG_MACAO_PERMIT),
        ("回乡证", DocumentKind.HONG_KONG_MACAO_PERMIT),
        ("台胞证", DocumentKind.TAIWAN_PERMIT),
        ("台湾居民来往大陆通行证", DocumentKind.TAIWAN_PERMIT),
        ("港澳台居民居住证", DocumentKind.HONG_KONG_MACAO_TAIWAN_CARD),
        ("外国人永久居留身份证", DocumentKind.PERMANENT_RESIDENT_CARD),
        ("军官证", DocumentKind.OTHER),
        ("焊工", None),
    ],
)
def test_the_words_for_documents_are_understood(word, kind):
    assert document_kind(word) is kind


def test_the_official_names_are_understood_as_themselves():
    for kind in DocumentKind:
        assert document_kind(kind.value) is kind


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        ("130303199711220997", DocumentKind.RESIDENT_CARD),
        ("130503670401001", DocumentKind.RESIDENT_CARD),
        ("E12345678", DocumentKind.PASSPORT),
        ("H12345678", DocumentKind.HONG_KONG_MACAO_PERMIT),
        ("CAN110078050102", DocumentKind.PERMANENT_RESIDENT_CARD),
        ("12345678", None),
        ("13030319971122099", None),
    ],
)
def test_a_kind_is_told_from_the_number_only_where_there_is_no_doubt(number, kind):
    assert guessed_kind(number) is kind


@pytest.mark.parametrize(
    ("birth", "day", "age"),
    [
        (date(2010, 10, 18), date(2026, 10, 18), 16),
        (date(2010, 10, 19), date(2026, 10, 18), 15),
        (date(2008, 2, 29), date(2026, 2, 28), 17),
        (date(2008, 2, 29), date(2026, 3, 1), 18),
    ],
)
def test_age_is_counted_in_full_years(birth, day, age):
    assert age_on(birth, day) == age


@pytest.mark.parametrize("code", ["91350100M000100Y43", "91110000600037341L", " 91110000600037341l "])
def test_right_credit_codes_pass(code):
    assert is_credit_code(code)


@pytest.mark.parametrize(
    "code", ["91350100M000100Y44", "91350100M000100Y4", "91350100I000100Y43", "", "91110000600037341Z"]
)
def test_wrong_credit_codes_do_not(code):
    assert not is_credit_code(code)
