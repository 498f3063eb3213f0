"""The page on which an organiser arranges the stages of a competition."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import SelectChoice

from competitions import setup
from competitions.blueprint import bp
from competitions.events.defining import entrants_by_event, event_of
from competitions.forms import accepted
from competitions.models import Competition, Event
from competitions.stages.forms import StageForm
from competitions.stages.lines import line_of
from competitions.stages.linking import OPEN_STATES, SetStage, set_stage
from competitions.stages.models import EventStage
from competitions.stages.reading import stages_of
from core.auth import requires, signed_in_actor
from core.db import db
from core.i18n import translated


@bp.get("/competitions/<int:competition_id>/stages")
@requires("event.edit")
def stages(competition_id: int) -> ResponseReturnValue:
    """Every event with what it follows."""
    return _page(competition_id)


@bp.post("/competitions/<int:competition_id>/events/<int:event_id>/stage")
@requires("event.edit")
def set_event_stage(competition_id: int, event_id: int) -> ResponseReturnValue:
    """Have an event follow another, or none."""
    event = event_of(db.session(), competition_id, event_id)
    form = _form(event, event.competition, None)
    if accepted(form, lambda: _set(competition_id, event_id, form)):
        flash(_("已保存"), "success")
        return redirect(url_for("competitions.stages", competition_id=competition_id))
    return _page(competition_id, {event_id: form}), 422


def _page(competition_id: int, posted: dict[int, StageForm] | None = None) -> str:
    competition = setup.competition_of(competition_id)
    rows = stages_of(db.session(), competition_id)
    forms = {event.id: _form(event, competition, rows.get(event.id), is_posted=False) for event in competition.events}
    return render_template(
        "competitions/stages.html",
        competition=competition,
        stages=rows,
        forms=forms | (posted or {}),
        sizes=entrants_by_event(competition_id),
        is_open=competition.state in OPEN_STATES,
    )


def _form(event: Event, competition: Competition, stage: EventStage | None, *, is_posted: bool = True) -> StageForm:
    """The fields of one event; each form of the page has names of its own for its labels."""
    data = {} if stage is None else {"follows": stage.follows_id, "measure": stage.measure.value, "value": stage.value}
    form = StageForm() if is_posted else StageForm(formdata=None, data=data)
    form.follows.choices = [SelectChoice("", _("不承接，由报名产生"))] + [
        SelectChoice(str(other.id), translated(other.title)) for other in competition.events if other.id != event.id
    ]
    for name in ("follows", "measure", "value"):
        form[name].id = f"{name}-{event.id}"
    return form


def _set(competition_id: int, event_id: int, form: StageForm) -> None:
    follows = form.follows.data
    line = line_of(form.chosen, form.value.data or "") if follows else None
    set_stage(SetStage(competition_id, event_id, follows, line, signed_in_actor()))
