"""The page on which an organiser arranges the stages of a competition."""

from collections.abc import Mapping
from typing import Any

from flask import current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import SelectChoice

from competitions import setup
from competitions.blueprint import bp
from competitions.events.defining import entrants_by_event, event_of
from competitions.forms import accepted
from competitions.models import Competition, Event
from competitions.stages.adding import AddStage, add_stage
from competitions.stages.calling_off import CallOffStage, HoldStage, call_off_stage, hold_stage
from competitions.stages.chains import chains_of
from competitions.stages.forms import NextStageForm, NotHeldForm, StageForm
from competitions.stages.lines import Measure, line_of
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


@bp.get("/competitions/<int:competition_id>/events/<int:event_id>/stage")
@bp.get("/competitions/<int:competition_id>/events/<int:event_id>/next-stage")
@bp.get("/competitions/<int:competition_id>/events/<int:event_id>/stage/callings-off")
@requires("event.edit")
def stages_again(competition_id: int, event_id: int) -> ResponseReturnValue:
    """Whoever comes back to the address of an answer, as by choosing another language there, is led to the stages."""
    return redirect(url_for("competitions.stages", competition_id=competition_id))


@bp.post("/competitions/<int:competition_id>/events/<int:event_id>/stage")
@requires("event.edit")
def set_event_stage(competition_id: int, event_id: int) -> ResponseReturnValue:
    """Have an event follow another, or none."""
    event = event_of(db.session(), competition_id, event_id)
    form = _form(event, event.competition, None)
    return _answer(competition_id, ("follow", event_id), form, lambda: _set(competition_id, event_id, form))


@bp.post("/competitions/<int:competition_id>/events/<int:event_id>/next-stage")
@requires("event.edit")
def add_next_stage(competition_id: int, event_id: int) -> ResponseReturnValue:
    """One more stage after an event."""
    form = _named(NextStageForm(), event_id)

    def add() -> None:
        line = line_of(Measure(form.measure.data), form.value.data or "")
        add_stage(AddStage(competition_id, event_id, form.name.data or "", line, signed_in_actor()))

    return _answer(competition_id, ("next", event_id), form, add)


@bp.post("/competitions/<int:competition_id>/events/<int:event_id>/stage/callings-off")
@requires("event.edit")
def call_off_event_stage(competition_id: int, event_id: int) -> ResponseReturnValue:
    """Say that a stage was not held."""
    form = _named(NotHeldForm(), event_id)
    command = CallOffStage(competition_id, event_id, form.reason.data or "", signed_in_actor())
    has_marks = current_app.config["HAS_MARKS"]
    return _answer(competition_id, ("off", event_id), form, lambda: call_off_stage(command, has_marks))


@bp.post("/competitions/<int:competition_id>/events/<int:event_id>/stage/holdings")
@requires("event.edit")
def hold_event_stage(competition_id: int, event_id: int) -> ResponseReturnValue:
    """Say that a stage is held after all."""
    hold_stage(HoldStage(competition_id, event_id, signed_in_actor()))
    flash(_("已保存"), "success")
    return redirect(url_for("competitions.stages", competition_id=competition_id, _anchor=f"event-{event_id}"))


def _answer(competition_id: int, key: tuple[str, int], form: Any, act: Any) -> ResponseReturnValue:
    if accepted(form, act):
        flash(_("已保存"), "success")
        return redirect(url_for("competitions.stages", competition_id=competition_id, _anchor=f"event-{key[1]}"))
    return _page(competition_id, {key: form}), 422


def _page(competition_id: int, posted: Mapping[tuple[str, int], Any] | None = None) -> str:
    competition = setup.competition_of(competition_id)
    rows = stages_of(db.session(), competition_id)
    forms: dict[tuple[str, int], Any] = {}
    for event in competition.events:
        forms["follow", event.id] = _form(event, competition, rows.get(event.id), is_posted=False)
        forms["next", event.id] = _named(NextStageForm(formdata=None), event.id)
        forms["off", event.id] = _named(NotHeldForm(formdata=None), event.id)
    return render_template(
        "competitions/stages.html",
        competition=competition,
        chains=chains_of(competition.events, rows),
        stages=rows,
        followed={row.follows_id for row in rows.values()},
        forms=forms | dict(posted or {}),
        sizes=entrants_by_event(competition_id),
        is_open=competition.state in OPEN_STATES,
    )


def _form(event: Event, competition: Competition, stage: EventStage | None, *, is_posted: bool = True) -> StageForm:
    data = {} if stage is None else {"follows": stage.follows_id, "measure": stage.measure.value, "value": stage.value}
    form = StageForm() if is_posted else StageForm(formdata=None, data=data)
    form.follows.choices = [SelectChoice("", _("不承接，由报名产生"))] + [
        SelectChoice(str(other.id), translated(other.title)) for other in competition.events if other.id != event.id
    ]
    _named(form, event.id)
    return form


def _named(form: Any, event_id: int) -> Any:
    """The form with names of its own for its labels: a page has one of a kind for every event."""
    for field in form:
        if field.name != "csrf_token":
            field.id = f"{type(form).__name__}-{field.name}-{event_id}"
    return form


def _set(competition_id: int, event_id: int, form: StageForm) -> None:
    follows = form.follows.data
    line = line_of(form.chosen, form.value.data or "") if follows else None
    set_stage(SetStage(competition_id, event_id, follows, line, signed_in_actor()))
