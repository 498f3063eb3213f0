"""Order of merit within a field: the deciding value first, then the links of the tie chain, one after another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from core.messages import said
from scoring.engine.outcomes import Result
from scoring.engine.panel import panel_value
from scoring.engine.scheme import ROOT, Order, Scheme, TieKey
from scoring.engine.steps import NotComputableError

KeyValue = tuple[Any, ...]
"""Smaller is better; contestants without the value come after all who have it."""

_NONE: KeyValue = (1,)


@dataclass(frozen=True, slots=True)
class Separation:
    """A field in order of merit.

    Attributes:
        groups: contestants whom nothing separates stand together; best group first.
        decided: for each group, in words, what separates it from the group above; empty for the first.
    """

    groups: tuple[tuple[str, ...], ...]
    decided: tuple[str, ...]


def merit_order(result: Result, order: Order, members: Sequence[str]) -> Separation:
    """The members in order of merit.

    Args:
        result: the values.
        order: the deciding node and the tie chain.
        members: contestants to order; their order among equals is kept and means nothing.
    """
    groups: list[tuple[str, ...]] = [tuple(members)] if members else []
    decided = [""] * len(groups)
    for index, key in enumerate(chain_of(result.scheme, order)):
        value_of = _KEYS[key.kind](result, key, members)
        groups, decided = _split(result, key, index, groups, decided, value_of)
    return Separation(tuple(groups), tuple(decided))


def chain_of(scheme: Scheme, order: Order) -> tuple[TieKey, ...]:
    """The deciding value as the first link, then the tie chain."""
    return TieKey("node", (order.node,), order.better, scheme.nodes[order.node].label), *order.ties


def _split(
    result: Result,
    key: TieKey,
    index: int,
    groups: list[tuple[str, ...]],
    decided: list[str],
    value_of: Callable[[str, tuple[str, ...]], KeyValue],
) -> tuple[list[tuple[str, ...]], list[str]]:
    new_groups: list[tuple[str, ...]] = []
    new_decided: list[str] = []
    for group, words in zip(groups, decided, strict=True):
        by_value: dict[KeyValue, list[str]] = {}
        for who in group if len(group) > 1 else ():
            by_value.setdefault(value_of(who, group), []).append(who)
        if len(by_value) <= 1:
            new_groups.append(group)
            new_decided.append(words)
            continue
        new_decided.append(words)
        for position, value in enumerate(sorted(by_value)):
            if position:
                new_decided.append(_words(result, key, index, new_groups[-1], by_value[value]))
            new_groups.append(tuple(by_value[value]))
    return new_groups, new_decided


BETTER_THAN = " 优于 "
NO_VALUE = said("无")


def link_words(key: TieKey, index: int) -> str:
    """What a link of the chain compares, in words; the values follow where `shows_values` says so."""
    if index == 0:
        return key.label
    if shows_values(key, index):
        return said("同分，比较%(what)s：", what=key.label)
    return said("同分，比较%(what)s", what=key.label)


def decided_words(link: str, better: str, worse: str) -> str:
    """A link with both values, which `mass_results` writes for whole columns.

    Args:
        link: see `link_words`.
        better, worse: the values as text; empty where there is none.
    """
    return said("%(link)s%(better)s 优于 %(worse)s", link=link, better=better or NO_VALUE, worse=worse or NO_VALUE)


def shows_values(key: TieKey, index: int) -> bool:
    """Whether both values are named with what a link decides."""
    return index > 0 and key.kind == "node" and len(key.nodes) == 1


def _words(result: Result, key: TieKey, index: int, above: Sequence[str], here: Sequence[str]) -> str:
    words = link_words(key, index)
    if not shows_values(key, index):
        return words
    node = key.nodes[0]
    return decided_words(words, result.text(above[0], node), result.text(here[0], node))


def _signed(value: Fraction | None, better: str) -> KeyValue:
    if value is None:
        return _NONE
    return (0, -value if better == "high" else value)


_ValueOf = Callable[[str, tuple[str, ...]], KeyValue]


def _node_key(result: Result, key: TieKey, members: Sequence[str]) -> _ValueOf:
    def sum_of(who: str, _group: tuple[str, ...]) -> KeyValue:
        values = [result.value(who, node) for node in key.nodes]
        known = [value for value in values if value is not None]
        return _signed(sum(known, Fraction(0)) if len(known) == len(values) else None, key.better)

    return sum_of


def _time_key(result: Result, key: TieKey, members: Sequence[str]) -> _ValueOf:
    """The time given; where several are given for different parts, their sum over the parts named by `of`."""

    def time_of(who: str, _group: tuple[str, ...]) -> KeyValue:
        given = result.marks.books[who].items.get("time", {})
        if key.nodes:
            found = [given[node] for node in key.nodes if node in given]
            return _signed(sum(found, Fraction(0)) if len(found) == len(key.nodes) else None, key.better)
        if ROOT in given:
            return _signed(given[ROOT], key.better)
        distinct = set(given.values())
        return _signed(distinct.pop() if len(distinct) == 1 else None, key.better)

    return time_of


def _parts(result: Result, key: TieKey) -> tuple[str, ...]:
    """The nodes of a key; a single group stands for its counted parts."""
    if len(key.nodes) == 1 and result.scheme.nodes[key.nodes[0]].children:
        return tuple(child.id for child in result.scheme.nodes[key.nodes[0]].children if child.counts)
    return key.nodes


def _places_key(result: Result, key: TieKey, members: Sequence[str]) -> _ValueOf:
    """More first places, then more second places, and so on, among the members in each part."""
    counts: dict[str, list[int]] = {who: [0] * (len(members) + 1) for who in members}
    for node in _parts(result, key):
        better = result.scheme.nodes[node].better
        for who, place in _places_in(result, node, better, members).items():
            counts[who][place] += 1
    return lambda who, _group: tuple(-count for count in counts[who])


def _places_in(result: Result, node: str, better: str, members: Sequence[str]) -> dict[str, int]:
    values = {who: value for who in members if (value := result.value(who, node)) is not None}
    ordered = sorted(values.values(), reverse=better == "high")
    first: dict[Fraction, int] = {}
    for position, value in enumerate(ordered, start=1):
        first.setdefault(value, position)
    return {who: first[value] for who, value in values.items()}


def _place_key(result: Result, key: TieKey, members: Sequence[str]) -> _ValueOf:
    """The place in a node among all who have a value there, members or not."""
    everybody = result.contestants
    better = result.scheme.nodes[key.nodes[0]].better
    places = _places_in(result, key.nodes[0], better, everybody)
    return lambda who, _group: (0, places[who]) if who in places else _NONE


def _sorted_key(result: Result, key: TieKey, members: Sequence[str]) -> _ValueOf:
    """The best part first, then the second best, and so on."""
    parts = _parts(result, key)

    def values_of(who: str, _group: tuple[str, ...]) -> KeyValue:
        return tuple(sorted(_signed(result.value(who, node), key.better) for node in parts))

    return values_of


def _panel_key(result: Result, key: TieKey, members: Sequence[str]) -> _ValueOf:
    """The marks of a node under another panel, such as all judges without deletion, or the best three."""

    def value_of(who: str, _group: tuple[str, ...]) -> KeyValue:
        total = Fraction(0)
        for node in key.nodes:
            by_judge = result.outcome(who, node).by_judge or {}
            found = panel_value(key.panel, by_judge, _fixed).value if key.panel else None
            if found is None:
                return _NONE
            total += found
        return _signed(total, key.better)

    return value_of


def _fixed(operand: Any) -> Fraction:
    if operand.number is None:
        raise NotComputableError("同分规则的评委组只能使用固定的数")
    return Fraction(operand.number)


def _judges_key(result: Result, key: TieKey, members: Sequence[str]) -> _ValueOf:
    """Who is preferred by more judges; decides between two only, as three may beat each other in a circle."""

    def value_of(who: str, group: tuple[str, ...]) -> KeyValue:
        if len(group) != 2:
            return (0,)
        other = group[0] if who == group[1] else group[1]
        mine = result.outcome(who, key.nodes[0]).by_judge or {}
        theirs = result.outcome(other, key.nodes[0]).by_judge or {}
        sign = 1 if key.better == "high" else -1
        wins = sum(1 for judge in mine if judge in theirs and sign * mine[judge] > sign * theirs[judge])
        losses = sum(1 for judge in mine if judge in theirs and sign * mine[judge] < sign * theirs[judge])
        return (losses - wins,)

    return value_of


def _majority_key(result: Result, key: TieKey, members: Sequence[str]) -> _ValueOf:
    """The skating system: who first has a majority of places, the larger one, its smaller sum, then the next place."""
    marks = {who: result.outcome(who, key.nodes[0]).by_judge or {} for who in members}
    judges = max((len(by_judge) for by_judge in marks.values()), default=0)
    places = range(1, len(members) + 1)

    def value_of(who: str, _group: tuple[str, ...]) -> KeyValue:
        values = list(marks[who].values())
        counts = [sum(1 for value in values if value <= place) for place in places]
        sums = [sum((value for value in values if value <= place), Fraction(0)) for place in places]
        start = next((i for i, count in enumerate(counts) if 2 * count > judges), None)
        if start is None:
            return _NONE
        rest = [(-counts[i], sums[i]) for i in range(start, len(counts))]
        return (0, start, *(part for pair in rest for part in pair))

    return value_of


_KEYS: dict[str, Callable[[Result, TieKey, Sequence[str]], _ValueOf]] = {
    "node": _node_key,
    "time": _time_key,
    "places": _places_key,
    "place": _place_key,
    "sorted": _sorted_key,
    "panel": _panel_key,
    "judges": _judges_key,
    "majority": _majority_key,
}
