"""Places for a whole field at once: slices reckoned in columns, deciding keys packed into whole numbers, one sort."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np

from core.errors import InvalidInputError
from scoring.engine.columns import (
    Array,
    above_mask,
    at_least_mask,
    choose,
    concatenated,
    constant,
    from_whole,
    total,
)
from scoring.engine.ordering import codes as value_codes
from scoring.engine.plan import FieldMarks, compares_field, reckon_field
from scoring.engine.plan_panel import panel_cells
from scoring.engine.plan_values import COMPLETE, EMPTY, Cells, cells
from scoring.engine.ranking import stages_within
from scoring.engine.scheme import ROOT, Order, Scheme, TieKey
from scoring.engine.steps import NotComputableError, Operand

SLICE = 1 << 15
"""Rows reckoned together: small enough that a slice's columns stay in the processor's cache."""

_WORD = 2**62


class NotRankableInColumnsError(InvalidInputError):
    """A link of the tie chain that needs the judges of single contestants; `ranking.rank` takes it."""

    code = "not_rankable_in_columns"


@dataclass(frozen=True)
class FieldRanking:
    """Places of a field.

    Attributes:
        rank: place of each row under the scheme's method, 0 for those without; doubled where `is_halved`.
        is_halved: places are averaged, so that `rank` counts halves.
        is_tied: rows that share their place with another.
        columns: the values of the nodes asked for.
    """

    rank: Array
    is_halved: bool
    is_tied: Array
    columns: Mapping[str, Cells]


@dataclass
class _Kept:
    """What is kept of each slice: the nodes that decide, and the values of tie panels."""

    nodes: dict[str, list[Cells]] = field(default_factory=dict)

    def add(self, name: str, own: Cells) -> None:
        """Keep the cells of one slice."""
        self.nodes.setdefault(name, []).append(own)

    def whole(self) -> dict[str, Cells]:
        """The slices put together."""
        return {name: _concatenated(slices) for name, slices in self.nodes.items()}


def _concatenated(slices: Sequence[Cells]) -> Cells:
    if len(slices) == 1:
        return slices[0]
    values = concatenated([own.values for own in slices])
    state = np.concatenate([own.states() for own in slices]) if any(o.state is not None for o in slices) else None
    bare = np.concatenate([own.bares() for own in slices]) if any(o.bare is not None for o in slices) else None
    return Cells(values, state, bare)


def rank_field(scheme: Scheme, given: FieldMarks, *, keep: Sequence[str] = ()) -> FieldRanking:
    """The places of a field.

    Args:
        scheme: how.
        given: the marks, in columns; see `plan.FieldMarks`.
        keep: ids of nodes whose values are wanted besides the places.

    Returns:
        What `ranking.rank` gives, row by row.

    Raises:
        NotRankableInColumnsError: the tie chain has a link that this does not know (`places`, `judges`,
            `majority`).
    """
    for order in scheme.ranking.orders:
        for key in order.ties:
            if key.kind in {"places", "judges", "majority"}:
                raise NotRankableInColumnsError("同分规则 %(kind)s 不能成批计算", kind=key.kind)
    found = _reckoned(scheme, given, keep)
    tiers = _tiers(scheme, given, found)
    rank = np.zeros(given.count, dtype=np.int64)
    is_tied = np.zeros(given.count, dtype=bool)
    ahead = dense = 0
    orders = scheme.ranking.orders
    for tier in range(2 * len(orders)):
        rows = np.flatnonzero(tiers == tier)
        if len(rows) == 0:
            continue
        keys = _keys(scheme, given, orders[tier % len(orders)], found, None if len(rows) == given.count else rows)
        order_of, starts = _sorted_groups(keys)
        places, groups, tied = _numbers(scheme.ranking.method, starts, ahead, dense)
        sorted_rows = rows[order_of]
        rank[sorted_rows], is_tied[sorted_rows] = places, tied
        ahead, dense = ahead + len(rows), dense + groups
    columns = {name: found[name] for name in keep}
    return FieldRanking(rank, scheme.ranking.method == "average", is_tied, columns)


def _wanted(scheme: Scheme, keep: Sequence[str]) -> set[str]:
    wanted = {*keep}
    for order in scheme.ranking.orders:
        wanted.update((order.node, *stages_within(scheme, order.node)))
        for key in order.ties:
            wanted.update(_parts(scheme, key) if key.kind == "sorted" else key.nodes)
    wanted.update(node.id for node in scheme.nodes.values() if node.gate is not None or node.veto is not None)
    return wanted


def _parts(scheme: Scheme, key: TieKey) -> tuple[str, ...]:
    if len(key.nodes) == 1 and scheme.nodes[key.nodes[0]].children:
        return tuple(child.id for child in scheme.nodes[key.nodes[0]].children if child.counts)
    return key.nodes


def _reckoned(scheme: Scheme, given: FieldMarks, keep: Sequence[str]) -> dict[str, Cells]:
    kept = _Kept()
    wanted = _wanted(scheme, keep)
    size = given.count if compares_field(scheme) else SLICE
    for start in range(0, max(given.count, 1), max(size, 1)):
        part = given if size >= given.count else given.rows(start, start + size)
        found, by_judge = reckon_field(scheme, part)
        for name in wanted:
            kept.add(name, found[name])
        for order in scheme.ranking.orders:
            for key in order.ties:
                if key.kind == "panel":
                    kept.add(_panel_name(key), _panel_sum(key, by_judge, part.count))
    return kept.whole()


def _panel_name(key: TieKey) -> str:
    return f"panel {id(key)}"


def _panel_sum(key: TieKey, by_judge: Mapping[str, Mapping[str, Cells]], count: int) -> Cells:
    parts = [panel_cells(key.panel, by_judge[node], count, _fixed) for node in key.nodes if key.panel]
    return _sum(parts, count)


def _fixed(operand: Operand) -> Cells:
    if operand.number is None:
        raise NotComputableError("同分规则的评委组只能使用固定的数")
    return Cells(constant(operand.number, 1))


def _sum(parts: Sequence[Cells], count: int) -> Cells:
    """Row sums; rows in which a part is missing are empty."""
    if not parts:
        return Cells(constant(Fraction(0), count), np.full(count, EMPTY, dtype=np.uint8))
    state = np.zeros(count, dtype=np.uint8)
    for part in parts:
        if part.state is not None:
            state[part.state != COMPLETE] = EMPTY
    return cells(total([part.values for part in parts]), state)


def _tiers(scheme: Scheme, given: FieldMarks, found: Mapping[str, Cells]) -> Array:
    """For each row the tier that it is ranked in, −1 for none; those put last follow all the others."""
    count, orders = given.count, scheme.ranking.orders
    tiers = np.full(count, -1, dtype=np.int64)
    is_out = np.zeros(count, dtype=bool)
    is_last = np.zeros(count, dtype=bool)
    for index, order in enumerate(orders):
        own = found[order.node]
        placed = own.complete() & ~own.bares()
        tiers[placed & (tiers < 0) & ~is_out] = index
        waiting = (own.states() != COMPLETE) & (own.states() != EMPTY)
        if index + 1 < len(orders):
            for stage in stages_within(scheme, order.node):
                waiting &= found[stage].states() != EMPTY
        is_out |= waiting & (tiers < 0)
    for node in scheme.nodes.values():
        if node.veto is not None and node.veto.effect in {"unranked", "disqualified"}:
            is_out |= _at_least(found[node.id], node.veto.at_least)
        if node.gate is not None and node.gate.otherwise != "flag":
            missed = _misses(found[node.id], node.gate.at_least, node.gate.at_most)
            if node.gate.otherwise == "unranked":
                is_out |= missed
            else:
                is_last |= missed
    tiers[is_out] = -1
    _apply_statuses(scheme, given, tiers, is_last)
    return np.where((tiers >= 0) & is_last, tiers + len(orders), tiers)


def _apply_statuses(scheme: Scheme, given: FieldMarks, tiers: Array, is_last: Array) -> None:
    numbers = given.statuses.get("")
    if numbers is None:
        return
    for number, status in enumerate(("absent", "withdrawn", "disqualified"), start=1):
        rows = numbers == number
        if scheme.ranking.status_rules.get(status, "unranked") == "unranked":
            tiers[rows] = -1
        else:
            tiers[rows] = len(scheme.ranking.orders) - 1
            is_last[rows] = True


def _at_least(own: Cells, bound: Fraction) -> Array:
    return np.asarray(own.complete() & at_least_mask(own.values, bound))


def _misses(own: Cells, low: Fraction | None, high: Fraction | None) -> Array:
    known = own.complete() & ~own.bares()
    missed = np.zeros(own.count, dtype=bool)
    if low is not None:
        missed |= ~_at_least(own, low)
    if high is not None:
        missed |= above_mask(own.values, high)
    return known & missed


def _keys(
    scheme: Scheme, given: FieldMarks, order: Order, found: Mapping[str, Cells], rows: Array | None
) -> list[tuple[Array, int]]:
    """For each key the rows' codes (0 is best) and how many codes there are."""
    first = TieKey("node", (order.node,), order.better, "")
    keys: list[tuple[Array, int]] = []
    for key in (first, *order.ties):
        for own, better in _key_cells(scheme, given, key, found):
            keys.append(_codes(own if rows is None else own.take(rows), better))
    return [keys[0], *(key for key in keys[1:] if key[1] > 1)]


