"""One-time links by which a judge's device comes in: the link or its QR code, together with a PIN.

The link travels on paper or by message and may fall into other hands; the PIN is told apart from it. A link signs in
one device once. Wrong PINs are counted on the link itself, so that changing the device or waiting helps no guesser;
after a few the link is locked and a person has to issue another. What is refused on a known link is recorded.
"""

import hmac
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ForeignKey, Select, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.audit import Act, record
from core.auth import DEVICE_LIFE, Actor, SignIn, Subject, SubjectKind, add_sign_in, hashed
from core.clock import BEIJING, now
from core.db import Model, db, transaction
from core.devices import device_words
from core.errors import DomainError, NotAllowedError, NotFoundError
from core.permissions import Role
from core.personal_data import blind_index

LINK_LIFE = timedelta(hours=24)
PIN_DIGITS = 6
PIN_TRIES = 5
ASK_AGAIN = timedelta(minutes=10)
"""How long the browser that used a link may ask again: a hall's network loses answers, and people tap twice."""
MOST_RECORDED = 20
"""Refused tries on one link that get an audit line; whoever hammers a dead link cannot fill the record."""
STRANGER = ("stranger", "未登录的设备")


class SignInLink(Model):
    """A one-time link for a judge's device."""

    __tablename__ = "sign_in_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    subject_id: Mapped[int] = mapped_column(index=True)
    name: Mapped[str]
    role: Mapped[Role]
    competition_id: Mapped[int] = mapped_column(ForeignKey("competition.id"), index=True)
    issued_by: Mapped[str]
    issued_at: Mapped[datetime | None]
    """Empty for links of the time before PINs."""
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    pin_seal: Mapped[str | None]
    """The PIN under the installation's key, so that the database alone does not give it; None where none is asked."""
    tries: Mapped[int] = mapped_column(default=0)
    """Refused tries: wrong PINs, and uses after the first."""
    locked_at: Mapped[datetime | None]
    sign_in_id: Mapped[int | None] = mapped_column(ForeignKey("sign_in.id"))
    """The device that it signed in."""
    browser_hash: Mapped[str | None]
    """Hash of the mark of the browser that used it, which alone may ask again when the answer was lost."""


class LinkState(StrEnum):
    """Whether a link can still sign a device in, and why not."""

    OPEN = "open"
    USED = "used"
    LOCKED = "locked"
    EXPIRED = "expired"
    UNKNOWN = "unknown"


class LinkRefusedError(NotAllowedError):
    """A link that signs nobody in."""

    code = "link_refused"


class LinkUsedError(NotAllowedError):
    """A link that has signed a device in; says when and which."""

    code = "link_used"


class LinkLockedError(NotAllowedError):
    """Too many wrong PINs were tried on the link."""

    code = "link_locked"


class WrongPinError(NotAllowedError):
    """Not the PIN that belongs to the link."""

    code = "wrong_pin"


@dataclass(frozen=True, slots=True)
class IssueLink:
    """Ask for a one-time link that signs in judge `subject_id` on one device; `with_pin` asks for a PIN as well."""

    subject_id: int
    name: str
    role: Role
    competition_id: int
    actor: Actor
    with_pin: bool = True


@dataclass(frozen=True, slots=True)
class IssuedLink:
    """What is shown once: the secret part of the address, and the PIN, which is empty where none is asked."""

    token: str
    pin: str


def issue_link(command: IssueLink) -> IssuedLink:
    """A one-time link with its PIN; earlier unused links of this judge stop working."""
    with transaction() as session:
        return add_link(session, command)


def add_link(session: Session, command: IssueLink) -> IssuedLink:
    """The link itself, inside a transaction that another use case has opened."""
    for earlier in session.scalars(_unused(command.competition_id).where(SignInLink.subject_id == command.subject_id)):
        earlier.expires_at = now()
    token = secrets.token_urlsafe(24)
    pin = "".join(secrets.choice("0123456789") for _ in range(PIN_DIGITS)) if command.with_pin else ""
    session.add(
        SignInLink(
            token_hash=hashed(token),
            subject_id=command.subject_id,
            name=command.name,
            role=command.role,
            competition_id=command.competition_id,
            issued_by=command.actor.key,
            issued_at=now(),
            expires_at=now() + LINK_LIFE,
            pin_seal=_sealed(hashed(token), pin) if pin else None,
        )
    )
    detail = {"pin": command.with_pin}
    record(session, command.actor.act("link.issued", f"judge:{command.subject_id}", command.competition_id, detail))
    return IssuedLink(token, pin)


def _sealed(token_hash: str, pin: str) -> str:
    return blind_index("judge-pin", f"{token_hash}:{pin}")


def _unused(competition_id: int) -> Select[SignInLink]:
    return select(SignInLink).where(
        SignInLink.competition_id == competition_id, SignInLink.used_at.is_(None), SignInLink.expires_at > now()
    )


def redeem_link(token: str, device: str, pin: str = "", browser: str = "") -> str:
    """Turn a one-time link into a sign-in of a judge's device; returns the token for the cookie.

    Args:
        token: the secret part of the address.
        device: what the browser says of itself.
        pin: as typed; full-width digits and spaces do no harm.
        browser: a mark that only this browser has; with it the same browser may ask again for a while, and the
            sign-in whose answer it did not get ends. Empty where there is none.

    Raises:
        LinkRefusedError: unknown or expired; which of them is not told to a guesser.
        LinkUsedError, LinkLockedError: it has been used, or too many wrong PINs were tried on it.
        WrongPinError: not its PIN; says how many tries are left.
    """
    with transaction() as session:
        link = session.scalar(select(SignInLink).where(SignInLink.token_hash == hashed(token)).with_for_update())
        if link is None:
            raise _dead()
        error = (None if _asks_again(link, browser) else _refusal(link)) or _pin_error(link, pin)
        if error is None:
            return _sign_in(session, link, device, browser)
        _note_refused(session, link, device, error)
    raise error


