"""The page on which a new competition is set up as an earlier one was."""

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from competitions import setup
from competitions.blueprint import bp
from competitions.copying.copying import CopyCompetition, copy_competition
from competitions.copying.forms import CopyForm
from competitions.copying.timetable import span_of
from competitions.forms import accepted, offer_line
from competitions.pages import facts_of, fill, warn_of_lapses
from competitions.standards.words import span
from core.auth import requires, signed_in_actor
from core.db import db


@bp.route("/competitions/<int:competition_id>/copies/new", methods=["GET", "POST"])
@requires("competition.create")
def copy(competition_id: int) -> ResponseReturnValue:
    """The facts of the new competition, as those of the earlier one but for its days."""
    source = setup.competition_with_modules(competition_id)
    form = CopyForm(obj=None if request.method == "POST" else source)
    made: list[int] = []
    if accepted(form, lambda: made.append(_copy(competition_id, form))):
        flash(_("已照原来的设置建立。请核对赛项、评分方案和规则包是否仍然适用。"), "success")
        if form.takes_timetable.data:
            flash(_("带过来的日程都是草稿，还没有公开，请核对日期、地点和说明。"), "success")
        warn_of_lapses(made[0])
        return redirect(url_for("competitions.course", competition_id=made[0]))
    if request.method == "GET":
        fill(form, source)
        form.title.data = form.opens_on.data = form.closes_on.data = form.announced_on.data = None
        form.takes_timetable.data = True
    offer_line(form.programmes)
    page = render_template(
        "competitions/copy.html",
        form=form,
        source=setup.competition_with_modules(competition_id),
        timetable=span_of(db.session(), competition_id),
        span=span,
    )
    return page, 422 if form.is_submitted() else 200


def _copy(competition_id: int, form: CopyForm) -> int:
    command = CopyCompetition(competition_id, facts_of(form), signed_in_actor(), form.timetable())
    return copy_competition(command, current_app.config["COPY_MARKING"])
