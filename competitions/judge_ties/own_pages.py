"""The page on which a judge declares the own ties with delegations and reads what became of them."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from competitions.blueprint import bp
from competitions.forms import accepted
from competitions.judge_ties.forms import OwnTieForm
from competitions.judge_ties.models import KIND_NAMES
from competitions.judge_ties.own import DeclareOwn, OwnTies, declare_own, own_ties
from competitions.judges.conflicts import Tie
from competitions.judges.panels import CLOSED_STATES
from core.auth import requires, signed_in_actor


@bp.route("/own-ties", methods=["GET", "POST"])
@requires("sheet.mark", anywhere=True)
def own_ties_page() -> ResponseReturnValue:
    """Declare an own tie; whose it is the sign-in says, never the address."""
    found = own_ties(signed_in_actor())
    form = _form(found)
    if accepted(form, lambda: _declare(form)):
        flash(_("已申报，组织者会看到并处理"), "success")
        return redirect(url_for("competitions.own_ties_page"))
    page = render_template(
        "competitions/own_ties.html",
        found=found,
        form=form,
        kinds=KIND_NAMES,
        is_running=found.competition.state not in CLOSED_STATES,
    )
    return page, 422 if form.is_submitted() else 200


def _form(found: OwnTies) -> OwnTieForm:
    form = OwnTieForm()
    near = [(str(one.id), one.name) for one in found.near]
    others = [(str(one.id), one.name) for one in found.others]
    form.delegation.choices = {_("请选择"): [("", _("请选择"))]}
    if near:
        form.delegation.choices[_("您所评赛项的代表队")] = near
    if others:
        form.delegation.choices[_("其他代表队") if near else _("本次竞赛的代表队")] = others
    return form


def _declare(form: OwnTieForm) -> None:
    declare_own(DeclareOwn(Tie(form.kind.data), form.delegation.data, form.reason.data or "", signed_in_actor()))
