"""Pages: judges drawn for an event's panels, what was drawn, and whether it is true."""

import re
from collections.abc import Mapping

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from competitions import setup
from competitions.blueprint import bp
from competitions.events.defining import event_of
from competitions.forms import accepted
from competitions.judge_draws.drawing import DrawJudges, draw_judges, next_commitment, seats_digest
from competitions.judge_draws.forms import ALL, EMPTY, JOINT, JudgeDrawForm
from competitions.judge_draws.gathering import Terms, Why
from competitions.judge_draws.outlook import outlook_of
from competitions.judge_draws.reading import changes_since, drawn_panels, draws_by_event, draws_of, verify_judge_draw
from competitions.judges.event_chiefs import charge_of
from competitions.judges.panels import judges_of, may_seat
from competitions.judges.recusal import open_conflicts
from competitions.judges.wanting import panel_needs, seats_wanted
from competitions.lifecycle import CompetitionState
from competitions.models import Event, Module, ModuleKind
from core.auth import requires, signed_in_actor
from core.db import db
from core.errors import NotFoundError
from core.i18n import translated

_BETWEEN_WORDS = re.compile(r"[\s,，、;；]+")
EARLY = (CompetitionState.PREPARING, CompetitionState.REGISTERING)
"""In these somebody may still register from whom a judge has to stay away."""
_EVENT = "/competitions/<int:competition_id>/events/<int:event_id>/judge-draws"


@bp.get("/competitions/<int:competition_id>/judge-draws")
@requires("panel.view")
def judge_draws(competition_id: int) -> ResponseReturnValue:
    """Every event with the draws of its judges; of a chief judge of single events, these."""
    competition = setup.competition_with_modules(competition_id)
    own = _own_events(competition_id)
    events = [event for event in competition.events if own is None or event.id in own]
    return render_template(
        "competitions/judge_draws.html",
        competition=competition,
        events=events,
        draws=draws_by_event(db.session(), competition_id),
        needs=panel_needs(competition),
        open_events={event.id for event in events if may_seat(db.session(), competition, event.id)},
    )


def _own_events(competition_id: int) -> frozenset[int] | None:
    """A chief judge of single events, and nothing else, looks at these alone."""
    actor = signed_in_actor()
    return None if actor.permits("panel.edit", competition_id) else charge_of(actor, competition_id)


@bp.get(_EVENT)
@requires("panel.view")
def event_judge_draws(competition_id: int, event_id: int) -> ResponseReturnValue:
    """The draws of one event's judges, and the form for the next."""
    own = _own_events(competition_id)
    if own is not None and event_id not in own:
        raise NotFoundError("没有这个赛项")
    return _page(competition_id, event_id, _form(competition_id, event_id))


def _form(competition_id: int, event_id: int) -> JudgeDrawForm:
    """What is posted; else every module with an empty seat is ticked, and nobody is taken off a seat."""
    form = JudgeDrawForm()
    form.left_out.choices = [(judge.id, judge.name) for judge in judges_of(competition_id)]
    if form.is_submitted():
        return form
    event = event_of(db.session(), competition_id, event_id)
    wanted = seats_wanted([event.id]).get(event.id, {})
    judged = [module for module in event.modules if module.kind is ModuleKind.JUDGED]
    lacking = [module.id for module in judged if _is_lacking(module, wanted)]
    form.range.data = EMPTY
    form.apart.data = True
    for module in judged:
        own = max((len(panel.seats) for panel in module.panels), default=0) or None
        is_drawn = module.id in lacking or not lacking
        line = {"module": module.id, "is_drawn": is_drawn, "panels": len(module.panels) or 1, "seats": own}
        form.modules.append_entry(line)
    return form


def _is_lacking(module: Module, wanted: Mapping[str, int]) -> bool:
    return not module.panels or any(len(panel.seats) < wanted.get(module.code, 1) for panel in module.panels)


