"""Score sheets as PDF: one, those of an entrant, those of a module in parts; for those who may look at the board."""

from urllib.parse import quote

from flask import Response, current_app, request, url_for
from flask.typing import ResponseReturnValue

from competitions.judges.panels import module_of
from core.auth import requires, signed_in_actor
from core.db import db
from scoring.blueprint import C, bp
from scoring.sheet_files.blank_forms_pdf import draw_sheets
from scoring.sheet_files.drawing import draw_signed_sheets
from scoring.sheet_files.hall_forms import Order, hall_forms
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


@bp.get(f"{C}/modules/<int:module_id>/forms.pdf")
@requires("sheet.board")
def forms_pdf(competition_id: int, module_id: int) -> ResponseReturnValue:
    """A blank form for every sheet of a module, for the hour when tablets fail; `by=judge` gives each judge a stack."""
    module = module_of(db.session(), competition_id, module_id)
    order: Order = "judge" if request.args.get("by") == "judge" else "number"
    part = request.args.get("part", 1, type=int)
    base = str(current_app.config["BASE_URL"])
    forms = hall_forms(db.session(), module, lambda key: base + url_for("tablet.sheet_page", sheet_id=key), order, part)
    return _named(draw_sheets(forms), f"{module.name}-空白评分表" + (f"-{part}" if part > 1 else ""))


def _pdf(found: SheetFile, name: str) -> Response:
    return _named(draw_signed_sheets(found), name)


def _named(data: bytes, name: str) -> Response:
    response = Response(data, mimetype="application/pdf")
    response.headers["Content-Disposition"] = f"inline; filename*=UTF-8''{quote(name + '.pdf')}"
    return response
