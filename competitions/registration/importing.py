"""The roster import as use cases: a workbook is read, its preview kept encrypted, then taken in or dropped.

Nothing of a wrong row is ever stored as a contestant, and taking the same people in twice adds nobody twice.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from competitions.delegations.defining import missing_delegations
from competitions.lifecycle import CompetitionState
from competitions.models import (
    Competition,
    Contestant,
    Entrant,
    Event,
    Person,
    RosterImport,
)
from competitions.registration.intake import EventKey, Fate, Known, PlannedRow, bare_group, plan, replan
from competitions.registration.levels import (
    ChangedLevelsError,
    KnownLevels,
    OtherLevel,
    mark_of,
    no_levels,
    other_levels,
    source_for_record,
    unsaid,
    with_levels,
)
from competitions.registration.people import CHUNK, PersonFacts, known_persons, new_person
from competitions.registration.previews import planned_rows, sealed
from competitions.roster import RosterReading, read_roster
from competitions.setup import WrongStateError, competition_of, locked_competition
from core.audit import record
from core.auth import Actor
from core.clock import now
from core.db import db, transaction
from core.errors import ConflictError, InvalidInputError, NotFoundError
from core.messages import kept
from core.personal_data import blind_index
from core.rows import row_in

MOST_BYTES = 4 * 2**20
MOST_ROWS = 5_000
OPEN_STATES = (CompetitionState.PREPARING, CompetitionState.REGISTERING)


class RosterTooLargeError(InvalidInputError):
    """More than one import may hold."""

    code = "roster_too_large"


class NoEventsError(ConflictError):
    """There is no event that a contestant could be registered for."""

    code = "no_events"


class WrongRowsError(ConflictError):
    """The table has wrong rows, and nobody has said that the others may be taken in without them."""

    code = "wrong_rows"


class AlreadySettledError(ConflictError):
    """The table was taken in or dropped before."""

    code = "roster_settled"


class NothingNewError(ConflictError):
    """No row of the table would add anybody."""

    code = "nothing_new"


@dataclass(frozen=True, slots=True)
class ReadRoster:
    """Look at a registration workbook without taking anything in."""

    competition_id: int
    filename: str
    data: bytes
    actor: Actor


@dataclass(frozen=True, slots=True)
class TakeInRoster:
    """Take in the good rows of a preview. `leaves_out_wrong` is the organiser's word that the others stay out."""

    competition_id: int
    import_id: int
    leaves_out_wrong: bool
    actor: Actor
    levels_seen: str = ""
    """Where the roster gives no level and a certificate does, the organiser's word to take it over: the mark
    (`levels.mark_of`) of what was shown. Empty to take none over."""


@dataclass(frozen=True, slots=True)
class DropRoster:
    """Forget a preview."""

    competition_id: int
    import_id: int
    actor: Actor


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What taking in did."""

    entrants: int
    contestants: int
    already: int
    left_out: int
    levels: int = 0
    """Levels that were taken over from certificates."""


def read_workbook(command: ReadRoster) -> int:
    """Read a workbook, keep the preview and return its id; the same workbook read again gives the same preview.

    Raises:
        SpreadsheetError, RosterError: the file cannot be read, or has no registration table.
        RosterTooLargeError: the file is too large or has too many rows.
        NoEventsError: the competition has no events yet.
        WrongStateError: registration is over.
        NotFoundError: no such competition.
    """
    _require_size(command.data)
    reading = _read(command)
    with transaction() as session:
        competition = locked_competition(session, command.competition_id)
        _require_open(competition)
        digest = hashlib.sha256(command.data).hexdigest()
        pending = _pending(session, competition.id, digest)
        if pending is not None:
            _seal(session, pending, competition, reading, command.data)
            return pending.id
        row = RosterImport(
            competition_id=competition.id,
            filename=command.filename[:200],
            digest=digest,
            read_at=now(),
            read_by=command.actor.key,
        )
        _seal(session, row, competition, reading, command.data)
        session.add(row)
        session.flush()
        detail = {"filename": row.filename, "digest": digest, "counts": row.summary["counts"]}
        record(session, command.actor.act("roster.read", f"roster_import:{row.id}", competition.id, detail))
        return row.id


def look_through(command: ReadRoster) -> list[PlannedRow]:
    """What would become of every row of a workbook; nothing is kept of it.

    Raises:
        SpreadsheetError, RosterError, RosterTooLargeError, NoEventsError, WrongStateError, NotFoundError: as with
            `read_workbook`.
    """
    _require_size(command.data)
    competition = competition_of(command.competition_id)
    _require_open(competition)
    return planned_anew(db.session(), competition, _read(command))


def event_names(competition: Competition) -> list[str]:
    """The names of a competition's events, each once."""
    return list(dict.fromkeys(event.name for event in competition.events))


