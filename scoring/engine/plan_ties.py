"""The links of the tie chain over a whole field: codes of the rows for each, so that one sort orders them by merit."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np

from scoring.engine import whole
from scoring.engine.columns import (
    Array,
    Column,
    above_mask,
    ceiled,
    choose,
    common,
    compare,
    concatenated,
    constant,
    fixed,
    total,
)
from scoring.engine.ordering import codes as value_codes
from scoring.engine.plan import FieldMarks
from scoring.engine.plan_field import field_values
from scoring.engine.plan_panel import rising
from scoring.engine.plan_values import COMPLETE, EMPTY, Cells, cells
from scoring.engine.scheme import ROOT, Order, Scheme, TieKey
from scoring.engine.steps import Place

_WORD = 2**62


@dataclass(frozen=True, slots=True)
class Codes:
    """A key of the order of merit.

    Attributes:
        values: whole numbers from 0, the smaller the better.
        size: a bound above them.
        link: the link of the chain that they belong to, 0 for the deciding value.
    """

    values: Array
    size: int
    link: int


@dataclass(frozen=True)
class Decisive:
    """What the order of merit is made from, for the whole field.

    Attributes:
        nodes: node id → cells, of every node that decides.
        panels: link → the values of the other panel that it puts over a node's marks.
        judged: node id → judge → cells, where a link asks for the judges.
    """

    scheme: Scheme
    given: FieldMarks
    nodes: Mapping[str, Cells]
    panels: Mapping[int, Cells] = field(default_factory=dict)
    judged: Mapping[str, Mapping[str, Cells]] = field(default_factory=dict)


def parts_of(scheme: Scheme, key: TieKey) -> tuple[str, ...]:
    """The nodes of a link; a single group stands for its counted parts."""
    if key.kind in {"sorted", "places"} and len(key.nodes) == 1 and scheme.nodes[key.nodes[0]].children:
        return tuple(child.id for child in scheme.nodes[key.nodes[0]].children if child.counts)
    return key.nodes


def sorted_groups(decisive: Decisive, order: Order, rows: Array | None) -> tuple[Array, Array, list[Codes]]:
    """Some rows in order of merit.

    Args:
        decisive: what decides.
        order: the deciding node and the tie chain.
        rows: which rows; None for all.

    Returns:
        Numbers of `rows` in order, where in that order a new value begins, and the keys.
    """
    first = TieKey("node", (order.node,), order.better, "")
    keys: list[Codes] = []
    for link, key in enumerate((first, *order.ties)):
        if key.kind == "judges":
            found = [_by_judges(decisive, key, rows, keys)]
        elif key.kind in _LISTS:
            found = _LISTS[key.kind](decisive, key, rows)
        else:
            own, better = _value(decisive, key)
            found = [_codes(own if rows is None else own.take(rows), better)]
        keys += [Codes(values, size, link) for values, size in found if size > 1 or not keys]
    return *_in_order(keys), keys


def _value(decisive: Decisive, key: TieKey) -> tuple[Cells, str]:
    """The one value that a link compares, and which end of it is better."""
    if key.kind == "panel":
        return decisive.panels[id(key)], key.better
    if key.kind == "time":
        return _time(decisive.given, key), key.better
    if key.kind == "place":
        node = decisive.scheme.nodes[key.nodes[0]]
        return decisive.nodes[node.id], node.better
    return sum_of_cells([decisive.nodes[node] for node in key.nodes], decisive.given.count), key.better


def sum_of_cells(parts: Sequence[Cells], count: int) -> Cells:
    """Row sums; rows in which a part is missing are empty."""
    if not parts:
        return Cells(constant(Fraction(0), count), np.full(count, EMPTY, dtype=np.uint8))
    state = np.zeros(count, dtype=np.uint8)
    for part in parts:
        if part.state is not None:
            state[part.state != COMPLETE] = EMPTY
    return cells(total([part.values for part in parts]), state)


def _time(given: FieldMarks, key: TieKey) -> Cells:
    times = given.items.get("time", {})
    nothing = Cells(constant(Fraction(0), given.count), np.full(given.count, EMPTY, dtype=np.uint8))
    if key.nodes:
        return sum_of_cells([times.get(node, nothing) for node in key.nodes], given.count)
    found = times.get(ROOT, nothing)
    for name, own in times.items():
        if name != ROOT:
            fills = own.complete() & ~found.complete()
            state = np.where(fills, COMPLETE, found.states()).astype(np.uint8)
            found = cells(choose(fills, own.values, found.values), state)
    return found


def _codes(own: Cells, better: str) -> tuple[Array, int]:
    """Whole numbers from 0, smaller is better, rows without a value last."""
    codes, size = value_codes(own.values)
    top = size - 1
    if better == "high":
        codes = top - codes
    if own.state is None:
        return codes, size
    return np.where(own.state == COMPLETE, codes, size), size + 1


_Keys = list[tuple[Array, int]]


def _chosen(decisive: Decisive, key: TieKey, rows: Array | None) -> list[Cells]:
    """The parts of a link, for some rows."""
    parts = [decisive.nodes[name] for name in parts_of(decisive.scheme, key)]
    return parts if rows is None else [part.take(rows) for part in parts]


def _sorted_parts(decisive: Decisive, key: TieKey, rows: Array | None) -> _Keys:
    """The best part of each row first, then the second best, and so on."""
    parts = _chosen(decisive, key, rows)
    if not parts:
        return []
    state = np.concatenate([part.states() for part in parts])
    codes, size = _codes(cells(concatenated([part.values for part in parts]), state), key.better)
    return _ascending(codes.reshape(len(parts), -1), size)


def _ascending(codes: Array, size: int) -> _Keys:
    return [(own, size) for own in np.sort(codes, axis=0)]


def _places(decisive: Decisive, key: TieKey, rows: Array | None) -> _Keys:
    """More first places, then more second ones: the row's places in rising order, compared one after another."""
    names, parts = parts_of(decisive.scheme, key), _chosen(decisive, key, rows)
    if not parts:
        return []
    count = parts[0].count
    places = np.full((len(parts), count), count, dtype=np.int64)
    for index, (name, part) in enumerate(zip(names, parts, strict=True)):
        there = part.complete()
        rule = Place(decisive.scheme.nodes[name].better, "shared")
        places[index, there] = field_values(rule, part.values.take(there)).num.values - 1
    return _ascending(places, count + 1)


