"""Two orders of merit side by side as a drawing: a line from each official place to the one under the other rule."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from scoring.trials.trying import TrialLine

MOST = 30
"""Places drawn; what lies beyond is in the table."""
ROW, TOP = 26, 20
LEFT, RIGHT = 250, 550


@dataclass(frozen=True, slots=True)
class Slope:
    """One entrant's line in the drawing's units; a side without a row lies beyond what is drawn."""

    name: str
    official: str
    other: str
    start: int | None
    end: int | None
    tone: str

    @property
    def path(self) -> str:
        """The line, bent so that crossings can be followed; empty where a side is not drawn."""
        if self.start is None or self.end is None:
            return ""
        third = (RIGHT - LEFT) // 3
        return f"M{LEFT} {self.start}C{LEFT + third} {self.start} {RIGHT - third} {self.end} {RIGHT} {self.end}"


@dataclass(frozen=True, slots=True)
class SlopeChart:
    """Every line drawn, and the height of the drawing."""

    slopes: tuple[Slope, ...]
    height: int


def slope_chart(lines: Sequence[TrialLine]) -> SlopeChart:
    """The first places of both orders.

    Args:
        lines: every entrant, in the official order.
    """
    official = {id(line): row for row, line in enumerate(_placed(lines, lambda line: line.official_rank))}
    other = {id(line): row for row, line in enumerate(_placed(lines, lambda line: line.other_rank))}
    slopes = tuple(
        Slope(
            name=line.line.entrant.name,
            official=line.official_rank,
            other=line.other_rank,
            start=_height(official.get(id(line))),
            end=_height(other.get(id(line))),
            tone=_tone(line),
        )
        for line in lines
        if id(line) in official or id(line) in other
    )
    return SlopeChart(slopes, TOP + ROW * max(len(official), len(other)) + 8)


def _placed(lines: Sequence[TrialLine], rank_of: Callable[[TrialLine], str]) -> list[TrialLine]:
    """The first in this order; equals as they stand in the official one."""
    ranked = [line for line in lines if rank_of(line)]
    return sorted(ranked, key=lambda line: Fraction(rank_of(line)))[:MOST]


def _height(row: int | None) -> int | None:
    return None if row is None else TOP + row * ROW + ROW // 2


def _tone(line: TrialLine) -> str:
    if not line.change:
        return "moved" if line.is_moved else "same"
    return "up" if line.change > 0 else "down"
