"""Bars of figures as shapes of an SVG, drawn on the server; a hidden figure has no bar."""

from collections.abc import Sequence
from dataclasses import dataclass

from certificates.statistics.figures import Measure
from certificates.statistics.report import Row

WIDTH, HEIGHT, HEAD, FOOT = 640, 220, 20, 28
REACH = 200
_WIDEST = 44
_GAP = 6


@dataclass(frozen=True, slots=True)
class Column:
    """One standing bar in the drawing's units."""

    x: int
    y: int
    width: int
    height: int
    measure: Measure
    count: int


@dataclass(frozen=True, slots=True)
class Cluster:
    """The bars of one year beside each other, and the middle under which its name stands."""

    name: str
    middle: int
    columns: tuple[Column, ...]


def clusters(rows: Sequence[Row], measures: Sequence[Measure]) -> tuple[Cluster, ...]:
    """Standing bars: one cluster a row, one bar a measure, all on one scale from zero.

    Args:
        rows: years, from left to right.
        measures: the bars of each.
    """
    if not rows:
        return ()
    most = max([value for row in rows for measure in measures if (value := row.cells[measure])], default=1)
    step = WIDTH // len(rows)
    wide = max(4, min(_WIDEST, (step - 4 * _GAP) // len(measures) - _GAP))
    return tuple(_cluster(row, measures, index * step + step // 2, (wide, most)) for index, row in enumerate(rows))


def _cluster(row: Row, measures: Sequence[Measure], middle: int, scale: tuple[int, int]) -> Cluster:
    wide, most = scale
    left = middle - (len(measures) * (wide + _GAP) - _GAP) // 2
    columns = []
    for number, measure in enumerate(measures):
        count = row.cells[measure]
        if count is not None:
            height = count * (HEIGHT - HEAD - FOOT) // most
            x = left + number * (wide + _GAP)
            columns.append(Column(x, HEIGHT - FOOT - height, wide, height, measure, count))
    return Cluster(row.name, middle, tuple(columns))


def widths(rows: Sequence[Row], measure: Measure) -> tuple[int, ...]:
    """How far a lying bar of each row fills a box `REACH` wide, the longest all of it; 0 for a hidden figure."""
    return bars([row.cells[measure] for row in rows])


def bars(counts: Sequence[int | None]) -> tuple[int, ...]:
    """The same for plain counts."""
    most = max((count or 0 for count in counts), default=0)
    return tuple((count or 0) * REACH // most if most else 0 for count in counts)


def shares(parts: Sequence[int | None]) -> tuple[int, ...]:
    """How wide each part of a whole stands in a bar `REACH` wide; none at all where a part is hidden or all are 0.

    The last part takes what rounding leaves, so that the bar is full.
    """
    counts = [part for part in parts if part is not None]
    whole = sum(counts)
    if len(counts) < len(parts) or not whole:
        return ()
    found = [count * REACH // whole for count in counts]
    last = max(index for index, count in enumerate(counts) if count)
    found[last] += REACH - sum(found)
    return tuple(found)
