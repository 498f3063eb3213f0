"""How far somebody reaches who runs an organisation; asked inside the transaction that rests on it.

The guard before a page has asked the same, a moment earlier: meanwhile the organisation may have been closed, the
person may run it no longer, a competition may have gone to another.
"""

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from core.accounts import Account, locked_account
from core.auth import Actor, SubjectKind
from core.errors import ConflictError, NotAllowedError, NotFoundError
from core.organisations.models import COMPETITION, Organisation, OrganisationAdmin


class ClosedOrganisationError(ConflictError):
    """The organisation is closed: nothing new begins in it."""

    code = "organisation_closed"


class OutOfReachError(NotAllowedError):
    """Somebody acts for an organisation upon what is another's, or the server's."""

    code = "out_of_reach"


def held_organisation(session: Session, organisation_id: int) -> Organisation:
    """The organisation, held against closing until the transaction ends.

    What a transaction holds, it takes in this order: competition, organisation, account.

    Raises:
        NotFoundError: none.
    """
    query = select(Organisation).where(Organisation.id == organisation_id).with_for_update(key_share=True)
    found = session.scalar(query)
    if found is None:
        raise NotFoundError("没有这个办赛单位")
    return found


def is_over_all(actor: Actor) -> bool:
    """Whether somebody keeps the organisations themselves: a system administrator."""
    return actor.permits_in("organisation.edit", 0)


def require_running(session: Session, organisation_id: int, actor: Actor) -> Organisation:
    """The organisation, open and held, for who runs it and for system administrators.

    Raises:
        NotFoundError: none.
        OutOfReachError: the actor does not run it, or no longer.
        ClosedOrganisationError: it is closed.
    """
    organisation = held_organisation(session, organisation_id)
    if not is_over_all(actor) and not _runs(session, organisation_id, actor):
        raise OutOfReachError("您不是这个办赛单位的管理员")
    if not organisation.is_open:
        raise ClosedOrganisationError("“%(name)s”已经停用", name=organisation.name)
    return organisation


def _runs(session: Session, organisation_id: int, actor: Actor) -> bool:
    if actor.kind is not SubjectKind.ACCOUNT:
        return False
    return session.get(OrganisationAdmin, (organisation_id, actor.subject_id)) is not None


def require_place(session: Session, organisation_id: int | None, actor: Actor) -> None:
    """Let a competition be made where the actor may make one: in an organisation, or (None) as the server's own.

    Raises:
        NotFoundError, OutOfReachError, ClosedOrganisationError: as `require_running`; who runs organisations and is no
            system administrator makes nothing outside them.
    """
    if organisation_id is not None:
        require_running(session, organisation_id, actor)
    elif actor.organisations and not is_over_all(actor):
        raise OutOfReachError("请选择竞赛属于哪个办赛单位")


def is_staff_for(organisation_id: int | None) -> ColumnElement[bool]:
    """Of a query of accounts: whom the organisers of a competition of this organisation may name for a task in it.

    Accounts of the server itself are everybody's to name; those of another organisation do not exist here. Only a
    system administrator has somebody work for two.
    """
    if organisation_id is None:
        return Account.organisation_id.is_(None)
    return Account.organisation_id.is_(None) | (Account.organisation_id == organisation_id)


def in_care(session: Session, account: Account, organisation_id: int) -> bool:
    """Whether an organisation looks after an account: its own staff, who hold nothing anywhere else.

    Whoever holds a role in another organisation's competition, in one of the server's, in the whole system, or runs an
    organisation, is a system administrator's to look after: a password that somebody else sets opens all of that.
    """
    if account.organisation_id != organisation_id:
        return False
    if session.scalar(select(OrganisationAdmin.account_id).where(OrganisationAdmin.account_id == account.id)):
        return False
    own = set(session.scalars(select(COMPETITION.c.id).where(COMPETITION.c.organisation_id == organisation_id)))
    return all(grant.competition_id in own for grant in account.grants)


def account_in_care(session: Session, account_id: int, organisation_id: int | None, actor: Actor) -> Account:
    """The account, held, for somebody who acts for an organisation (None: for the server, and so upon anybody).

    Raises:
        NotFoundError: no such account, or none of this organisation's staff: nobody learns that it exists elsewhere.
        OutOfReachError, ClosedOrganisationError: as `require_running`; or it holds something elsewhere.
    """
    if organisation_id is None:
        return locked_account(session, account_id)
    require_running(session, organisation_id, actor)
    account = locked_account(session, account_id)
    if account.organisation_id != organisation_id:
        raise NotFoundError("没有这个账号")
    if not in_care(session, account, organisation_id):
        raise OutOfReachError("这个账号在别处也有角色，密码、两步验证和停用由系统管理员办理")
    return account
