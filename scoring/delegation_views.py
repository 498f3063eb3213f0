"""The page of team standings: the organiser chooses formula and events, the formula is printed beside the standing."""

from flask import current_app, render_template, request
from flask.typing import ResponseReturnValue

from competitions.setup import competition_of
from core.auth import requires
from scoring.charts import share_bar
from scoring.engine.exact import decimal_text
from scoring.team_formulas import FORMULAS, Choice, FormulaError, formula_of, formula_rows, points_text
from scoring.team_standings import team_standings
from scoring.views import C, bp


@bp.get(f"{C}/delegations/standings")
@requires("result.view")
def delegations(competition_id: int) -> ResponseReturnValue:
    """The standing of delegations under the formula of the address; nothing of the choice is stored."""
    problem: FormulaError | None = None
    choice = _choice()
    try:
        formula = formula_of(choice)
    except FormulaError as error:
        problem, formula = error, formula_of(Choice())
    chosen = request.args.getlist("event", type=int) if "chosen" in request.args else None
    found = team_standings(competition_id, formula, chosen, current_app.config["PRIZES_OF"])
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
    )
    return page, 422 if problem else 200


def _choice() -> Choice:
    """What the form says; figures typed for one formula do not go over to another."""
    args = request.args
    formula = args.get("formula", FORMULAS[0].key)
    if args.get("figures_of") != formula:
        return Choice(formula)
    return Choice(formula, args.get("best"), args.get("points"), args.get("at_least", "1"))