def _require_size(data: bytes) -> None:
    if len(data) > MOST_BYTES:
        raise RosterTooLargeError("报名表超过 %(most)s MB，请分开上传", most=MOST_BYTES // 2**20)


def _read(command: ReadRoster) -> RosterReading:
    competition = competition_of(command.competition_id)
    names = event_names(competition)
    if not names:
        raise NoEventsError("还没有赛项，请先添加赛项再导入报名表")
    reading = read_roster(command.data, command.filename, names, competition.opens_on)
    if len(reading.rows) > MOST_ROWS:
        raise RosterTooLargeError("报名表有 %(n)s 行，一次最多 %(most)s 行", n=len(reading.rows), most=MOST_ROWS)
    return reading


def _require_open(competition: Competition) -> None:
    if competition.state not in OPEN_STATES:
        raise WrongStateError("报名已经结束，不能再导入；要补报请先把竞赛退回报名")


def _pending(session: Session, competition_id: int, digest: str) -> RosterImport | None:
    query = select(RosterImport).where(
        RosterImport.competition_id == competition_id,
        RosterImport.digest == digest,
        RosterImport.taken_in_at.is_(None),
        func.length(RosterImport.rows_sealed) > 0,
    )
    return session.scalar(query.limit(1))


def planned_anew(session: Session, competition: Competition, reading: RosterReading) -> list[PlannedRow]:
    """What becomes of every row of a workbook, held against what is stored now."""
    values = [row.values for row in reading.rows]
    indexes = [blind_index(one.id_kind, one.id_number) for one in values if one.id_kind and one.id_number]
    return plan(reading.rows, event_keys(competition), _known(session, competition.id, indexes), blind_index)


def _seal(session: Session, row: RosterImport, competition: Competition, reading: RosterReading, data: bytes) -> None:
    rows = planned_anew(session, competition, reading)
    row.rows_sealed = sealed(rows, data)
    known = {delegation.name for delegation in competition.delegations}
    row.summary = {
        "counts": counts(rows),
        "header_row": reading.header_row,
        "problems": [kept(problem) for problem in reading.problems],
        "new_delegations": [name for name in _delegations(rows) if name not in known],
    }


def counts(rows: Sequence[PlannedRow]) -> dict[str, int]:
    """How many rows have each fate, and how many of the new ones carry a warning."""
    numbers = {fate.value: sum(row.fate is fate for row in rows) for fate in Fate}
    return numbers | {"warned": sum(row.is_warned and row.fate is Fate.NEW for row in rows)}


def event_keys(competition: Competition) -> list[EventKey]:
    """The events of a competition as rows of a table name them."""
    return [EventKey(event.id, event.name, event.group_name, event.form.value) for event in competition.events]


def _delegations(rows: Iterable[PlannedRow]) -> list[str]:
    return list(dict.fromkeys(row.values.delegation or "" for row in rows if row.fate is Fate.NEW))


def _known(session: Session, competition_id: int, indexes: Iterable[str]) -> Known:
    persons = known_persons(session, indexes)
    ids = {person.id: index for index, person in persons.items()}
    events: dict[str, set[int]] = {}
    wanted = sorted(ids)
    for start in range(0, len(wanted), CHUNK):
        query = (
            select(Contestant.person_id, Entrant.event_id)
            .join(Contestant.entrant)
            .join(Entrant.event)
            .where(Event.competition_id == competition_id, Contestant.person_id.in_(wanted[start : start + CHUNK]))
        )
        for person_id, event_id in session.execute(query):
            events.setdefault(ids[person_id], set()).add(event_id)
    return Known({index: person.name for index, person in persons.items()}, events)


def import_of(session: Session, competition_id: int, import_id: int) -> RosterImport:
    """The preview of this competition.

    Raises:
        NotFoundError: none, or of another competition.
    """
    return row_in(session, RosterImport, competition_id, import_id, NotFoundError("没有这份报名表预览"))


def pending_imports(competition_id: int) -> list[RosterImport]:
    """The previews that wait to be taken in or dropped, the latest first."""
    query = select(RosterImport).where(
        RosterImport.competition_id == competition_id,
        RosterImport.taken_in_at.is_(None),
        func.length(RosterImport.rows_sealed) > 0,
    )
    return list(db.session.scalars(query.order_by(RosterImport.id.desc())))


def take_in(command: TakeInRoster, known_levels: KnownLevels = no_levels) -> TakenIn:
    """Store the good rows of a preview as contestants, all of them or none.

    What is stored by then is looked at again: whoever was registered meanwhile is not registered twice.

    Args:
        command: whose word, on what.
        known_levels: levels of certificates that came back; asked only where the organiser takes them over.

    Raises:
        ChangedLevelsError: the levels to take over are not those that the organiser saw.
        WrongRowsError: there are wrong rows, and they were not left out explicitly.
        NothingNewError: no row would add anybody.
        AlreadySettledError: the preview was taken in or dropped.
        WrongStateError: registration is over.
        NotFoundError: no such preview in this competition.
    """
    with transaction() as session:
        competition = locked_competition(session, command.competition_id)
        row = import_of(session, competition.id, command.import_id)
        require_pending(row)
        _require_open(competition)
        rows = _rows_now(session, competition, row)
        numbers = counts(rows)
        _require_choice(numbers, leaves_out_wrong=command.leaves_out_wrong)
        good = [planned for planned in rows if planned.fate is Fate.NEW]
        taken_over = _levels_to_take_over(command, good, known_levels)
        entrants = add_entrants(session, competition, with_levels(good, taken_over))
        row.taken_in_at, row.rows_sealed = now(), b""
        row.summary = row.summary | {"counts": numbers}
        result = TakenIn(len(entrants), len(good), numbers[Fate.ALREADY], numbers[Fate.WRONG], len(taken_over))
        detail = {"filename": row.filename, "digest": row.digest} | asdict(result)
        if taken_over:
            detail["levels"] = _told(entrants, taken_over)
        record(session, command.actor.act("roster.taken_in", f"roster_import:{row.id}", competition.id, detail))
        return result


def _levels_to_take_over(
    command: TakeInRoster, rows: Sequence[PlannedRow], known_levels: KnownLevels
) -> list[OtherLevel]:
    if not command.levels_seen:
        return []
    offered = unsaid(other_levels(command.competition_id, rows, known_levels))
    if mark_of(offered) != command.levels_seen:
        raise ChangedLevelsError("已知的等级证书或可导入的行刚刚有变化，请重新核对等级后再导入")
    return offered


def _told(entrants: Iterable[Entrant], taken_over: Iterable[OtherLevel]) -> dict[str, Any]:
    """The levels that were taken over, with their source, by the contestant's id."""
    sources = {(one.row.index, one.row.event_id): source_for_record(one.source) for one in taken_over}
    members = [(entrant, member) for entrant in entrants for member in entrant.members]
    return {
        str(member.id): {"level": member.level, "source": sources[key]}
        for entrant, member in members
        if (key := (member.person.document_index, entrant.event_id)) in sources
    }


def require_pending(row: RosterImport) -> None:
    """Whether a preview still waits.

    Raises:
        AlreadySettledError: it was taken in or dropped.
    """
    if row.taken_in_at is not None:
        raise AlreadySettledError("“%(name)s”已经导入过了", name=row.filename)
    if not row.rows_sealed:
        raise AlreadySettledError("“%(name)s”的预览已放弃，请重新上传", name=row.filename)


def _rows_now(session: Session, competition: Competition, row: RosterImport) -> list[PlannedRow]:
    rows = planned_rows(row)
    known = _known(session, competition.id, [planned.index for planned in rows if planned.index])
    events = event_keys(competition)
    there = {event.id for event in events}
    gone = next((planned for planned in rows if planned.event_id is not None and planned.event_id not in there), None)
    if gone is not None:
        raise AlreadySettledError("赛项“%(name)s”已被删除，请放弃这份预览后重新上传", name=gone.values.event)
    return replan(rows, events, known)


def _require_choice(numbers: dict[str, int], *, leaves_out_wrong: bool) -> None:
    if not numbers[Fate.NEW]:
        raise NothingNewError(
            "没有可导入的新选手：%(already)s 人已报名，%(wrong)s 行有错误",
            already=numbers[Fate.ALREADY],
            wrong=numbers[Fate.WRONG],
        )
    if numbers[Fate.WRONG] and not leaves_out_wrong:
        raise WrongRowsError(
            "有 %(wrong)s 行有错误。请改好后重新上传，或勾选“只导入 %(good)s 行无误的，其余 %(wrong)s 行不导入”",
            wrong=numbers[Fate.WRONG],
            good=numbers[Fate.NEW],
        )


def add_entrants(session: Session, competition: Competition, rows: Sequence[PlannedRow]) -> list[Entrant]:
    """Store rows as entrants with their persons and delegations, inside a transaction that a use case has opened.

    Args:
        rows: of which nobody is there yet; those with the same `team` make one entrant.

    Returns:
        The entrants in the order of their first rows, with their ids.
    """
    missing_delegations(session, competition, _delegations(rows))
    session.expire(competition, ["delegations"])
    delegations = {delegation.name: delegation.id for delegation in competition.delegations}
    persons = known_persons(session, [row.index for row in rows])
    for row in rows:
        if row.index not in persons:
            persons[row.index] = person_of_row(row)
    session.add_all(persons.values())
    events = {event.id: event for event in competition.events}
    teams: dict[str, list[PlannedRow]] = {}
    for row in rows:
        teams.setdefault(row.team, []).append(row)
    entrants = [_entrant(team, events, delegations, persons) for team in teams.values()]
    session.add_all(entrants)
    session.flush()
    return entrants


def person_of_row(row: PlannedRow) -> Person:
    """A row for the person, who is not known yet. It is in no session."""
    values = row.values
    facts = PersonFacts(
        values.name or "",
        values.id_kind or "",
        values.id_number or "",
        values.sex or "",
        values.birth,
        values.phone or "",
    )
    return new_person(facts)


def _entrant(
    team: Sequence[PlannedRow],
    events: dict[int, Event],
    delegations: dict[str, int],
    persons: dict[str, Person],
) -> Entrant:
    first = team[0]
    assert first.event_id is not None  # noqa: S101  # a row without event is wrong and never gets here
    event = events[first.event_id]
    return Entrant(
        event_id=event.id,
        delegation_id=delegations[first.values.delegation or ""],
        name=_entrant_name(team, event.form.value),
        members=[contestant_of_row(row, event, persons[row.index], number) for number, row in enumerate(team, start=1)],
    )


def contestant_of_row(row: PlannedRow, event: Event, person: Person, listed: int) -> Contestant:
    """The person of a row as a member of an entrant; `listed` is the place in it, from 1. It is in no session."""
    values = row.values
    return Contestant(
        person=person,
        unit=values.unit or "",
        identity=bare_group(values.group or event.group_name),
        level=values.level,
        unit_nature=values.unit_nature or "",
        is_rural_migrant=values.is_rural_migrant,
        is_new_employment=values.is_new_employment,
        listed=listed,
    )


def _entrant_name(team: Sequence[PlannedRow], form: str) -> str:
    first = team[0].values
    if form == "unit":
        return first.unit or ""
    if form == "team":
        return first.delegation or ""
    return "、".join(row.values.name or "" for row in team)


def drop(command: DropRoster) -> None:
    """Forget a preview; its rows are emptied.

    Raises:
        AlreadySettledError: it was taken in or dropped.
        NotFoundError: no such preview in this competition.
    """
    with transaction() as session:
        competition = locked_competition(session, command.competition_id)
        row = import_of(session, competition.id, command.import_id)
        require_pending(row)
        row.rows_sealed = b""
        detail = {"filename": row.filename, "digest": row.digest}
        record(session, command.actor.act("roster.dropped", f"roster_import:{row.id}", competition.id, detail))
