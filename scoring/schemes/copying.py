"""The newest scheme and the choices about judging of events go along to events that are set up as these were."""

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from competitions.models import Event
from core.audit import record
from core.auth import Actor
from core.clock import now
from scoring.jury.models import JudgingSetting
from scoring.models import SchemeVersion
from scoring.sheets.opening import current_schemes


def copy_marking(session: Session, events: Mapping[int, int], actor: Actor) -> int:
    """Give each new event the scheme in force of the old one as its first version, inside an open transaction.

    Args:
        session: of the transaction.
        events: old event's id → new event's id.
        actor: who is recorded as having adopted the schemes.

    Returns:
        How many schemes were copied.
    """
    versions = current_schemes(session, list(events))
    for old_id, version in versions.items():
        event = session.get_one(Event, events[old_id])
        copied = SchemeVersion(
            event_id=event.id,
            number=1,
            document=version.document,
            source_name=version.source_name,
            warnings=version.warnings,
            adopted_at=now(),
            adopted_by=actor.key,
        )
        session.add(copied)
        detail = {"number": 1, "file": version.source_name, "from_version": version.id}
        record(session, actor.act("scheme.adopted", f"event:{event.id}", event.competition_id, detail))
    settings = select(JudgingSetting).where(JudgingSetting.event_id.in_(events))
    for setting in session.scalars(settings).all():
        session.add(
            JudgingSetting(
                event_id=events[setting.event_id],
                is_blind=setting.is_blind,
                contestant_signs=setting.contestant_signs,
                changed_at=now(),
                changed_by=actor.name,
            )
        )
    return len(versions)
