"""Panels in a scheme document: inline or by name, with groups, trimming and fallbacks."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, cast

from core.messages import said
from scoring.engine.panel import drop_rule
from scoring.engine.problems import Path, Problem
from scoring.engine.reading import Fields, as_number
from scoring.engine.scheme import DropRule, Panel, Tolerance
from scoring.engine.step_document import Context, read_operand, read_rounding, read_value_steps
from scoring.engine.steps import Arithmetic, Step

_COMBINE = ("mean", "sum", "median", "max", "min")


def read_panel(value: Any, path: Path, context: Context) -> Panel | None:
    """A panel given as a mapping or as the name of one under `panels`; `none` is no panel."""
    if value is None or value == "none":
        return None
    if isinstance(value, str):
        if value not in context.panels:
            known = "、".join(context.panels) or said("无")
            context.problems.append(
                Problem(said("没有名为「%(value)s」的评委组规则（已有：%(known)s）", value=value, known=known), path)
            )
            return None
        return _panel(Fields(context.panels[value], ("panels", value), context.problems), context)
    return _panel(Fields(value, path, context.problems), context)


def _panel(fields: Fields, context: Context) -> Panel:
    judges, names = _judges(fields)
    missing = fields.one_of(
        "missing", ("wait", "use_given", "mean_of_given"), "wait" if judges is not None else "use_given"
    )
    if missing != "use_given" and judges is None and not fields.has("groups"):
        fields.problem(said("missing 为 wait 或 mean_of_given 时须写 judges（应到裁判）"), "missing")
    drops = _drops(fields)
    groups, weights = _groups(fields, context)
    panel = Panel(
        judges=judges,
        names=names,
        at_least=fields.whole("at_least", 1, low=1, high=1000),
        missing=cast(Any, missing),
        drops=drops,
        combine=cast(Any, fields.one_of("combine", _COMBINE, "mean")),
        tolerance=_tolerance(fields, context),
        spread=fields.number("spread"),
        groups=groups,
        group_weights=weights,
        steps=_steps(fields, context),
        source=fields.text("source"),
    )
    _check(fields, panel)
    fields.finish()
    return panel


def _judges(fields: Fields) -> tuple[int | None, tuple[str, ...]]:
    if isinstance(fields.raw("judges"), list):
        names = fields.names("judges")
        return len(names), names
    if not fields.has("judges"):
        return None, ()
    return fields.whole("judges", 1, low=1, high=1000), ()


def _drops(fields: Fields) -> tuple[DropRule, ...]:
    high, low = fields.whole("drop_high", 0), fields.whole("drop_low", 0)
    rules = [DropRule(0, high, low)] if high or low else []
    if fields.has("drop") and rules:
        fields.problem(said("drop 与 drop_high、drop_low 只能写一种"), "drop")
    for row in fields.each("drop"):
        rule = DropRule(row.whole("from", 0), row.whole("high", 0), row.whole("low", 0))
        if any(known.present == rule.present for known in rules):
            row.problem(said("从 %(present)s 人起的去高去低重复", present=rule.present))
        row.finish()
        rules.append(rule)
    return tuple(sorted(rules, key=lambda rule: rule.present))


def _tolerance(fields: Fields, context: Context) -> Tolerance | None:
    value = fields.raw("tolerance")
    if value is None:
        return None
    path = (*fields.path, "tolerance")
    number = as_number(value)
    if number is not None:
        return Tolerance(((Fraction(-(10**18)), number),))
    if not isinstance(value, list) or not value:
        context.problems.append(Problem(said("tolerance 应为一个数，或 [{from: 8, limit: 0.3}, …]"), path))
        return None
    limits: list[tuple[Fraction, Fraction]] = []
    for row in fields.each("tolerance"):
        start, limit = row.number("from", Fraction(-(10**18))), row.number("limit")
        if limit is None or start is None:
            row.problem(said("缺少 limit"))
        else:
            limits.append((start, limit))
        row.finish()
    return Tolerance(tuple(sorted(limits)))


def _groups(fields: Fields, context: Context) -> tuple[tuple[Panel, ...], tuple[Fraction, ...]]:
    panels: list[Panel] = []
    weights: list[Fraction] = []
    for group in fields.each("groups"):
        weight = group.number("weight", Fraction(1)) or Fraction(0)
        if not isinstance(group.raw("judges"), list):
            group.problem(said("评委分组须写 judges（裁判名单）"))
        panels.append(_panel(group, context))
        weights.append(weight)
    names = [name for panel in panels for name in panel.names]
    for name in sorted({name for name in names if names.count(name) > 1}):
        fields.problem(said("裁判「%(name)s」在多个分组中", name=name), "groups")
    return tuple(panels), tuple(weights)


def _steps(fields: Fields, context: Context) -> tuple[Step, ...]:
    steps: list[Step] = list(read_value_steps(fields, "steps", context))
    if fields.has("multiply"):
        operand = read_operand(fields.raw("multiply"), (*fields.path, "multiply"), context)
        steps = [*steps, Arithmetic("multiply", operand)]
    if fields.has("round"):
        rounding = read_rounding(fields.raw("round"), (*fields.path, "round"), context)
        steps = [*steps, rounding] if rounding else steps
    return tuple(steps)


def _check(fields: Fields, panel: Panel) -> None:
    if panel.groups and (panel.drops or panel.tolerance or panel.judges is not None):
        fields.problem(said("有 groups 时，去高去低、容差与 judges 应写在各组之内"))
    if panel.groups and panel.combine not in {"sum", "mean"}:
        fields.problem(said("groups 只能以 sum 或 mean 合成"), "combine")
    if panel.spread is not None and panel.spread < 0:
        fields.problem(said("spread 不能为负"), "spread")
    if panel.judges is not None and panel.missing != "use_given":
        rule = drop_rule(panel, panel.judges)
        if rule.high + rule.low >= panel.judges:
            fields.problem(
                said("%(judges)s 名裁判去掉 %(high)s 个分后无分可用", judges=panel.judges, high=rule.high + rule.low)
            )
    if panel.judges is not None and panel.at_least > panel.judges:
        fields.problem(said("at_least 大于裁判人数"), "at_least")
