"""What happens to accounts after they are made: roles taken back, passwords replaced, accounts closed and reopened."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.accounts import Account, RoleGrant, hash_password
from core.audit import record
from core.auth import Actor, SignIn, SubjectKind
from core.clock import now
from core.db import db, transaction
from core.errors import ConflictError, NotFoundError
from core.permissions import Role


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


@dataclass(frozen=True, slots=True)
class SetActive:
    """Close an account or open it again."""

    account_id: int
    is_active: bool
    actor: Actor


def all_accounts() -> list[Account]:
    """Every account with its grants, the active ones first."""
    return list(db.session.scalars(select(Account).order_by(Account.is_active.desc(), Account.username)))


def revoke_grant(command: RevokeGrant) -> None:
    """Take a role back.

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
        detail = {"role": grant.role.value}
        session.delete(grant)
        target = f"account:{command.account_id}"
        record(session, command.actor.act("role.revoked", target, grant.competition_id, detail))


def replace_password(command: ReplacePassword) -> None:
    """Store another password.

    Raises:
        InvalidInputError: too short to be a password.
        NotFoundError: no such account.
    """
    hashed = hash_password(command.password)
    with transaction() as session:
        account = _account(session, command.account_id)
        account.password_hash = hashed
        _sign_out_everywhere(session, account.id)
        record(session, command.actor.act("password.replaced", f"account:{account.id}"))


def set_active(command: SetActive) -> None:
    """Close an account, which signs out its devices, or open it again.

    Raises:
        LastAdministratorError: the last active system administrator would be closed.
        NotFoundError: no such account.
    """
    with transaction() as session:
        account = _account(session, command.account_id)
        if not command.is_active:
            if any(grant.role is Role.SYSTEM_ADMIN and grant.competition_id is None for grant in account.grants):
                _require_another_administrator(session, account.id)
            _sign_out_everywhere(session, account.id)
        account.is_active = command.is_active
        action = "account.opened" if command.is_active else "account.closed"
        record(session, command.actor.act(action, f"account:{account.id}"))


def _account(session: Session, account_id: int) -> Account:
    account = session.get(Account, account_id, with_for_update=True)
    if account is None:
        raise NotFoundError("没有这个账号")
    return account


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


def _sign_out_everywhere(session: Session, account_id: int) -> None:
    rows = select(SignIn).where(
        SignIn.subject_kind == SubjectKind.ACCOUNT, SignIn.subject_id == account_id, SignIn.revoked_at.is_(None)
    )
    for row in session.scalars(rows):
        row.revoked_at = now()
