"""What certificates contribute to the course of a competition."""

from collections.abc import Mapping
from itertools import groupby

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.interfaces import ORMOption

from certificates.models import Award, Certificate, CertificateState
from competitions.course.steps import CourseFacts, EventProgress
from competitions.course.tasks import Task
from competitions.lifecycle import Condition
from competitions.models import Entrant, Event
from competitions.stages.reading import IS_NOT_HELD
from core.db import db
from core.messages import said
from core.permissions import Role
from scoring.results.standings import published_of_events


def facts(competition_id: int) -> CourseFacts:
    """Conditions that hold, and the certificates in force of every event; nothing about its sheets."""
    events = list(
        db.session.scalars(
            select(Event).where(Event.competition_id == competition_id, ~IS_NOT_HELD).order_by(Event.position)
        )
    )
    in_force = _in_force(competition_id)
    due = _due(events)
    holds = {
        Condition.NO_CERTIFICATES_IN_FORCE: not any(in_force.values()),
        # Where no event gives prizes nothing is due, and the competition can be closed.
        Condition.CERTIFICATES_ISSUED: bool(events)
        and all(number is not None and in_force.get(key, 0) >= number for key, number in due.items()),
    }
    tasks = [task for event in events if (task := _task(event, due, in_force.get(event.id, 0)))]
    return CourseFacts(
        held=frozenset(condition for condition, is_so in holds.items() if is_so),
        progress=tuple(EventProgress(event.id, 0, 0, 0, False, in_force.get(event.id, 0)) for event in events),
        tasks={Condition.CERTIFICATES_ISSUED: tasks},
    )


def _task(event: Event, due: Mapping[int, int | None], in_force: int) -> Task | None:
    """What an event with prizes still lacks."""
    if event.id not in due:
        return None
    number = due[event.id]
    if number is None:
        text = said("%(event)s的奖项还没有确定", event=event.title)
        return Task(text, Role.ORGANISER, "certificates.awards", "flag.view")
    if number <= in_force:
        return None
    text = said("%(event)s还有 %(n)s 份证书没有颁发", event=event.title, n=number - in_force)
    return Task(text, Role.ORGANISER, "certificates.list_page", "certificate.view")


def _in_force(competition_id: int) -> dict[int, int]:
    query = (
        select(Award.event_id, func.count(Certificate.id))
        .join(Award, Award.id == Certificate.award_id)
        .where(Certificate.competition_id == competition_id, Certificate.state == CertificateState.VALID)
        .group_by(Award.event_id)
    )
    return dict(db.session.execute(query).all())


def _due(events: list[Event]) -> dict[int, int | None]:
    """How many certificates each event with prizes should have; None where its awards are not settled."""
    awarded = [event.id for event in events if event.prize_rules and not event.is_demonstration]
    final = [p.snapshot_id for p in published_of_events(awarded).values() if p.is_final]
    due: dict[int, int | None] = dict.fromkeys(awarded)
    query = select(Award).where(Award.snapshot_id.in_(final)).options(_members())
    for event_id, awards in groupby(db.session.scalars(query.order_by(Award.event_id)), lambda award: award.event_id):
        stored = list(awards)
        if not any(award.is_open for award in stored):
            due[event_id] = sum(len(award.entrant.members) for award in stored if award.prize)
    return due


def _members() -> ORMOption:
    return joinedload(Award.entrant).selectinload(Entrant.members)
