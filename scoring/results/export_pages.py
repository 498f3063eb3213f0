"""Results of a snapshot on paper and as files: the sheet that three people sign, the workbook, the CSV."""

from flask import Response, render_template
from flask.typing import ResponseReturnValue

from competitions.setup import competition_of
from core.auth import requires
from core.clock import competition_day
from core.db import db
from core.downloads import attachment
from core.errors import ConflictError
from core.i18n import CHINESE, chosen_language
from scoring.blueprint import C, bp
from scoring.formats.xlsx_marks_write import to_csv as marks_to_csv
from scoring.formats.xlsx_marks_write import to_xlsx as marks_to_xlsx
from scoring.models import SchemeVersion
from scoring.results.computing import newest_publication, snapshot_in
from scoring.results.exports import to_csv, to_xlsx
from scoring.results.gates import missed_by_entrant
from scoring.results.given import marks_of
from scoring.results.standings import all_lines
from scoring.sheets.opening import scheme_of

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
    lines = all_lines(snapshot.id)
    return render_template(
        "scoring/result_sheet.html",
        competition=competition_of(competition_id),
        snapshot=snapshot,
        lines=lines,
        missed=missed_by_entrant(snapshot.id, lines),
        publication=publication if was_shown else None,
        is_wide=len(snapshot.document["columns"]) > NARROW,
        today=competition_day(),
    )


@bp.get(f"{C}/snapshots/<int:snapshot_id>/files/<any(xlsx, csv):kind>")
@requires("result.view")
def result_file(competition_id: int, snapshot_id: int, kind: str) -> ResponseReturnValue:
    """The list with its columns; the workbook has every mark on a second sheet."""
    snapshot = snapshot_in(db.session(), competition_id, snapshot_id)
    lines = all_lines(snapshot.id, unfolded=kind == "xlsx" or chosen_language() != CHINESE)
    title = competition_of(competition_id).title
    data = to_xlsx(snapshot, lines, title) if kind == "xlsx" else to_csv(snapshot, lines)
    name = f"{snapshot.event.name}-{snapshot.number}.{kind}"
    return Response(data, content_type=MEDIA[kind], headers=attachment(name))


@bp.get(f"{C}/snapshots/<int:snapshot_id>/marks/<any(xlsx, csv):kind>")
@requires("result.view")
def marks_file(competition_id: int, snapshot_id: int, kind: str) -> ResponseReturnValue:
    """Every mark and item value that the result rests on, as a file that `scoring rank` reads with the scheme."""
    snapshot = snapshot_in(db.session(), competition_id, snapshot_id)
    scheme = scheme_of(db.session.get_one(SchemeVersion, snapshot.scheme_version_id))
    marks = marks_of(line.unfolding for line in all_lines(snapshot.id, unfolded=True))
    if marks is None:
        raise ConflictError("这份成绩计算时还没有留存原始评分；重新计算一份即可")
    data = marks_to_xlsx(marks, scheme) if kind == "xlsx" else marks_to_csv(marks, scheme)
    name = f"{snapshot.event.name}-{snapshot.number}-marks.{kind}"
    return Response(data, content_type=MEDIA[kind], headers=attachment(name))
