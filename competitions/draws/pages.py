"""Pages: the draw of a competition's events, its lists and its replay."""

import re

from flask import current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from competitions import setup
from competitions.blueprint import bp
from competitions.draws import drawing
from competitions.draws.draw import places_here
from competitions.draws.forms import DrawForm
from competitions.events import defining
from competitions.forms import accepted
from competitions.lifecycle import CompetitionState
from competitions.registration.entrants import COMPETING
from competitions.stages.reading import later_stages
from core.auth import requires, signed_in_actor
from core.db import db

_BETWEEN_WORDS = re.compile(r"[\s,，、;；]+")


@bp.get("/competitions/<int:competition_id>/draw", endpoint="draw")
@requires("draw.run")
def draw_page(competition_id: int) -> ResponseReturnValue:
    """Every event with its draw."""
    competition = setup.competition_of(competition_id)
    made = drawing.draws_by_event(competition_id)
    draws = {event.id: made.get(event.id, []) for event in competition.events}
    at_draw = competition.state is CompetitionState.DRAWING
    later = later_stages(db.session(), competition)
    return render_template(
        "competitions/draw.html",
        competition=competition,
        draws=draws,
        sizes=defining.entrants_by_event(competition_id),
        open_events={event.id for event in competition.events if at_draw or event.id in later},
    )


@bp.get("/competitions/<int:competition_id>/events/<int:event_id>/draw")
@requires("draw.run")
def event_draw(competition_id: int, event_id: int) -> ResponseReturnValue:
    """The draw of one event: its list, its record, and the form for the next draw."""
    return _draw_page(competition_id, event_id, DrawForm())


def _draw_page(competition_id: int, event_id: int, form: DrawForm) -> ResponseReturnValue:
    competition = setup.competition_of(competition_id)
    event = defining.event_of(db.session(), competition_id, event_id)
    draws = drawing.draws_of(event_id)
    form.earlier.data = len(draws)
    lots = sorted(
        (entrant for entrant in event.entrants if entrant.draw_number is not None),
        key=lambda entrant: entrant.draw_number or 0,
    )
    page = render_template(
        "competitions/event_draw.html",
        competition=competition,
        event=event,
        draws=draws,
        lots=lots,
        places={place[0]: place for place in places_here(draws[0].record)} if draws else {},
        commitment=drawing.next_commitment(event_id, len(draws)),
        has_marks=bool(draws) and current_app.config["HAS_MARKS"](event_id),
        is_open=drawing.may_draw(db.session(), competition, event_id),
        competing=sum(entrant.status in COMPETING for entrant in event.entrants),
        form=form,
    )
    return page, 422 if form.is_submitted() else 200


@bp.post("/competitions/<int:competition_id>/events/<int:event_id>/draws")
@requires("draw.run")
def run_draw(competition_id: int, event_id: int) -> ResponseReturnValue:
    """Draw."""
    form = DrawForm()
    if accepted(form, lambda: _run(competition_id, event_id, form)):
        flash(_("抽签完成，记录可随时重放验证"), "success")
        return redirect(url_for("competitions.event_draw", competition_id=competition_id, event_id=event_id))
    return _draw_page(competition_id, event_id, form)


def _run(competition_id: int, event_id: int, form: DrawForm) -> None:
    command = drawing.RunDraw(
        competition_id=competition_id,
        event_id=event_id,
        witness=form.witness.data,
        called_out=tuple(word for word in _BETWEEN_WORDS.split(form.called_out.data) if word),
        actor=signed_in_actor(),
        earlier=form.earlier.data or 0,
        reason=form.reason.data or "",
        stations=form.stations.data,
        spread=bool(form.spread.data),
    )
    drawing.run_draw(command, current_app.config["HAS_MARKS"])


@bp.post("/competitions/<int:competition_id>/draws/<int:record_id>/verifications")
@requires("draw.run")
def verify_draw(competition_id: int, record_id: int) -> ResponseReturnValue:
    """Replay a record and say what was found."""
    found = drawing.verify_draw(competition_id, record_id)
    if found.problem:
        flash(_("验证不通过：%(problem)s", problem=_(found.problem)), "danger")
    else:
        flash(
            _("验证通过：用种子和名单重放，得到的顺序与记录完全一致（指纹 %(mark)s…）", mark=found.fingerprint[:12]),
            "success",
        )
    event_id = drawing.event_of_record(record_id)
    return redirect(url_for("competitions.event_draw", competition_id=competition_id, event_id=event_id))
