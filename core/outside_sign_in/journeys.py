"""A way to the other house and back: what this browser carries meanwhile, signed, for a few minutes, once.

The cookie is shown under the address to which the provider sends the browser back, and nowhere else. It comes along
with that one visit from another site, as it is `Lax`.
"""

import secrets
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from hmac import compare_digest

from flask import Response, current_app, request
from itsdangerous import BadSignature, URLSafeTimedSerializer
from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from core.auth import hashed
from core.clock import now
from core.coming_in import left_cookie
from core.config import OutsideProvider
from core.db import transaction
from core.outside_sign_in.errors import JourneyLostError
from core.outside_sign_in.models import SpentState

LIFE = timedelta(minutes=10)
PATH = "/sign-in/outside"
BACK = f"{PATH}/return"


@dataclass(frozen=True, slots=True)
class Journey:
    """What belongs to one way there and back."""

    issuer: str
    state: str
    nonce: str
    verifier: str
    began: int
    """Seconds since 1970."""
    next: str
    """The page of ours that asked for the sign-in, or empty."""
    links_for: int
    """The sign-in whose owner links the own account; 0: somebody signs in."""
    is_anew: bool
    """Whether the person has to sign in there again, though the browser may be signed in there."""

    @property
    def began_at(self) -> datetime:
        """When the browser set out."""
        return datetime.fromtimestamp(self.began, UTC)


def new_journey(provider: OutsideProvider, next_page: str | None, links_for: int = 0) -> Journey:
    """A journey with secrets of its own.

    Who links has to sign in there again, lest it be a colleague whom the browser knows there; and so has everybody
    in a browser in which somebody has signed out here: whoever sits down next would come in as that person.
    """
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    is_anew, began = bool(links_for) or left_cookie() in request.cookies, int(now().timestamp())
    return Journey(provider.issuer, state, nonce, verifier, began, next_page or "", links_for, is_anew)


def back_to() -> str:
    """Our address to which the provider sends browsers back, as it is registered there."""
    return f"{current_app.config['BASE_URL']}{BACK}"


def with_journey(answer: Response, journey: Journey | None) -> Response:
    """The answer with the journey for the browser to carry; None takes it away."""
    answer.set_cookie(
        _cookie(),
        "" if journey is None else _serializer().dumps(asdict(journey)),
        max_age=0 if journey is None else int(LIFE.total_seconds()),
        path=PATH,
        httponly=True,
        samesite="Lax",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
    )
    return answer


def carried_journey() -> Journey | None:
    """What this browser carries, if it is ours and not too old."""
    try:
        found = _serializer().loads(request.cookies.get(_cookie(), ""))
        journey = Journey(**found)
    except (BadSignature, TypeError):
        return None
    return journey if timedelta() <= now() - journey.began_at < LIFE else None


def end(journey: Journey | None, state: str, provider: OutsideProvider) -> Journey:
    """The journey from which somebody comes back with `state`; nobody comes back from it again.

    Raises:
        JourneyLostError: this browser carries none, another one, or one that has ended.
    """
    address = current_app.config["BASE_URL"]
    lost = JourneyLostError(address)
    if journey is None or journey.issuer != provider.issuer:
        raise lost
    if not compare_digest(journey.state.encode(), state.encode()):
        raise lost
    spent = SpentState(state_hash=hashed(journey.state), expires_at=journey.began_at + LIFE)
    try:
        with transaction() as session:
            session.execute(delete(SpentState).where(SpentState.expires_at <= now()))
            session.add(spent)
    except IntegrityError as error:
        raise lost from error
    return journey


def _cookie() -> str:
    return f"{current_app.config['SIGN_IN_COOKIE']}_outside"


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="outside-sign-in")