def _key_cells(scheme: Scheme, given: FieldMarks, key: TieKey, found: Mapping[str, Cells]) -> list[tuple[Cells, str]]:
    if key.kind == "node":
        return [(_sum([found[node] for node in key.nodes], given.count), key.better)]
    if key.kind == "panel":
        return [(found[_panel_name(key)], key.better)]
    if key.kind == "time":
        return [(_time(given, key), key.better)]
    if key.kind == "place":
        node = scheme.nodes[key.nodes[0]]
        return [(found[node.id], node.better)]
    return [(own, "low") for own in _sorted_parts([found[name] for name in _parts(scheme, key)], key.better)]


def _time(given: FieldMarks, key: TieKey) -> Cells:
    times = given.items.get("time", {})
    nothing = Cells(constant(Fraction(0), given.count), np.full(given.count, EMPTY, dtype=np.uint8))
    if key.nodes:
        return _sum([times.get(node, nothing) for node in key.nodes], given.count)
    found = times.get(ROOT, nothing)
    for name, own in times.items():
        if name != ROOT:
            fills = own.complete() & ~found.complete()
            state = np.where(fills, COMPLETE, found.states()).astype(np.uint8)
            found = cells(choose(fills, own.values, found.values), state)
    return found


def _sorted_parts(parts: Sequence[Cells], better: str) -> list[Cells]:
    """The parts' codes sorted in each row, best first."""
    state = np.concatenate([part.states() for part in parts])
    codes, _ = _codes(cells(concatenated([part.values for part in parts]), state), better)
    by_part = np.sort(codes.reshape(len(parts), -1), axis=0)
    return [Cells(from_whole(row)) for row in by_part]


