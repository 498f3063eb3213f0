"""Colleagues of a competition: accounts that hold a role there, named by an organiser and taken back again."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from competitions.judges.event_chiefs import charge_ends
from competitions.models import Competition, Delegation
from competitions.setup import locked_competition
from core.accounts import Account, GrantRole, RoleGrant, add_grant
from core.audit import record
from core.auth import Actor
from core.db import db, transaction
from core.errors import ConflictError, InvalidInputError, NotFoundError
from core.organisations.models import OrganisationAdmin
from core.organisations.reach import OutOfReachError, is_over_all, is_staff_for, require_running
from core.permissions import Role
from core.programs.making import end_lost_programs
from core.programs.models import End

NAMEABLE = (Role.ORGANISER, Role.CHIEF_JUDGE, Role.SUPERVISOR, Role.CODE_KEEPER, Role.DATA_ENTRY, Role.AUDITOR)
"""What an organiser may give in the own competition. A leader is named with a delegation, a judge on a panel."""


class NotNameableError(InvalidInputError):
    """A role that an organiser cannot give."""

    code = "not_nameable"


class UnknownAccountError(InvalidInputError):
    """Nobody signs in with this name."""

    code = "unknown_account"


class LastOrganiserError(ConflictError):
    """Nobody would be left who runs the competition."""

    code = "last_organiser"


@dataclass(frozen=True, slots=True)
class NameColleague:
    """Give the account with this login name a role in one competition."""

    competition_id: int
    username: str
    role: Role
    actor: Actor


@dataclass(frozen=True, slots=True)
class UnnameColleague:
    """Take a role of one competition back."""

    competition_id: int
    grant_id: int
    actor: Actor


@dataclass(frozen=True, slots=True)
class Colleagues:
    """Everybody who may work on a competition.

    Attributes:
        named: roles in this competition, by role and name.
        leaders: leaders with the name of their delegation.
        everywhere: roles in the whole system that reach into every competition.
        administrators: whom to ask for a new account: who runs the organisation, else the server.
    """

    named: tuple[RoleGrant, ...]
    leaders: tuple[tuple[RoleGrant, str], ...]
    everywhere: tuple[RoleGrant, ...]
    administrators: tuple[str, ...]


def colleagues_of(competition_id: int) -> Colleagues:
    """Who may work on a competition. Four queries; closed accounts are left out, they open nothing."""
    open_grants = (
        select(RoleGrant).join(RoleGrant.account).where(Account.is_active).options(joinedload(RoleGrant.account))
    )
    here = list(db.session.scalars(open_grants.where(RoleGrant.competition_id == competition_id)))
    system = list(db.session.scalars(open_grants.where(RoleGrant.competition_id.is_(None)).order_by(RoleGrant.id)))
    led = select(Delegation.id, Delegation.name).where(Delegation.competition_id == competition_id)
    delegations = dict(db.session.execute(led).all())
    named = [grant for grant in here if grant.role in NAMEABLE]
    return Colleagues(
        named=tuple(sorted(named, key=lambda grant: (NAMEABLE.index(grant.role), grant.id))),
        leaders=tuple((g, delegations.get(g.delegation_id or 0, "")) for g in here if g.role is Role.TEAM_LEADER),
        everywhere=tuple(grant for grant in system if grant.role is not Role.SYSTEM_ADMIN),
        administrators=_running(competition_id)
        or tuple(grant.account.display_name for grant in system if grant.role is Role.SYSTEM_ADMIN),
    )


def _running(competition_id: int) -> tuple[str, ...]:
    query = (
        select(Account.display_name)
        .join(OrganisationAdmin, OrganisationAdmin.account_id == Account.id)
        .join(Competition, Competition.organisation_id == OrganisationAdmin.organisation_id)
        .where(Competition.id == competition_id, Account.is_active)
    )
    return tuple(db.session.scalars(query.order_by(Account.id)))


def name_colleague(command: NameColleague) -> str:
    """Grant the role and return the colleague's name; naming who holds it already changes nothing.

    Raises:
        NotNameableError: a role that is not an organiser's to give.
        UnknownAccountError: no open account with this login name, or another organisation's.
        OutOfReachError, ClosedOrganisationError: as `require_staffing`.
        NotFoundError: no such competition.
    """
    if command.role not in NAMEABLE:
        raise NotNameableError("这个角色不能在这里授予")
    username = command.username.strip().lower()
    with transaction() as session:
        competition = locked_competition(session, command.competition_id)
        require_staffing(session, competition, command.actor)
        staff = is_staff_for(competition.organisation_id)
        account = session.scalar(select(Account).where(Account.username == username, Account.is_active, staff))
        if account is None:
            raise UnknownAccountError("没有登录名为“%(name)s”的账号，请先请系统管理员建立", name=username)
        actor = command.actor
        add_grant(session, GrantRole(account.id, command.role, competition.id, actor.key, actor.name))
        return account.display_name


def unname_colleague(command: UnnameColleague) -> str:
    """Take the role back, with effect on the next request, and return the colleague's name.

    A chief judge's charge of single events ends with it; the audit line names the events.

    Raises:
        NotFoundError: no such role in this competition, or one that is not taken back here.
        LastOrganiserError: it is the last organiser's.
        OutOfReachError, ClosedOrganisationError: as `require_staffing`.
    """
    with transaction() as session:
        competition = locked_competition(session, command.competition_id)
        require_staffing(session, competition, command.actor)
        grant = session.get(RoleGrant, command.grant_id)
        if grant is None or grant.competition_id != competition.id or grant.role not in NAMEABLE:
            raise NotFoundError("没有这项角色")
        if grant.role is Role.ORGANISER:
            _require_another_organiser(session, grant)
        name, detail = grant.account.display_name, {"role": grant.role.value} | charge_ends(session, grant)
        session.delete(grant)
        end_lost_programs(session, grant.account_id, End.ROLE_LOST, command.actor)
        target = f"account:{grant.account_id}"
        record(session, command.actor.act("role.revoked", target, competition.id, detail))
        return name


def require_staffing(session: Session, competition: Competition, actor: Actor) -> None:
    """Whoever is here for the organisation, and not as an organiser, must still run the one that has the competition.

    Raises:
        OutOfReachError: the competition is another organisation's by now, or the actor does not run it any more.
        ClosedOrganisationError: it is closed.
    """
    if is_over_all(actor) or actor.permits("competition.edit", competition.id):
        return
    if competition.organisation_id is None:
        raise OutOfReachError("这项竞赛已不属于您的办赛单位")
    require_running(session, competition.organisation_id, actor)


def _require_another_organiser(session: Session, grant: RoleGrant) -> None:
    # The competition's row is locked, so two organisers cannot each take the other's role back at the same moment.
    others = (
        select(func.count(RoleGrant.id))
        .join(RoleGrant.account)
        .where(
            RoleGrant.competition_id == grant.competition_id,
            RoleGrant.role == Role.ORGANISER,
            RoleGrant.id != grant.id,
            Account.is_active,
        )
    )
    if not session.scalar(others):
        raise LastOrganiserError("这是本竞赛最后一名组织者，请先指定另一名")
