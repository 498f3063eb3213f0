"""Trying another rule on the marks of a snapshot: another tie chain, trim or weight. Never official, never stored."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from competitions.models import Entrant
from core.db import db
from core.errors import InvalidInputError
from scoring.engine.exact import NotANumberError, number
from scoring.engine.ranking import rank_text
from scoring.engine.scheme import ROOT, Node, Scheme
from scoring.engine.what_if import Shift, WhatIf, what_if
from scoring.models import ResultLine, ResultSnapshot, SchemeVersion
from scoring.opening import scheme_of
from scoring.results import entrants_by_name, ranking_of

LINKS = 3
"""Links of a tie chain that may be chosen."""


class TrialError(InvalidInputError):
    """A trial that cannot be made of this scheme."""

    code = "trial"


@dataclass(frozen=True, slots=True)
class Trial:
    """What is tried; empty parts stay as the scheme has them.

    Attributes:
        ties: ids of nodes, or `time`, in the order of the chain.
        drop_high, drop_low: marks that fall away at each end of every panel, as typed.
        weights: id of a part of the whole → its weight, as typed.
    """

    ties: tuple[str, ...] = ()
    drop_high: str = ""
    drop_low: str = ""
    weights: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is tried."""
        return not (self.ties or self.drop_high or self.drop_low or any(self.weights.values()))


@dataclass(frozen=True, slots=True)
class TrialLine:
    """One entrant under both rules; totals as text, places as text or empty, `change` places gained."""

    entrant: Entrant
    official_rank: str
    other_rank: str
    official_total: str
    other_total: str
    change: Fraction | None


@dataclass(frozen=True, slots=True)
class TrialResult:
    """What a trial gives.

    Attributes:
        moved: how many places differ.
        is_stale: marks have changed since the snapshot, so that "official" is no longer what it shows.
    """

    lines: tuple[TrialLine, ...]
    moved: int
    is_stale: bool


def tie_nodes(scheme: Scheme) -> tuple[Node, ...]:
    """The nodes by which a tie may be broken: every node with a value but the whole."""
    return tuple(node for node in scheme.root.walk() if node.id != ROOT and node.veto is None)


def weighted_parts(scheme: Scheme) -> tuple[tuple[Node, str], ...]:
    """The parts of the whole with their weights as text; empty where marks are simply added."""
    if scheme.root.weights_by == "marks":
        return ()
    pairs = zip(scheme.root.children, scheme.root.weights, strict=True)
    return tuple((node, "" if weight is None else str(weight)) for node, weight in pairs)


def has_trims(scheme: Scheme) -> bool:
    """Whether any panel of several judges could drop marks."""
    return bool(list(_panels(scheme.to_document())))


def try_rule(snapshot: ResultSnapshot, trial: Trial) -> TrialResult:
    """The event's newest marks under another rule, beside the rule of the snapshot.

    Raises:
        TrialError: a figure that is none, or a change that the scheme's form does not admit.
        SchemeError: the changes make no scheme (weights that do not add up).
    """
    session = db.session()
    version = session.get_one(SchemeVersion, snapshot.scheme_version_id)
    official = ranking_of(session, snapshot.event, version)
    found = what_if(official, changes_of(scheme_of(version), trial))
    entrants = entrants_by_name(session, snapshot.event_id)
    lines = tuple(_line(found, shift, official.result.text(shift.contestant, ROOT), entrants) for shift in found.shifts)
    return TrialResult(lines, len(found.moved), _is_stale(snapshot, lines))


def _line(found: WhatIf, shift: Shift, official_total: str, entrants: Mapping[str, Entrant]) -> TrialLine:
    both = shift.official_rank is not None and shift.other_rank is not None
    return TrialLine(
        entrant=entrants[shift.contestant],
        official_rank=rank_text(shift.official_rank),
        other_rank=rank_text(shift.other_rank),
        official_total=official_total,
        other_total=found.ranking.result.text(shift.contestant, ROOT),
        change=(shift.official_rank or Fraction(0)) - (shift.other_rank or Fraction(0)) if both else None,
    )


def _is_stale(snapshot: ResultSnapshot, lines: tuple[TrialLine, ...]) -> bool:
    query = select(ResultLine).where(ResultLine.snapshot_id == snapshot.id).options(joinedload(ResultLine.entrant))
    shown = {line.entrant_id: (line.rank or "", line.total or "") for line in db.session.scalars(query)}
    return shown != {line.entrant.id: (line.official_rank, line.official_total) for line in lines}


def changes_of(scheme: Scheme, trial: Trial) -> dict[str, dict[str, Any]]:
    """The trial as `what_if` takes it: code of a node, or `total`, to keys with new values.

    Raises:
        TrialError: see `try_rule`.
    """
    document = scheme.to_document()
    changes: dict[str, dict[str, Any]] = {}
    if trial.ties:
        changes["total"] = {"ranking": _with_ties(document, trial.ties)}
    if trial.drop_high or trial.drop_low:
        for code, keys in _trimmed(document, _whole(trial.drop_high), _whole(trial.drop_low)):
            if code != "total" and changes.get(code, keys) != keys:
                raise TrialError("“%(code)s”在各阶段的评委组规则不同，不能一起试算", code=code)
            changes[code] = changes.get(code, {}) | keys
    for name, weight in trial.weights.items():
        if weight.strip():
            code = scheme.nodes[name].code
            changes[code] = changes.get(code, {}) | {"weight": _weight(weight)}
    return changes


def _with_ties(document: Mapping[str, Any], ties: tuple[str, ...]) -> dict[str, Any]:
    ranking = dict(document.get("ranking") or {})
    if ranking.get("stages"):
        raise TrialError("这份方案分阶段排名，同分规则写在各阶段之内，不能在这里试算")
    return ranking | {"ties": [{"time": "low"} if name == "time" else name for name in ties]}


def _trimmed(document: Mapping[str, Any], high: int, low: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """For each place of the document that has panels of its own: the code, and its keys with other trims."""
    trims = {"drop_high": high, "drop_low": low, "drop": None}

    def trimmed(panel: Mapping[str, Any]) -> dict[str, Any]:
        return {key: value for key, value in (dict(panel) | trims).items() if value is not None}

    for code, key, panel in _panels(document):
        if key == "panels":
            yield code, {key: {name: trimmed(own) for name, own in panel.items()}}
        else:
            yield code, {key: trimmed(panel)}


def _panels(document: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Code of the node (`total` for the whole), key and mapping of every panel without groups."""
    if isinstance(document.get("default_panel"), dict):
        yield "total", "default_panel", document["default_panel"]
    if document.get("panels"):
        yield "total", "panels", document["panels"]
    yield from _own_panels(document, "total")


def _own_panels(node: Mapping[str, Any], code: str) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    panel = node.get("panel")
    if isinstance(panel, dict) and not panel.get("groups"):
        yield code, "panel", panel
    for child in node.get("children", []):
        yield from _own_panels(child, str(child.get("code") or next(iter(child.get("codes", [""])))))


def _whole(text: str) -> int:
    if not text.strip():
        return 0
    if not text.strip().isascii() or not text.strip().isdigit() or len(text.strip()) > 2:
        raise TrialError("去掉的分数个数应为整数，不能是“%(text)s”", text=text[:20])
    return int(text)


def _weight(text: str) -> str:
    try:
        number(text)
    except NotANumberError as error:
        raise TrialError("权重“%(text)s”不是数字", text=text[:20]) from error
    return text.strip()
