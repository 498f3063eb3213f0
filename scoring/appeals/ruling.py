"""What is done about an appeal: the chief judge explains, the arbitration panel takes it up or not, and rules."""

from dataclasses import dataclass

from core.auth import Actor
from core.db import transaction
from core.errors import NotAllowedError, NotFoundError
from core.permissions import Role
from scoring.appeals.filing import add_step
from scoring.appeals.models import Appeal
from scoring.appeals.states import AppealState, StepKind


class OwnCaseError(NotAllowedError):
    """Nobody rules on what they marked, confirmed or explained themselves."""

    code = "own_case"


@dataclass(frozen=True, slots=True)
class TakeStep:
    """Explain, accept, refuse, uphold or dismiss."""

    competition_id: int
    appeal_id: int
    kind: StepKind
    words: str
    actor: Actor


def take_step(command: TakeStep) -> AppealState:
    """Store a step and return where the appeal stands then. Of two who rule at once, the second is told.

    Raises:
        NotFoundError: no such appeal in this competition.
        OwnCaseError: who rules is chief judge here, or has explained the marks.
        AppealStateError, AppealWordsError: as `scoring.appeals.states.require_step`.
    """
    with transaction() as session:
        appeal = session.get(Appeal, command.appeal_id, with_for_update=True)
        if appeal is None or appeal.competition_id != command.competition_id:
            raise NotFoundError("没有这件申诉")
        if command.kind is not StepKind.EXPLAINED:
            _require_impartial(appeal, command.actor)
        add_step(session, appeal, command.kind, command.words, command.actor)
        return appeal.state


def _require_impartial(appeal: Appeal, actor: Actor) -> None:
    is_chief = Role.CHIEF_JUDGE in actor.roles.get(appeal.competition_id, frozenset())
    if is_chief or any(step.taker == actor.key for step in appeal.steps if step.kind is StepKind.EXPLAINED):
        raise OwnCaseError("申诉由没有参与评分的人裁定；裁判长可以写情况说明")
