"""Panels over a whole field: the same rules as `panel`, one pass for all contestants with as many marks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np

from scoring.engine import whole
from scoring.engine.columns import (
    Array,
    Column,
    above_mask,
    add_to,
    ascending,
    choose,
    common,
    constant,
    greatest,
    least,
    multiply_by,
    negative,
    scatter,
    total,
    trimmed,
)
from scoring.engine.panel import drop_rule
from scoring.engine.plan_values import (
    COMPLETE,
    EMPTY,
    HELD,
    INCOMPLETE,
    INVALID,
    Cells,
    ResolveCells,
    after_step,
    cells,
    sum_of,
)
from scoring.engine.scheme import Panel
from scoring.engine.steps import FIELD_STEPS

ByJudge = Mapping[str, Cells]
"""Each judge's values; rows where the judge has not marked are not complete."""


def panel_cells(panel: Panel, by_judge: ByJudge, count: int, resolve: ResolveCells) -> Cells:
    """The panel's values for every row, its own steps applied; see `panel.panel_value`."""
    found = _of_groups(panel, by_judge, count, resolve) if panel.groups else _of_judges(panel, by_judge, count)
    for step in panel.steps:
        if not isinstance(step, FIELD_STEPS):
            found = after_step(step, found, resolve)
    return found


def _of_judges(panel: Panel, by_judge: ByJudge, count: int) -> Cells:
    judges = [by_judge[name] for name in sorted(by_judge)]
    if not judges:
        return Cells(constant(Fraction(0), count), np.full(count, EMPTY, dtype=np.uint8))
    columns = common([judge.values for judge in judges])
    if all(judge.state is None for judge in judges):
        return _dense(panel, columns, count)
    given = np.stack([judge.complete() for judge in judges])
    present = given.sum(axis=0)
    state = np.full(count, EMPTY, dtype=np.uint8)
    pieces: list[tuple[Array, Column]] = []
    for marks in np.unique(present):
        if marks == 0:
            continue
        rows = np.flatnonzero(present == marks)
        own = _dense(panel, rising(columns, given, rows, int(marks)), len(rows))
        state[rows] = own.states()
        pieces.append((rows, own.values))
    return cells(scatter(count, pieces), state)


def rising(columns: Sequence[Column], given: Array, rows: Array, marks: int) -> list[Column]:
    """The lowest marks of some rows in rising order.

    Args:
        columns: each judge's marks, over one common denominator.
        given: for each judge the rows that have one.
        rows: which rows.
        marks: so many of the lowest; rows with fewer have numbers without meaning behind their last.
    """
    # What is missing stands above all marks: no value is greater than the greatest numerator over 1.
    highest = max(0, *(column.num.high for column in columns))
    above = Column(whole.fixed(highest + 1), columns[0].den)
    own = [column.take(rows) for column in columns]
    padded = [choose(mask[rows], column, above) for column, mask in zip(own, given, strict=True)]
    return [_at_most(column, highest) for column in ascending(padded)[:marks]]


def _at_most(column: Column, highest: int) -> Column:
    """A column whose numerators are known not to pass a bound."""
    if column.below is not None or not column.num.is_narrow:
        return column
    return replace(column, num=replace(column.num, high=min(highest, column.num.high)))


def _dense(panel: Panel, columns: Sequence[Column], count: int) -> Cells:
    """The panel where every row has a mark in every column."""
    present = len(columns)
    short = panel.missing == "wait" and panel.judges is not None and present < panel.judges
    if short or present < panel.at_least:
        return _waiting(count)
    state = np.zeros(count, dtype=np.uint8)
    if panel.spread is not None:
        distance = total([greatest(columns), negative(least(columns))])
        state[above_mask(distance, panel.spread)] = HELD
    absent = (panel.judges or 0) - present
    if panel.missing == "mean_of_given" and absent > 0:
        mean = multiply_by(total(columns), Fraction(1, present))
        columns = common([*columns, *([mean] * absent)])
    rule = drop_rule(panel, len(columns))
    if rule.low + rule.high >= len(columns):
        state[state == COMPLETE] = INCOMPLETE
        return cells(constant(Fraction(0), count), state)
    return cells(_combined(panel, columns, rule.low, rule.high), state)


def _waiting(count: int) -> Cells:
    return Cells(constant(Fraction(0), count), np.full(count, INCOMPLETE, dtype=np.uint8))


def _combined(panel: Panel, columns: Sequence[Column], low: int, high: int) -> Column:
    kept_count = len(columns) - low - high
    is_common = all(column.below is None for column in columns)
    if is_common and panel.tolerance is None and panel.combine in {"sum", "mean"} and low <= 1 and high <= 1:
        ends = [negative(least(columns))] * low + [negative(greatest(columns))] * high
        total_kept = total([*columns, *ends])
        tight = _bounded(total_kept, columns, kept_count)
        return tight if panel.combine == "sum" else multiply_by(tight, Fraction(1, kept_count))
    if panel.tolerance is None and panel.combine in {"sum", "mean"}:
        return _joined(panel.combine, trimmed(columns, low, high))
    ordered = ascending(columns)
    kept = ordered[low : len(ordered) - high]
    value = _joined(panel.combine, kept)
    if panel.tolerance is None or not (low or high):
        return value
    mean = multiply_by(sum_of(kept, 0), Fraction(1, kept_count))
    distance = total([kept[-1], negative(kept[0])])
    limit = constant(panel.tolerance.limits[0][1], len(mean))
    for start, bound in panel.tolerance.limits[1:]:
        limit = choose(~above_mask(add_to(negative(mean), start), Fraction(0)), constant(bound, len(mean)), limit)
    apart = above_mask(total([distance, negative(limit)]), Fraction(0))
    return choose(apart, _joined(panel.combine, ordered), value)


def _bounded(kept: Column, columns: Sequence[Column], number: int) -> Column:
    """The sum of so many of the columns, with the bounds that this gives."""
    if any(column.den != kept.den for column in columns) or not kept.num.is_narrow:
        return kept
    low, high = min(column.num.low for column in columns), max(column.num.high for column in columns)
    return replace(kept, num=replace(kept.num, low=low * number, high=high * number))


def _joined(how: str, ordered: Sequence[Column]) -> Column:
    middle = len(ordered) // 2
    if how == "median":
        if len(ordered) % 2:
            return ordered[middle]
        return multiply_by(total([ordered[middle - 1], ordered[middle]]), Fraction(1, 2))
    if how in {"max", "min"}:
        return ordered[-1] if how == "max" else ordered[0]
    summed = total(ordered)
    return summed if how == "sum" else multiply_by(summed, Fraction(1, len(ordered)))


def _of_groups(panel: Panel, by_judge: ByJudge, count: int, resolve: ResolveCells) -> Cells:
    results = [
        panel_cells(group, {name: by_judge[name] for name in group.names if name in by_judge}, count, resolve)
        for group in panel.groups
    ]
    parts = [multiply_by(result.values, weight) for result, weight in zip(results, panel.group_weights, strict=True)]
    values = total(parts)
    if panel.combine == "mean":
        values = multiply_by(values, 1 / sum(panel.group_weights, Fraction(0)))
    states = np.stack([result.states() for result in results])
    state = np.where((states != COMPLETE).any(axis=0), INCOMPLETE, COMPLETE).astype(np.uint8)
    state[(states == INVALID).any(axis=0)] = INVALID
    state[(states == HELD).any(axis=0)] = HELD
    state[(states == EMPTY).all(axis=0)] = EMPTY
    return cells(values, state)
