"""What an id_token has to be before anybody is believed; keys, expectations and time are arguments."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws, jwt
from joserfc.jwk import ECKey, KeySet, OctKey, OKPKey, RSAKey

from core.outside_sign_in.errors import RefusedTokenError
from core.outside_sign_in.tokens import (
    ALGORITHMS,
    LEEWAY,
    MOST_KEYS,
    MOST_SUBJECT,
    Expected,
    identity_in,
    key_id,
    usable_keys,
)

NOW = datetime(2026, 10, 18, 8, 0, tzinfo=UTC)
AT = int(NOW.timestamp())
EC = ECKey.generate_key("P-256", {"kid": "ec"})
RSA = RSAKey.generate_key(2048, {"kid": "rsa"})
ED = OKPKey.generate_key("Ed25519", {"kid": "ed"})
KEYS = KeySet([EC, RSA, ED])
EXPECTED = Expected("https://id.example.org", "us", "n", NOW - timedelta(minutes=1), NOW, is_anew=False)
GOOD = {"iss": "https://id.example.org", "aud": "us", "sub": "7", "nonce": "n", "iat": AT, "exp": AT + 60}


def signed(claims, key=EC, algorithm="ES256", **header):
    return jwt.encode({"alg": algorithm, "kid": key.kid} | header, claims, key, algorithms=[algorithm])


def refused(token, keys=KEYS, expected=EXPECTED):
    with pytest.raises(RefusedTokenError) as error:
        identity_in(token, keys, expected)
    return error.value.reason


@pytest.mark.parametrize(
    ("key", "algorithm"), [(EC, "ES256"), (RSA, "RS256"), (RSA, "RS512"), (RSA, "PS256"), (ED, "Ed25519")]
)
def test_each_signature_with_a_key_pair_is_taken(key, algorithm):
    assert identity_in(signed(GOOD, key, algorithm), KEYS, EXPECTED).subject == "7"


def test_nothing_else_is_on_the_list():
    assert not any(name.startswith("HS") or name == "none" for name in ALGORITHMS)


def test_an_hmac_with_what_everybody_knows_is_no_signature():
    for known in (RSA.as_pem(private=False), json.dumps(RSA.as_dict(private=False)).encode(), b"us" * 20):
        key = OctKey.import_key(urlsafe_b64encode(known).decode()[:64], {"kid": "rsa"})
        assert refused(signed(GOOD, key, "HS256")) == "signature"


def test_a_key_for_encryption_or_of_one_algorithm_signs_nothing_else():
    only_ps = RSA.as_dict(private=False) | {"alg": "PS256"}
    for_encryption = EC.as_dict(private=False) | {"use": "enc"}
    keys = usable_keys({"keys": [only_ps, for_encryption]})

    assert refused(signed(GOOD, RSA, "RS256"), keys) == "signature"
    assert refused(signed(GOOD), keys) == "signature"
    assert identity_in(signed(GOOD, RSA, "PS256"), keys, EXPECTED).subject == "7"


def test_a_key_that_says_for_which_algorithm_it_is_is_the_one_to_use_for_it():
    curve = ECKey.generate_key("P-384", {"kid": "ec"})
    assert refused(signed(GOOD, curve, "ES384")) == "signature"
    assert refused(signed(GOOD, EC, "ES256"), KeySet([curve])) == "signature"


def test_a_token_that_names_no_key_is_taken_where_there_is_only_one():
    bare = jwt.encode({"alg": "ES256"}, GOOD, EC)
    assert key_id(bare) is None
    assert identity_in(bare, KeySet([EC]), EXPECTED).subject == "7"
    assert refused(bare) == "signature"


def test_a_header_that_must_be_understood_and_is_not_is_refused_a_further_one_is_not():
    head, body, tail = signed(GOOD, typ="JWT").split(".")
    header = json.loads(urlsafe_b64decode(head + "=="))
    critical = urlsafe_b64encode(json.dumps(header | {"crit": ["new"], "new": 1}).encode()).rstrip(b"=").decode()
    assert refused(f"{critical}.{body}.{tail}") == "signature"


@pytest.mark.parametrize(
    ("over", "reason"),
    [
        ({"iss": "https://id.example.org/"}, "iss"),
        ({"iss": None}, "iss"),
        ({"iss": ["https://id.example.org"]}, "iss"),
        ({"aud": "them"}, "aud"),
        ({"aud": []}, "aud"),
        ({"aud": None}, "aud"),
        ({"aud": {"us": 1}}, "aud"),
        ({"aud": ["us", "them"]}, "azp"),
        ({"aud": ["us", "them"], "azp": "them"}, "azp"),
        ({"azp": "them"}, "azp"),
        ({"azp": None}, "azp"),
        ({"nonce": "m"}, "nonce"),
        ({"nonce": ["n"]}, "nonce"),
        ({"exp": AT - LEEWAY}, "exp"),
        ({"exp": "tomorrow"}, "exp"),
        ({"exp": True}, "exp"),
        ({"exp": 10**30}, "exp"),
        ({"nbf": AT + LEEWAY + 1}, "nbf"),
        ({"nbf": "x"}, "nbf"),
        ({"iat": AT + LEEWAY + 1}, "iat"),
        ({"iat": AT - 60 - LEEWAY - 1}, "iat"),
        ({"auth_time": "x"}, "auth_time"),
        ({"sub": None}, "sub"),
        ({"sub": ""}, "sub"),
        ({"sub": " 7"}, "sub"),
        ({"sub": 7}, "sub"),
        ({"sub": "7" * (MOST_SUBJECT + 1)}, "sub"),
    ],
    ids=str,
)
def test_what_is_not_as_expected_is_refused_and_said_in_a_word(over, reason):
    assert refused(signed(GOOD | over)) == reason


@pytest.mark.parametrize("name", sorted(GOOD))
def test_nothing_of_what_is_asked_for_may_be_missing(name):
    assert refused(signed({key: value for key, value in GOOD.items() if key != name})) in (name, "azp")


@pytest.mark.parametrize(
    "over",
    [
        {"exp": AT - LEEWAY + 1},
        {"iat": AT + LEEWAY},
        {"iat": AT - 60 - LEEWAY},
        {"iat": AT + 0.5},
        {"nbf": AT + LEEWAY},
        {"aud": ["us"]},
        {"aud": ["us", "them"], "azp": "us"},
        {"sub": "7" * MOST_SUBJECT},
        {"auth_time": AT - 10_000},
    ],
    ids=str,
)
def test_the_last_that_is_still_permitted(over):
    assert identity_in(signed(GOOD | over), KEYS, EXPECTED)


@pytest.mark.parametrize(
    ("auth_time", "holds"), [(AT - 60 - LEEWAY, True), (AT - 60 - LEEWAY - 1, False), (None, True)]
)
def test_who_had_to_sign_in_there_again_has(auth_time, holds):
    token = signed(GOOD | ({} if auth_time is None else {"auth_time": auth_time}))
    anew = replace(EXPECTED, is_anew=True)
    if holds:
        assert identity_in(token, KEYS, anew)
    else:
        assert refused(token, expected=anew) == "auth_time"


def test_not_a_number_is_no_time():
    payload = json.dumps(GOOD | {"exp": 0}).replace('"exp": 0', '"exp": NaN')
    assert refused(jws.serialize_compact({"alg": "ES256", "kid": "ec"}, payload, EC)) == "exp"


@pytest.mark.parametrize("payload", ["[]", "7", "null", "{", "", '"x"'])
def test_signed_nonsense_is_nonsense(payload):
    assert refused(jws.serialize_compact({"alg": "ES256", "kid": "ec"}, payload, EC)) == "signature"


@given(st.text(max_size=200))
def test_no_text_makes_it_stumble(text):
    assert refused(text) == "signature"
    key_id(text)


@given(st.integers(0, 400), st.characters(min_codepoint=33, max_codepoint=126))
def test_no_changed_character_passes(position, character):
    token = signed(GOOD, ED, "Ed25519")
    place = position % (len(token) - 1)  # the last character has bits that say nothing
    if token[place] != character:
        assert refused(token[:place] + character + token[place + 1 :]) == "signature"


def test_how_somebody_signed_in_is_told_in_the_words_of_the_setting():
    found = identity_in(signed(GOOD | {"amr": ["pwd", "otp", 7], "acr": "gold"}), KEYS, EXPECTED)

    assert found.ways == {"amr:pwd", "amr:otp", "acr:gold"}


def base64_of(number):
    return urlsafe_b64encode(number.to_bytes(128, "big")).rstrip(b"=").decode()


def test_keys_that_are_none_or_weak_or_too_many_are_passed_over():
    weak = base64_of(generate_private_key(65537, 1024).public_key().public_numbers().n)
    listed = [
        7,
        None,
        {},
        {"kty": "oct", "k": "c2VjcmV0", "kid": "shared"},
        {"kty": "RSA", "n": "!", "e": "AQAB"},
        {"kty": ["RSA"]},
        {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"},
        {"kty": "RSA", "n": weak, "e": "AQAB", "kid": "weak"},
        EC.as_dict(private=False),
    ]
    assert [key.kid for key in usable_keys({"keys": listed}).keys] == ["ec"]
    for nothing in ({}, {"keys": 7}, {"keys": {}}, {"keys": []}):
        assert not usable_keys(nothing)
    many = [EC.as_dict(private=False) | {"kid": str(number)} for number in range(MOST_KEYS + 5)]
    assert len(usable_keys({"keys": many}).keys) == MOST_KEYS
