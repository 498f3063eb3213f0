"""The other house: where it lets people in, by what its signatures are known, and what it says of somebody.

What it says of itself is kept for some minutes in the process; where it does not answer, nobody waits for it again
for some seconds.
"""

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

from joserfc.jwk import KeySet

from core.clock import now
from core.config import OutsideProvider
from core.outside_sign_in.errors import ProviderDownError, ProviderNonsenseError, RefusedTokenError, because
from core.outside_sign_in.fetching import Answer, Form, ask, is_safe
from core.outside_sign_in.tokens import Expected, Identity, identity_in, key_id, usable_keys

KEPT = timedelta(minutes=10)
KEYS_REST = timedelta(minutes=1)
"""An unknown key is asked for at most so often: a new one comes at once, a made-up one costs nobody anything."""
DOWN_REST = timedelta(seconds=10)
MOST_TOKEN = 64 * 1024
_KNOWN: dict[str, "House"] = {}
_DOWN: dict[str, datetime] = {}


@dataclass(frozen=True, slots=True)
class House:
    """What a provider says of itself."""

    authorize_at: str
    token_at: str
    keys_at: str
    keys: KeySet
    posts_secret: bool
    """Whether the secret goes into the form, as the header is not taken."""
    names_itself: bool
    """Whether it says with each answer whose it is (RFC 9207)."""
    read_at: datetime
    keys_read_at: datetime


@dataclass(frozen=True, slots=True)
class Redeem:
    """A code that came back with the browser, and what belongs to its journey."""

    code: str
    verifier: str
    back_to: str
    nonce: str
    began_at: datetime
    is_anew: bool


def house(provider: OutsideProvider) -> House:
    """What the provider says of itself, not older than some minutes.

    Raises:
        ProviderDownError: it does not answer, or did not a moment ago.
        ProviderNonsenseError: what it says of itself does not do.
    """
    known = _KNOWN.get(provider.issuer)
    if known is not None and now() - known.read_at < KEPT:
        return known
    _refuse_to_wait(provider)
    try:
        _KNOWN[provider.issuer] = fresh = _read(provider)
    except (ProviderDownError, ProviderNonsenseError):
        _DOWN[provider.issuer] = now()
        raise
    _DOWN.pop(provider.issuer, None)
    return fresh


def _refuse_to_wait(provider: OutsideProvider) -> None:
    failed_at = _DOWN.get(provider.issuer)
    if failed_at is not None and now() - failed_at < DOWN_REST:
        raise because(ProviderDownError(), "it did not answer a moment ago")


def _read(provider: OutsideProvider) -> House:
    document = _good(ask(provider.issuer.rstrip("/") + "/.well-known/openid-configuration"))
    if document.get("issuer") != provider.issuer:
        raise because(ProviderNonsenseError(), "the discovery document is of another issuer")
    allows_loopback = urlsplit(provider.issuer).scheme == "http"
    places = [document.get(name) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")]
    if not all(is_safe(place, allows_loopback=allows_loopback) for place in places):
        raise because(ProviderNonsenseError(), "an address of the discovery document is missing or unsafe")
    authorize_at, token_at, keys_at = (str(place) for place in places)
    taken = document.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
    return House(
        authorize_at,
        token_at,
        keys_at,
        _keys(keys_at),
        posts_secret=isinstance(taken, list) and "client_secret_basic" not in taken and "client_secret_post" in taken,
        names_itself=document.get("authorization_response_iss_parameter_supported") is True,
        read_at=now(),
        keys_read_at=now(),
    )


def _keys(address: str) -> KeySet:
    keys = usable_keys(_good(ask(address)))
    if not keys:
        raise because(ProviderNonsenseError(), "no usable key")
    return keys


def _good(answer: Answer) -> Mapping[str, Any]:
    if answer.status >= 500:
        raise because(ProviderDownError(), f"status {answer.status}")
    if answer.status != 200:
        raise because(ProviderNonsenseError(), f"status {answer.status}")
    return answer.body


def way_there(provider: OutsideProvider, state: str, nonce: str, verifier: str, back_to: str, *, is_anew: bool) -> str:
    """The address to which a browser goes to sign in there.

    Args:
        provider: where.
        state: what comes back with the browser.
        nonce: what comes back in the token.
        verifier: the secret of PKCE (RFC 7636), of which only the digest goes along.
        back_to: our address to which the browser comes back.
        is_anew: whether the person has to sign in there again, whoever that browser knows already.

    Raises:
        ProviderDownError, ProviderNonsenseError: as `house`.
    """
    place = house(provider).authorize_at
    asked = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": back_to,
        "scope": "openid",
        "state": state,
        "nonce": nonce,
        "code_challenge": urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
    }
    if is_anew:
        asked |= {"prompt": "login", "max_age": "0"}
    return place + ("&" if urlsplit(place).query else "?") + urlencode(asked)


def is_of(provider: OutsideProvider, named: str | None) -> bool:
    """Whether an answer that names `named` as its issuer, or nobody, can be the provider's. Source: RFC 9207.

    Raises:
        ProviderDownError, ProviderNonsenseError: as `house`.
    """
    if named is None:
        return not house(provider).names_itself
    return named == provider.issuer


def redeem(provider: OutsideProvider, command: Redeem) -> Identity:
    """Who it is that came back with this code.

    Raises:
        RefusedTokenError: the provider does not take the code, or its token does not stand up.
        ProviderDownError, ProviderNonsenseError: it does not answer, or not as the standard says.
    """
    place = house(provider)
    values = {
        "grant_type": "authorization_code",
        "code": command.code,
        "redirect_uri": command.back_to,
        "code_verifier": command.verifier,
    }
    if place.posts_secret:
        form = Form(values | {"client_id": provider.client_id, "client_secret": provider.client_secret})
    else:
        form = Form(values, provider.client_id, provider.client_secret)
    answer = ask(place.token_at, form)
    if 400 <= answer.status < 500:
        raise because(RefusedTokenError(), "code")
    token = _good(answer).get("id_token")
    if not isinstance(token, str) or not token.isascii() or len(token) > MOST_TOKEN:
        raise because(ProviderNonsenseError(), "no id_token")
    expected = Expected(
        provider.issuer, provider.client_id, command.nonce, command.began_at, now(), is_anew=command.is_anew
    )
    return identity_in(token, _keys_for(provider, token), expected)


def _keys_for(provider: OutsideProvider, token: str) -> KeySet:
    """The provider's keys; read anew where the token names one that is not among them."""
    known, wanted = house(provider), key_id(token)
    if wanted is None or any(key.kid == wanted for key in known.keys) or now() - known.keys_read_at < KEYS_REST:
        return known.keys
    _KNOWN[provider.issuer] = fresh = replace(known, keys=_keys(known.keys_at), keys_read_at=now())
    return fresh.keys
