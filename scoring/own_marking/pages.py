"""A judge's own marking statistics: one page, for nobody but the judge who is signed in."""

from flask import render_template
from flask.typing import ResponseReturnValue

from core.auth import requires, signed_in_actor
from scoring.blueprint import bp
from scoring.charts import span_bar
from scoring.engine.analysis_document import figure
from scoring.own_marking.gathering import own_events


@bp.get("/own-marking")
@requires("sheet.mark", anywhere=True)
def own_marking() -> ResponseReturnValue:
    """How many sheets, and how far from the panel's median; whose page it is the sign-in says, never the address."""
    return render_template(
        "scoring/own_marking.html",
        events=own_events(signed_in_actor().judge_id),
        figure=figure,
        span_bar=span_bar,
    )
