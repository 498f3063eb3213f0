"""The use cases that say of a stage that it was not held, and why; or that it is held after all."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import current_app
from sqlalchemy.orm import Session

from competitions.events.defining import event_of
from competitions.models import Competition
from competitions.setup import locked_competition, require_state
from competitions.stages.linking import OPEN_STATES, StageTakenError
from competitions.stages.models import EventStage
from competitions.stages.reading import next_held
from core.audit import record
from core.auth import Actor
from core.db import transaction
from core.errors import ConflictError, InvalidInputError, NotFoundError

LONGEST_REASON = 300
HasMarks = Callable[[int], bool]


class NotHeldReasonError(InvalidInputError):
    """A stage that was not held wants a reason."""

    code = "not_held_reason"


@dataclass(frozen=True, slots=True)
class CallOffStage:
    """Say that a stage was not held. The result of the stage before it is the last, or fills the one after it."""

    competition_id: int
    event_id: int
    reason: str
    actor: Actor


@dataclass(frozen=True, slots=True)
class HoldStage:
    """Say that a stage is held after all."""

    competition_id: int
    event_id: int
    actor: Actor


def call_off_stage(command: CallOffStage, has_marks: HasMarks) -> None:
    """Store that a stage was not held, and why. Untouched sheets go; who was taken on stays on record.

    Args:
        command: which stage.
        has_marks: tells whether an event has any mark.

    Raises:
        NotHeldReasonError: no reason, or one too long.
        StageTakenError: judges have marked there: it was held.
        ConflictError: it is so already.
        WrongStateError: marking is over.
        NotFoundError: no such event in this competition, or it follows none.
    """
    reason = command.reason.strip()
    if not reason or len(reason) > LONGEST_REASON:
        raise NotHeldReasonError(
            "请写明没有举行的理由（最多 %(most)s 字），例如：因台风取消，按初赛成绩定奖", most=LONGEST_REASON
        )
    with transaction() as session:
        competition, stage = _stage(session, command.competition_id, command.event_id)
        if not stage.is_held:
            raise ConflictError("“%(event)s”已登记为没有举行", event=stage.event.title)
        if has_marks(stage.event_id):
            raise StageTakenError("“%(event)s”已有裁判打过分，不能登记为没有举行", event=stage.event.title)
        stage.not_held_reason = reason
        session.flush()
        current_app.config["SEATS_CHANGED"](session, stage.event_id)
        target = f"event:{stage.event_id}"
        record(session, command.actor.act("stage.called_off", target, competition.id, {"reason": reason}))


def hold_stage(command: HoldStage) -> None:
    """Take back that a stage was not held.

    Raises:
        ConflictError: nobody has said so.
        StageTakenError: a stage after it was filled from before it meanwhile.
        WrongStateError: marking is over.
        NotFoundError: as in `call_off_stage`.
    """
    with transaction() as session:
        competition, stage = _stage(session, command.competition_id, command.event_id)
        if stage.is_held:
            raise ConflictError("“%(event)s”没有登记为没有举行", event=stage.event.title)
        later = next_held(session, stage.event_id)
        if later is not None and later.event.entrants:
            raise StageTakenError(
                "“%(next)s”已按更早阶段的成绩带入选手，“%(event)s”不能再恢复",
                next=later.event.title,
                event=stage.event.title,
            )
        reason, stage.not_held_reason = stage.not_held_reason, ""
        session.flush()
        detail = {"reason_before": reason}
        record(session, command.actor.act("stage.held", f"event:{stage.event_id}", competition.id, detail))


def _stage(session: Session, competition_id: int, event_id: int) -> tuple[Competition, EventStage]:
    competition = locked_competition(session, competition_id)
    require_state(competition, OPEN_STATES, "评分已经结束，阶段不能再改；要改请先退回评分")
    event = event_of(session, competition.id, event_id)
    stage = session.get(EventStage, event.id)
    if stage is None:
        raise NotFoundError("“%(event)s”不承接别的赛项", event=event.title)
    return competition, stage
