"""Use cases of system administrators: make an organisation, rename, close it, say who runs it, whose staff is whose."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.accounts import Account, locked_account
from core.audit import record
from core.auth import Actor
from core.clock import now
from core.db import transaction
from core.errors import ConflictError, InvalidInputError, NotFoundError
from core.organisations.models import Organisation, OrganisationAdmin
from core.organisations.reach import held_organisation

LONGEST_NAME, LONGEST_SHORT = 60, 12


class OrganisationNameError(ConflictError):
    """Another organisation has this name."""

    code = "organisation_name"


@dataclass(frozen=True, slots=True)
class AddOrganisation:
    """A new organisation; `short_name` for narrow places, or empty."""

    name: str
    short_name: str
    actor: Actor


def add_organisation(command: AddOrganisation) -> int:
    """Store an organisation and return its id. Nothing belongs to it and nobody runs it until somebody says so.

    Raises:
        InvalidInputError: no name, or one that is too long.
        OrganisationNameError: the name is taken.
    """
    name, short_name = _names(command.name, command.short_name)
    with transaction() as session:
        _require_free(session, name, None)
        row = Organisation(name=name, short_name=short_name, is_open=True, created_at=now())
        session.add(row)
        session.flush()
        detail = {"name": name, "short_name": short_name}
        record(session, command.actor.act("organisation.added", f"organisation:{row.id}", None, detail))
        return row.id


@dataclass(frozen=True, slots=True)
class RenameOrganisation:
    """Other names for an organisation."""

    organisation_id: int
    name: str
    short_name: str
    actor: Actor


def rename_organisation(command: RenameOrganisation) -> None:
    """Store the names; what was signed and printed keeps its hosts, which are words of their own.

    Raises:
        InvalidInputError, OrganisationNameError: as `add_organisation`.
        NotFoundError: no such organisation.
    """
    name, short_name = _names(command.name, command.short_name)
    with transaction() as session:
        row = held_organisation(session, command.organisation_id)
        _require_free(session, name, row.id)
        detail = {"before": row.name, "name": name, "short_name": short_name}
        row.name, row.short_name = name, short_name
        record(session, command.actor.act("organisation.renamed", f"organisation:{row.id}", None, detail))


@dataclass(frozen=True, slots=True)
class OpenOrganisation:
    """Close an organisation, or open it again."""

    organisation_id: int
    is_open: bool
    actor: Actor


def open_organisation(command: OpenOrganisation) -> None:
    """Closed, nobody makes competitions or accounts in it or gives roles through it; what is under way goes on.

    Raises:
        NotFoundError: no such organisation.
    """
    with transaction() as session:
        row = held_organisation(session, command.organisation_id)
        if row.is_open == command.is_open:
            return
        row.is_open = command.is_open
        action = "organisation.opened" if command.is_open else "organisation.closed"
        record(session, command.actor.act(action, f"organisation:{row.id}"))


@dataclass(frozen=True, slots=True)
class NameAdmin:
    """Have the account with this login name run an organisation."""

    organisation_id: int
    username: str
    actor: Actor


def name_admin(command: NameAdmin) -> str:
    """Store it, with effect on the person's next request, and return the name; who runs it already, runs it.

    Raises:
        InvalidInputError: no open account with this login name.
        NotFoundError: no such organisation.
    """
    username = command.username.strip().lower()
    with transaction() as session:
        row = held_organisation(session, command.organisation_id)
        account = session.scalar(select(Account).where(Account.username == username, Account.is_active))
        if account is None:
            raise InvalidInputError("没有登录名为“%(name)s”的账号，请先建立", name=username)
        if session.get(OrganisationAdmin, (row.id, account.id)) is None:
            actor = command.actor
            session.add(
                OrganisationAdmin(organisation_id=row.id, account_id=account.id, named_at=now(), named_by=actor.key)
            )
            detail = {"organisation": row.id}
            record(session, actor.act("organisation_admin.named", f"account:{account.id}", None, detail))
        return account.display_name


@dataclass(frozen=True, slots=True)
class UnnameAdmin:
    """Have an account run an organisation no longer."""

    organisation_id: int
    account_id: int
    actor: Actor


def unname_admin(command: UnnameAdmin) -> None:
    """Take it back, with effect on the person's next request. Roles in single competitions stay.

    Raises:
        NotFoundError: no such organisation, or the account does not run it.
    """
    with transaction() as session:
        row = held_organisation(session, command.organisation_id)
        found = session.get(OrganisationAdmin, (row.id, command.account_id))
        if found is None:
            raise NotFoundError("这个账号不是这个办赛单位的管理员")
        session.delete(found)
        target, detail = f"account:{command.account_id}", {"organisation": row.id}
        record(session, command.actor.act("organisation_admin.unnamed", target, None, detail))


@dataclass(frozen=True, slots=True)
class SetHome:
    """Say whose staff an account is; None: the server's own, whom every organiser may name."""

    account_id: int
    organisation_id: int | None
    actor: Actor


def set_home(command: SetHome) -> None:
    """Store it. Roles that the account holds stay, wherever they are.

    Raises:
        NotFoundError: no such account or organisation.
    """
    with transaction() as session:
        if command.organisation_id is not None:
            held_organisation(session, command.organisation_id)
        account = locked_account(session, command.account_id)
        if account.organisation_id == command.organisation_id:
            return
        detail = {"before": account.organisation_id, "organisation": command.organisation_id}
        account.organisation_id = command.organisation_id
        record(session, command.actor.act("account.moved", f"account:{account.id}", None, detail))


def _names(name: str, short_name: str) -> tuple[str, str]:
    name, short_name = name.strip(), short_name.strip()
    if not any(character.isalnum() for character in name):
        raise InvalidInputError("请填写办赛单位的名称")
    if len(name) > LONGEST_NAME or len(short_name) > LONGEST_SHORT:
        raise InvalidInputError(
            "名称不超过 %(name)s 个字，简称不超过 %(short)s 个字", name=LONGEST_NAME, short=LONGEST_SHORT
        )
    return name, short_name


def _require_free(session: Session, name: str, own: int | None) -> None:
    taken = session.scalar(select(Organisation.id).where(Organisation.name == name))
    if taken is not None and taken != own:
        raise OrganisationNameError("已经有叫“%(name)s”的办赛单位", name=name)
