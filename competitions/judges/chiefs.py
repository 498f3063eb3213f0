"""Who is chief judge (裁判长) of a competition: judges of its list, and accounts that hold the role there."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from competitions.judges.panels import give_role, judge_of, require_running
from competitions.models import Judge
from competitions.setup import locked_competition
from core.accounts import Account, RoleGrant
from core.audit import record
from core.auth import Actor
from core.db import db, transaction
from core.permissions import Role


@dataclass(frozen=True, slots=True)
class Chiefs:
    """The chief judges of a competition, by the way in which they sign in.

    Attributes:
        judges: of the list of judges; they sign in with a link and may sit on a panel.
        accounts: grants of accounts, which sign in with a password and mark nothing.
    """

    judges: tuple[Judge, ...]
    accounts: tuple[RoleGrant, ...]

    def __bool__(self) -> bool:
        """Whether there is one at all."""
        return bool(self.judges or self.accounts)


def chiefs_of(competition_id: int) -> Chiefs:
    """Who may confirm sheets as chief judge. A closed account is nobody."""
    judges = select(Judge).where(Judge.competition_id == competition_id, Judge.role == Role.CHIEF_JUDGE)
    grants = (
        select(RoleGrant)
        .join(RoleGrant.account)
        .where(RoleGrant.competition_id == competition_id, RoleGrant.role == Role.CHIEF_JUDGE, Account.is_active)
        .options(joinedload(RoleGrant.account))
    )
    return Chiefs(
        tuple(db.session.scalars(judges.order_by(Judge.id))),
        tuple(db.session.scalars(grants.order_by(RoleGrant.id))),
    )


@dataclass(frozen=True, slots=True)
class NameChief:
    """Make a judge of the list chief judge, or an ordinary judge again."""

    competition_id: int
    judge_id: int
    is_chief: bool
    actor: Actor


def name_chief(command: NameChief) -> str:
    """Store the role, which holds at once on the judge's devices too; returns the judge's name.

    Raises:
        NotFoundError: no such judge in this competition.
        WrongStateError: the competition is over or was called off.
    """
    with transaction() as session:
        competition = locked_competition(session, command.competition_id)
        require_running(competition)
        judge = judge_of(session, competition.id, command.judge_id)
        role = Role.CHIEF_JUDGE if command.is_chief else Role.JUDGE
        if judge.role is not role:
            _change(session, judge, role, command.actor)
        return judge.name


def _change(session: Session, judge: Judge, role: Role, actor: Actor) -> None:
    action = "chief_judge.named" if role is Role.CHIEF_JUDGE else "chief_judge.unnamed"
    give_role(session, judge, role)
    record(session, actor.act(action, f"judge:{judge.id}", judge.competition_id, {"name": judge.name}))
