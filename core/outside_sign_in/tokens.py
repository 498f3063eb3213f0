"""An id_token, looked at as OpenID Connect Core 3.1.3.7 says: who signed it, for whom, when, and for which journey.

Pure: keys, expectations and the time come as arguments.
"""

from base64 import urlsafe_b64decode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, Key, KeySet, OKPKey, RSAKey

from core.outside_sign_in.errors import RefusedTokenError, because

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519")
"""Signatures with a key pair alone: whoever can check one cannot make one. Neither ``none`` nor an HMAC is here."""
LEEWAY = 120
"""Seconds by which the clocks of the two houses may differ."""
MOST_SUBJECT = 255
"""Characters. Source: OpenID Connect Core section 2."""
MOST_KEYS = 50
LEAST_RSA_BITS = 2048
MOST_HEADER = 8192
KINDS: Mapping[str, type[RSAKey] | type[ECKey] | type[OKPKey]] = {"RSA": RSAKey, "EC": ECKey, "OKP": OKPKey}


@dataclass(frozen=True, slots=True)
class Expected:
    """Of which house the token has to be, for whom, and for which journey."""

    issuer: str
    client_id: str
    nonce: str
    began_at: datetime
    now: datetime
    is_anew: bool
    """Whether the person had to sign in there again, so that no earlier sign-in there will do."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who somebody is in the other house, and how that is known there, as ``amr:…`` and ``acr:…``."""

    subject: str
    ways: frozenset[str]


def usable_keys(document: Mapping[str, Any]) -> KeySet:
    """The public keys for signatures of a JWKS document; what is none, or too weak, is passed over."""
    listed = document.get("keys")
    found: list[Key] = []
    for one in listed[:MOST_KEYS] if isinstance(listed, list) else []:
        key = _key(one)
        if key is not None:
            found.append(key)
    return KeySet(found)


def _key(one: object) -> RSAKey | ECKey | OKPKey | None:
    if not isinstance(one, dict) or one.get("use", "sig") != "sig":
        return None
    kind = KINDS.get(str(one.get("kty")))
    try:
        if kind is None or (kind is RSAKey and _bits(one["n"]) < LEAST_RSA_BITS):
            return None
        key = kind.import_key(one)
        key.ensure_kid()
    except (JoseError, ValueError, TypeError, KeyError, AttributeError):
        return None
    return key


def _bits(modulus: str) -> int:
    return int.from_bytes(urlsafe_b64decode(modulus + "=="), "big").bit_length()


def key_id(token: str) -> str | None:
    """By which key a token says it was signed; None where it does not say, or is no token."""
    try:
        found = jws.extract_compact(token.encode()).headers().get("kid")
    except (JoseError, ValueError, TypeError):
        return None
    return found if isinstance(found, str) else None


def identity_in(token: str, keys: KeySet, expected: Expected) -> Identity:
    """Who the token says somebody is.

    Raises:
        RefusedTokenError: it is not signed by one of `keys`, or not what is expected; `reason` says in a word why.
    """
    registry = jws.JWSRegistry(algorithms=list(ALGORITHMS), strict_check_header=False)
    registry.max_header_length = MOST_HEADER  # some put their certificates there
    try:
        claims = jwt.decode(token, keys, registry=registry).claims
    except (JoseError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise because(RefusedTokenError(), "signature") from error
    _require_claims(claims, expected)
    return Identity(claims["sub"], frozenset(_ways(claims)))


def _require_claims(claims: Mapping[str, Any], expected: Expected) -> None:
    now, began = int(expected.now.timestamp()), int(expected.began_at.timestamp())
    for name in ("exp", "iat", "nbf", "auth_time"):
        if name in claims and not _is_moment(claims[name]):
            raise because(RefusedTokenError(), name)
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    subject = claims.get("sub")
    checks = {
        "iss": claims.get("iss") == expected.issuer,
        "aud": expected.client_id in audiences,
        "azp": claims.get("azp", expected.client_id if len(audiences) == 1 else None) == expected.client_id,
        "nonce": claims.get("nonce") == expected.nonce,
        "exp": "exp" in claims and claims["exp"] > now - LEEWAY,
        "nbf": claims.get("nbf", now) <= now + LEEWAY,
        "iat": "iat" in claims and began - LEEWAY <= claims["iat"] <= now + LEEWAY,
        "auth_time": not expected.is_anew or claims.get("auth_time", began) >= began - LEEWAY,
        "sub": isinstance(subject, str) and 0 < len(subject) <= MOST_SUBJECT and subject == subject.strip(),
    }
    for name, holds in checks.items():
        if not holds:
            raise because(RefusedTokenError(), name)


def _is_moment(value: object) -> bool:
    """Whether it is a number of seconds; true and false are none, though Python counts with them."""
    return isinstance(value, int | float) and not isinstance(value, bool) and -(10**12) < value < 10**12


def _ways(claims: Mapping[str, Any]) -> Iterable[str]:
    listed = claims.get("amr")
    for value in listed if isinstance(listed, list) else []:
        if isinstance(value, str):
            yield f"amr:{value}"
    if isinstance(claims.get("acr"), str):
        yield f"acr:{claims['acr']}"
