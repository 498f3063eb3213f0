"""The use cases that choose how contestants are called in public, for a competition and for who asks."""

from dataclasses import dataclass

from sqlalchemy import select

from competitions.models import Contestant, Entrant, Event, NameDisplay
from competitions.registration.entrants import contestant_of
from competitions.setup import locked_competition
from core.audit import record
from core.auth import Actor
from core.db import db, transaction
from core.errors import ConflictError, InvalidInputError

LONGEST_REASON = 300


@dataclass(frozen=True, slots=True)
class SetNameDisplay:
    """Say how a competition calls its contestants in public. It holds at once, for what is published already too."""

    competition_id: int
    display: NameDisplay
    actor: Actor


def set_name_display(command: SetNameDisplay) -> None:
    """Store the choice; the same again changes nothing.

    Raises:
        NotFoundError: no such competition.
    """
    with transaction() as session:
        competition = locked_competition(session, command.competition_id)
        before = competition.name_display
        if before is command.display:
            return
        competition.name_display = command.display
        detail = {"from": before.value, "to": command.display.value}
        target = f"competition:{competition.id}"
        record(session, command.actor.act("competition.names_shown", target, competition.id, detail))


@dataclass(frozen=True, slots=True)
class HideName:
    """Hide a person's name in public at her request, or show it again."""

    competition_id: int
    contestant_id: int
    is_hidden: bool
    reason: str
    actor: Actor


def hide_name(command: HideName) -> None:
    """Store it for every registration of the person in this competition; each has a line in the audit record.

    Raises:
        InvalidInputError: no reason, or one too long.
        ConflictError: it is so already.
        NotFoundError: no such contestant in this competition.
    """
    reason = command.reason.strip()
    if not reason or len(reason) > LONGEST_REASON:
        raise InvalidInputError("请写明理由和依据（最多 %(most)s 字），例如：本人书面申请的日期", most=LONGEST_REASON)
    with transaction() as session:
        competition = locked_competition(session, command.competition_id)
        asked = contestant_of(competition.id, command.contestant_id)
        if asked.is_name_hidden is command.is_hidden:
            raise ConflictError("这名选手的姓名已经是这样显示的")
        query = select(Contestant).join(Contestant.entrant).join(Entrant.event)
        own = query.where(Event.competition_id == competition.id, Contestant.person_id == asked.person_id)
        action = "contestant.name_hidden" if command.is_hidden else "contestant.name_shown"
        for contestant in session.scalars(own.order_by(Contestant.id)):
            contestant.is_name_hidden = command.is_hidden
            target = f"contestant:{contestant.id}"
            record(session, command.actor.act(action, target, competition.id, {"reason": reason}))


def hidden_at_request(competition_id: int) -> list[Contestant]:
    """Who asked not to be named, by event and name."""
    query = select(Contestant).join(Contestant.person).join(Contestant.entrant).join(Entrant.event)
    query = query.where(Event.competition_id == competition_id, Contestant.is_name_hidden)
    return list(db.session.scalars(query.order_by(Event.position, Contestant.id)))
