"""From the marks of several judges to one value: who is dropped, what becomes of the rest, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal, cast

from core.messages import said
from scoring.engine.scheme import DropRule, Panel
from scoring.engine.steps import NotComputableError, NotGivenError, Resolve, ValueStep, apply_step

PanelState = Literal["complete", "empty", "incomplete", "held", "invalid"]


@dataclass(frozen=True, slots=True)
class PanelResult:
    """What a panel made of its marks.

    Attributes:
        value: the panel's value after its own steps; None unless complete.
        state: ``incomplete`` when judges are still to mark, ``held`` when the marks are too far apart, ``invalid``
            for a group of judges whose steps have no result.
        used, dropped: (judge, mark) pairs, lowest mark first; for `dropped` with the reason.
        note: a sentence on what is special, empty if nothing is.
        groups: the results of the groups, if the panel has any.
        course: the value before the panel's steps and after each of them.
    """

    value: Fraction | None
    state: PanelState
    used: tuple[tuple[str, Fraction], ...] = ()
    dropped: tuple[tuple[str, Fraction, str], ...] = ()
    note: str = ""
    groups: tuple[PanelResult, ...] = ()
    course: tuple[Fraction, ...] = ()


def drop_rule(panel: Panel, present: int) -> DropRule:
    """The trimming that applies when `present` judges have marked."""
    found = DropRule(0, 0, 0)
    for rule in panel.drops:
        if rule.present <= present:
            found = rule
    return found


def panel_value(panel: Panel, marks: Mapping[str, Fraction], resolve: Resolve) -> PanelResult:
    """The value of a panel.

    Args:
        panel: the rule.
        marks: one mark for each judge who marked, in the unit of the scale; a judge who has not is absent.
        resolve: gives the numbers behind the operands of the panel's steps.

    Returns:
        The value with the marks behind it. The order of `marks` never matters for the value; among equal
        marks the one that is shown as dropped is the first or last by the judge's name.
    """
    result = _of_groups(panel, marks, resolve) if panel.groups else _of_judges(panel, marks)
    if result.value is None:
        return result
    course = [result.value]
    for step in panel.steps:
        course.append(apply_step(cast(ValueStep, step), course[-1], resolve))
    return replace(result, value=course[-1], course=tuple(course))


def _of_judges(panel: Panel, marks: Mapping[str, Fraction]) -> PanelResult:
    if not marks:
        return PanelResult(None, "empty")
    ordered = sorted(marks.items(), key=lambda pair: (pair[1], pair[0]))
    waiting = _waiting(panel, len(marks))
    if waiting:
        return PanelResult(None, "incomplete", tuple(ordered), (), waiting)
    if panel.spread is not None and ordered[-1][1] - ordered[0][1] > panel.spread:
        return PanelResult(None, "held", tuple(ordered), (), said("裁判分差超过规定，须重新评议"))
    return _trimmed(panel, ordered)


def _waiting(panel: Panel, present: int) -> str:
    if panel.missing == "wait" and panel.judges is not None and present < panel.judges:
        return said("应有 %(judges)s 名裁判评分，现有 %(present)s 名", judges=panel.judges, present=present)
    if present < panel.at_least:
        return said("至少须有 %(judges)s 名裁判评分，现有 %(present)s 名", judges=panel.at_least, present=present)
    return ""


_LOWEST, _HIGHEST = said("去掉最低分"), said("去掉最高分")


def _trimmed(panel: Panel, ordered: list[tuple[str, Fraction]]) -> PanelResult:
    note: str = ""
    values = [mark for _, mark in ordered]
    absent = (panel.judges or 0) - len(values)
    if panel.missing == "mean_of_given" and absent > 0:
        mean = sum(values, Fraction(0)) / len(values)
        ordered = sorted(
            [*ordered, *((said("缺席%(n)s", n=i + 1), mean) for i in range(absent))],
            key=lambda pair: (pair[1], pair[0]),
        )
        note = said("%(n)s 名裁判缺席，以其余裁判的平均分代替", n=absent)
    rule = drop_rule(panel, len(ordered))
    kept = ordered[rule.low : len(ordered) - rule.high]
    if not kept:
        drops = rule.low + rule.high
        sentence = said("%(n)s 名裁判评分，去掉 %(drops)s 个后无分可用", n=len(ordered), drops=drops)
        return PanelResult(None, "incomplete", tuple(ordered), (), sentence)
    dropped = [(judge, mark, _LOWEST) for judge, mark in ordered[: rule.low]]
    dropped += [(judge, mark, _HIGHEST) for judge, mark in ordered[len(ordered) - rule.high :]]
    if panel.tolerance is not None and dropped:
        limit = _limit(panel, sum((mark for _, mark in kept), Fraction(0)) / len(kept))
        if kept[-1][1] - kept[0][1] > limit:
            kept, dropped, note = ordered, [], said("中间分之差超过容差，取全部裁判分")
    value = combine_marks(panel.combine, [mark for _, mark in kept])
    return PanelResult(value, "complete", tuple(kept), tuple(dropped), note)


def _limit(panel: Panel, mean: Fraction) -> Fraction:
    limits = panel.tolerance.limits if panel.tolerance else ()
    found = limits[0][1]
    for start, limit in limits:
        if start <= mean:
            found = limit
    return found


def combine_marks(how: str, values: list[Fraction]) -> Fraction:
    """Mean, sum, median, greatest or least of values in ascending order.

    Args:
        how: one of the words of `Panel.combine`.
        values: ascending, not empty. The median of an even number is the mean of the two in the middle.
    """
    middle = len(values) // 2
    if how == "median":
        return values[middle] if len(values) % 2 else (values[middle - 1] + values[middle]) / 2
    if how == "max":
        return values[-1]
    if how == "min":
        return values[0]
    total = sum(values, Fraction(0))
    return total if how == "sum" else total / len(values)


_GRAVEST_FIRST: Mapping[PanelState, PanelState] = {
    "held": "held",
    "invalid": "invalid",
    "incomplete": "incomplete",
    "empty": "incomplete",
}
"""States of groups of judges, and what they make of the whole."""


def _of_group(panel: Panel, marks: Mapping[str, Fraction], resolve: Resolve) -> PanelResult:
    """A group's value; what its steps cannot reckon is its state, whatever the other groups have."""
    try:
        return panel_value(panel, marks, resolve)
    except NotGivenError as error:
        return PanelResult(None, "incomplete", note=error.sentence)
    except NotComputableError as error:
        return PanelResult(None, "invalid", note=error.sentence)


def _of_groups(panel: Panel, marks: Mapping[str, Fraction], resolve: Resolve) -> PanelResult:
    results = tuple(
        _of_group(group, {name: marks[name] for name in group.names if name in marks}, resolve)
        for group in panel.groups
    )
    states = {result.state for result in results}
    if states == {"empty"}:
        return PanelResult(None, "empty", groups=results)
    for state, state_of_all in _GRAVEST_FIRST.items():
        if state in states:
            note = next(result.note for result in results if result.state == state) or said("有评委分组尚未评分")
            return PanelResult(None, state_of_all, (), (), note, results)
    total = Fraction(0)
    for weight, result in zip(panel.group_weights, results, strict=True):
        total += weight * (result.value or Fraction(0))
    if panel.combine == "mean":
        total /= sum(panel.group_weights, Fraction(0))
    return PanelResult(total, "complete", groups=results)
