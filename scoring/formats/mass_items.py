"""The optional columns of a mass file: item values of contestants at nodes, and statuses."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from scoring.engine.columns import Array, choose, compare, from_fractions
from scoring.engine.exact import NotANumberError, number
from scoring.engine.marks import STATUS_WORDS, STATUSES, seconds
from scoring.engine.plan_values import COMPLETE, EMPTY, Cells
from scoring.engine.scheme import ROOT
from scoring.formats.mass_cells import NotPlainError
from scoring.formats.mass_rows import MassRows


def items_of(rows: MassRows) -> dict[str, dict[str, Cells]]:
    """Item name → node id → values.

    Raises:
        NotPlainError: no number, of no use at its node, two different ones, or a time that could be one of several.
    """
    found = {name: _item(rows, name) for name in rows.items}
    if "time" in found:
        _check_times(rows, found["time"])
    return {name: by_node for name, by_node in found.items() if by_node}


def _item(rows: MassRows, name: str) -> dict[str, Cells]:
    column = rows.coded[name]
    numbers = [-1 if not text else 0 for text in column.texts]
    values: dict[Fraction, int] = {}
    for index, text in enumerate(column.texts):
        if text:
            numbers[index] = values.setdefault(_value(name, text), len(values))
    if not values:
        return {}
    node, contestant, value = _given(rows, name, np.array(numbers, dtype=np.int64))
    own = from_fractions(list(values))
    found: dict[str, Cells] = {}
    for index in np.unique(node).tolist():
        if not rows.places.uses(name, rows.nodes[index]):
            raise NotPlainError
        chosen = node == index
        of_all = _agreed(rows.count, contestant[chosen], value[chosen], -1)
        is_given = of_all >= 0
        state = None if is_given.all() else np.where(is_given, COMPLETE, EMPTY).astype(np.uint8)
        found[rows.nodes[index].id] = Cells(own.take(np.maximum(of_all, 0)), state)
    return found


def _value(name: str, text: str) -> Fraction:
    try:
        return seconds(text) if name == "time" else number(text)
    except NotANumberError as error:
        raise NotPlainError from error


def _given(rows: MassRows, name: str, number_of: Array) -> tuple[Array, Array, Array]:
    """Node, contestant and number of every row that says something in a column.

    Args:
        rows: of the file.
        name: of the column.
        number_of: for each of the column's texts a number; −1 for one that says nothing.
    """
    nodes, contestants, numbers = [], [], []
    for index in range(len(rows.pieces)):
        number = number_of[rows.coded[name].of(index)]
        chosen = np.flatnonzero(number >= 0)
        nodes.append(rows.node_of(index)[chosen])
        contestants.append(rows.contestant_of(index)[chosen])
        numbers.append(number[chosen])
    return np.concatenate(nodes), np.concatenate(contestants), np.concatenate(numbers)


def _agreed(count: int, contestant: Array, number: Array, nothing: int) -> Array:
    """Each contestant's number.

    Raises:
        NotPlainError: somebody has two.
    """
    found = np.full(count, nothing, dtype=np.int64)
    found[contestant] = number
    if (found[contestant] != number).any():
        raise NotPlainError
    return found


def _check_times(rows: MassRows, times: dict[str, Cells]) -> None:
    """Leave it to the careful reader where "the time" of a tie could be one of several."""
    orders = rows.scheme.ranking.orders
    if len(times) < 2 or not any(key.kind == "time" and not key.nodes for order in orders for key in order.ties):
        return
    is_clear = times[ROOT].complete() if ROOT in times else np.zeros(rows.count, dtype=bool)
    known = next(iter(times.values()))
    for own in times.values():
        there, both = own.complete(), own.complete() & known.complete()
        if (both & ~is_clear & (compare(own.values, known.values) != 0)).any():
            raise NotPlainError
        state = np.where(there | known.complete(), COMPLETE, EMPTY).astype(np.uint8)
        known = Cells(choose(there, own.values, known.values), state)


def statuses_of(rows: MassRows) -> dict[str, Array]:
    """Stage id, or empty for all → each contestant's status there, its number in STATUSES + 1.

    Raises:
        NotPlainError: an unknown word, or two different statuses of a contestant.
    """
    if "status" not in rows.coded:
        return {}
    words = rows.coded["status"].texts
    if not all(word in STATUS_WORDS for word in words if word):
        raise NotPlainError
    numbers = [STATUSES.index(STATUS_WORDS[word]) + 1 if word else 0 for word in words]
    stages = rows.coded["stage"].texts if "stage" in rows.coded else [""]
    found: dict[str, Array] = {}
    whole = np.zeros(rows.count, dtype=np.int64)
    for index in range(len(rows.pieces)):
        number = np.array(numbers, dtype=np.int64)[rows.coded["status"].of(index)]
        chosen = np.flatnonzero(number)
        contestant, number = rows.contestant_of(index)[chosen], number[chosen]
        stage = rows.coded["stage"].of(index)[chosen] if "stage" in rows.coded else np.zeros(len(chosen), np.int64)
        for own in np.unique(stage).tolist():
            here = stage == own
            name = rows.places.stages[stages[own]] if stages[own] else ""
            of_all = found.setdefault(name, np.zeros(rows.count, dtype=np.uint8))
            _set_once(of_all, contestant[here], number[here])
            if name:
                _set_once(whole, contestant[here], number[here])
    return found


def _set_once(of_all: Array, contestant: Array, number: Array) -> None:
    """Write each contestant's number where there is none yet.

    Raises:
        NotPlainError: there is another one.
    """
    before = of_all[contestant]
    of_all[contestant] = number
    if ((before > 0) & (before != number)).any() or (of_all[contestant] != number).any():
        raise NotPlainError
