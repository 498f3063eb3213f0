"""Pages: the events of a competition and their modules."""

from collections.abc import Mapping, Sequence

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from competitions import setup
from competitions.blueprint import bp
from competitions.events import defining
from competitions.events.forms import EventForm
from competitions.events.prize_lines import prize_lines, prize_rules, prizes_in_words
from competitions.forms import accepted, offer_line
from competitions.labels import FORM_NAMES, KIND_NAMES, LEVEL_OF_SKILL
from competitions.models import Event, Form, ModuleKind
from core.auth import requires, signed_in_actor
from core.db import db


@bp.get("/competitions/<int:competition_id>/events", endpoint="events")
@requires("competition.view")
def events_page(competition_id: int) -> ResponseReturnValue:
    """The events with their modules, prizes and size."""
    competition = setup.competition_with_modules(competition_id)
    return render_template(
        "competitions/events.html",
        competition=competition,
        sizes=defining.entrants_by_event(competition_id),
        prizes={event.id: prizes_in_words(event.prize_rules) for event in competition.events},
        is_definable=competition.state in defining.DEFINABLE,
        still_definable=defining.still_definable(competition),
        forms=FORM_NAMES,
        kinds=KIND_NAMES,
        levels=LEVEL_OF_SKILL,
    )


@bp.route("/competitions/<int:competition_id>/events/new", methods=["GET", "POST"])
@requires("event.edit")
def add_event(competition_id: int) -> ResponseReturnValue:
    """A new event."""
    form = EventForm()
    if accepted(form, lambda: _add(competition_id, form)):
        flash(_("已添加赛项“%(name)s”", name=form.name.data), "success")
        return redirect(url_for("competitions.events", competition_id=competition_id))
    if request.method == "GET":
        form.rounding.data, form.tie.data = "half_up", "hold"
        form.modules.append_entry({"code": "A", "name": _("理论知识"), "kind": ModuleKind.EXTERNAL.value, "weight": ""})
        form.modules.append_entry({"code": "B", "name": _("实际操作"), "kind": ModuleKind.JUDGED.value, "weight": ""})
    return _event_page(competition_id, form, None)


@bp.route("/competitions/<int:competition_id>/events/<int:event_id>", methods=["GET", "POST"])
@requires("event.edit")
def edit_event(competition_id: int, event_id: int) -> ResponseReturnValue:
    """Facts, modules and prizes of an event."""
    form = EventForm()
    if accepted(form, lambda: _edit(competition_id, event_id, form)):
        flash(_("已保存"), "success")
        return redirect(url_for("competitions.events", competition_id=competition_id))
    event = defining.event_of(db.session(), competition_id, event_id)
    if request.method == "GET":
        form = _filled(event)
    return _event_page(competition_id, form, event)


def _event_page(competition_id: int, form: EventForm, event: Event | None) -> ResponseReturnValue:
    offer_line(form.modules)
    offer_line(form.prizes)
    page = render_template(
        "competitions/event.html",
        competition=setup.competition_of(competition_id),
        event=event,
        has_scheme=event is not None and _has_scheme(event.id),
        form=form,
    )
    return page, 422 if form.is_submitted() else 200


def _filled(event: Event) -> EventForm:
    values = {key: getattr(event, key) for key in _SAME_NAMES} | {"form": event.form.value}
    modules = [{"code": m.code, "name": m.name, "kind": m.kind.value, "weight": m.weight} for m in event.modules]
    rules = event.prize_rules
    return EventForm(
        formdata=None,
        data=values
        | {
            "modules": modules,
            "prizes": prize_lines(rules),
            "rounding": rules.get("rounding", "half_up"),
            "tie": rules.get("tie", "hold"),
            "minimum": rules.get("minimum") or None,
        },
    )


_TEXTS = ("name", "group_name", "occupation_edition", "occupation_code", "occupation_direction")
_SAME_NAMES = (*_TEXTS, "is_demonstration", "top_level", "written_at_level")


def _facts(form: EventForm) -> defining.EventFacts:
    rules = prize_rules(_lines(form.prizes.data), form.rounding.data, form.tie.data, form.minimum.data or 0)
    values = {key: getattr(form, key).data for key in _SAME_NAMES}
    values |= {key: values[key] or "" for key in _TEXTS}
    return defining.EventFacts(**(values | {"form": Form(form.form.data), "prize_rules": rules}))


def _lines(posted: Sequence[Mapping[str, str | None]]) -> list[dict[str, str]]:
    """The lines of a table of fields, what was not sent at all as empty text."""
    return [{key: value or "" for key, value in line.items()} for line in posted]


def _modules(form: EventForm) -> tuple[defining.ModuleFacts, ...]:
    return tuple(
        defining.ModuleFacts(line["code"].strip(), line["name"].strip(), ModuleKind(line["kind"]), line["weight"])
        for line in _lines(form.modules.data)
        if line["code"].strip() or line["name"].strip()
    )


def _add(competition_id: int, form: EventForm) -> None:
    defining.add_event(defining.AddEvent(competition_id, _facts(form), _modules(form), signed_in_actor()))


def _edit(competition_id: int, event_id: int, form: EventForm) -> None:
    modules = None if _has_scheme(event_id) else _modules(form)
    defining.edit_event(defining.EditEvent(competition_id, event_id, _facts(form), modules, signed_in_actor()))


def _has_scheme(event_id: int) -> bool:
    """Whether an adopted scheme says what the modules of an event are."""
    return bool(current_app.config["HAS_SCHEME"](event_id))


@bp.post("/competitions/<int:competition_id>/events/<int:event_id>/removals")
@requires("event.edit")
def remove_event(competition_id: int, event_id: int) -> ResponseReturnValue:
    """Take away an event without entrants."""
    defining.remove_event(defining.RemoveEvent(competition_id, event_id, signed_in_actor()))
    flash(_("已删除"), "success")
    return redirect(url_for("competitions.events", competition_id=competition_id))
