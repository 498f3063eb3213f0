"""Pages: a competition held against its rule packs, and the approval of deviations."""

from flask import current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from competitions import setup
from competitions.alignment.aligning import ApproveDeviation, approve_deviation, held_events
from competitions.alignment.comparing import AGREES, DEVIATES, OPEN
from competitions.alignment.forms import DeviationForm
from competitions.alignment.lapses import lapses_of
from competitions.blueprint import bp
from competitions.forms import accepted
from competitions.pack_reading.pages import words
from core.auth import requires, signed_in_actor
from core.clock import competition_day
from core.db import db

VERDICT_NAMES = {AGREES: _l("相符"), DEVIATES: _l("不符"), OPEN: _l("待核")}
VERDICT_TONES = {AGREES: "done", DEVIATES: "blocked", OPEN: "waiting"}


@bp.get("/competitions/<int:competition_id>/alignment", endpoint="alignment")
@requires("competition.view")
def alignment_page(competition_id: int) -> ResponseReturnValue:
    """Every event against every pack: what agrees, what deviates, what a person must check."""
    return _alignment_page(competition_id, DeviationForm())


def _alignment_page(competition_id: int, form: DeviationForm) -> ResponseReturnValue:
    competition = setup.competition_of(competition_id)
    events = held_events(db.session(), competition, current_app.config["SCHEME_FACTS"])
    page = render_template(
        "competitions/alignment.html",
        competition=competition,
        events=events,
        packs_found={held.pack.id: held.pack for event in events for held in event.packs},
        lapses=lapses_of(db.session(), competition),
        form=form,
        today=competition_day(),
        verdicts=VERDICT_NAMES,
        tones=VERDICT_TONES,
        **words(),
    )
    return page, 422 if form.is_submitted() else 200


@bp.post("/competitions/<int:competition_id>/alignment")
@requires("competition.edit")
def approve_alignment(competition_id: int) -> ResponseReturnValue:
    """Let one deviation stand, with a reason."""
    form = DeviationForm()
    if accepted(form, lambda: _approve(competition_id, form)):
        flash(_("已记下同意偏离的理由"), "success")
        return redirect(url_for("competitions.alignment", competition_id=competition_id))
    return _alignment_page(competition_id, form)


def _approve(competition_id: int, form: DeviationForm) -> None:
    command = ApproveDeviation(
        competition_id,
        form.event_id.data,
        form.pack_id.data,
        form.dimension.data,
        form.wanted.data,
        form.found.data,
        form.reason.data or "",
        signed_in_actor(),
    )
    approve_deviation(command, current_app.config["SCHEME_FACTS"])
