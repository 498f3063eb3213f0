"""What marking and results contribute to the course of a competition."""

from sqlalchemy import select

from competitions.course.steps import CourseFacts, EventProgress
from competitions.lifecycle import Condition
from competitions.models import Event
from competitions.stages.reading import not_held, waiting_events
from core.db import db
from scoring.course_tasks import tasks_of
from scoring.models import Publication, SchemeVersion
from scoring.results.standings import published_of_events
from scoring.sheets.board import Progress, progress


def facts(competition_id: int) -> CourseFacts:
    """Conditions that hold and the progress of every event, without certificates. Thirteen queries."""
    all_events = progress(competition_id)
    off = not_held(db.session(), competition_id)
    found = [p for p in all_events if p.event_id not in off]
    event_ids = [p.event_id for p in found]
    published = published_of_events(event_ids)
    schemes = set(db.session.scalars(select(SchemeVersion.event_id).where(SchemeVersion.event_id.in_(event_ids))))
    final = set(
        db.session.scalars(
            select(Publication.event_id).join(Event).where(Event.competition_id == competition_id, Publication.is_final)
        )
    )
    empty = any(p.total == 0 for p in found)  # else nobody waits, and nothing is asked
    waiting = waiting_events(db.session(), competition_id) if empty else frozenset()
    holds = {
        Condition.NO_MARKS_YET: all(p.marked == 0 for p in found),
        Condition.SCHEMES_ADOPTED: bool(found) and schemes >= set(event_ids) - waiting,
        Condition.SHEETS_CONFIRMED: bool(found) and all(p.total > 0 and p.confirmed == p.total for p in found),
        Condition.RESULTS_FINAL: bool(found) and published.keys() >= set(event_ids),
        Condition.NOTICE_PERIOD_OVER: bool(found) and final >= set(event_ids),
    }
    return CourseFacts(
        held=frozenset(condition for condition, is_so in holds.items() if is_so),
        progress=tuple(_event_progress(p, p.event_id in published) for p in all_events),
        tasks=tasks_of(competition_id, waiting),
    )


def _event_progress(found: Progress, is_published: bool) -> EventProgress:
    return EventProgress(
        event_id=found.event_id,
        sheets_total=found.total,
        sheets_submitted=found.submitted,
        sheets_confirmed=found.confirmed,
        is_published=is_published,
        certificates=0,
    )
