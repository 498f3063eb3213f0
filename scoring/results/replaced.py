"""Results that the public has seen and sees no more: a corrected one stands in their place, and that is said."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from scoring.models import Publication


def last_shown(session: Session, snapshot_id: int) -> Publication | None:
    """When and as what the public was last shown a snapshot; None if it never was."""
    query = select(Publication).where(Publication.snapshot_id == snapshot_id)
    return session.scalar(query.order_by(Publication.id.desc()).limit(1))


def replaced_by(session: Session, publication: Publication) -> Publication | None:
    """What the public saw before a publication, if it was another snapshot of the event.

    That a snapshot on notice was made final replaces nothing: what was shown before it was first shown counts.
    """
    first = (
        select(Publication.id)
        .where(Publication.snapshot_id == publication.snapshot_id)
        .order_by(Publication.id)
        .limit(1)
    )
    query = (
        select(Publication)
        .where(
            Publication.event_id == publication.event_id,
            Publication.snapshot_id != publication.snapshot_id,
            Publication.id < first.scalar_subquery(),
        )
        .options(joinedload(Publication.snapshot))
    )
    return session.scalar(query.order_by(Publication.id.desc()).limit(1))


def ever_shown(session: Session, event_ids: Sequence[int]) -> frozenset[int]:
    """Which snapshots of these events the public has ever been shown. One query."""
    query = select(Publication.snapshot_id).where(Publication.event_id.in_(event_ids))
    return frozenset(session.scalars(query))
