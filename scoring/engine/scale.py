"""Standard scales of a field (WorldSkills 700 and 500) and the medals that go by closeness on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import isqrt

from scoring.engine.exact import Rounding, round_exact

MAD_TO_SD = Fraction("1.4826")
"""Makes the median absolute deviation comparable with a standard deviation."""


def median(values: Sequence[Fraction]) -> Fraction:
    """The value in the middle, or the mean of the two there."""
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def median_scale(values: Sequence[Fraction], centre: Fraction, spread: Fraction, places: int) -> list[Fraction]:
    """The WorldSkills scale: centre + spread × (x − median) ÷ (1.4826 × MAD), half up.

    Args:
        values: marks of the whole field.
        centre: where the median lies (700).
        spread: points for one comparable deviation (30).
        places: decimals of the result.

    Returns:
        One score for each value. Where half the field or more is level (MAD 0), everybody has the centre.

    Source: fits a 32-competitor export of the competition system exactly; not confirmed by WorldSkills.
    """
    middle = median(values)
    deviation = MAD_TO_SD * median([abs(value - middle) for value in values])
    if deviation == 0:
        return [centre] * len(values)
    rounding = Rounding.to_places(places)
    return [round_exact(centre + spread * (value - middle) / deviation, rounding) for value in values]


def deviation_scale(values: Sequence[Fraction], centre: Fraction, spread: Fraction, places: int) -> list[Fraction]:
    """The former 500 scale: centre + spread × (x − mean) ÷ population standard deviation, half up.

    The root is never taken: whether a score reaches the next unit is decided on squares, exactly.

    Args, returns: as `median_scale`.

    Source: published WorldSkills results to 2015.
    """
    count = len(values)
    mean = sum(values, Fraction(0)) / count
    variance = sum(((value - mean) ** 2 for value in values), Fraction(0)) / count
    if variance == 0:
        return [centre] * count
    unit = 10**places
    return [centre + Fraction(rounded_root(spread * unit * (value - mean), variance), unit) for value in values]


def rounded_root(numerator: Fraction, variance: Fraction) -> int:
    """numerator ÷ √variance rounded to a whole number, halves towards +∞."""
    square = numerator * numerator / variance
    whole = isqrt(square.numerator // square.denominator)
    middle = Fraction((2 * whole + 1) ** 2, 4)
    if numerator >= 0:
        return whole + (square >= middle)
    return -(whole + (square > middle))


@dataclass(frozen=True, slots=True)
class MedalRule:
    """Medals by closeness.

    Attributes:
        node: id of the node whose value is the score.
        closeness: scores not farther apart than this count as equal.
        medallion: score from which those without a medal have the medallion; None gives none.
    """

    node: str
    closeness: Fraction
    medallion: Fraction | None


def medals(scores: Mapping[str, Fraction], rule: MedalRule) -> dict[str, str]:
    """Gold, silver, bronze and medallion for each contestant who has one.

    A group reaches from its best score down to `closeness` below it. Two golds leave no silver, three leave
    bronze only to those within `closeness` of the last gold; two silvers leave bronze only likewise.

    Args:
        scores: of all who compete for medals.
        rule: see MedalRule.

    Source: the ex-aequo rule of WorldSkills 2015, completed from its 279 awards.
    """
    ordered = sorted(scores, key=lambda who: -scores[who])
    found: dict[str, str] = {}

    def take(name: str, near: str | None = None) -> list[str]:
        rest = [who for who in ordered if who not in found]
        if not rest or (near is not None and scores[near] - scores[rest[0]] > rule.closeness):
            return []
        group = [who for who in rest if scores[rest[0]] - scores[who] <= rule.closeness]
        found.update(dict.fromkeys(group, name))
        return group

    gold = take("gold")
    if len(gold) == 1:
        silver = take("silver")
        take("bronze", silver[-1] if len(silver) > 1 else None)
    elif gold:
        take("bronze", gold[-1] if len(gold) > 2 else None)
    if rule.medallion is not None:
        found.update({w: "medallion" for w in ordered if w not in found and scores[w] >= rule.medallion})
    return found
