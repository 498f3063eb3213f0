"""What a node holds for a whole field while it is reckoned in columns: values, states, and how steps change them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from scoring.engine.columns import (
    Array,
    Column,
    above_mask,
    add_to,
    at_least_mask,
    ceiled,
    choose,
    concatenated,
    constant,
    fixed,
    floored,
    greatest,
    is_zero,
    least,
    magnitude,
    multiply_by,
    negative,
    product,
    quotient,
    rounded,
    scatter,
    total,
)
from scoring.engine.plan_field import field_values
from scoring.engine.steps import (
    Absolute,
    Arithmetic,
    Band,
    Bands,
    Deviation,
    FieldStep,
    Lookup,
    NotComputableError,
    Operand,
    Piecewise,
    Rate,
    Round,
    ValueStep,
)

COMPLETE, EMPTY, INCOMPLETE, HELD, INVALID = range(5)
STATES = ("complete", "empty", "incomplete", "held", "invalid")


@dataclass(frozen=True, slots=True)
class Cells:
    """The outcomes of a node.

    Attributes:
        values: meaningful where the state is COMPLETE.
        state: one code a row; None where all are complete.
        bare: rows where nothing was marked below; None where there are none.
    """

    values: Column
    state: Array | None = None
    bare: Array | None = None

    @property
    def count(self) -> int:
        """Number of rows."""
        return len(self.values)

    def states(self) -> Array:
        """The state of every row."""
        return np.zeros(self.count, dtype=np.uint8) if self.state is None else self.state

    def complete(self) -> Array:
        """Where there is a value."""
        return np.ones(self.count, dtype=bool) if self.state is None else self.state == COMPLETE

    def bares(self) -> Array:
        """Where nothing was marked below."""
        return np.zeros(self.count, dtype=bool) if self.bare is None else self.bare

    def take(self, rows: Array | slice) -> Cells:
        """Some rows."""
        return Cells(
            self.values.take(rows),
            None if self.state is None else self.state[rows],
            None if self.bare is None else self.bare[rows],
        )


def cells(values: Column, state: Array, bare: Array | None = None) -> Cells:
    """Cells without the arrays that say nothing; only a value can be bare."""
    if not state.any():
        return Cells(values, None, bare if bare is not None and bare.any() else None)
    bare = None if bare is None else bare & (state == COMPLETE)
    return Cells(values, state, bare if bare is not None and bare.any() else None)


def joined_cells(parts: Sequence[Cells]) -> Cells:
    """The rows of all parts, one after the other."""
    if len(parts) == 1:
        return parts[0]
    values = concatenated([own.values for own in parts])
    state = np.concatenate([own.states() for own in parts]) if any(o.state is not None for o in parts) else None
    bare = np.concatenate([own.bares() for own in parts]) if any(o.bare is not None for o in parts) else None
    return Cells(values, state, bare)


ResolveCells = Callable[[Operand], Cells]
"""Gives the numbers behind an operand for every row; rows where it is not given are not complete."""


def after_step(step: ValueStep, given: Cells, resolve: ResolveCells) -> Cells:
    """The cells after a step that looks at one value at a time."""
    if isinstance(step, Arithmetic):
        return _arithmetic(step, given, resolve)
    if isinstance(step, Deviation):
        other = resolve(step.target)
        return _joined(given, other, _deviation(step, given.values, other.values))
    if isinstance(step, Rate):
        return _rate(step, given, resolve(step.target))
    if isinstance(step, (Bands, Lookup)):
        values, found = _bands(step, given.values) if isinstance(step, Bands) else _lookup(step, given.values)
        return _invalid_where(Cells(values, given.state, given.bare), ~found)
    return Cells(_always(step, given.values), given.state, given.bare)


def _always(step: Round | Absolute | Piecewise, values: Column) -> Column:
    """Steps that have a result for every value."""
    if isinstance(step, Round):
        return rounded(values, step.rounding)
    return magnitude(values) if isinstance(step, Absolute) else _piecewise(step, values)


def _joined(given: Cells, other: Cells, values: Column) -> Cells:
    """Cells where a needed operand that is not complete makes the value wait."""
    if other.state is None:
        return Cells(values, given.state, given.bare)
    state = given.states().copy()
    waiting = (state == COMPLETE) & (other.state != COMPLETE)
    state[waiting] = np.where(other.state[waiting] == INVALID, INVALID, INCOMPLETE)
    return cells(values, state, given.bare)


def _invalid_where(given: Cells, mask: Array) -> Cells:
    if not mask.any():
        return given
    state = given.states().copy()
    state[mask & (state == COMPLETE)] = INVALID
    return cells(given.values, state, given.bare)


def _arithmetic(step: Arithmetic, given: Cells, resolve: ResolveCells) -> Cells:
    number = step.operand.number
    if number is not None and step.name != "divide_into":
        return Cells(_with_fixed(step.name, given.values, number), given.state, given.bare)
    other = resolve(step.operand)
    if step.name in {"divide", "divide_into"}:
        above, below = (given, other) if step.name == "divide" else (other, given)
        joined = _joined(given, other, quotient(above.values, below.values))
        return _invalid_where(joined, is_zero(below.values))
    left, right = given.values, other.values
    results: dict[str, Callable[[], Column]] = {
        "multiply": lambda: product(left, right),
        "add": lambda: total([left, right]),
        "subtract": lambda: total([left, negative(right)]),
        "subtract_from": lambda: total([right, negative(left)]),
        "at_least": lambda: greatest([left, right]),
        "at_most": lambda: least([left, right]),
    }
    return _joined(given, other, results[step.name]())


def _with_fixed(name: str, values: Column, number: Fraction) -> Column:
    results: dict[str, Callable[[], Column]] = {
        "multiply": lambda: multiply_by(values, number),
        "divide": lambda: multiply_by(values, 1 / number),
        "add": lambda: add_to(values, number),
        "subtract": lambda: add_to(values, -number),
        "subtract_from": lambda: add_to(negative(values), number),
        "at_least": lambda: greatest([values, fixed(number)]),
        "at_most": lambda: least([values, fixed(number)]),
    }
    return results[name]()


def _deviation(step: Deviation, values: Column, target: Column) -> Column:
    distance = total([values, negative(target)])
    excess = greatest([add_to(magnitude(distance), -step.tolerance), fixed(Fraction(0))])
    excess = multiply_by(excess, 1 / step.per)
    if step.partial != "exact":
        excess = floored(excess) if step.partial == "floor" else ceiled(excess)
    points = choose(above_mask(distance, Fraction(0)), multiply_by(excess, step.over), multiply_by(excess, step.under))
    return add_to(points, step.start)


def _rate(step: Rate, given: Cells, target: Cells) -> Cells:
    above, below = (target, given) if step.form == "target_by_actual" else (given, target)
    number = step.target.number
    if number is not None and step.form != "target_by_actual":
        values = multiply_by(given.values, 100 / number)
    else:
        values = multiply_by(quotient(above.values, below.values), Fraction(100))
    if step.form == "complement":
        values = add_to(negative(values), Fraction(200))
    joined = _joined(given, target, values)
    return _invalid_where(joined, is_zero(below.values))


def _piecewise(step: Piecewise, values: Column) -> Column:
    count = len(values)
    found = constant(step.points[-1][1], count)
    for (x0, y0), (x1, y1) in reversed(list(zip(step.points, step.points[1:], strict=False))):
        line = add_to(multiply_by(add_to(values, -x0), (y1 - y0) / (x1 - x0)), y0)
        found = choose(~above_mask(values, x1), line, found)
    return choose(~above_mask(values, step.points[0][0]), constant(step.points[0][1], count), found)


def _bands(step: Bands, values: Column) -> tuple[Column, Array]:
    count = len(values)
    found = constant(step.otherwise or Fraction(0), count)
    known = np.full(count, step.otherwise is not None)
    for band in reversed(step.bands):
        inside = _inside(band, values)
        found = choose(inside, constant(band.points, count), found)
        known |= inside
    return found, known


def _inside(band: Band, values: Column) -> Array:
    inside = np.ones(len(values), dtype=bool)
    if band.low is not None:
        inside &= at_least_mask(values, band.low) if band.with_low else above_mask(values, band.low)
    if band.high is not None:
        inside &= ~(above_mask(values, band.high) if band.with_high else at_least_mask(values, band.high))
    return inside


def _lookup(step: Lookup, values: Column) -> tuple[Column, Array]:
    bands = tuple(Band(key, key, True, True, points) for key, points in step.table)
    return _bands(Bands(bands, step.otherwise), values)


def after_field_step(step: FieldStep, given: Cells, out: Array) -> Cells:
    """The cells after a step that compares the field.

    Args:
        step: the rule.
        given: the values.
        out: rows that take no part (a status, in the stage or altogether).
    """
    taking_part = given.complete() & ~given.bares() & ~out
    rows = np.flatnonzero(taking_part)
    state = given.states().copy()
    state[given.complete() & ~taking_part] = EMPTY
    try:
        after = field_values(step, given.values.take(rows))
    except NotComputableError:
        state[rows] = INVALID
        return cells(given.values, state)
    return cells(scatter(given.count, [(rows, after)] if len(rows) else []), state)


def sum_of(columns: Sequence[Column], count: int) -> Column:
    """Row sums of any number of columns."""
    return total(columns) if columns else constant(Fraction(0), count)
