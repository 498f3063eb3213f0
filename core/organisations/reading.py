"""What pages show of organisations: all of them, those somebody runs, who runs which, whose staff is whose."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.expression import ColumnClause

from core.accounts import Account
from core.auth import Actor
from core.db import db
from core.errors import NotFoundError
from core.organisations.models import COMPETITION, Organisation, OrganisationAdmin
from core.organisations.reach import is_over_all


@dataclass(frozen=True, slots=True)
class Line:
    """An organisation on the list: how many competitions and accounts are its, and who runs it."""

    organisation: Organisation
    competitions: int
    accounts: int
    admins: tuple[str, ...]


def organisation_of(organisation_id: int) -> Organisation:
    """The organisation, to be shown.

    Raises:
        NotFoundError: none.
    """
    found = db.session.get(Organisation, organisation_id)
    if found is None:
        raise NotFoundError("没有这个办赛单位")
    return found


def organisations(*, only_open: bool = False) -> list[Organisation]:
    """Every organisation by name, those that are closed last. One query."""
    query = select(Organisation).order_by(Organisation.is_open.desc(), Organisation.name)
    return list(db.session.scalars(query.where(Organisation.is_open) if only_open else query))


def run_by(actor: Actor) -> list[Organisation]:
    """The open organisations in which somebody may make competitions and accounts, by name."""
    query = select(Organisation).where(Organisation.is_open).order_by(Organisation.name)
    if not is_over_all(actor):
        query = query.where(Organisation.id.in_(actor.organisations))
    return list(db.session.scalars(query))


def lines() -> list[Line]:
    """Every organisation with its figures. Four queries, however many there are."""
    competitions = _counts(COMPETITION.c.organisation_id)
    accounts = _counts(Account.organisation_id)
    names: dict[int, list[str]] = {}
    running = select(OrganisationAdmin.organisation_id, Account.display_name).join(
        Account, Account.id == OrganisationAdmin.account_id
    )
    for organisation_id, name in db.session.execute(running.order_by(OrganisationAdmin.named_at, Account.id)):
        names.setdefault(organisation_id, []).append(name)
    return [
        Line(one, competitions.get(one.id, 0), accounts.get(one.id, 0), tuple(names.get(one.id, ())))
        for one in organisations()
    ]


def _counts(column: InstrumentedAttribute[int | None] | ColumnClause[Any]) -> Mapping[int, int]:
    query = select(column, func.count()).where(column.is_not(None)).group_by(column)
    return {key: number for key, number in db.session.execute(query) if key is not None}


def admins_of(organisation_id: int) -> Sequence[Account]:
    """The accounts that run an organisation, in the order in which they were named."""
    query = select(Account).join(OrganisationAdmin, OrganisationAdmin.account_id == Account.id)
    query = query.where(OrganisationAdmin.organisation_id == organisation_id)
    return db.session.scalars(query.order_by(OrganisationAdmin.named_at, Account.id)).all()


def organisations_run(account_ids: Sequence[int] | None = None) -> dict[int, list[Organisation]]:
    """Account → the organisations that it runs; of all accounts where none are named. One query."""
    query = select(OrganisationAdmin.account_id, Organisation).join(
        Organisation, Organisation.id == OrganisationAdmin.organisation_id
    )
    if account_ids is not None:
        query = query.where(OrganisationAdmin.account_id.in_(account_ids))
    found: dict[int, list[Organisation]] = {}
    for account_id, organisation in db.session.execute(query.order_by(Organisation.name)):
        found.setdefault(account_id, []).append(organisation)
    return found
