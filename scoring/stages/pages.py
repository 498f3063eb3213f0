"""The page on which an organiser sees who goes on to the next stage, decides what the line leaves open, and presses."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from competitions.forms import accepted
from competitions.setup import competition_of
from competitions.stages.linking import OPEN_STATES
from core.auth import requires, signed_in_actor
from core.db import db
from scoring.blueprint import C, bp
from scoring.sheets.opening import has_marks
from scoring.stages.carrying import CarryOn, carry_on
from scoring.stages.forms import CarryForm, command_of
from scoring.stages.reading import way_into

NEAR = 10
"""So many beyond the line are shown with what can be decided of them; the others are folded away."""


@bp.get(f"{C}/events/<int:event_id>/carrying")
@requires("roster.import")
def carrying(competition_id: int, event_id: int) -> ResponseReturnValue:
    """Who goes on by the line, who is tied on it, who was decided upon, what a later result changed."""
    return _page(competition_id, event_id)


def _page(competition_id: int, event_id: int, form: CarryForm | None = None) -> str:
    competition = competition_of(competition_id)
    way = way_into(db.session(), competition_id, event_id)
    return render_template(
        "scoring/stages/carrying.html",
        competition=competition,
        way=way,
        event=way.stage.event,
        earlier=way.earlier,
        is_marked=has_marks(event_id),
        is_open=competition.state in OPEN_STATES,
        refusals=form.form_errors if form else (),
        near=NEAR,
    )


@bp.post(f"{C}/events/<int:event_id>/carryings")
@requires("roster.import")
def carry(competition_id: int, event_id: int) -> ResponseReturnValue:
    """Take on who goes by the line and who is named; what was typed stays where that is refused."""
    form, command = CarryForm(), command_of(competition_id, event_id, request.form, signed_in_actor())
    if not accepted(form, lambda: _carry(command)):
        return _page(competition_id, event_id, form), 422
    return redirect(url_for("scoring.carrying", competition_id=competition_id, event_id=event_id))


def _carry(command: CarryOn) -> None:
    done = carry_on(command)
    if done.added or done.left_out:
        flash(_("已带入 %(n)s 个参赛者，另有 %(m)s 个决定不晋级", n=done.added, m=done.left_out), "success")
    else:
        flash(_("没有新的要带入：该晋级的都已带入"), "success")