def _asks_again(link: SignInLink, browser: str) -> bool:
    is_same = bool(browser) and link.browser_hash == hashed(browser) and link.locked_at is None
    return is_same and link.used_at is not None and now() - link.used_at < ASK_AGAIN


def _sign_in(session: Session, link: SignInLink, device: str, browser: str) -> str:
    unheard = session.get(SignIn, link.sign_in_id) if link.sign_in_id else None
    if unheard is not None:
        unheard.revoked_at = now()
    link.used_at = link.used_at or now()
    link.browser_hash = hashed(browser) if browser else None
    subject = Subject(SubjectKind.JUDGE, link.subject_id, link.name, DEVICE_LIFE, link.competition_id, link.role)
    cookie = add_sign_in(session, subject, device)
    session.flush()
    link.sign_in_id = session.scalar(select(SignIn.id).where(SignIn.token_hash == hashed(cookie)))
    return cookie


def state_of(link: SignInLink | None) -> LinkState:
    """How a link stands now."""
    if link is None:
        return LinkState.UNKNOWN
    if link.used_at is not None:
        return LinkState.USED
    if link.locked_at is not None:
        return LinkState.LOCKED
    return LinkState.EXPIRED if link.expires_at <= now() else LinkState.OPEN


def _dead() -> DomainError:
    return LinkRefusedError("此登录链接无效或已过期，请向组织者要一个新的")


def _refusal(link: SignInLink) -> DomainError | None:
    state = state_of(link)
    if link.used_at is not None:
        at = link.used_at.astimezone(BEIJING).strftime("%m-%d %H:%M")
        return LinkUsedError("此登录码已于 %(at)s 用过，只能用一次；如不是您本人使用，请立即告诉组织者", at=at)
    if state is LinkState.LOCKED:
        return LinkLockedError("PIN 输错次数过多，此登录码已停用；请向组织者要一个新的")
    return None if state is LinkState.OPEN else _dead()


def _pin_error(link: SignInLink, pin: str) -> DomainError | None:
    if link.pin_seal is None:
        return None
    typed = "".join(unicodedata.normalize("NFKC", pin).split())
    if hmac.compare_digest(link.pin_seal, _sealed(link.token_hash, typed)):
        return None
    left = PIN_TRIES - link.tries - 1
    if left > 0:
        return WrongPinError("PIN 不对，还可以再试 %(n)s 次", n=left)
    link.locked_at = now()
    return LinkLockedError("PIN 输错次数过多，此登录码已停用；请向组织者要一个新的")


def _note_refused(session: Session, link: SignInLink, device: str, error: DomainError) -> None:
    link.tries += 1
    if link.tries > MOST_RECORDED:
        return
    is_last = isinstance(error, LinkLockedError) and link.tries == PIN_TRIES
    action = "link.locked" if is_last else "link.refused"
    detail = {"code": error.code, "try": link.tries, "device": device[:200]}
    record(session, Act(*STRANGER, action, f"judge:{link.subject_id}", link.competition_id, detail))


@dataclass(frozen=True, slots=True)
class LinkFace:
    """What whoever holds a link may see of it. The name is masked while a PIN is asked for."""

    state: LinkState
    name: str = ""
    needs_pin: bool = False
    used_at: datetime | None = None
    used_on: str = ""


def link_face(token: str, browser: str = "") -> LinkFace:
    """The link as its page shows it to the browser with that mark; looking does not use it up."""
    link = db.session.scalar(select(SignInLink).where(SignInLink.token_hash == hashed(token)))
    state = LinkState.OPEN if link is not None and _asks_again(link, browser) else state_of(link)
    if link is None or state in (LinkState.EXPIRED, LinkState.LOCKED):
        return LinkFace(state)
    if state is LinkState.USED:
        device = db.session.get(SignIn, link.sign_in_id) if link.sign_in_id else None
        return LinkFace(state, used_at=link.used_at, used_on=device_words(device.device) if device else "")
    name = link.name if link.pin_seal is None else link.name[:1] + "＊" * (len(link.name) - 1)
    return LinkFace(state, name, link.pin_seal is not None)


def links_of(competition_id: int) -> list[SignInLink]:
    """Links of a competition that nobody has used and that still run, locked ones included, by name."""
    query = _unused(competition_id).order_by(SignInLink.name, SignInLink.id)
    return list(db.session.scalars(query))


def newest_link(competition_id: int) -> int:
    """Id of the newest link of a competition, used and ended ones included; 0 before the first."""
    newest = select(func.max(SignInLink.id)).where(SignInLink.competition_id == competition_id)
    return db.session.scalar(newest) or 0


def served_since(competition_id: int, link_id: int) -> frozenset[int]:
    """The judges for whom a link was issued after this one, whatever has become of theirs."""
    later = select(SignInLink.subject_id).where(SignInLink.competition_id == competition_id, SignInLink.id > link_id)
    return frozenset(db.session.scalars(later))


def withdraw_link(link_id: int, competition_id: int, actor: Actor) -> None:
    """End a link that nobody has used, as when a slip is lost.

    Raises:
        NotFoundError: no such unused link in this competition.
    """
    with transaction() as session:
        link = session.scalar(_unused(competition_id).where(SignInLink.id == link_id).with_for_update())
        if link is None:
            raise NotFoundError("没有这个登录码，或它已用过、已失效")
        link.expires_at = now()
        record(session, actor.act("link.withdrawn", f"judge:{link.subject_id}", competition_id))
