"""Opening marks before all seats have handed in, with a reason on record; choosing whether they are closed at all."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from competitions.events.defining import event_of
from competitions.models import Event
from core.audit import record
from core.auth import Actor
from core.clock import now
from core.db import transaction
from core.errors import ConflictError, InvalidInputError, NotAllowedError
from scoring.four_eyes.hands import hands_of
from scoring.four_eyes.refusing import in_event
from scoring.jury.blindness import is_blind, may_see
from scoring.jury.models import EarlyLook, JudgingSetting
from scoring.models import ScoreSheet
from scoring.sheets.review import sheet_in
from scoring.states import SheetState


@dataclass(frozen=True, slots=True)
class OpenEarly:
    """See the marks of a sheet's entrant and module although not all seats have handed in."""

    competition_id: int
    sheet_id: int
    reason: str
    actor: Actor


def open_early(command: OpenEarly) -> None:
    """Open the marks of one entrant in one module to one person, with the reason on record.

    Raises:
        NotFoundError: no such sheet in this competition.
        InvalidInputError: no reason.
        NotAllowedError: the person has to hand in a sheet there, and would see the others' marks before.
        ConflictError: nothing is closed.
    """
    if not command.reason.strip():
        raise InvalidInputError("请写明理由，理由将记入审计记录")
    with transaction() as session:
        sheet = sheet_in(session, command.competition_id, command.sheet_id)
        place = (ScoreSheet.module_id == sheet.module_id, ScoreSheet.entrant_id == sheet.entrant_id)
        if _has_own_open(session, command.actor, command.competition_id, *place):
            raise NotAllowedError("您在这里还有自己的评分表没有提交，不能先看别人的分数")
        if may_see(session, sheet, command.actor):
            raise ConflictError("这些分数已经可以查看")
        look = EarlyLook(
            module_id=sheet.module_id,
            entrant_id=sheet.entrant_id,
            looker=command.actor.key,
            looker_name=command.actor.name,
            reason=command.reason.strip(),
            looked_at=now(),
        )
        session.add(look)
        detail = {"module": sheet.module_id, "entrant": sheet.entrant_id, "reason": look.reason}
        target = f"score_sheet:{sheet.id}"
        record(session, command.actor.act("marks.opened_early", target, command.competition_id, detail))


def _has_own_open(session: Session, actor: Actor, competition_id: int, *inside: ColumnElement[bool]) -> bool:
    """Whether the actor, who may be signed in with an account now, is to hand in one of these sheets as a judge."""
    judges = hands_of(session, actor, competition_id).judges
    query = select(ScoreSheet.id).where(*inside, ScoreSheet.state == SheetState.OPEN, ScoreSheet.judge_id.in_(judges))
    return session.scalar(query.limit(1)) is not None


@dataclass(frozen=True, slots=True)
class SetBlind:
    """Choose whether marks of an event stay closed until all seats have handed in."""

    competition_id: int
    event_id: int
    is_blind: bool
    reason: str
    actor: Actor


def set_blind(command: SetBlind) -> None:
    """Store the choice; opening the marks wants a reason, whoever has marked relied on the blindness.

    Raises:
        NotFoundError: no such event in this competition.
        InvalidInputError: opened without a reason.
        NotAllowedError: opened by somebody who has to hand in sheets of the event, and would see others' marks before.
    """
    reason = command.reason.strip()
    if not command.is_blind and not reason:
        raise InvalidInputError("请写明理由，理由将记入审计记录")
    with transaction() as session:
        event = event_of(session, command.competition_id, command.event_id)
        session.get(Event, event.id, with_for_update=True)
        if is_blind(session, event.id) is command.is_blind:
            return
        if not command.is_blind and _has_own_open(session, command.actor, command.competition_id, in_event(event.id)):
            raise NotAllowedError("您在这里还有自己的评分表没有提交，不能先看别人的分数")
        setting = session.get(JudgingSetting, event.id) or JudgingSetting(event_id=event.id)
        setting.is_blind, setting.changed_at, setting.changed_by = command.is_blind, now(), command.actor.name
        session.add(setting)
        detail = {"blind": command.is_blind, "reason": reason}
        record(session, command.actor.act("judging.blindness_set", f"event:{event.id}", command.competition_id, detail))
