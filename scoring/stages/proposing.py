"""Who goes on by a line, and who stands on it together with others. Pure.

A tie on the line is never decided here: 「并列的选手均进入决赛」 is one competition's rule, a choice by name another's.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from competitions.stages.lines import Line, Measure


class Fate(StrEnum):
    """Where an entrant stands to the line."""

    GOES = "goes"
    TIED = "tied"
    BEYOND = "beyond"
    UNPLACED = "unplaced"


@dataclass(frozen=True, slots=True)
class Standing:
    """An entrant's published result; `rank` and `total` are None where there is none."""

    entrant: int
    rank: Fraction | None
    total: Fraction | None


def fates(standings: Iterable[Standing], line: Line) -> dict[int, Fate]:
    """Where each entrant stands to the line.

    Args:
        standings: of one published result, in any order.
        line: a number of entrants, a place, or a score.

    Returns:
        By entrant: who goes on; who is tied across the end of a number, where not all of the tied can be among the
        first so many; who is beyond; and who has no place, which no line takes on.
    """
    value, groups = Fraction(line.value), defaultdict[Fraction, list[Standing]](list)
    found: dict[int, Fate] = {}
    for one in standings:
        if one.rank is None:
            found[one.entrant] = Fate.UNPLACED
        else:
            groups[one.rank].append(one)
    if line.measure is Measure.NUMBER:
        return found | _first(groups, value)
    for rank, group in groups.items():
        for one in group:
            reached = rank <= value if line.measure is Measure.RANK else one.total is not None and one.total >= value
            found[one.entrant] = Fate.GOES if reached else Fate.BEYOND
    return found


def _first(groups: Mapping[Fraction, list[Standing]], number: Fraction) -> dict[int, Fate]:
    found: dict[int, Fate] = {}
    before = 0
    for rank in sorted(groups):
        through = before + len(groups[rank])
        fate = Fate.GOES if through <= number else Fate.TIED if before < number else Fate.BEYOND
        found.update((one.entrant, fate) for one in groups[rank])
        before = through
    return found
