"""Reading for the analysis page: what the marks of an event tell of its judges and of its aspects, as they stand now.

A help for the chief judge while marking runs; nothing here decides anything and nothing is stored.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from competitions.events import event_of
from competitions.models import Delegation, Entrant, Event, Judge, Module, Panel, Seat
from core.db import db
from scoring.engine.analysis import (
    Affiliation,
    Affiliations,
    Affinity,
    Agreement,
    JudgesReport,
    Outlier,
    Severity,
    judges_report,
)
from scoring.engine.items import ItemFigures, item_figures
from scoring.engine.marks import collect_marks
from scoring.engine.scheme import Scheme
from scoring.engine.totals import evaluate
from scoring.opening import current_scheme, scheme_of
from scoring.results import entrants_by_name, mark_rows
from scoring.seating import judge_label

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
        judges: (module, label of the seat) → the judge's name.
    """

    event: Event
    scheme: Scheme | None
    count: int
    modules: tuple[ModuleAnalysis, ...]
    aspects: tuple[ItemFigures, ...]
    judges: Mapping[tuple[str, str], str]

    def judge(self, scope: str, label: str) -> str:
        """A judge's name with the seat, or the seat alone where nobody is known."""
        name = self.judges.get((scope, label))
        return f"{label} {name}" if name else label


def analysis_of(competition_id: int, event_id: int) -> EventAnalysis:
    """The analysis of an event's newest marks. As many queries for many contestants as for few.

    Raises:
        NotFoundError: no such event in this competition.
    """
    session = db.session()
    event = event_of(session, competition_id, event_id)
    version = current_scheme(session, event.id)
    if version is None:
        return EventAnalysis(event, None, 0, (), (), {})
    scheme = scheme_of(version)
    seats = _seats(session, event.id)
    marks = collect_marks(scheme, mark_rows(session, event.id))
    affiliations = Affiliations({key: where for key, (_, where) in seats.items()}, _contestants(session, event.id))
    report = judges_report(scheme, marks, affiliations)
    return EventAnalysis(
        event=event,
        scheme=scheme,
        count=report.count,
        modules=tuple(_module(scheme, report, scope) for scope in report.scopes),
        aspects=tuple(item_figures(evaluate(scheme, marks))),
        judges={key: name for key, (name, _) in seats.items()},
    )


def _seats(session: Session, event_id: int) -> dict[tuple[str, str], tuple[str, Affiliation]]:
    """(module id, label of the seat) → name and affiliation of who sits there; the first panel of a module counts."""
    query = (
        select(Module.code, Seat.number, Judge.name, Judge.unit, Delegation.name)
        .join(Panel, Panel.module_id == Module.id)
        .join(Seat, Seat.panel_id == Panel.id)
        .join(Judge, Judge.id == Seat.judge_id)
        .outerjoin(Delegation, Delegation.id == Judge.delegation_id)
        .where(Module.event_id == event_id)
        .order_by(Panel.id)
    )
    found: dict[tuple[str, str], tuple[str, Affiliation]] = {}
    for module, number, name, unit, delegation in session.execute(query):
        found.setdefault((module, judge_label(number)), (name, Affiliation(unit, delegation or "")))
    return found


def _contestants(session: Session, event_id: int) -> dict[str, Affiliation]:
    """Entrants as the engine calls them → unit of the first member and delegation."""
    loading = (joinedload(Entrant.delegation), selectinload(Entrant.members))
    entrants = session.scalars(select(Entrant).where(Entrant.event_id == event_id).options(*loading))
    where = {e.id: Affiliation(e.members[0].unit if e.members else "", e.delegation.name) for e in entrants.unique()}
    return {name: where[entrant.id] for name, entrant in entrants_by_name(session, event_id).items()}


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