def _terms(form: JudgeDrawForm) -> Terms:
    return Terms(
        modules=dict(form.sizes()),
        joint=form.how.data == JOINT,
        keep=form.range.data != ALL,
        apart=bool(form.apart.data),
        one_only=bool(form.one_only.data),
        chiefs=bool(form.chiefs.data),
        left_out=frozenset(form.left_out.data or ()),
        new_name=_("第%(n)s组"),
    )


def _page(competition_id: int, event_id: int, form: JudgeDrawForm) -> ResponseReturnValue:
    session = db.session()
    competition = setup.competition_of(competition_id)
    event = event_of(session, competition_id, event_id)
    draws = draws_of(session, event_id)
    form.earlier.data, form.seen.data = len(draws), seats_digest(session, event_id)
    may_draw = signed_in_actor().permits("panel.edit", competition_id) and may_seat(session, competition, event_id)
    judges = judges_of(competition_id)
    outlook = outlook_of(session, event, _terms(form)) if may_draw else None
    if outlook is not None:
        judges.sort(key=lambda judge: outlook.why(judge.id) is Why.IN)
    page = render_template(
        "competitions/judge_draw.html",
        competition=competition,
        event=event,
        form=form,
        draws=draws,
        panels=drawn_panels(session, event, draws),
        changes=changes_since(session, event, draws),
        judges=judges,
        names={judge.id: judge.name for judge in judges},
        held={judge.id: len(judge.seats) for judge in judges},
        modules={module.id: module for module in event.modules if module.kind is ModuleKind.JUDGED},
        wanted=seats_wanted([event.id]).get(event.id, {}),
        commitment=next_commitment(event.id, len(draws)),
        may_draw=may_draw,
        outlook=outlook,
        is_early=competition.state in EARLY,
        is_told=bool(draws) and _has_open_ties(event),
    )
    return page, 422 if form.form_errors or form.errors else 200


def _has_open_ties(event: Event) -> bool:
    """Whether somebody sits in the event of whom a tie was told that nobody has decided upon."""
    seated = {seat.judge_id for module in event.modules for panel in module.panels for seat in panel.seats}
    return any(one.judge_id in seated for one in open_conflicts(event.competition_id))


@bp.post(_EVENT)
@requires("panel.edit")
def draw_event_judges(competition_id: int, event_id: int) -> ResponseReturnValue:
    """Draw; or only look again at what is lacking by other terms (`check`)."""
    form = _form(competition_id, event_id)
    if "check" in request.form:
        return _page(competition_id, event_id, form)
    if accepted(form, lambda: _draw(competition_id, event_id, form)):
        flash(_("抽签完成，裁判已排到席位上；记录可随时重放验证"), "success")
        return redirect(url_for("competitions.event_judge_draws", competition_id=competition_id, event_id=event_id))
    return _page(competition_id, event_id, form)


def _draw(competition_id: int, event_id: int, form: JudgeDrawForm) -> None:
    command = DrawJudges(
        competition_id=competition_id,
        event_id=event_id,
        terms=_terms(form),
        witness=form.witness.data,
        called_out=tuple(word for word in _BETWEEN_WORDS.split(form.called_out.data) if word),
        actor=signed_in_actor(),
        seen=form.seen.data or "",
        earlier=form.earlier.data or 0,
        reason=form.reason.data or "",
        left_out_reason=form.left_out_reason.data or "",
    )
    draw_judges(command)


@bp.post("/competitions/<int:competition_id>/judge-draws/<int:draw_id>/verifications", endpoint="verify_judge_draw")
@requires("panel.view")
def verify(competition_id: int, draw_id: int) -> ResponseReturnValue:
    """Make a recorded draw again and say what was found."""
    found = verify_judge_draw(db.session(), competition_id, draw_id)
    if found.problem:
        flash(_("验证不通过：%(problem)s", problem=translated(found.problem)), "danger")
    else:
        flash(
            _("验证通过：用种子和名册重放，得到的席位与记录完全一致（指纹 %(mark)s…）", mark=found.fingerprint[:12]),
            "success",
        )
    return redirect(url_for("competitions.event_judge_draws", competition_id=competition_id, event_id=found.event_id))
