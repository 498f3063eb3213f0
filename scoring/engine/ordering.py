"""The order of a field's values, exactly: floats only where they are certain, cross products where they are not."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from scoring.engine import whole
from scoring.engine.columns import Column, as_fractions, compare
from scoring.engine.whole import CERTAIN, Array


def in_order(column: Column) -> tuple[Array, Array]:
    """Row numbers by rising value, and where in that order a new value begins."""
    if column.below is None and column.num.is_narrow:
        order = np.argsort(column.num.values)
        ordered = column.num.values[order]
        return order, _starts(ordered[1:] != ordered[:-1], len(order))
    if not _has_floats(column):
        return _by_fractions(column)
    return _by_floats(column)


def _starts(differs: Array, count: int) -> Array:
    starts = np.ones(count, dtype=bool)
    starts[1:] = differs
    return starts


def _has_floats(column: Column) -> bool:
    return whole.is_floatable(column.num) and (column.below is None or whole.is_floatable(column.below))


def _by_fractions(column: Column) -> tuple[Array, Array]:
    values = as_fractions(column)
    order = sorted(range(len(values)), key=values.__getitem__)
    differs = [values[a] != values[b] for a, b in pairwise(order)]
    return np.array(order, dtype=np.int64), _starts(np.array(differs, dtype=bool), len(order))


def _by_floats(column: Column) -> tuple[Array, Array]:
    """By floats first; neighbours too near for them are compared exactly, and sorted so if they are the wrong way."""
    near_to = whole.floats(column.num)
    if column.below is not None:
        near_to = near_to / whole.floats(column.below)
    order = np.argsort(near_to)
    ordered = near_to[order]
    size = np.maximum(np.abs(ordered[1:]), np.abs(ordered[:-1]))
    is_near = ordered[1:] - ordered[:-1] <= size * CERTAIN
    pairs = np.flatnonzero(is_near)
    signs = _signs(column, order, pairs)
    if (signs > 0).any():
        cluster = np.concatenate([[0], np.cumsum(~is_near)])
        places = np.flatnonzero(np.isin(cluster, cluster[pairs[signs > 0]]))
        order[places] = _sorted_within(column, order[places], cluster[places])
        signs = _signs(column, order, pairs)
    differs = np.ones(len(is_near), dtype=bool)
    differs[pairs] = signs != 0
    return order, _starts(differs, len(order))


def _signs(column: Column, order: Array, pairs: Array) -> Array:
    """How each row compares with its neighbour in the order."""
    return compare(column.take(order[pairs]), column.take(order[pairs + 1]))


def _sorted_within(column: Column, rows: Array, cluster: Array) -> list[int]:
    values = as_fractions(column.take(rows))
    keyed = zip(cluster.tolist(), values, rows.tolist(), strict=True)
    return [row for _, _, row in sorted(keyed)]


def codes(column: Column) -> tuple[Array, int]:
    """Whole numbers from 0 in the order of the values, the same for equal values; and a bound above them."""
    if column.below is None and column.num.is_narrow:
        values = column.num.values
        low, high = (int(values.min()), int(values.max())) if len(values) else (0, 0)
        return values - low, high - low + 1
    order, starts = in_order(column)
    found = np.empty(len(order), dtype=np.int64)
    found[order] = np.cumsum(starts) - 1
    return found, int(starts.sum()) or 1


def greatest_row(column: Column) -> int:
    """A row with the greatest value."""
    order, _ = in_order(column)
    return int(order[-1])


def least_row(column: Column) -> int:
    """A row with the least value."""
    order, _ = in_order(column)
    return int(order[0])
