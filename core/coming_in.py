"""What the pages of every kind of sign-in share: the cookies they set, and the page to which one goes on."""

from urllib.parse import urlsplit

from flask import Response, current_app, request, session
from flask.typing import ResponseReturnValue

from core.auth import DEVICE_LIFE, SubjectKind, current_actor, mark_of, sign_out
from core.second_factor.signing_in import HALF_LIFE

HALF_PATH = "/sign-in"
"""Where alone a browser shows the cookie of a half sign-in."""


def safe_next() -> str | None:
    """The page that asked for the sign-in, if it is one of ours.

    Browsers drop tabs and line ends from an address and turn backslashes, so that none of them may stand in it.
    """
    target = request.args.get("next", "")
    if not target.isprintable() or "\\" in target or not target.startswith("/"):
        return None
    parts = urlsplit(target)
    return None if parts.scheme or parts.netloc or target.startswith("//") else target


def with_cookie(response: Response | ResponseReturnValue, token: str) -> Response:
    """The response with the sign-in cookie set."""
    answer = current_app.make_response(response)
    set_mark(answer, mark_of(token))
    answer.set_cookie(
        current_app.config["SIGN_IN_COOKIE"],
        token,
        max_age=int(DEVICE_LIFE.total_seconds()),
        httponly=True,
        samesite="Lax",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
    )
    return answer


def begin_anew() -> None:
    """End what this browser had before an account signs in: another sign-in of an account, and the token of its forms.

    With a cookie that was copied nobody comes back, and whoever planted one knows nothing of what follows.
    """
    session.pop(current_app.config["WTF_CSRF_FIELD_NAME"], None)
    former = current_actor()
    if former is not None and former.kind is SubjectKind.ACCOUNT:
        sign_out(former)


def mark_cookie() -> str:
    """Name of the cookie that says to the browser's pages which sign-in is the present one; they may read it."""
    return f"{current_app.config['SIGN_IN_COOKIE']}_mark"


def set_mark(answer: Response, mark: str) -> None:
    """Tell the pages of this browser, open or kept, which sign-in holds from now on."""
    life = int(DEVICE_LIFE.total_seconds())
    is_secure = current_app.config["SESSION_COOKIE_SECURE"]
    answer.set_cookie(mark_cookie(), mark, max_age=life, samesite="Lax", secure=is_secure)


def half_cookie() -> str:
    """Name of the cookie of a half sign-in; it is another one, so that it can never be taken for a whole."""
    return f"{current_app.config['SIGN_IN_COOKIE']}_half"


def left_cookie() -> str:
    """Name of the cookie of a browser in which somebody has signed out of an account."""
    return f"{current_app.config['SIGN_IN_COOKIE']}_left"


def with_left_cookie(answer: Response, *, has_left: bool) -> Response:
    """The answer that says to this browser that somebody has left, or has come again."""
    answer.set_cookie(
        left_cookie(),
        "1" if has_left else "",
        max_age=int(DEVICE_LIFE.total_seconds()) if has_left else 0,
        path=HALF_PATH,
        httponly=True,
        samesite="Lax",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
    )
    return answer


def with_half_cookie(response: Response | ResponseReturnValue, token: str) -> Response:
    """The response with the cookie of a half sign-in set; with an empty token, taken away."""
    answer = current_app.make_response(response)
    answer.set_cookie(
        half_cookie(),
        token,
        max_age=int(HALF_LIFE.total_seconds()) if token else 0,
        path=HALF_PATH,
        httponly=True,
        samesite="Strict",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
    )
    return answer
