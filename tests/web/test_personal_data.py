import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.personal_data import blind_index, decrypt, derived_code, encrypt, masked

NUMBER = "11010519491231002X"


def test_a_sealed_number_opens_again_and_never_looks_the_same(sqlite_app):
    one, two = encrypt(NUMBER), encrypt(NUMBER)

    assert decrypt(one) == decrypt(two) == NUMBER
    assert one != two
    assert NUMBER.encode() not in one


def test_another_key_or_a_flipped_bit_opens_nothing(sqlite_app):
    sealed = encrypt(NUMBER)
    with pytest.raises(InvalidTag):
        decrypt(sealed[:-1] + bytes([sealed[-1] ^ 1]))
    sqlite_app.config["DATA_KEY"] = "e" * 40
    with pytest.raises(InvalidTag):
        decrypt(sealed)


def test_the_index_finds_a_document_however_it_was_typed(sqlite_app):
    assert blind_index("居民身份证", NUMBER) == blind_index("居民身份证", f" {NUMBER.lower()} ")
    assert blind_index("居民身份证", NUMBER) != blind_index("护照", NUMBER)


def test_codes_can_be_made_again_and_only_here(sqlite_app):
    code = derived_code("contestant", 7, 1)
    assert code == derived_code("contestant", 7, 1) != derived_code("contestant", 7, 2)
    sqlite_app.config["DATA_KEY"] = "e" * 40
    assert derived_code("contestant", 7, 1) != code


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text("0123456789XE", min_size=0, max_size=24))
def test_a_mask_shows_at_most_six_characters(number):
    shown = masked(number)

    assert len(shown) == len(number)
    assert sum(c != "*" for c in shown) <= 6
