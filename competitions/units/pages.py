"""The page on which units (project teams, workshops, enterprises) are registered for an event, without persons."""

from collections.abc import Iterator

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from competitions.blueprint import bp
from competitions.events.defining import event_of
from competitions.setup import competition_of
from competitions.units.registering import OPEN_STATES, AddUnits, UnitFacts, add_units
from core.auth import requires, signed_in_actor
from core.db import db
from core.errors import ConflictError, InvalidInputError
from core.i18n import sentence

MOST_TEXT = 20_000


@bp.route("/competitions/<int:competition_id>/events/<int:event_id>/units", methods=["GET", "POST"])
@requires("roster.import")
def units(competition_id: int, event_id: int) -> ResponseReturnValue:
    """The units of an event; more are typed one a line, each with its delegation after a comma."""
    competition = competition_of(competition_id)
    event = event_of(db.session(), competition_id, event_id)
    typed, problem = request.form.get("units", "")[:MOST_TEXT], ""
    if request.method == "POST":
        try:
            made = add_units(AddUnits(competition_id, event_id, tuple(_facts(typed)), signed_in_actor()))
        except (InvalidInputError, ConflictError) as error:
            problem = sentence(error)
        else:
            flash(_("登记了 %(n)s 个参赛单位", n=made), "success")
            return redirect(url_for("competitions.units", competition_id=competition_id, event_id=event_id))
    page = render_template(
        "competitions/units.html",
        competition=competition,
        event=event,
        entrants=event.entrants,
        is_open=competition.state in OPEN_STATES,
        typed=typed,
        problem=problem,
    )
    return page, 422 if problem else 200


def _facts(text: str) -> Iterator[UnitFacts]:
    for line in text.splitlines():
        if line.strip():
            name, _comma, delegation = line.replace("，", ",").replace("\t", ",").partition(",")
            yield UnitFacts(name, delegation)
