"""The timetable as it is read: by who works on the competition, by everybody, by one contestant, by one judge."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload, selectinload

from competitions.draws.draw import places_here
from competitions.models import Competition, Contestant, DrawRecord, EntrantStatus, Event, Judge, Module, Panel, Seat
from competitions.notices.models import Notice, Readers
from competitions.timetable.chart import Bar, Chart, chart_of
from competitions.timetable.kinds import Audience
from competitions.timetable.models import CLOSED_STATES, TimetableSession
from core.clock import now
from core.errors import NotFoundError
from core.permissions import Role
from core.rows import row_in

_OUT = (EntrantStatus.WITHDRAWN, EntrantStatus.DISQUALIFIED)


@dataclass(frozen=True, slots=True)
class TimetableDay:
    """The sessions of a day, the earliest first, and their chart; what was called off is not in the chart."""

    day: date
    sessions: tuple[TimetableSession, ...]

    @property
    def size(self) -> int:
        """How many sessions, those called off too."""
        return len(self.sessions)

    @property
    def chart(self) -> Chart:
        """Places and hours."""
        return chart_of([Bar(one.id, one.begins, one.ends, one.place) for one in self.sessions if not one.is_off])

    @property
    def by_id(self) -> Mapping[int, TimetableSession]:
        """The sessions by the keys of the chart."""
        return {one.id: one for one in self.sessions}


def sessions_of(
    session: Session, competition_id: int, audiences: Iterable[Audience] = Audience
) -> list[TimetableSession]:
    """The sessions of a competition that these audiences may see, the earliest first. Two queries."""
    query = _query(competition_id).where(TimetableSession.audience.in_(list(audiences)))
    return list(session.scalars(query))


def _query(competition_id: int) -> Select[TimetableSession]:
    return (
        select(TimetableSession)
        .where(TimetableSession.competition_id == competition_id)
        .options(
            joinedload(TimetableSession.event),
            joinedload(TimetableSession.module),
            selectinload(TimetableSession.changes),
        )
        .order_by(TimetableSession.begins_at, TimetableSession.ends_at, TimetableSession.id)
    )


def session_of(session: Session, competition_id: int, session_id: int) -> TimetableSession:
    """One session of this competition.

    Raises:
        NotFoundError: none, or of another competition.
    """
    return row_in(session, TimetableSession, competition_id, session_id, NotFoundError("没有这一场"))


def by_day(sessions: Sequence[TimetableSession]) -> list[TimetableDay]:
    """The sessions by the day in Beijing on which they begin."""
    found: dict[date, list[TimetableSession]] = {}
    for one in sessions:
        found.setdefault(one.begins.date(), []).append(one)
    return [TimetableDay(day, tuple(ones)) for day, ones in sorted(found.items())]


def next_of(sessions: Iterable[TimetableSession]) -> TimetableSession | None:
    """The first that is not over and takes place."""
    moment = now()
    return next((one for one in sessions if one.ends_at > moment and not one.is_off), None)


def public_sessions(session: Session, competition_id: int) -> list[TimetableSession]:
    """What everybody may see.

    Raises:
        NotFoundError: nothing; then nobody learns either that the competition exists.
    """
    found = sessions_of(session, competition_id, [Audience.EVERYONE])
    if not found:
        raise NotFoundError("没有公开的日程")
    return found


def is_public(session: Session, competition_id: int) -> bool:
    """Whether everybody may see anything of a competition's timetable. One query."""
    shown = select(TimetableSession.id).where(TimetableSession.competition_id == competition_id)
    return session.scalar(shown.where(TimetableSession.audience == Audience.EVERYONE).limit(1)) is not None


def public_timetables(session: Session) -> list[Competition]:
    """The competitions that are not over and of whose times or news everybody may read, the latest first. One query."""
    shown = select(TimetableSession.competition_id).where(TimetableSession.audience == Audience.EVERYONE)
    told = select(Notice.competition_id).where(Notice.readers == Readers.EVERYONE)
    is_shown = Competition.id.in_(shown) | Competition.id.in_(told)
    query = select(Competition).where(is_shown, Competition.state.not_in(CLOSED_STATES))
    return list(session.scalars(query.order_by(Competition.opens_on.desc(), Competition.id.desc())))


def batch_and_station(session: Session, event_id: int, entrant_id: int) -> tuple[int | None, int | None]:
    """What an entrant has drawn in the draw in force; nothing before it."""
    newest = select(DrawRecord.record).where(DrawRecord.event_id == event_id).order_by(DrawRecord.id.desc()).limit(1)
    drawn = session.scalar(newest)
    for key, _order, batch, station in places_here(drawn) if drawn else ():
        if key == entrant_id:
            return batch, station
    return None, None


def sessions_of_contestants(session: Session, contestants: Sequence[Contestant]) -> list[TimetableSession]:
    """What concerns a person: the whole competition, the own events, and there the own batches.

    Before an event's draw every batch of it may still be the own. Two queries, and one for each event.

    Args:
        session: for reading.
        contestants: all that one person is in one competition, with entrants and events.
    """
    if not contestants:
        return []
    entrants = [one.entrant for one in contestants if one.entrant.status not in _OUT]
    batches = {one.event_id: batch_and_station(session, one.event_id, one.id)[0] for one in entrants}
    shown = sessions_of(session, contestants[0].entrant.event.competition_id, [Audience.EVERYONE])
    return [one for one in shown if _is_own(one, batches)]


def _is_own(one: TimetableSession, batches: Mapping[int, int | None]) -> bool:
    if one.event_id is None:
        return True
    return one.event_id in batches and (one.batch is None or batches[one.event_id] in (None, one.batch))


def sessions_of_judge(session: Session, judge: Judge) -> list[TimetableSession]:
    """What concerns a judge: the whole competition, modules on whose panels the judge sits; all for a chief judge."""
    shown = sessions_of(session, judge.competition_id, [Audience.JUDGES, Audience.EVERYONE])
    if judge.role is Role.CHIEF_JUDGE:
        return shown
    seats = select(Module.id, Module.event_id).join(Panel, Panel.module_id == Module.id).join(Seat)
    modules = dict(session.execute(seats.where(Seat.judge_id == judge.id)).all())
    events = set(modules.values())
    return [
        one
        for one in shown
        if one.event_id is None or (one.module_id in modules if one.module_id else one.event_id in events)
    ]


def batches_by_event(session: Session, competition_id: int) -> dict[int, int]:
    """Event id → how many batches its draw in force has; events that are not drawn are missing. One query."""
    query = select(DrawRecord.event_id, DrawRecord.record).join(Event, Event.id == DrawRecord.event_id)
    query = query.where(Event.competition_id == competition_id).order_by(DrawRecord.id)
    return {
        event_id: max((place[2] for place in drawn["places"]), default=0) for event_id, drawn in session.execute(query)
    }
