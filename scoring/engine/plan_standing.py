"""How every row of a field stands before places are given: the tier that it is ranked in, or why it is not ranked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

import numpy as np

from scoring.engine.columns import Array, above_mask, at_least_mask
from scoring.engine.plan import STATUS_NUMBERS, FieldMarks
from scoring.engine.plan_values import COMPLETE, EMPTY, STATES, Cells
from scoring.engine.ranking import STATUS_LABELS, stages_within
from scoring.engine.scheme import Gate, Node, Scheme

STATUSES = tuple(STATUS_LABELS)
"""Words for the status of a row, by number: the first is that of those who have none."""

_NUMBERS = {status: number for number, status in enumerate(STATUSES)}

_OF_STATES = np.array([_NUMBERS.get(state, 0) for state in STATES], dtype=np.uint8)


def tiers_of(scheme: Scheme, given: FieldMarks, found: Mapping[str, Cells]) -> Array:
    """For each row the tier that it is ranked in, −1 for none; those put last follow all the others."""
    count, orders = given.count, scheme.ranking.orders
    tiers = np.full(count, -1, dtype=np.int64)
    is_out = np.zeros(count, dtype=bool)
    is_last = np.zeros(count, dtype=bool)
    for index, placed, waiting in _by_orders(scheme, found):
        tiers[placed & (tiers < 0) & ~is_out] = index
        is_out |= waiting & (tiers < 0)
    for node in scheme.nodes.values():
        if node.veto is not None and node.veto.effect in {"unranked", "disqualified"}:
            is_out |= _at_least(found[node.id], node.veto.at_least)
        if node.gate is not None and node.gate.otherwise != "flag":
            missed = misses(found[node.id], node.gate)
            if node.gate.otherwise == "unranked":
                is_out |= missed
            else:
                is_last |= missed
    tiers[is_out] = -1
    _apply_statuses(scheme, given, tiers, is_last)
    return np.where((tiers >= 0) & is_last, tiers + len(orders), tiers)


def _by_orders(scheme: Scheme, found: Mapping[str, Cells]) -> Iterator[tuple[int, Array, Array]]:
    """Each order with the rows that have a value for it, and those that another order may not place either."""
    orders = scheme.ranking.orders
    for index, order in enumerate(orders):
        own = found[order.node]
        waiting = (own.states() != COMPLETE) & (own.states() != EMPTY)
        if index + 1 < len(orders):
            for stage in stages_within(scheme, order.node):
                waiting &= found[stage].states() != EMPTY
        yield index, own.complete() & ~own.bares(), waiting


def _apply_statuses(scheme: Scheme, given: FieldMarks, tiers: Array, is_last: Array) -> None:
    numbers = given.statuses.get("")
    if numbers is None:
        return
    for status, number in STATUS_NUMBERS.items():
        rows = numbers == number
        if scheme.ranking.status_rules.get(status, "unranked") == "unranked":
            tiers[rows] = -1
        else:
            tiers[rows] = len(scheme.ranking.orders) - 1
            is_last[rows] = True


def _at_least(own: Cells, bound: Fraction) -> Array:
    return np.asarray(own.complete() & at_least_mask(own.values, bound))


def misses(own: Cells, gate: Gate) -> Array:
    """Where a value does not pass a gate."""
    known = own.complete() & ~own.bares()
    missed = np.zeros(own.count, dtype=bool)
    if gate.at_least is not None:
        missed |= ~_at_least(own, gate.at_least)
    if gate.at_most is not None:
        missed |= above_mask(own.values, gate.at_most)
    return known & missed


def statuses_of(scheme: Scheme, given: FieldMarks, found: Mapping[str, Cells]) -> Array:
    """For each row the number of its status in STATUSES, as `ranking.Place.status` has it.

    Args:
        scheme: how.
        given: the marks; nobody has different statuses in several stages.
        found: cells of the nodes that decide, with all stages, gates and vetoes.
    """
    status = np.zeros(given.count, dtype=np.uint8)
    is_open = np.ones(given.count, dtype=bool)
    if "" in given.statuses:
        status[:] = given.statuses[""]
        is_open &= status == 0
    for node in scheme.nodes.values():
        if node.veto is not None and node.veto.effect in {"unranked", "disqualified"}:
            word = "vetoed" if node.veto.effect == "unranked" else "disqualified"
            _settle(status, is_open, _at_least(found[node.id], node.veto.at_least), _NUMBERS[word])
    is_gated = np.zeros(given.count, dtype=bool)
    stage_status = _of_stages(given)
    for index, placed, waiting in _by_orders(scheme, found):
        is_gated |= is_open & placed
        is_open &= ~placed
        states = _OF_STATES[found[scheme.ranking.orders[index].node].states()]
        _settle(status, is_open, waiting, np.where(stage_status > 0, stage_status, states))
    _settle(status, is_open, is_open, np.where(stage_status > 0, stage_status, _NUMBERS["incomplete"]))
    for node in scheme.nodes.values():
        if node.gate is not None and node.gate.otherwise == "unranked":
            _settle(status, is_gated, misses(found[node.id], node.gate), _NUMBERS["below_gate"])
    return status


def _settle(status: Array, is_open: Array, rows: Array, number: Array | int) -> None:
    """Give some of the rows that are still open a status."""
    chosen = is_open & rows
    status[chosen] = number[chosen] if isinstance(number, np.ndarray) else number
    is_open &= ~chosen


def _of_stages(given: FieldMarks) -> Array:
    """The status of each row in whichever stage it has one."""
    found = np.zeros(given.count, dtype=np.uint8)
    for stage, numbers in given.statuses.items():
        if stage:
            found = np.where(found > 0, found, numbers)
    return found


def decisive_nodes(scheme: Scheme) -> list[Node]:
    """Gates and vetoes."""
    return [node for node in scheme.nodes.values() if node.gate is not None or node.veto is not None]
