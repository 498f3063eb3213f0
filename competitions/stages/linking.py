"""The use case that says which event an event follows, and by what line people go on."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from competitions.events.defining import event_of
from competitions.lifecycle import CompetitionState
from competitions.models import Entrant, Event
from competitions.setup import locked_competition, require_state
from competitions.stages.lines import Line
from competitions.stages.models import EventStage
from competitions.stages.reading import next_of
from core.audit import record
from core.auth import Actor
from core.db import transaction
from core.errors import ConflictError, InvalidInputError

OPEN_STATES = (
    CompetitionState.PREPARING,
    CompetitionState.REGISTERING,
    CompetitionState.DRAWING,
    CompetitionState.MARKING,
)
"""While stages may be arranged and people carried on; afterwards the competition has to be taken back to marking."""


class StageOrderError(InvalidInputError):
    """An event cannot follow that one."""

    code = "stage_order"


class StageTakenError(ConflictError):
    """Something stands on how the stages are now."""

    code = "stage_taken"


@dataclass(frozen=True, slots=True)
class SetStage:
    """Have an event follow another by a line; `follows_id` None: by registration again."""

    competition_id: int
    event_id: int
    follows_id: int | None
    line: Line | None
    actor: Actor


def set_stage(command: SetStage) -> None:
    """Store what an event follows and the line. The line alone may be changed until somebody was carried on.

    Raises:
        StageOrderError: the event itself, one after it, one of another form, or no line.
        StageTakenError: the event has entrants, or the other one has a next stage already.
        WrongStateError: marking is over.
        NotFoundError: no such event in this competition.
    """
    with transaction() as session:
        competition = locked_competition(session, command.competition_id)
        require_state(competition, OPEN_STATES, "评分已经结束，阶段不能再改；要改请先退回评分")
        event = event_of(session, competition.id, command.event_id)
        if session.scalar(select(Entrant.id).where(Entrant.event_id == event.id).limit(1)):
            raise StageTakenError("“%(event)s”已有选手，不能再改它承接哪个赛项", event=event.title)
        row = session.get(EventStage, event.id)
        if command.follows_id is None:
            if row is not None:
                session.delete(row)
                record(session, command.actor.act("stage.removed", f"event:{event.id}", competition.id))
            return
        if command.line is None:
            raise StageOrderError("请写明晋级线")
        earlier = event_of(session, competition.id, command.follows_id)
        _check(session, event, earlier)
        if row is None:
            row = EventStage(event_id=event.id)
            session.add(row)
        row.follows_id, row.measure, row.value = earlier.id, command.line.measure, command.line.value
        detail = {"follows": earlier.id, "line": str(command.line)}
        record(session, command.actor.act("stage.set", f"event:{event.id}", competition.id, detail))


def _check(session: Session, event: Event, earlier: Event) -> None:
    if earlier.form is not event.form:
        raise StageOrderError(
            "“%(event)s”和“%(earlier)s”的参赛形式不同，不能承接", event=event.title, earlier=earlier.title
        )
    taken = next_of(session, earlier.id)
    if taken is not None and taken.event_id != event.id:
        raise StageTakenError("“%(earlier)s”已有下一阶段“%(next)s”", earlier=earlier.title, next=taken.event.title)
    before: int | None = earlier.id
    while before is not None:
        if before == event.id:
            raise StageOrderError("“%(event)s”不能排在自己后面", event=event.title)
        stage = session.get(EventStage, before)
        before = stage.follows_id if stage else None
