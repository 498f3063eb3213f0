"""Notices as they are read: all of them by who runs the competition, by everybody else what is addressed to them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload, selectinload

from competitions.models import Contestant, Judge, Module, Panel, Seat
from competitions.notices.models import Notice, NoticeSeen, Readers
from core.messages import message
from core.permissions import Role

READER_NAMES = {
    Readers.EVERYONE: message("所有人（公开）"),
    Readers.CONTESTANTS: message("选手和代表队"),
    Readers.JUDGES: message("裁判"),
    Readers.DELEGATIONS: message("代表队"),
}
FOR_CONTESTANTS = (Readers.EVERYONE, Readers.CONTESTANTS)
FOR_JUDGES = (Readers.EVERYONE, Readers.JUDGES)
FOR_DELEGATIONS = (Readers.EVERYONE, Readers.DELEGATIONS, Readers.CONTESTANTS)
"""A delegation reads what its contestants are told."""


def notices_of(session: Session, competition_id: int) -> list[Notice]:
    """All notices of a competition with who has seen them, the newest first. Two queries."""
    return list(session.scalars(_query(competition_id).options(selectinload(Notice.seen))))


def _query(competition_id: int) -> Select[Notice]:
    query = select(Notice).where(Notice.competition_id == competition_id).options(joinedload(Notice.event))
    return query.order_by(Notice.posted_at.desc(), Notice.id.desc())


def _addressed(
    session: Session, competition_id: int, readers: Sequence[Readers], events: Collection[int] | None = None
) -> list[Notice]:
    """Those for some readers; `events` are theirs, None for all of the competition."""
    query = _query(competition_id).where(Notice.readers.in_(readers))
    if events is not None:
        query = query.where(Notice.event_id.is_(None) | Notice.event_id.in_(events))
    return list(session.scalars(query))


def public_notices(session: Session, competition_id: int) -> list[Notice]:
    """What everybody may read."""
    return _addressed(session, competition_id, [Readers.EVERYONE])


def notices_of_delegation(session: Session, competition_id: int) -> list[Notice]:
    """What a delegation reads: also what contestants of any event are told."""
    return _addressed(session, competition_id, FOR_DELEGATIONS)


def notices_of_contestants(session: Session, contestants: Sequence[Contestant]) -> list[Notice]:
    """What a person reads who is these contestants of one competition."""
    if not contestants:
        return []
    competition_id = contestants[0].entrant.event.competition_id
    return _addressed(session, competition_id, FOR_CONTESTANTS, {one.entrant.event_id for one in contestants})


@dataclass(frozen=True, slots=True)
class JudgeNotices:
    """A judge's notices, the newest first, and which of them the judge has not said to have seen."""

    notices: tuple[Notice, ...]
    unseen: frozenset[int]


def notices_of_judge(session: Session, judge: Judge) -> JudgeNotices:
    """What a judge reads: for all judges, and of events in which the judge has a seat; a chief judge everything."""
    events = None
    if judge.role is not Role.CHIEF_JUDGE:
        seats = select(Module.event_id).join(Panel, Panel.module_id == Module.id).join(Seat)
        events = set(session.scalars(seats.where(Seat.judge_id == judge.id)))
    found = _addressed(session, judge.competition_id, FOR_JUDGES, events)
    seen = set(session.scalars(select(NoticeSeen.notice_id).where(NoticeSeen.judge_id == judge.id)))
    return JudgeNotices(tuple(found), frozenset(one.id for one in found if one.id not in seen and not one.is_withdrawn))


@dataclass(frozen=True, slots=True)
class SeenBy:
    """Of the judges to whom a notice is addressed, how many have seen it, and who has not."""

    seen: int
    expected: int
    waiting: tuple[str, ...]


def seen_by_judges(session: Session, competition_id: int, notices: Sequence[Notice]) -> dict[int, SeenBy]:
    """Notice id → who of its judges has seen it; notices for no judge are missing. Two queries."""
    judges = session.scalars(select(Judge).where(Judge.competition_id == competition_id).order_by(Judge.id)).all()
    seats = select(Module.event_id, Seat.judge_id).join(Panel, Panel.module_id == Module.id).join(Seat)
    seats = seats.join(Judge, Judge.id == Seat.judge_id).where(Judge.competition_id == competition_id)
    seated = {(event_id, judge_id) for event_id, judge_id in session.execute(seats)}
    found = {}
    for notice in notices:
        if notice.readers not in FOR_JUDGES:
            continue
        wanted = [one for one in judges if _concerns(notice, one, seated)]
        saw = {row.judge_id for row in notice.seen}
        waiting = tuple(one.name for one in wanted if one.id not in saw)
        found[notice.id] = SeenBy(len(wanted) - len(waiting), len(wanted), waiting)
    return found


def _concerns(notice: Notice, judge: Judge, seated: Collection[tuple[int, int]]) -> bool:
    is_chief = judge.role is Role.CHIEF_JUDGE
    return notice.event_id is None or is_chief or (notice.event_id, judge.id) in seated
