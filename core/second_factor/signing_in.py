"""Signing in with an account: the password, and then the code where the account has a second factor.

Between the two somebody is half signed in: a row with a token of its own, which opens nothing and ends after ten
minutes, with a new password, and when the account is closed or its second factor reset.
"""

import secrets
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from core.accounts import Account, locked_account
from core.auth import ACCOUNT_IDLE, Subject, SubjectKind, add_sign_in, hashed
from core.clock import now
from core.db import db, transaction
from core.errors import InvalidInputError, NotSignedInError
from core.second_factor.checking import Spent, WrongCodeError, spend
from core.second_factor.models import HalfSignIn, SecondFactor

HALF_LIFE = timedelta(minutes=10)


class WrongSignInError(InvalidInputError):
    """Not a name and password that belong together; which of them is wrong is not told."""

    code = "wrong_sign_in"


class HalfSignInEndedError(NotSignedInError):
    """The password has to be given again."""

    code = "half_sign_in_ended"


@dataclass(frozen=True, slots=True)
class AfterPassword:
    """The token for the cookie: of a sign-in, or of a half one where a code is asked for."""

    token: str
    is_half: bool


@dataclass(frozen=True, slots=True)
class GiveCode:
    """The second step: `token` as `after_password` gave it, the code as typed, the visitor's device and address.

    The address is empty where wrong codes are not to be counted by it; by the account they are always.
    """

    token: str
    code: str
    device: str
    address: str


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The token for the cookie, and what its owner should know of the code that was taken."""

    token: str
    spent: Spent


def after_password(account: Account, device: str) -> AfterPassword:
    """What follows when the password of `account` was right.

    Raises:
        WrongSignInError: the password was replaced, or the account closed, since it was compared.
    """
    account_id, compared = account.id, account.password_hash
    with transaction() as session:
        row = locked_account(session, account_id)
        if not row.is_active or row.password_hash != compared:
            raise WrongSignInError("登录名或密码不对")
        return enter(session, row, device)


def enter(session: Session, account: Account, device: str, *, is_proved: bool = False) -> AfterPassword:
    """A sign-in of who was shown to be the owner, or a half one where a code is still to be asked for.

    Args:
        session: the caller's transaction, in which the account's row is locked.
        account: whose.
        device: as the browser calls itself.
        is_proved: whether a second factor was asked for elsewhere, by somebody who is trusted in that.
    """
    if is_proved or session.get(SecondFactor, account.id) is None:
        return AfterPassword(add_sign_in(session, _subject(account), device), is_half=False)
    return AfterPassword(_add_half(session, account.id), is_half=True)


def give_code(command: GiveCode) -> SignedIn:
    """The code; it ends the half sign-in and makes a whole one.

    Raises:
        HalfSignInEndedError: no such half sign-in, or it has ended.
        WrongCodeError: not a code of the account, or a used one.
        TooManyTriesError, SecondFactorLockedError, SecretUnreadableError: as `spend`.
    """
    account_id = waiting(command.token)
    if account_id is None:
        raise _ended()
    with transaction() as session:
        account = locked_account(session, account_id)
        half = session.scalar(_half(command.token))
        factor = session.get(SecondFactor, account_id)
        if half is None or factor is None or not account.is_active:
            raise _ended()
        subjects = (f"address:{command.address}",) if command.address else ()
        spent = spend(session, account, factor, command.code, *subjects)
        if not isinstance(spent, WrongCodeError):
            session.delete(half)
            return SignedIn(add_sign_in(session, _subject(account), command.device), spent)
    raise spent


def waiting(token: str) -> int | None:
    """The account of which a code is asked for by that half sign-in; None if there is none, or no longer."""
    half = db.session.scalar(_half(token)) if token else None
    return None if half is None else half.account_id


def waiting_name(token: str) -> str | None:
    """The user name of that account."""
    account_id = waiting(token)
    return None if account_id is None else db.session.get_one(Account, account_id).username


def _half(token: str) -> Select[HalfSignIn]:
    return select(HalfSignIn).where(HalfSignIn.token_hash == hashed(token), HalfSignIn.expires_at > now())


def _add_half(session: Session, account_id: int) -> str:
    session.execute(delete(HalfSignIn).where(HalfSignIn.expires_at <= now()))
    token = secrets.token_urlsafe(32)
    session.add(HalfSignIn(token_hash=hashed(token), account_id=account_id, expires_at=now() + HALF_LIFE))
    return token


def _subject(account: Account) -> Subject:
    return Subject(SubjectKind.ACCOUNT, account.id, account.display_name, ACCOUNT_IDLE)


def _ended() -> HalfSignInEndedError:
    return HalfSignInEndedError("登录没有在 10 分钟内完成，请重新填写登录名和密码")
