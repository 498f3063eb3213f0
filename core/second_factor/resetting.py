"""An administrator resets a second factor that is lost; and who has one, and who not."""

from dataclasses import dataclass

from flask import current_app
from sqlalchemy import select

from core.accounts import Account
from core.audit import record
from core.auth import Actor, SubjectKind, end_sign_ins
from core.db import db, transaction
from core.errors import InvalidInputError, NotAllowedError, NotFoundError
from core.organisations.models import OrganisationAdmin
from core.organisations.reach import account_in_care
from core.permissions import Role
from core.second_factor.models import SecondFactor
from core.second_factor.policy import must_have
from core.second_factor.setting_up import forget


@dataclass(frozen=True, slots=True)
class ResetSecondFactor:
    """Remove the second factor of somebody else, who lost phone and paper; `reason` says how that is known."""

    account_id: int
    reason: str
    actor: Actor
    organisation_id: int | None = None
    """For which organisation the actor does it; None: for the server."""


@dataclass(frozen=True, slots=True)
class Holder:
    """An account, and whether it has a second factor; `must` where the server asks for one."""

    account: Account
    has: bool
    must: bool


def reset(command: ResetSecondFactor) -> None:
    """Remove it; the account is signed out on every device and signs in by password alone until it is set up anew.

    Raises:
        InvalidInputError: no reason.
        NotAllowedError: the own one, which asks for a code to be turned off.
        OutOfReachError, ClosedOrganisationError: for an organisation that does not look after the account.
        NotFoundError: no such account, or it has none.
    """
    reason = command.reason.strip()
    if not reason:
        raise InvalidInputError("请写明重置的原因，例如怎样核实了本人身份")
    if command.actor.kind is SubjectKind.ACCOUNT and command.actor.subject_id == command.account_id:
        raise NotAllowedError("自己的两步验证请在“我的账号”里用动态码或恢复码关闭")
    with transaction() as session:
        account = account_in_care(session, command.account_id, command.organisation_id, command.actor)
        if session.get(SecondFactor, account.id) is None:
            raise NotFoundError("此账号没有开启两步验证")
        forget(session, account.id)
        end_sign_ins(session, account.id)
        record(session, command.actor.act("second_factor.reset", f"account:{account.id}", None, {"reason": reason}))


def holders() -> list[Holder]:
    """Every active account; first those that must have a second factor and have none."""
    having = set(db.session.scalars(select(SecondFactor.account_id)))
    running = set(db.session.scalars(select(OrganisationAdmin.account_id)))
    accounts = db.session.scalars(select(Account).where(Account.is_active).order_by(Account.username))
    found = [Holder(account, account.id in having, _must(account, account.id in running)) for account in accounts]
    return sorted(found, key=lambda one: one.has or not one.must)


def _must(account: Account, runs_organisation: bool) -> bool:
    roles: dict[int | None, frozenset[Role]] = {}
    for grant in account.grants:
        roles[grant.competition_id] = roles.get(grant.competition_id, frozenset()) | {grant.role}
    return bool(current_app.config["SETTINGS"].requires_second_factor) and must_have(
        roles, runs_organisation=runs_organisation
    )
