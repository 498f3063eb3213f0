"""What is known of stages: what follows what, and which events still wait for their entrants."""

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from competitions.lifecycle import CompetitionState
from competitions.models import Competition, Entrant, Event
from competitions.stages.models import EventStage

IS_NOT_HELD = exists().where(EventStage.event_id == Event.id, EventStage.not_held_reason != "").correlate(Event)
"""Of an event in a query: a stage of which somebody has said that it was not held. Nothing is asked of it any more."""
IS_WAITING = exists().where(EventStage.event_id == Event.id).correlate(Event) & ~exists().where(
    Entrant.event_id == Event.id
).correlate(Event)
"""Of an event in a query: it waits for those who go on from the stage before it, as in `waiting_events`."""


def stages_of(session: Session, competition_id: int) -> dict[int, EventStage]:
    """Event id → its stage, of the events of a competition that follow another."""
    query = select(EventStage).join(Event, Event.id == EventStage.event_id)
    return {row.event_id: row for row in session.scalars(query.where(Event.competition_id == competition_id))}


def next_held(session: Session, event_id: int) -> EventStage | None:
    """The first stage after an event that was not called off."""
    stage = next_of(session, event_id)
    while stage is not None and not stage.is_held:
        stage = next_of(session, stage.event_id)
    return stage


def source_of(session: Session, stage: EventStage) -> Event:
    """The event from whose result a stage is filled: the last one before it that was held."""
    before = session.get(EventStage, stage.follows_id)
    while before is not None and not before.is_held:
        stage, before = before, session.get(EventStage, before.follows_id)
    return stage.follows


def not_held(session: Session, competition_id: int) -> frozenset[int]:
    """The events of a competition that are stages which were not held."""
    return frozenset(session.scalars(select(Event.id).where(Event.competition_id == competition_id, IS_NOT_HELD)))


def next_of(session: Session, event_id: int) -> EventStage | None:
    """The stage that follows an event, if one does."""
    return session.scalar(select(EventStage).where(EventStage.follows_id == event_id))


def waiting_events(session: Session, competition_id: int) -> frozenset[int]:
    """Events that nobody is in yet because they wait for the stage before them.

    What is asked of an event before marking begins (entrants, a draw, judges, a scheme) is not yet asked of these.
    """
    waiting = select(Event.id).where(Event.competition_id == competition_id, IS_WAITING, ~IS_NOT_HELD)
    return frozenset(session.scalars(waiting))


def may_still_be_set_up(session: Session, competition: Competition, event_id: int) -> bool:
    """Whether an event is a later stage of a competition that is being marked: drawn and seated when its turn comes."""
    return event_id in later_stages(session, competition)


def later_stages(session: Session, competition: Competition) -> frozenset[int]:
    """All events for which `may_still_be_set_up` holds; whoever is marked there keeps draw and panels as they are."""
    if competition.state is not CompetitionState.MARKING:
        return frozenset()
    return frozenset(stages_of(session, competition.id))
