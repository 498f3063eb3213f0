"""Passwords that anybody would try first, and others that look plain and are good enough."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.passwords import LEAST_DIFFERENT, is_too_easy


@pytest.mark.parametrize(
    "password",
    [
        "1234567890",
        "0987654321",
        "13812345678",
        "19900501199",
        "aaaaaaaaaaaa",
        "ababababababab",
        "abcdefghijkl",
        "qwertyuiop",
        "poiuytrewq",
        "1qaz2wsx3edc",
        "password123",
        "PassW0rd!!!",
        "Ｐassword１２３４",
        "admin12345",
        "Admin@12345678",
        "woaini5201314"[:6] + "12345678",
        "zhaozuzhi1",
        "zhaozuzhi123",
        "zhao.zuzhi!!",
        "111 222 333 444 ",
        "赵组织12345678",
        "!@#$%^&*()",
    ],
)
def test_what_everybody_tries_first_is_too_easy(password):
    assert is_too_easy(password, "zhaozuzhi", "赵组织", "zhao.zuzhi")


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery",
        "a long password",
        "another long password",
        "一个足够长的口令 2026",
        "焊工决赛在石家庄举行",
        "Kx7-mmq2-Yv",
        "zhaozuzhi und drei Katzen",
        "3f8a9c1e-77d2",
    ],
)
def test_a_sentence_or_a_random_text_will_do(password):
    assert not is_too_easy(password, "zhaozuzhi", "赵组织")


@given(st.text("abcd", min_size=10, max_size=40))
def test_few_different_characters_are_too_easy_however_long(password):
    assert len(set(password)) < LEAST_DIFFERENT
    assert is_too_easy(password)


@given(st.text(min_size=0, max_size=60), st.text(max_size=20))
def test_no_text_breaks_the_question(password, name):
    assert is_too_easy(password, name) in (True, False)


def test_a_name_is_known_with_and_without_what_stands_between_its_parts():
    for password in ("zhao.zuzhi1", "zhaozuzhi12", "zuzhi.zhao!", "ZHAO_zuzhi9"):
        assert is_too_easy(password, "zhao.zuzhi")
        assert is_too_easy(password, "zhao", "zhao.zuzhi")


def test_a_name_of_two_letters_is_taken_away_from_nothing():
    assert not is_too_easy("wie wir lieben", "wi")
