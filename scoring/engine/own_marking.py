"""How far one judge's marks lie from the median of the panel, by group of aspects, beside the panel as a whole.

For the judge's own reading: nothing in it names or singles out another judge. Figures are exact fractions but for
standard deviations, which are for reading only and decide nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import sqrt
from statistics import median

from scoring.engine.analysis import Deviation, deviations_of, range_of
from scoring.engine.marks import Marks
from scoring.engine.scheme import ROOT, Scheme


@dataclass(frozen=True, slots=True)
class Distance:
    """How far a judge's marks lie from the panel's median in one group of aspects.

    Attributes:
        node: id of the group, of an aspect that stands in none, or of the module for all of it together.
        count: the judge's marks that another judge marked as well.
        mean: mean of the marks less the panel's median, in points; below 0 for the severe.
        spread: sample standard deviation of that, in points; None below two marks.
        panel_spread: the same over the marks of all judges of the panel.
        share, share_spread: mean and spread as shares of the aspects' ranges; None where one has no bounds.
    """

    node: str
    count: int
    mean: Fraction
    spread: float | None
    panel_spread: float | None
    share: Fraction | None
    share_spread: float | None


@dataclass(frozen=True, slots=True)
class ModuleDistance:
    """One module of an event: the whole of it, and its groups where it has several."""

    whole: Distance
    groups: tuple[Distance, ...]


@dataclass(frozen=True, slots=True)
class _Mark:
    """One mark's distance from its panel's median, in points and as a share of the range."""

    scope: str
    group: str
    judge: str
    points: Fraction
    share: Fraction | None


def own_marking(scheme: Scheme, marks: Marks, judge: str) -> tuple[ModuleDistance, ...]:
    """The distances of one judge, module by module in the scheme's order; without a module that has no panel's marks.

    The median is that of all judges of the performance, the judge's own mark among them, as panels are read elsewhere.

    Args:
        scheme: its aspects with several judges are looked at.
        marks: by judges' names, so that a name is one person in all modules.
        judge: whose.
    """
    found = _from_median(scheme, deviations_of(scheme, marks))
    scopes = dict.fromkeys(mark.scope for mark in found if mark.judge == judge)
    return tuple(_module([mark for mark in found if mark.scope == scope], judge) for scope in scopes)


def _from_median(scheme: Scheme, deviations: Sequence[Deviation]) -> list[_Mark]:
    given: dict[tuple[str, str], list[Fraction]] = {}
    for one in deviations:
        given.setdefault((one.aspect, one.contestant), []).append(one.mark)
    medians = {performance: median(values) for performance, values in given.items()}
    return [_mark(scheme, one, medians[(one.aspect, one.contestant)]) for one in deviations]


def _mark(scheme: Scheme, one: Deviation, middle: Fraction) -> _Mark:
    points, span = one.mark - middle, range_of(scheme.nodes[one.aspect])
    group = scheme.parents[one.aspect]
    inner = one.aspect if group in (one.scope, ROOT) else group
    return _Mark(one.scope, inner, one.judge, points, points / span if span else None)


def _module(marks: Sequence[_Mark], judge: str) -> ModuleDistance:
    groups = dict.fromkeys(mark.group for mark in marks if mark.judge == judge)
    lines = tuple(_distance(name, [mark for mark in marks if mark.group == name], judge) for name in groups)
    return ModuleDistance(_distance(marks[0].scope, marks, judge), lines if len(lines) > 1 else ())


def _distance(node: str, marks: Sequence[_Mark], judge: str) -> Distance:
    own = [mark for mark in marks if mark.judge == judge]
    points = [mark.points for mark in own]
    shares = [mark.share for mark in own if mark.share is not None]
    bounded = len(shares) == len(own)
    return Distance(
        node=node,
        count=len(own),
        mean=_mean(points),
        spread=_spread(points),
        panel_spread=_spread([mark.points for mark in marks]),
        share=_mean(shares) if bounded else None,
        share_spread=_spread(shares) if bounded else None,
    )


def _mean(values: Sequence[Fraction]) -> Fraction:
    return sum(values, Fraction(0)) / len(values)


def _spread(values: Sequence[Fraction]) -> float | None:
    if len(values) < 2:
        return None
    mean = _mean(values)
    squares = sum(((value - mean) ** 2 for value in values), Fraction(0))
    return sqrt(squares / (len(values) - 1))
