"""What marks say about the judges who gave them: severity, agreement, outliers, and kindness to their own.

Everything is reckoned from the marks as entered, before the panel drops or combines any. Figures are exact fractions
but for standard deviations, which are for reading only and decide nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from statistics import median

from scoring.engine.agreement import alpha_interval, alpha_ordinal, intraclass, kendall_w
from scoring.engine.marks import Marks
from scoring.engine.scheme import ROOT, Node, Scheme

OUTLIER_LIMIT = Fraction(7, 2)
"""Modified z-score beyond which a mark is an outlier (B. Iglewicz, D. C. Hoaglin, How to Detect and Handle Outliers,
1993)."""

ENOUGH_MARKS = 5
"""Marks of a judge in an aspect from which on a usual distance can be told."""

_MAD_FACTOR = Fraction(6745, 10000)
_MEAN_FACTOR = Fraction(7979, 10000)
"""Factors of the same source: 0.6745 with the median of absolute deviations; 1 ÷ 1.253314 with their mean."""


@dataclass(frozen=True, slots=True)
class Affiliation:
    """Where somebody belongs; empty if not known."""

    unit: str = ""
    city: str = ""

    def shared(self, other: Affiliation) -> str:
        """``unit``, ``city``, or nothing: the closest that both have."""
        if self.unit and self.unit == other.unit:
            return "unit"
        return "city" if self.city and self.city == other.city else ""


@dataclass(frozen=True, slots=True)
class Affiliations:
    """Who belongs where.

    Attributes:
        judges: (module id, judge) → affiliation; the module is empty where a judge's name is the same person in all.
        contestants: contestant → affiliation.
    """

    judges: Mapping[tuple[str, str], Affiliation] = field(default_factory=dict)
    contestants: Mapping[str, Affiliation] = field(default_factory=dict)

    def of_judge(self, scope: str, judge: str) -> Affiliation:
        """Where a judge of a module belongs."""
        return self.judges.get((scope, judge)) or self.judges.get(("", judge)) or Affiliation()


@dataclass(frozen=True, slots=True)
class Deviation:
    """One mark beside those of the other judges on the same performance.

    Attributes:
        scope: id of the module.
        others: mean of the other judges' marks.
        difference: the mark less that mean.
        share: the difference as a share of the aspect's range; None where the aspect has no bounds.
    """

    scope: str
    aspect: str
    contestant: str
    judge: str
    mark: Fraction
    others: Fraction
    difference: Fraction
    share: Fraction | None


@dataclass(frozen=True, slots=True)
class Severity:
    """How severe a judge is against the other judges of the same performances (leave-one-out).

    Attributes:
        scope: id of the module.
        count: marks that another judge marked as well.
        mean: mean difference in points, below 0 for the severe.
        share: mean difference as a share of the aspects' ranges; None where one has no bounds.
        deviation: sample standard deviation of the differences, for reading; None below two marks.
    """

    scope: str
    judge: str
    count: int
    mean: Fraction
    share: Fraction | None
    deviation: float | None


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far the judges of an aspect, or of a whole module, agree.

    Attributes:
        node: id of the aspect, or of the module, whose aspects are then added up judge by judge.
        judges: how many.
        performances: marked by all of them; W and ICC rest on these.
        left_out: performances that not all of them marked; alpha takes them in.
        kendall_w, icc_single, icc_mean, alpha_interval, alpha_ordinal: None where not defined.
    """

    node: str
    judges: int
    performances: int
    left_out: int
    kendall_w: Fraction | None
    icc_single: Fraction | None
    icc_mean: Fraction | None
    alpha_interval: Fraction | None
    alpha_ordinal: Fraction | None


@dataclass(frozen=True, slots=True)
class Outlier:
    """A mark far from the panel, against what is usual in its aspect and for its judge.

    Attributes:
        distance: the mark less the median of the panel, which one far mark cannot move.
        usual: the judge's usual distance in the aspect (severity), 0 below ENOUGH_MARKS.
        score: modified z-score of what is left of the distance without it.
    """

    deviation: Deviation
    distance: Fraction
    usual: Fraction
    score: Fraction


