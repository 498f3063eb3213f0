"""What an adopted marking scheme states of the matters that rule packs ask about: trimming, ties, shared places."""

from collections.abc import Mapping, Sequence
from typing import Any

from core.db import db
from scoring.engine.scheme import Panel, Scheme
from scoring.sheets.opening import current_schemes, scheme_of


def planned(event_ids: Sequence[int]) -> Mapping[int, Mapping[str, Any]]:
    """Fields of `alignment.comparing.Plan` that the events' newest schemes state, without what they leave open.

    Args:
        event_ids: the events; one without scheme is left out. One query, however many.
    """
    versions = current_schemes(db.session(), event_ids)
    return {event_id: stated(scheme_of(version)) for event_id, version in versions.items()}


def stated(scheme: Scheme) -> Mapping[str, Any]:
    """See `planned`. Trimming is stated only where all judged aspects with several judges trim alike."""
    facts: dict[str, Any] = {}
    panels = [panel for aspect in scheme.aspects() if (panel := scheme.panel_of(aspect)) is not None]
    trims = {_trim(panel) for panel in panels if panel.judges != 1}
    if len(trims) == 1 and (trim := trims.pop()) is not None:
        facts["drop_each_end"] = trim
    facts["shared_places"] = scheme.ranking.method != "no_ties"
    if ties := scheme.ranking.orders[0].ties:
        facts["tie_order"] = tuple(key.label for key in ties)
    return facts


def _trim(panel: Panel) -> int | None:
    """How many marks fall away at each end once all judges have marked; None where the ends differ."""
    if not panel.drops:
        return 0
    full = panel.drops[-1]
    return full.high if full.high == full.low else None
