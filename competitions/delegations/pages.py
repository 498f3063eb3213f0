"""Pages of delegations: an organiser's list, one delegation, its leaders; and a leader's own, nobody else's."""

from flask import current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from competitions import setup
from competitions.blueprint import bp
from competitions.delegations import defining
from competitions.delegations.forms import DelegationForm, DelegationsForm, LeaderForm
from competitions.delegations.leaders import NameLeader, UnnameLeader, leaders_of, name_leader, unname_leader
from competitions.forms import accepted
from competitions.labels import LEVEL_OF_SKILL, STATUS_NAMES, STATUS_TONES
from competitions.models import Delegation
from competitions.notices.reading import notices_of_delegation
from competitions.registration import entrants
from competitions.timetable.reading import is_public
from core.accounts import RoleGrant
from core.auth import Actor, requires, signed_in_actor
from core.db import db
from core.errors import NotFoundError
from core.permissions import Role


@bp.get("/competitions/<int:competition_id>/delegations")
@requires("competition.view")
def delegations(competition_id: int) -> ResponseReturnValue:
    """The delegations with their size, and lines to add more."""
    return _delegations_page(competition_id, DelegationsForm())


def _delegations_page(competition_id: int, form: DelegationsForm) -> ResponseReturnValue:
    page = render_template(
        "competitions/delegations.html",
        competition=setup.competition_of(competition_id),
        form=form,
        sizes=defining.delegation_sizes(competition_id),
    )
    return page, 422 if form.is_submitted() else 200


@bp.post("/competitions/<int:competition_id>/delegations")
@requires("competition.edit")
def add_delegations(competition_id: int) -> ResponseReturnValue:
    """New delegations, one a line; those that are there already stay as they are."""
    form = DelegationsForm()
    added: list[int] = []
    if accepted(form, lambda: added.append(_add_delegations(competition_id, form))):
        flash(_("新增 %(n)s 个代表队", n=added[0]), "success")
        return redirect(url_for("competitions.delegations", competition_id=competition_id))
    return _delegations_page(competition_id, form)


def _add_delegations(competition_id: int, form: DelegationsForm) -> int:
    names = tuple(form.names.data.splitlines())
    return defining.add_delegations(defining.AddDelegations(competition_id, names, signed_in_actor()))


@bp.route("/competitions/<int:competition_id>/delegations/<int:delegation_id>", methods=["GET", "POST"])
@requires("competition.edit")
def delegation(competition_id: int, delegation_id: int) -> ResponseReturnValue:
    """Name and home of one delegation."""
    row = defining.delegation_of(db.session(), competition_id, delegation_id)
    form = DelegationForm(obj=row)
    if accepted(form, lambda: _edit_delegation(competition_id, delegation_id, form)):
        flash(_("已保存"), "success")
        return redirect(url_for("competitions.delegations", competition_id=competition_id))
    page = render_template(
        "competitions/delegation.html",
        competition=setup.competition_of(competition_id),
        delegation=defining.delegation_of(db.session(), competition_id, delegation_id),
        leaders=leaders_of(competition_id, delegation_id),
        leader_form=LeaderForm(formdata=None),
        form=form,
    )
    return page, 422 if form.is_submitted() else 200


def _edit_delegation(competition_id: int, delegation_id: int, form: DelegationForm) -> None:
    command = defining.EditDelegation(
        competition_id, delegation_id, form.name.data, form.home.data or "", signed_in_actor()
    )
    defining.edit_delegation(command)


@bp.post("/competitions/<int:competition_id>/delegations/<int:delegation_id>/removals")
@requires("competition.edit")
def remove_delegation(competition_id: int, delegation_id: int) -> ResponseReturnValue:
    """Take away a delegation without entrants."""
    defining.remove_delegation(defining.RemoveDelegation(competition_id, delegation_id, signed_in_actor()))
    flash(_("已删除"), "success")
    return redirect(url_for("competitions.delegations", competition_id=competition_id))


@bp.get("/competitions/<int:competition_id>/delegation", endpoint="own_delegation")
@requires("roster.own")
def own_delegation(competition_id: int) -> ResponseReturnValue:
    """The contestants of the delegation that the signed-in leader leads."""
    delegation = _led_by(signed_in_actor(), competition_id)
    wanted = entrants.ContestantFilter(delegation_id=delegation.id)
    return render_template(
        "competitions/own_delegation.html",
        competition=setup.competition_of(competition_id),
        delegation=delegation,
        contestants=entrants.contestants_of(competition_id, wanted),
        notices=notices_of_delegation(db.session(), competition_id),
        has_timetable=is_public(db.session(), competition_id),
        is_published=competition_id in current_app.config["PUBLISHED_COMPETITIONS"](),
        statuses=STATUS_NAMES,
        tones=STATUS_TONES,
        levels=LEVEL_OF_SKILL,
    )


def _led_by(actor: Actor, competition_id: int) -> Delegation:
    grant = select(RoleGrant.delegation_id).where(
        RoleGrant.account_id == actor.subject_id,
        RoleGrant.competition_id == competition_id,
        RoleGrant.role == Role.TEAM_LEADER,
    )
    delegation = db.session.scalar(
        select(Delegation).where(Delegation.id.in_(grant), Delegation.competition_id == competition_id)
    )
    if delegation is None:
        raise NotFoundError("您的账号还没有指定代表队，请联系组织者")
    return delegation


@bp.post("/competitions/<int:competition_id>/delegations/<int:delegation_id>/leaders")
@requires("competition.edit")
def add_leader(competition_id: int, delegation_id: int) -> ResponseReturnValue:
    """Name the leader of a delegation."""
    form = LeaderForm()
    if form.validate_on_submit():
        name_leader(NameLeader(competition_id, delegation_id, form.username.data, signed_in_actor()))
        flash(_("已指定领队"), "success")
    else:
        flash(_("请填写登录名"), "danger")
    return redirect(url_for("competitions.delegation", competition_id=competition_id, delegation_id=delegation_id))


@bp.post("/competitions/<int:competition_id>/delegations/<int:delegation_id>/leaders/<int:grant_id>/removals")
@requires("competition.edit")
def remove_leader(competition_id: int, delegation_id: int, grant_id: int) -> ResponseReturnValue:
    """Take a leadership back."""
    unname_leader(UnnameLeader(competition_id, delegation_id, grant_id, signed_in_actor()))
    flash(_("已撤去领队"), "success")
    return redirect(url_for("competitions.delegation", competition_id=competition_id, delegation_id=delegation_id))
