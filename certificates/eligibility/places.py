"""Does a contestant's place or prize fall under a rule? Three answers: yes, no, and the text or case does not say."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import inf
from typing import NamedTuple

from certificates.awards.proposing import Rounding, round_share
from certificates.eligibility.case import NO_PRIZE, Contestant, Event
from competitions.standards.model import FORMS, OPEN_END, PrizeScheme, PrizeStep, Selector
from core.messages import Joined, Said, joined, said


class Finding(NamedTuple):
    """The outcome of one check: held, the sentence, and what is missing."""

    held: bool | None
    text: str
    missing: tuple[str, ...] = ()


_NO_PLACE = Finding(None, said("没有可用的名次"), (said("名次（或授奖名次）"),))
_NOT_STATED = Finding(None, said("所读文本未载明名次范围"), (said("赛事文件中的名次范围"),))
_EVERYONE = Finding(True, said("对全部选手适用"))
_EITHER_WAY = Finding(None, said("文本可作两种理解，是否包括该名次未载明"), (said("主办单位对名次范围的说明"),))
NO_FORM = Finding(None, said("案例没有写明单人、双人、三人或团队项目"), (said("赛项形式"),))


def place_text(contestant: Contestant) -> Said:
    """The place in words, with both places where they differ; places that no rule reaches are spoken of alike."""
    return _place_text(contestant.behind, contestant.rank, contestant.award_rank)


@lru_cache(maxsize=16_384)
def _place_text(behind: int | None, rank: int | None, award_rank: int | None) -> Said:
    if behind is not None:
        return said("名次在第 %(n)s 名以后", n=behind) if behind else said("该名次")
    if award_rank is not None and award_rank != rank:
        return said("竞赛名次 %(rank)s、授奖名次 %(award)s", rank=rank, award=award_rank)
    return said("名次 %(n)s", n=rank)


@lru_cache(maxsize=1024)
def _named(names: tuple[str, ...]) -> Joined:
    return joined(names)


@lru_cache(maxsize=1024)
def _span_text(span: tuple[int, int], held: bool) -> Said:
    """Whether a place is in a range, in words."""
    first, last = span
    if first == last:
        return said("是第 %(n)s 名", n=first) if held else said("不是第 %(n)s 名", n=first)
    if last == OPEN_END:
        return said("在第 %(n)s 名及以后", n=first) if held else said("不在第 %(n)s 名及以后", n=first)
    if held:
        return said("在第 %(first)s—%(last)s 名之内", first=first, last=last)
    return said("不在第 %(first)s—%(last)s 名之内", first=first, last=last)


def prize_name(scheme: PrizeScheme, word: str) -> str | None:
    """The pack's name of a prize as a case calls it; None for a prize that the pack does not know."""
    for step in scheme.steps:
        if word == step.name or word in step.also:
            return step.name
    return None


def _cut(share: Fraction, field: int, rounding: str | None) -> tuple[int, int]:
    """The last place that is surely within the share, and the last that may be."""
    if rounding is not None:
        places = round_share(share, field, Rounding(rounding))
        return places, places
    return round_share(share, field, Rounding.DOWN), round_share(share, field, Rounding.UP)


class _Reach(NamedTuple):
    """The places that a prize may go to: after those surely taken by better prizes, down to the last possible."""

    name: str
    first: int
    last: float
    taken: float


