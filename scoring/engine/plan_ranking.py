"""Places for a whole field at once: slices reckoned in columns, deciding keys packed into whole numbers, one sort."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from scoring.engine.columns import Array, fixed
from scoring.engine.plan import FieldMarks, reckon_slices
from scoring.engine.plan_panel import panel_cells
from scoring.engine.plan_standing import STATUSES, decisive_nodes, statuses_of, tiers_of
from scoring.engine.plan_ties import Decisive, deciding_links, parts_of, sorted_groups, sum_of_cells
from scoring.engine.plan_values import Cells, joined_cells
from scoring.engine.ranking import UNFINISHED, order_of_cut, stages_within
from scoring.engine.scheme import Cut, Scheme, TieKey
from scoring.engine.steps import NotComputableError, Operand

SLICE = 1 << 15
"""Rows reckoned together: small enough that a slice's columns stay in the processor's cache."""


@dataclass(frozen=True)
class FieldTier:
    """Rows that are ranked among each other, behind those of the tiers before.

    Attributes:
        order: index of the order that placed them.
        is_last: put behind all others, by a gate or a status.
        rows: in order of merit; the tied among them in the order of the field where links are asked for.
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
class FieldCut:
    """Who goes on after a stage, as `ranking.CutLine`.

    Attributes:
        going_on: rows in order of merit.
        undecided: rows that are tied on the line where the rule wants a decision.
    """

    going_on: Array
    undecided: Array


@dataclass(frozen=True)
class FieldRanking:
    """Places of a field.

    Attributes:
        rank: place of each row under the scheme's method, 0 for those without; doubled where `is_halved`.
        is_halved: places are averaged, so that `rank` counts halves.
        is_tied: rows that share their place with another.
        columns: the values of the nodes asked for.
        tiers: the order of merit.
        status: number of each row's status in `plan_standing.STATUSES`; None unless links are asked for.
        cuts: one for each cut line of the scheme; none unless links are asked for.
    """

    rank: Array
    is_halved: bool
    is_tied: Array
    columns: Mapping[str, Cells]
    tiers: tuple[FieldTier, ...]
    status: Array | None = None
    cuts: tuple[FieldCut, ...] = ()


def rank_field(
    scheme: Scheme, given: FieldMarks, *, keep: Sequence[str] = (), with_links: bool = False
) -> FieldRanking:
    """The places of a field.

    Args:
        scheme: how.
        given: the marks, in columns; see `plan.FieldMarks`.
        keep: ids of nodes whose values are wanted besides the places.
        with_links: tell what separates the places, who has which status, and who goes on.

    Returns:
        What `ranking.rank` gives, row by row.
    """
    decisive = _reckoned(scheme, given, keep)
    numbers = tiers_of(scheme, given, decisive.nodes)
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
        links = np.zeros(0, dtype=np.int64)
        if with_links:
            links, merit = deciding_links(order_of, starts, keys), _steady(merit, starts)
        tiers.append(FieldTier(index, number >= len(orders), merit, starts, links))
    columns = {name: decisive.nodes[name] for name in keep}
    found = FieldRanking(rank, scheme.ranking.method == "average", is_tied, columns, tuple(tiers))
    return _in_full(decisive, numbers, found) if with_links else found


def _steady(rows: Array, starts: Array) -> Array:
    """The same order with the rows of every group in the order of the field."""
    places = np.flatnonzero(~(starts & np.append(starts[1:], True)))
    found = rows.copy()
    found[places] = rows[places][np.lexsort((rows[places], np.cumsum(starts)[places]))]
    return found


def _in_full(decisive: Decisive, tiers: Array, ranking: FieldRanking) -> FieldRanking:
    scheme = decisive.scheme
    status = statuses_of(scheme, decisive.given, decisive.nodes)
    is_in = (tiers >= 0) | np.isin(status, [STATUSES.index(word) for word in ("", *UNFINISHED)])
    cuts = tuple(_cut(decisive, cut, is_in) for cut in scheme.ranking.cuts)
    return replace(ranking, status=status, cuts=cuts)


def _cut(decisive: Decisive, cut: Cut, is_in: Array) -> FieldCut:
    """The rows on either side of a cut line; see `ranking.rank`."""
    own = decisive.nodes[cut.node]
    rows = np.flatnonzero(is_in & own.complete() & ~own.bares())
    nobody = np.zeros(0, dtype=np.int64)
    if not len(rows):
        return FieldCut(nobody, nobody)
    order = order_of_cut(decisive.scheme, cut)
    order_of, starts, _ = sorted_groups(decisive, order, rows)
    merit = _steady(rows[order_of], starts)
    ends = np.append(np.flatnonzero(starts)[1:], len(merit))
    whole = int(np.searchsorted(ends, cut.places, side="right"))
    taken = int(ends[whole - 1]) if whole else 0
    if taken == cut.places or whole == len(ends):
        return FieldCut(merit[:taken], nobody)
    on_the_line = merit[taken : ends[whole]]
    if cut.ties == "all":
        return FieldCut(merit[: ends[whole]], nobody)
    return FieldCut(merit[:taken], on_the_line if cut.ties == "decide" else nobody)


def _wanted(scheme: Scheme, keep: Sequence[str]) -> set[str]:
    wanted = {*keep}
    for order in scheme.ranking.orders:
        wanted.update((order.node, *stages_within(scheme, order.node)))
        for key in order.ties:
            wanted.update(parts_of(scheme, key))
    wanted.update(node.id for node in decisive_nodes(scheme))
    wanted.update(cut.node for cut in scheme.ranking.cuts)
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
