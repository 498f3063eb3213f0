"""Saying that an account and a judge of the list are one person: then it decides nothing about marks of its own.

Nobody is taken for another by a name: equal names are offered, a person chooses. Who marks could otherwise free the
own account again, so from marking on nobody unties the own.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from competitions.judges.conflicts import name_key
from competitions.judges.panels import SEATING_STATES, judge_of, require_running
from competitions.models import Competition, Judge
from competitions.setup import locked_competition
from core.accounts import Account, RoleGrant
from core.audit import record
from core.auth import Actor, SubjectKind
from core.db import db, transaction
from core.errors import ConflictError, InvalidInputError, NotAllowedError


class UnknownAccountError(InvalidInputError):
    """No open account that has anything to do with this competition."""

    code = "unknown_account"


class AccountTakenError(ConflictError):
    """The account is said to be another judge of this competition."""

    code = "account_taken"


class OwnAccountError(NotAllowedError):
    """Somebody would free the own account while marks are given."""

    code = "own_account"


@dataclass(frozen=True, slots=True)
class LinkAccount:
    """This account is the same person as the judge; None: the judge has no account, or not this one."""

    competition_id: int
    judge_id: int
    account_id: int | None
    actor: Actor


@dataclass(frozen=True, slots=True)
class NamedAlike:
    """A judge without account beside an account of the same name: perhaps one person, perhaps two."""

    judge: Judge
    account: Account


def link_account(command: LinkAccount) -> str:
    """Store which account is the judge and return the judge's name. It holds at once, also for marks given before.

    Raises:
        NotFoundError: no such judge in this competition.
        UnknownAccountError: no open account with a role here or everywhere.
        AccountTakenError: it belongs to another judge of this competition.
        OwnAccountError: the actor would free the own account after marking began.
        WrongStateError: the competition is over or was called off.
    """
    with transaction() as session:
        competition = locked_competition(session, command.competition_id)
        require_running(competition)
        judge = judge_of(session, competition.id, command.judge_id)
        before, after = judge.account_id, command.account_id
        if before == after:
            return judge.name
        _require_not_own(competition, before, command.actor)
        if after is not None:
            _require_usable(session, competition.id, after)
        judge.account_id = after
        detail = {"name": judge.name, "before": before, "after": after}
        action = "judge.account_linked" if after is not None else "judge.account_unlinked"
        record(session, command.actor.act(action, f"judge:{judge.id}", competition.id, detail))
        return judge.name


def _require_not_own(competition: Competition, account_id: int | None, actor: Actor) -> None:
    is_own = actor.kind is SubjectKind.ACCOUNT and actor.subject_id == account_id
    if is_own and competition.state not in SEATING_STATES:
        raise OwnAccountError("评分开始以后，本人不能改掉自己的账号对应，请另一名组织者办理")


def _require_usable(session: Session, competition_id: int, account_id: int) -> None:
    # The competition's row is locked, so two organisers cannot give one account to two judges at the same moment.
    other = session.scalar(select(Judge).where(Judge.competition_id == competition_id, Judge.account_id == account_id))
    if other is not None:
        raise AccountTakenError("这个账号已经是裁判%(name)s（%(unit)s）", name=other.name, unit=other.unit)
    if all(account.id != account_id for account in _accounts(session, competition_id)):
        raise UnknownAccountError("没有这个账号，或者它在本竞赛没有角色")


def _accounts(session: Session, competition_id: int) -> Sequence[Account]:
    here = or_(RoleGrant.competition_id == competition_id, RoleGrant.competition_id.is_(None))
    holders = select(RoleGrant.account_id).where(here)
    query = select(Account).where(Account.id.in_(holders), Account.is_active)
    return session.scalars(query.order_by(Account.username)).all()


def accounts_offered(competition_id: int, judge: Judge) -> list[Account]:
    """The accounts that `judge` may be: those of the same name first. One that is another judge is left out."""
    session = db.session()
    taken = set(
        session.scalars(
            select(Judge.account_id).where(
                Judge.competition_id == competition_id, Judge.id != judge.id, Judge.account_id.is_not(None)
            )
        )
    )
    offered = [account for account in _accounts(session, competition_id) if account.id not in taken]
    own = session.get(Account, judge.account_id) if judge.account_id is not None else None
    if own is not None and own not in offered:  # closed since, or without a role
        offered.append(own)
    return sorted(offered, key=lambda account: not is_named_alike(judge, account))


def is_named_alike(judge: Judge, account: Account) -> bool:
    """Whether the two have the same name, however it is spaced."""
    return name_key(judge.name) == name_key(account.display_name)


def named_alike(competition_id: int, judges: Sequence[Judge]) -> list[NamedAlike]:
    """Judges of whom nobody has said which account is theirs, and accounts of the same name. One query."""
    taken = {judge.account_id for judge in judges}
    accounts = [account for account in _accounts(db.session(), competition_id) if account.id not in taken]
    return [
        NamedAlike(judge, account)
        for judge in judges
        if judge.account_id is None
        for account in accounts
        if is_named_alike(judge, account)
    ]


def accounts_of(judges: Sequence[Judge]) -> dict[int, Account]:
    """Judge → the account that is the same person; judges without one are missing. One query, none without any."""
    wanted = {judge.account_id: judge.id for judge in judges if judge.account_id is not None}
    query = select(Account).where(Account.id.in_(wanted))
    return {wanted[account.id]: account for account in db.session.scalars(query)} if wanted else {}
