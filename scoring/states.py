"""The state machine of a score sheet: open → submitted → confirmed, and back only with a reason."""

from dataclasses import dataclass
from enum import StrEnum

from core.errors import ConflictError, InvalidInputError
from core.messages import message


class SheetState(StrEnum):
    """How a score sheet stands."""

    OPEN = "open"
    SUBMITTED = "submitted"
    CONFIRMED = "confirmed"
    VACANT = "vacant"
    """The judge left before handing it in and nobody took the seat: whatever stands on it does not count."""


class SheetAction(StrEnum):
    """What is done to a sheet; the judge submits, the chief judge does the rest."""

    SUBMIT = "submit"
    CONFIRM = "confirm"
    RETURN = "return"
    UNLOCK = "unlock"


@dataclass(frozen=True, slots=True)
class Move:
    """From which state to which, and whether the record needs a reason."""

    before: SheetState
    after: SheetState
    needs_reason: bool


MOVES = {
    SheetAction.SUBMIT: Move(SheetState.OPEN, SheetState.SUBMITTED, needs_reason=False),
    SheetAction.CONFIRM: Move(SheetState.SUBMITTED, SheetState.CONFIRMED, needs_reason=False),
    SheetAction.RETURN: Move(SheetState.SUBMITTED, SheetState.OPEN, needs_reason=True),
    SheetAction.UNLOCK: Move(SheetState.CONFIRMED, SheetState.OPEN, needs_reason=True),
}

STATE_NAMES = {
    SheetState.OPEN: message("评分中"),
    SheetState.SUBMITTED: message("已提交"),
    SheetState.CONFIRMED: message("已确认"),
    SheetState.VACANT: message("席位空缺"),
}


class WrongStateError(ConflictError):
    """The sheet is not in the state that the action starts from."""

    code = "wrong_state"


def after(state: SheetState, action: SheetAction, reason: str) -> SheetState:
    """The state that `action` leads to.

    Raises:
        WrongStateError: the sheet is in another state.
        InvalidInputError: the action wants a reason and none is given.
    """
    move = MOVES[action]
    if state is not move.before:
        raise WrongStateError("评分表现为“%(state)s”，不能进行此操作", state=STATE_NAMES[state])
    if move.needs_reason and not reason.strip():
        raise InvalidInputError("请写明理由，理由将记入审计记录")
    return move.after
