"""Numbers follow the organiser's pattern; codes survive misreading and refuse every slip."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certificates.issue.numbering import (
    ALPHABET,
    CODE_BITS,
    NumberPattern,
    NumberPatternError,
    VerificationCodeError,
    check_character,
    code_from,
    grouped_code,
    is_same_code,
    new_code,
    normalise_code,
)
from certificates.layouts.variables import KNOWN_VARIABLES

codes = st.integers(0, 2**CODE_BITS - 1).map(code_from)


def test_a_number_follows_its_pattern() -> None:
    pattern = NumberPattern("冀竞赛〔{year}〕{event}-{serial:6}号")
    assert pattern.number(123, {"year": "2026", "event": "HG"}) == "冀竞赛〔2026〕HG-000123号"


def test_a_serial_that_outgrows_its_place_is_refused_rather_than_cut() -> None:
    pattern = NumberPattern("A{serial:3}")
    assert pattern.number(999, {}) == "A999"
    with pytest.raises(NumberPatternError, match="1000"):
        pattern.number(1000, {})


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("A-{year}", "流水号"),
        ("A-{serial}-{serial}", "流水号"),
        ("A-{month}-{serial:4}", "month"),
        ("A*{serial:4}", "不能用的字符"),
        ("A{{serial:4}", "不能用的字符"),
    ],
)
def test_a_pattern_that_would_repeat_or_surprise_is_refused(text: str, words: str) -> None:
    with pytest.raises(NumberPatternError, match=words):
        NumberPattern(text)


def test_a_field_without_value_is_refused() -> None:
    with pytest.raises(NumberPatternError, match="年份"):
        NumberPattern("{year}-{serial:4}").number(1, {})


def test_a_number_too_long_for_its_column_is_refused() -> None:
    with pytest.raises(NumberPatternError, match="64"):
        NumberPattern("{event}-{serial:4}").number(1, {"event": "长" * 70})


@given(st.integers(1, 10**6 - 1), st.integers(1, 10**6 - 1))
def test_different_serials_give_different_numbers(one: int, other: int) -> None:
    pattern = NumberPattern("{year}{serial:6}")
    numbers = {pattern.number(serial, {"year": "2026"}) for serial in (one, other)}
    assert len(numbers) == len({one, other})


@given(codes)
def test_a_code_survives_the_ways_in_which_people_write_it(code: str) -> None:
    sloppy = grouped_code(code).lower().replace("0", "o").replace("1", "l").replace("-", " - ")
    assert normalise_code(sloppy) == code
    assert normalise_code(grouped_code(code).replace("1", "I").replace("0", "O")) == code
    wide = "".join(chr(ord(character) + 0xFEE0) for character in code)
    assert normalise_code(f"  {wide}\n") == code


@given(codes, st.integers(0, 12), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_always_found(code: str, place: int, wrong: str) -> None:
    changed = code[:place] + wrong + code[place + 1 :]
    if changed == code:
        assert normalise_code(changed) == code
    else:
        with pytest.raises(VerificationCodeError):
            normalise_code(changed)


@given(codes, st.integers(0, 12), st.integers(0, 12))
def test_two_swapped_characters_are_always_found(code: str, one: int, other: int) -> None:
    swapped = list(code)
    swapped[one], swapped[other] = swapped[other], swapped[one]
    if "".join(swapped) == code:
        return
    with pytest.raises(VerificationCodeError):
        normalise_code("".join(swapped))


@pytest.mark.parametrize("typed", ["", "7QK4", "7QK4-M2XZ-9TRA-AA", "7QK4-M2XZ-9TR!-A", "７ＱＫ４王"])
def test_what_is_no_code_is_refused(typed: str) -> None:
    with pytest.raises(VerificationCodeError):
        normalise_code(typed)


def test_sixty_bits_are_written_without_loss() -> None:
    assert code_from(0) == "0000000000000"
    assert code_from(2**60 - 1)[:12] == "ZZZZZZZZZZZZ"
    assert code_from(1)[:12] == "000000000001"


def test_new_codes_do_not_repeat_and_check() -> None:
    made = {new_code() for _ in range(2000)}
    assert len(made) == 2000
    assert all(normalise_code(code) == code for code in made)
    assert {character for code in made for character in code} == set(ALPHABET)


def test_the_sample_code_of_layouts_is_a_valid_one() -> None:
    sample = KNOWN_VARIABLES["cert.code"].sample
    assert check_character(sample[:-1]) == sample[-1]
    assert grouped_code(sample) in KNOWN_VARIABLES["cert.url_short"].sample


def test_codes_compare_by_content() -> None:
    assert is_same_code("7QK4M2XZ9TRAA", "7QK4M2XZ9TRAA")
    assert not is_same_code("7QK4M2XZ9TRAA", "7QK4M2XZ9TRAB")
