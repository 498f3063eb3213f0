"""Who in the other house is which account here: linked by its owner or an administrator, taken apart, looked up."""

import hashlib
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.account_care import own_account, require_present_password
from core.accounts import Account, locked_account
from core.audit import Act, record
from core.auth import Actor, SubjectKind, end_sign_ins
from core.clock import now
from core.config import OutsideProvider
from core.db import db, transaction
from core.errors import InvalidInputError, NotAllowedError, NotFoundError
from core.outside_sign_in.errors import AlreadyLinkedError
from core.outside_sign_in.models import OutsideIdentity
from core.outside_sign_in.tokens import MOST_SUBJECT
from core.personal_data import blind_index
from core.second_factor.checking import refusal

OUTSIDE = "outside_sign_in"


@dataclass(frozen=True, slots=True)
class ProveOwner:
    """Who wants to link the own account, or to take that apart, is its owner and not whoever found the screen."""

    actor: Actor
    present: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class LinkOwn:
    """Link the own account with the person who has just signed in in the other house."""

    actor: Actor
    issuer: str
    subject: str


@dataclass(frozen=True, slots=True)
class LinkOther:
    """An administrator links somebody else's account with a person of the other house, by the exact subject."""

    account_id: int
    issuer: str
    subject: str
    actor: Actor


@dataclass(frozen=True, slots=True)
class Unlink:
    """Take a link apart; the account is signed out on its other devices."""

    account_id: int
    identity_id: int
    actor: Actor


def seal_of(issuer: str, subject: str) -> str:
    """What is kept of a person of the other house. Large and small letters are different people."""
    exact = hashlib.sha256(f"{issuer}\0{subject}".encode()).hexdigest()
    return blind_index("outside-subject", exact)


def links_of(account_id: int) -> list[OutsideIdentity]:
    """The account's links, to the present provider and to former ones."""
    query = select(OutsideIdentity).where(OutsideIdentity.account_id == account_id)
    return list(db.session.scalars(query.order_by(OutsideIdentity.id)))


def linked(provider: OutsideProvider) -> list[tuple[Account, OutsideIdentity]]:
    """Every account that is linked to this provider, with its link."""
    query = select(Account, OutsideIdentity).join(OutsideIdentity, OutsideIdentity.account_id == Account.id)
    rows = db.session.execute(query.where(OutsideIdentity.issuer == provider.issuer).order_by(Account.username))
    return [(account, identity) for account, identity in rows]


def prove_owner(command: ProveOwner) -> None:
    """Let only somebody pass who knows the own password and, where there is one, has the second factor.

    Raises:
        WrongPasswordError, WrongCodeError: password or code do not do.
        TooManyTriesError, SecondFactorLockedError, SecretUnreadableError: as `core.second_factor.checking.spend`.
        NotAllowedError: the actor has no account.
    """
    account_id = own_account(command.actor).id
    require_present_password(command.actor, command.present)
    with transaction() as session:
        error = refusal(session, locked_account(session, account_id), command.code)
    if error is not None:
        raise error


def link_own(command: LinkOwn) -> None:
    """Link the actor's account; `prove_owner` came before, on the way to the other house.

    Raises:
        AlreadyLinkedError: that person or this account is linked already.
        NotAllowedError: the actor has no account, or it was closed meanwhile.
    """
    _link(own_account(command.actor).id, command.issuer, command.subject, command.actor, "owner")


def link_other(command: LinkOther) -> None:
    """Link somebody else's account.

    Raises:
        InvalidInputError: no subject, or one that no provider gives.
        NotAllowedError: the own account, whose owner has to sign in there, or a closed one.
        AlreadyLinkedError: that person or that account is linked already.
        NotFoundError: no such account.
    """
    _refuse_own(command.actor, command.account_id)
    subject = command.subject
    if not subject or len(subject) > MOST_SUBJECT or subject != subject.strip() or not subject.isprintable():
        raise InvalidInputError(
            "请原样填写统一身份认证给出的标识（sub），前后没有空格，最多 %(n)s 个字符", n=MOST_SUBJECT
        )
    _link(command.account_id, command.issuer, subject, command.actor, "administrator")


