"""What is known of stages: what follows what, and which events still wait for their entrants."""

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from competitions.lifecycle import CompetitionState
from competitions.models import Competition, Entrant, Event
from competitions.stages.models import EventStage

IS_WAITING = exists().where(EventStage.event_id == Event.id).correlate(Event) & ~exists().where(
    Entrant.event_id == Event.id
).correlate(Event)
"""Of an event in a query: it waits for those who go on from the stage before it, as in `waiting_events`."""


def stages_of(session: Session, competition_id: int) -> dict[int, EventStage]:
    """Event id → its stage, of the events of a competition that follow another."""
    query = select(EventStage).join(Event, Event.id == EventStage.event_id)
    return {row.event_id: row for row in session.scalars(query.where(Event.competition_id == competition_id))}


def next_of(session: Session, event_id: int) -> EventStage | None:
    """The stage that follows an event, if one does."""
    return session.scalar(select(EventStage).where(EventStage.follows_id == event_id))


def waiting_events(session: Session, competition_id: int) -> frozenset[int]:
    """Events that nobody is in yet because they wait for the stage before them.

    What is asked of an event before marking begins (entrants, a draw, judges, a scheme) is not yet asked of these.
    """
    return frozenset(session.scalars(select(Event.id).where(Event.competition_id == competition_id, IS_WAITING)))


def may_still_be_set_up(session: Session, competition: Competition, event_id: int) -> bool:
    """Whether an event is a later stage of a competition that is being marked: drawn and seated when its turn comes."""
    return event_id in later_stages(session, competition)


def later_stages(session: Session, competition: Competition) -> frozenset[int]:
    """All events for which `may_still_be_set_up` holds; whoever is marked there keeps draw and panels as they are."""
    if competition.state is not CompetitionState.MARKING:
        return frozenset()
    return frozenset(stages_of(session, competition.id))
