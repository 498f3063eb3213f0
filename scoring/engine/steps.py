"""What may happen to a value on its way up the tree, one small rule each, applied in the scheme's order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from core.errors import InvalidInputError
from core.messages import said
from scoring.engine.exact import Rounding, round_exact
from scoring.engine.scale import deviation_scale, median_scale


class NotComputableError(InvalidInputError):
    """A rule has no result for this value, such as a rate against a target of zero."""

    code = "not_computable"

    @property
    def sentence(self) -> str:
        """What it says, for an unfolding."""
        return said(self.message, **self.params)


class NotGivenError(NotComputableError):
    """A number that a rule needs has not been given yet."""


@dataclass(frozen=True, slots=True)
class Operand:
    """The other number of an arithmetic step: fixed, or a contestant's own.

    Attributes:
        number: a fixed number of the scheme.
        item: name of a value given with the contestant's item, such as ``factor``.
        node: id of a node whose value is taken.
        default: used when the item is not given; None means it must be given.
    """

    number: Fraction | None = None
    item: str | None = None
    node: str | None = None
    default: Fraction | None = None


ArithmeticName = Literal["multiply", "divide", "divide_into", "add", "subtract", "subtract_from", "at_least", "at_most"]


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """One operation with one operand; ``subtract_from: 10`` is 10 − value, ``divide_into: 60`` is 60 ÷ value."""

    name: ArithmeticName
    operand: Operand


@dataclass(frozen=True, slots=True)
class Round:
    """Round here and nowhere else."""

    rounding: Rounding


@dataclass(frozen=True, slots=True)
class Absolute:
    """The size of the value without its sign."""


@dataclass(frozen=True, slots=True)
class Band:
    """Points for a range of values. A bound that is None is open.

    Attributes:
        low, high: the bounds.
        with_low, with_high: whether the bound itself belongs to the band.
        points: awarded inside.
    """

    low: Fraction | None
    high: Fraction | None
    with_low: bool
    with_high: bool
    points: Fraction

    def holds(self, value: Fraction) -> bool:
        """Whether `value` lies in the band."""
        above = self.low is None or value > self.low or (self.with_low and value == self.low)
        below = self.high is None or value < self.high or (self.with_high and value == self.high)
        return above and below


@dataclass(frozen=True, slots=True)
class Bands:
    """A step table: the first band that holds the value gives the points."""

    bands: tuple[Band, ...]
    otherwise: Fraction | None


@dataclass(frozen=True, slots=True)
class Lookup:
    """Points for exact values (a judge's grade, a place)."""

    table: tuple[tuple[Fraction, Fraction], ...]
    otherwise: Fraction | None


@dataclass(frozen=True, slots=True)
class Piecewise:
    """Straight lines between given points (x, y), x rising; level outside."""

    points: tuple[tuple[Fraction, Fraction], ...]


@dataclass(frozen=True, slots=True)
class Deviation:
    """Points by steps of deviation from a target: the tolerance table, the time bonus, the bonus for surplus.

    Attributes:
        target: the value that earns `start`.
        start: points at the target.
        per: size of one step.
        over, under: points for each step above and below the target (negative deducts).
        tolerance: deviation that is free; steps count from its edge.
        partial: what a started step counts: floor (nothing), ceiling (whole), exact (its share).
    """

    target: Operand
    start: Fraction
    per: Fraction
    over: Fraction
    under: Fraction
    tolerance: Fraction
    partial: Literal["floor", "ceiling", "exact"]


@dataclass(frozen=True, slots=True)
class Rate:
    """Completion of a target in percent (100 = met).

    Attributes:
        target: the planned value.
        form: ``actual_by_target``; for indicators where less is better ``target_by_actual`` or ``complement``
            (200 − actual ÷ target).
    """

    target: Operand
    form: Literal["actual_by_target", "target_by_actual", "complement"]


@dataclass(frozen=True, slots=True)
class Place:
    """The place among all who have a value here, 1 for the best.

    Attributes:
        better: which end is best.
        ties: equal values share the best place (``shared``), the mean of their places (``average``), or the
            best place with no gap after it (``dense``).
    """

    better: Literal["high", "low"]
    ties: Literal["shared", "average", "dense"]


@dataclass(frozen=True, slots=True)
class RelativeToBest:
    """The best of the field gets `points`, the others in proportion."""

    better: Literal["high", "low"]
    points: Fraction


@dataclass(frozen=True, slots=True)
class StandardScale:
    """The value on a scale of the field.

    Attributes:
        form: by the ``median`` (WorldSkills 700) or by mean and standard ``deviation`` (500).
        centre, spread, places: see `scale`.
    """

    form: Literal["median", "deviation"]
    centre: Fraction
    spread: Fraction
    places: int


FieldStep = Place | RelativeToBest | StandardScale
FIELD_STEPS = (Place, RelativeToBest, StandardScale)
"""Steps that need the values of the whole field."""

ValueStep = Arithmetic | Round | Absolute | Bands | Lookup | Piecewise | Deviation | Rate
"""Steps that need one value only."""

Step = ValueStep | FieldStep

Resolve = Callable[[Operand], Fraction]
"""Gives the number behind an operand for the contestant at hand."""


def _arithmetic(step: Arithmetic, value: Fraction, other: Fraction) -> Fraction:
    if step.name in {"divide", "divide_into"}:
        above, below = (value, other) if step.name == "divide" else (other, value)
        if below == 0:
            raise NotComputableError("除数为 0，无法计算")
        return above / below
    results: dict[str, Callable[[], Fraction]] = {
        "multiply": lambda: value * other,
        "add": lambda: value + other,
        "subtract": lambda: value - other,
        "subtract_from": lambda: other - value,
        "at_least": lambda: max(value, other),
        "at_most": lambda: min(value, other),
    }
    return results[step.name]()


def _bands(step: Bands, value: Fraction) -> Fraction:
    for band in step.bands:
        if band.holds(value):
            return band.points
    if step.otherwise is None:
        raise NotComputableError("该数值不在任何分段之内，且未写 otherwise")
    return step.otherwise


def _lookup(step: Lookup, value: Fraction) -> Fraction:
    for key, points in step.table:
        if key == value:
            return points
    if step.otherwise is None:
        raise NotComputableError("对照表中没有该数值，且未写 otherwise")
    return step.otherwise


def _piecewise(step: Piecewise, value: Fraction) -> Fraction:
    if value <= step.points[0][0]:
        return step.points[0][1]
    for (x0, y0), (x1, y1) in zip(step.points, step.points[1:], strict=False):
        if value <= x1:
            return y0 + (y1 - y0) * (value - x0) / (x1 - x0)
    return step.points[-1][1]


def _deviation(step: Deviation, value: Fraction, target: Fraction) -> Fraction:
    excess = max(abs(value - target) - step.tolerance, Fraction(0)) / step.per
    if step.partial == "floor":
        excess = Fraction(excess.numerator // excess.denominator)
    elif step.partial == "ceiling":
        excess = Fraction(-(-excess.numerator // excess.denominator))
    return step.start + excess * (step.over if value > target else step.under)


def _rate(step: Rate, value: Fraction, target: Fraction) -> Fraction:
    below = value if step.form == "target_by_actual" else target
    if below == 0:
        raise NotComputableError("目标值或实际值为 0，无法计算完成率")
    if step.form == "target_by_actual":
        return 100 * target / value
    rate = 100 * value / target
    return 200 - rate if step.form == "complement" else rate


def apply_step(step: ValueStep, value: Fraction, resolve: Resolve) -> Fraction:
    """The value after one step.

    Raises:
        NotComputableError: the rule has no result for this value.
    """
    match step:
        case Round():
            return round_exact(value, step.rounding)
        case Arithmetic():
            return _arithmetic(step, value, resolve(step.operand))
        case Deviation():
            return _deviation(step, value, resolve(step.target))
        case Rate():
            return _rate(step, value, resolve(step.target))
        case Absolute():
            return abs(value)
        case _:
            return _by_table(step, value)


def _by_table(step: Bands | Lookup | Piecewise, value: Fraction) -> Fraction:
    match step:
        case Bands():
            return _bands(step, value)
        case Lookup():
            return _lookup(step, value)
        case Piecewise():
            return _piecewise(step, value)


def operands(step: Step) -> tuple[Operand, ...]:
    """The operands that a step asks for."""
    match step:
        case Arithmetic():
            return (step.operand,)
        case Deviation() | Rate():
            return (step.target,)
        case _:
            return ()


def apply_field_step(step: FieldStep, values: list[Fraction]) -> list[Fraction]:
    """The values of the field after a step that compares them; the order stays.

    Raises:
        NotComputableError: a proportion to a best value of zero.
    """
    if not values:
        return []
    if isinstance(step, StandardScale):
        scale = median_scale if step.form == "median" else deviation_scale
        return scale(values, step.centre, step.spread, step.places)
    ordered = sorted(set(values), reverse=step.better == "high")
    if isinstance(step, RelativeToBest):
        return [_share(step, value, ordered[0]) for value in values]
    place = _places(step, values, ordered)
    return [place[value] for value in values]


def _share(step: RelativeToBest, value: Fraction, best: Fraction) -> Fraction:
    above, below = (value, best) if step.better == "high" else (best, value)
    if below == 0:
        if above == 0:
            return step.points if step.better == "low" else Fraction(0)
        raise NotComputableError("全场最好值为 0，无法按比例折算")
    return step.points * above / below


def _places(step: Place, values: list[Fraction], ordered: list[Fraction]) -> dict[Fraction, Fraction]:
    counts: dict[Fraction, int] = {}
    for value in values:
        counts[value] = counts.get(value, 0) + 1
    places: dict[Fraction, Fraction] = {}
    before = 0
    for position, value in enumerate(ordered, start=1):
        if step.ties == "dense":
            places[value] = Fraction(position)
        elif step.ties == "average":
            places[value] = Fraction(2 * before + 1 + counts[value], 2)
        else:
            places[value] = Fraction(before + 1)
        before += counts[value]
    return places
