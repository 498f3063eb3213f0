"""Use cases of the timetable: a session is laid down, changed, shown, called off. What was shown keeps its trace."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from competitions.events.defining import event_of
from competitions.models import Competition, Module
from competitions.setup import EmptyNameError, WrongStateError, locked_competition
from competitions.timetable.kinds import Audience, Kind
from competitions.timetable.models import CLOSED_STATES, TimetableChange, TimetableSession
from core.audit import record
from core.auth import Actor
from core.clock import BEIJING, now
from core.db import transaction
from core.errors import ConflictError, InvalidInputError, NotFoundError
from core.rows import row_in

LONGEST_TITLE, LONGEST_PLACE, LONGEST_NOTE, LONGEST_REASON = 80, 80, 500, 300
LAST_BATCH = 999
MOST_SESSIONS = 1000
"""Of one competition; more would be a mistake of a file."""


class SessionTimesError(InvalidInputError):
    """A session ends before it begins, or on another day."""

    code = "session_times"


class SessionChangedError(ConflictError):
    """Somebody else has changed the session since it was opened."""

    code = "session_changed"


class SessionShownError(ConflictError):
    """The session was shown; it can be called off, and not made as if it had never been."""

    code = "session_shown"


@dataclass(frozen=True, slots=True)
class SessionFacts:
    """What an organiser says about a session. Times are timezone-aware; empty strings where something is not said."""

    title: str
    begins_at: datetime
    ends_at: datetime
    place: str = ""
    kind: Kind = Kind.OTHER
    event_id: int | None = None
    module_id: int | None = None
    batch: int | None = None
    audience: Audience = Audience.DRAFT
    note: str = ""


@dataclass(frozen=True, slots=True)
class AddSessions:
    """Lay down sessions, all or none."""

    competition_id: int
    sessions: tuple[SessionFacts, ...]
    actor: Actor


@dataclass(frozen=True, slots=True)
class EditSession:
    """Other facts for a session; `revision` is what whoever edits has seen."""

    competition_id: int
    session_id: int
    facts: SessionFacts
    revision: int
    actor: Actor


@dataclass(frozen=True, slots=True)
class TouchSession:
    """Do something to a session of which whoever does it has seen `revision`; the reason where one is wanted."""

    competition_id: int
    session_id: int
    revision: int
    actor: Actor
    reason: str = ""


def add_sessions(command: AddSessions) -> list[int]:
    """Store the sessions and return their ids.

    Raises:
        EmptyNameError: one without a name.
        SessionTimesError: one that ends before it begins, or on another day.
        InvalidInputError: a text too long, a batch without event, a module of another event, no session, too many.
        NotFoundError: no such competition, event or module.
        WrongStateError: the competition is over.
    """
    with transaction() as session:
        competition = _open_competition(session, command.competition_id)
        held = select(TimetableSession.id).where(TimetableSession.competition_id == competition.id)
        if not command.sessions or len(session.scalars(held).all()) + len(command.sessions) > MOST_SESSIONS:
            raise InvalidInputError("一项竞赛最多 %(most)s 场，一次至少一场", most=MOST_SESSIONS)
        rows = []
        for facts in command.sessions:
            _check(session, competition.id, facts)
            row = TimetableSession(competition_id=competition.id, called_off_reason="", revision=1)
            _apply(row, facts)
            rows.append(row)
        session.add_all(rows)
        session.flush()
        for row in rows:
            _record(session, command.actor, "timetable.session_added", row, _detail(row))
        return [row.id for row in rows]


def edit_session(command: EditSession) -> None:
    """Store other facts. Of a session that was shown, what its time and place were before is kept and told.

    Raises:
        SessionChangedError: somebody else was first.
        ConflictError: it was called off.
        EmptyNameError, SessionTimesError, InvalidInputError, NotFoundError, WrongStateError: as `add_sessions`.
    """
    with transaction() as session:
        row = _held(session, command.competition_id, command.session_id, command.revision)
        if row.is_off:
            raise ConflictError("这一场已经取消，要改请先恢复")
        _check(session, command.competition_id, command.facts)
        before, told = _detail(row), _time_and_place(row)
        was_shown = row.shown_at is not None
        _apply(row, command.facts)
        if _detail(row) == before:
            return
        row.revision += 1
        if was_shown and _time_and_place(row) != told:
            session.add(
                TimetableChange(
                    session_id=row.id,
                    before=told,
                    after=_time_and_place(row),
                    changed_at=now(),
                    changed_by=command.actor.name,
                )
            )
        after = _detail(row)
        differing = {name: [before[name], after[name]] for name in after if before[name] != after[name]}
        _record(session, command.actor, "timetable.session_changed", row, differing)


def remove_session(command: TouchSession) -> None:
    """Delete a session that nobody was shown.

    Raises:
        SessionShownError: somebody was.
        SessionChangedError, NotFoundError, WrongStateError: as `edit_session`.
    """
    with transaction() as session:
        row = _held(session, command.competition_id, command.session_id, command.revision)
        if row.shown_at is not None:
            raise SessionShownError("这一场已经公开过，不能删除；不办了请写明理由取消")
        _record(session, command.actor, "timetable.session_removed", row, _detail(row))
        session.delete(row)


def call_off_session(command: TouchSession) -> None:
    """Say that a session does not take place, and why; it stays where it stands, crossed out.

    Raises:
        InvalidInputError: no reason, or one too long.
        ConflictError: it was called off before.
        SessionChangedError, NotFoundError, WrongStateError: as `edit_session`.
    """
    reason = command.reason.strip()
    if not reason or len(reason) > LONGEST_REASON:
        raise InvalidInputError("请写明取消的理由（最多 %(most)s 字），看到日程的人都会看到", most=LONGEST_REASON)
    with transaction() as session:
        row = _held(session, command.competition_id, command.session_id, command.revision)
        if row.is_off:
            raise ConflictError("这一场已经取消")
        row.called_off_at, row.called_off_reason = now(), reason
        row.revision += 1
        _record(session, command.actor, "timetable.session_called_off", row, {"reason": reason})


def restore_session(command: TouchSession) -> None:
    """Let a session that was called off take place after all.

    Raises:
        ConflictError: it was not called off.
        SessionChangedError, NotFoundError, WrongStateError: as `edit_session`.
    """
    with transaction() as session:
        row = _held(session, command.competition_id, command.session_id, command.revision)
        if not row.is_off:
            raise ConflictError("这一场没有取消")
        row.called_off_at, row.called_off_reason = None, ""
        row.revision += 1
        _record(session, command.actor, "timetable.session_restored", row, {})


@dataclass(frozen=True, slots=True)
class ShowDrafts:
    """Show everybody what only those who work on the competition could see."""

    competition_id: int
    actor: Actor


def show_drafts(command: ShowDrafts) -> int:
    """Show all drafts to everybody and return how many there were.

    Raises:
        ConflictError: there is none.
        NotFoundError, WrongStateError: as `add_sessions`.
    """
    with transaction() as session:
        competition = _open_competition(session, command.competition_id)
        query = select(TimetableSession).where(
            TimetableSession.competition_id == competition.id, TimetableSession.audience == Audience.DRAFT
        )
        drafts: Sequence[TimetableSession] = session.scalars(query.order_by(TimetableSession.id)).all()
        if not drafts:
            raise ConflictError("没有还没公开的日程")
        for row in drafts:
            _show(row, Audience.EVERYONE)
            row.revision += 1
        detail = {"sessions": [row.id for row in drafts]}
        target = f"competition:{competition.id}"
        record(session, command.actor.act("timetable.shown", target, competition.id, detail))
        return len(drafts)


def _open_competition(session: Session, competition_id: int) -> Competition:
    competition = locked_competition(session, competition_id)
    if competition.state in CLOSED_STATES:
        raise WrongStateError("竞赛已归档或停办，日程不能再改")
    return competition


def _held(session: Session, competition_id: int, session_id: int, revision: int) -> TimetableSession:
    _open_competition(session, competition_id)
    row = row_in(session, TimetableSession, competition_id, session_id, NotFoundError("没有这一场"), lock=True)
    if row.revision != revision:
        raise SessionChangedError("“%(title)s”刚刚由别人改过，请刷新后再改", title=row.title)
    return row


def _check(session: Session, competition_id: int, facts: SessionFacts) -> None:
    if not facts.title.strip():
        raise EmptyNameError("请填写这一场的名称")
    for text, most in ((facts.title, LONGEST_TITLE), (facts.place, LONGEST_PLACE), (facts.note, LONGEST_NOTE)):
        if len(text.strip()) > most:
            raise InvalidInputError("文字太长：名称、地点最多 %(short)s 字，说明最多 %(long)s 字", short=80, long=500)
    _check_times(facts)
    _check_scope(session, competition_id, facts)


def _check_times(facts: SessionFacts) -> None:
    if facts.ends_at <= facts.begins_at:
        raise SessionTimesError("“%(title)s”的结束时间须晚于开始时间", title=facts.title.strip())
    # Until midnight, which is the first moment of the next day.
    last = (facts.ends_at - timedelta(microseconds=1)).astimezone(BEIJING)
    if last.date() != facts.begins_at.astimezone(BEIJING).date():
        raise SessionTimesError("“%(title)s”跨了日期，请按天分成几场", title=facts.title.strip())


def _check_scope(session: Session, competition_id: int, facts: SessionFacts) -> None:
    if facts.event_id is None:
        if facts.module_id is not None or facts.batch is not None:
            raise InvalidInputError("选了模块或批次，也要选赛项")
        return
    event_of(session, competition_id, facts.event_id)
    module = session.get(Module, facts.module_id) if facts.module_id is not None else None
    if facts.module_id is not None and (module is None or module.event_id != facts.event_id):
        raise NotFoundError("这个赛项没有这个模块")
    if facts.batch is not None and not 0 < facts.batch <= LAST_BATCH:
        raise InvalidInputError("批次应为 1 到 %(most)s", most=LAST_BATCH)


def _apply(row: TimetableSession, facts: SessionFacts) -> None:
    row.title, row.place, row.note = facts.title.strip(), facts.place.strip(), facts.note.strip()
    row.kind, row.begins_at, row.ends_at = facts.kind, facts.begins_at, facts.ends_at
    row.event_id, row.module_id, row.batch = facts.event_id, facts.module_id, facts.batch
    _show(row, facts.audience)


def _show(row: TimetableSession, audience: Audience) -> None:
    row.audience = audience
    if audience is not Audience.DRAFT and row.shown_at is None:
        row.shown_at = now()


def _time_and_place(row: TimetableSession) -> dict[str, Any]:
    begins, ends = row.begins_at.astimezone(BEIJING), row.ends_at.astimezone(BEIJING)
    return {"begins_at": begins.isoformat(), "ends_at": ends.isoformat(), "place": row.place}


def _detail(row: TimetableSession) -> dict[str, Any]:
    return {
        "title": row.title,
        "kind": row.kind.value,
        **_time_and_place(row),
        "event": row.event_id,
        "module": row.module_id,
        "batch": row.batch,
        "audience": row.audience.value,
        "note": row.note,
    }


def _record(session: Session, actor: Actor, action: str, row: TimetableSession, detail: dict[str, Any]) -> None:
    record(session, actor.act(action, f"timetable_session:{row.id}", row.competition_id, detail))
