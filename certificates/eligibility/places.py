"""Does a contestant's place or prize fall under a rule? Three answers: yes, no, and the text or case does not say."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import inf

from certificates.awards import Rounding, round_share
from certificates.eligibility.case import NO_PRIZE, Contestant, Event
from competitions.standards.model import FORMS, Pack, PrizeScheme, PrizeStep, Selector


@dataclass(frozen=True, slots=True)
class Finding:
    """The outcome of one check: held, the sentence, and what is missing."""

    held: bool | None
    text: str
    missing: tuple[str, ...] = ()


def field_size(event: Event) -> int | None:
    """The ranked field: persons in single events, teams in all others. A form not given leaves it open."""
    if event.kind is None:
        return None
    return event.entrants if event.kind == "single" else event.teams


def select(selector: Selector, contestant: Contestant, event: Event, pack: Pack) -> Finding:
    """Does the contestant fall under the selector?

    Args:
        selector: places, share of the field, prizes or everyone.
        contestant: place and prize.
        event: form and field.
        pack: for its prizes and rounding.
    """
    finding = _certain(selector, contestant, event, pack)
    if finding.held is False and selector.perhaps is not None:
        perhaps = _certain(selector.perhaps, contestant, event, pack)
        if perhaps.held is not False:
            return Finding(None, "文本可作两种理解，是否包括该名次未载明", ("主办单位对名次范围的说明",))
    return finding


def _certain(selector: Selector, contestant: Contestant, event: Event, pack: Pack) -> Finding:
    if selector.unknown:
        return Finding(None, "所读文本未载明名次范围", ("赛事文件中的名次范围",))
    if selector.everyone:
        return Finding(True, "对全部选手适用")
    if selector.ranks is not None:
        return _in_ranks(selector.ranks, contestant, event)
    if selector.share is not None:
        return _in_share(selector.share, contestant, event, pack)
    return _in_prizes(selector.prizes, contestant, event, pack)


def place_text(contestant: Contestant) -> str:
    """The place in words, with both places where they differ."""
    if contestant.award_rank is not None and contestant.award_rank != contestant.rank:
        return f"竞赛名次 {contestant.rank}、授奖名次 {contestant.award_rank}"
    return f"名次 {contestant.place}"


_NO_PLACE = Finding(None, "没有可用的名次", ("名次（或授奖名次）",))


def _in_ranks(ranks: Mapping[str, tuple[int, int]], contestant: Contestant, event: Event) -> Finding:
    place = contestant.place
    if place is None:
        return _NO_PLACE
    if "any" in ranks:
        span = ranks["any"]
    elif event.kind is None:
        return _unknown_form(ranks, contestant, place)
    elif event.kind in ranks:
        span = ranks[event.kind]
    else:
        form = FORMS[event.kind]
        return Finding(None, f"文本未规定{form}项目的名次", (f"{form}项目的名次范围",))
    held = span[0] <= place <= span[1]
    return Finding(held, f"{place_text(contestant)}，{'在' if held else '不在'}第 {span[0]}—{span[1]} 名之内")


def _unknown_form(ranks: Mapping[str, tuple[int, int]], contestant: Contestant, place: int) -> Finding:
    """The form is not given: certain only where all forms agree."""
    inside = [low <= place <= high for low, high in ranks.values()]
    if not any(inside):
        return Finding(False, f"{place_text(contestant)}，不在任何形式项目的名次范围之内")
    return Finding(None, "案例没有写明单人、双人、三人或团队项目", ("赛项形式",))


def _in_share(share: Fraction, contestant: Contestant, event: Event, pack: Pack) -> Finding:
    place, field = contestant.place, field_size(event)
    if place is None:
        return _NO_PLACE
    percent = f"{share * 100}%" if (share * 100).denominator == 1 else str(share)
    if field is None:
        return Finding(None, f"按参赛规模的 {percent} 计，案例没有实际参赛数", (_field_name(event),))
    rounding = None if pack.prizes is None else pack.prizes.rounding
    low, high = _cut(share, field, rounding)
    text = f"{place_text(contestant)}，参赛 {field}，前 {percent} 为 {share * field} 名"
    if place <= low:
        return Finding(True, text)
    if place > high:
        return Finding(False, text)
    return Finding(None, f"{text}，舍入方式未载明", ("比例取整的方式",))


def _field_name(event: Event) -> str:
    if event.kind is None:
        return "赛项形式与实际参赛数"
    return "实际参赛人数（entrants）" if event.kind == "single" else "实际参赛队数（teams）"


def _cut(share: Fraction, field: int, rounding: str | None) -> tuple[int, int]:
    """The last place that is surely within the share, and the last that may be."""
    if rounding is not None:
        places = round_share(share, field, Rounding(rounding))
        return places, places
    return round_share(share, field, Rounding.DOWN), round_share(share, field, Rounding.UP)


def prize_name(scheme: PrizeScheme, word: str) -> str | None:
    """The pack's name of a prize as a case calls it; None for a prize that the pack does not know."""
    for step in scheme.steps:
        if word == step.name or word in step.also:
            return step.name
    return None


