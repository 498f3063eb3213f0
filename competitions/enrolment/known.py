"""What other rooms ask of online registration: whether a delegation has used it, who waits, what a person leaves."""

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from competitions.enrolment.models import EnrolmentEntry, EnrolmentHandIn, EntryState
from competitions.models import Delegation
from core.db import db
from core.messages import Said, said


def has_enrolled(session: Session, delegation_id: int) -> bool:
    """Whether a delegation has entered anybody, or handed anything in: then the row cannot be deleted."""
    entered = select(EnrolmentEntry.id).where(EnrolmentEntry.delegation_id == delegation_id).limit(1)
    handed_in = select(EnrolmentHandIn.id).where(EnrolmentHandIn.delegation_id == delegation_id).limit(1)
    return any(session.scalar(query) is not None for query in (entered, handed_in))


def waiting(competition_id: int) -> tuple[Said, ...]:
    """Delegations with people who were handed in and of whom nobody has decided; one sentence each."""
    query = (
        select(Delegation.name, func.count(EnrolmentEntry.id))
        .join(EnrolmentEntry, EnrolmentEntry.delegation_id == Delegation.id)
        .where(EnrolmentEntry.competition_id == competition_id, EnrolmentEntry.state == EntryState.HANDED_IN)
        .group_by(Delegation.id, Delegation.name)
        .order_by(Delegation.position)
    )
    return tuple(
        said("%(delegation)s报送的 %(n)s 人还没有审核", delegation=name, n=n) for name, n in db.session.execute(query)
    )


def forget(session: Session, competition_id: int, document_index: str) -> None:
    """Delete what delegations stated of a person in a competition, inside a transaction that a use case has opened."""
    session.execute(
        delete(EnrolmentEntry).where(
            EnrolmentEntry.competition_id == competition_id, EnrolmentEntry.document_index == document_index
        )
    )
