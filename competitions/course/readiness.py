"""What this package itself knows of a competition's readiness: which conditions hold, and what is wanting by name."""

from collections.abc import Callable, Mapping

from sqlalchemy import exists, func, select

from competitions.enrolment.known import waiting
from competitions.judges.chiefs import chiefs_of
from competitions.judges.event_chiefs import events_without_chief
from competitions.judges.recusal import open_conflicts
from competitions.judges.wanting import ModuleNeed, panel_needs
from competitions.lifecycle import Condition
from competitions.models import Competition, DrawRecord, Entrant, Event, Module, RosterImport
from competitions.registration.entrants import COMPETING
from competitions.stages.models import EventStage
from competitions.stages.reading import IS_NOT_HELD, IS_WAITING, not_held, waiting_events
from core.db import db
from core.messages import said

Shortcomings = Mapping[Condition, tuple[str, ...]]


def shortcomings(competition: Competition) -> Shortcomings:
    """For each condition that this package can judge: what is wanting, by name. Empty where it holds."""
    return {condition: find(competition) for condition, find in _FINDERS.items()}


def own_conditions(competition: Competition) -> frozenset[Condition]:
    """The conditions of this package that hold now."""
    return held_by(shortcomings(competition))


def held_by(found: Shortcomings) -> frozenset[Condition]:
    """The conditions for which nothing is wanting."""
    return frozenset(condition for condition, wanting in found.items() if not wanting)


def _undefined(competition: Competition) -> tuple[str, ...]:
    if not competition.events:
        return (said("还没有赛项"),)
    query = select(Event).where(Event.competition_id == competition.id, ~exists().where(Module.event_id == Event.id))
    return tuple(event.title for event in db.session.scalars(query.order_by(Event.position)))


def _no_dates(_competition: Competition) -> tuple[str, ...]:
    # Both dates are stored with the competition from its first minute; the table has no empty ones.
    return ()


def _without_entrants(competition: Competition) -> tuple[str, ...]:
    if not competition.events:
        return (said("还没有赛项"),)
    query = select(Event).where(Event.competition_id == competition.id, ~exists().where(Entrant.event_id == Event.id))
    query = query.where(~exists().where(EventStage.event_id == Event.id))
    return tuple(event.title for event in db.session.scalars(query.order_by(Event.position)))


def _pending_rosters(competition: Competition) -> tuple[str, ...]:
    query = select(RosterImport.filename).where(
        RosterImport.competition_id == competition.id,
        RosterImport.taken_in_at.is_(None),
        func.length(RosterImport.rows_sealed) > 0,
    )
    return (*db.session.scalars(query.order_by(RosterImport.id)), *waiting(competition.id))


def _undrawn(competition: Competition) -> tuple[str, ...]:
    has_undrawn = exists().where(
        Entrant.event_id == Event.id, Entrant.draw_number.is_(None), Entrant.status.in_(COMPETING)
    )
    was_drawn = exists().where(DrawRecord.event_id == Event.id)
    query = select(Event).where(Event.competition_id == competition.id, has_undrawn | ~was_drawn, ~IS_WAITING)
    query = query.where(~IS_NOT_HELD)
    return tuple(event.title for event in db.session.scalars(query.order_by(Event.position)))


def _open_panels(competition: Competition) -> tuple[str, ...]:
    titles = {event.id: event.title for event in competition.events}
    lines = [
        (event_id, line)
        for event_id, needs in panel_needs(competition).items()
        for need in needs
        for line in _wanting_at(need, titles[event_id])
    ]
    session, off = db.session(), frozenset[int]()
    if lines:
        off = waiting_events(session, competition.id) | not_held(session, competition.id)
    wanting = [line for event_id, line in lines if event_id not in off]
    if not chiefs_of(competition.id):
        wanting.append(said("还没有裁判长"))
    else:
        headless = events_without_chief(competition)
        wanting += [said("%(event)s还没有裁判长", event=event.title) for event in headless]
    return tuple(wanting)


def _wanting_at(need: ModuleNeed, event: str) -> tuple[str, ...]:
    """The module where it has no panel, and its panels that are smaller or larger than the scheme asks for."""
    title = f"{event} {need.module.name}"
    if not need.panels or any(not panel.seated for panel in need.panels):
        if need.wanted:
            return (said("%(module)s还没有裁判组，要 %(n)s 名裁判", module=title, n=need.wanted),)
        return (said("%(module)s还没有裁判组", module=title),)
    return tuple(
        said(
            "%(module)s %(panel)s有 %(seated)s 名裁判，评分方案要求 %(wanted)s 名",
            module=title,
            panel=panel.name,
            seated=panel.seated,
            wanted=panel.wanted,
        )
        for panel in need.panels
        if panel.missing or panel.surplus
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
