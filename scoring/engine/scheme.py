"""A scheme as data: the tree from the event down to the aspects, its panels, and the rules of ranking."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Literal

from scoring.engine.delegations import DelegationRule
from scoring.engine.scale import MedalRule
from scoring.engine.steps import Step

ROOT = "total"
"""Id of the root node of every scheme."""

LEVELS = ("event", "stage", "module", "criterion", "sub_criterion", "group", "aspect")

ENTERED_KINDS = (
    "points",
    "external",
    "judgement",
    "measurement",
    "yes_no",
    "choice",
    "count",
    "indicator",
    "deduction",
    "veto",
    "disqualification",
)

Missing = Literal["incomplete", "nothing", "zero"]
"""What a part without any mark means: the whole waits; it takes no part; it counts as 0."""


@dataclass(frozen=True, slots=True)
class DropRule:
    """How many marks fall away at each end when at least `present` judges have marked."""

    present: int
    high: int
    low: int


@dataclass(frozen=True, slots=True)
class Tolerance:
    """Fallback of a panel: the kept marks count only while they agree, otherwise all marks do.

    Attributes:
        limits: (from, limit) by the mean of the kept marks, the highest `from` not above it applies.
    """

    limits: tuple[tuple[Fraction, Fraction], ...]


@dataclass(frozen=True, slots=True)
class Panel:
    """From the marks of several judges to one value.

    Attributes:
        judges: how many judges sit, if the scheme says so.
        names: who may mark; empty means anybody.
        at_least: fewer marks than this are never enough.
        missing: a judge has not marked: ``wait`` for the mark, ``use_given`` marks only, or put the
            ``mean_of_given`` in its place.
        drops: trimming by the number of marks, ascending; empty trims nothing.
        combine: what becomes of the kept marks.
        tolerance: see Tolerance.
        spread: the largest admissible distance between two marks; beyond it the mark is held.
        groups: panels of their own within this one, each with its judges; `combine` then joins their values.
        group_weights: one weight for each of `groups`.
        steps: applied to the result, before the steps of the aspect.
        source: where the rule stands.
    """

    judges: int | None = None
    names: tuple[str, ...] = ()
    at_least: int = 1
    missing: Literal["wait", "use_given", "mean_of_given"] = "use_given"
    drops: tuple[DropRule, ...] = ()
    combine: Literal["mean", "sum", "median", "max", "min"] = "mean"
    tolerance: Tolerance | None = None
    spread: Fraction | None = None
    groups: tuple[Panel, ...] = ()
    group_weights: tuple[Fraction, ...] = ()
    steps: tuple[Step, ...] = ()
    source: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """What may be entered for an aspect.

    Attributes:
        kind: one of ENTERED_KINDS.
        low, high: bounds of the entered value; None is open.
        step: entered values lie on low + n × step.
        options: label and value, for a choice and for yes/no.
        is_time: `mm:ss.s` and `h:mm:ss` are admitted and read as seconds.
        unit: for display.
        words: further words that stand for a value (``TOP``).
        suffixes: endings that add to a number (``34+``).
    """

    kind: str
    low: Fraction | None = None
    high: Fraction | None = None
    step: Fraction | None = None
    options: tuple[tuple[str, Fraction], ...] = ()
    is_time: bool = False
    unit: str = ""
    words: tuple[tuple[str, Fraction], ...] = ()
    suffixes: tuple[tuple[str, Fraction], ...] = ()


@dataclass(frozen=True, slots=True)
class Combine:
    """How a group makes one value of its parts.

    Attributes:
        method: ``first`` and ``last`` take the first or last part that has a value.
        best: only so many of the best parts.
        drop_high, drop_low: parts that fall away at each end before that.
        better: which end is best for `best`, `drop_…` (high unless less is better).
    """

    method: Literal["sum", "mean", "max", "min", "median", "product", "first", "last"] = "sum"
    best: int | None = None
    drop_high: int = 0
    drop_low: int = 0


@dataclass(frozen=True, slots=True)
class Gate:
    """A value that must be reached.

    Attributes:
        at_least, at_most: the bounds.
        otherwise: the contestant is ``unranked``, ranked ``last`` (after all who passed), or only flagged.
    """

    at_least: Fraction | None
    at_most: Fraction | None
    otherwise: Literal["unranked", "last", "flag"]
    source: str = ""


@dataclass(frozen=True, slots=True)
class Veto:
    """What follows when the aspect is triggered.

    Attributes:
        at_least: triggered from this entered value on.
        effect: the ``node`` becomes zero or is capped, or the contestant is unranked or disqualified.
    """

    at_least: Fraction
    effect: Literal["zero", "cap", "unranked", "disqualified"]
    node: str = ""
    cap: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Node:
    """One node of the tree: an aspect (with `entry`), a reference (`value_of`) or a group (with `children`).

    Attributes:
        id: unique in the scheme: the code, or `stage/code` where several stages have the same code.
        code, label, level, description, source, standard: as the document says.
        children: parts, in order.
        coefficients: one for each child: what its value is multiplied by.
        weights: the weights as written, for display; None where none is.
        weights_by: what the weights are.
        round_weighted: rounding of each weighted part.
        start: what the sum of the parts begins with.
        combine: see Combine.
        entry: how the aspect is marked.
        panel: how several judges' values become one here.
        shared_panel: the panel of the group above in which this node is judged judge by judge.
        per_judge: steps on each judge's value, before the panel.
        steps: steps on the value, in order; within a `shared_panel` they apply to each judge's value.
        missing: what it means for the whole when nothing is marked here.
        counts: whether the value enters the parent.
        gate, veto: see there.
        value_of: id of the node whose value this is.
        better: which end is good, for ranking and choosing the best.
        max: maximum before the node's steps (满分 as the document states it, or the sum of the parts).
        mark_low, mark_high: range of one judge's points, before panel and steps.
        low_marks, full_marks: range of the value after all steps; None where it is open.
        stage: id of the nearest stage above or at the node; empty if none.
        benchmarks: descriptions of the scale's points.
        judged_on: day of marking, for the plan.
        decimals: decimals to show, where the scheme says so; never rounds.
    """

    id: str
    code: str
    label: str
    level: str
    children: tuple[Node, ...] = ()
    coefficients: tuple[Fraction, ...] = ()
    weights: tuple[Fraction | None, ...] = ()
    weights_by: Literal["marks", "percent", "coefficient"] = "marks"
    round_weighted: Step | None = None
    start: Fraction = Fraction(0)
    combine: Combine = field(default_factory=Combine)
    entry: Entry | None = None
    panel: Panel | None = None
    shared_panel: Panel | None = None
    per_judge: tuple[Step, ...] = ()
    steps: tuple[Step, ...] = ()
    missing: Missing = "incomplete"
    counts: bool = True
    gate: Gate | None = None
    veto: Veto | None = None
    value_of: str = ""
    better: Literal["high", "low"] = "high"
    max: Fraction | None = None
    mark_low: Fraction | None = None
    mark_high: Fraction | None = None
    low_marks: Fraction | None = None
    full_marks: Fraction | None = None
    stage: str = ""
    description: str = ""
    source: str = ""
    standard: str = ""
    judged_on: str = ""
    decimals: int | None = None
    benchmarks: tuple[tuple[Fraction, str], ...] = ()

    @property
    def is_aspect(self) -> bool:
        """Whether marks are entered here."""
        return self.entry is not None

    @property
    def kind(self) -> str:
        """Kind of the aspect, or ``group`` or ``reference``."""
        if self.entry is not None:
            return self.entry.kind
        return "reference" if self.value_of else "group"

    def walk(self) -> Iterator[Node]:
        """This node and all beneath it, in the scheme's order."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True, slots=True)
