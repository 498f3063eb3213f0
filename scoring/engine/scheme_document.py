"""From a scheme document (plain data) to a checked Scheme, or to the list of everything that is wrong with it."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any, cast

from core.messages import said
from scoring.engine.aspect_document import AspectRules, read_aspect
from scoring.engine.delegation_document import read_delegations
from scoring.engine.exact import HALF_UP, MODES
from scoring.engine.outline import Names, Outline, outline
from scoring.engine.panel_document import read_panel
from scoring.engine.problems import Problem, SchemeError
from scoring.engine.ranking_document import read_ranking
from scoring.engine.reading import Fields
from scoring.engine.scheme import ENTERED_KINDS, LEVELS, Combine, Gate, Node, Panel, Scheme
from scoring.engine.standards_document import read_standards
from scoring.engine.step_document import Context, read_rounding, read_steps
from scoring.engine.steps import FIELD_STEPS
from scoring.engine.structure import decimals_shown, evaluation_order, item_users
from scoring.engine.weights import steps_range, with_weights

ITEMS = frozenset({"factor", "base_value", "target", "time"})
"""Values per contestant and item that every scheme may use without naming them first."""

_COMBINE = ("sum", "mean", "max", "min", "median", "product", "first", "last")
_PANEL_KINDS = {"points", "judgement"}


def scheme_from_document(document: object) -> Scheme:
    """The scheme that a document holds.

    Args:
        document: mappings, lists, text, whole numbers, true/false and null; decimals as text.

    Raises:
        SchemeError: with all mistakes, each with its path in the document.
    """
    scheme, problems = read_document(document)
    if scheme is None or problems:
        raise SchemeError(problems)
    return scheme


def read_document(document: object) -> tuple[Scheme | None, list[Problem]]:
    """The scheme, if there are no mistakes, and the mistakes."""
    problems: list[Problem] = []
    top = Fields(document, (), problems)
    if problems or not isinstance(document, dict):
        return None, problems or [Problem(said("方案应为“键: 值”的映射"))]
    tree = outline(document, problems)
    if not tree.children and not problems:
        top.problem(said("缺少“children”（评分模块）"))
    if problems:
        return None, problems
    context = _context(top, Names(tree))
    title, occupation = top.text("title", required=True), top.text("occupation")
    demonstration, sources = top.flag("demonstration"), _sources(top)
    standards, tolerance = read_standards(top)
    root = _group_or_aspect(_Place(top, tree, None, _default_panel(top, context)), context)
    ranking = read_ranking(top, context, {node.id: node for node in root.walk()})
    delegations = read_delegations(top, context)
    top.finish()
    paths = {node.id: node.path for node in tree.walk()}
    order = () if problems else evaluation_order(root, paths, problems)
    if not problems:
        root = with_weights(root, order, paths, problems)
    if problems:
        return None, list(dict.fromkeys(problems))
    nodes = {node.id: node for node in root.walk()}
    scheme = Scheme(
        title=title,
        occupation=occupation,
        demonstration=demonstration,
        root=root,
        ranking=ranking,
        document=_plain(document),
        nodes=nodes,
        order=order,
        places=decimals_shown(nodes, order),
        items=item_users(nodes, context.items),
        parents={child.id: node.id for node in nodes.values() for child in node.children},
        delegations=delegations,
        sources=sources,
        standards=standards,
        standards_tolerance=tolerance,
    )
    return scheme, []


def _plain(document: Mapping[str, Any]) -> dict[str, Any]:
    return copy.deepcopy(dict(document))


def _context(top: Fields, names: Names) -> Context:
    version = top.text("format", "1")
    if version != "1":
        top.problem(said("本系统只认识 format: 1"), "format")
    panels = top.raw("panels")
    if panels is not None and not isinstance(panels, dict):
        top.problem(said("“panels”应为“名称: 规则”的映射"), "panels")
        panels = None
    context = Context(
        problems=top.problems,
        mode=top.one_of("rounding_mode", MODES, HALF_UP),
        panels=panels or {},
        items=ITEMS | frozenset(top.names("items")),
        resolve=names.resolve,
    )
    for name in context.panels:
        read_panel(str(name), ("panels", str(name)), context)
    return context


def _sources(top: Fields) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for source in top.each("sources"):
        name = source.text("id", required=True)
        known = ("document", "clause", "quote", "url", "read_on", "note")
        found[name] = {key: source.text(key) for key in known if source.has(key)}
        source.finish()
    return found


def _default_panel(top: Fields, context: Context) -> Panel | None:
    return read_panel(top.raw("default_panel"), ("default_panel",), context)


class _Place:
    """A node of the document with what it inherits from those above.

    Args:
        fields: its keys.
        tree: its outline.
        shared: panel of the group above that is judged judge by judge.
        default: panel of aspects that name none.
    """

    def __init__(self, fields: Fields, tree: Outline, shared: Panel | None, default: Panel | None) -> None:
        self.fields = fields
        self.tree = tree
        self.shared = shared
        self.default = default


def _node(place: _Place, context: Context) -> Node:
    fields, tree = place.fields, place.tree
    context.stage = tree.stage_code
    fields.raw("code"), fields.raw("codes")
    fields.one_of("level", LEVELS, "group")
    node = _group_or_aspect(place, context)
    fields.finish()
    return node


def _group_or_aspect(place: _Place, context: Context) -> Node:
    fields, tree = place.fields, place.tree
    own = tree.code if tree.path else said("总成绩")
    node = Node(
        id=tree.id,
        code=tree.code,
        label=fields.text("label").replace("{code}", tree.code) or own,
        level=tree.level,
        stage=tree.stage_code,
        description=fields.text("description"),
        source=fields.text("source"),
        standard=fields.text("standard"),
        judged_on=fields.text("judged_on"),
        decimals=fields.whole("decimals", 0, high=10) if fields.has("decimals") else None,
        shared_panel=place.shared,
        counts=fields.flag("counts", True),
        gate=_gate(fields),
        per_judge=read_steps(fields, "per_judge", context),
    )
    if fields.has("children") or not tree.path:
        return _group(node, place, context)
    if fields.has("value_of"):
        return _reference(node, place, context)
    return _aspect(node, place, context)


def _steps(fields: Fields, context: Context) -> tuple[Any, ...]:
    steps = read_steps(fields, "steps", context)
    if fields.has("round"):
        rounding = read_rounding(fields.raw("round"), (*fields.path, "round"), context)
        steps = (*steps, rounding) if rounding else steps
    return steps


def _inner_steps(fields: Fields, context: Context, shared: Panel | None) -> tuple[Any, ...]:
    """Steps of a node; beneath a group that is judged as a whole they go judge by judge."""
    steps = _steps(fields, context)
    if shared is not None and any(isinstance(step, FIELD_STEPS) for step in steps):
        fields.problem(said("此处逐名裁判计算，与全场比较的步骤（place 等）请写在 per_judge 中"), "steps")
    return steps


def _gate(fields: Fields) -> Gate | None:
    own = fields.sub("gate")
    if own is None:
        return None
    gate = Gate(
        own.number("at_least"),
        own.number("at_most"),
        cast(Any, own.one_of("otherwise", ("unranked", "last", "flag"), "unranked")),
        own.text("source"),
    )
    if gate.at_least is None and gate.at_most is None:
        own.problem(said("gate 须写 at_least 或 at_most"))
    own.finish()
    return gate


def _missing(fields: Fields, default: str) -> Any:
    return fields.one_of("missing", ("incomplete", "nothing", "zero"), default)


def _panel_here(place: _Place, context: Context, default: Panel | None) -> Panel | None:
    fields = place.fields
    if not fields.has("panel"):
        fields.raw("panel")
        return None if place.shared else default
    panel = read_panel(fields.raw("panel"), (*fields.path, "panel"), context)
    if panel and place.shared:
        fields.problem(said("上级节点已按裁判逐人合成，此处不能再写 panel"), "panel")
    return panel


def _group(node: Node, place: _Place, context: Context) -> Node:
    fields = place.fields
    panel = _panel_here(place, context, None)
    combine = _combine(fields)
    by, rounding = _weights(fields, context)
    node = replace(
        node,
        panel=panel,
        combine=combine,
        weights_by=cast(Any, by),
        round_weighted=rounding,
        start=fields.number("start", Fraction(0)) or Fraction(0),
        steps=_inner_steps(fields, context, place.shared),
        missing=_missing(fields, "incomplete"),
        better=cast(Any, fields.one_of("better", ("high", "low"), "high")),
        max=fields.positive("max"),
    )
    if node.start and combine.method != "sum":
        fields.problem(said("start 只能与 combine: sum 同用"), "start")
    if fields.has("kind"):
        fields.problem(said("有 children 的节点不写 kind"), "kind")
    fields.raw("children")
    children: list[Node] = []
    weights: list[Fraction | None] = []
    for child in place.tree.children:
        inner = Fields(child.data, child.path, context.problems)
        weights.append(inner.number("weight"))
        part = _node(_Place(inner, child, panel or place.shared, place.default), context)
        if part.veto is not None and part.veto.effect in {"zero", "cap"} and not part.veto.node:
            part = replace(part, veto=replace(part.veto, node=node.id))
        children.append(part)
    return replace(node, children=tuple(children), weights=tuple(weights))


def _combine(fields: Fields) -> Combine:
    value = fields.raw("combine")
    if not isinstance(value, dict):
        return Combine(cast(Any, fields.one_of("combine", _COMBINE, "sum")))
    own = Fields(value, (*fields.path, "combine"), fields.problems)
    combine = Combine(
        cast(Any, own.one_of("method", _COMBINE, "sum")),
        own.whole("best", 0) or None,
        own.whole("drop_high", 0),
        own.whole("drop_low", 0),
    )
    own.finish()
    return combine


def _weights(fields: Fields, context: Context) -> tuple[str, Any]:
    options = ("marks", "percent", "coefficient")
    value = fields.raw("weights")
    if not isinstance(value, dict):
        return fields.one_of("weights", options, "marks"), None
    own = Fields(value, (*fields.path, "weights"), context.problems)
    by = own.one_of("by", options, "percent")
    rounding = None
    if own.has("round"):
        rounding = read_rounding(own.raw("round"), (*own.path, "round"), context)
    own.finish()
    return by, rounding


def _reference(node: Node, place: _Place, context: Context) -> Node:
    fields = place.fields
    target = context.node(fields.text("value_of"), (*fields.path, "value_of"))
    if place.shared:
        fields.problem(said("按裁判逐人合成的节点内不能引用其他节点"), "value_of")
    return replace(
        node,
        value_of=target,
        steps=_steps(fields, context),
        missing=_missing(fields, "incomplete"),
        better=cast(Any, fields.one_of("better", ("high", "low"), "high")),
        max=fields.positive("max"),
    )


def _aspect(node: Node, place: _Place, context: Context) -> Node:
    fields = place.fields
    kind = fields.one_of("kind", ENTERED_KINDS, "points")
    rules: AspectRules = read_aspect(fields, kind, context)
    default = place.default if kind in _PANEL_KINDS else None
    panel = _panel_here(place, context, default)
    if (panel or place.shared) is not None and (kind == "external" or rules.veto):
        fields.problem(
            said("kind: %(kind)s 的评分项不由评委组评分，不能有 panel，也不能在逐名裁判合成的节点之内", kind=kind)
        )
    better = node.better if kind == "indicator" else fields.one_of("better", ("high", "low"), "high")
    low, high = steps_range(node.per_judge, (rules.minimum, rules.maximum))
    return replace(
        node,
        entry=rules.entry,
        panel=panel,
        per_judge=(*rules.per_mark, *node.per_judge),
        steps=(*rules.after_panel, *_inner_steps(fields, context, place.shared)),
        missing=_missing(fields, rules.missing),
        counts=node.counts and rules.veto is None,
        veto=rules.veto,
        better=cast(Any, better),
        max=rules.shown_max if rules.shown_max is not None else rules.maximum,
        mark_low=low,
        mark_high=high,
        benchmarks=rules.benchmarks,
    )
