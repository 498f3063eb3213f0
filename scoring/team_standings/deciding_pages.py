"""Pages around a published standing of delegations: publishing, taking back, and what everybody reads."""

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from core.auth import public, requires, signed_in_actor
from scoring.blueprint import C, bp
from scoring.charts import share_bar
from scoring.results.pages import open_pages
from scoring.team_standings.deciding import PublishTeams, WithdrawTeams, publish_teams, withdraw_teams
from scoring.team_standings.formulas import formula_of
from scoring.team_standings.pages import choice_of, chosen_events
from scoring.team_standings.reading import public_teams


@bp.post(f"{C}/delegations/publications")
@requires("result.publish")
def publish_standing(competition_id: int) -> ResponseReturnValue:
    """Show the public the standing that stood above the button."""
    form = request.form
    command = PublishTeams(
        competition_id=competition_id,
        formula=formula_of(choice_of(form)),
        events=chosen_events(form),
        seen=form.get("seen", ""),
        actor=signed_in_actor(),
        reason=form.get("reason", "")[:500],
    )
    publish_teams(command, current_app.config["PRIZES_OF"])
    flash(_("团体总分已公布"), "success")
    return redirect(url_for("scoring.delegations", competition_id=competition_id))


@bp.post(f"{C}/delegations/withdrawals")
@requires("result.publish")
def withdraw_standing(competition_id: int) -> ResponseReturnValue:
    """Show the standing no more."""
    withdraw_teams(WithdrawTeams(competition_id, request.form.get("reason", "")[:500], signed_in_actor()))
    flash(_("团体总分已撤回，公众不再看到"), "success")
    return redirect(url_for("scoring.delegations", competition_id=competition_id))


@open_pages.get("/results/<int:competition_id>/delegations")
@public
def delegations(competition_id: int) -> ResponseReturnValue:
    """The published standing of delegations."""
    competition, shown = public_teams(competition_id)
    return render_template("scoring/teams/public.html", competition=competition, shown=shown, share_bar=share_bar)
