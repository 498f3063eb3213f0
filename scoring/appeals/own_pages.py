"""Appeals as those who appeal see them: on the contestant's own page, and the leader's for the delegation."""

from collections.abc import Collection

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from competitions.setup import competition_of
from core.auth import requires, signed_in_actor
from core.errors import NotAllowedError
from scoring.appeals.filing import FileAppeal, WithdrawAppeal, file_appeal, withdraw_appeal
from scoring.appeals.models import Channel
from scoring.appeals.reading import appeals_of_entrants, entrants_of_contestant, entrants_of_leader
from scoring.blueprint import C, bp

OWN_PAGE = "certificates.own"
"""Where a contestant reads results; the package above has it."""


@bp.post("/own/appeals")
@requires("own.view", anywhere=True)
def file_own_appeal() -> ResponseReturnValue:
    """A contestant appeals."""
    actor = signed_in_actor()
    if actor.competition_id is None:
        raise NotAllowedError("此页只供选手本人查看")
    _file(actor.competition_id, Channel.CONTESTANT, entrants_of_contestant(actor))
    return redirect(url_for(OWN_PAGE))


@bp.post("/own/appeals/<int:appeal_id>/withdrawals")
@requires("own.view", anywhere=True)
def withdraw_own_appeal(appeal_id: int) -> ResponseReturnValue:
    """A contestant takes an appeal back."""
    _withdraw(appeal_id, entrants_of_contestant(signed_in_actor()))
    return redirect(url_for(OWN_PAGE))


@bp.get(f"{C}/delegation/appeals")
@requires("roster.own")
def delegation_appeals(competition_id: int) -> ResponseReturnValue:
    """The appeals of the delegation that the signed-in leader leads, and the form for another."""
    entrants = entrants_of_leader(signed_in_actor(), competition_id)
    return render_template(
        "scoring/appeals/delegation.html",
        competition=competition_of(competition_id),
        entrants=entrants,
        appeals=appeals_of_entrants([entrant.id for entrant in entrants]),
    )


@bp.post(f"{C}/delegation/appeals")
@requires("roster.own")
def file_delegation_appeal(competition_id: int) -> ResponseReturnValue:
    """A leader appeals for somebody of the delegation."""
    _file(competition_id, Channel.LEADER, _led(competition_id))
    return redirect(url_for("scoring.delegation_appeals", competition_id=competition_id))


@bp.post(f"{C}/delegation/appeals/<int:appeal_id>/withdrawals")
@requires("roster.own")
def withdraw_delegation_appeal(competition_id: int, appeal_id: int) -> ResponseReturnValue:
    """A leader takes an appeal of the delegation back."""
    _withdraw(appeal_id, _led(competition_id))
    return redirect(url_for("scoring.delegation_appeals", competition_id=competition_id))


def _led(competition_id: int) -> frozenset[int]:
    return frozenset(entrant.id for entrant in entrants_of_leader(signed_in_actor(), competition_id))


def _file(competition_id: int, channel: Channel, mine: Collection[int]) -> None:
    form = request.form
    command = FileAppeal(
        competition_id,
        form.get("entrant", 0, type=int),
        form.get("statement", ""),
        channel,
        signed_in_actor(),
        may_speak_for=mine,
        module_id=form.get("module", type=int),
    )
    file_appeal(command)
    flash(_("申诉已送达监督/仲裁，处理结果会显示在这里"), "success")


def _withdraw(appeal_id: int, mine: Collection[int]) -> None:
    withdraw_appeal(WithdrawAppeal(appeal_id, signed_in_actor(), mine))
    flash(_("申诉已撤回"), "success")
