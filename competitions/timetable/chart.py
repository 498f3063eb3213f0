"""A day of the timetable as a chart: a row for each place, hours from left to right. Pure; the page makes a table.

Where sessions in one place overlap, the place gets as many lines as it takes.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

STEP = 5
"""Minutes that one column stands for."""
SHORT = 9
"""Columns below which a cell has no room for a name."""
FEWEST_HOURS = 6
"""A day of one short session is drawn no larger than that."""
_HOUR = 60 // STEP
_DAY = 24 * _HOUR
_NUMBER = re.compile(r"([0-9]{1,9})")


@dataclass(frozen=True, slots=True)
class Bar:
    """A session of one day; times of day in one timezone."""

    key: int
    begins: datetime
    ends: datetime
    place: str


@dataclass(frozen=True, slots=True)
class Cell:
    """A stretch of a line: a session by its key, or nothing; `columns` wide."""

    key: int | None
    columns: int

    @property
    def is_short(self) -> bool:
        """Whether there is room for the time alone."""
        return self.columns < SHORT


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a place; `is_first` says where the place's name stands, over `lines` of them."""

    place: str
    is_first: bool
    lines: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """The chart: hours of the day that it runs over, and its lines."""

    hours: tuple[int, ...]
    lines: tuple[Line, ...]

    @property
    def columns(self) -> int:
        """How many columns every line has."""
        return len(self.hours) * _HOUR

    @property
    def hour(self) -> int:
        """How many columns an hour has."""
        return _HOUR


def chart_of(bars: Sequence[Bar]) -> Chart:
    """The chart of a day.

    Args:
        bars: sessions that begin on one day; what runs beyond midnight is cut there.

    Returns:
        From the hour in which the first begins to the one in which the last ends; places by name, the same on every
        day, with numbers as numbers; an empty one for sessions without place at the end.
    """
    if not bars:
        return Chart((), ())
    ordered = sorted(bars, key=lambda bar: (bar.begins, bar.ends, bar.key))
    spans = {bar.key: _span(bar) for bar in ordered}
    first = min(begins for begins, _ends in spans.values()) // _HOUR
    last = -(-max(ends for _begins, ends in spans.values()) // _HOUR)
    last = max(last, min(first + FEWEST_HOURS, 24))
    lines: list[Line] = []
    for place in sorted({bar.place for bar in ordered}, key=_in_order):
        lanes = _lanes([spans[bar.key] + (bar.key,) for bar in ordered if bar.place == place])
        for number, lane in enumerate(lanes):
            cells = _cells(lane, first * _HOUR, last * _HOUR)
            lines.append(Line(place, number == 0, len(lanes), cells))
    return Chart(tuple(range(first, last)), tuple(lines))


def _in_order(place: str) -> tuple[bool, list[tuple[int, str]]]:
    """By what places are sorted: Hall 9 before Hall 10, no place last."""
    parts = _NUMBER.split(place)
    return (not place, [(int(part), "") if part.isdecimal() else (-1, part) for part in parts])


def _span(bar: Bar) -> tuple[int, int]:
    """First column and the one after the last, counted from midnight; at least one."""
    begins = (bar.begins.hour * 60 + bar.begins.minute) // STEP
    if bar.ends.date() > bar.begins.date():
        return begins, _DAY
    return begins, max(begins + 1, -(-(bar.ends.hour * 60 + bar.ends.minute) // STEP))


def _lanes(spans: Sequence[tuple[int, int, int]]) -> list[list[tuple[int, int, int]]]:
    """The fewest lines in which no two overlap; each session goes to the first line that is free."""
    lanes: list[list[tuple[int, int, int]]] = []
    for span in spans:
        free = next((lane for lane in lanes if lane[-1][1] <= span[0]), None)
        if free is None:
            lanes.append([span])
        else:
            free.append(span)
    return lanes


def _cells(lane: Sequence[tuple[int, int, int]], first: int, last: int) -> tuple[Cell, ...]:
    cells, at = [], first
    for begins, ends, key in lane:
        if begins > at:
            cells.append(Cell(None, begins - at))
        cells.append(Cell(key, ends - begins))
        at = ends
    return (*cells, Cell(None, last - at)) if at < last else tuple(cells)
