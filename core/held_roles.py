"""What an account holds: roles in competitions and in the whole system, organisations that it runs."""

from typing import Any

from sqlalchemy import BindParameter, bindparam, literal, null, select, union_all
from sqlalchemy.orm import Session
from sqlalchemy.sql.selectable import CompoundSelect

from core.accounts import Account, RoleGrant
from core.organisations.models import COMPETITION, Organisation, OrganisationAdmin
from core.permissions import Role


def _held() -> CompoundSelect[Any]:
    """Rows of an organisation, a competition, a role. One statement: every request of an account asks it."""
    account: BindParameter[int] = bindparam("account")
    granted = (
        select(null().label("organisation"), RoleGrant.competition_id, RoleGrant.role)
        .join(RoleGrant.account)
        .where(RoleGrant.account_id == account, Account.is_active)
    )
    # An organisation without competitions is one row without a competition: it says nothing of the system.
    run = (
        select(
            OrganisationAdmin.organisation_id,
            COMPETITION.c.id,
            literal(Role.ORGANISATION_ADMIN, RoleGrant.role.type),
        )
        .join(Organisation, Organisation.id == OrganisationAdmin.organisation_id)
        .join(Account, Account.id == OrganisationAdmin.account_id)
        .outerjoin(COMPETITION, COMPETITION.c.organisation_id == Organisation.id)
        .where(OrganisationAdmin.account_id == account, Account.is_active, Organisation.is_open)
    )
    return union_all(granted, run)


HELD = _held()


def held_by(session: Session, account_id: int) -> tuple[dict[int | None, frozenset[Role]], frozenset[int]]:
    """The roles of an account, by competition or None for the system, and the open organisations that it runs.

    Nothing for an account that is closed. Who runs an organisation has the role for that in each of its competitions.
    """
    roles: dict[int | None, frozenset[Role]] = {}
    organisations: set[int] = set()
    for organisation_id, competition_id, role in session.execute(HELD, {"account": account_id}):
        if organisation_id is not None:
            organisations.add(organisation_id)
        if organisation_id is None or competition_id is not None:
            roles[competition_id] = roles.get(competition_id, frozenset()) | {role}
    return roles, frozenset(organisations)
