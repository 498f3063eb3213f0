"""How a group makes one value of its parts: weights, trimming, the best of them, and what missing parts mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from core.messages import said
from scoring.engine.exact import round_exact
from scoring.engine.scheme import Node
from scoring.engine.steps import Round

PartState = Literal["complete", "empty", "incomplete", "held", "invalid"]


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a group.

    Attributes:
        code, label: of the part.
        value: its value, None if it is left out or counted as 0.
        coefficient: what it is multiplied by.
        contribution: what enters the group; None if nothing does.
        note: why it does not enter, or how.
    """

    id: str
    code: str
    label: str
    value: Fraction | None
    coefficient: Fraction
    contribution: Fraction | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Combined:
    """What a group's parts came to."""

    value: Fraction | None
    state: PartState
    parts: tuple[Part, ...] = ()
    note: str = ""
    bare: bool = False


def combine_parts(node: Node, outcomes: Sequence[tuple[Fraction | None, PartState, bool]]) -> Combined:
    """The value of a group before its steps.

    Args:
        node: the group.
        outcomes: (value, state, bare) of each child, in order.
    """
    parts: list[Part] = []
    waiting: list[PartState] = []
    is_marked = False
    has_own = any(child.counts and not child.value_of for child in node.children)
    for child, coefficient, (value, state, bare) in zip(node.children, node.coefficients, outcomes, strict=True):
        if not child.counts:
            parts.append(Part(child.id, child.code, child.label, value, coefficient, None, _NOT_COUNTED))
            continue
        # What is carried over from elsewhere does not make this group begun: its own parts do.
        if not (child.value_of and has_own):
            is_marked = is_marked or (state != "empty" and not bare)
        part = _part(node, child, coefficient, value, "empty" if bare and _may_skip(node, child) else state)
        parts.append(part)
        if part.note == _WAITING:
            waiting.append(state)
    if waiting:
        worst = next((s for s in ("held", "invalid") if s in waiting), "incomplete")
        state_now: PartState = worst if is_marked else "empty"  # type: ignore[assignment]
        return Combined(None, state_now, tuple(parts))
    return _joined(node, parts, is_marked)


_WAITING = said("尚未评完")
_NOT_COUNTED, _NOT_TAKEN = said("不计入"), said("不取")
_LEFT_OUT, _AS_ZERO = said("未评，不参加合成"), said("未评，按规则计 0")


def _may_skip(node: Node, child: Node) -> bool:
    return child.missing == "nothing" or node.combine.method in {"first", "last"}


def _part(node: Node, child: Node, coefficient: Fraction, value: Fraction | None, state: PartState) -> Part:
    if state == "empty" and _may_skip(node, child):
        return Part(child.id, child.code, child.label, None, coefficient, None, _LEFT_OUT)
    if state == "empty" and child.missing == "zero":
        return Part(child.id, child.code, child.label, None, coefficient, Fraction(0), _AS_ZERO)
    if value is None:
        return Part(child.id, child.code, child.label, None, coefficient, None, _WAITING)
    contribution = value * coefficient
    if isinstance(node.round_weighted, Round):
        contribution = round_exact(contribution, node.round_weighted.rounding)
    return Part(child.id, child.code, child.label, value, coefficient, contribution)


def _joined(node: Node, parts: list[Part], is_marked: bool) -> Combined:
    present = [part for part in parts if part.contribution is not None]
    kept = _kept(node, present)
    names = {part.id for part in kept}
    shown = tuple(
        part
        if part.contribution is None or part.id in names
        else Part(part.id, part.code, part.label, part.value, part.coefficient, None, _NOT_TAKEN)
        for part in parts
    )
    if not kept and node.combine.method != "sum":
        return Combined(None, "incomplete" if is_marked else "empty", shown, said("没有可合成的部分"))
    return Combined(_value(node, kept), "complete", shown, bare=not is_marked)


def _kept(node: Node, present: list[Part]) -> list[Part]:
    combine = node.combine
    if combine.method in {"first", "last"}:
        return present[:1] if combine.method == "first" else present[-1:]
    if not (combine.best or combine.drop_high or combine.drop_low):
        return present
    ascending = sorted(present, key=lambda part: part.contribution or Fraction(0))
    rest = ascending[combine.drop_low : max(len(ascending) - combine.drop_high, 0)]
    if combine.best:
        rest = rest[: combine.best] if node.better == "low" else rest[-combine.best :]
    return rest


def _value(node: Node, kept: list[Part]) -> Fraction:
    values = sorted(part.contribution or Fraction(0) for part in kept)
    method = node.combine.method
    if method == "sum":
        return node.start + sum(values, Fraction(0))
    if method == "mean":
        return sum(values, Fraction(0)) / _divisor(node, kept)
    if method == "product":
        result = Fraction(1)
        for value in values:
            result *= value
        return result
    middle = len(values) // 2
    if method == "median":
        return values[middle] if len(values) % 2 else (values[middle - 1] + values[middle]) / 2
    return values[-1] if method == "max" else values[0]


def _divisor(node: Node, kept: list[Part]) -> Fraction:
    if node.weights_by == "coefficient":
        return sum((part.coefficient for part in kept), Fraction(0)) or Fraction(1)
    return Fraction(len(kept))
