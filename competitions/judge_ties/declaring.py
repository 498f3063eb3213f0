"""Declaring a tie of a judge with a contestant or a delegation, and withdrawing it; nothing is ever deleted."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from competitions.delegations.defining import delegation_of
from competitions.judge_ties.known import in_force
from competitions.judge_ties.models import KIND_NAMES, JudgeTie, JudgeTieWithdrawal
from competitions.judges.conflicts import DEFAULT_RULES, Effect, Tie
from competitions.judges.panels import judge_of, require_running
from competitions.models import Contestant, Entrant, Event, Module, Panel, Seat
from competitions.setup import locked_competition
from core.audit import record
from core.auth import Actor
from core.clock import now
from core.db import db, transaction
from core.errors import ConflictError, InvalidInputError, NotFoundError
from core.rows import row_in

LONGEST_REASON = 300
_DISCLOSED = frozenset(rule.tie for rule in DEFAULT_RULES if rule.effect is Effect.DISCLOSES)


class TieError(InvalidInputError):
    """What was written declares no tie."""

    code = "judge_tie"


class TieStandsError(ConflictError):
    """The same tie was declared already, or it was withdrawn already."""

    code = "judge_tie_stands"


@dataclass(frozen=True, slots=True)
class DeclareTie:
    """A judge has a tie of `kind` with one of `contestant_id` and `delegation_id`; the other is None."""

    competition_id: int
    judge_id: int
    kind: Tie
    contestant_id: int | None
    delegation_id: int | None
    reason: str
    actor: Actor


@dataclass(frozen=True, slots=True)
class WithdrawTie:
    """A tie does not hold, or not any more."""

    competition_id: int
    tie_id: int
    reason: str
    actor: Actor


def declare_tie(command: DeclareTie) -> int:
    """Store a tie and return its id. From now on it counts in seating, and seats held already show up as conflicts.

    A tie that only has to be told opens the decisions about the judge's seats in those events again: they were made
    without knowing of it.

    Raises:
        TieError: no reason or one too long, a kind that is not declared, not exactly one side, or a judge who would be
            a whole delegation.
        TieStandsError: the same tie is in force.
        WrongStateError: the competition is over or was called off.
        NotFoundError: no such judge, contestant or delegation in this competition.
    """
    reason = _reason(command.reason)
    if command.kind not in KIND_NAMES:
        raise TieError("请选择关系的种类")
    if (command.contestant_id is None) == (command.delegation_id is None):
        raise TieError("请选择一名选手或一个代表队")
    if command.kind is Tie.SAME_PERSON and command.contestant_id is None:
        raise TieError("“就是选手本人”要选一名选手")
    with transaction() as session:
        competition = locked_competition(session, command.competition_id)
        require_running(competition)
        judge = judge_of(session, competition.id, command.judge_id)
        side = _side(session, command)
        if _stands(session, command):
            raise TieStandsError("这名裁判的这项关系已经申报过，仍然有效")
        tie = JudgeTie(
            competition_id=competition.id,
            judge_id=judge.id,
            kind=command.kind,
            contestant_id=command.contestant_id,
            delegation_id=command.delegation_id,
            reason=reason,
            declared_at=now(),
            declared_by=command.actor.name,
        )
        session.add(tie)
        session.flush()
        reopened = _reopened(session, command) if command.kind in _DISCLOSED else []
        # The reason is personal and may have to be erased; the record, which cannot be, does without it.
        detail = {"judge": judge.id, "kind": command.kind.value, "side": side, "reopened": reopened}
        record(session, command.actor.act("judge_tie.declared", f"judge_tie:{tie.id}", competition.id, detail))
        return tie.id


def withdraw_tie(command: WithdrawTie) -> None:
    """Store why a tie holds no longer; the tie itself stays on record.

    Raises:
        TieError: no reason or one too long.
        TieStandsError: it was withdrawn already.
        WrongStateError: the competition is over or was called off.
        NotFoundError: no such tie in this competition.
    """
    reason = _reason(command.reason)
    with transaction() as session:
        competition = locked_competition(session, command.competition_id)
        require_running(competition)
        tie = row_in(session, JudgeTie, competition.id, command.tie_id, NotFoundError("没有这项关系"))
        if not tie.is_in_force:
            raise TieStandsError("这项关系已经撤回")
        withdrawal = JudgeTieWithdrawal(
            tie_id=tie.id, reason=reason, withdrawn_at=now(), withdrawn_by=command.actor.name
        )
        session.add(withdrawal)
        detail = {"judge": tie.judge_id, "kind": tie.kind.value}
        record(session, command.actor.act("judge_tie.withdrawn", f"judge_tie:{tie.id}", competition.id, detail))


def ties_of(competition_id: int) -> list[JudgeTie]:
    """All ties of a competition: those in force first, then the withdrawn ones, each the newest first."""
    query = (
        select(JudgeTie)
        .where(JudgeTie.competition_id == competition_id)
        .options(
            joinedload(JudgeTie.judge),
            joinedload(JudgeTie.delegation),
            joinedload(JudgeTie.withdrawal),
            joinedload(JudgeTie.contestant).joinedload(Contestant.person),
        )
        .order_by(JudgeTie.id.desc())
    )
    return sorted(db.session.scalars(query), key=lambda tie: not tie.is_in_force)


def _reason(text: str) -> str:
    reason = text.strip()
    if not reason:
        raise TieError("请写明理由")
    if len(reason) > LONGEST_REASON:
        raise TieError("理由最多 %(n)s 字", n=LONGEST_REASON)
    return reason


def _side(session: Session, command: DeclareTie) -> str:
    """With whom the tie is, as the audit record names it."""
    if command.delegation_id is not None:
        return f"delegation:{delegation_of(session, command.competition_id, command.delegation_id).id}"
    contestant = session.get(Contestant, command.contestant_id)
    if contestant is None or contestant.entrant.event.competition_id != command.competition_id:
        raise NotFoundError("没有这名选手")
    return f"contestant:{contestant.id}"


def _stands(session: Session, command: DeclareTie) -> bool:
    query = in_force().where(JudgeTie.judge_id == command.judge_id, JudgeTie.kind == command.kind)
    if command.delegation_id is not None:
        query = query.where(JudgeTie.delegation_id == command.delegation_id)
    else:
        query = query.where(JudgeTie.contestant_id.in_(_registrations(session, command)))
    return session.scalar(query.limit(1)) is not None


def _registrations(session: Session, command: DeclareTie) -> Sequence[int]:
    """Every registration of the contestant's person in the competition."""
    person = select(Contestant.person_id).where(Contestant.id == command.contestant_id).scalar_subquery()
    query = select(Contestant.id).join(Entrant).join(Event).where(Event.competition_id == command.competition_id)
    return session.scalars(query.where(Contestant.person_id == person)).all()


def _reopened(session: Session, command: DeclareTie) -> list[int]:
    """Seats of the judge in the events concerned whose decision is empty again."""
    events = select(Entrant.event_id).where(Entrant.work_code.is_(None))
    if command.delegation_id is not None:
        events = events.where(Entrant.delegation_id == command.delegation_id)
    else:
        events = events.join(Contestant).where(Contestant.id.in_(_registrations(session, command)))
    query = (
        select(Seat)
        .join(Panel, Panel.id == Seat.panel_id)
        .join(Module, Module.id == Panel.module_id)
        .where(Seat.judge_id == command.judge_id, Seat.conflict_note != "", Module.event_id.in_(events))
        .order_by(Seat.id)
    )
    seats = session.scalars(query).all()
    for seat in seats:
        seat.conflict_note, seat.conflict_known = "", None
    return [seat.id for seat in seats]
