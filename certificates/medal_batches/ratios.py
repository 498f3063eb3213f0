"""A recommendation batch held against the ratio rules: what each group's part is, and what would have to change."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from competitions.standards.model import Ratio


@dataclass(frozen=True, slots=True)
class Member:
    """One person of the batch. A group that is not named is not known, and is shown as such."""

    id: str
    groups: Mapping[str, bool]
    """Group name → belongs to it or not (产业工人, 农民工, 非公有制单位 …)."""


@dataclass(frozen=True, slots=True)
class RatioLine:
    """One rule held against the batch. It says nothing about any single person."""

    ratio: Ratio
    size: int
    """Persons that the part is counted on."""
    belonging: int
    unknown: int
    """Persons of whom the batch does not say."""
    held: bool | None
    """None when the unknown ones decide it, or when the batch is empty."""
    exchange: int
    """Persons to exchange, one for one, for the rule to hold; 0 when it holds. Unknown ones counted against it."""
    add: int | None
    """Or: persons of the group (for a minimum) or of others (for a maximum) to add; None when no number helps."""

    @property
    def share(self) -> Fraction | None:
        """The part of those known to belong; None for an empty batch."""
        return Fraction(self.belonging, self.size) if self.size else None

    @property
    def sentence(self) -> str:
        """The line in Chinese, with what would have to change."""
        bound = self.ratio.at_least if self.ratio.at_least is not None else self.ratio.at_most
        side = "不低于" if self.ratio.at_least is not None else "不超过"
        base = f"{self.ratio.of}中" if self.ratio.of else ""
        head = f"{base}{self.ratio.group} {self.belonging}/{self.size}，规则{side} {percent(bound or Fraction(0))}"
        if self.size == 0:
            return f"{head}，名单为空"
        if self.held:
            return f"{head}，符合"
        doubt = f"，另有 {self.unknown} 人未填" if self.unknown else ""
        change = f"调换 {self.exchange} 人" + (f"，或增加 {self.add} 人" if self.add is not None else "")
        return f"{head}{doubt}，{'须先补充' if self.held is None else '不符合'}；{change}即可符合"


def percent(share: Fraction) -> str:
    """A share as percent with at most one decimal, cut off and not rounded up: a rule is not met by rounding."""
    tenths = share.numerator * 1000 // share.denominator
    return f"{tenths // 10}%" if tenths % 10 == 0 else f"{tenths // 10}.{tenths % 10}%"


def ratio_view(members: Sequence[Member], ratios: Sequence[Ratio]) -> list[RatioLine]:
    """Hold a batch against the ratio rules of a pack.

    Args:
        members: the batch.
        ratios: the rules, as `Pack.ratios` gives them.

    Returns:
        One line a rule, in the rules' order.

    Source: 推荐批次的结构比例（产业工人不低于35%等）, see the packs with `ratios`.
    """
    return [_line(members, ratio) for ratio in ratios]


def _line(members: Sequence[Member], ratio: Ratio) -> RatioLine:
    base = [m for m in members if ratio.of is None or m.groups.get(ratio.of)]
    belonging = sum(m.groups.get(ratio.group) is True for m in base)
    unknown = sum(ratio.group not in m.groups for m in base)
    if ratio.of is not None:
        unknown += sum(ratio.of not in m.groups for m in members)
    size = len(base)
    if ratio.at_least is not None:
        surely = belonging >= ratio.at_least * size
        perhaps = belonging + unknown >= ratio.at_least * size
        lacking = max(0, _ceiling(ratio.at_least * size) - belonging)
        add = _to_add(ratio.at_least * size - belonging, 1 - ratio.at_least)
    else:
        bound = ratio.at_most or Fraction(0)
        surely = belonging + unknown <= bound * size
        perhaps = belonging <= bound * size
        lacking = max(0, belonging + unknown - _floor(bound * size))
        add = _to_add(belonging + unknown - bound * size, bound)
    held = None if size == 0 else (True if surely else (None if perhaps else False))
    return RatioLine(ratio, size, belonging, unknown, held, 0 if held else lacking, 0 if held else add)


def _to_add(short: Fraction, gain: Fraction) -> int | None:
    """How many additions close the gap when each closes `gain` of it."""
    if short <= 0:
        return 0
    return None if gain == 0 else _ceiling(short / gain)


def _ceiling(value: Fraction) -> int:
    return -(-value.numerator // value.denominator)


def _floor(value: Fraction) -> int:
    return value.numerator // value.denominator
