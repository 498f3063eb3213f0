"""Browsers in which a name has signed in before: whoever guesses at that name elsewhere does not lock them out.

Tries are counted by name and by address, so that anybody who knows a name could keep its owner from signing in on the
day of the final. A browser that has once given the right password keeps a signed mark, and its tries are counted by
the mark instead. The mark opens nothing and names nobody. Source: OWASP, Device Cookies.
"""

import secrets
from datetime import timedelta

from flask import Response, current_app, request
from itsdangerous import BadSignature, URLSafeTimedSerializer

from core.auth import hashed, visitor_address

LIFE = timedelta(days=180)
MOST_NAMES = 5
"""Names that one browser is known for; at a shared desk the one unused longest gives way."""


def counted_by(username: str) -> tuple[str, ...]:
    """What a failed try under this name in this browser counts against, for `core.auth.refuse_guessing`."""
    name = username.strip().lower()
    mark = _marks().get(_digest(name))
    return (f"browser:{mark}",) if mark else (f"name:{name}", f"address:{visitor_address()}")


def is_known(username: str) -> bool:
    """Whether this name has signed in in this browser before."""
    return _digest(username) in _marks()


def with_known_cookie(answer: Response, username: str) -> Response:
    """The answer with the mark of a browser in which this name has just given the right password."""
    kept = _marks()
    mark = kept.pop(_digest(username), None) or secrets.token_urlsafe(12)
    newest = dict([*list(kept.items())[-(MOST_NAMES - 1) :], (_digest(username), mark)])
    answer.set_cookie(
        _cookie(),
        _serializer().dumps(newest),
        max_age=int(LIFE.total_seconds()),
        path="/sign-in",
        httponly=True,
        samesite="Lax",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
    )
    return answer


def _marks() -> dict[str, str]:
    """Of each name's digest the mark, the one used last at the end; empty where the cookie is not ours."""
    try:
        found = _serializer().loads(request.cookies.get(_cookie(), ""), max_age=int(LIFE.total_seconds()))
    except BadSignature:
        return {}
    return dict(found)


def _digest(name: str) -> str:
    return hashed(f"known:{name}")[:16]


def _cookie() -> str:
    return f"{current_app.config['SIGN_IN_COOKIE']}_known"


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="known-browser")