@dataclass(frozen=True, slots=True)
class Affinity:
    """How a judge marks contestants of the own unit or city, beside all others.

    Attributes:
        tie: ``unit`` or ``city``.
        own_count, other_count: marks behind the means.
        own_mean, other_mean: mean leave-one-out differences, as shares of the aspects' ranges where all have bounds
            (`is_share`), else in points.
    """

    scope: str
    judge: str
    tie: str
    own_count: int
    other_count: int
    own_mean: Fraction
    other_mean: Fraction
    is_share: bool

    @property
    def difference(self) -> Fraction:
        """How much kinder to the own."""
        return self.own_mean - self.other_mean


@dataclass(frozen=True, slots=True)
class JudgesReport:
    """All of it.

    Attributes:
        scopes: module id → label, in the scheme's order; only those with a panel's marks.
        count: marks that were looked at.
        severity: by module and judge, the most severe first.
        agreement: of each module, then of each of its aspects.
        outliers: the farthest first.
        affinity: the kindest to the own first; empty where no affiliation is known.
    """

    scopes: Mapping[str, str]
    count: int
    severity: tuple[Severity, ...]
    agreement: tuple[Agreement, ...]
    outliers: tuple[Outlier, ...]
    affinity: tuple[Affinity, ...]


_Panel = Mapping[str, Mapping[str, Fraction]]
"""Contestant → judge → mark, of one aspect."""


def judges_report(scheme: Scheme, marks: Marks, affiliations: Affiliations | None = None) -> JudgesReport:
    """What the marks say about the judges.

    Args:
        scheme: its aspects with several judges are looked at.
        marks: as given so far; marking need not be finished.
        affiliations: who belongs where; a contestant's delegation counts as the city where nothing else is known.
    """
    panels = _panels(scheme, marks)
    scopes = _scopes(scheme, panels)
    deviations = list(_all_deviations(scopes, panels))
    agreement = [line for name, aspects in scopes.items() for line in _agreement(scheme.nodes[name], aspects, panels)]
    return JudgesReport(
        scopes={name: scheme.nodes[name].label for name in scopes},
        count=sum(len(given) for panel in panels.values() for given in panel.values()),
        severity=tuple(_severities(deviations)),
        agreement=tuple(agreement),
        outliers=tuple(_outliers(scheme, deviations)),
        affinity=tuple(_affinities(deviations, _completed(affiliations, marks))),
    )


def deviations_of(scheme: Scheme, marks: Marks) -> list[Deviation]:
    """Every mark of a panel beside those of the other judges on the same performance, in the scheme's order."""
    panels = _panels(scheme, marks)
    return list(_all_deviations(_scopes(scheme, panels), panels))


def _all_deviations(scopes: Mapping[str, Sequence[Node]], panels: Mapping[str, _Panel]) -> Iterator[Deviation]:
    for name, aspects in scopes.items():
        yield from _deviations(name, aspects, panels)


def _panels(scheme: Scheme, marks: Marks) -> dict[str, _Panel]:
    """Marks of each aspect that a panel judges, in the scheme's order."""
    found: dict[str, _Panel] = {}
    for aspect in scheme.aspects():
        if scheme.panel_of(aspect) is None:
            continue
        given = {name: book.marks[aspect.id] for name, book in marks.books.items() if book.marks.get(aspect.id)}
        if any(len(row) > 1 for row in given.values()):
            found[aspect.id] = given
    return found


def _scopes(scheme: Scheme, panels: Mapping[str, _Panel]) -> dict[str, list[Node]]:
    """The aspects of each module: seats of one number in two modules need not be the same person."""
    found: dict[str, list[Node]] = {}
    for name in panels:
        found.setdefault(_scope(scheme, name), []).append(scheme.nodes[name])
    return found


def _scope(scheme: Scheme, name: str) -> str:
    """The nearest module or stage, or else the part of the whole; the whole where aspects stand alone."""
    above, inner = name, name
    while above != ROOT:
        if scheme.nodes[above].level in {"module", "stage"}:
            return above
        above, inner = scheme.parents[above], above
    return ROOT if inner == name else inner