def _codes(own: Cells, better: str) -> tuple[Array, int]:
    """Whole numbers from 0, smaller is better, rows without a value last."""
    codes, size = value_codes(own.values)
    top = size - 1
    if better == "high":
        codes = top - codes
    if own.state is None:
        return codes, top + 1
    return np.where(own.state == COMPLETE, codes, top + 1), top + 2


def _packed(keys: Sequence[tuple[Array, int]]) -> list[Array]:
    """The keys in as few words as they fit in, most significant first."""
    words: list[Array] = []
    room = 0
    for codes, size in keys:
        if words and room * size < _WORD:
            words[-1] = words[-1] * size + codes
            room *= size
        else:
            words.append(codes)
            room = size
    return words


def _sorted_groups(keys: Sequence[tuple[Array, int]]) -> tuple[Array, Array]:
    """Row numbers in order of merit, and where in that order a new value begins."""
    words = _packed(keys)
    order = np.argsort(words[0]) if len(words) == 1 else np.lexsort(words[::-1])
    starts = np.zeros(len(order), dtype=bool)
    starts[:1] = True
    for word in words:
        ordered = word[order]
        starts[1:] |= ordered[1:] != ordered[:-1]
    return order, starts


def _numbers(method: str, starts: Array, ahead: int, dense: int) -> tuple[Array, int, Array]:
    """Places along the order of merit, the number of groups, and who is tied."""
    heads = np.flatnonzero(starts)
    sizes = np.diff(np.append(heads, len(starts)))
    if method == "dense":
        numbers = dense + 1 + np.arange(len(heads))
    elif method == "average":
        numbers = 2 * (ahead + heads) + 1 + sizes
    else:
        numbers = ahead + heads + 1
    return np.repeat(numbers, sizes), len(heads), np.repeat(sizes > 1, sizes)