def unlink(command: Unlink) -> None:
    """Take a link apart.

    Raises:
        NotFoundError: the account has no such link.
    """
    is_own = command.actor.kind is SubjectKind.ACCOUNT and command.actor.subject_id == command.account_id
    with transaction() as session:
        account = locked_account(session, command.account_id)
        row = session.get(OutsideIdentity, command.identity_id)
        if row is None or row.account_id != account.id:
            raise NotFoundError("没有这项关联，可能已经解除")
        detail = {"issuer": row.issuer, "subject": row.subject_seal, "by": "owner" if is_own else "administrator"}
        session.delete(row)
        end_sign_ins(session, account.id, but=command.actor.sign_in_id if is_own else 0)
        record(session, command.actor.act(f"{OUTSIDE}.unlinked", f"account:{account.id}", None, detail))


def unlink_other(command: Unlink) -> None:
    """An administrator takes somebody else's link apart.

    Raises:
        NotAllowedError: the own one, which asks for the password.
        NotFoundError: the account has no such link.
    """
    _refuse_own(command.actor, command.account_id)
    unlink(command)


def note_refusal(provider: OutsideProvider, reason: str, subject: str = "") -> None:
    """An audit line of somebody who came back from the other house and was not let in.

    Args:
        provider: the house.
        reason: a word, as in `RefusedTokenError.reason`.
        subject: who it was there, where that is certain.
    """
    with transaction() as session:
        add_refusal(session, provider, reason, subject)


def add_refusal(session: Session, provider: OutsideProvider, reason: str, subject: str) -> None:
    """The same inside the caller's transaction."""
    detail = {"issuer": provider.issuer, "reason": reason}
    if subject:
        detail["subject"] = seal_of(provider.issuer, subject)
    record(session, Act("system", "统一身份认证", f"{OUTSIDE}.refused", OUTSIDE, None, detail))


def _refuse_own(actor: Actor, account_id: int) -> None:
    if actor.kind is SubjectKind.ACCOUNT and actor.subject_id == account_id:
        raise NotAllowedError("自己的账号请在“我的账号”里关联或解除")


def _link(account_id: int, issuer: str, subject: str, actor: Actor, by: str) -> None:
    seal = seal_of(issuer, subject)
    with transaction() as session:
        account = locked_account(session, account_id)
        if not account.is_active:
            raise NotAllowedError("此账号已停用，不能关联")
        _refuse_second(session, account_id, issuer, seal)
        row = OutsideIdentity(account_id=account_id, issuer=issuer, subject_seal=seal, linked_at=now())
        session.add(row)
        try:
            session.flush()
        except IntegrityError as error:  # another account's owner was first by a moment
            raise _is_linked_elsewhere() from error
        detail = {"issuer": issuer, "subject": seal, "by": by}
        record(session, actor.act(f"{OUTSIDE}.linked", f"account:{account_id}", None, detail))


def _refuse_second(session: Session, account_id: int, issuer: str, seal: str) -> None:
    holder = session.scalar(select(OutsideIdentity.account_id).where(OutsideIdentity.subject_seal == seal))
    if holder is not None and holder != account_id:
        raise _is_linked_elsewhere()
    own = select(OutsideIdentity.id).where(OutsideIdentity.account_id == account_id, OutsideIdentity.issuer == issuer)
    if session.scalar(own) is not None:
        raise AlreadyLinkedError("此账号已经与统一身份认证关联；要换成另一个身份，请先解除")


def _is_linked_elsewhere() -> AlreadyLinkedError:
    return AlreadyLinkedError("这个统一身份认证的身份已经与另一个账号关联；一个身份只能关联一个账号")