def range_of(aspect: Node) -> Fraction | None:
    """From the lowest to the highest mark that an aspect admits; None without bounds."""
    entry = aspect.entry
    if entry is None or entry.low is None or entry.high is None or entry.high <= entry.low:
        return None
    return entry.high - entry.low


def _deviations(scope: str, aspects: Sequence[Node], panels: Mapping[str, _Panel]) -> Iterator[Deviation]:
    for aspect in aspects:
        span = range_of(aspect)
        for contestant, given in panels[aspect.id].items():
            total, count = sum(given.values(), Fraction(0)), len(given)
            for judge, mark in given.items() if count > 1 else ():
                others = (total - mark) / (count - 1)
                difference = mark - others
                share = difference / span if span else None
                yield Deviation(scope, aspect.id, contestant, judge, mark, others, difference, share)


def _mean(values: Sequence[Fraction]) -> Fraction:
    return sum(values, Fraction(0)) / len(values)


def _shares(deviations: Sequence[Deviation]) -> list[Fraction] | None:
    shares = [found.share for found in deviations if found.share is not None]
    return shares if len(shares) == len(deviations) else None


def _severities(deviations: Sequence[Deviation]) -> list[Severity]:
    found = []
    for (scope, judge), own in _by_judge(deviations).items():
        differences = [deviation.difference for deviation in own]
        mean, shares = _mean(differences), _shares(own)
        spread = None
        if len(own) > 1:
            squares = sum(((value - mean) ** 2 for value in differences), Fraction(0))
            spread = float(squares / (len(own) - 1)) ** 0.5
        found.append(Severity(scope, judge, len(own), mean, _mean(shares) if shares else None, spread))
    order = list(dict.fromkeys(line.scope for line in found))
    return sorted(found, key=lambda line: (order.index(line.scope), line.mean, line.judge))


def _by_judge(deviations: Sequence[Deviation]) -> dict[tuple[str, str], list[Deviation]]:
    found: dict[tuple[str, str], list[Deviation]] = {}
    for deviation in deviations:
        found.setdefault((deviation.scope, deviation.judge), []).append(deviation)
    return found


def _agreement(scope: Node, aspects: Sequence[Node], panels: Mapping[str, _Panel]) -> Iterator[Agreement]:
    if len(aspects) > 1:
        yield _agreed(scope.id, _sums(aspects, panels))
    for aspect in aspects:
        yield _agreed(aspect.id, panels[aspect.id])


def _sums(aspects: Sequence[Node], panels: Mapping[str, _Panel]) -> _Panel:
    """What each judge gave each contestant in all aspects together, each aspect worth its full marks.

    Only judges who marked every one of the aspects for that contestant have a sum.
    """
    sums: dict[str, dict[str, list[Fraction]]] = {}
    for aspect in aspects:
        span = range_of(aspect)
        worth = aspect.max / span if span and aspect.max else Fraction(1)
        for contestant, given in panels[aspect.id].items():
            for judge, mark in given.items():
                sums.setdefault(contestant, {}).setdefault(judge, []).append(mark * worth)
    return {
        contestant: {judge: sum(values, Fraction(0)) for judge, values in given.items() if len(values) == len(aspects)}
        for contestant, given in sums.items()
    }


def _agreed(node: str, panel: _Panel) -> Agreement:
    judges = sorted({judge for given in panel.values() for judge in given})
    complete = [[given[judge] for judge in judges] for given in panel.values() if len(given) == len(judges)]
    units = [list(given.values()) for given in panel.values()]
    single, mean = intraclass(complete) if complete else (None, None)
    return Agreement(
        node=node,
        judges=len(judges),
        performances=len(complete),
        left_out=len(panel) - len(complete),
        kendall_w=kendall_w(complete) if complete else None,
        icc_single=single,
        icc_mean=mean,
        alpha_interval=alpha_interval(units),
        alpha_ordinal=alpha_ordinal(units),
    )


