"""The course of an appeal as a state machine, and when the time for one is over. Pure."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum

from core.errors import ConflictError, InvalidInputError
from core.messages import message, said


class StepKind(StrEnum):
    """What somebody did about an appeal."""

    EXPLAINED = "explained"
    """The chief judge said how the marks came about; for those who rule, it changes nothing."""
    ACCEPTED = "accepted"
    REFUSED = "refused"
    UPHELD = "upheld"
    DISMISSED = "dismissed"
    WITHDRAWN = "withdrawn"


class AppealState(StrEnum):
    """Where an appeal stands."""

    FILED = "filed"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    UPHELD = "upheld"
    DISMISSED = "dismissed"
    WITHDRAWN = "withdrawn"


OPEN_STATES = (AppealState.FILED, AppealState.ACCEPTED)
"""States in which a ruling is still owed."""

STATE_NAMES = {
    AppealState.FILED: message("待受理"),
    AppealState.ACCEPTED: message("已受理，待裁定"),
    AppealState.REFUSED: message("不予受理"),
    AppealState.UPHELD: message("申诉成立"),
    AppealState.DISMISSED: message("维持原成绩"),
    AppealState.WITHDRAWN: message("已撤回"),
}
STATE_TONES = {
    AppealState.FILED: "blocked",
    AppealState.ACCEPTED: "waiting",
    AppealState.REFUSED: "off",
    AppealState.UPHELD: "done",
    AppealState.DISMISSED: "done",
    AppealState.WITHDRAWN: "off",
}

_MAY_FOLLOW = {
    StepKind.EXPLAINED: OPEN_STATES,
    StepKind.ACCEPTED: (AppealState.FILED,),
    StepKind.REFUSED: (AppealState.FILED,),
    StepKind.UPHELD: (AppealState.ACCEPTED,),
    StepKind.DISMISSED: (AppealState.ACCEPTED,),
    StepKind.WITHDRAWN: OPEN_STATES,
}
_NEEDS_WORDS = (StepKind.EXPLAINED, StepKind.REFUSED, StepKind.UPHELD, StepKind.DISMISSED)


class AppealStateError(ConflictError):
    """The appeal does not stand where this may be done; somebody else was first, perhaps."""

    code = "appeal_state"


class AppealWordsError(InvalidInputError):
    """Whoever appeals is owed a reason, and the record needs it."""

    code = "appeal_words"


def state_of(steps: Iterable[StepKind]) -> AppealState:
    """Where an appeal stands after these steps, the oldest first."""
    state = AppealState.FILED
    for step in steps:
        if step is not StepKind.EXPLAINED:
            state = AppealState(step.value)
    return state


def require_step(state: AppealState, kind: StepKind, words: str) -> None:
    """Stop a step that does not follow, or that owes words.

    Args:
        state: where the appeal stands.
        kind: what is to be done.
        words: what is said with it.

    Raises:
        AppealStateError: the appeal is closed already, or has to be accepted first.
        AppealWordsError: a refusal, a ruling or an explanation without words.
    """
    if state not in _MAY_FOLLOW[kind]:
        raise AppealStateError("这件申诉现在是“%(state)s”，不能再作此处理", state=said(STATE_NAMES[state]))
    if kind in _NEEDS_WORDS and not words.strip():
        raise AppealWordsError("请写明事实和理由；申诉人有权知道为什么")


def due_after(shown_at: datetime, hours: int | None) -> datetime | None:
    """When the time for appeals is over; None where the competition has laid down no number of hours.

    Args:
        shown_at: when the result was shown.
        hours: the competition's `appeal_hours`.

    Source: 「申诉最迟应在…后2小时内提出,超过时效将不予受理」, the number of hours differing by competition.
    """
    return None if hours is None else shown_at + timedelta(hours=hours)
