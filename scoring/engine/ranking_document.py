"""The `ranking` of a scheme document: method, tie chains, stages, cut lines."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any, cast

from core.messages import joined, said
from scoring.engine.panel_document import read_panel
from scoring.engine.problems import Path, Problem
from scoring.engine.reading import Fields
from scoring.engine.scale import MedalRule
from scoring.engine.scheme import ROOT, Cut, Node, Order, RankingRule, TieKey
from scoring.engine.step_document import Context

METHODS = ("standard", "dense", "ordinal", "average", "no_ties")
STATUSES = ("absent", "withdrawn", "disqualified")
_HIGH_LOW = ("high", "low")


def read_ranking(top: Fields, context: Context, nodes: Mapping[str, Node]) -> RankingRule:
    """The ranking rule; without one, the total decides, equal totals share a place."""
    fields = top.sub("ranking") or Fields({}, ("ranking",), context.problems)
    context.stage = ""
    stages = list(fields.each("stages"))
    if stages and (fields.has("by") or fields.has("ties") or fields.has("better")):
        fields.problem(said("有 stages 时，by、better、ties 写在各阶段之内"), "stages")
        fields.raw("by"), fields.raw("better"), fields.raw("ties")
    if stages:
        orders = tuple(_order(stage, context, nodes, required=True) for stage in stages)
        for stage in stages:
            stage.finish()
    else:
        orders = (_order(fields, context, nodes, required=False),)
    rule = RankingRule(
        method=cast(Any, fields.one_of("method", METHODS, "standard")),
        orders=orders,
        cuts=tuple(_cut(cut, context) for cut in fields.each("cuts")),
        award_places=cast(Any, fields.one_of("award_places", ("cascade", "keep"), "cascade")),
        medals=_medals(fields, context),
        status_rules=_statuses(fields),
        source=fields.text("source"),
    )
    fields.finish()
    return rule


def _order(fields: Fields, context: Context, nodes: Mapping[str, Node], *, required: bool) -> Order:
    name = fields.text("by", required=required)
    node = context.node(name, (*fields.path, "by")) if name else ROOT
    default = nodes[node].better if node in nodes else "high"
    better = fields.one_of("better", _HIGH_LOW, default)
    ties = tuple(
        key
        for index, item in enumerate(fields.items("ties"))
        if (key := _tie(item, (*fields.path, "ties", index), context, nodes)) is not None
    )
    return Order(node, cast(Any, better), ties)


def _tie(item: Any, path: Path, context: Context, nodes: Mapping[str, Node]) -> TieKey | None:
    if isinstance(item, str):
        item = {"node": item}
    fields = Fields(item, path, context.problems)
    kinds = [key for key in ("time", "places", "sorted", "place", "judges", "majority") if fields.has(key)]
    if fields.has("node"):
        kinds.append("panel" if fields.has("panel") else "node")
    if len(kinds) != 1:
        fields.problem(said("每条同分规则须写 node、time、places、sorted、place、judges、majority 之一"))
        return None
    key = _key(fields, kinds[0], context, nodes)
    fields.finish()
    return key


def _key(fields: Fields, kind: str, context: Context, nodes: Mapping[str, Node]) -> TieKey:
    panel = None
    if kind == "panel":
        panel = read_panel(fields.raw("panel"), (*fields.path, "panel"), context)
    if kind == "time":
        better = fields.one_of("time", _HIGH_LOW, "low")
        found = _nodes(fields, "of", context)
    else:
        key = "node" if kind == "panel" else kind
        found = _nodes(fields, key, context)
        natural = nodes[found[0]].better if found and found[0] in nodes else "high"
        default = "low" if kind in {"place", "places", "majority"} else natural
        better = fields.one_of("better", _HIGH_LOW, default)
    label = fields.text("label") or _label(kind, found, nodes)
    return TieKey(cast(Any, kind), found, cast(Any, better), label, panel, fields.text("source"))


def _nodes(fields: Fields, key: str, context: Context) -> tuple[str, ...]:
    value = fields.raw(key)
    path = (*fields.path, key)
    if value is None:
        return ()
    names = value if isinstance(value, list) else [value]
    found = []
    for name in names:
        if isinstance(name, (str, int)) and not isinstance(name, bool):
            found.append(context.node(str(name), path))
        else:
            context.problems.append(Problem(said("此处应为节点代码"), path))
    return tuple(name for name in found if name)


def _label(kind: str, found: tuple[str, ...], nodes: Mapping[str, Node]) -> str:
    names = joined(nodes[name].label for name in found if name in nodes)
    words = {
        "time": said("用时（%(names)s）", names=names) if names else said("用时"),
        "places": said("%(names)s中高名次的个数", names=names),
        "sorted": said("%(names)s由优到劣逐项", names=names),
        "place": said("%(names)s的名次", names=names),
        "judges": said("多数裁判在%(names)s中的取舍", names=names),
        "majority": said("%(names)s的多数名次", names=names),
        "panel": said("%(names)s（另一评委组算法）", names=names),
    }
    return words.get(kind, said("%(names)s之和", names=names) if len(found) > 1 else names)


def _cut(fields: Fields, context: Context) -> Cut:
    name = fields.text("by", required=True)
    cut = Cut(
        context.node(name, (*fields.path, "by")) if name else ROOT,
        fields.whole("places", 1, low=1, high=10_000_000),
        cast(Any, fields.one_of("ties", ("all", "none", "decide"), "all")),
        fields.text("to"),
    )
    if not fields.has("places"):
        fields.problem(said("缺少“places”（晋级名额）"))
    fields.finish()
    return cut


def _medals(fields: Fields, context: Context) -> MedalRule | None:
    own = fields.sub("medals")
    if own is None:
        return None
    name = own.text("by")
    closeness = own.number("closeness", Fraction(0)) or Fraction(0)
    if closeness < 0:
        own.problem(said("closeness 不能为负"), "closeness")
    rule = MedalRule(context.node(name, (*own.path, "by")) if name else ROOT, closeness, own.number("medallion"))
    own.finish()
    return rule


def _statuses(fields: Fields) -> dict[str, str]:
    own = fields.sub("statuses")
    if own is None:
        return {}
    found = {status: own.one_of(status, ("unranked", "last", "zero"), "unranked") for status in STATUSES}
    own.finish()
    return found