class TieKey:
    """One link of a tie chain.

    Attributes:
        kind: ``node`` the value of a node, or the sum of several; ``time``; ``places`` the count of 1st, 2nd, …
            places in `nodes`; ``sorted`` the values of `nodes` from the best down; ``panel`` the node's marks
            under another panel; ``place`` the place in another node; ``judges`` who is preferred by more judges
            (for two tied); ``majority`` the majority of the judges' places (skating system).
        nodes: ids concerned.
        better: which end goes first.
        panel: for ``panel``.
        label: in words, for `decided_by`.
        source: where the rule stands.
    """

    kind: Literal["node", "time", "places", "sorted", "panel", "place", "judges", "majority"]
    nodes: tuple[str, ...]
    better: Literal["high", "low"]
    label: str
    panel: Panel | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class Order:
    """Who comes before whom: a value, and the chain for those with the same value."""

    node: str
    better: Literal["high", "low"]
    ties: tuple[TieKey, ...]


@dataclass(frozen=True, slots=True)
class Cut:
    """A line below which a stage ends for a contestant.

    Attributes:
        node: the stage ranked.
        places: how many go on.
        ties: a tie on the line: ``all`` of it go on, ``none`` do, or it must be decided (``decide``).
        to: name or id of what they go on to.
    """

    node: str
    places: int
    ties: Literal["all", "none", "decide"]
    to: str


