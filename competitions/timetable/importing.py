"""A table of sessions taken in: all of it or nothing, and what is there already is not doubled."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from competitions.models import Competition, Event, Module
from competitions.setup import competition_with_modules
from competitions.timetable.kinds import Audience, kind_by_title
from competitions.timetable.models import TimetableSession
from competitions.timetable.planning import AddSessions, SessionFacts, add_sessions
from competitions.timetable.reading import sessions_of
from competitions.timetable.rows import RowError, SessionRow, Unread, read_table
from core.auth import Actor
from core.db import db
from core.errors import DomainError
from core.spreadsheets import read_spreadsheet


@dataclass(frozen=True, slots=True)
class ImportTable:
    """A workbook or CSV file as somebody handed it over."""

    competition_id: int
    filename: str
    data: bytes
    actor: Actor
    audience: Audience = Audience.DRAFT
    """Of rows that do not say it themselves."""


@dataclass(frozen=True, slots=True)
class Imported:
    """How many sessions are new and how many were there already; nothing is stored while a row is unread."""

    added: int
    known: int
    unread: tuple[Unread, ...]


def import_table(command: ImportTable) -> Imported:
    """Read the table and lay down its sessions, unless a row of it is wrong.

    Raises:
        TableError, SpreadsheetError: no table of sessions.
        Whatever `add_sessions` raises.
    """
    competition = competition_with_modules(command.competition_id)
    sheets = read_spreadsheet(command.data, command.filename)
    rows, unread = read_table(sheets, competition.opens_on.year)
    facts: list[SessionFacts] = []
    for row in rows:
        try:
            facts.append(_facts(row, competition, command.audience))
        except DomainError as error:
            unread.append(Unread(row.number, error))
    if unread:
        return Imported(0, 0, tuple(sorted(unread, key=lambda one: one.number)))
    there = {_same(one) for one in sessions_of(db.session(), competition.id)}
    new = [one for one in dict.fromkeys(facts) if _same(one) not in there]
    if new:
        add_sessions(AddSessions(command.competition_id, tuple(new), command.actor))
    return Imported(len(new), len(facts) - len(new), ())


def _same(one: SessionFacts | TimetableSession) -> tuple[object, ...]:
    """By what a session is known again."""
    return (one.title, one.begins_at, one.ends_at, one.place, one.event_id, one.module_id, one.batch)


def _facts(row: SessionRow, competition: Competition, audience: Audience) -> SessionFacts:
    if row.ends_at <= row.begins_at:
        raise RowError("结束时间须晚于开始时间")
    event = _event(row.event, competition.events) if row.event else None
    module = _module(row.module, event) if row.module else None
    if row.batch is not None and event is None:
        raise RowError("写了批次，也要写赛项")
    return SessionFacts(
        title=row.title,
        begins_at=row.begins_at,
        ends_at=row.ends_at,
        place=row.place,
        kind=row.kind or kind_by_title(row.title, has_event=event is not None),
        event_id=event.id if event else None,
        module_id=module.id if module else None,
        batch=row.batch,
        audience=row.audience or audience,
        note=row.note,
    )


def _event(name: str, events: Iterable[Event]) -> Event:
    fitting = [one for one in events if name in (str(one.title), one.name)]
    exact = [one for one in fitting if name == str(one.title)]
    found = exact or fitting
    if not found:
        raise RowError("没有赛项“%(name)s”", name=name[:40])
    if len(found) > 1:
        raise RowError("有几个赛项都叫“%(name)s”，请写明组别", name=name[:40])
    return found[0]


def _module(name: str, event: Event | None) -> Module:
    modules: Sequence[Module] = event.modules if event else ()
    found = [one for one in modules if name in (one.name, one.code, f"{one.stage} {one.name}".strip())]
    if len(found) != 1:
        raise RowError("赛项里没有模块“%(name)s”", name=name[:40])
    return found[0]


def rows_of(sessions: Iterable[TimetableSession]) -> list[SessionRow]:
    """Stored sessions as rows of a table; what was called off is left out."""
    return [
        SessionRow(
            number=number,
            begins_at=one.begins_at,
            ends_at=one.ends_at,
            title=one.title,
            place=one.place,
            event=str(one.event.title) if one.event else "",
            module=one.module.code if one.module else "",
            batch=one.batch,
            kind=one.kind,
            audience=one.audience,
            note=one.note,
        )
        for number, one in enumerate((one for one in sessions if not one.is_off), start=2)
    ]
