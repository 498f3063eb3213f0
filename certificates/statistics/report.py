"""A whole report of figures: once put together, page, workbook and program get the same cells."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from certificates.statistics.figures import (
    GROUP_NAMES,
    MEASURE_NAMES,
    Entry,
    Group,
    Measure,
    by,
    persons,
    split,
    times,
    units,
)
from certificates.statistics.hiding import hidden, is_small
from certificates.statistics.innovating import InnovationFigures, Item, innovation_figures
from certificates.statistics.rates import Rate, Terms, benefit, participation
from core.messages import message

HIDDEN = "*"
NO_UNIT = message("未填单位")
HIDDEN_NOTE = message("* 人数太少（1 至 2 人）或可由此推算，不显示。")
Cells = Mapping[Measure, int | None]
"""Counts by measure; None is hidden."""


@dataclass(frozen=True, slots=True)
class Contest:
    """A competition of the report, with what its organiser stated."""

    id: int
    title: str
    year: int
    terms: Terms
    units: int
    """How many units took part in events of units."""


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A group and how many of it reached what; `unknown` are those of whom nobody said."""

    group: Group
    name: str
    cells: Cells
    unknown: int | None
    times: int | None
    """How often its members took part."""
    took_part: tuple[int | None, int | None, int | None]
    """Of those who took part: members, others, those of whom nobody said."""


@dataclass(frozen=True, slots=True)
class Row:
    """A unit or a year."""

    name: str
    cells: Cells


@dataclass(frozen=True, slots=True)
class ContestRates:
    """The two rates of one competition. A hidden one keeps its formula and loses its figures."""

    contest: Contest
    rates: tuple[Rate, ...]
    is_hidden: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """Figures of one competition or of several."""

    contests: tuple[Contest, ...]
    is_public: bool
    """Small counts are hidden."""
    times: int | None
    units_in_contests: int
    units_of_persons: int | None
    """In how many units those who took part work."""
    totals: Cells
    groups: tuple[GroupRow, ...]
    units: tuple[Row, ...]
    years: tuple[Row, ...]
    """From the earliest on."""
    rates: tuple[ContestRates, ...]
    innovations: InnovationFigures

    @property
    def hides_something(self) -> bool:
        """Whether any figure is not shown."""
        rows = [self.totals, *(row.cells for row in self.groups), *(row.cells for row in (*self.units, *self.years))]
        return any(value is None for cells in rows for value in cells.values())

    def as_json(self) -> dict[str, Any]:
        """Plain values with the names that the format describes; hidden figures are null."""
        return {
            "is_public": self.is_public,
            "competitions": [{"id": one.id, "title": one.title, "year": one.year} for one in self.contests],
            "times": self.times,
            "units_in_contests": self.units_in_contests,
            "units_of_persons": self.units_of_persons,
            "innovations": self.innovations.as_json(),
            "totals": dict(self.totals),
            "groups": [
                {"group": row.group.value, "unknown": row.unknown, "times": row.times, "figures": dict(row.cells)}
                for row in self.groups
            ],
            "units": [{"unit": row.name, "figures": dict(row.cells)} for row in self.units],
            "years": [{"year": row.name, "figures": dict(row.cells)} for row in self.years],
            "rates": [_rate_json(row, rate, out) for row in self.rates for rate, out in _pairs(row)],
        }


def _pairs(row: ContestRates) -> list[tuple[Rate, bool]]:
    return list(zip(row.rates, row.is_hidden, strict=True))


def _rate_json(row: ContestRates, rate: Rate, out: bool) -> dict[str, Any]:
    return {
        "competition": row.contest.id,
        "name": rate.name,
        "formula": str(rate.formula),
        "formula_source": row.contest.terms.formula_source,
        "numerator": None if out else rate.numerator,
        "denominator": None if out else rate.denominator,
        "percent": None if out else rate.percent,
        "remark": rate.remark,
    }


