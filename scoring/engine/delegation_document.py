"""The `delegations` of a scheme document, and the standings of one event's own delegations."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, cast

from core.messages import joined, said
from scoring.engine.delegations import DelegationPlace, DelegationRule, Member, delegation_standings
from scoring.engine.exact import decimal_text
from scoring.engine.ranking import Ranking, rank_text
from scoring.engine.reading import Fields
from scoring.engine.scheme import ROOT, Scheme
from scoring.engine.step_document import Context, read_rounding

METHODS = ("sum", "mean", "place_points", "prize_points")
TIES = ("places", "best", "time")


def read_delegations(top: Fields, context: Context) -> tuple[DelegationRule, ...]:
    """The rules under `delegations`."""
    return tuple(_rule(fields, context) for fields in top.each("delegations"))


def _rule(fields: Fields, context: Context) -> DelegationRule:
    method = fields.one_of("method", METHODS, "sum")
    by = fields.text("by")
    per = tuple(context.node(name, (*fields.path, "per")) for name in fields.names("per"))
    ties = fields.names("ties")
    for tie in ties:
        if tie not in TIES:
            fields.problem(said("未知的同分规则「%(tie)s」，可用 %(known)s", tie=tie, known=joined(TIES)), "ties")
    rounding = None
    if fields.has("round"):
        rounding = read_rounding(fields.raw("round"), (*fields.path, "round"), context)
    rule = DelegationRule(
        name=fields.text("name", required=True),
        method=cast(Any, method),
        node=context.node(by, (*fields.path, "by")) if by else ROOT,
        per=per,
        best=fields.whole("best", 0) or None,
        at_least=fields.whole("at_least", 1, low=1),
        points=_points(fields, method),
        otherwise=fields.number("otherwise", Fraction(0)) or Fraction(0),
        exclude_zero=fields.flag("exclude_zero"),
        better=cast(Any, fields.one_of("better", ("high", "low"), "high")),
        ties=cast(Any, ties),
        rounding=rounding,
        source=fields.text("source"),
    )
    fields.finish()
    return rule


def _points(fields: Fields, method: str) -> tuple[tuple[str, Fraction], ...]:
    table = fields.sub("points")
    if (table is not None) != (method in {"place_points", "prize_points"}):
        fields.problem(said("points 与 method: place_points 或 prize_points 须同时使用"))
    found: list[tuple[str, Fraction]] = []
    for key in table.words() if table else ():
        value = table.number(key) if table else None
        if value is not None:
            found.append((key, value))
    return tuple(found)


def event_standings(ranking: Ranking) -> dict[str, list[DelegationPlace]]:
    """Every standing that the scheme names, from one event's ranking; prizes are not known here.

    Returns:
        Name of the standing → places; those by prize are in `standings_left_out`.
    """
    members = event_members(ranking)
    return {
        rule.name: delegation_standings(rule, members)
        for rule in ranking.result.scheme.delegations
        if rule.method != "prize_points"
    }


def standings_left_out(scheme: Scheme) -> dict[str, str]:
    """Name of each standing that cannot be made from one event's marks → a sentence that says why."""
    why = "按奖项计分，奖项在成绩之外确定，由评分文件算不出；奖项确定后在网页“代表队团体总分”中计算"
    return {rule.name: why for rule in scheme.delegations if rule.method == "prize_points"}


def event_members(ranking: Ranking, event: str = "") -> list[Member]:
    """One event's contestants as members of their delegations; whoever is out of the contest brings no value in."""
    result = ranking.result
    found = []
    for place in ranking.places:
        who = place.contestant
        book = result.marks.books[who]
        times = set(book.items.get("time", {}).values())
        values = {
            node: value
            for node, of_all in result.outcomes.items()
            if (value := of_all[who].value) is not None and not of_all[who].bare
        }
        is_out = place.status in {"absent", "withdrawn", "disqualified", "vetoed", "held", "invalid"}
        time = times.pop() if len(times) == 1 else None
        found.append(Member(book.delegation, who, event, place.rank, {} if is_out else values, time))
    return found


def standings_document(ranking: Ranking) -> dict[str, Any]:
    """The event's standings of delegations as JSON-able data."""
    return {
        name: [
            {
                "delegation": place.delegation,
                "rank": rank_text(None if place.rank is None else Fraction(place.rank)) or None,
                "value": decimal_text(place.value),
                "reason": place.reason,
                "counted": [
                    {"contestant": part.contestant, "node": part.node, "value": decimal_text(part.value)}
                    for part in place.counted
                ],
            }
            for place in places
        ]
        for name, places in event_standings(ranking).items()
    }
