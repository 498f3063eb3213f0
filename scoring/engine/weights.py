"""Full marks and weights: what each part may reach, what it is multiplied by, and whether the sums come out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from core.messages import said
from scoring.engine.exact import decimal_text, round_exact
from scoring.engine.panel import drop_rule
from scoring.engine.problems import Path, Problem
from scoring.engine.scheme import Node, Panel, Scheme
from scoring.engine.steps import (
    Arithmetic,
    Bands,
    Deviation,
    Lookup,
    Piecewise,
    RelativeToBest,
    Round,
    Step,
)

Range = tuple[Fraction | None, Fraction | None]
"""Lowest and highest value; None where there is no bound or it depends on the contestant."""

_OPEN: Range = (None, None)


def step_range(step: Step, bounds: Range) -> Range:
    """The range of values after a step."""
    if isinstance(step, Round):
        low, high = (None if end is None else round_exact(end, step.rounding) for end in bounds)
        return (low, high)
    if isinstance(step, Arithmetic):
        return _arithmetic_range(step, bounds)
    if isinstance(step, Deviation) and step.over <= 0 and step.under <= 0:
        return (None, step.start)
    if isinstance(step, RelativeToBest):
        return (None, step.points)
    return _table_range(step)


def _table_range(step: Step) -> Range:
    match step:
        case Bands():
            return _spread([band.points for band in step.bands], step.otherwise)
        case Lookup():
            return _spread([points for _, points in step.table], step.otherwise)
        case Piecewise():
            return _spread([points for _, points in step.points], None)
        case _:
            return _OPEN


def _spread(values: list[Fraction], more: Fraction | None) -> Range:
    every = [*values, *([] if more is None else [more])]
    return (min(every), max(every)) if every else _OPEN


def _arithmetic_range(step: Arithmetic, bounds: Range) -> Range:
    other = step.operand.number
    low, high = bounds
    if other is None or step.name == "divide_into":
        return _OPEN
    if step.name in {"multiply", "divide"}:
        factor = other if step.name == "multiply" else 1 / other
        ends = (None if low is None else low * factor, None if high is None else high * factor)
        return ends if factor >= 0 else (ends[1], ends[0])
    if step.name in {"add", "subtract"}:
        shift = other if step.name == "add" else -other
        return (None if low is None else low + shift, None if high is None else high + shift)
    if step.name == "subtract_from":
        return (None if high is None else other - high, None if low is None else other - low)
    if step.name == "at_least":
        return (other if low is None else max(low, other), None if high is None else max(high, other))
    return (None if low is None else min(low, other), other if high is None else min(high, other))


def steps_range(steps: Sequence[Step], bounds: Range) -> Range:
    """The range of values after all steps."""
    for step in steps:
        bounds = step_range(step, bounds)
    return bounds


def panel_range(panel: Panel, bounds: Range) -> Range:
    """The range of a panel's value, from that of one mark."""
    low, high = bounds
    if panel.groups:
        ranges = [panel_range(group, bounds) for group in panel.groups]
        total = Fraction(1) if panel.combine == "sum" else sum(panel.group_weights, Fraction(0))
        low = _weighted([bottom for bottom, _ in ranges], panel.group_weights, total)
        high = _weighted([top for _, top in ranges], panel.group_weights, total)
    elif panel.combine == "sum":
        if panel.judges is None or panel.missing == "use_given":
            return _OPEN
        rule = drop_rule(panel, panel.judges)
        kept = panel.judges - rule.high - rule.low
        low, high = (None if end is None else end * kept for end in (low, high))
    return steps_range(panel.steps, (low, high))


def _weighted(values: Sequence[Fraction | None], weights: Sequence[Fraction], total: Fraction) -> Fraction | None:
    result = Fraction(0)
    for value, weight in zip(values, weights, strict=True):
        if value is None:
            return None
        result += value * weight
    return result / total if total else None


