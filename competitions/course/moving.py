"""The moves of a competition from one state to another: who may, what must hold first, and what is recorded."""

from dataclasses import dataclass

from competitions.course.readiness import own_conditions
from competitions.course.steps import FactsOf
from competitions.judges.event_chiefs import roles_over_all
from competitions.lifecycle import CompetitionState, state_after
from competitions.setup import locked_competition
from core.audit import record
from core.auth import Actor
from core.db import transaction


@dataclass(frozen=True, slots=True)
class MoveCompetition:
    """Take a competition to another state; `reason` is asked for on the way back."""

    competition_id: int
    target: CompetitionState
    actor: Actor
    reason: str = ""


def move_competition(command: MoveCompetition, facts_of: FactsOf) -> CompetitionState:
    """Store the new state and return it. The facts are asked for inside the transaction.

    Args:
        command: where to, by whom and why.
        facts_of: gives what the packages above know of a competition.

    Raises:
        UnknownMoveError, MoveNotAllowedError, MissingReasonError, UnmetConditionError: as in `state_after`.
        NotFoundError: no such competition.
    """
    with transaction() as session:
        competition = locked_competition(session, command.competition_id)
        source = competition.state
        held = facts_of(competition.id).held | own_conditions(competition)
        competition.state = state_after(
            source,
            command.target,
            roles=roles_over_all(command.actor, competition.id),
            facts=held,
            reason=command.reason,
        )
        detail = {"from": source.value, "to": command.target.value, "reason": command.reason.strip()}
        target = f"competition:{competition.id}"
        record(session, command.actor.act("competition.moved", target, competition.id, detail))
        return command.target
