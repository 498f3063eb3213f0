"""What happens to accounts after they are made: roles taken back, passwords replaced, accounts closed and reopened."""

from dataclasses import dataclass

from flask import current_app
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.accounts import Account, RoleGrant, account_with_password, hash_password, locked_account
from core.audit import record
from core.auth import Actor, SubjectKind, count_failure, end_sign_ins, refuse_guessing
from core.db import db, transaction
from core.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError
from core.organisations.reach import account_in_care
from core.permissions import Role
from core.programs.making import end_lost_programs
from core.programs.models import End
from core.second_factor.checking import refusal


class LastAdministratorError(ConflictError):
    """Nobody would be left who manages accounts."""

    code = "last_administrator"


@dataclass(frozen=True, slots=True)
class RevokeGrant:
    """Take one role back."""

    account_id: int
    grant_id: int
    actor: Actor


@dataclass(frozen=True, slots=True)
class ReplacePassword:
    """Another password, as when the old one is forgotten; all devices of the account are signed out."""

    account_id: int
    password: str
    actor: Actor
    organisation_id: int | None = None
    """For which organisation the actor does it; None: for the server."""


class WrongPasswordError(InvalidInputError):
    """The password given as the present one is not."""

    code = "wrong_password"


@dataclass(frozen=True, slots=True)
class ChangeOwnPassword:
    """Somebody's own password, changed by who knows it; the other devices of the account are signed out.

    `code` is asked for where the account has a second factor.
    """

    actor: Actor
    present: str
    wanted: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class SetActive:
    """Close an account or open it again."""

    account_id: int
    is_active: bool
    actor: Actor
    organisation_id: int | None = None
    """For which organisation the actor does it; None: for the server."""


def all_accounts() -> list[Account]:
    """Every account with its grants, the active ones first."""
    return list(db.session.scalars(select(Account).order_by(Account.is_active.desc(), Account.username)))


def revoke_grant(command: RevokeGrant) -> None:
    """Take a role back. What the packages above tie to it ends with it, and stands on the same audit line.

    Raises:
        LastAdministratorError: it is the last active system administrator's.
        NotFoundError: no such grant of this account.
    """
    with transaction() as session:
        grant = session.get(RoleGrant, command.grant_id)
        if grant is None or grant.account_id != command.account_id:
            raise NotFoundError("没有这项角色")
        if grant.role is Role.SYSTEM_ADMIN and grant.competition_id is None:
            _require_another_administrator(session, command.account_id)
        detail = {"role": grant.role.value} | current_app.config["ROLE_ENDS"](session, grant)
        session.delete(grant)
        end_lost_programs(session, command.account_id, End.ROLE_LOST, command.actor)
        target = f"account:{command.account_id}"
        record(session, command.actor.act("role.revoked", target, grant.competition_id, detail))


def replace_password(command: ReplacePassword) -> None:
    """Store another password for somebody else.

    Raises:
        WeakPasswordError: too short to be a password, or too easy to guess.
        NotAllowedError: the own one, which asks for the present one: a screen left alone gives no account away.
        OutOfReachError, ClosedOrganisationError: for an organisation that does not look after the account.
        NotFoundError: no such account.
    """
    if command.actor.kind is SubjectKind.ACCOUNT and command.actor.subject_id == command.account_id:
        raise NotAllowedError("自己的密码请在“我的账号”里更换")
    known = db.session.get(Account, command.account_id)
    hashed = hash_password(command.password, *((known.username, known.display_name) if known else ()))
    with transaction() as session:
        account = account_in_care(session, command.account_id, command.organisation_id, command.actor)
        account.password_hash = hashed
        end_sign_ins(session, account.id)
        record(session, command.actor.act("password.replaced", f"account:{account.id}"))


def own_account(actor: Actor) -> Account:
    """The account of who is signed in.

    Raises:
        NotAllowedError: a judge or contestant, who has none.
    """
    account = db.session.get(Account, actor.subject_id) if actor.kind is SubjectKind.ACCOUNT else None
    if account is None:
        raise NotAllowedError("裁判和选手没有密码")
    return account


def change_own_password(command: ChangeOwnPassword) -> None:
    """Store another password for the actor, whose other devices are signed out; this one stays.

    Raises:
        WrongPasswordError: `present` is not the password.
        WrongCodeError: the account has a second factor, and `code` is none of its codes.
        WeakPasswordError: `wanted` is too short to be a password, or too easy to guess.
        TooManyTriesError: guessed too often; counted together with sign-ins under this name.
        NotAllowedError: the actor has no account.
    """
    account = own_account(command.actor)
    account_id = account.id
    require_present_password(command.actor, command.present)
    hashed = hash_password(command.wanted, account.username, account.display_name)
    with transaction() as session:
        row = locked_account(session, account_id)
        error = refusal(session, row, command.code)
        if error is None:
            row.password_hash = hashed
            end_sign_ins(session, row.id, but=command.actor.sign_in_id)
            record(session, command.actor.act("password.changed", f"account:{row.id}"))
    if error is not None:
        raise error


def require_present_password(actor: Actor, present: str) -> None:
    """Let only somebody pass who knows the own password, not whoever found the screen.

    Raises:
        WrongPasswordError: `present` is not the password.
        TooManyTriesError: guessed too often; counted together with sign-ins under this name.
        NotAllowedError: the actor has no account.
    """
    account = own_account(actor)
    subject = f"name:{account.username}"
    refuse_guessing(subject)
    if account_with_password(account.username, present) is None:
        count_failure(subject)
        raise WrongPasswordError("现在的密码不对")


def set_active(command: SetActive) -> None:
    """Close an account, which signs out its devices, or open it again.

    Raises:
        LastAdministratorError: the last active system administrator would be closed.
        OutOfReachError, ClosedOrganisationError: for an organisation that does not look after the account.
        NotFoundError: no such account.
    """
    with transaction() as session:
        account = account_in_care(session, command.account_id, command.organisation_id, command.actor)
        if not command.is_active:
            if any(grant.role is Role.SYSTEM_ADMIN and grant.competition_id is None for grant in account.grants):
                _require_another_administrator(session, account.id)
            end_sign_ins(session, account.id)
        account.is_active = command.is_active
        if not command.is_active:
            end_lost_programs(session, account.id, End.ACCOUNT_CLOSED, command.actor)
        action = "account.opened" if command.is_active else "account.closed"
        record(session, command.actor.act(action, f"account:{account.id}"))


def _require_another_administrator(session: Session, account_id: int) -> None:
    # Locked, so that two administrators cannot each take the other's role back at the same moment.
    session.scalars(select(RoleGrant).where(RoleGrant.role == Role.SYSTEM_ADMIN).with_for_update()).all()
    others = (
        select(func.count(RoleGrant.id))
        .join(RoleGrant.account)
        .where(
            RoleGrant.role == Role.SYSTEM_ADMIN,
            RoleGrant.competition_id.is_(None),
            RoleGrant.account_id != account_id,
            Account.is_active,
        )
    )
    if not session.scalar(others):
        raise LastAdministratorError("这是最后一个系统管理员，请先把此角色授予另一个账号")