class _Weighing:
    """One pass over a tree: ranges from the leaves up, references followed, coefficients set on the way."""

    def __init__(self, root: Node, paths: Mapping[str, Path], problems: list[Problem]) -> None:
        self.nodes = {node.id: node for node in root.walk()}
        self.paths = paths
        self.problems = problems
        self.done: dict[str, Node] = {}
        self.ranges: dict[str, Range] = {}
        self.under_way: set[str] = set()

    def problem(self, node: Node, message: str, key: str = "") -> None:
        """Note a mistake at a node or one of its keys."""
        path = self.paths.get(node.id, ())
        self.problems.append(
            Problem(said("「%(label)s」%(mistake)s", label=node.label, mistake=message), (*path, key) if key else path)
        )

    def weigh(self, name: str) -> Range:
        """Range of a node's value; the node with its coefficients is in `done` afterwards."""
        if name in self.ranges or name in self.under_way:
            return self.ranges.get(name, _OPEN)
        self.under_way.add(name)
        node = self.nodes[name]
        bounds = self._before_steps(node)
        node = self.done.get(name, node)
        bounds = steps_range(node.steps, bounds)
        self.ranges[name] = bounds
        self.done[name] = replace(node, full_marks=bounds[1], low_marks=bounds[0])
        return bounds

    def _before_steps(self, node: Node) -> Range:
        if node.value_of:
            return self.weigh(node.value_of) if node.value_of in self.nodes else _OPEN
        bounds = (node.mark_low, node.mark_high) if node.entry is not None else self._group(node)
        return panel_range(node.panel, bounds) if node.panel is not None else bounds

    def _group(self, node: Node) -> Range:
        bounds = [self.weigh(child.id) for child in node.children]
        coefficients = self._coefficients(node, bounds)
        children = tuple(self.done[child.id] for child in node.children)
        if not node.stage and node.level == "event" and not any(child.counts for child in children):
            self.problem(node, said("没有任何计入总成绩的部分"), "children")
        pairs = [
            _scaled(bound, factor)
            for child, bound, factor in zip(children, bounds, coefficients, strict=True)
            if child.counts
        ]
        computed = _combined(node, pairs, coefficients)
        declared = node.max
        if declared is None and node.weights_by == "percent":
            declared = Fraction(100)
        self._check_maximum(node, computed[1])
        high = declared if declared is not None else computed[1]
        self.done[node.id] = replace(node, children=children, coefficients=tuple(coefficients), max=high)
        return steps_range(node.per_judge, (computed[0], high))

    def _check_maximum(self, node: Node, computed: Fraction | None) -> None:
        """The maximum as stated must be what the parts make; percentages are checked as such."""
        if node.max is None or computed in {None, node.max} or node.weights_by == "percent":
            return
        found = decimal_text(computed or Fraction(0))
        self.problem(
            node,
            said("各部分满分合计为 %(found)s，与写明的 max %(max)s 不符", found=found, max=decimal_text(node.max)),
            "max",
        )

    def _coefficients(self, node: Node, bounds: list[Range]) -> list[Fraction]:
        if node.weights_by == "marks":
            if any(weight is not None for weight in node.weights):
                self.problem(node, said("的部分写了 weight，须写明 weights: percent 或 coefficient"), "weights")
            return [Fraction(1)] * len(node.children)
        self._check_weights(node)
        weights = [weight if weight is not None else Fraction(0) for weight in node.weights]
        if node.weights_by == "coefficient":
            picks = node.combine.best or node.combine.drop_high or node.combine.drop_low
            if node.combine.method == "mean" and picks:
                self.problem(node, said("加权平均不能同时取最好的若干个或去高去低"), "combine")
            return weights
        return self._by_percent(node, weights, bounds)

    def _check_weights(self, node: Node) -> None:
        for child, weight in zip(node.children, node.weights, strict=True):
            if child.counts and weight is None:
                self.problem(child, said("缺少 weight（权重）"))
            if not child.counts and weight is not None:
                self.problem(child, said("不计入总分（counts: false 或否决项），不能有 weight"), "weight")
            if weight is not None and weight < 0:
                self.problem(child, said("的 weight 不能为负"), "weight")

    def _by_percent(self, node: Node, weights: list[Fraction], bounds: list[Range]) -> list[Fraction]:
        if node.combine.method != "sum":
            self.problem(node, said("按百分比加权时 combine 只能是 sum"), "combine")
        if sum(weights, Fraction(0)) != 100:
            total = decimal_text(sum(weights, Fraction(0)))
            self.problem(node, said("各部分权重合计为 %(total)s%%，应为 100%%", total=total), "children")
        whole = node.max if node.max is not None else Fraction(100)
        factors: list[Fraction] = []
        for child, weight, (_, high) in zip(node.children, weights, bounds, strict=True):
            if child.counts and (high is None or high <= 0):
                self.problem(child, said("没有确定的满分，不能按百分比加权（请写 max，或用 weights: coefficient）"))
            factors.append(weight / 100 * whole / high if high and high > 0 else Fraction(0))
        return factors


def _scaled(bounds: Range, factor: Fraction) -> Range:
    low, high = bounds
    ends = (None if low is None else low * factor, None if high is None else high * factor)
    return ends if factor >= 0 else (ends[1], ends[0])


def _combined(node: Node, pairs: list[Range], coefficients: list[Fraction]) -> Range:
    low = _ends(node, [pair[0] for pair in pairs], False)
    high = _ends(node, [pair[1] for pair in pairs], True)
    if node.combine.method == "mean" and node.weights_by == "coefficient":
        total = sum(coefficients, Fraction(0))
        share = len(pairs) / total if total else None
        return (
            None if low is None or share is None else low * share,
            None if high is None or share is None else high * share,
        )
    return low, high


def _ends(node: Node, values: list[Fraction | None], top: bool) -> Fraction | None:
    known = sorted((value for value in values if value is not None), reverse=top)
    if len(known) != len(values) or not known or node.combine.method == "product":
        return None
    combine = node.combine
    rest = known[: max(len(known) - combine.drop_high - combine.drop_low, 0)]
    rest = rest[: combine.best] if combine.best else rest
    if not rest:
        return None
    if combine.method == "sum":
        return node.start + sum(rest, Fraction(0))
    if combine.method == "mean":
        return sum(rest, Fraction(0)) / len(rest)
    return rest[0]


def with_weights(root: Node, order: Sequence[str], paths: Mapping[str, Path], problems: list[Problem]) -> Node:
    """The tree with coefficients and full marks filled in; what does not add up is noted.

    Args:
        root: the tree as read.
        order: ids of its nodes, parts before wholes.
        paths: where each node stands in the document.
        problems: where mistakes are collected.
    """
    weighing = _Weighing(root, paths, problems)
    for name in order:
        weighing.weigh(name)
    return weighing.done[root.id]


def check_totals(scheme: Scheme) -> list[str]:
    """Sentences on sums worth a look: they do not stop the scheme, but a chief judge should have seen them.

    A scheme that is loaded has passed the strict checks (percentages sum to 100, stated maxima agree); what is
    left is a total that misses the usual 100 by a little.
    """
    full = scheme.root.full_marks
    if full is not None and full != 100 and 90 <= full <= 110:
        return [said("总分满分为 %(full)s，不是 100", full=decimal_text(full))]
    return []
