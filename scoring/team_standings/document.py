"""A standing of delegations as it is kept when it is published: every figure and what it rests on, no person's name."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from core.messages import kept
from scoring.engine.exact import decimal_text
from scoring.team_standings.formulas import TeamFormula, formula_rows
from scoring.team_standings.reckoning import TeamPlace, TeamStandings


def document_of(found: TeamStandings, formula: TeamFormula) -> dict[str, Any]:
    """Everything that the page of a standing shows, as JSON-able data; persons are named by the id of their entry."""
    return {
        "formula": {
            "key": formula.key,
            "name": formula.name,
            "words": formula.words if formula.is_as_published else "",
            "figures": [[name, value] for name, value in formula_rows(formula.rule).items()],
        },
        "results": [
            {
                "event": result.event.id,
                "snapshot": result.snapshot.id,
                "number": result.snapshot.number,
                "digest": result.snapshot.digest,
                "is_final": result.is_final,
            }
            for result in found.counted
        ],
        "places": [_place(team) for team in found.places],
    }


def _place(team: TeamPlace) -> dict[str, Any]:
    place = team.place
    return {
        "delegation": place.delegation,
        "rank": place.rank,
        "value": decimal_text(place.value),
        "share": str(team.share),
        "medal": team.medal,
        "reason": kept(place.reason),
        "counted": [
            {"snapshot": int(part.event), "entrant": int(part.contestant), "value": decimal_text(part.value)}
            for part in place.counted
        ],
    }


def digest_of(document: Mapping[str, Any]) -> str:
    """SHA-256 over everything that a published standing says."""
    text = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
