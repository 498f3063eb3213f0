"""Groups over a whole field: the same rules as `combining`, one pass for all contestants with the same parts marked."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from scoring.engine.columns import (
    Array,
    Column,
    add_to,
    ascending,
    choose,
    constant,
    multiply_by,
    product,
    rounded,
    scatter,
)
from scoring.engine.plan_values import COMPLETE, EMPTY, HELD, INCOMPLETE, INVALID, Cells, cells, sum_of
from scoring.engine.scheme import Node
from scoring.engine.steps import Round


def combined_cells(node: Node, parts: Sequence[Cells], count: int) -> Cells:
    """The values of a group before its steps.

    Args:
        node: the group.
        parts: the cells of each child, in order.
        count: number of rows.
    """
    counted = [
        (child, coefficient, part)
        for child, coefficient, part in zip(node.children, node.coefficients, parts, strict=True)
        if child.counts
    ]
    weighted = [_weighted(node, part.values, coefficient) for _, coefficient, part in counted]
    leaves_some = len(counted) > node.combine.drop_low + node.combine.drop_high or node.combine.method == "sum"
    is_full = bool(counted) and leaves_some and all(part.state is None and part.bare is None for _, _, part in counted)
    if is_full and not _is_single(node):
        return Cells(_dense(node, weighted, [c for _, c, _ in counted], count))
    return _with_gaps(node, counted, weighted, count)


def _is_single(node: Node) -> bool:
    return node.combine.method in {"first", "last"}


def _weighted(node: Node, values: Column, coefficient: Fraction) -> Column:
    found = multiply_by(values, coefficient)
    if isinstance(node.round_weighted, Round):
        found = rounded(found, node.round_weighted.rounding)
    return found


def _with_gaps(
    node: Node,
    counted: Sequence[tuple[Node, Fraction, Cells]],
    weighted: Sequence[Column],
    count: int,
) -> Cells:
    has_own = any(not child.value_of for child, _, _ in counted)
    is_marked = np.zeros(count, dtype=bool)
    worst = np.zeros(count, dtype=np.uint8)
    included = np.zeros((len(counted), count), dtype=bool)
    zeros = np.zeros((len(counted), count), dtype=bool)
    for index, (child, _, part) in enumerate(counted):
        state, bare = part.states(), part.bares()
        if not (child.value_of and has_own):
            is_marked |= (state != EMPTY) & ~bare
        may_skip = child.missing == "nothing" or _is_single(node)
        empty = (state == EMPTY) | (bare & may_skip)
        skipped = empty & may_skip
        zeros[index] = empty & ~skipped & (child.missing == "zero")
        included[index] = (state == COMPLETE) & ~skipped
        waiting = ~(included[index] | skipped | zeros[index])
        _note_waiting(worst, waiting, state)
    present = included | zeros
    values = _by_pattern(node, counted, weighted, present, zeros, count)
    kept = _kept_counts(node, present)
    state = worst.copy()
    if node.combine.method != "sum":
        state[(state == COMPLETE) & (kept == 0)] = INCOMPLETE
    state[(state != COMPLETE) & ~is_marked] = EMPTY
    return cells(values, state, ~is_marked & (state == COMPLETE))


def _note_waiting(worst: Array, waiting: Array, state: Array) -> None:
    """Keep the gravest reason to wait: held, then not computable, then plainly not marked."""
    grave = np.where(state == HELD, HELD, np.where(state == INVALID, INVALID, INCOMPLETE)).astype(np.uint8)
    order = np.zeros(5, dtype=np.uint8)
    order[[COMPLETE, INCOMPLETE, INVALID, HELD]] = [0, 1, 2, 3]
    graver = waiting & (order[grave] > order[worst])
    worst[graver] = grave[graver]


def _kept_counts(node: Node, present: Array) -> Array:
    number = present.sum(axis=0)
    if _is_single(node):
        return np.asarray(np.minimum(number, 1))
    return np.asarray(np.maximum(number - node.combine.drop_low - node.combine.drop_high, 0))


def _by_pattern(
    node: Node,
    counted: Sequence[tuple[Node, Fraction, Cells]],
    weighted: Sequence[Column],
    present: Array,
    zeros: Array,
    count: int,
) -> Column:
    """Rows with the same parts present are reckoned together."""
    if not weighted:
        return constant(node.start, count)
    columns = [_zeroed(column, zero) for column, zero in zip(weighted, zeros, strict=True)]
    patterns, inverse = np.unique(present, axis=1, return_inverse=True)
    pieces: list[tuple[Array, Column]] = []
    for index, pattern in enumerate(patterns.T):
        rows = np.flatnonzero(inverse.reshape(-1) == index)
        chosen = [i for i, there in enumerate(pattern) if there]
        if _is_single(node):
            chosen = chosen[:1] if node.combine.method == "first" else chosen[-1:]
        own = [columns[i].take(rows) for i in chosen]
        if own or node.combine.method == "sum":
            pieces.append((rows, _dense(node, own, [counted[i][1] for i in chosen], len(rows))))
    return scatter(count, pieces)


def _zeroed(column: Column, zero: Array) -> Column:
    """The column with 0 in some rows."""
    return choose(zero, constant(Fraction(0), len(column)), column) if zero.any() else column


def _dense(node: Node, values: Sequence[Column], coefficients: Sequence[Fraction], count: int) -> Column:
    """Rows in which all of `values` are present."""
    combine = node.combine
    ordered = list(values)
    divisor = Fraction(len(values))
    if node.weights_by == "coefficient":
        divisor = sum(coefficients, Fraction(0)) or Fraction(1)
    if combine.best or combine.drop_high or combine.drop_low:
        ordered = ascending(ordered)[combine.drop_low : max(len(values) - combine.drop_high, 0)] if ordered else []
        if combine.best:
            ordered = ordered[: combine.best] if node.better == "low" else ordered[-combine.best :]
        divisor = Fraction(len(ordered))
    if not ordered:
        return constant(node.start if combine.method == "sum" else Fraction(0), count)
    return _value(node, ordered, divisor)


def _value(node: Node, kept: Sequence[Column], divisor: Fraction) -> Column:
    method = node.combine.method
    if method == "sum":
        return add_to(sum_of(kept, 0), node.start)
    if method == "mean":
        return multiply_by(sum_of(kept, 0), 1 / divisor)
    if method == "product":
        found = kept[0]
        for column in kept[1:]:
            found = product(found, column)
        return found
    return kept[0] if _is_single(node) else _ranked(method, ascending(kept))


def _ranked(method: str, ordered: Sequence[Column]) -> Column:
    middle = len(ordered) // 2
    if method == "median" and len(ordered) % 2 == 0:
        return multiply_by(sum_of([ordered[middle - 1], ordered[middle]], 0), Fraction(1, 2))
    return ordered[{"median": middle, "max": -1}.get(method, 0)]
