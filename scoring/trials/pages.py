"""The what-if panel of a snapshot: another rule beside the official places, clearly marked, nothing stored."""

from collections.abc import Mapping

from flask import render_template, request
from flask.typing import ResponseReturnValue

from competitions.setup import competition_of
from core.auth import requires
from core.db import db
from core.errors import ConflictError, InvalidInputError
from core.i18n import sentence
from scoring.analysis.gathering import staged_label
from scoring.blueprint import C, bp
from scoring.engine.problems import SchemeError
from scoring.engine.scheme import Scheme
from scoring.models import SchemeVersion
from scoring.results.computing import snapshot_in
from scoring.sheets.opening import scheme_of
from scoring.trials.chart import slope_chart
from scoring.trials.trying import LINKS, Trial, TrialResult, has_trims, tie_nodes, try_rule, weight_groups

ROWS = 100
"""Rows of the table on one page."""


@bp.get(f"{C}/snapshots/<int:snapshot_id>/trials")
@requires("result.view")
def trials(competition_id: int, snapshot_id: int) -> ResponseReturnValue:
    """The places under the rule of the address beside the official ones."""
    snapshot = snapshot_in(db.session(), competition_id, snapshot_id)
    scheme = scheme_of(db.session.get_one(SchemeVersion, snapshot.scheme_version_id))
    trial, problems = _trial(scheme), list[str]()
    result: TrialResult | None = None
    if not trial.is_empty:
        try:
            result = try_rule(snapshot, trial)
        except SchemeError as error:
            problems = [problem.message for problem in error.problems]
        except (InvalidInputError, ConflictError) as error:
            problems = [sentence(error)]
    page = render_template(
        "scoring/trials.html",
        competition=competition_of(competition_id),
        snapshot=snapshot,
        scheme=scheme,
        trial=trial,
        links=LINKS,
        nodes=tie_nodes(scheme),
        groups=weight_groups(scheme),
        has_trims=has_trims(scheme),
        staged=staged_label,
        result=result,
        chart=slope_chart(result.lines) if result else None,
        rows=_rows(result, {"competition_id": competition_id, "snapshot_id": snapshot_id}),
        problems=problems,
        is_unchanged=bool(request.args) and trial.is_empty,
    )
    return page, 422 if problems else 200


def _rows(result: TrialResult | None, address: Mapping[str, object]) -> dict[str, object]:
    """The rows of the table on this page: all, or those whose place differs; and what its links keep."""
    only_moved = request.args.get("show") == "moved"
    lines = [line for line in (result.lines if result else ()) if line.is_moved or not only_moved]
    pages = max(1, -(-len(lines) // ROWS))
    page = min(max(request.args.get("page", 1, type=int), 1), pages)
    kept = {key: value for key, value in request.args.items() if key not in ("show", "page")} | dict(address)
    return {
        "lines": lines[(page - 1) * ROWS : page * ROWS],
        "page": page,
        "pages": pages,
        "only_moved": only_moved,
        "kept": kept,
        "kept_shown": kept | ({"show": "moved"} if only_moved else {}),
    }


def _trial(scheme: Scheme) -> Trial:
    known = {node.id for node in tie_nodes(scheme)} | {"time"}
    args = request.args
    ties = {
        order: tuple(dict.fromkeys(name for n in range(LINKS) if (name := args.get(f"tie{order}-{n}", "")) in known))
        for order in range(len(scheme.ranking.orders))
    }
    official = {node.id: weight for group in weight_groups(scheme) for node, weight in group.parts}
    typed = {name: args.get(f"weight-{name}", "").strip() for name in official}
    changed = any(typed[name] not in ("", weight) for name, weight in official.items())
    return Trial(
        ties=ties,
        drop_high=args.get("drop_high", "").strip(),
        drop_low=args.get("drop_low", "").strip(),
        weights=typed if changed else {},
    )
