"""Standings of delegations from the results of their members, within one event or over many."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Literal

from core.messages import said
from scoring.engine.exact import decimal_text, round_exact
from scoring.engine.steps import Round

Method = Literal["sum", "mean", "place_points", "prize_points"]
TieName = Literal["places", "best", "time"]


@dataclass(frozen=True, slots=True)
class DelegationRule:
    """How members make a delegation's standing.

    Attributes:
        name: of the standing.
        method: the members' values are summed or averaged, or their places or prizes earn points.
        node: id of the node whose value counts (sum, mean).
        per: nodes in each of which the best members are chosen anew, instead of `node` (team gymnastics).
        best: only so many of the best members count (in each event, or each node of `per`); None for all.
        at_least: delegations with fewer counted members than this are not placed.
        points: place or prize → points.
        otherwise: points of every other ranked member.
        exclude_zero: a delegation with nothing is not placed (零分队不计).
        better: which end is best.
        ties: what decides between equal delegations: the count of higher places, the members' values from the
            best down, the sum of times.
        rounding: of the result.
    """

    name: str
    method: Method = "sum"
    node: str = ""
    per: tuple[str, ...] = ()
    best: int | None = None
    at_least: int = 1
    points: tuple[tuple[str, Fraction], ...] = ()
    otherwise: Fraction = Fraction(0)
    exclude_zero: bool = False
    better: Literal["high", "low"] = "high"
    ties: tuple[TieName, ...] = ()
    rounding: Round | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class Member:
    """One member's result in one event.

    Attributes:
        delegation, contestant, event: who, where.
        rank: contest rank, None if not ranked.
        values: node id → value.
        time: for ties.
        prize: name of the prize, empty if none.
    """

    delegation: str
    contestant: str
    event: str = ""
    rank: Fraction | None = None
    values: Mapping[str, Fraction] = field(default_factory=dict)
    time: Fraction | None = None
    prize: str = ""


@dataclass(frozen=True, slots=True)
class Counted:
    """What one member brought in."""

    contestant: str
    event: str
    node: str
    value: Fraction


@dataclass(frozen=True, slots=True)
class DelegationPlace:
    """A delegation's place.

    Attributes:
        rank: None if not placed; equal delegations share it (1 2 2 4).
        value: the sum, mean or points.
        counted: what it is made of.
        reason: why not placed, or empty.
    """

    delegation: str
    rank: int | None
    value: Fraction
    counted: tuple[Counted, ...]
    reason: str = ""


def delegation_standings(rule: DelegationRule, members: Sequence[Member]) -> list[DelegationPlace]:
    """Delegations in order of merit, those not placed at the end.

    Args:
        rule: see DelegationRule.
        members: every member of every delegation; order means nothing.
    """
    by_name: dict[str, list[Member]] = {}
    for member in members:
        by_name.setdefault(member.delegation, []).append(member)
    by_name.pop("", None)
    counted = {name: _counted(rule, own) for name, own in by_name.items()}
    values = {name: _value(rule, parts) for name, parts in counted.items()}
    reasons = {name: _reason(rule, counted[name], values[name]) for name in by_name}
    keys = {
        name: (_directed(rule, values[name]), *(_TIES[tie](rule, own, counted[name]) for tie in rule.ties))
        for name, own in by_name.items()
    }
    placed = sorted((name for name in by_name if not reasons[name]), key=lambda name: keys[name])
    places: list[DelegationPlace] = []
    for position, name in enumerate(placed):
        is_tied = position > 0 and keys[name] == keys[placed[position - 1]]
        rank = places[-1].rank if is_tied else position + 1
        places.append(DelegationPlace(name, rank, values[name], tuple(counted[name])))
    return places + [
        DelegationPlace(name, None, values[name], tuple(counted[name]), reasons[name])
        for name in by_name
        if reasons[name]
    ]


def _counted(rule: DelegationRule, members: Sequence[Member]) -> list[Counted]:
    nodes = rule.per or (rule.node,)
    events = sorted({member.event for member in members})
    found: list[Counted] = []
    for event in events:
        for node in nodes:
            own = [
                (_directed(rule, value), _or_worst(member.time), Counted(member.contestant, event, node, value))
                for member in members
                if member.event == event and (value := _worth(rule, member, node)) is not None
            ]
            # Of equally good members those with the shorter time count: a number of theirs decides nothing.
            own.sort(key=lambda part: (part[0], part[1], part[2].contestant))
            found += [part for _, _, part in own[: rule.best or len(own)]]
    return found


def _worth(rule: DelegationRule, member: Member, node: str) -> Fraction | None:
    if rule.method in {"sum", "mean"}:
        return member.values.get(node)
    if member.rank is None:
        return None
    key = decimal_text(member.rank) if rule.method == "place_points" else member.prize
    return dict(rule.points).get(key, rule.otherwise)


def _value(rule: DelegationRule, counted: Sequence[Counted]) -> Fraction:
    total = sum((part.value for part in counted), Fraction(0))
    if rule.method == "mean" and counted:
        total /= len(counted)
    return round_exact(total, rule.rounding.rounding) if rule.rounding else total


def _reason(rule: DelegationRule, counted: Sequence[Counted], value: Fraction) -> str:
    contestants = {part.contestant for part in counted}
    if len(contestants) < rule.at_least:
        return said("计分选手 %(n)s 人，少于规定的 %(least)s 人", n=len(contestants), least=rule.at_least)
    if rule.exclude_zero and value == 0:
        return said("零分队不计名次")
    return ""


def _directed(rule: DelegationRule, value: Fraction) -> Fraction:
    return -value if rule.better == "high" else value


def _places_key(rule: DelegationRule, members: Sequence[Member], counted: Sequence[Counted]) -> Any:
    """More first places, then more second places, …; compared as (place, −count) from the best place down."""
    ranks = sorted(member.rank for member in members if member.rank is not None)
    return (*((place, -ranks.count(place)) for place in sorted(set(ranks))), (_WORST, 0))


def _best_key(rule: DelegationRule, members: Sequence[Member], counted: Sequence[Counted]) -> Any:
    """The best member, the next best, …; having no further one is worst."""
    return (*sorted(_directed(rule, part.value) for part in counted), _WORST)


def _or_worst(time: Fraction | None) -> Fraction:
    return _WORST if time is None else time


def _time_key(rule: DelegationRule, members: Sequence[Member], counted: Sequence[Counted]) -> Any:
    names = {(part.contestant, part.event) for part in counted}
    times = [member.time for member in members if (member.contestant, member.event) in names]
    known = [time for time in times if time is not None]
    return sum(known, Fraction(0)) if times and len(known) == len(times) else _WORST


_WORST = Fraction(10**30)

_TIES: dict[str, Callable[[DelegationRule, Sequence[Member], Sequence[Counted]], Any]] = {
    "places": _places_key,
    "best": _best_key,
    "time": _time_key,
}