def _judges_of(decisive: Decisive, key: TieKey, rows: Array | None) -> list[Cells]:
    judged = decisive.judged[key.nodes[0]]
    return [judged[name] if rows is None else judged[name].take(rows) for name in sorted(judged)]


def _by_judges(decisive: Decisive, key: TieKey, rows: Array | None, before: Sequence[Codes]) -> tuple[Array, int]:
    """Who of exactly two still tied is preferred by more judges."""
    order, starts = _in_order(before)
    heads = np.flatnonzero(starts)
    pairs = heads[np.diff(np.append(heads, len(order))) == 2]
    one, other = order[pairs], order[pairs + 1]
    judges = _judges_of(decisive, key, rows)
    lead = np.zeros(len(pairs), dtype=np.int64)
    for judge in judges:
        both = judge.complete()[one] & judge.complete()[other]
        lead += np.where(both, compare(judge.values.take(one), judge.values.take(other)), 0)
    lead = lead if key.better == "high" else -lead
    codes = np.full(len(order), len(judges), dtype=np.int64)
    codes[one], codes[other] = len(judges) - lead, len(judges) + lead
    return codes, 2 * len(judges) + 1


def _majority(decisive: Decisive, key: TieKey, rows: Array | None) -> _Keys:
    """The skating system, as `ties` has it, without a step for each place.

    A row's marks in rising order change its count and its sum only where they reach the next whole place. The
    majority is at the mark in the middle; from there on each change is compared by its place, the greater count,
    and the smaller sum.
    """
    judges = _judges_of(decisive, key, rows)
    given = np.stack([judge.complete() for judge in judges]) if judges else np.zeros((0, 0), dtype=bool)
    most = int(given.sum(axis=0).max(initial=0))
    count = given.shape[1]
    if most == 0:
        return []
    marks = _marks_in_order(judges, given, most)
    places = [np.where(mark.complete(), _place_reached(mark.values, count), count + 1) for mark in marks]
    keys: _Keys = []
    for place, (number, marked) in enumerate(_changes(marks, places, count)):
        if place >= most // 2:
            keys += [(places[place] - 1, count + 1), (most - number, most + 1), _codes(marked, "low")]
    is_none = places[most // 2] > count
    return [(np.where(is_none, size, values), size + 1) for values, size in keys]


def _place_reached(values: Column, count: int) -> Array:
    """The first whole place that is not before the value, from 1; one more than `count` where there is none."""
    is_over = above_mask(values, Fraction(count))
    found = np.where(is_over, count + 1, 1)
    within = np.flatnonzero(~is_over & above_mask(values, Fraction(1)))
    found[within] = whole.as_ints(ceiled(values.take(within)).num)
    return found


def _marks_in_order(judges: Sequence[Cells], given: Array, most: int) -> list[Cells]:
    """The lowest mark of each row, then the next; behind a row's last mark come empty ones."""
    present = given.sum(axis=0)
    rows = np.arange(given.shape[1])
    ordered = rising(common([judge.values for judge in judges]), given, rows, most)
    return [
        Cells(column, np.where(place < present, COMPLETE, EMPTY).astype(np.uint8))
        for place, column in enumerate(ordered)
    ]


def _changes(marks: Sequence[Cells], places: Sequence[Array], count: int) -> list[tuple[Array, Cells]]:
    """For each mark in order how many marks its place has reached, and their sum; empty beyond the last place."""
    found: list[tuple[Array, Cells]] = []
    sums = [fixed(Fraction(0))]
    zero = fixed(Fraction(0))
    for mark in marks:
        sums.append(total([sums[-1], choose(mark.complete(), mark.values, zero)]))
    numbers = np.zeros(len(places[0]), dtype=np.int64)
    marked: Column = sums[-1]
    for index in reversed(range(len(marks))):
        is_last = np.ones(len(numbers), dtype=bool) if index + 1 == len(marks) else places[index] < places[index + 1]
        numbers = np.where(is_last, index + 1, numbers)
        marked = choose(is_last, sums[index + 1], marked)
        is_over = places[index] > count
        state = np.where(is_over, EMPTY, COMPLETE).astype(np.uint8)
        found.append((np.where(is_over, 0, numbers), Cells(marked, state)))
    return found[::-1]


_LISTS: dict[str, Callable[[Decisive, TieKey, Array | None], _Keys]] = {
    "sorted": _sorted_parts,
    "places": _places,
    "majority": _majority,
}


def deciding_links(order: Array, starts: Array, keys: Sequence[Codes]) -> Array:
    """For each new value in the order of merit the link that separates it from the one above; 0 for the first.

    Args:
        order, starts, keys: see `sorted_groups`.
    """
    heads = np.flatnonzero(starts)
    here, above = order[heads[1:]], order[heads[1:] - 1]
    links = np.zeros(len(heads), dtype=np.int64)
    for key in reversed(keys):
        differs = key.values[here] != key.values[above]
        links[1:][differs] = key.link
    return links


def _in_order(keys: Sequence[Codes]) -> tuple[Array, Array]:
    """Row numbers by all keys, and where in that order a new value begins."""
    words = _packed(keys)
    order = np.argsort(words[0])
    if len(words) > 1:
        first = words[0][order]
        is_same = np.concatenate([[False], first[1:] == first[:-1], [False]])
        # Only those whom the first word does not separate need the others.
        places = np.flatnonzero(is_same[1:] | is_same[:-1])
        tied = order[places]
        order[places] = tied[np.lexsort([word[tied] for word in reversed(words)])]
    starts = np.zeros(len(order), dtype=bool)
    starts[:1] = True
    for word in words:
        ordered = word[order]
        starts[1:] |= ordered[1:] != ordered[:-1]
    return order, starts


def _packed(keys: Sequence[Codes]) -> list[Array]:
    """The keys in as few words as they fit in, most significant first."""
    words: list[Array] = []
    room = 0
    for key in keys:
        if words and room * key.size < _WORD:
            words[-1] = words[-1] * key.size + key.values
            room *= key.size
        else:
            words.append(key.values)
            room = key.size
    return words
