"""Somebody has come, or was noted by mistake; at the end the others are absent.

Who came when is kept in the audit record, one line an act: it is evidence, and nothing else asks for it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from competitions.check_in.reading import ARRIVED, REVERSED, arrivals_of
from competitions.events.defining import event_of
from competitions.lifecycle import CompetitionState
from competitions.models import Competition, Contestant, Entrant, EntrantStatus
from competitions.registration.entrants import contestant_of
from competitions.setup import WrongStateError, locked_competition
from core.audit import record
from core.auth import Actor
from core.db import transaction
from core.errors import ConflictError

CHECK_IN_STATES = (CompetitionState.REGISTERING, CompetitionState.DRAWING, CompetitionState.MARKING)
_GONE = (EntrantStatus.WITHDRAWN, EntrantStatus.DISQUALIFIED)

HasMarks = Callable[[int], bool]


class NotCompetingError(ConflictError):
    """Who withdrew or was disqualified is not checked in; that has to be taken back first, with a reason."""

    code = "not_competing"


class MarkedError(ConflictError):
    """Marks exist; whoever is absent now is entered one by one, so that nobody loses marks by one press."""

    code = "marked"


@dataclass(frozen=True, slots=True)
class CheckIn:
    """A contestant is here, or was noted by mistake."""

    competition_id: int
    contestant_id: int
    actor: Actor


def check_in(command: CheckIn) -> bool:
    """Note that a contestant has come; a second time changes nothing.

    An entrant is present when all its members are.

    Returns:
        Whether this was news.

    Raises:
        NotFoundError: no such contestant in this competition.
        WrongStateError: the competition is not between registration and the end of marking.
        NotCompetingError: the entrant withdrew or was disqualified.
    """
    with transaction() as session:
        competition, contestant = _held(session, command)
        arrivals = arrivals_of(session, competition.id)
        if contestant.id in arrivals:
            return False
        entrant = contestant.entrant
        detail = {"entrant": entrant.id, "before": entrant.status.value}
        if all(member.id in arrivals or member.id == contestant.id for member in entrant.members):
            entrant.status, entrant.status_reason = EntrantStatus.PRESENT, ""
        _record(session, command, ARRIVED, detail | {"after": entrant.status.value})
        return True


def reverse(command: CheckIn) -> None:
    """Take back what was noted by mistake.

    Raises:
        NotFoundError, WrongStateError, NotCompetingError: as `check_in`.
        ConflictError: the contestant is not checked in.
    """
    with transaction() as session:
        competition, contestant = _held(session, command)
        if contestant.id not in arrivals_of(session, competition.id):
            raise ConflictError("%(name)s还没有检录", name=contestant.person.name)
        entrant = contestant.entrant
        detail = {"entrant": entrant.id, "before": entrant.status.value}
        if entrant.status is EntrantStatus.PRESENT:
            entrant.status = EntrantStatus.REGISTERED
        _record(session, command, REVERSED, detail | {"after": entrant.status.value})


def _held(session: Session, command: CheckIn) -> tuple[Competition, Contestant]:
    # Held until the end: of two who scan the members of one team at once, the second sees what the first did.
    competition = locked_competition(session, command.competition_id)
    _require_open(competition)
    contestant = contestant_of(competition.id, command.contestant_id)
    if contestant.entrant.status in _GONE:
        raise NotCompetingError("%(name)s已弃权或被取消资格，不能检录", name=contestant.person.name)
    return competition, contestant


def _require_open(competition: Competition) -> None:
    if competition.state not in CHECK_IN_STATES:
        raise WrongStateError("检录只在报名到评分期间进行")


def _record(session: Session, command: CheckIn, action: str, detail: Mapping[str, object]) -> None:
    target = f"contestant:{command.contestant_id}"
    record(session, command.actor.act(action, target, command.competition_id, dict(detail)))


@dataclass(frozen=True, slots=True)
class EndCheckIn:
    """Whoever has not come to an event is absent."""

    competition_id: int
    event_id: int
    actor: Actor


@dataclass(frozen=True, slots=True)
class Ended:
    """How many are absent now, and how many teams came in part and were left as they are."""

    absent: int
    incomplete: int


def end_check_in(command: EndCheckIn, has_marks: HasMarks) -> Ended:
    """Enter all entrants of an event as absent of whom nobody has come.

    Args:
        command: which event.
        has_marks: tells whether an event has any mark.

    Raises:
        NotFoundError: no such event in this competition.
        WrongStateError: as `check_in`.
        MarkedError: the event has marks.
        ConflictError: nobody at all is checked in, so that this cannot be meant.
    """
    with transaction() as session:
        competition = locked_competition(session, command.competition_id)
        _require_open(competition)
        event = event_of(session, competition.id, command.event_id)
        if has_marks(event.id):
            raise MarkedError("“%(event)s”已有裁判打过分，缺考请逐人登记", event=event.title)
        arrivals = arrivals_of(session, competition.id)
        own = select(Entrant).where(Entrant.event_id == event.id, Entrant.work_code.is_(None))
        entrants = session.scalars(own.order_by(Entrant.id)).all()
        came = {entrant.id: sum(member.id in arrivals for member in entrant.members) for entrant in entrants}
        if not any(came.values()):
            raise ConflictError("“%(event)s”还没有人检录，不能都登记为缺考", event=event.title)
        waiting = [entrant for entrant in entrants if entrant.status is EntrantStatus.REGISTERED]
        missing = [entrant for entrant in waiting if not came[entrant.id]]
        for entrant in missing:
            entrant.status, entrant.status_reason = EntrantStatus.ABSENT, "检录结束时没有到场"
            detail = {"from": "registered", "to": "absent", "reason": entrant.status_reason}
            act = command.actor.act("entrant.status_changed", f"entrant:{entrant.id}", competition.id, detail)
            record(session, act)
        return Ended(len(missing), len(waiting) - len(missing))