def possible_prizes(scheme: PrizeScheme, place: int, event: Event) -> set[str]:
    """All prizes that a place may have under what the text says; `NO_PRIZE` among them where none is possible."""
    field = field_size(event)
    possible: set[str] = set()
    surely_taken = 0.0
    for step in scheme.steps:
        low, high = _reach(step, field, scheme.rounding, surely_taken)
        first = step.ranks[0] if step.ranks is not None else 1
        if first <= place <= high and place > surely_taken:
            possible.add(step.name)
        surely_taken = max(surely_taken, low)
    if place > surely_taken:
        possible.add(NO_PRIZE)
    return possible


def _reach(step: PrizeStep, field: int | None, rounding: str | None, taken: float) -> tuple[float, float]:
    """The last place that a prize surely reaches, and the last that it may reach."""
    if step.ranks is not None:
        return step.ranks[1], step.ranks[1]
    share = step.up_to_share or step.at_most_share
    if share is None or field is None:
        return taken, inf
    low, high = _cut(share, field, rounding)
    return (taken if step.up_to_share is None else low), high


def _in_prizes(names: tuple[str, ...], contestant: Contestant, event: Event, pack: Pack) -> Finding:
    scheme = pack.prizes
    wanted = "、".join(names)
    place = contestant.place
    possible = None if place is None or scheme is None else possible_prizes(scheme, place, event)
    if contestant.prize is None or scheme is None:
        return _derived(names, contestant, possible)
    if contestant.prize == NO_PRIZE:
        return Finding(False, f"未获奖，规则要求{wanted}")
    prize = prize_name(scheme, contestant.prize)
    if prize is None:
        return Finding(None, f"奖项「{contestant.prize}」不在规则包的奖项之中", ("奖项与规则包奖项的对应",))
    if possible is not None and prize not in possible:
        return Finding(None, f"奖项「{contestant.prize}」与{place_text(contestant)}不一致", ("经核对的名次与奖项",))
    held = prize in names
    return Finding(held, f"获{contestant.prize}，{'符合' if held else '不属于'}{wanted}")


def _derived(names: tuple[str, ...], contestant: Contestant, possible: set[str] | None) -> Finding:
    """The prize is not given: certain only where every prize that the place may have gives the same answer."""
    wanted = "、".join(names)
    if possible is None:
        return Finding(None, f"案例没有奖项，规则要求{wanted}", ("奖项",))
    if possible <= set(names):
        return Finding(True, f"{place_text(contestant)}，按奖项设置属于{wanted}")
    if not possible & set(names):
        return Finding(False, f"{place_text(contestant)}，按奖项设置不属于{wanted}")
    return Finding(None, f"{place_text(contestant)}是否获{wanted}，所读文本未载明", ("奖项",))
