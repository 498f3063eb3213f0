"""The chief judge's page on the judges of an event: severity, agreement, outliers, kindness to the own."""

from flask import render_template
from flask.typing import ResponseReturnValue

from competitions.events import event_of
from competitions.setup import competition_of
from core.auth import requires
from core.db import db
from scoring.engine.analysis_document import report_document
from scoring.judge_charts import WIDTH, severity_strips
from scoring.judge_review import event_judges
from scoring.views import bp


@bp.get("/competitions/<int:competition_id>/events/<int:event_id>/judges")
@requires("sheet.confirm")
def judges(competition_id: int, event_id: int) -> ResponseReturnValue:
    """What the marks of an event say about its judges, as they stand now."""
    found = event_judges(competition_id, event_id)
    return render_template(
        "scoring/judges.html",
        competition=competition_of(competition_id),
        event=event_of(db.session(), competition_id, event_id),
        found=found,
        figures=report_document(found.report) if found else None,
        strips=severity_strips(found.report.severity) if found else {},
        width=WIDTH,
    )
