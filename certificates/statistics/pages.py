"""Pages of figures, for organisers alone; what may leave the house hides small counts."""

from collections.abc import Mapping
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from certificates.awards.pages import C
from certificates.blueprint import bp
from certificates.papers.files import TYPES
from certificates.statistics import charts
from certificates.statistics import report as figures
from certificates.statistics.figures import MEASURE_MEANINGS, MEASURE_NAMES, Measure
from certificates.statistics.forms import TermsForm, form_of
from certificates.statistics.gathering import terms_of
from certificates.statistics.innovating import FORMULAS, OWN_COUNTING, amount
from certificates.statistics.rates import NAMED_IN, OWN_PROPOSAL
from certificates.statistics.stating import (
    ExportStatistics,
    StateTerms,
    export_statistics,
    of_all,
    of_competition,
    state_terms,
)
from competitions.setup import competition_of
from core.auth import requires, signed_in_actor
from core.db import db
from core.downloads import attachment
from core.errors import InvalidInputError
from core.i18n import sentence

UNITS_SHOWN = 200
FIRST_UNITS = 15


@bp.get(f"{C}/statistics", endpoint="statistics")
@requires("statistics.view")
def statistics_page(competition_id: int) -> ResponseReturnValue:
    """The figures of one competition."""
    return _page(competition_id, form_of(terms_of(db.session(), competition_id)), 200)


@bp.post(f"{C}/statistics")
@requires("competition.edit")
def state(competition_id: int) -> ResponseReturnValue:
    """State what the rates are reckoned from."""
    form = TermsForm()
    if not form.validate_on_submit():
        return _page(competition_id, form, 422)
    try:
        state_terms(StateTerms(competition_id, form.document(), signed_in_actor()))
    except InvalidInputError as error:
        form.workforce.errors = [sentence(error)]
        return _page(competition_id, form, 422)
    flash(_("已记下，两率按新的口径计算"), "success")
    return redirect(url_for("certificates.statistics", competition_id=competition_id))


def _page(competition_id: int, form: TermsForm, status: int) -> ResponseReturnValue:
    found = of_competition(competition_id, is_public=_is_public())
    competition = competition_of(competition_id)
    page = render_template("certificates/statistics.html", competition=competition, form=form, **_shown(found))
    return page, status


@bp.get(f"{C}/statistics.xlsx")
@requires("statistics.view")
def statistics_file(competition_id: int) -> ResponseReturnValue:
    """The same as a workbook."""
    return _xlsx(ExportStatistics(competition_id, _is_public(), signed_in_actor()))


@bp.get("/statistics")
@requires("statistics.view", anywhere=True)
def all_statistics() -> ResponseReturnValue:
    """The figures of all competitions of the visitor, by year and by unit."""
    return render_template(
        "certificates/all_statistics.html", **_shown(of_all(signed_in_actor(), is_public=_is_public()))
    )


@bp.get("/statistics.xlsx")
@requires("statistics.view", anywhere=True)
def all_statistics_file() -> ResponseReturnValue:
    """The same as a workbook."""
    return _xlsx(ExportStatistics(None, _is_public(), signed_in_actor()))


def _is_public() -> bool:
    return "public" in request.args


def _shown(found: figures.Report) -> Mapping[str, Any]:
    units = found.units[:UNITS_SHOWN]
    return {
        "report": found,
        "units": list(zip(units, charts.widths(units, Measure.TOOK_PART), strict=True)),
        "clusters": charts.clusters(found.years, figures.SHOWN_FOR_UNITS),
        "measures": list(Measure),
        "few": figures.SHOWN_FOR_UNITS,
        "first": FIRST_UNITS,
        "names": MEASURE_NAMES,
        "meanings": MEASURE_MEANINGS,
        "cell": figures.cell,
        "amount": amount,
        "formulas": FORMULAS,
        "shares": [charts.shares(row.took_part) for row in found.groups],
        "kind_bars": charts.bars([row.count for row in found.innovations.kinds]),
        "reach": charts.REACH,
        "words": {
            "named_in": NAMED_IN,
            "own": OWN_PROPOSAL,
            "own_counting": OWN_COUNTING,
            "hidden": figures.HIDDEN_NOTE,
        },
        "form_size": (charts.WIDTH, charts.HEIGHT, charts.FOOT),
    }


def _xlsx(command: ExportStatistics) -> Response:
    name = "参赛与受益统计（对外）.xlsx" if command.is_public else "参赛与受益统计.xlsx"
    return Response(export_statistics(command), mimetype=TYPES["xlsx"], headers=attachment(name))
