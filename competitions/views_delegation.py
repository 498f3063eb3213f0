"""The page of a delegation's leader: one's own contestants, their draw numbers and status, nobody else's."""

from flask import current_app, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from competitions import entrants, setup
from competitions.blueprint import bp
from competitions.labels import LEVEL_OF_SKILL, STATUS_NAMES, STATUS_TONES
from competitions.models import Delegation
from core.accounts import RoleGrant
from core.auth import Actor, requires, signed_in_actor
from core.db import db
from core.errors import NotFoundError
from core.permissions import Role


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
