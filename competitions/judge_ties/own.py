"""What a judge declares of the own person: against a delegation, for contestants stand before judges without names.

Who means one contestant writes so in the reason; the organiser, who sees names, may then record the tie with that
contestant and withdraw the wider one. A judge reads the own declarations alone: what others told of a judge is not for
that judge's eyes.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import String, cast, literal, select
from sqlalchemy.orm import Session

from competitions.judge_ties.declaring import DeclareTie, TieError, declare_tie
from competitions.judge_ties.models import JudgeTie
from competitions.judge_ties.standing import TieStanding, standings
from competitions.judges.conflicts import Tie
from competitions.judges.panels import judge_of
from competitions.models import Competition, Delegation, Entrant, Event, Judge, Module, Panel, Seat
from core.audit import AuditEntry
from core.auth import Actor
from core.db import db
from core.errors import NotAllowedError

OWN_KINDS = (Tie.RELATIVE, Tie.COACH, Tie.DECLARED)
"""What a judge may say of the own person; the last of all kinds is for what others have told."""
DECLARED = "judge_tie.declared"


@dataclass(frozen=True, slots=True)
class DeclareOwn:
    """The signed-in judge has a tie with a delegation."""

    kind: Tie
    delegation_id: int | None
    reason: str
    actor: Actor


@dataclass(frozen=True, slots=True)
class OwnTies:
    """All that a judge's page of ties shows.

    Attributes:
        near: delegations that take part in events in which the judge has a seat.
        others: the other delegations of the competition.
        declared: the judge's own declarations, those in force first, with the seats that they concern.
    """

    competition: Competition
    judge: Judge
    near: tuple[Delegation, ...]
    others: tuple[Delegation, ...]
    declared: tuple[TieStanding, ...]


def declare_own(command: DeclareOwn) -> int:
    """Store a tie that the judge declares and return its id; it counts from now on, like every other.

    Raises:
        NotAllowedError: somebody else than a judge on the own device.
        TieError: a kind that judges do not declare of themselves, no delegation, no reason or one too long.
        TieStandsError, WrongStateError, NotFoundError: as `declare_tie`.
    """
    competition_id, judge_id = _signed_in(command.actor)
    if command.kind not in OWN_KINDS:
        raise TieError("请选择关系的种类")
    if command.delegation_id is None:
        raise TieError("请选择代表队")
    tie = DeclareTie(competition_id, judge_id, command.kind, None, command.delegation_id, command.reason, command.actor)
    return declare_tie(tie)


def own_ties(actor: Actor) -> OwnTies:
    """What the signed-in judge may choose from, and what became of the own declarations.

    Raises:
        NotAllowedError: somebody else than a judge on the own device.
    """
    competition_id, judge_id = _signed_in(actor)
    session = db.session()
    competition = session.get_one(Competition, competition_id)
    taking_part = _taking_part(session, judge_id)
    told = told_by_judges(session, competition_id)
    return OwnTies(
        competition,
        judge_of(session, competition_id, judge_id),
        tuple(one for one in competition.delegations if one.id in taking_part),
        tuple(one for one in competition.delegations if one.id not in taking_part),
        tuple(one for one in standings(competition_id) if one.tie.id in told and one.tie.judge_id == judge_id),
    )


def told_by_judges(session: Session, competition_id: int) -> frozenset[int]:
    """The ties that the judges concerned declared themselves, as the record of acts has it. One query."""
    query = (
        select(JudgeTie.id)
        .join(AuditEntry, AuditEntry.target == literal("judge_tie:") + cast(JudgeTie.id, String))
        .where(
            JudgeTie.competition_id == competition_id,
            AuditEntry.chain == competition_id,
            AuditEntry.action == DECLARED,
            AuditEntry.actor == literal("judge:") + cast(JudgeTie.judge_id, String),
        )
    )
    return frozenset(session.scalars(query))


def _signed_in(actor: Actor) -> tuple[int, int]:
    judge_id = actor.judge_id
    if actor.competition_id is None:
        raise NotAllowedError("此操作只限裁判在自己的设备上进行")
    return actor.competition_id, judge_id


def _taking_part(session: Session, judge_id: int) -> Sequence[int]:
    """Delegations with somebody in an event in which the judge has a seat."""
    query = (
        select(Delegation.id)
        .join(Entrant, Entrant.delegation_id == Delegation.id)
        .join(Event, Event.id == Entrant.event_id)
        .join(Module, Module.event_id == Event.id)
        .join(Panel, Panel.module_id == Module.id)
        .join(Seat, Seat.panel_id == Panel.id)
        .where(Seat.judge_id == judge_id, Entrant.work_code.is_(None))
        .distinct()
    )
    return session.scalars(query).all()