@dataclass(frozen=True, slots=True)
class Places:
    """The places and prizes of one event under one pack, with the cuts worked out once."""

    event: Event
    scheme: PrizeScheme | None
    field: int | None
    """The ranked field: persons in single events, teams in all others; None where the case does not say."""
    rounding: str | None
    reaches: tuple[_Reach, ...]
    surely_prized: float

    @classmethod
    def of(cls, scheme: PrizeScheme | None, event: Event) -> "Places":
        """Work out the cuts of a prize scheme for an event."""
        by_kind = {"single": event.entrants, None: None}
        field = by_kind.get(event.kind, event.teams)
        rounding = None if scheme is None else scheme.rounding
        reaches: list[_Reach] = []
        taken = 0.0
        for step in () if scheme is None else scheme.steps:
            low, high = _ends(step, field, rounding, taken)
            reaches.append(_Reach(step.name, 1 if step.ranks is None else step.ranks[0], high, taken))
            taken = max(taken, low)
        return cls(event, scheme, field, rounding, tuple(reaches), taken)

    def select(self, selector: Selector, contestant: Contestant) -> Finding:
        """Does the contestant fall under the selector?

        Args:
            selector: places, share of the field, prizes or everyone.
            contestant: place and prize.
        """
        finding = self._certain(selector, contestant)
        if finding.held is False and selector.perhaps is not None:
            perhaps = self._certain(selector.perhaps, contestant)
            return finding if perhaps.held is False else _EITHER_WAY
        return finding

    def possible_prizes(self, place: int) -> set[str]:
        """All prizes that a place may have under the text; `NO_PRIZE` among them where it may have none."""
        possible = {r.name for r in self.reaches if r.first <= place <= r.last and place > r.taken}
        if place > self.surely_prized:
            possible.add(NO_PRIZE)
        return possible

    def cut(self, share: Fraction) -> tuple[int, int]:
        """The last place that is surely within a share of the field, and the last that may be; the field is known."""
        return _cut(share, self.field or 0, self.rounding)

    def _certain(self, selector: Selector, contestant: Contestant) -> Finding:
        if selector.ranks is not None:
            return self._in_ranks(selector.ranks, contestant)
        if selector.prizes:
            return self._in_prizes(selector.prizes, contestant)
        if selector.share is not None:
            return self._in_share(selector.share, contestant)
        return _EVERYONE if selector.everyone else _NOT_STATED

    def _in_ranks(self, ranks: Mapping[str, tuple[int, int]], contestant: Contestant) -> Finding:
        place, kind = contestant.place, self.event.kind
        if place is None:
            return _NO_PLACE
        span = ranks.get("any") or ranks.get(kind or "")
        if span is None and kind is None:
            inside = any(low <= place <= high for low, high in ranks.values())
            outside = said("%(place)s，不在任何形式项目的名次范围之内", place=place_text(contestant))
            return NO_FORM if inside else Finding(False, outside)
        if span is None:
            form = FORMS[kind or "single"]
            missing = (said("%(form)s项目的名次范围", form=form),)
            return Finding(None, said("文本未规定%(form)s项目的名次", form=form), missing)
        held = span[0] <= place <= span[1]
        return Finding(held, said("%(place)s，%(what)s", place=place_text(contestant), what=_span_text(span, held)))

    def _in_share(self, share: Fraction, contestant: Contestant) -> Finding:
        place = contestant.place
        if place is None:
            return _NO_PLACE
        percent = f"{share * 100}%" if (share * 100).denominator == 1 else str(share)
        if self.field is None:
            text = said("按参赛规模的 %(share)s 计，案例没有实际参赛数", share=percent)
            return Finding(None, text, (self._field_name(),))
        low, high = self.cut(share)
        text = said(
            "%(place)s，参赛 %(field)s，前 %(share)s 为 %(n)s 名",
            place=place_text(contestant),
            field=self.field,
            share=percent,
            n=str(share * self.field),
        )
        if low < place <= high:
            return Finding(None, said("%(what)s，舍入方式未载明", what=text), (said("比例取整的方式"),))
        return Finding(place <= low, text)

    def _field_name(self) -> Said:
        if self.event.kind is None:
            return said("赛项形式与实际参赛数")
        is_single = self.event.kind == "single"
        return said("实际参赛人数（entrants）") if is_single else said("实际参赛队数（teams）")

    def _in_prizes(self, names: tuple[str, ...], contestant: Contestant) -> Finding:
        scheme, place, wanted = self.scheme, contestant.place, _named(names)
        possible = None if place is None or scheme is None else self.possible_prizes(place)
        if contestant.prize is None or scheme is None:
            return _derived(names, contestant, possible)
        if contestant.prize == NO_PRIZE:
            return Finding(False, said("未获奖，规则要求%(wanted)s", wanted=wanted))
        prize = prize_name(scheme, contestant.prize)
        if prize is None:
            missing = (said("奖项与规则包奖项的对应"),)
            return Finding(None, said("奖项「%(prize)s」不在规则包的奖项之中", prize=contestant.prize), missing)
        if possible is not None and prize not in possible:
            text = said("奖项「%(prize)s」与%(place)s不一致", prize=contestant.prize, place=place_text(contestant))
            return Finding(None, text, (said("经核对的名次与奖项"),))
        if prize in names:
            return Finding(True, said("获%(prize)s，符合%(wanted)s", prize=contestant.prize, wanted=wanted))
        return Finding(False, said("获%(prize)s，不属于%(wanted)s", prize=contestant.prize, wanted=wanted))


def _ends(step: PrizeStep, field: int | None, rounding: str | None, taken: float) -> tuple[float, float]:
    """The last place that a prize surely reaches, and the last that it may reach."""
    if step.ranks is not None:
        return step.ranks[1], step.ranks[1]
    share = step.up_to_share or step.at_most_share
    if share is None or field is None:
        return taken, inf
    low, high = _cut(share, field, rounding)
    return (taken if step.up_to_share is None else low), high


def _derived(names: tuple[str, ...], contestant: Contestant, possible: set[str] | None) -> Finding:
    """The prize is not given: certain only where every prize that the place may have gives the same answer."""
    wanted, place = _named(names), place_text(contestant)
    if possible is None:
        return Finding(None, said("案例没有奖项，规则要求%(wanted)s", wanted=wanted), (said("奖项"),))
    if possible <= set(names):
        return Finding(True, said("%(place)s，按奖项设置属于%(wanted)s", place=place, wanted=wanted))
    if not possible & set(names):
        return Finding(False, said("%(place)s，按奖项设置不属于%(wanted)s", place=place, wanted=wanted))
    text = said("%(place)s是否获%(wanted)s，所读文本未载明", place=place, wanted=wanted)
    return Finding(None, text, (said("奖项"),))
