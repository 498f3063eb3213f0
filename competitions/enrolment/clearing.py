"""What remains of people who did not become entrants is deleted once the competition is over: nobody needs it then."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, delete, func, select

from competitions.enrolment.models import EnrolmentEntry
from competitions.lifecycle import CompetitionState
from competitions.models import Competition
from competitions.setup import WrongStateError, locked_competition
from core.audit import record
from core.auth import Actor
from core.db import db, transaction
from core.errors import ConflictError

OVER = (CompetitionState.ARCHIVED, CompetitionState.CALLED_OFF)


class NothingLeftError(ConflictError):
    """There is nobody whose data could be deleted."""

    code = "nothing_left"


@dataclass(frozen=True, slots=True)
class ClearLeftovers:
    """Delete what delegations stated of people who are no entrants."""

    competition_id: int
    actor: Actor


def clear_leftovers(command: ClearLeftovers) -> int:
    """Delete it and return of how many people. What was handed in, how often and by whom stays; it names nobody else.

    Raises:
        WrongStateError: the competition is not over.
        NothingLeftError: nobody is left.
        NotFoundError: no such competition.
    """
    with transaction() as session:
        competition = locked_competition(session, command.competition_id)
        if competition.state not in OVER:
            raise WrongStateError("竞赛归档或停办以后，才能删除没有参赛的人员的填报资料")
        count = session.scalar(select(func.count(EnrolmentEntry.id)).where(_left(competition))) or 0
        if not count:
            raise NothingLeftError("没有要删除的填报资料")
        session.execute(delete(EnrolmentEntry).where(_left(competition)))
        target = f"competition:{competition.id}"
        record(session, command.actor.act("enrolment.cleared", target, competition.id, {"count": count}))
        return count


def leftovers(competition: Competition) -> int:
    """Of how many people data could be deleted now."""
    if competition.state not in OVER:
        return 0
    return db.session.scalar(select(func.count(EnrolmentEntry.id)).where(_left(competition))) or 0


def _left(competition: Competition) -> ColumnElement[bool]:
    return (EnrolmentEntry.competition_id == competition.id) & EnrolmentEntry.entrant_id.is_(None)
