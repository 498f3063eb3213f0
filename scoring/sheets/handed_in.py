"""How many sheets judges have handed in, by judge and entrant, for the package that knows of their ties."""

from collections.abc import Sequence

from sqlalchemy import func, select

from core.db import db
from scoring.models import ScoreSheet
from scoring.states import SheetState


def handed_in_by(judge_ids: Sequence[int]) -> dict[tuple[int, int], int]:
    """(Judge, entrant) → sheets that are submitted or confirmed; pairs without any are left out. One query."""
    query = (
        select(ScoreSheet.judge_id, ScoreSheet.entrant_id, func.count())
        .where(ScoreSheet.judge_id.in_(judge_ids), ScoreSheet.state.in_((SheetState.SUBMITTED, SheetState.CONFIRMED)))
        .group_by(ScoreSheet.judge_id, ScoreSheet.entrant_id)
    )
    return {(judge_id or 0, entrant_id): count for judge_id, entrant_id, count in db.session.execute(query)}
