"""The course of a competition as a state machine: states, moves, who may move, what must hold first."""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum

from core.errors import ConflictError, InvalidInputError, NotAllowedError
from core.messages import joined, message, said
from core.permissions import Role


class CompetitionState(StrEnum):
    """Where a competition stands, in the order in which it is held."""

    PREPARING = "preparing"
    REGISTERING = "registering"
    DRAWING = "drawing"
    MARKING = "marking"
    REVIEWING = "reviewing"
    PUBLIC_NOTICE = "public_notice"
    AWARDING = "awarding"
    ARCHIVED = "archived"
    CALLED_OFF = "called_off"
    """Not held, or made by mistake; beside the course, not a step of it."""


STATE_NAMES = {
    CompetitionState.PREPARING: message("筹备"),
    CompetitionState.REGISTERING: message("报名"),
    CompetitionState.DRAWING: message("抽签"),
    CompetitionState.MARKING: message("评分"),
    CompetitionState.REVIEWING: message("复核"),
    CompetitionState.PUBLIC_NOTICE: message("公示"),
    CompetitionState.AWARDING: message("颁证"),
    CompetitionState.ARCHIVED: message("归档"),
    CompetitionState.CALLED_OFF: message("停办"),
}

COURSE = tuple(state for state in CompetitionState if state is not CompetitionState.CALLED_OFF)
"""The states through which a competition goes when it is held."""


class Condition(StrEnum):
    """A fact that a move may ask for. Whoever asks to move finds out which of them hold."""

    EVENTS_DEFINED = "events_defined"
    DATES_SET = "dates_set"
    CONTESTANTS_REGISTERED = "contestants_registered"
    ROSTER_SETTLED = "roster_settled"
    NO_MARKS_YET = "no_marks_yet"
    DRAWS_MADE = "draws_made"
    SCHEMES_ADOPTED = "schemes_adopted"
    PANELS_COMPLETE = "panels_complete"
    CONFLICTS_SETTLED = "conflicts_settled"
    SHEETS_CONFIRMED = "sheets_confirmed"
    RESULTS_FINAL = "results_final"
    NOTICE_PERIOD_OVER = "notice_period_over"
    NO_CERTIFICATES_IN_FORCE = "no_certificates_in_force"
    CERTIFICATES_ISSUED = "certificates_issued"


CONDITION_SENTENCES = {
    Condition.EVENTS_DEFINED: message("至少要有一个赛项，且每个赛项都有模块"),
    Condition.DATES_SET: message("竞赛的开始日期和结束日期要先定下来"),
    Condition.CONTESTANTS_REGISTERED: message("每个赛项都要有选手"),
    Condition.ROSTER_SETTLED: message("报名表预览要先导入或放弃，代表队报送的人员要先审核，不能悬着"),
    Condition.NO_MARKS_YET: message("已有裁判打过分，不能退回"),
    Condition.DRAWS_MADE: message("每个需要抽签的赛项都要抽完签"),
    Condition.SCHEMES_ADOPTED: message("每个赛项都要有已采用的评分方案"),
    Condition.PANELS_COMPLETE: message("每个评分模块的裁判组都要排满"),
    Condition.CONFLICTS_SETTLED: message("裁判回避的提示要逐条处理"),
    Condition.SHEETS_CONFIRMED: message("所有评分表都要由裁判长确认"),
    Condition.RESULTS_FINAL: message("每个赛项的成绩都要计算、复核并公示"),
    Condition.NOTICE_PERIOD_OVER: message("公示期满后，每个赛项都要公布最终成绩"),
    Condition.NO_CERTIFICATES_IN_FORCE: message("已有生效的证书，要先撤销"),
    Condition.CERTIFICATES_ISSUED: message("应发的证书要全部发出"),
}


class UnknownMoveError(ConflictError):
    """The competition cannot go from where it stands to the state asked for."""

    code = "unknown_move"


class MoveNotAllowedError(NotAllowedError):
    """The move exists, but not for this person."""

    code = "move_not_allowed"


class UnmetConditionError(ConflictError):
    """Something has to be done before this move; `conditions` names what."""

    code = "unmet_condition"

    def __init__(self, target: CompetitionState, conditions: tuple[Condition, ...]) -> None:
        super().__init__(
            "还不能转到“%(target)s”：%(conditions)s",
            target=said(STATE_NAMES[target]),
            conditions=joined((said(CONDITION_SENTENCES[condition]) for condition in conditions), message("；")),
        )
        self.conditions = conditions


class MissingReasonError(InvalidInputError):
    """A move back, or a calling off, is recorded with a reason, and none was given."""

    code = "missing_reason"


@dataclass(frozen=True, slots=True)
class Move:
    """One step of the course. `needs_reason` is true for every step that is not forward."""

    source: CompetitionState
    target: CompetitionState
    roles: frozenset[Role]
    conditions: tuple[Condition, ...]
    needs_reason: bool


_ORGANISER = frozenset({Role.ORGANISER})
_JUDGING = frozenset({Role.ORGANISER, Role.CHIEF_JUDGE})
_S = CompetitionState
_C = Condition

