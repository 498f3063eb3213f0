"""Makers of organisations, of who runs them, and of somebody who holds every role in a competition."""

from typing import Any

from factories import NUMBERS, make_account, make_delegation, stored

from competitions.models import Competition
from core.accounts import Account, GrantRole, grant_role
from core.auth import Actor, SubjectKind
from core.clock import now
from core.db import db, transaction
from core.organisations.models import Organisation, OrganisationAdmin
from core.permissions import Role

IN_A_COMPETITION = (
    Role.ORGANISER,
    Role.CHIEF_JUDGE,
    Role.SUPERVISOR,
    Role.CODE_KEEPER,
    Role.DATA_ENTRY,
    Role.AUDITOR,
)


def make_organisation(**over: Any) -> Organisation:
    """An open organisation."""
    values = {"name": f"第{next(NUMBERS)}总工会", "short_name": "", "is_open": True, "created_at": now()}
    return stored(Organisation(**(values | over)))


def make_staff(organisation: Organisation | None, **over: Any) -> Account:
    """An account that is this organisation's; `role` and `competition` as for `make_account`."""
    account = make_account(**over)
    with transaction() as session:
        session.get_one(Account, account.id).organisation_id = organisation.id if organisation else None
    return db.session.get_one(Account, account.id)


def make_admin(organisation: Organisation, **over: Any) -> Account:
    """An account of the organisation's staff that runs it."""
    account = make_staff(organisation, **over)
    stored(OrganisationAdmin(organisation_id=organisation.id, account_id=account.id, named_at=now(), named_by="system"))
    return account


def admin_actor(account: Account, organisation: Organisation, *competitions: Competition) -> Actor:
    """Who runs the organisation, as the guard before every page sees the account."""
    roles: dict[int | None, frozenset[Role]] = {one.id: frozenset({Role.ORGANISATION_ADMIN}) for one in competitions}
    name = account.display_name
    return Actor(SubjectKind.ACCOUNT, account.id, name, 0, roles, organisations=frozenset({organisation.id}))


def make_everybody(organisation: Organisation, competition: Competition, **over: Any) -> Account:
    """One account with every role that an account may hold in a competition."""
    account = make_staff(organisation, **over)
    for role in IN_A_COMPETITION:
        grant_role(GrantRole(account.id, role, competition.id, "system", "System"))
    delegation = make_delegation(competition=competition, name="Own delegation")
    grant_role(GrantRole(account.id, Role.TEAM_LEADER, competition.id, "system", "System", delegation.id))
    return db.session.get_one(Account, account.id)
