"""How the appeals of an event stand: until when they may come, how many are open, what they keep from being final."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from competitions.models import Competition, Event
from scoring.appeals.models import Appeal
from scoring.appeals.states import AppealState, due_after
from scoring.models import Publication, ResultSnapshot


@dataclass(frozen=True, slots=True)
class AppealsOfEvent:
    """What the appeals of an event mean for its result.

    Attributes:
        open: how many are not ruled upon.
        upheld_since: numbers of those upheld after the snapshot was computed, so that it cannot be right.
        due_at: until when appeals may come; None where nothing was laid down or nothing is shown.
    """

    open: int
    upheld_since: tuple[int, ...]
    due_at: datetime | None


def appeals_of_event(session: Session, snapshot: ResultSnapshot) -> AppealsOfEvent:
    """How appeals stand against publishing a snapshot. Four queries."""
    query = select(Appeal).where(Appeal.event_id == snapshot.event_id).options(selectinload(Appeal.steps))
    appeals = session.scalars(query.order_by(Appeal.number)).all()
    return AppealsOfEvent(
        open=sum(appeal.is_open for appeal in appeals),
        upheld_since=tuple(appeal.number for appeal in appeals if _is_upheld_since(appeal, snapshot.computed_at)),
        due_at=due_of(session, snapshot.event_id),
    )


def _is_upheld_since(appeal: Appeal, moment: datetime) -> bool:
    closing = appeal.closing
    return closing is not None and appeal.state is AppealState.UPHELD and closing.taken_at > moment


def newest_shown(session: Session, event_id: int) -> Publication | None:
    """What the public sees of an event now."""
    query = select(Publication).where(Publication.event_id == event_id).order_by(Publication.id.desc())
    return session.scalar(query.limit(1))


def due_of(session: Session, event_id: int) -> datetime | None:
    """Until when appeals against an event's result may come; counted from the newest result shown for objections.

    A corrected result that is shown anew gives everybody the time anew: it may be wrong for somebody else.
    """
    query = (
        select(func.max(Publication.published_at), Competition.appeal_hours)
        .select_from(Event)
        .join(Competition, Competition.id == Event.competition_id)
        .join(Publication, (Publication.event_id == Event.id) & Publication.is_final.is_(False))
        .where(Event.id == event_id)
        .group_by(Competition.appeal_hours)
    )
    found = session.execute(query).first()
    return None if found is None else due_after(found[0], found[1])


def open_by_event(session: Session, event_ids: Sequence[int]) -> Counter[int]:
    """Event id → how many appeals are not ruled upon. Two queries."""
    query = select(Appeal).where(Appeal.event_id.in_(event_ids)).options(selectinload(Appeal.steps))
    return Counter(appeal.event_id for appeal in session.scalars(query) if appeal.is_open)
