"""What this package itself knows of a competition's readiness: which conditions hold, and what is wanting by name."""

from collections.abc import Callable, Mapping

from flask import current_app
from sqlalchemy import exists, func, select

from competitions.entrants import COMPETING
from competitions.judges.recusal import open_conflicts
from competitions.lifecycle import Condition
from competitions.models import Competition, DrawRecord, Entrant, Event, Judge, Module, ModuleKind, RosterImport
from core.db import db
from core.messages import said
from core.permissions import Role

Shortcomings = Mapping[Condition, tuple[str, ...]]


def shortcomings(competition: Competition) -> Shortcomings:
    """For each condition that this package can judge: what is wanting, by name. Empty where it holds."""
    return {condition: find(competition) for condition, find in _FINDERS.items()}


def own_conditions(competition: Competition) -> frozenset[Condition]:
    """The conditions of this package that hold now."""
    return frozenset(condition for condition, wanting in shortcomings(competition).items() if not wanting)


def _undefined(competition: Competition) -> tuple[str, ...]:
    if not competition.events:
        return (said("还没有赛项"),)
    return tuple(event.title for event in competition.events if not event.modules)


def _no_dates(_competition: Competition) -> tuple[str, ...]:
    # Both dates are stored with the competition from its first minute; the table has no empty ones.
    return ()


def _without_entrants(competition: Competition) -> tuple[str, ...]:
    if not competition.events:
        return (said("还没有赛项"),)
    query = select(Event).where(Event.competition_id == competition.id, ~exists().where(Entrant.event_id == Event.id))
    return tuple(event.title for event in db.session.scalars(query.order_by(Event.position)))


def _pending_rosters(competition: Competition) -> tuple[str, ...]:
    query = select(RosterImport.filename).where(
        RosterImport.competition_id == competition.id,
        RosterImport.taken_in_at.is_(None),
        func.length(RosterImport.rows_sealed) > 0,
    )
    return tuple(db.session.scalars(query.order_by(RosterImport.id)))


def _undrawn(competition: Competition) -> tuple[str, ...]:
    has_undrawn = exists().where(
        Entrant.event_id == Event.id, Entrant.draw_number.is_(None), Entrant.status.in_(COMPETING)
    )
    was_drawn = exists().where(DrawRecord.event_id == Event.id)
    query = select(Event).where(Event.competition_id == competition.id, has_undrawn | ~was_drawn)
    return tuple(event.title for event in db.session.scalars(query.order_by(Event.position)))


def _open_panels(competition: Competition) -> tuple[str, ...]:
    query = (
        select(Module)
        .join(Event, Event.id == Module.event_id)
        .where(Event.competition_id == competition.id, Module.kind == ModuleKind.JUDGED)
        .order_by(Event.position, Module.position)
    )
    names = {event.id: event.title for event in competition.events}
    sizes = {event.id: current_app.config["SEATS_WANTED"](event.id) for event in competition.events}
    wanting = [
        line
        for module in db.session.scalars(query)
        for line in _wanting_at(module, names[module.event_id], sizes[module.event_id].get(module.code, 0))
    ]
    chief = select(Judge.id).where(Judge.competition_id == competition.id, Judge.role == Role.CHIEF_JUDGE).limit(1)
    if db.session.scalar(chief) is None:
        wanting.append(said("还没有裁判长"))
    return tuple(wanting)


def _wanting_at(module: Module, event: str, wanted: int) -> tuple[str, ...]:
    """The module where it has no panel, and its panels that are smaller than the scheme asks for."""
    title = f"{event} {module.name}"
    if not module.panels or any(not panel.seats for panel in module.panels):
        return (title,)
    return tuple(
        said(
            "%(module)s %(panel)s有 %(seated)s 名裁判，评分方案要求 %(wanted)s 名",
            module=title,
            panel=panel.name,
            seated=len(panel.seats),
            wanted=wanted,
        )
        for panel in module.panels
        if len(panel.seats) < wanted
    )


def _open_conflicts(competition: Competition) -> tuple[str, ...]:
    return tuple(conflict.reason for conflict in open_conflicts(competition.id))


_FINDERS: Mapping[Condition, Callable[[Competition], tuple[str, ...]]] = {
    Condition.EVENTS_DEFINED: _undefined,
    Condition.DATES_SET: _no_dates,
    Condition.CONTESTANTS_REGISTERED: _without_entrants,
    Condition.ROSTER_SETTLED: _pending_rosters,
    Condition.DRAWS_MADE: _undrawn,
    Condition.PANELS_COMPLETE: _open_panels,
    Condition.CONFLICTS_SETTLED: _open_conflicts,
}
