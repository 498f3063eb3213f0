"""When online registration is open: set by the organiser, asked before every change of a delegation."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from competitions.delegations.defining import delegation_of
from competitions.enrolment.models import EnrolmentPeriod
from competitions.events.defining import event_of
from competitions.models import Competition, Event
from competitions.registration.importing import OPEN_STATES
from competitions.setup import WrongStateError, locked_competition
from competitions.stages.models import EventStage
from core.audit import record
from core.auth import Actor
from core.clock import BEIJING, now
from core.db import transaction
from core.errors import ConflictError, InvalidInputError

SOON = timedelta(hours=48)
"""From when on a page says loudly that the end is near."""


class PeriodError(InvalidInputError):
    """A period that ends before it begins, or that has only one end."""

    code = "enrolment_period"


class EnrolmentClosedError(ConflictError):
    """Online registration is not open now."""

    code = "enrolment_closed"


class Opening(StrEnum):
    """How a period stands at a moment."""

    UNSET = "unset"
    BEFORE = "before"
    OPEN = "open"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Span:
    """First and last moment; None where nobody has set them."""

    opens_at: datetime | None = None
    closes_at: datetime | None = None

    @property
    def opening(self) -> Opening:
        """How it stands now. The last moment itself still counts."""
        if self.opens_at is None or self.closes_at is None:
            return Opening.UNSET
        if now() < self.opens_at:
            return Opening.BEFORE
        return Opening.OPEN if now() <= self.closes_at else Opening.OVER

    @property
    def is_open(self) -> bool:
        """Whether delegations may work on it."""
        return self.opening is Opening.OPEN

    @property
    def left(self) -> timedelta | None:
        """How long it stays open; None unless it is."""
        return self.closes_at - now() if self.is_open and self.closes_at else None

    @property
    def ends_soon(self) -> bool:
        """Whether the end is near."""
        return self.left is not None and self.left <= SOON


@dataclass(frozen=True, slots=True)
class Periods:
    """All periods of a competition as they hold for one delegation, or for none in particular."""

    general: Span
    events: Mapping[int, Span]
    quotas: Mapping[int, int]
    """Event → how many entrants a delegation may have there."""
    extended_to: datetime | None = None
    later: frozenset[int] = frozenset()
    """Events whose entrants come from an earlier stage; nobody registers for these."""

    def of(self, event_id: int | None) -> Span:
        """The span of an event; of None, for who belongs to no event, the longest of all."""
        if event_id in self.later:
            return Span()
        if event_id is not None:
            return self._extended(self.events.get(event_id, self.general))
        spans = [self._extended(span) for span in (self.general, *self.events.values())]
        set_spans = [span for span in spans if span.opening is not Opening.UNSET]
        return min(set_spans, key=lambda span: (not span.is_open, -_stamp(span.closes_at)), default=Span())

    def _extended(self, span: Span) -> Span:
        if self.extended_to is None or span.closes_at is None:
            return span
        return Span(span.opens_at, max(span.closes_at, self.extended_to))


def _stamp(moment: datetime | None) -> float:
    return moment.timestamp() if moment else 0


@dataclass(frozen=True, slots=True)
class EventPeriod:
    """What holds for one event alone: its own times, or none, and a quota, or none."""

    event_id: int
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    most: int | None = None


@dataclass(frozen=True, slots=True)
class SetPeriods:
    """The periods of a competition; what is not named is unset. Both times empty: not open online."""

    competition_id: int
    opens_at: datetime | None
    closes_at: datetime | None
    events: tuple[EventPeriod, ...]
    actor: Actor


@dataclass(frozen=True, slots=True)
class ExtendPeriod:
    """More time for one delegation, as for correcting what was returned; None takes it back."""

    competition_id: int
    delegation_id: int
    closes_at: datetime | None
    actor: Actor


def set_periods(command: SetPeriods) -> None:
    """Store when registration is open.

    Raises:
        PeriodError: an end without a beginning, or not after it; a quota below one.
        WrongStateError: registration is over.
        NotFoundError: no such competition, or an event of another one.
    """
    _check(command.opens_at, command.closes_at)
    for one in command.events:
        _check(one.opens_at, one.closes_at)
        if one.most is not None and one.most < 1:
            raise PeriodError("名额至少是 1；不限名额请留空")
    with transaction() as session:
        competition = locked_competition(session, command.competition_id)
        require_registering(competition)
        rows = {row.event_id: row for row in _rows(session, competition.id) if row.delegation_id is None}
        wanted = [EventPeriod(event_of(session, competition.id, one.event_id).id, one.opens_at, one.closes_at, one.most)
                  for one in command.events]  # fmt: skip
        _put(session, rows.pop(None, None), competition.id, None, command)
        for one in wanted:
            _put(session, rows.pop(one.event_id, None), competition.id, one.event_id, one)
        for row in rows.values():
            session.delete(row)
        detail = {"all": _span(command), "events": {str(one.event_id): [*_span(one), one.most] for one in wanted}}
        record(session, command.actor.act("enrolment.opened", f"competition:{competition.id}", competition.id, detail))


def _put(
    session: Session,
    row: EnrolmentPeriod | None,
    competition_id: int,
    event_id: int | None,
    facts: SetPeriods | EventPeriod,
) -> None:
    most = facts.most if isinstance(facts, EventPeriod) else None
    if facts.opens_at is None and most is None:
        if row is not None:
            session.delete(row)
        return
    if row is None:
        row = EnrolmentPeriod(competition_id=competition_id, event_id=event_id)
        session.add(row)
    row.opens_at, row.closes_at, row.most = facts.opens_at, facts.closes_at, most


def _check(opens_at: datetime | None, closes_at: datetime | None) -> None:
    if (opens_at is None) != (closes_at is None):
        raise PeriodError("报名的开始时间和截止时间要一起填，或者都不填")
    if opens_at is not None and closes_at is not None and closes_at <= opens_at:
        raise PeriodError("报名的截止时间要晚于开始时间")


def _span(facts: SetPeriods | EventPeriod) -> list[str | None]:
    return [None if one is None else one.isoformat() for one in (facts.opens_at, facts.closes_at)]


def extend_period(command: ExtendPeriod) -> None:
    """Give one delegation more time, or take it back.

    Raises:
        EnrolmentClosedError: nobody has set when registration is open at all.
        WrongStateError: registration is over.
        NotFoundError: no such delegation in this competition.
    """
    with transaction() as session:
        competition = locked_competition(session, command.competition_id)
        require_registering(competition)
        delegation = delegation_of(session, competition.id, command.delegation_id)
        if periods_of(session, competition.id).of(None).opening is Opening.UNSET:
            raise EnrolmentClosedError("还没有设报名时间，请先设好再给单个代表队延长")
        row = next((row for row in _rows(session, competition.id) if row.delegation_id == delegation.id), None)
        if row is None:
            row = EnrolmentPeriod(competition_id=competition.id, delegation_id=delegation.id)
            session.add(row)
        row.closes_at = command.closes_at
        detail = {"closes_at": command.closes_at.isoformat() if command.closes_at else None}
        target = f"delegation:{delegation.id}"
        record(session, command.actor.act("enrolment.extended", target, competition.id, detail))


def periods_of(session: Session, competition_id: int, delegation_id: int | None = None) -> Periods:
    """The periods of a competition; with a delegation, as they hold for it. Two queries."""
    rows = list(_rows(session, competition_id, delegation_id))
    later = select(EventStage.event_id).join(EventStage.event).where(Event.competition_id == competition_id)
    general = next((row for row in rows if row.event_id is None and row.delegation_id is None), None)
    return Periods(
        Span(general.opens_at, general.closes_at) if general else Span(),
        {r.event_id: Span(r.opens_at, r.closes_at) for r in rows if r.event_id is not None and r.opens_at is not None},
        {r.event_id: r.most for r in rows if r.event_id is not None and r.most is not None},
        next((r.closes_at for r in rows if r.delegation_id is not None and r.delegation_id == delegation_id), None),
        frozenset(session.scalars(later)),
    )


def _rows(session: Session, competition_id: int, delegation_id: int | None = None) -> Iterable[EnrolmentPeriod]:
    query = select(EnrolmentPeriod).where(EnrolmentPeriod.competition_id == competition_id)
    if delegation_id is not None:
        own = or_(EnrolmentPeriod.delegation_id.is_(None), EnrolmentPeriod.delegation_id == delegation_id)
        query = query.where(own)
    return session.scalars(query.order_by(EnrolmentPeriod.id)).all()


def require_registering(competition: Competition) -> None:
    """Whether the competition still takes registrations at all.

    Raises:
        WrongStateError: it does not.
    """
    if competition.state not in OPEN_STATES:
        raise WrongStateError("竞赛的报名阶段已经结束；要补报请组织者先把竞赛退回报名")


def require_open(span: Span) -> None:
    """Whether delegations may work on what has this span.

    Raises:
        EnrolmentClosedError: not now; says since when, or from when on.
    """
    match span.opening:
        case Opening.UNSET:
            raise EnrolmentClosedError("组织者还没有开放在线报名")
        case Opening.BEFORE:
            raise EnrolmentClosedError("报名 %(at)s 开始，现在还不能填写", at=in_words(span.opens_at))
        case Opening.OVER:
            raise EnrolmentClosedError(
                "报名已于 %(at)s 截止，不能再改；要补报请联系组织者", at=in_words(span.closes_at)
            )


def in_words(moment: datetime | None) -> str:
    """A moment in Beijing time."""
    return moment.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M") if moment else ""