def _outliers(scheme: Scheme, deviations: Sequence[Deviation]) -> list[Outlier]:
    by_aspect: dict[str, list[Deviation]] = {}
    for deviation in deviations:
        by_aspect.setdefault(deviation.aspect, []).append(deviation)
    found = [line for name, own in by_aspect.items() for line in _outliers_of(scheme.nodes[name], own)]
    return sorted(found, key=lambda line: (-abs(line.score), line.deviation.contestant, line.deviation.judge))


def _outliers_of(aspect: Node, deviations: Sequence[Deviation]) -> Iterator[Outlier]:
    """Marks whose distance from the panel is unusual in the aspect and for the judge, and more than a step."""
    distances = _distances(deviations)
    usual = _usual(deviations, distances)
    rests = [distance - usual[found.judge] for found, distance in zip(deviations, distances, strict=True)]
    middle = median(rests)
    sizes = [abs(rest - middle) for rest in rests]
    unit, factor = median(sizes), _MAD_FACTOR
    if not unit:
        unit, factor = _mean(sizes), _MEAN_FACTOR
    least = aspect.entry.step if aspect.entry and aspect.entry.step else Fraction(0)
    for found, distance, rest in zip(deviations, distances, rests, strict=True) if unit else ():
        score = factor * (rest - middle) / unit
        if abs(score) > OUTLIER_LIMIT and abs(rest) > least:
            yield Outlier(found, distance, usual[found.judge], score)


def _distances(deviations: Sequence[Deviation]) -> list[Fraction]:
    """Each mark less the median of its panel."""
    panels: dict[str, list[Fraction]] = {}
    for found in deviations:
        panels.setdefault(found.contestant, []).append(found.mark)
    medians = {contestant: median(given) for contestant, given in panels.items()}
    return [found.mark - medians[found.contestant] for found in deviations]


def _usual(deviations: Sequence[Deviation], distances: Sequence[Fraction]) -> dict[str, Fraction]:
    """Each judge's median distance; 0 for those with too few marks."""
    own: dict[str, list[Fraction]] = {}
    for found, distance in zip(deviations, distances, strict=True):
        own.setdefault(found.judge, []).append(distance)
    return {judge: median(values) if len(values) >= ENOUGH_MARKS else Fraction(0) for judge, values in own.items()}


def _completed(affiliations: Affiliations | None, marks: Marks) -> Affiliations:
    """The affiliations, with the delegation for the city of contestants of whom none is given."""
    known = affiliations or Affiliations()
    contestants = dict(known.contestants)
    for name, book in marks.books.items():
        own = contestants.get(name, Affiliation())
        if book.delegation and not own.city:
            contestants[name] = Affiliation(own.unit, book.delegation)
    return Affiliations(known.judges, contestants)


def _affinities(deviations: Sequence[Deviation], affiliations: Affiliations) -> list[Affinity]:
    found = []
    for (scope, judge), own in _by_judge(deviations).items():
        home = affiliations.of_judge(scope, judge)
        for tie in ("unit", "city"):
            line = _affinity(own, home, affiliations, tie)
            found += [line] if line is not None else []
    return sorted(found, key=lambda line: (-line.difference, line.scope, line.judge))


def _affinity(
    deviations: Sequence[Deviation], home: Affiliation, affiliations: Affiliations, tie: str
) -> Affinity | None:
    """One judge's line; None where no performance of the own, or none of others, was marked."""
    strangers: list[Deviation] = []
    own: list[Deviation] = []
    for deviation in deviations:
        shared = home.shared(affiliations.contestants.get(deviation.contestant, Affiliation()))
        if shared == tie:
            own.append(deviation)
        elif not shared:
            strangers.append(deviation)
    if not own or not strangers:
        return None
    shares = _shares([*own, *strangers])
    values = shares if shares is not None else [deviation.difference for deviation in [*own, *strangers]]
    return Affinity(
        scope=own[0].scope,
        judge=own[0].judge,
        tie=tie,
        own_count=len(own),
        other_count=len(strangers),
        own_mean=_mean(values[: len(own)]),
        other_mean=_mean(values[len(own) :]),
        is_share=shares is not None,
    )