def report(
    contests: Sequence[Contest], entries: Sequence[Entry], items: Sequence[Item] = (), *, is_public: bool
) -> Report:
    """Put the figures together.

    Args:
        contests: the competitions, the newest first.
        entries: all registrations of theirs.
        items: their innovations in force.
        is_public: hide small counts, and what they could be reckoned back from.
    """
    totals = {measure: _shown(persons(entries, measure), is_public) for measure in Measure}
    own = by(entries, lambda entry: entry.competition)
    return Report(
        contests=tuple(contests),
        is_public=is_public,
        times=_shown(times(entries), is_public),
        units_in_contests=sum(contest.units for contest in contests),
        units_of_persons=_shown(units(entries), is_public),
        totals=totals,
        groups=tuple(_group(entries, group, is_public) for group in Group),
        units=_rows(by(entries, lambda entry: entry.unit or NO_UNIT), is_public),
        years=_rows(by(sorted(entries, key=_year), _year), is_public, is_sorted=True),
        rates=tuple(_rates(contest, own.get(contest.id, ()), is_public) for contest in contests),
        innovations=innovation_figures(items, is_public=is_public),
    )


def _year(entry: Entry) -> int:
    return entry.year


def _shown(count: int, is_public: bool) -> int | None:
    return None if is_public and is_small(count) else count


def _group(entries: Sequence[Entry], group: Group, is_public: bool) -> GroupRow:
    cells: dict[Measure, int | None] = {}
    parts: dict[Measure, tuple[int | None, int | None, int | None]] = {}
    for measure in Measure:
        found = split(entries, measure, group)
        counts = (found.yes, found.no, found.unknown)
        out = hidden(counts) if is_public else (False, False, False)
        yes, no, unknown = (None if is_out else count for count, is_out in zip(counts, out, strict=True))
        parts[measure] = (yes, no, unknown)
        cells[measure] = yes
    members = {entry.person for entry in entries if entry.facts.get(group)}
    often = times(entry for entry in entries if entry.person in members)
    took_part = parts[Measure.TOOK_PART]
    return GroupRow(
        group=group,
        name=GROUP_NAMES[group],
        cells=cells,
        unknown=parts[Measure.REGISTERED][2],
        times=None if took_part[0] is None else often,
        took_part=took_part,
    )


def _rows(
    grouped: Mapping[str | int, Sequence[Entry]],
    is_public: bool,
    *,
    is_sorted: bool = False,
) -> tuple[Row, ...]:
    counts = {name: {measure: persons(own, measure) for measure in Measure} for name, own in grouped.items()}
    shown: dict[str | int, dict[Measure, int | None]] = {name: {} for name in counts}
    for measure in Measure:
        parts = [cells[measure] for cells in counts.values()]
        out = hidden(parts) if is_public else [False] * len(parts)
        for name, part, is_out in zip(counts, parts, out, strict=True):
            shown[name][measure] = None if is_out else part
    names = list(counts)
    if not is_sorted:
        names.sort(key=lambda name: (-counts[name][Measure.TOOK_PART], -counts[name][Measure.REGISTERED], str(name)))
    return tuple(Row(str(name), shown[name]) for name in names)


def _rates(contest: Contest, entries: Sequence[Entry], is_public: bool) -> ContestRates:
    rates = (participation(entries, contest.terms), benefit(entries, contest.terms))
    parts = [(rate.numerator, (rate.denominator or 0) - rate.numerator) for rate in rates]
    out = tuple(is_public and any(map(is_small, pair)) for pair in parts)
    return ContestRates(contest, rates, out)


def cell(value: int | None) -> str:
    """A figure as it is printed."""
    return HIDDEN if value is None else str(value)


SHOWN_FOR_UNITS = (
    Measure.REGISTERED,
    Measure.TOOK_PART,
    Measure.AWARDED,
    Measure.PROMOTED,
    Measure.INNOVATED,
)
"""What is told of each unit and year."""
HEADINGS = tuple(MEASURE_NAMES[measure] for measure in Measure)
