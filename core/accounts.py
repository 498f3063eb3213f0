"""Accounts of people who sign in with a password, and the roles granted to them."""

import re
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import ForeignKey, Index, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from core.audit import Act, record
from core.clock import now
from core.db import Model, db, transaction
from core.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError
from core.passwords import is_too_easy
from core.permissions import ROLE_NAMES, Role

MINIMUM_PASSWORD_LENGTH = 10
USERNAME = re.compile(r"[a-z][a-z0-9._-]{1,31}")
HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_AT_ONCE = threading.Semaphore(4)
_NOBODY = HASHER.hash("nobody has this password")


class Account(Model):
    """A person who signs in with a password."""

    __tablename__ = "account"

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(unique=True)
    display_name: Mapped[str]
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    """Whose staff this is, where several organisations share the server; others cannot name it for anything."""
    password_hash: Mapped[str]
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    grants: Mapped[list["RoleGrant"]] = relationship(back_populates="account", order_by="RoleGrant.id")


class RoleGrant(Model):
    """One role of one account, in one competition or (competition_id empty) in the whole system."""

    __tablename__ = "role_grant"
    __table_args__ = (
        UniqueConstraint("account_id", "competition_id", "role"),
        Index("ix_role_grant_competition_id", "competition_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    competition_id: Mapped[int | None] = mapped_column(ForeignKey("competition.id"))
    role: Mapped[Role]
    delegation_id: Mapped[int | None] = mapped_column(ForeignKey("delegation.id"))
    """For a team leader: whose."""
    granted_at: Mapped[datetime]
    granted_by: Mapped[str]
    account: Mapped[Account] = relationship(back_populates="grants")

    @property
    def role_name(self) -> str:
        """The role in Chinese, as on the page."""
        return ROLE_NAMES[self.role]


@dataclass(frozen=True, slots=True)
class CreateAccount:
    """A new account. `actor` is who makes it, as in `Actor.key`."""

    username: str
    display_name: str
    password: str
    actor: str
    actor_name: str


def create_account(command: CreateAccount) -> int:
    """Store a new account and return its id.

    Raises:
        WeakPasswordError: a short password, or one that is easy to guess.
        InvalidInputError: an empty name, or a user name that is hard to type.
        ConflictError: the user name is taken.
    """
    hashed = password_of_new(command)
    with transaction() as session:
        return add_account(session, command, hashed)


def password_of_new(command: CreateAccount) -> str:
    """The hash of a new account's password, once its names are in order; made before a transaction waits for it.

    Raises:
        WeakPasswordError, InvalidInputError: as `create_account`.
    """
    username = command.username.strip().lower()
    if not username or not any(char.isalnum() for char in command.display_name):
        raise InvalidInputError("请填写登录名和姓名")
    if not USERNAME.fullmatch(username):
        raise InvalidInputError("登录名用 2 到 32 个小写字母、数字、点或横线，以字母开头")
    return hash_password(command.password, username, command.display_name.strip())


def add_account(session: Session, command: CreateAccount, hashed: str, organisation_id: int | None = None) -> int:
    """The account itself, inside a transaction that a use case has opened; `hashed` is its `password_of_new`.

    Raises:
        ConflictError: the user name is taken.
    """
    username = command.username.strip().lower()
    if session.scalar(select(Account.id).where(Account.username == username)):
        raise ConflictError("登录名 %(name)s 已有人使用，请换一个", name=username)
    account = Account(
        username=username,
        display_name=command.display_name.strip(),
        organisation_id=organisation_id,
        password_hash=hashed,
        created_at=now(),
    )
    session.add(account)
    session.flush()
    detail = {} if organisation_id is None else {"organisation": organisation_id}
    act = Act(command.actor, command.actor_name, "account.created", f"account:{account.id}", None, detail)
    record(session, act)
    return account.id


@dataclass(frozen=True, slots=True)
class GrantRole:
    """Give `account_id` a role in a competition, or in the whole system where `competition_id` is None."""

    account_id: int
    role: Role
    competition_id: int | None
    actor: str
    actor_name: str
    delegation_id: int | None = None


def grant_role(command: GrantRole) -> None:
    """Store the grant; granting what is held already changes nothing.

    Raises:
        NotFoundError: no such account.
    """
    with transaction() as session:
        if session.get(Account, command.account_id) is None:
            raise NotFoundError("没有这个账号")
        add_grant(session, command)


def add_grant(session: Session, command: GrantRole) -> None:
    """The grant itself, inside a transaction that another use case has opened.

    Raises:
        NotAllowedError: a role that is held for an organisation, which as a grant would hold for more.
    """
    if command.role is Role.ORGANISATION_ADMIN:
        raise NotAllowedError("办赛单位管理员在办赛单位的页面上指定")
    held = select(RoleGrant.id).where(
        RoleGrant.account_id == command.account_id,
        RoleGrant.role == command.role,
        RoleGrant.competition_id.is_(None)
        if command.competition_id is None
        else RoleGrant.competition_id == command.competition_id,
    )
    if session.scalar(held):
        return
    session.add(
        RoleGrant(
            account_id=command.account_id,
            role=command.role,
            competition_id=command.competition_id,
            delegation_id=command.delegation_id,
            granted_at=now(),
            granted_by=command.actor,
        )
    )
    detail = {"role": command.role.value}
    act = Act(
        command.actor,
        command.actor_name,
        "role.granted",
        f"account:{command.account_id}",
        command.competition_id,
        detail,
    )
    record(session, act)


def locked_account(session: Session, account_id: int) -> Account:
    """The account, whose row nobody else changes until the caller's transaction ends.

    Raises:
        NotFoundError: no such account.
    """
    account = session.get(Account, account_id, with_for_update=True)
    if account is None:
        raise NotFoundError("没有这个账号")
    return account


class WeakPasswordError(InvalidInputError):
    """Too short, or what anybody would try first."""

    code = "weak_password"


def hash_password(password: str, *names: str) -> str:
    """An argon2id hash (2 passes, 19 MiB).

    Args:
        password: as typed.
        names: of its owner, which make no password.

    Raises:
        WeakPasswordError: too short to be a password, or too easy to guess.
    """
    if len(password) < MINIMUM_PASSWORD_LENGTH:
        raise WeakPasswordError("密码至少 %(n)s 个字符", n=MINIMUM_PASSWORD_LENGTH)
    if is_too_easy(password, *names):
        raise WeakPasswordError("密码太容易猜到：不要用登录名、姓名、连续或重复的字符，不要只用数字；可以用一句话")
    with _AT_ONCE:
        return HASHER.hash(password)


def account_with_password(username: str, password: str) -> Account | None:
    """The active account that this name and password open, or None. Takes as long for an unknown name."""
    account = db.session.scalar(select(Account).where(Account.username == username.strip().lower()))
    hashed = account.password_hash if account else _NOBODY
    with _AT_ONCE:
        try:
            HASHER.verify(hashed, password)
        except VerificationError:
            return None
    return account if account and account.is_active else None


def accounts_in(competition_id: int | None) -> Iterable[RoleGrant]:
    """Grants of one competition, or of the system, with their accounts."""
    query = select(RoleGrant).join(RoleGrant.account).order_by(Account.username, RoleGrant.role)
    if competition_id is None:
        return db.session.scalars(query.where(RoleGrant.competition_id.is_(None)))
    return db.session.scalars(query.where(RoleGrant.competition_id == competition_id))
