"""Whom a delegation enters: put down, changed, taken away, each time against the revision that was seen."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from competitions.delegations.defining import delegation_of
from competitions.enrolment.keeping import facts_of, index_of, put_facts
from competitions.enrolment.models import EnrolmentEntry, EntryState, Part
from competitions.enrolment.periods import periods_of, require_open, require_registering
from competitions.enrolment.reading import Stated, read_stated, require_right
from competitions.events.defining import event_of
from competitions.models import Competition, Event, Form
from competitions.registration.intake import TEAM_SIZES
from competitions.setup import locked_competition
from core.audit import record
from core.auth import Actor
from core.clock import now
from core.db import db, transaction
from core.errors import ConflictError, InvalidInputError, NotFoundError
from core.rows import row_in

MOST_ENTRIES = 1000


class ChangedEntryError(ConflictError):
    """Somebody else has changed it meanwhile."""

    code = "entry_changed"


class ApprovedEntryError(ConflictError):
    """It was approved; what is wrong with it is the organiser's to correct."""

    code = "entry_approved"


class SamePersonError(ConflictError):
    """The person is on the delegation's list already."""

    code = "same_person"


class TooManyEntriesError(ConflictError):
    """More people than any delegation has."""

    code = "too_many_entries"


class NoSuchPlaceError(InvalidInputError):
    """No event, or a team that the event does not have."""

    code = "no_such_place"


@dataclass(frozen=True, slots=True)
class SaveEntry:
    """Put down a person, or with `entry_id` other facts for one; `revision` is the one that was seen."""

    competition_id: int
    delegation_id: int
    stated: Stated
    actor: Actor
    entry_id: int | None = None
    revision: int = 0


@dataclass(frozen=True, slots=True)
class RemoveEntry:
    """Take a person off the list."""

    competition_id: int
    delegation_id: int
    entry_id: int
    revision: int
    actor: Actor


def save_entry(command: SaveEntry) -> int:
    """Store what is stated of a person and return the entry's id. It is a draft again, to be handed in.

    Raises:
        WrongFactsError, NoSuchPlaceError: what is stated cannot be right.
        SamePersonError, TooManyEntriesError: already on the list; the list is full.
        ChangedEntryError, ApprovedEntryError: changed or approved since it was seen.
        EnrolmentClosedError, WrongStateError: registration is not open.
        NotFoundError: no such delegation here, entry of it, or event.
    """
    with transaction() as session:
        competition = locked_competition(session, command.competition_id)
        event = _event(session, competition, command.stated)
        entry = _editable(session, competition, command)
        _require_open(session, competition, command.delegation_id, {command.stated.event_id})
        row = read_stated(competition, event, command.stated, facts_of(entry) if entry.id else None)
        require_right(row)
        others = own_entries(session, competition.id, command.delegation_id)
        _require_new(entry, command.stated, index_of(row.values), row.values.name or "", others)
        entry.part, entry.event_id, entry.team = command.stated.part, event.id if event else None, command.stated.team
        put_facts(entry, row)
        mark_changed(entry, command.actor)
        session.add(entry)
        session.flush()
        act = "enrolment_entry.changed" if command.entry_id else "enrolment_entry.added"
        detail = {"delegation": command.delegation_id, "revision": entry.revision}
        record(session, command.actor.act(act, f"enrolment_entry:{entry.id}", competition.id, detail))
        return entry.id


def _event(session: Session, competition: Competition, stated: Stated) -> Event | None:
    if stated.event_id is None:
        if stated.part is Part.CONTESTANT:
            raise NoSuchPlaceError("请选择参赛赛项")
        return None
    event = event_of(session, competition.id, stated.event_id)
    if event.form is Form.UNIT:
        raise NoSuchPlaceError("“%(event)s”以单位参赛，不填报个人", event=event.title)
    if event.form.value in TEAM_SIZES and not 1 <= stated.team <= MOST_ENTRIES:
        raise NoSuchPlaceError("请写明是第几队")
    return event


def _editable(session: Session, competition: Competition, command: SaveEntry) -> EnrolmentEntry:
    if command.entry_id is None:
        own = delegation_of(session, competition.id, command.delegation_id)
        return EnrolmentEntry(competition_id=competition.id, delegation_id=own.id, revision=0, facts_sealed=b"")
    entry = entry_of(session, competition.id, command.delegation_id, command.entry_id)
    require_unchanged(entry, command.revision)
    if entry.event_id != command.stated.event_id:
        _require_open(session, competition, command.delegation_id, {entry.event_id})
    return entry


def require_unchanged(entry: EnrolmentEntry, revision: int) -> None:
    """Whether a delegation may still change an entry that it saw at this revision.

    Raises:
        ApprovedEntryError: it was approved.
        ChangedEntryError: somebody has changed or decided upon it.
    """
    if entry.state is EntryState.APPROVED:
        raise ApprovedEntryError("“%(name)s”已通过审核，不能再改；有误请告诉组织者", name=entry.name)
    if entry.revision != revision:
        raise ChangedEntryError(
            "“%(name)s”在您填写期间被别人改过或退回过，您的内容还没有保存。请对照现在存着的内容，核对后再保存",
            name=entry.name,
        )


