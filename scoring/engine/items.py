"""How hard each aspect is and how well it tells the strong from the weak, from the results of a field."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

from scoring.engine.outcomes import Result
from scoring.engine.scheme import ROOT, Node

GROUP_SHARE = Fraction(27, 100)
"""Share of the field in the upper and in the lower group (T. L. Kelley, The selection of upper and lower groups for
the validation of test items, Journal of Educational Psychology 30, 1939)."""

LEAST_CONTESTANTS = 5
"""Below this the figures would say nothing."""


@dataclass(frozen=True, slots=True)
class ItemFigures:
    """One aspect before the field.

    Attributes:
        aspect: its id.
        count: contestants with a value here and a total.
        difficulty: mean value as a share of the full marks: 1 is earned by all, 0 by none.
        discrimination: mean of the upper 27 % by total less that of the lower, as a share of the full marks.
        item_rest: correlation of the value with the rest of the total, for reading; None where one of them does not
            vary.
        note: a sentence where the aspect deserves a look.
    """

    aspect: str
    count: int
    difficulty: Fraction
    discrimination: Fraction
    item_rest: float | None
    note: str


def item_figures(result: Result) -> list[ItemFigures]:
    """Figures of every aspect with full marks that enough contestants have a value for, in the scheme's order.

    The rest of the total is the total less the aspect's value times its weights on the way up; roundings on that way
    are not undone.
    """
    scheme = result.scheme
    found = []
    for aspect in scheme.aspects():
        full = aspect.full_marks
        if full is None or full <= 0 or not aspect.counts:
            continue
        pairs = _pairs(result, aspect.id)
        if len(pairs) >= LEAST_CONTESTANTS:
            found.append(_figures(aspect, full, pairs, _share(result, aspect.id)))
    return found


def _pairs(result: Result, aspect: str) -> list[tuple[Fraction, Fraction]]:
    """Value and total of each contestant who has both, the lowest total first."""
    found = []
    for who in result.contestants:
        value, total = result.value(who, aspect), result.value(who)
        if value is not None and total is not None:
            found.append((value, total))
    return sorted(found, key=lambda pair: pair[1])


def _share(result: Result, name: str) -> Fraction:
    """What the aspect's value is multiplied by on its way to the total."""
    share = Fraction(1)
    while name != ROOT:
        parent = result.scheme.nodes[result.scheme.parents[name]]
        index = [child.id for child in parent.children].index(name)
        share *= parent.coefficients[index]
        name = parent.id
    return share


def _figures(aspect: Node, full: Fraction, pairs: list[tuple[Fraction, Fraction]], share: Fraction) -> ItemFigures:
    values = [value for value, _ in pairs]
    lower, upper = _groups(pairs)
    difficulty = _mean(values) / full
    discrimination = (_mean(upper) - _mean(lower)) / full
    correlation = _correlation(values, [total - value * share for value, total in pairs])
    note = _note(difficulty, discrimination, len(set(values)) > 1)
    return ItemFigures(aspect.id, len(pairs), difficulty, discrimination, correlation, note)


def _groups(pairs: list[tuple[Fraction, Fraction]]) -> tuple[list[Fraction], list[Fraction]]:
    """Values of the lower and of the upper group; all who tie at the edge of a group belong to it."""
    size = max(int(len(pairs) * GROUP_SHARE), 1)
    low, high = pairs[size - 1][1], pairs[-size][1]
    return [value for value, total in pairs if total <= low], [value for value, total in pairs if total >= high]


def _mean(values: list[Fraction]) -> Fraction:
    return sum(values, Fraction(0)) / len(values)


def _correlation(left: list[Fraction], right: list[Fraction]) -> float | None:
    """Pearson's coefficient; sums are exact, only the last root is not."""
    count = len(left)
    a, b = sum(left, Fraction(0)), sum(right, Fraction(0))
    squares = [count * sum((x * x for x in side), Fraction(0)) - total**2 for side, total in ((left, a), (right, b))]
    if not squares[0] or not squares[1]:
        return None
    together = count * sum((x * y for x, y in zip(left, right, strict=True)), Fraction(0)) - a * b
    squared = together * together / (squares[0] * squares[1])
    return math.copysign(math.sqrt(squared), together)


def _note(difficulty: Fraction, discrimination: Fraction, varies: bool) -> str:
    if not varies:
        return "全场得分相同，不能区分选手"
    if discrimination < 0:
        return "总分低的选手反而得分高，请核对评分标准与录入"
    if difficulty < Fraction(1, 5):
        return "过难"
    return "过易" if difficulty > Fraction(9, 10) else ""
