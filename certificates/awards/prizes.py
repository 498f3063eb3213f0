"""Reading of prizes by snapshot, for rooms that do not give any themselves."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select

from certificates.models import Award
from core.db import db


def prizes_of(snapshot_ids: Sequence[int]) -> Mapping[tuple[int, int], str]:
    """(snapshot, entrant) → name of the prize, of those who have one and of whom nothing is left to decide."""
    query = select(Award).where(Award.snapshot_id.in_(snapshot_ids), Award.prize != "")
    awards = db.session.scalars(query)
    return {(award.snapshot_id, award.entrant_id): award.prize for award in awards if not award.is_open}
