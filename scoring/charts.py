"""Pictures of results as SVG, drawn on the server: one drawing serves page and print."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

BARS = 20
WIDTH, HEIGHT, FOOT = 640, 180, 24


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a histogram in the drawing's units, with the range it stands for."""

    x: int
    y: int
    width: int
    height: int
    count: int
    low: Decimal
    high: Decimal


@dataclass(frozen=True, slots=True)
class Histogram:
    """How totals are spread. Empty `bars` where there are too few to draw."""

    bars: tuple[Bar, ...]
    low: Decimal
    high: Decimal
    median: Decimal
    count: int


def histogram(totals: Sequence[str]) -> Histogram:
    """The spread of totals (decimal strings, best first) in bars of equal, round width."""
    values = sorted(Decimal(total) for total in totals)
    if len(values) < 2 or values[0] == values[-1]:
        only = values[0] if values else Decimal(0)
        return Histogram((), only, only, only, len(values))
    step = _round_step((values[-1] - values[0]) / BARS)
    low = values[0] // step * step
    size = int((values[-1] - low) // step) + 1
    counts = [0] * size
    for value in values:
        counts[int((value - low) // step)] += 1
    wide, most = WIDTH // size, max(counts)
    bars = tuple(
        Bar(
            x=index * wide,
            y=HEIGHT - FOOT - count * (HEIGHT - FOOT - 16) // most,
            width=max(wide - 2, 1),
            height=count * (HEIGHT - FOOT - 16) // most,
            count=count,
            low=low + index * step,
            high=low + (index + 1) * step,
        )
        for index, count in enumerate(counts)
    )
    return Histogram(bars, low, low + size * step, values[len(values) // 2], len(values))


def _round_step(least: Decimal) -> Decimal:
    """The smallest of …, 0.5, 1, 2, 5, 10, … that is not below `least`."""
    power = Decimal(1).scaleb(least.adjusted())
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= least)


REACH = 100


@dataclass(frozen=True, slots=True)
class SignedBar:
    """A bar from a zero line in the middle of a box 200 wide, to the left for what is below zero."""

    x: int
    width: int
    is_below: bool


def signed_bar(value: Fraction, reach: Fraction) -> SignedBar:
    """The bar of a value, where `reach` (above 0) fills half the box; what goes beyond is cut at its edge."""
    width = min(REACH, round(abs(value) / reach * REACH)) if reach > 0 else 0
    return SignedBar(REACH - width if value < 0 else REACH, width, value < 0)


@dataclass(frozen=True, slots=True)
class SpanBar:
    """A mean with its spread to both sides, in a box 200 wide with the zero line in the middle."""

    x: int
    width: int
    at: int


def span_bar(mean: float, spread: float, reach: float) -> SpanBar:
    """The band from mean - spread to mean + spread, where `reach` (above 0) is half the box; cut at its edges."""

    def place(value: float) -> int:
        return round(REACH + max(-1.0, min(1.0, value / reach)) * REACH)

    low, high = place(mean - spread), place(mean + spread)
    return SpanBar(low, high - low, place(mean))


def share_bar(value: Fraction) -> int:
    """How far a share from 0 to 1 fills a box 200 wide."""
    return round(min(max(value, Fraction(0)), Fraction(1)) * 2 * REACH)
