"""Places for a whole field at once: slices reckoned in columns, deciding keys packed into whole numbers, one sort."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from scoring.engine.columns import Array, above_mask, at_least_mask, fixed
from scoring.engine.plan import FieldMarks, reckon_slices
from scoring.engine.plan_panel import panel_cells
from scoring.engine.plan_ties import Decisive, deciding_links, parts_of, sorted_groups, sum_of_cells
from scoring.engine.plan_values import COMPLETE, EMPTY, Cells, joined_cells
from scoring.engine.ranking import stages_within
from scoring.engine.scheme import Scheme, TieKey
from scoring.engine.steps import NotComputableError, Operand

SLICE = 1 << 15
"""Rows reckoned together: small enough that a slice's columns stay in the processor's cache."""


@dataclass(frozen=True)
class FieldTier:
    """Rows that are ranked among each other, behind those of the tiers before.

    Attributes:
        order: index of the order that placed them.
        is_last: put behind all others, by a gate or a status.
        rows: in order of merit.
        starts: where in `rows` a new value begins.
        links: for each new value the link of the chain that separates it from the one above, 0 for the deciding
            value; empty unless asked for.
    """

    order: int
    is_last: bool
    rows: Array
    starts: Array
    links: Array


@dataclass(frozen=True)
class FieldRanking:
    """Places of a field.

    Attributes:
        rank: place of each row under the scheme's method, 0 for those without; doubled where `is_halved`.
        is_halved: places are averaged, so that `rank` counts halves.
        is_tied: rows that share their place with another.
        columns: the values of the nodes asked for.
        tiers: the order of merit.
    """

    rank: Array
    is_halved: bool
    is_tied: Array
    columns: Mapping[str, Cells]
    tiers: tuple[FieldTier, ...]


def rank_field(
    scheme: Scheme, given: FieldMarks, *, keep: Sequence[str] = (), with_links: bool = False
) -> FieldRanking:
    """The places of a field.

    Args:
        scheme: how.
        given: the marks, in columns; see `plan.FieldMarks`.
        keep: ids of nodes whose values are wanted besides the places.
        with_links: tell what separates the places.

    Returns:
        What `ranking.rank` gives, row by row.
    """
    decisive = _reckoned(scheme, given, keep)
    numbers = _tiers(scheme, given, decisive.nodes)
    rank = np.zeros(given.count, dtype=np.int64)
    is_tied = np.zeros(given.count, dtype=bool)
    ahead = dense = 0
    orders = scheme.ranking.orders
    tiers: list[FieldTier] = []
    for number in range(2 * len(orders)):
        rows = np.flatnonzero(numbers == number)
        if len(rows) == 0:
            continue
        index = number % len(orders)
        order_of, starts, keys = sorted_groups(decisive, orders[index], None if len(rows) == given.count else rows)
        places, groups, tied = _numbers(scheme.ranking.method, starts, ahead, dense)
        merit = rows[order_of]
        rank[merit], is_tied[merit] = places, tied
        ahead, dense = ahead + len(rows), dense + groups
        links = deciding_links(order_of, starts, keys) if with_links else np.zeros(0, dtype=np.int64)
        tiers.append(FieldTier(index, number >= len(orders), merit, starts, links))
    columns = {name: decisive.nodes[name] for name in keep}
    return FieldRanking(rank, scheme.ranking.method == "average", is_tied, columns, tuple(tiers))


def _wanted(scheme: Scheme, keep: Sequence[str]) -> set[str]:
    wanted = {*keep}
    for order in scheme.ranking.orders:
        wanted.update((order.node, *stages_within(scheme, order.node)))
        for key in order.ties:
            wanted.update(parts_of(scheme, key))
    wanted.update(node.id for node in scheme.nodes.values() if node.gate is not None or node.veto is not None)
    return wanted


def _reckoned(scheme: Scheme, given: FieldMarks, keep: Sequence[str]) -> Decisive:
    """Everything that decides, put together from the slices of the field."""
    links = [key for order in scheme.ranking.orders for key in order.ties]
    wanted = _wanted(scheme, keep)
    nodes: dict[str, list[Cells]] = {name: [] for name in wanted}
    panels: dict[int, list[Cells]] = {id(key): [] for key in links if key.kind == "panel"}
    judged: dict[str, dict[str, list[Cells]]] = {k.nodes[0]: {} for k in links if k.kind in {"judges", "majority"}}
    for part, (found, by_judge) in reckon_slices(scheme, given, SLICE):
        for name in wanted:
            nodes[name].append(found[name])
        for key in links:
            if key.kind == "panel":
                panels[id(key)].append(_panel_sum(key, by_judge, part.count))
        for name, by_name in judged.items():
            for judge, own in by_judge[name].items():
                by_name.setdefault(judge, []).append(own)
    return Decisive(
        scheme,
        given,
        {name: joined_cells(parts) for name, parts in nodes.items()},
        {number: joined_cells(parts) for number, parts in panels.items()},
        {name: {judge: joined_cells(parts) for judge, parts in own.items()} for name, own in judged.items()},
    )


def _panel_sum(key: TieKey, by_judge: Mapping[str, Mapping[str, Cells]], count: int) -> Cells:
    parts = [panel_cells(key.panel, by_judge[node], count, _fixed) for node in key.nodes if key.panel]
    return sum_of_cells(parts, count)


def _fixed(operand: Operand) -> Cells:
    if operand.number is None:
        raise NotComputableError("同分规则的评委组只能使用固定的数")
    return Cells(fixed(operand.number))


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