MOVES: tuple[Move, ...] = (
    Move(_S.PREPARING, _S.REGISTERING, _ORGANISER, (_C.EVENTS_DEFINED, _C.DATES_SET), needs_reason=False),
    Move(
        _S.REGISTERING,
        _S.DRAWING,
        _ORGANISER,
        (_C.CONTESTANTS_REGISTERED, _C.ROSTER_SETTLED),
        needs_reason=False,
    ),
    Move(
        _S.DRAWING,
        _S.MARKING,
        _ORGANISER,
        (_C.DRAWS_MADE, _C.SCHEMES_ADOPTED, _C.PANELS_COMPLETE, _C.CONFLICTS_SETTLED),
        needs_reason=False,
    ),
    Move(_S.MARKING, _S.REVIEWING, _JUDGING, (_C.SHEETS_CONFIRMED,), needs_reason=False),
    Move(_S.REVIEWING, _S.PUBLIC_NOTICE, _ORGANISER, (_C.RESULTS_FINAL,), needs_reason=False),
    Move(
        _S.PUBLIC_NOTICE,
        _S.AWARDING,
        _ORGANISER,
        (_C.NOTICE_PERIOD_OVER,),
        needs_reason=False,
    ),
    Move(_S.AWARDING, _S.ARCHIVED, _ORGANISER, (_C.CERTIFICATES_ISSUED,), needs_reason=False),
    Move(_S.REGISTERING, _S.PREPARING, _ORGANISER, (), needs_reason=True),
    Move(_S.DRAWING, _S.REGISTERING, _ORGANISER, (_C.NO_MARKS_YET,), needs_reason=True),
    Move(_S.MARKING, _S.DRAWING, _ORGANISER, (_C.NO_MARKS_YET,), needs_reason=True),
    Move(_S.REVIEWING, _S.MARKING, _JUDGING, (), needs_reason=True),
    # An appeal that is upheld sends the results back to review; what was published stays in its snapshot.
    Move(_S.PUBLIC_NOTICE, _S.REVIEWING, _ORGANISER, (), needs_reason=True),
    Move(_S.AWARDING, _S.REVIEWING, _ORGANISER, (_C.NO_CERTIFICATES_IN_FORCE,), needs_reason=True),
    Move(_S.ARCHIVED, _S.AWARDING, _ORGANISER, (), needs_reason=True),
    # Only before marking: what judges have marked is not put aside, it is reviewed.
    Move(_S.PREPARING, _S.CALLED_OFF, _ORGANISER, (), needs_reason=True),
    Move(_S.REGISTERING, _S.CALLED_OFF, _ORGANISER, (), needs_reason=True),
    Move(_S.DRAWING, _S.CALLED_OFF, _ORGANISER, (_C.NO_MARKS_YET,), needs_reason=True),
    Move(_S.CALLED_OFF, _S.PREPARING, _ORGANISER, (), needs_reason=True),
)


def moves_from(state: CompetitionState, roles: Iterable[Role] | None = None) -> tuple[Move, ...]:
    """The moves that lead out of a state, the step forward first.

    Args:
        state: where the competition stands.
        roles: the roles of the person who asks; None for the moves of everybody.

    Returns:
        Moves in the order of `MOVES`; whether their conditions hold is not asked.
    """
    held = None if roles is None else frozenset(roles)
    return tuple(move for move in MOVES if move.source is state and (held is None or not held.isdisjoint(move.roles)))


def unmet_conditions(move: Move, facts: AbstractSet[Condition]) -> tuple[Condition, ...]:
    """What still has to hold before a move, in the order in which it should be done.

    Args:
        move: one of `MOVES`.
        facts: the conditions that hold now.
    """
    return tuple(condition for condition in move.conditions if condition not in facts)


def state_after(
    state: CompetitionState,
    target: CompetitionState,
    *,
    roles: Iterable[Role],
    facts: AbstractSet[Condition],
    reason: str = "",
) -> CompetitionState:
    """The state after a move that this person may make now.

    Args:
        state: where the competition stands.
        target: where it shall go.
        roles: the roles that the person holds in this competition.
        facts: the conditions that hold now.
        reason: why it goes back; ignored on the way forward.

    Returns:
        `target`.

    Raises:
        UnknownMoveError: no such move.
        MoveNotAllowedError: not for these roles.
        MissingReasonError: a step back without a reason.
        UnmetConditionError: something has to be done first.
    """
    move = next((m for m in MOVES if m.source is state and m.target is target), None)
    if move is None:
        raise UnknownMoveError(
            "竞赛不能从“%(source)s”转到“%(target)s”", source=STATE_NAMES[state], target=STATE_NAMES[target]
        )
    if move.roles.isdisjoint(roles):
        raise MoveNotAllowedError("您的角色不能把竞赛转到“%(target)s”", target=STATE_NAMES[target])
    if move.needs_reason and not reason.strip():
        raise MissingReasonError("转到“%(target)s”要写明理由", target=STATE_NAMES[target])
    unmet = unmet_conditions(move, facts)
    if unmet:
        raise UnmetConditionError(target, unmet)
    return target