def _require_open(
    session: Session, competition: Competition, delegation_id: int, event_ids: Iterable[int | None]
) -> None:
    require_registering(competition)
    periods = periods_of(session, competition.id, delegation_id)
    for event_id in event_ids:
        require_open(periods.of(event_id))


def _require_new(
    entry: EnrolmentEntry, stated: Stated, index: str, name: str, others: Sequence[EnrolmentEntry]
) -> None:
    others = [other for other in others if other.id != entry.id]
    if entry.id is None and len(others) >= MOST_ENTRIES:
        raise TooManyEntriesError("一个代表队最多填报 %(most)s 人次", most=MOST_ENTRIES)
    for other in others:
        if index and other.document_index == index and other.name != name:
            raise SamePersonError("这个证件号码在本队名单里是“%(name)s”，请核对", name=other.name)
        is_same = other.document_index == index if index else other.name == name
        if is_same and (other.part, other.event_id) == (stated.part, stated.event_id):
            raise SamePersonError("“%(name)s”已在本队名单里，不用重复填报", name=name)


def mark_changed(entry: EnrolmentEntry, actor: Actor) -> None:
    """Make an entry a draft of now; what was decided upon it does not hold any more."""
    entry.state = EntryState.DRAFT
    entry.revision += 1
    entry.changed_at, entry.changed_by = now(), actor.key
    entry.decided_at, entry.decided_by = None, ""


def remove_entry(command: RemoveEntry) -> None:
    """Take a person off the list.

    Raises:
        ChangedEntryError, ApprovedEntryError, EnrolmentClosedError, WrongStateError, NotFoundError: as `save_entry`.
    """
    with transaction() as session:
        competition = locked_competition(session, command.competition_id)
        entry = entry_of(session, competition.id, command.delegation_id, command.entry_id)
        require_unchanged(entry, command.revision)
        _require_open(session, competition, command.delegation_id, {entry.event_id})
        detail = {"delegation": command.delegation_id, "state": entry.state.value}
        target = f"enrolment_entry:{entry.id}"
        session.delete(entry)
        record(session, command.actor.act("enrolment_entry.removed", target, competition.id, detail))


def entry_of(session: Session, competition_id: int, delegation_id: int, entry_id: int) -> EnrolmentEntry:
    """The entry of this delegation.

    Raises:
        NotFoundError: none, or another delegation's.
    """
    missing = NotFoundError("没有这名人员")
    entry = row_in(session, EnrolmentEntry, competition_id, entry_id, missing)
    if entry.delegation_id != delegation_id:
        raise missing
    return entry


def own_entries(session: Session, competition_id: int, delegation_id: int) -> Sequence[EnrolmentEntry]:
    """All whom a delegation enters: leaders and coaches first, then contestants by event and team."""
    query = entries_query(competition_id).where(EnrolmentEntry.delegation_id == delegation_id)
    found = session.scalars(query).all()
    order = [Part.LEADER, Part.COACH, Part.CONTESTANT]
    return sorted(
        found,
        key=lambda one: (order.index(one.part), one.event.position if one.event else 0, one.team, one.id),
    )


def entries_query(competition_id: int) -> Select[EnrolmentEntry]:
    """The entries of a competition with their events, in the order in which they were put down."""
    query = select(EnrolmentEntry).where(EnrolmentEntry.competition_id == competition_id)
    return query.options(joinedload(EnrolmentEntry.event)).order_by(EnrolmentEntry.id)


def mark_of(entries: Iterable[EnrolmentEntry]) -> str:
    """A short mark of a list as somebody saw it: another one where anybody was added, changed or taken away."""
    words = ",".join(f"{one.id}:{one.revision}" for one in sorted(entries, key=lambda one: one.id))
    return hashlib.sha256(words.encode()).hexdigest()[:32]


def next_team(entries: Iterable[EnrolmentEntry], event: Event) -> int:
    """The first team of an event that has room for another member."""
    size = TEAM_SIZES.get(event.form.value)
    if size is None:
        return 1
    taken: dict[int, int] = {}
    for one in entries:
        if one.event_id == event.id and one.part is Part.CONTESTANT:
            taken[one.team] = taken.get(one.team, 0) + 1
    return next(number for number in range(1, len(taken) + 2) if taken.get(number, 0) < size)


def count_by_state(competition_id: int) -> dict[int, dict[EntryState, int]]:
    """How many entries of each delegation are in each state. One query."""
    query = (
        select(EnrolmentEntry.delegation_id, EnrolmentEntry.state, func.count(EnrolmentEntry.id))
        .where(EnrolmentEntry.competition_id == competition_id)
        .group_by(EnrolmentEntry.delegation_id, EnrolmentEntry.state)
    )
    found: dict[int, dict[EntryState, int]] = {}
    for delegation_id, state, count in db.session.execute(query):
        found.setdefault(delegation_id, {})[state] = count
    return found
