"""The use case that adds a stage after an event, also while judges are marking: nobody is in it yet."""

from dataclasses import dataclass

from competitions.events.defining import event_of, require_free_name
from competitions.events.likeness import event_like
from competitions.setup import EmptyNameError, locked_competition, require_state
from competitions.stages.lines import Line
from competitions.stages.linking import OPEN_STATES, StageTakenError
from competitions.stages.models import EventStage
from competitions.stages.reading import next_of
from core.audit import record
from core.auth import Actor
from core.db import transaction


@dataclass(frozen=True, slots=True)
class AddStage:
    """A new event that follows another by a line, with the other's form, occupation, prizes and modules."""

    competition_id: int
    follows_id: int
    name: str
    line: Line
    actor: Actor


def add_stage(command: AddStage) -> int:
    """Store the event and its place after the other, and return its id.

    An event that registration fills cannot come any more once marking has begun, since whoever is entered for it would
    have to be registered. A stage changes nothing for anybody who is being marked.

    Raises:
        EmptyNameError: no name.
        NameTakenError: the competition has an event of this name and group.
        StageTakenError: the other has a next stage already.
        WrongStateError: marking is over.
        NotFoundError: no such event in this competition.
    """
    name = command.name.strip()
    if not name:
        raise EmptyNameError("请填写新阶段的名称，例如“焊工决赛”")
    with transaction() as session:
        competition = locked_competition(session, command.competition_id)
        require_state(competition, OPEN_STATES, "评分已经结束，阶段不能再改；要改请先退回评分")
        earlier = event_of(session, competition.id, command.follows_id)
        require_free_name(competition, name, earlier.group_name)
        taken = next_of(session, earlier.id)
        if taken is not None:
            raise StageTakenError("“%(earlier)s”已有下一阶段“%(next)s”", earlier=earlier.title, next=taken.event.title)
        event = event_like(earlier, competition.id)
        event.name, event.position = name, max(other.position for other in competition.events) + 1
        session.add(event)
        session.flush()
        line = command.line
        session.add(EventStage(event_id=event.id, follows_id=earlier.id, measure=line.measure, value=line.value))
        detail = {"name": name, "follows": earlier.id, "line": str(line)}
        record(session, command.actor.act("stage.added", f"event:{event.id}", competition.id, detail))
        return event.id
