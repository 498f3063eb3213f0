"""Leaders of delegations: an account is named as leader of one delegation, and unnamed again."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from competitions.delegations.defining import delegation_of
from competitions.setup import locked_competition
from core.accounts import Account, GrantRole, RoleGrant, add_grant
from core.audit import record
from core.auth import Actor
from core.db import db, transaction
from core.errors import ConflictError, NotFoundError
from core.organisations.reach import is_staff_for
from core.permissions import Role


@dataclass(frozen=True, slots=True)
class NameLeader:
    """Make the account with this login name leader of a delegation."""

    competition_id: int
    delegation_id: int
    username: str
    actor: Actor


@dataclass(frozen=True, slots=True)
class UnnameLeader:
    """Take the leadership back."""

    competition_id: int
    delegation_id: int
    grant_id: int
    actor: Actor


def name_leader(command: NameLeader) -> None:
    """Grant the role; naming who leads already changes nothing.

    Raises:
        NotFoundError: no such delegation in this competition, or no such account.
        ConflictError: the account leads another delegation of the competition.
    """
    username = command.username.strip().lower()
    with transaction() as session:
        # Held until the end, so that of two people who name at once the second sees what the first did.
        competition = locked_competition(session, command.competition_id)
        delegation = delegation_of(session, command.competition_id, command.delegation_id)
        staff = is_staff_for(competition.organisation_id)
        account = session.scalar(select(Account).where(Account.username == username, Account.is_active, staff))
        if account is None:
            raise NotFoundError("没有登录名为“%(name)s”的账号，请先请系统管理员建立", name=username)
        held = session.scalar(_leading(command.competition_id).where(RoleGrant.account_id == account.id))
        if held is not None and held.delegation_id != delegation.id:
            raise ConflictError("“%(name)s”已是另一个代表队的领队", name=account.display_name)
        if held is None:
            actor = command.actor
            grant = GrantRole(
                account.id, Role.TEAM_LEADER, command.competition_id, actor.key, actor.name, delegation.id
            )
            add_grant(session, grant)


def unname_leader(command: UnnameLeader) -> None:
    """Take the role back.

    Raises:
        NotFoundError: nobody leads this delegation by that grant.
    """
    with transaction() as session:
        delegation = delegation_of(session, command.competition_id, command.delegation_id)
        grant = session.get(RoleGrant, command.grant_id)
        if grant is None or (grant.delegation_id, grant.role) != (delegation.id, Role.TEAM_LEADER):
            raise NotFoundError("没有这项角色")
        session.delete(grant)
        target, detail = f"account:{grant.account_id}", {"role": grant.role.value, "delegation": delegation.name}
        record(session, command.actor.act("role.revoked", target, command.competition_id, detail))


def leaders_of(competition_id: int, delegation_id: int) -> Sequence[RoleGrant]:
    """Who leads a delegation, with their accounts."""
    query = _leading(competition_id).where(RoleGrant.delegation_id == delegation_id)
    return db.session.scalars(query.options(joinedload(RoleGrant.account)).order_by(RoleGrant.id)).all()


def _leading(competition_id: int) -> Select[RoleGrant]:
    return select(RoleGrant).where(RoleGrant.competition_id == competition_id, RoleGrant.role == Role.TEAM_LEADER)
