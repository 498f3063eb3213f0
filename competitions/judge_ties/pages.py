"""The page on which ties of judges are declared, withdrawn, and read with what is to be done."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import SelectChoice

from competitions import setup
from competitions.blueprint import bp
from competitions.forms import accepted
from competitions.judge_ties.choosing import chosen_contestant, offered_contestants
from competitions.judge_ties.declaring import DeclareTie, WithdrawTie, declare_tie, withdraw_tie
from competitions.judge_ties.forms import TieForm, WithdrawForm
from competitions.judge_ties.models import KIND_NAMES
from competitions.judge_ties.own import told_by_judges
from competitions.judge_ties.standing import TieStanding, standings, standings_within
from competitions.judges.conflicts import Tie
from competitions.judges.event_chiefs import charge_of
from competitions.judges.panels import CLOSED_STATES, SEATING_STATES, judges_of
from core.auth import requires, signed_in_actor
from core.db import db


@bp.get("/competitions/<int:competition_id>/judge-ties")
@requires("panel.view")
def judge_ties(competition_id: int) -> ResponseReturnValue:
    """All ties that were declared; a chief judge reads them, an organiser declares, too.

    `judge` and `kind` in the address are chosen already.
    """
    may_declare = signed_in_actor().permits("panel.edit", competition_id)
    return _page(competition_id, _tie_form(competition_id) if may_declare else None)


@bp.post("/competitions/<int:competition_id>/judge-ties", endpoint="declare_judge_tie")
@requires("panel.edit")
def declare(competition_id: int) -> ResponseReturnValue:
    """Declare a tie."""
    form, offered = _tie_form(competition_id), offered_contestants(competition_id)
    if accepted(form, lambda: _declare(competition_id, form, offered)):
        flash(_("已申报，排裁判组和换裁判时一并核对"), "success")
        return redirect(url_for("competitions.judge_ties", competition_id=competition_id))
    return _page(competition_id, form)


def _page(competition_id: int, form: TieForm | None) -> ResponseReturnValue:
    competition = setup.competition_of(competition_id)
    page = render_template(
        "competitions/judge_ties.html",
        competition=competition,
        form=form,
        offered=offered_contestants(competition_id) if form else {},
        standings=_shown(competition_id),
        told=told_by_judges(db.session(), competition_id),
        kinds=KIND_NAMES,
        is_seating=competition.state in SEATING_STATES,
        is_running=competition.state not in CLOSED_STATES,
    )
    return page, 422 if form and form.is_submitted() else 200


def _shown(competition_id: int) -> list[TieStanding]:
    """A chief judge of single events, and nothing else, reads the ties that concern these."""
    actor = signed_in_actor()
    own = None if actor.permits("panel.edit", competition_id) else charge_of(actor, competition_id)
    return standings(competition_id) if own is None else standings_within(competition_id, own)


def _tie_form(competition_id: int) -> TieForm:
    form = TieForm()
    form.judge.choices = [SelectChoice("", _("请选择"))]
    form.judge.choices += [
        SelectChoice(str(judge.id), _("%(name)s（%(unit)s）", name=judge.name, unit=judge.unit))
        for judge in judges_of(competition_id)
    ]
    form.delegation.choices = [SelectChoice("", "—")]
    form.delegation.choices += [
        SelectChoice(str(one.id), one.name) for one in setup.competition_of(competition_id).delegations
    ]
    if request.method == "GET":
        form.judge.data = request.args.get("judge", type=int)
        form.kind.data = request.args.get("kind", form.kind.data)
    return form


def _declare(competition_id: int, form: TieForm, offered: dict[str, int]) -> None:
    written = (form.contestant.data or "").strip()
    contestant_id = chosen_contestant(offered, written) if written else None
    command = DeclareTie(
        competition_id,
        form.judge.data,
        Tie(form.kind.data),
        contestant_id,
        form.delegation.data,
        form.reason.data,
        signed_in_actor(),
    )
    declare_tie(command)


@bp.post("/competitions/<int:competition_id>/judge-ties/<int:tie_id>/withdrawal")
@requires("panel.edit")
def withdraw_judge_tie(competition_id: int, tie_id: int) -> ResponseReturnValue:
    """Withdraw a tie with a reason; it stays in the list."""
    form = WithdrawForm()
    withdraw_tie(WithdrawTie(competition_id, tie_id, form.reason.data or "", signed_in_actor()))
    flash(_("已撤回，申报和理由都留存"), "success")
    return redirect(url_for("competitions.judge_ties", competition_id=competition_id))
