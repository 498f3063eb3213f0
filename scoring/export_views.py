"""Results of a snapshot on paper and as files: the sheet that three people sign, the workbook, the CSV."""

from urllib.parse import quote

from flask import Response, render_template
from flask.typing import ResponseReturnValue

from competitions.setup import competition_of
from core.auth import requires
from core.clock import competition_day
from core.db import db
from scoring.exports import to_csv, to_xlsx
from scoring.results import newest_publication, snapshot_in
from scoring.standings import all_lines
from scoring.views import C, bp

NARROW = 6
"""Columns of modules up to which the sheet stays upright."""
MEDIA = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}


@bp.get(f"{C}/snapshots/<int:snapshot_id>/sheet")
@requires("result.view")
def result_sheet(competition_id: int, snapshot_id: int) -> ResponseReturnValue:
    """The result sheet for A4 with three signatures."""
    snapshot = snapshot_in(db.session(), competition_id, snapshot_id)
    publication = newest_publication(db.session(), snapshot.event_id)
    was_shown = publication is not None and publication.snapshot_id == snapshot.id
    return render_template(
        "scoring/result_sheet.html",
        competition=competition_of(competition_id),
        snapshot=snapshot,
        lines=all_lines(snapshot.id),
        publication=publication if was_shown else None,
        is_wide=len(snapshot.document["columns"]) > NARROW,
        today=competition_day(),
    )


@bp.get(f"{C}/snapshots/<int:snapshot_id>/files/<any(xlsx, csv):kind>")
@requires("result.view")
def result_file(competition_id: int, snapshot_id: int, kind: str) -> ResponseReturnValue:
    """The list with its columns; the workbook has every mark on a second sheet."""
    snapshot = snapshot_in(db.session(), competition_id, snapshot_id)
    lines = all_lines(snapshot.id, unfolded=kind == "xlsx")
    title = competition_of(competition_id).title
    data = to_xlsx(snapshot, lines, title) if kind == "xlsx" else to_csv(snapshot, lines)
    name = f"{snapshot.event.name}-{snapshot.number}.{kind}"
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}"}
    return Response(data, content_type=MEDIA[kind], headers=headers)
