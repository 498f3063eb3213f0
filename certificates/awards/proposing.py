"""Places → prizes, by number or by share of the ranked field. Pure; it proposes, the organiser decides."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from itertools import groupby

from core.errors import InvalidInputError


class AwardError(InvalidInputError):
    """A prize scheme or a field that cannot be worked with."""


class Rounding(StrEnum):
    """How a share of the field becomes a number of places. Texts differ, so it is data and never assumed."""

    DOWN = "down"
    HALF_UP = "half_up"
    UP = "up"


class TieOnCut(StrEnum):
    """What happens to contestants of equal place when only some of them fit into a prize."""

    INCLUDE_ALL = "include_all"
    EXCLUDE = "exclude"
    HOLD = "hold"


class FormerWinners(StrEnum):
    """What happens to former winners who compete without award."""

    CASCADE = "cascade"
    """Everybody below moves up one award place (山西: 所占的位次依次递补)."""
    VACANT = "vacant"
    """Their place is used up; nobody moves."""


@dataclass(frozen=True, slots=True)
class PrizeRule:
    """One prize, from the top down. Exactly one of the last three is given."""

    name: str
    number: int | None = None
    """So many places."""
    share: Fraction | None = None
    """So large a part of the ranked field for this prize alone."""
    up_to_share: Fraction | None = None
    """Down to this part of the ranked field, counted from the top."""


@dataclass(frozen=True, slots=True)
class Field:
    """Who really took part. Minimum fields count actual participants, never registrations."""

    ranked: int
    """Contestants (in double, triple and team events: teams) with a place."""
    participants: int
    """In the unit of `minimum`: persons or teams that actually took part."""
    minimum: int = 0
    demonstration: bool = False

    @property
    def gives_awards(self) -> bool:
        """False for a demonstration event and for a field that is too small."""
        return not self.demonstration and self.participants >= self.minimum


@dataclass(frozen=True, slots=True)
class Standing:
    """A contestant with a final place."""

    contestant: Hashable
    rank: int
    without_award: bool = False
    """A former winner who competes without award."""


@dataclass(frozen=True, slots=True)
class Award:
    """What a contestant's place leads to. Competition place and award place are both kept."""

    contestant: Hashable
    rank: int
    award_rank: int | None
    """None for a former winner without award."""
    prize: str | None
    held_between: tuple[str, ...] = ()
    """Prizes between which a person must decide, because a tie lies on the cut line ("" stands for no prize)."""


def round_share(share: Fraction, field: int, rounding: Rounding) -> int:
    """A share of a field as a number of places.

    Args:
        share: between 0 and 1.
        field: contestants with a place.
        rounding: the mode that the rule prescribes.

    Returns:
        Places; exact, no floating point.
    """
    exact = share * field
    if rounding is Rounding.DOWN:
        return exact.numerator // exact.denominator
    if rounding is Rounding.UP:
        return -(-exact.numerator // exact.denominator)
    return (2 * exact.numerator + exact.denominator) // (2 * exact.denominator)


def cut_places(rules: Sequence[PrizeRule], field: int, rounding: Rounding) -> list[int]:
    """The last place of each prize, counted from the top.

    Args:
        rules: prizes, best first.
        field: contestants with a place.
        rounding: for shares.

    Returns:
        One place a rule, never falling and never beyond the field.

    Raises:
        AwardError: a rule with no measure or more than one, or cumulative shares that run backwards.
    """
    cuts: list[int] = []
    last = 0
    for rule in rules:
        measures = [m for m in (rule.number, rule.share, rule.up_to_share) if m is not None]
        if len(measures) != 1:
            raise AwardError("奖项「%(name)s」须写明人数或比例之一", name=rule.name)
        if rule.number is not None:
            end = last + rule.number
        elif rule.share is not None:
            end = last + round_share(rule.share, field, rounding)
        else:
            assert rule.up_to_share is not None  # noqa: S101 — one of the three is given, checked above
            end = round_share(rule.up_to_share, field, rounding)
        if end < last:
            raise AwardError("奖项「%(name)s」的累计比例小于上一奖项", name=rule.name)
        last = min(end, field)
        cuts.append(last)
    return cuts


def award_ranks(standings: Sequence[Standing], former: FormerWinners) -> dict[Hashable, int | None]:
    """The award place of every contestant.

    Args:
        standings: all contestants with a place.
        former: what happens to those without award.

    Returns:
        Contestant → award place; None for those without award. With `CASCADE`, the competition place less the
        number of those without award who are placed better; equal places stay equal.
    """
    barred = sorted(s.rank for s in standings if s.without_award)
    ranks: dict[Hashable, int | None] = {}
    for standing in standings:
        if standing.without_award:
            ranks[standing.contestant] = None
            continue
        better = sum(rank < standing.rank for rank in barred) if former is FormerWinners.CASCADE else 0
        ranks[standing.contestant] = standing.rank - better
    return ranks


def prizes(
    rules: Sequence[PrizeRule],
    standings: Sequence[Standing],
    field: Field,
    *,
    rounding: Rounding,
    tie: TieOnCut,
    former: FormerWinners = FormerWinners.VACANT,
) -> list[Award]:
    """The prize of every contestant.

    Args:
        rules: prizes, best first; none for an event without prizes.
        standings: contestants with a final place; those without (弃权, 取消资格) are not in it.
        field: actual participants. Too small a field or a demonstration event gives no prize to anybody.
        rounding: for shares; the ranked field counts, former winners included.
        tie: what happens to equals on a cut line. With `EXCLUDE` they all take the next lower prize.
        former: see `award_ranks`.

    Returns:
        One award a standing, in order of place.

    Raises:
        AwardError: see `cut_places`; a contestant twice.
    """
    if len({s.contestant for s in standings}) != len(standings):
        raise AwardError("同一选手出现两次，无法评奖")
    ranks = award_ranks(standings, former)
    ordered = sorted(standings, key=lambda s: s.rank)
    names: dict[Hashable, tuple[str, ...]] = {}
    if field.gives_awards:
        steps = list(zip(rules, cut_places(rules, field.ranked, rounding), strict=True))
        placed = [s for s in ordered if ranks[s.contestant] is not None]
        for place, group in groupby(placed, key=lambda s: ranks[s.contestant] or 0):
            members = list(group)
            outcome = _outcome(steps, place, place + len(members) - 1, tie)
            names.update((member.contestant, outcome) for member in members)
    return [_award(s, ranks[s.contestant], names.get(s.contestant, ())) for s in ordered]


def _outcome(steps: Sequence[tuple[PrizeRule, int]], first: int, last: int, tie: TieOnCut) -> tuple[str, ...]:
    """The prize of equals who occupy the places first…last; several names where a person must decide."""
    upper = _prize_at(steps, first)
    lower = _prize_at(steps, last)
    if upper == lower or tie is TieOnCut.INCLUDE_ALL:
        return (upper,)
    return (lower,) if tie is TieOnCut.EXCLUDE else (upper, lower)


def _prize_at(steps: Sequence[tuple[PrizeRule, int]], place: int) -> str:
    return next((rule.name for rule, cut in steps if place <= cut), "")


def _award(standing: Standing, award_rank: int | None, names: tuple[str, ...]) -> Award:
    decided = len(names) == 1 and names[0]
    return Award(
        contestant=standing.contestant,
        rank=standing.rank,
        award_rank=award_rank,
        prize=names[0] if decided else None,
        held_between=names if len(names) > 1 else (),
    )
