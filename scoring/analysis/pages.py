"""The chief judge's page of figures: severity, agreement, outliers, affinity, and how hard each aspect is."""

from flask import render_template
from flask.typing import ResponseReturnValue

from competitions.setup import competition_of
from core.auth import requires
from core.db import db
from scoring.analysis import words
from scoring.analysis.gathering import analysis_of, staged_label
from scoring.blueprint import C, bp
from scoring.charts import share_bar, signed_bar
from scoring.engine.analysis_document import figure
from scoring.jury.blindness import closed_pairs

OUTLIERS_SHOWN = 30


@bp.get(f"{C}/events/<int:event_id>/analysis")
@requires("sheet.board")
def analysis(competition_id: int, event_id: int) -> ResponseReturnValue:
    """What the marks of an event tell of its judges and aspects, as they stand now."""
    found = analysis_of(competition_id, event_id)
    return render_template(
        "scoring/analysis.html",
        competition=competition_of(competition_id),
        event=found.event,
        found=found,
        closed=len({entrant for _, entrant in closed_pairs(db.session(), found.event.id)}),
        figure=figure,
        signed_bar=signed_bar,
        share_bar=share_bar,
        shown=OUTLIERS_SHOWN,
        staged=staged_label,
        words=words,
    )
