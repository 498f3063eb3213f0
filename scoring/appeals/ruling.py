"""What is done about an appeal: the chief judge explains, the arbitration panel takes it up or not, and rules."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from core.auth import Actor
from core.db import transaction
from core.errors import NotAllowedError, NotFoundError
from core.permissions import Role
from scoring.appeals.filing import add_step
from scoring.appeals.models import Appeal
from scoring.appeals.states import AppealState, StepKind
from scoring.four_eyes.hands import hands_of, own_sheets
from scoring.four_eyes.refusing import in_event


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
        OwnCaseError: who rules is chief judge here, has explained the marks, or marked in the event as a judge.
        AppealStateError, AppealWordsError: as `scoring.appeals.states.require_step`.
    """
    with transaction() as session:
        appeal = session.get(Appeal, command.appeal_id, with_for_update=True)
        if appeal is None or appeal.competition_id != command.competition_id:
            raise NotFoundError("没有这件申诉")
        if command.kind is not StepKind.EXPLAINED:
            _require_impartial(session, appeal, command.actor)
        add_step(session, appeal, command.kind, command.words, command.actor)
        return appeal.state


def _require_impartial(session: Session, appeal: Appeal, actor: Actor) -> None:
    hands = hands_of(session, actor, appeal.competition_id)
    is_chief = Role.CHIEF_JUDGE in actor.roles.get(appeal.competition_id, frozenset())
    has_explained = any(
        step.taker in hands.keys | {actor.key} for step in appeal.steps if step.kind is StepKind.EXPLAINED
    )
    if is_chief or has_explained or own_sheets(session, hands, in_event(appeal.event_id)):
        raise OwnCaseError("申诉由没有参与评分的人裁定；裁判长可以写情况说明")
