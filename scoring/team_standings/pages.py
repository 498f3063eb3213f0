"""The page of team standings: the organiser chooses formula and events, the formula is printed beside the standing."""

from flask import current_app, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from competitions.setup import competition_of
from core.auth import requires
from core.db import db
from scoring.blueprint import C, bp
from scoring.charts import share_bar
from scoring.engine.exact import decimal_text
from scoring.team_standings.deciding import decisions_of
from scoring.team_standings.document import digest_of, document_of
from scoring.team_standings.formulas import FORMULAS, Choice, FormulaError, formula_of, formula_rows, points_text
from scoring.team_standings.reading import shown_teams
from scoring.team_standings.reckoning import team_standings


@bp.get(f"{C}/delegations/standings")
@requires("result.view")
def delegations(competition_id: int) -> ResponseReturnValue:
    """The standing of delegations under the formula of the address; nothing of it is stored before it is published."""
    problem: FormulaError | None = None
    choice = choice_of(request.args)
    try:
        formula = formula_of(choice)
    except FormulaError as error:
        problem, formula = error, formula_of(Choice())
    found = team_standings(competition_id, formula, chosen_events(request.args), current_app.config["PRIZES_OF"])
    page = render_template(
        "scoring/delegations.html",
        competition=competition_of(competition_id),
        found=found,
        formula=formula,
        formulas=FORMULAS,
        rows=formula_rows(formula.rule),
        choice=choice,
        points=points_text(formula.rule.points),
        problem=problem,
        exact=decimal_text,
        share_bar=share_bar,
        seen=digest_of(document_of(found, formula)),
        decisions=decisions_of(db.session(), competition_id),
        shown=shown_teams(competition_id),
    )
    return page, 422 if problem else 200


def choice_of(args: MultiDict[str, str]) -> Choice:
    """What the form says; figures typed for one formula do not go over to another."""
    formula = args.get("formula", FORMULAS[0].key)
    if args.get("figures_of") != formula:
        return Choice(formula)
    return Choice(formula, args.get("best"), args.get("points"), args.get("at_least", "1"))


def chosen_events(args: MultiDict[str, str]) -> tuple[int, ...] | None:
    """The events that the form ticks; None where it was not sent, which means all that are awarded."""
    return tuple(args.getlist("event", type=int)) if "chosen" in args else None
