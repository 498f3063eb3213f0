"""Which competition is whose: said by a system administrator, and what an organisation may see of it."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from competitions.models import Competition
from competitions.setup import locked_competition
from core.accounts import Account, RoleGrant
from core.audit import record
from core.auth import Actor
from core.db import db, transaction
from core.errors import ConflictError, NotFoundError
from core.organisations.reach import ClosedOrganisationError, held_organisation


@dataclass(frozen=True, slots=True)
class SetOrganisation:
    """Whose a competition is from now on; None: the server's own."""

    competition_id: int
    organisation_id: int | None
    actor: Actor


def set_organisation(command: SetOrganisation) -> None:
    """Store it. Roles in the competition stay with those who hold them, also with another organisation's staff.

    Raises:
        NotFoundError: no such competition or organisation.
        ConflictError: it is another organisation's, from which it has to be taken first.
        ClosedOrganisationError: the organisation is closed.
    """
    with transaction() as session:
        competition = locked_competition(session, command.competition_id)
        before, after = competition.organisation_id, command.organisation_id
        if before == after:
            return
        if after is not None:
            organisation = held_organisation(session, after)
            if not organisation.is_open:
                raise ClosedOrganisationError("“%(name)s”已经停用", name=organisation.name)
            if before is not None:
                raise ConflictError("“%(title)s”属于另一个办赛单位，请先在那里移出", title=competition.title)
        competition.organisation_id = after
        target, detail = f"competition:{competition.id}", {"before": before, "organisation": after}
        record(session, command.actor.act("competition.organisation_set", target, competition.id, detail))


def competitions_of_organisation(organisation_id: int | None) -> list[Competition]:
    """The competitions of an organisation, or (None) of the server itself, the latest first."""
    query = select(Competition).order_by(Competition.opens_on.desc(), Competition.id.desc())
    of = Competition.organisation_id
    return list(db.session.scalars(query.where(of.is_(None) if organisation_id is None else of == organisation_id)))


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who works for an organisation: an account with the roles held in the organisation's competitions.

    What the account holds anywhere else is not told.
    """

    account: Account
    grants: tuple[RoleGrant, ...]


def staff_of(organisation_id: int, account_id: int | None = None) -> list[Member]:
    """The organisation's own accounts, and others with a role in its competitions; of one account if it is named.

    Two queries, however many competitions and accounts there are.
    """
    here = (
        select(RoleGrant)
        .join(RoleGrant.account)
        .join(Competition, Competition.id == RoleGrant.competition_id)
        .where(Competition.organisation_id == organisation_id)
        .order_by(Competition.opens_on.desc(), RoleGrant.id)
        .options(contains_eager(RoleGrant.account))
    )
    own = select(Account).where(Account.organisation_id == organisation_id)
    if account_id is not None:
        here, own = here.where(RoleGrant.account_id == account_id), own.where(Account.id == account_id)
    accounts = {account.id: account for account in db.session.scalars(own)}
    grants: dict[int, list[RoleGrant]] = {}
    for grant in db.session.scalars(here):
        accounts[grant.account_id] = grant.account
        grants.setdefault(grant.account_id, []).append(grant)
    found = [Member(account, tuple(grants.get(account.id, ()))) for account in accounts.values()]
    return sorted(found, key=lambda one: (not one.account.is_active, one.account.username))


def member_of(organisation_id: int, account_id: int) -> Member:
    """One of an organisation's staff.

    Raises:
        NotFoundError: no such account, or none that has to do with the organisation.
    """
    found = staff_of(organisation_id, account_id)
    if not found:
        raise NotFoundError("没有这个账号")
    return found[0]