RankMethod = Literal["standard", "dense", "ordinal", "average", "no_ties"]


@dataclass(frozen=True, slots=True)
class RankingRule:
    """From values to places.

    Attributes:
        method: numbering of places (1224, 1223, 1234, 1 2.5 2.5 4, or no ties allowed).
        orders: one, or one for each stage from the last backwards; a contestant is placed by the first in
            which there is a value, before all who are placed by a later one.
        cuts: see Cut.
        award_places: contestants without award keep their place open (``keep``) or those behind move up.
        medals: gold, silver, bronze and medallion by closeness, if the scheme gives them so.
        status_rules: for each status, whether the contestant is ``unranked``, ``last``, or has ``zero``.
    """

    method: RankMethod
    orders: tuple[Order, ...]
    cuts: tuple[Cut, ...] = ()
    award_places: Literal["cascade", "keep"] = "cascade"
    medals: MedalRule | None = None
    status_rules: Mapping[str, str] = field(default_factory=dict)
    source: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A section of the standard.

    Attributes:
        code: what aspects name in `standard`.
        label: its title.
        marks: what it should be worth of the scheme's total; None if the standard does not say.
    """

    code: str
    label: str = ""
    marks: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Scheme:
    """A whole scheme, checked. Built by `scheme_document.scheme_from_document`; never by hand.

    Attributes:
        document: what it was read from, as JSON-able data; `to_document` gives a copy.
        order: ids of all nodes, parts before wholes, referenced before referring.
        places: decimals to show for each node id.
        items: names of values given per contestant and item, and the node ids that use each.
        parents: id of the parent of each node.
        delegations: rules of the standings of delegations.
        sources: what the citations of the scheme refer to.
        standards: sections of the skill's standard; aspects name theirs in `Node.standard`.
        standards_tolerance: how far a section's sum may stray from what the standard says.
    """

    title: str
    occupation: str
    demonstration: bool
    root: Node
    ranking: RankingRule
    document: Mapping[str, Any]
    nodes: Mapping[str, Node]
    order: tuple[str, ...]
    places: Mapping[str, int]
    items: Mapping[str, frozenset[str]]
    parents: Mapping[str, str]
    delegations: tuple[DelegationRule, ...] = ()
    sources: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    standards: tuple[Section, ...] = ()
    standards_tolerance: Fraction | None = None

    def to_document(self) -> dict[str, Any]:
        """The scheme as JSON-able data; reading it gives an equal scheme."""
        return copy.deepcopy(dict(self.document))

    def node(self, name: str) -> Node:
        """The node with this id, or with this code if no other has it.

        Raises:
            KeyError: there is none, or several.
        """
        if name in self.nodes:
            return self.nodes[name]
        found = [node for node in self.nodes.values() if node.code == name]
        if len(found) != 1:
            raise KeyError(name)
        return found[0]

    def stages(self) -> tuple[Node, ...]:
        """The nodes of level stage, in order."""
        return tuple(node for node in self.root.walk() if node.level == "stage")

    def modules(self) -> tuple[Node, ...]:
        """The nodes of level module, in order."""
        return tuple(node for node in self.root.walk() if node.level == "module")

    def columns(self) -> tuple[Node, ...]:
        """Stages and modules, in the tree's order: the columns of a result list."""
        return tuple(node for node in self.root.walk() if node.level in {"stage", "module"})

    def aspects(self, within: str = ROOT) -> tuple[Node, ...]:
        """The aspects beneath a node (itself, if it is one), in order.

        Raises:
            KeyError: no such node.
        """
        return tuple(node for node in self.node(within).walk() if node.is_aspect)

    def panel_of(self, aspect: Node) -> Panel | None:
        """The panel that judges this aspect: its own, or that of the group that is judged as a whole."""
        return aspect.panel or aspect.shared_panel
