"""Trying another rule on the marks of a snapshot: another tie chain, trim or weight. Never official, never stored."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from core.db import db
from core.errors import ConflictError, InvalidInputError
from scoring.engine.exact import NotANumberError, number
from scoring.engine.ranking import Ranking, rank, rank_text
from scoring.engine.scheme import ROOT, Node, Scheme
from scoring.engine.totals import evaluate
from scoring.engine.what_if import Shift, WhatIf, what_if
from scoring.models import ResultLine, ResultSnapshot, SchemeVersion
from scoring.results.given import marks_of
from scoring.results.standings import all_lines
from scoring.sheets.opening import scheme_of

LINKS = 3
"""Links of a tie chain that may be chosen."""


class TrialError(InvalidInputError):
    """A trial that cannot be made of this scheme."""

    code = "trial"


@dataclass(frozen=True, slots=True)
class Trial:
    """What is tried; empty parts stay as the scheme has them.

    Attributes:
        ties: number of the order (0 for the only one, else of the stage as ranked) → ids of nodes, or `time`, in the
            order of the chain.
        drop_high, drop_low: marks that fall away at each end of every panel, as typed.
        weights: id of a weighted part → its weight, as typed.
    """

    ties: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    drop_high: str = ""
    drop_low: str = ""
    weights: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is tried."""
        return not (any(self.ties.values()) or self.drop_high or self.drop_low or any(self.weights.values()))


@dataclass(frozen=True, slots=True)
class TrialLine:
    """One entrant under both rules; totals as text, places as text or empty, `change` places gained."""

    line: ResultLine
    official_rank: str
    other_rank: str
    official_total: str
    other_total: str
    change: Fraction | None

    @property
    def is_moved(self) -> bool:
        """Whether the place differs."""
        return self.official_rank != self.other_rank


@dataclass(frozen=True, slots=True)
class TrialResult:
    """What a trial gives: every entrant in the official order, and how many places differ."""

    lines: tuple[TrialLine, ...]
    moved: int


@dataclass(frozen=True, slots=True)
class WeightGroup:
    """A whole whose parts have weights, with each part and its weight as text."""

    whole: Node
    by_percent: bool
    parts: tuple[tuple[Node, str], ...]


def tie_nodes(scheme: Scheme) -> tuple[Node, ...]:
    """The nodes by which a tie may be broken: every node with a value but the whole."""
    return tuple(node for node in scheme.root.walk() if node.id != ROOT and node.veto is None)


def weight_groups(scheme: Scheme) -> tuple[WeightGroup, ...]:
    """Every whole whose parts are weighted, at any depth; stages that share their codes are weighted alike, so once."""
    found: dict[str, WeightGroup] = {}
    for whole in scheme.root.walk():
        if whole.weights_by == "marks" or not whole.children:
            continue
        pairs = zip(whole.children, whole.weights, strict=True)
        parts = tuple((node, str(weight)) for node, weight in pairs if weight is not None)
        found.setdefault(whole.code, WeightGroup(whole, whole.weights_by == "percent", parts))
    return tuple(found.values())


def has_trims(scheme: Scheme) -> bool:
    """Whether any panel of several judges could drop marks."""
    return bool(list(_panels(scheme.to_document())))


def try_rule(snapshot: ResultSnapshot, trial: Trial) -> TrialResult:
    """The snapshot's own marks under another rule, beside the snapshot's places.

    Raises:
        TrialError: a figure that is none, or a change that the scheme's form does not admit.
        SchemeError: the changes make no scheme (weights that do not add up).
        ConflictError: the snapshot keeps no marks, or its own rule does not give its own places again.
    """
    version = db.session.get_one(SchemeVersion, snapshot.scheme_version_id)
    scheme = scheme_of(version)
    changes = changes_of(scheme, trial)
    lines = {line.unfolding["contestant"]: line for line in all_lines(snapshot.id, unfolded=True)}
    official = _official(scheme, lines)
    found = what_if(official, changes)
    both = tuple(_line(found, shift, lines[shift.contestant]) for shift in found.shifts)
    return TrialResult(both, sum(line.is_moved for line in both))


def _official(scheme: Scheme, lines: Mapping[str, ResultLine]) -> Ranking:
    """The ranking of the snapshot made again from the marks that it keeps, proved against its own lines."""
    marks = marks_of(line.unfolding for line in lines.values())
    if marks is None:
        raise ConflictError("这份成绩计算时还没有留存原始评分，不能试算；重新计算一份即可")
    ranking = rank(evaluate(scheme, marks))
    for place in ranking.places:
        line = lines[place.contestant]
        if (rank_text(place.rank) or None, ranking.result.text(place.contestant, ROOT) or None) != (
            line.rank,
            line.total,
        ):
            raise ConflictError("按留存的评分算不出这份成绩，不能试算；请先核对系统版本")
    return ranking


def _line(found: WhatIf, shift: Shift, line: ResultLine) -> TrialLine:
    both = shift.official_rank is not None and shift.other_rank is not None
    return TrialLine(
        line=line,
        official_rank=line.rank or "",
        other_rank=rank_text(shift.other_rank),
        official_total=line.total or "",
        other_total=found.ranking.result.text(shift.contestant, ROOT),
        change=(shift.official_rank or Fraction(0)) - (shift.other_rank or Fraction(0)) if both else None,
    )


def changes_of(scheme: Scheme, trial: Trial) -> dict[str, dict[str, Any]]:
    """The trial as `what_if` takes it: code of a node, or `total`, to keys with new values.

    Raises:
        TrialError: see `try_rule`.
    """
    document = scheme.to_document()
    changes: dict[str, dict[str, Any]] = {}
    if any(trial.ties.values()):
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


def _with_ties(document: Mapping[str, Any], ties: Mapping[int, tuple[str, ...]]) -> dict[str, Any]:
    """The document's ranking with other chains; where stages are ranked, each has its own."""
    ranking = dict(document.get("ranking") or {})
    if not ranking.get("stages"):
        return ranking | {"ties": _chain(ties.get(0, ()))}
    stages = [
        dict(stage) | ({"ties": _chain(ties[index])} if ties.get(index) else {})
        for index, stage in enumerate(ranking["stages"])
    ]
    return ranking | {"stages": stages}


def _chain(names: tuple[str, ...]) -> list[Any]:
    return [{"time": "low"} if name == "time" else name for name in names]


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
