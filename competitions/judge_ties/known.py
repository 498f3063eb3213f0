"""Declared ties that are in force, as the rules of recusal ask about them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session, aliased

from competitions.judge_ties.models import JudgeTie
from competitions.judges.conflicts import DelegationTie, Tie
from competitions.models import Contestant, Delegation, Entrant, Event


@dataclass(slots=True)
class DeclaredTies:
    """What was declared of one judge: tie → contestant's id → reason, and ties with whole delegations."""

    contestants: dict[Tie, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    delegations: list[DelegationTie] = field(default_factory=list)


def in_force() -> Select[JudgeTie]:
    """The ties that nobody has withdrawn, oldest first."""
    return select(JudgeTie).where(~JudgeTie.withdrawal.has()).order_by(JudgeTie.id)


def declared_ties(session: Session, judge_ids: Iterable[int]) -> Mapping[int, DeclaredTies]:
    """The ties in force, by judge. A tie with a contestant holds for all registrations of that person. One query."""
    found: dict[int, DeclaredTies] = defaultdict(DeclaredTies)
    own, other = aliased(Contestant), aliased(Contestant)
    is_here = or_(other.id.is_(None), Event.competition_id == JudgeTie.competition_id)
    query = (
        in_force()
        .with_only_columns(JudgeTie.judge_id, JudgeTie.kind, JudgeTie.reason, Delegation.id, Delegation.name, other.id)
        .outerjoin(Delegation, Delegation.id == JudgeTie.delegation_id)
        .outerjoin(own, own.id == JudgeTie.contestant_id)
        .outerjoin(other, other.person_id == own.person_id)
        .outerjoin(Entrant, Entrant.id == other.entrant_id)
        .outerjoin(Event, Event.id == Entrant.event_id)
        .where(JudgeTie.judge_id.in_(list(judge_ids)), is_here)
    )
    for judge_id, kind, reason, delegation_id, name, contestant_id in session.execute(query):
        if delegation_id is not None:
            found[judge_id].delegations.append(DelegationTie(kind, str(delegation_id), name, reason))
        else:
            found[judge_id].contestants[kind].setdefault(str(contestant_id), reason)
    return found


def is_told_of(session: Session, *, judge_id: int | None = None, delegation_id: int | None = None) -> bool:
    """Whether any tie, also a withdrawn one, names this judge or this delegation: then the row cannot be deleted."""
    side = JudgeTie.judge_id == judge_id if judge_id is not None else JudgeTie.delegation_id == delegation_id
    return session.scalar(select(JudgeTie.id).where(side).limit(1)) is not None
