"""Roles that an organisation's administrator gives and takes back, in the organisation's own competitions only."""

from dataclasses import dataclass

from sqlalchemy import select

from competitions.colleagues.naming import NameColleague, UnnameColleague, name_colleague, unname_colleague
from competitions.models import Competition
from core.accounts import Account, RoleGrant
from core.auth import Actor
from core.db import db
from core.errors import NotFoundError
from core.permissions import Role


@dataclass(frozen=True, slots=True)
class GrantInOrganisation:
    """A role in one of the organisation's competitions for one of the accounts that it may name."""

    organisation_id: int
    account_id: int
    competition_id: int
    role: Role
    actor: Actor


def grant_in_organisation(command: GrantInOrganisation) -> str:
    """Grant the role, as an organiser of the competition would, and return the person's name.

    Raises:
        NotFoundError: no such account, or a competition that is not the organisation's.
        NotNameableError, UnknownAccountError, OutOfReachError, ClosedOrganisationError: as `name_colleague`.
    """
    _require_own(command.organisation_id, command.competition_id)
    username = db.session.scalar(select(Account.username).where(Account.id == command.account_id))
    if username is None:
        raise NotFoundError("没有这个账号")
    return name_colleague(NameColleague(command.competition_id, username, command.role, command.actor))


@dataclass(frozen=True, slots=True)
class RevokeInOrganisation:
    """Take a role in one of the organisation's competitions back."""

    organisation_id: int
    account_id: int
    grant_id: int
    actor: Actor


def revoke_in_organisation(command: RevokeInOrganisation) -> str:
    """Take the role back, as an organiser of the competition would, and return the person's name.

    Raises:
        NotFoundError: no such role of this account in a competition of the organisation.
        LastOrganiserError, OutOfReachError, ClosedOrganisationError: as `unname_colleague`.
    """
    grant = db.session.get(RoleGrant, command.grant_id)
    if grant is None or grant.account_id != command.account_id or grant.competition_id is None:
        raise NotFoundError("没有这项角色")
    competition_id = grant.competition_id
    _require_own(command.organisation_id, competition_id)
    return unname_colleague(UnnameColleague(competition_id, command.grant_id, command.actor))


def _require_own(organisation_id: int, competition_id: int) -> None:
    """What belongs elsewhere does not exist here; the use cases ask once more who may do this, with the row held."""
    competition = db.session.get(Competition, competition_id)
    if competition is None or competition.organisation_id != organisation_id:
        raise NotFoundError("没有这项竞赛")
