"""From totals to places: who comes before whom, why, and which ties no rule breaks. Never by id, name or order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from core.messages import joined, message, said
from scoring.engine.exact import decimal_text
from scoring.engine.outcomes import Result
from scoring.engine.scale import medals
from scoring.engine.scheme import ROOT, Cut, Node, Order, RankingRule, Scheme
from scoring.engine.ties import Separation, merit_order

STATUS_LABELS: Mapping[str, str] = {
    "": "",
    "absent": said("缺考"),
    "withdrawn": said("弃权"),
    "disqualified": said("取消资格"),
    "vetoed": said("一票否决，不参加排名"),
    "below_gate": said("未达到规定分数，不参加排名"),
    "incomplete": said("尚未评完"),
    "held": said("裁判分差超限，待重新评议"),
    "invalid": said("无法计算"),
}


UNFINISHED = ("incomplete", "held", "invalid")
"""Statuses of those who could still be ranked."""


@dataclass(frozen=True, slots=True)
class Place:
    """A contestant's place and what decided it.

    Attributes:
        contestant: who.
        rank: the contest rank; None if not ranked. A fraction only where places are averaged.
        award_rank: the rank among those who compete for awards; None if not one of them.
        decided_by: in words, what separates this place from the one above; empty for the first.
        tied_with: others whom no rule separates from this one.
        status: empty for the ranked, else a key of STATUS_LABELS.
        reason: in words, why not ranked, or what is flagged.
        order: index of the order that placed the contestant.
    """

    contestant: str
    rank: Fraction | None
    award_rank: Fraction | None
    decided_by: str
    tied_with: tuple[str, ...]
    status: str
    reason: str
    order: int


@dataclass(frozen=True, slots=True)
class CutLine:
    """Who goes on after a stage.

    Attributes:
        node, to: as in Cut.
        going_on: in order of merit.
        undecided: tied on the line where the rule wants a decision.
    """

    node: str
    to: str
    going_on: tuple[str, ...]
    undecided: tuple[str, ...]


@dataclass(frozen=True)
class Ranking:
    """The order of merit.

    Attributes:
        result: what it was made from.
        places: ranked first, in order of merit; then those without a rank, in the order of the marks.
        ties: groups that no rule of the scheme separates.
        cuts: see CutLine.
        warnings: sentences that must be seen before results are published.
        by_contestant: each contestant's place.
        medals: gold, silver, bronze or medallion, where the scheme gives them by closeness.
        warned: contestant → those of the warnings that are about the contestant.
    """

    result: Result
    places: tuple[Place, ...]
    ties: tuple[tuple[str, ...], ...]
    cuts: tuple[CutLine, ...]
    warnings: tuple[str, ...]
    by_contestant: Mapping[str, Place] = field(default_factory=dict)
    medals: Mapping[str, str] = field(default_factory=dict)
    warned: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def is_final(self) -> bool:
        """Whether every contestant is placed or has a status, and no tie is left that the rule forbids."""
        unsettled = any(place.status in UNFINISHED for place in self.places)
        forbidden = self.result.scheme.ranking.method in {"ordinal", "no_ties"} and bool(self.ties)
        return not unsettled and not forbidden and not any(cut.undecided for cut in self.cuts)


def rank(result: Result) -> Ranking:
    """Places by the scheme's ranking rule.

    Args:
        result: see `totals.evaluate`.

    Returns:
        Equal contestants share a place, numbered by the scheme's method. A tie that the chain does not break
        is in `ties` and in a warning.
    """
    rule = result.scheme.ranking
    standing = {who: _standing(result, who) for who in result.contestants}
    places: list[Place] = []
    groups_of_all: list[tuple[str, ...]] = []
    for tier, order, members in _tiers(result, standing):
        separation = merit_order(result, order, members)
        places += _places(result, rule, separation, tier, standing, groups_of_all)
        groups_of_all += separation.groups
    places += [
        Place(who, None, None, "", (), state.status, state.reason, -1)
        for who, state in standing.items()
        if state.order < 0
    ]
    places = _with_award_ranks(result, places)
    ties = tuple(group for group in groups_of_all if len(group) > 1)
    cuts = tuple(_cut_line(result, cut, standing) for cut in rule.cuts)
    warnings = _warnings(result, places, ties, cuts)
    by_contestant = {place.contestant: place for place in places}
    return Ranking(
        result,
        tuple(places),
        ties,
        cuts,
        tuple(sentence for sentence, _ in warnings),
        by_contestant,
        _medals(result, places),
        warned_of(warnings),
    )


def _medals(result: Result, places: Sequence[Place]) -> dict[str, str]:
    rule = result.scheme.ranking.medals
    if rule is None:
        return {}
    entitled = [place.contestant for place in places if place.award_rank is not None]
    scores = {who: value for who in entitled if (value := result.value(who, rule.node)) is not None}
    return medals(scores, rule)


@dataclass(frozen=True, slots=True)
class _Standing:
    """How a contestant stands before places are given; `order` −1 means without a rank."""

    status: str
    reason: str
    order: int
    is_last: bool = False


def _standing(result: Result, who: str) -> _Standing:
    overall = result.marks.books[who].statuses.get("")
    rules = result.scheme.ranking.status_rules
    if overall is not None:
        rule = rules.get(overall, "unranked")
        if rule == "unranked":
            return _Standing(overall, STATUS_LABELS[overall], -1)
        return _Standing(overall, STATUS_LABELS[overall], len(result.scheme.ranking.orders) - 1, True)
    veto = _veto(result, who)
    if veto is not None:
        return veto
    order, state, reason = _order_index(result, who)
    if order < 0:
        return _Standing(state, reason, -1)
    return _gates(result, who, order)


def _veto(result: Result, who: str) -> _Standing | None:
    for node in result.scheme.nodes.values():
        if node.veto is None or node.veto.effect not in {"unranked", "disqualified"}:
            continue
        mark = result.value(who, node.id)
        if mark is not None and mark >= node.veto.at_least:
            status = "vetoed" if node.veto.effect == "unranked" else "disqualified"
            return _Standing(status, f"{node.label}", -1)
    return None


def _order_index(result: Result, who: str) -> tuple[int, str, str]:
    """The first order with a value for the contestant, or −1 with a status and the reason."""
    scheme = result.scheme
    stage_status = ""
    for index, order in enumerate(scheme.ranking.orders):
        outcome = result.outcome(who, order.node)
        if outcome.state == "complete" and not outcome.bare:
            return index, "", ""
        if outcome.state not in {"empty", "complete"} and not _is_not_reached(result, who, index):
            reason = outcome.note or _unsettled(scheme.nodes[order.node], outcome.state)
            return -1, _own_status(result, who) or outcome.state, reason
        stage_status = stage_status or _own_status(result, who)
    return -1, stage_status or "incomplete", STATUS_LABELS[stage_status or "incomplete"]


def _unsettled(node: Node, state: str) -> str:
    return said("「%(label)s」%(status)s", label=node.label, status=STATUS_LABELS[state])


def _is_not_reached(result: Result, who: str, index: int) -> bool:
    """Whether a stage within the deciding node has no mark at all, and another order is left to place by."""
    orders = result.scheme.ranking.orders
    if index + 1 == len(orders):
        return False
    return any(
        result.outcome(who, stage).state == "empty" for stage in stages_within(result.scheme, orders[index].node)
    )


def stages_within(scheme: Scheme, name: str) -> list[str]:
    """Ids of the stages beneath a node."""
    return [node.id for node in scheme.nodes[name].walk() if node.level == "stage" and node.id != name]


def _own_status(result: Result, who: str) -> str:
    statuses = result.marks.books[who].statuses
    return next(iter(statuses.values()), "")


def gate_reason(scheme: Scheme, node: Node, value: Fraction) -> str:
    """In words, how a value misses the gate of its node; empty if it passes, or if there is none."""
    gate = node.gate
    low = gate is not None and gate.at_least is not None and value < gate.at_least
    high = gate is not None and gate.at_most is not None and value > gate.at_most
    if gate is None or not (low or high):
        return ""
    bound = decimal_text((gate.at_least if low else gate.at_most) or Fraction(0))
    text = decimal_text(value, scheme.places[node.id])
    if low:
        return said("%(label)s %(value)s 低于 %(bound)s", label=node.label, value=text, bound=bound)
    return said("%(label)s %(value)s 高于 %(bound)s", label=node.label, value=text, bound=bound)


def joined_reasons(reasons: Sequence[str]) -> str:
    """Several gates that were missed, in one text; empty for none."""
    return reasons[0] if len(reasons) == 1 else joined(reasons, message("；"))


@dataclass(frozen=True, slots=True)
class GatesMissed:
    """Which gates somebody's values miss.

    Attributes:
        reason: in words; empty for none.
        is_unranked, is_last: what follows.
    """

    reason: str
    is_unranked: bool = False
    is_last: bool = False


def gates_missed(scheme: Scheme, values: Iterable[tuple[Node, Fraction]]) -> GatesMissed:
    """What the values of nodes with gates lead to; the first that leaves somebody unranked is all that is said.

    Args:
        scheme: of the nodes.
        values: in the order of the scheme, those alone beneath which something was marked.
    """
    flags: list[str] = []
    is_last = False
    for node, value in values:
        reason = gate_reason(scheme, node, value)
        if node.gate is None or not reason:
            continue
        if node.gate.otherwise == "unranked":
            return GatesMissed(reason, is_unranked=True)
        flags.append(reason)
        is_last = is_last or node.gate.otherwise == "last"
    return GatesMissed(joined_reasons(flags), is_last=is_last)


def _gates(result: Result, who: str, order: int) -> _Standing:
    gated = [(node, result.outcome(who, node.id)) for node in result.scheme.nodes.values() if node.gate is not None]
    values = [(node, own.value) for node, own in gated if own.value is not None and not own.bare]
    missed = gates_missed(result.scheme, values)
    if missed.is_unranked:
        return _Standing("below_gate", missed.reason, -1)
    return _Standing("", missed.reason, order, missed.is_last)


def _tiers(result: Result, standing: Mapping[str, _Standing]) -> list[tuple[int, Order, list[str]]]:
    """Groups that come one after the other: by order, and behind all the rest those put last."""
    orders = result.scheme.ranking.orders
    tiers = []
    for index, order in enumerate(orders):
        members = [who for who, s in standing.items() if s.order == index and not s.is_last]
        tiers.append((index, order, members))
    for index, order in enumerate(orders):
        members = [who for who, s in standing.items() if s.order == index and s.is_last]
        tiers.append((index, order, members))
    return [tier for tier in tiers if tier[2]]


def _places(
    result: Result,
    rule: RankingRule,
    separation: Separation,
    tier: int,
    standing: Mapping[str, _Standing],
    before: Sequence[tuple[str, ...]],
) -> list[Place]:
    places = []
    ahead, dense = sum(len(group) for group in before), len(before)
    for index, group in enumerate(separation.groups):
        number = _number(rule.method, ahead, dense + 1, len(group))
        words = separation.decided[index]
        if index == 0 and before:
            words = behind_words(result.scheme, tier, standing[group[0]].is_last, standing[group[0]].reason)
        places += [
            Place(
                who,
                number,
                None,
                words,
                tuple(other for other in group if other != who),
                standing[who].status,
                standing[who].reason,
                tier,
            )
            for who in group
        ]
        ahead, dense = ahead + len(group), dense + 1
    return places


def behind_words(scheme: Scheme, tier: int, is_last: bool, reason: str) -> str:
    """Why a whole group comes after the one before.

    Args:
        scheme: of the ranking.
        tier: index of the order that placed the group.
        is_last: the group is put behind all others.
        reason: why it is.
    """
    if is_last:
        return said("列于其他选手之后：%(reason)s", reason=reason)
    before = scheme.ranking.orders[max(tier - 1, 0)].node
    return said("没有“%(label)s”成绩，列于其后", label=scheme.nodes[before].label)


def _number(method: str, ahead: int, dense: int, size: int) -> Fraction:
    if method == "dense":
        return Fraction(dense)
    if method == "average":
        return Fraction(2 * ahead + 1 + size, 2)
    return Fraction(ahead + 1)


def _with_award_ranks(result: Result, places: list[Place]) -> list[Place]:
    """Award ranks: places again without those who compete without award, or the same places kept open."""
    scheme = result.scheme
    if scheme.demonstration:
        return places
    books = result.marks.books
    eligible = [place for place in places if place.rank is not None and books[place.contestant].award]
    numbers: dict[str, Fraction] = {}
    if scheme.ranking.award_places == "keep":
        numbers = {place.contestant: place.rank for place in eligible if place.rank is not None}
    else:
        groups: dict[Fraction | None, list[str]] = {}
        for place in eligible:
            groups.setdefault(place.rank, []).append(place.contestant)
        ahead = 0
        for dense, group in enumerate(groups.values(), start=1):
            number = _number(scheme.ranking.method, ahead, dense, len(group))
            numbers.update(dict.fromkeys(group, number))
            ahead += len(group)
    return [replace(place, award_rank=numbers.get(place.contestant)) for place in places]


def order_of_cut(scheme: Scheme, cut: Cut) -> Order:
    """The order that draws a cut line: that of the ranking by the same node, else by the node alone."""
    order = next((o for o in scheme.ranking.orders if o.node == cut.node), None)
    return order or Order(cut.node, scheme.nodes[cut.node].better, ())


def _cut_line(result: Result, cut: Cut, standing: Mapping[str, _Standing]) -> CutLine:
    order = order_of_cut(result.scheme, cut)
    members = [
        who
        for who, state in standing.items()
        if result.outcome(who, cut.node).state == "complete"
        and not result.outcome(who, cut.node).bare
        and (state.status in {"", "incomplete", "held", "invalid"} or state.order >= 0)
    ]
    going_on: list[str] = []
    undecided: tuple[str, ...] = ()
    for group in merit_order(result, order, members).groups:
        room = cut.places - len(going_on)
        if room <= 0:
            break
        if len(group) <= room or cut.ties == "all":
            going_on += group
        elif cut.ties == "decide":
            undecided = group
            break
        else:
            break
    return CutLine(cut.node, cut.to, tuple(going_on), undecided)


Warnings = Sequence[tuple[str, Sequence[str]]]
"""Sentences, each with the contestants whom it is about."""


def warned_of(warnings: Warnings) -> dict[str, list[str]]:
    """Contestant → the sentences that are about the contestant, in their order."""
    found: dict[str, list[str]] = {}
    for sentence, contestants in warnings:
        for who in contestants:
            found.setdefault(who, []).append(sentence)
    return found


def _warnings(
    result: Result, places: Sequence[Place], ties: Sequence[tuple[str, ...]], cuts: Sequence[CutLine]
) -> Warnings:
    found: list[tuple[str, Sequence[str]]] = []
    by_name = {place.contestant: place for place in places}
    for group in ties:
        found.append((tie_warning(result.scheme, by_name[group[0]].rank, group), group))
    for cut in cuts:
        if cut.undecided:
            found.append((cut_warning(result.scheme, cut.node, cut.undecided), cut.undecided))
    for place in places:
        if place.status in UNFINISHED:
            found.append((unranked_warning(place.contestant, place.reason), (place.contestant,)))
    return found


def tie_warning(scheme: Scheme, number: Fraction | None, group: Sequence[str]) -> str:
    """That contestants share a place."""
    is_forbidden = scheme.ranking.method in {"ordinal", "no_ties"}
    place, names = rank_text(number), joined(group)
    if is_forbidden:
        return said("第 %(rank)s 名并列：%(names)s，规则不允许并列，须另行裁定", rank=place, names=names)
    return said("第 %(rank)s 名并列：%(names)s，同分规则未能区分", rank=place, names=names)


def cut_warning(scheme: Scheme, node: str, undecided: Sequence[str]) -> str:
    """That contestants are tied on a cut line."""
    return said("%(label)s晋级线上并列，须裁定：%(names)s", label=scheme.nodes[node].label, names=joined(undecided))


def unranked_warning(contestant: str, reason: str) -> str:
    """That a contestant could not be ranked yet."""
    return said("选手「%(contestant)s」未排名：%(reason)s", contestant=contestant, reason=reason)


def rank_text(number: Fraction | None) -> str:
    """A rank for reading: `3`, or `2.5` where places are averaged; empty for none."""
    return "" if number is None else decimal_text(number)


def total_text(place: Place, result: Result) -> str:
    """The contestant's total for reading; empty for those who are out of the contest."""
    if place.status in {"absent", "withdrawn", "disqualified"} and place.rank is None:
        return ""
    return result.text(place.contestant, total_node(place, result))


def total_node(place: Place, result: Result) -> str:
    """Id of the node whose value is the contestant's total: the one that decided the place, else the root."""
    orders = result.scheme.ranking.orders
    if len(orders) == 1:
        return orders[0].node
    return orders[place.order].node if place.order >= 0 else ROOT
