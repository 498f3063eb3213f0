"""The use case that sets a new competition up as an earlier one was, in one transaction: all of it or nothing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from competitions.copying.timetable import CopyTimetable, sessions_like, sessions_to_copy, shift_of
from competitions.events.likeness import event_like
from competitions.models import Competition, Delegation, Event
from competitions.setup import CompetitionFacts, CreateCompetition, add_competition
from competitions.stages.models import EventStage
from competitions.stages.reading import stages_of
from core.audit import record
from core.auth import Actor
from core.db import transaction
from core.errors import NotFoundError

CopyMarking = Callable[[Session, Mapping[int, int], Actor], int]
"""Copies what the package above knows of events, given old id → new id; returns how many schemes that were."""


@dataclass(frozen=True, slots=True)
class CopyCompetition:
    """Set a new competition up as another was. What is said of it itself (title, dates, hosts, rules) is given anew.

    `timetable` is None where no session is to come along.
    """

    source_id: int
    facts: CompetitionFacts
    actor: Actor
    timetable: CopyTimetable | None = None


def copy_competition(command: CopyCompetition, copy_marking: CopyMarking) -> int:
    """Store the new competition and return its id; who makes it becomes its organiser.

    Events come with their modules, occupations, prizes, stages and marking schemes, delegations with their homes;
    sessions, when asked for, as drafts on the days of the new competition. People (contestants, judges, leaders,
    colleagues), notices, draws, marks and certificates stay where they are.

    Args:
        command: which, and what is said anew.
        copy_marking: what the package above copies.

    Raises:
        NotFoundError: no such competition to copy.
        TimetableDayError: the timetable would begin nowhere near the competition.
        EmptyNameError, DatesError, NameTakenError, UnknownPackError: as `competitions.setup.create_competition`.
        OutOfReachError, ClosedOrganisationError: as `competitions.setup.create_competition`.
    """
    with transaction() as session:
        source = session.get(Competition, command.source_id)
        if source is None:
            raise NotFoundError("没有这项竞赛")
        # A copy stays where the earlier one is: nobody takes a set-up along to another organisation.
        made = add_competition(session, CreateCompetition(command.facts, command.actor, source.organisation_id))
        made.name_display = source.name_display
        session.add_all(
            Delegation(competition_id=made.id, name=old.name, position=old.position, home=old.home)
            for old in source.delegations
        )
        pairs = {old: event_like(old, made.id) for old in source.events}
        session.add_all(pairs.values())
        session.flush()
        ids = {old.id: new.id for old, new in pairs.items()}
        session.add_all(
            EventStage(event_id=ids[row.event_id], follows_id=ids[row.follows_id], measure=row.measure, value=row.value)
            for row in stages_of(session, source.id).values()
        )
        schemes = copy_marking(session, ids, command.actor)
        detail = {
            "from": source.id,
            "title": source.title,
            "events": [event.title for event in source.events],
            "delegations": len(source.delegations),
            "schemes": schemes,
        }
        if command.timetable is not None:
            detail |= _copy_timetable(session, command.timetable, (source, made), pairs)
        record(session, command.actor.act("competition.copied", f"competition:{made.id}", made.id, detail))
        return made.id


def _copy_timetable(
    session: Session, how: CopyTimetable, of: tuple[Competition, Competition], events: Mapping[Event, Event]
) -> dict[str, int]:
    """Store the sessions of the first competition for the second; how many, and by how many days they moved."""
    source, made = of
    held = sessions_to_copy(session, source.id)
    if not held:
        return {"sessions": 0}
    shift = shift_of(held, source, made, how.first_day)
    session.add_all(sessions_like(held, made.id, events, shift))
    return {"sessions": len(held), "days": shift.days}
