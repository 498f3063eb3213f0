"""Codes of a phone against the published vectors, and what is taken of them when."""

import base64
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.second_factor.codes import (
    ALPHABET,
    RECOVERY_CHARACTERS,
    RECOVERY_CODES,
    address_of,
    clock_difference,
    code_of,
    in_groups,
    is_of_phone,
    matching_step,
    new_recovery_codes,
    new_secret,
    on_paper,
    plain,
    step_at,
)

RFC = base64.b32encode(b"12345678901234567890").decode()
"""The seed of the appendices of RFC 4226 and RFC 6238."""
HOTP = ["755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"]
TOTP = {
    59: "94287082",
    1111111109: "07081804",
    1111111111: "14050471",
    1234567890: "89005924",
    2000000000: "69279037",
    20000000000: "65353130",
}


@pytest.mark.parametrize(("count", "expected"), list(enumerate(HOTP)))
def test_codes_are_those_of_rfc_4226_appendix_d(count, expected):
    assert code_of(RFC, count) == expected


@pytest.mark.parametrize(("seconds", "eight"), list(TOTP.items()))
def test_codes_are_those_of_rfc_6238_appendix_b_of_which_phones_show_the_last_six_digits(seconds, eight):
    moment = datetime.fromtimestamp(seconds, UTC)

    assert code_of(RFC, step_at(moment)) == eight[-6:]


def test_a_step_lasts_thirty_seconds():
    begin = datetime(2026, 10, 18, 9, 0, tzinfo=UTC)

    assert step_at(begin) == step_at(begin + timedelta(seconds=29.9))
    assert step_at(begin + timedelta(seconds=30)) == step_at(begin) + 1


@pytest.mark.parametrize("off", [-1, 0, 1])
def test_a_clock_that_is_one_step_off_does_no_harm(off):
    assert matching_step(RFC, code_of(RFC, 1000 + off), 1000) == 1000 + off


@pytest.mark.parametrize("off", [-2, 2])
def test_a_code_of_two_steps_away_is_not_taken(off):
    assert matching_step(RFC, code_of(RFC, 1000 + off), 1000) is None


def test_a_code_is_not_taken_after_it_or_a_later_one_was_used():
    assert matching_step(RFC, code_of(RFC, 1000), 1000, after=1000) is None
    assert matching_step(RFC, code_of(RFC, 999), 1000, after=1000) is None
    assert matching_step(RFC, code_of(RFC, 1001), 1000, after=1000) == 1001


@given(st.integers(0, 10**9), st.text("0123456789", min_size=6, max_size=6))
def test_only_the_code_of_one_of_three_steps_is_taken(step, typed):
    found = matching_step(RFC, typed, step)
    near = [code_of(RFC, other) for other in range(max(step - 1, 0), step + 2)]

    assert (found is not None) == (typed in near)


@pytest.mark.parametrize(("steps", "seconds"), [(0, 0), (6, 180), (-6, -180), (120, 3600), (-120, -3600)])
def test_how_far_a_phone_is_off_is_read_from_its_code(steps, seconds):
    assert clock_difference(RFC, code_of(RFC, 10_000_000 + steps), 10_000_000) == seconds


def test_a_code_of_no_moment_of_the_hours_around_tells_no_difference():
    shown = {code_of(RFC, step) for step in range(10_000_000 - 120, 10_000_000 + 121)}
    other = next(code for code in map(str, range(100000, 200000)) if code not in shown)

    assert clock_difference(RFC, other, 10_000_000) is None


def test_what_people_type_is_compared_without_spaces_dashes_and_width():
    assert plain(" 123 456\n") == "123456"
    assert plain("１２３４５６") == "123456"
    assert plain("7kq4m－2xpwe ") == "7KQ4M2XPWE"
    assert plain("密码") == ""
    assert is_of_phone("012345")
    assert not is_of_phone("12345")
    assert not is_of_phone("7KQ4M2XPWE")


def test_a_secret_has_160_bits_and_no_two_are_the_same():
    made = {new_secret() for _ in range(50)}

    assert len(made) == 50
    assert all(len(base64.b32decode(secret)) == 20 for secret in made)
    assert in_groups(RFC, 4) == "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ"


def test_recovery_codes_are_ten_and_readable_aloud():
    made = new_recovery_codes()

    assert len(set(made)) == RECOVERY_CODES == 10
    assert all(len(code) == RECOVERY_CHARACTERS and set(code) <= set(ALPHABET) for code in made)
    assert [plain(shown) for shown in on_paper(made)] == made
    assert not any(is_of_phone(code) for code in made)


def test_the_address_in_the_qr_code_says_what_every_authenticator_reads():
    address = address_of(RFC, "wang.hong", "192.168.1.5")
    parts = urlsplit(address)
    query = parse_qs(parts.query)

    assert (parts.scheme, parts.netloc) == ("otpauth", "totp")
    assert unquote(parts.path) == "/192.168.1.5:wang.hong"
    assert query["secret"] == [RFC]
    assert query["issuer"] == ["192.168.1.5"]
    assert query.get("digits", ["6"]) == ["6"]
    assert query.get("period", ["30"]) == ["30"]
