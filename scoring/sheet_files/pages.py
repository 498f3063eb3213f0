"""Score sheets as PDF: one, those of an entrant, those of a module in parts; for those who may look at the board."""

from urllib.parse import quote

from flask import Response, request
from flask.typing import ResponseReturnValue

from core.auth import requires, signed_in_actor
from scoring.blueprint import C, bp
from scoring.sheet_files.drawing import draw_signed_sheets
from scoring.sheet_files.reading import SheetFile, entrant_file, module_file, sheet_file


@bp.get(f"{C}/sheets/<int:sheet_id>.pdf")
@requires("sheet.board")
def sheet_pdf(competition_id: int, sheet_id: int) -> ResponseReturnValue:
    """One sheet as paper."""
    found = sheet_file(competition_id, sheet_id, signed_in_actor())
    sheet = found.sheets[0]
    return _pdf(found, f"{sheet.module}-{sheet.draw_number}-{sheet.seat}")


@bp.get(f"{C}/modules/<int:module_id>/entrants/<int:entrant_id>/sheets.pdf")
@requires("sheet.board")
def entrant_pdf(competition_id: int, module_id: int, entrant_id: int) -> ResponseReturnValue:
    """All sheets of an entrant in a module as one file."""
    found = entrant_file(competition_id, module_id, entrant_id, signed_in_actor())
    sheet = found.sheets[0]
    return _pdf(found, f"{sheet.module}-{sheet.draw_number}")


@bp.get(f"{C}/modules/<int:module_id>/sheets.pdf")
@requires("sheet.board")
def module_pdf(competition_id: int, module_id: int) -> ResponseReturnValue:
    """The sheets of a module as one file; `part` where there are many entrants."""
    part = request.args.get("part", 1, type=int)
    found = module_file(competition_id, module_id, signed_in_actor(), part)
    name = f"{found.sheets[0].event}-{found.sheets[0].module}"
    return _pdf(found, name if part == 1 else f"{name}-{part}")


def _pdf(found: SheetFile, name: str) -> Response:
    response = Response(draw_signed_sheets(found), mimetype="application/pdf")
    response.headers["Content-Disposition"] = f"inline; filename*=UTF-8''{quote(name + '.pdf')}"
    return response
