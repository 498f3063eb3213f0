"""What marking tells whoever watches the installation: sheets by state, and when a mark was saved last."""

from collections.abc import Iterator

from sqlalchemy import func, select

from core.db import db
from core.metrics.text import Figure, by_label, figure
from scoring.models import ScoreSheet, SheetRevision
from scoring.states import SheetState


def figures() -> Iterator[Figure]:
    """Over all competitions of the installation; two queries."""
    counted = dict(
        db.session.execute(select(ScoreSheet.state, func.count(ScoreSheet.id)).group_by(ScoreSheet.state)).all()
    )
    values = {state.value: counted.get(state, 0) for state in SheetState}
    yield by_label("sheets", "Score sheets by state.", "state", values)
    newest = db.session.scalar(select(SheetRevision.saved_at).order_by(SheetRevision.id.desc()).limit(1))
    if newest is not None:
        text = "When the newest save of a score sheet came, in seconds since 1970."
        yield figure("last_save_timestamp_seconds", text, newest.timestamp())
