"""Endpoints for programs: the token itself, the competition, public times and notices, who takes part."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from competitions import setup
from competitions.lifecycle import CompetitionState
from competitions.models import Competition, Contestant, Entrant, EntrantStatus, Event, Level, NameDisplay
from competitions.notices.models import Notice, Readers
from competitions.public_names.showing import is_hidden
from competitions.timetable.kinds import Audience, Kind
from competitions.timetable.models import TimetableSession
from core.auth import SignIn, signed_in_actor
from core.db import db
from core.programs.endpoints import EVENT, PAGING, Answer, Page, asked_for, cut, reads, wanted
from core.programs.scopes import FACTS, ROSTER, SCHEDULE, SELF

C = "/competitions/<int:competition_id>"


class TokenAnswer(Answer):
    """What the token is."""

    program: str
    competition: int
    """Id, as it stands in the addresses of everything else."""
    permissions: list[str]
    expires_at: datetime


@reads("/token", SELF, TokenAnswer)
def token() -> TokenAnswer:
    """What the token is: for which competition, what for, until when."""
    actor = signed_in_actor()
    row = db.session.get_one(SignIn, actor.sign_in_id)
    return TokenAnswer(
        program=actor.name,
        competition=actor.competition_id or 0,
        permissions=sorted((actor.scopes or frozenset()) - {SELF}),
        expires_at=row.expires_at.replace(microsecond=0),
    )


class CompetitionAnswer(Answer):
    """A competition."""

    id: int
    title: str
    level: Level
    jurisdiction: str
    """Administrative division code."""
    host: str
    opens_on: date
    closes_on: date
    state: CompetitionState
    names_in_public: NameDisplay
    """How contestants are called where anybody may look."""


class CompetitionsAnswer(Page):
    """The competitions that the token was made for: one."""

    items: list[CompetitionAnswer]


@reads("/competitions", FACTS.permission, CompetitionsAnswer)
def competitions() -> CompetitionsAnswer:
    """The competitions that the token was made for."""
    own = setup.competition_of(signed_in_actor().competition_id or 0)
    return CompetitionsAnswer(next=None, items=[_competition(own)])


@reads(C, FACTS.permission, CompetitionAnswer)
def competition(competition_id: int) -> CompetitionAnswer:
    """One competition."""
    return _competition(setup.competition_of(competition_id))


def _competition(row: Competition) -> CompetitionAnswer:
    return CompetitionAnswer(
        id=row.id,
        title=row.title,
        level=row.level,
        jurisdiction=row.jurisdiction,
        host=row.host,
        opens_on=row.opens_on,
        closes_on=row.closes_on,
        state=row.state,
        names_in_public=row.name_display,
    )


class SessionAnswer(Answer):
    """A session of the timetable that everybody may see."""

    id: int
    title: str
    kind: Kind
    begins_at: datetime
    ends_at: datetime
    place: str
    event: int | None
    """Null: the whole competition."""
    batch: int | None
    note: str
    called_off_at: datetime | None
    called_off_reason: str


class TimetableAnswer(Page):
    """Sessions, in the order in which they were made."""

    items: list[SessionAnswer]


@reads(f"{C}/timetable", SCHEDULE.permission, TimetableAnswer, *PAGING)
def timetable(competition_id: int) -> TimetableAnswer:
    """The sessions that are shown to everybody, those that were called off too."""
    want = wanted()
    query = select(TimetableSession).where(
        TimetableSession.competition_id == competition_id,
        TimetableSession.audience == Audience.EVERYONE,
        TimetableSession.id > want.after,
    )
    rows = db.session.scalars(query.order_by(TimetableSession.id).limit(want.one_more)).all()
    shown, following = cut(rows, want, lambda row: row.id)
    return TimetableAnswer(next=following, items=[_session(row) for row in shown])


def _session(row: TimetableSession) -> SessionAnswer:
    return SessionAnswer(
        id=row.id,
        title=row.title,
        kind=row.kind,
        begins_at=row.begins,
        ends_at=row.ends,
        place=row.place,
        event=row.event_id,
        batch=row.batch,
        note=row.note,
        called_off_at=row.called_off_at,
        called_off_reason=row.called_off_reason,
    )


class NoticeAnswer(Answer):
    """A notice to everybody."""

    id: int
    event: int | None
    text: str | None
    """Null once it was withdrawn: then it is to be shown no more."""
    posted_at: datetime
    withdrawn_at: datetime | None
    withdrawal_reason: str


class NoticesAnswer(Page):
    """Notices, the oldest first."""

    items: list[NoticeAnswer]


@reads(f"{C}/notices", SCHEDULE.permission, NoticesAnswer, *PAGING)
def notices(competition_id: int) -> NoticesAnswer:
    """The notices that are for everybody; of one that was withdrawn, when and why."""
    want = wanted()
    query = select(Notice).where(
        Notice.competition_id == competition_id, Notice.readers == Readers.EVERYONE, Notice.id > want.after
    )
    rows = db.session.scalars(query.order_by(Notice.id).limit(want.one_more)).all()
    shown, following = cut(rows, want, lambda row: row.id)
    return NoticesAnswer(next=following, items=[_notice(row) for row in shown])


def _notice(row: Notice) -> NoticeAnswer:
    return NoticeAnswer(
        id=row.id,
        event=row.event_id,
        text=None if row.is_withdrawn else row.text,
        posted_at=row.posted_at,
        withdrawn_at=row.withdrawn_at,
        withdrawal_reason=row.withdrawal_reason,
    )


class ContestantAnswer(Answer):
    """A person in an event. No document number, no telephone, no date of birth."""

    id: int
    event: int
    entrant: int
    """Members of one team have the same."""
    name: str
    is_name_public: bool
    """False: strangers must not read the name, by choice of the competition or of the person."""
    unit: str
    delegation: str
    draw_number: int | None
    status: EntrantStatus


class ContestantsAnswer(Page):
    """Contestants, in the order of their registration."""

    items: list[ContestantAnswer]


@reads(f"{C}/contestants", ROSTER.permission, ContestantsAnswer, *PAGING, EVENT)
def contestants(competition_id: int) -> ContestantsAnswer:
    """Who takes part, by the names of the registration."""
    want, event_id = wanted(), asked_for(EVENT)
    query = (
        select(Contestant)
        .join(Contestant.entrant)
        .join(Entrant.event)
        .where(Event.competition_id == competition_id, Entrant.work_code.is_(None), Contestant.id > want.after)
    )
    if event_id is not None:
        query = query.where(Entrant.event_id == event_id)
    entrant = joinedload(Contestant.entrant)
    options = (
        joinedload(Contestant.person),
        entrant.joinedload(Entrant.delegation),
        entrant.joinedload(Entrant.event).joinedload(Event.competition),
    )
    rows = db.session.scalars(query.order_by(Contestant.id).limit(want.one_more).options(*options)).all()
    shown, following = cut(rows, want, lambda row: row.id)
    return ContestantsAnswer(next=following, items=[_contestant(row) for row in shown])


def _contestant(row: Contestant) -> ContestantAnswer:
    return ContestantAnswer(
        id=row.id,
        event=row.entrant.event_id,
        entrant=row.entrant_id,
        name=row.person.name,
        is_name_public=not is_hidden(row),
        unit=row.unit,
        delegation=row.entrant.delegation.name,
        draw_number=row.entrant.draw_number,
        status=row.entrant.status,
    )
