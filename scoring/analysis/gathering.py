"""Reading for the analysis page: what the marks of an event tell of its judges and of its aspects, as they stand now.

A help for the chief judge while marking runs; nothing here decides anything and nothing is stored.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from competitions.events.defining import event_of
from competitions.models import Event
from core.db import db
from scoring.analysis.judges import event_judges
from scoring.engine.analysis import Affinity, Agreement, JudgesReport, Outlier, Severity
from scoring.engine.items import ItemFigures, item_figures
from scoring.engine.marks import collect_marks
from scoring.engine.scheme import Scheme
from scoring.engine.totals import evaluate
from scoring.results.computing import mark_rows

LEAST_REACH = Fraction(1, 20)


@dataclass(frozen=True, slots=True)
class ModuleAnalysis:
    """What the marks of one module tell of its judges.

    Attributes:
        scope: id of the module's node.
        reach: what fills half a bar of severity: the largest share of the range, no less than LEAST_REACH, so that
            judges who agree do not look as if they differed; None where an aspect has no bounds.
    """

    scope: str
    label: str
    severity: tuple[Severity, ...]
    agreement: tuple[Agreement, ...]
    outliers: tuple[Outlier, ...]
    affinity: tuple[Affinity, ...]
    reach: Fraction | None


@dataclass(frozen=True, slots=True)
class EventAnalysis:
    """What the marks of an event tell; `scheme` is None where none is adopted.

    Attributes:
        count: marks of panels that were looked at.
    """

    event: Event
    scheme: Scheme | None
    count: int
    modules: tuple[ModuleAnalysis, ...]
    aspects: tuple[ItemFigures, ...]


def analysis_of(competition_id: int, event_id: int) -> EventAnalysis:
    """The analysis of an event's newest marks. As many queries for many contestants as for few.

    Raises:
        NotFoundError: no such event in this competition.
    """
    found = event_judges(competition_id, event_id)
    if found is None:
        return EventAnalysis(event_of(db.session(), competition_id, event_id), None, 0, (), ())
    scheme, report = found.scheme, found.report
    marks = collect_marks(scheme, mark_rows(db.session(), event_id))
    return EventAnalysis(
        event=found.event,
        scheme=scheme,
        count=report.count,
        modules=tuple(_module(scheme, report, scope) for scope in report.scopes),
        aspects=tuple(item_figures(evaluate(scheme, marks))),
    )


def _module(scheme: Scheme, report: JudgesReport, scope: str) -> ModuleAnalysis:
    inside = {node.id for node in scheme.nodes[scope].walk()}
    severity = tuple(line for line in report.severity if line.scope == scope)
    return ModuleAnalysis(
        scope=scope,
        label=staged_label(scheme, scope),
        severity=severity,
        agreement=tuple(line for line in report.agreement if line.node in inside),
        outliers=tuple(line for line in report.outliers if line.deviation.scope == scope),
        affinity=tuple(line for line in report.affinity if line.scope == scope),
        reach=_reach(severity),
    )


def _reach(severity: Sequence[Severity]) -> Fraction | None:
    shares = [abs(line.share) for line in severity if line.share is not None]
    return max([LEAST_REACH, *shares]) if len(shares) == len(severity) else None


def staged_label(scheme: Scheme, name: str) -> str:
    """A node's label, after its stage's where the event has several."""
    node = scheme.nodes[name]
    stage = scheme.nodes.get(node.stage)
    return node.label if stage is None or stage is node else f"{stage.label} · {node.label}"
