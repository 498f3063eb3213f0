"""Pages of awards: how every event stands, its prizes, and ties on a cut line for a person to decide."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from certificates.awards.awarding import DecideTie, FixAwards, decide_tie, fix_awards
from certificates.awards.forms import TieForm
from certificates.blueprint import bp
from certificates.overview import event_awards, overview
from competitions.setup import competition_of
from core.auth import requires, signed_in_actor

C = "/certificates/competitions/<int:competition_id>"


@bp.get(f"{C}/awards")
@requires("flag.view")
def awards(competition_id: int) -> ResponseReturnValue:
    """Every event: is its result final, are its prizes fixed, what waits for a person."""
    return render_template(
        "certificates/awards.html",
        competition=competition_of(competition_id),
        rows=overview(competition_id),
    )


@bp.get(f"{C}/events/<int:event_id>/awards")
@requires("flag.view")
def event_page(competition_id: int, event_id: int) -> ResponseReturnValue:
    """The prizes of one event with place, award place and the rule in words."""
    return render_template(
        "certificates/event_awards.html",
        competition=competition_of(competition_id),
        found=event_awards(competition_id, event_id),
        form=TieForm(),
    )


@bp.post(f"{C}/events/<int:event_id>/awards")
@requires("award.edit")
def fix(competition_id: int, event_id: int) -> ResponseReturnValue:
    """Fix the prizes of an event from its final result."""
    count = fix_awards(FixAwards(competition_id, event_id, signed_in_actor()))
    flash(_("已按最终成绩确定 %(n)s 名选手的奖项", n=count), "success")
    return redirect(url_for("certificates.event_page", competition_id=competition_id, event_id=event_id))


@bp.post(f"{C}/events/<int:event_id>/awards/<int:award_id>/decision")
@requires("award.edit")
def decide(competition_id: int, event_id: int, award_id: int) -> ResponseReturnValue:
    """Decide a tie on a cut line."""
    form = TieForm()
    command = DecideTie(competition_id, award_id, form.prize.data or "", form.reason.data or "", signed_in_actor())
    decide_tie(command)
    flash(_("已记下裁定和理由"), "success")
    return redirect(url_for("certificates.event_page", competition_id=competition_id, event_id=event_id))
