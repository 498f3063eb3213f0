"""The what-if panel of a snapshot: another rule beside the official places, clearly marked, nothing stored."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from competitions.setup import competition_of
from core.auth import requires
from core.db import db
from core.errors import InvalidInputError
from core.i18n import sentence
from scoring.engine.problems import SchemeError
from scoring.engine.scheme import Scheme
from scoring.judging import staged_label
from scoring.models import SchemeVersion
from scoring.opening import scheme_of
from scoring.results import snapshot_in
from scoring.trials import LINKS, Trial, TrialResult, has_trims, tie_nodes, try_rule, weighted_parts
from scoring.views import C, bp


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
        except InvalidInputError as error:
            problems = [sentence(error)]
    page = render_template(
        "scoring/trials.html",
        competition=competition_of(competition_id),
        snapshot=snapshot,
        scheme=scheme,
        trial=trial,
        links=LINKS,
        nodes=tie_nodes(scheme),
        parts=weighted_parts(scheme),
        has_trims=has_trims(scheme),
        staged=staged_label,
        result=result,
        problems=problems,
    )
    return page, 422 if problems else 200


def _trial(scheme: Scheme) -> Trial:
    known = {node.id for node in tie_nodes(scheme)} | {"time"}
    args = request.args
    ties = dict.fromkeys(name for n in range(LINKS) if (name := args.get(f"tie{n}", "")) in known)
    official = dict(weighted_parts(scheme))
    typed = {node.id: args.get(f"weight-{node.id}", "").strip() for node in official}
    changed = any(typed[node.id] not in ("", weight) for node, weight in official.items())
    return Trial(
        ties=tuple(ties),
        drop_high=args.get("drop_high", "").strip(),
        drop_low=args.get("drop_low", "").strip(),
        weights=typed if changed else {},
    )
