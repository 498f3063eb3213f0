"""Pages of the course: how a competition stands, what is to be done next, and its moves."""

from flask import current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from competitions.blueprint import bp
from competitions.course.consequences import consequence
from competitions.course.forms import MoveForm
from competitions.course.moving import MoveCompetition, move_competition
from competitions.course.steps import course_of
from competitions.forms import accepted
from competitions.labels import LEVEL_NAMES
from competitions.lifecycle import STATE_NAMES, CompetitionState, Condition
from competitions.setup import competition_of
from core.auth import requires, signed_in_actor
from core.errors import NotFoundError

ROOMS = {
    Condition.EVENTS_DEFINED: ("competitions.events", "competition.view"),
    Condition.DATES_SET: ("competitions.edit", "competition.edit"),
    Condition.CONTESTANTS_REGISTERED: ("competitions.roster", "roster.view"),
    Condition.ROSTER_SETTLED: ("competitions.roster", "roster.view"),
    Condition.DRAWS_MADE: ("competitions.draw", "draw.run"),
    Condition.SCHEMES_ADOPTED: ("scoring.board", "scheme.edit"),
    Condition.PANELS_COMPLETE: ("competitions.panels", "panel.edit"),
    Condition.CONFLICTS_SETTLED: ("competitions.panels", "panel.edit"),
    Condition.SHEETS_CONFIRMED: ("scoring.board", "sheet.board"),
    Condition.RESULTS_FINAL: ("scoring.results", "result.view"),
    Condition.NOTICE_PERIOD_OVER: ("scoring.results", "result.view"),
    Condition.CERTIFICATES_ISSUED: ("certificates.list_page", "certificate.view"),
    Condition.NO_CERTIFICATES_IN_FORCE: ("certificates.list_page", "certificate.view"),
    Condition.NO_MARKS_YET: ("scoring.board", "sheet.board"),
}


@bp.get("/competitions/<int:competition_id>", endpoint="course")
@requires("competition.view")
def course_page(competition_id: int) -> ResponseReturnValue:
    """The course: how the competition stands, what blocks it, what is to be done next."""
    return _course_page(competition_id, MoveForm(), 200)


def _course_page(competition_id: int, form: MoveForm, status: int) -> ResponseReturnValue:
    competition = competition_of(competition_id)
    facts = current_app.config["COURSE_FACTS"](competition_id)
    shown = course_of(competition, signed_in_actor(), facts)
    page = render_template(
        "competitions/course.html",
        competition=competition,
        course=shown,
        form=form,
        links={condition: _link(condition, competition_id) for condition in Condition},
        consequence=consequence(shown),
        levels=LEVEL_NAMES,
        states=STATE_NAMES,
    )
    return page, status


def _link(condition: Condition, competition_id: int) -> str | None:
    """Where something can be done about a condition, for those who may."""
    endpoint, permission = ROOMS[condition]
    if endpoint not in current_app.view_functions or not signed_in_actor().permits(permission, competition_id):
        return None
    return url_for(endpoint, competition_id=competition_id)


@bp.post("/competitions/<int:competition_id>/moves")
@requires("competition.move")
def move(competition_id: int) -> ResponseReturnValue:
    """Take the competition to another state; who may is decided by the course itself."""
    form = MoveForm()
    if accepted(form, lambda: _move(competition_id, form)):
        flash(_("竞赛已转到“%(state)s”", state=_(STATE_NAMES[CompetitionState(form.target.data)])), "success")
        return redirect(url_for("competitions.course", competition_id=competition_id))
    return _course_page(competition_id, form, 422)


def _move(competition_id: int, form: MoveForm) -> None:
    if form.target.data not in set(CompetitionState):
        raise NotFoundError("没有这个状态")
    command = MoveCompetition(
        competition_id, CompetitionState(form.target.data), signed_in_actor(), form.reason.data or ""
    )
    move_competition(command, current_app.config["COURSE_FACTS"])
