"""资格审核: a person approves or returns whoever was handed in; who is approved becomes an entrant."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from competitions.enrolment.entries import ChangedEntryError, entries_query
from competitions.enrolment.keeping import facts_of
from competitions.enrolment.models import EnrolmentEntry, EntryState, Part
from competitions.enrolment.periods import require_registering
from competitions.models import Competition, Contestant, Entrant, Event, Form
from competitions.registration.importing import add_entrants, contestant_of_row, person_of_row
from competitions.registration.intake import TEAM_SIZES, Fate, PlannedRow
from competitions.registration.people import known_persons
from competitions.setup import locked_competition
from core.audit import record
from core.auth import Actor
from core.clock import now
from core.db import transaction
from core.errors import ConflictError, InvalidInputError, NotFoundError
from core.messages import Said, said
from core.rows import row_in


class NotWaitingError(ConflictError):
    """It does not wait for a decision: never handed in, or decided upon."""

    code = "entry_not_waiting"


class BarredEntryError(ConflictError):
    """The person cannot become an entrant: registered in the event, or known by another name."""

    code = "entry_barred"


class ReturnReasonError(InvalidInputError):
    """Who is returned is told why."""

    code = "return_reason"


@dataclass(frozen=True, slots=True)
class ApproveEntries:
    """Approve people: id and revision of each, as they were looked at."""

    competition_id: int
    seen: tuple[tuple[int, int], ...]
    actor: Actor


@dataclass(frozen=True, slots=True)
class ReturnEntry:
    """Give a person back to the delegation, with the reason."""

    competition_id: int
    entry_id: int
    revision: int
    reason: str
    actor: Actor


@dataclass(frozen=True, slots=True)
class Approved:
    """What approval did: people, the entrants that they made, and those whose team is not complete yet."""

    people: int
    entrants: int
    waiting: int


def approve_entries(command: ApproveEntries) -> Approved:
    """Approve people, all of them or none; complete teams and single contestants become entrants.

    Raises:
        NotWaitingError: nobody named, or somebody not handed in or decided upon already.
        ChangedEntryError: the delegation has changed somebody since they were looked at.
        BarredEntryError: somebody is in the event already, or the document is another's by name.
        WrongStateError: registration is over.
        NotFoundError: somebody not of this competition.
    """
    with transaction() as session:
        competition = locked_competition(session, command.competition_id)
        require_registering(competition)
        entries = [_seen(session, competition.id, entry_id, revision) for entry_id, revision in command.seen]
        if not entries:
            raise NotWaitingError("请先勾选要通过的人员")
        for entry in entries:
            _require_free(session, entry)
            _decide(entry, EntryState.APPROVED, "", command.actor)
            session.flush()
            _make_entrant(session, competition, entry)
        made = {entry.entrant_id for entry in entries if entry.entrant_id is not None}
        stranded = sum(entry.part is Part.CONTESTANT and entry.entrant_id is None for entry in entries)
        detail = {"entries": [entry.id for entry in entries], "entrants": sorted(made)}
        record(session, command.actor.act("enrolment.approved", _target(entries), competition.id, detail))
        return Approved(len(entries), len(made), stranded)


def _target(entries: Sequence[EnrolmentEntry]) -> str:
    return f"enrolment_entry:{entries[0].id}" if len(entries) == 1 else f"delegation:{entries[0].delegation_id}"


def _seen(session: Session, competition_id: int, entry_id: int, revision: int) -> EnrolmentEntry:
    entry = row_in(session, EnrolmentEntry, competition_id, entry_id, NotFoundError("没有这名人员"))
    if entry.state in (EntryState.DRAFT, EntryState.RETURNED):
        raise NotWaitingError("“%(name)s”现在没有报送，可能刚被单位改动，要等重新报送", name=entry.name)
    if entry.state is EntryState.APPROVED:
        raise NotWaitingError("“%(name)s”已经通过审核", name=entry.name)
    if entry.revision != revision:
        raise ChangedEntryError("“%(name)s”在您查看之后改过，请看过现在的内容再决定", name=entry.name)
    return entry


def _decide(entry: EnrolmentEntry, state: EntryState, reason: str, actor: Actor) -> None:
    entry.state, entry.reason = state, reason
    entry.revision += 1
    entry.decided_at, entry.decided_by = now(), actor.key


def _require_free(session: Session, entry: EnrolmentEntry) -> None:
    obstacle = obstacle_to(session, entry)
    if obstacle is not None:
        raise BarredEntryError("“%(name)s”不能通过：%(why)s", name=entry.name, why=obstacle)


def obstacle_to(session: Session, entry: EnrolmentEntry) -> Said | None:
    """Why a person cannot become an entrant, if so. Only for organisers: it tells of other delegations."""
    if entry.part is not Part.CONTESTANT or entry.entrant_id is not None:
        return None
    person = known_persons(session, [entry.document_index]).get(entry.document_index)
    if person is None:
        return None
    if person.name != entry.name:
        return said("此证件号码已登记为“%(name)s”，请核对姓名或证件号码", name=person.name)
    query = (
        select(Entrant)
        .join(Contestant, Contestant.entrant_id == Entrant.id)
        .where(Contestant.person_id == person.id, Entrant.event_id == entry.event_id)
    )
    there = session.scalar(query.limit(1))
    if there is None:
        return None
    return said("已由“%(delegation)s”在“%(event)s”报名", delegation=there.delegation.name, event=there.event.title)


def _make_entrant(session: Session, competition: Competition, entry: EnrolmentEntry) -> None:
    """An entrant of whoever is complete by this approval; leaders and coaches make none."""
    if entry.part is not Part.CONTESTANT or entry.event is None:
        return
    mates = _mates(session, entry)
    if not _is_complete(entry.event, mates):
        return
    entrant_id = next((mate.entrant_id for mate in mates if mate.entrant_id is not None), None)
    new = [mate for mate in mates if mate.state is EntryState.APPROVED and mate.entrant_id is None]
    for mate in new:
        _require_free(session, mate)  # somebody approved earlier may have come in by a workbook meanwhile
    rows = [_row(mate, entry.event) for mate in new]
    if entrant_id is None:
        entrant_id = add_entrants(session, competition, rows)[0].id
    else:
        _join(session, session.get_one(Entrant, entrant_id), rows)
    for mate in new:
        mate.entrant_id = entrant_id
    session.flush()


def _mates(session: Session, entry: EnrolmentEntry) -> Sequence[EnrolmentEntry]:
    """Everybody who makes one entrant together with this person, the person among them."""
    assert entry.event is not None  # noqa: S101  # asked by the caller
    if entry.event.form is Form.SINGLE:
        return [entry]
    query = entries_query(entry.competition_id).where(
        EnrolmentEntry.delegation_id == entry.delegation_id,
        EnrolmentEntry.event_id == entry.event_id,
        EnrolmentEntry.part == Part.CONTESTANT,
    )
    if entry.event.form.value in TEAM_SIZES:
        query = query.where(EnrolmentEntry.team == entry.team)
    return session.scalars(query).all()


def _is_complete(event: Event, mates: Sequence[EnrolmentEntry]) -> bool:
    """Pairs and threes when all are approved; a team of any size when nobody handed in waits any more."""
    size = TEAM_SIZES.get(event.form.value)
    if size is not None:
        return sum(mate.state is EntryState.APPROVED for mate in mates) == size
    return all(mate.state is not EntryState.HANDED_IN for mate in mates)


def _row(entry: EnrolmentEntry, event: Event) -> PlannedRow:
    values = replace(facts_of(entry), delegation=entry.delegation.name, event=event.name)
    team = {Form.SINGLE: entry.id, Form.TEAM: 1}.get(event.form, entry.team)
    return PlannedRow(
        sheet="",
        row=entry.id,
        fate=Fate.NEW,
        values=values,
        event_id=event.id,
        index=entry.document_index,
        team=f"{event.id}/{entry.delegation_id}/{team}",
    )


def _join(session: Session, entrant: Entrant, rows: Iterable[PlannedRow]) -> None:
    """More members for a team that stands already."""
    for row in rows:
        person = known_persons(session, [row.index]).get(row.index) or person_of_row(row)
        entrant.members.append(contestant_of_row(row, entrant.event, person, len(entrant.members) + 1))


def return_entry(command: ReturnEntry) -> None:
    """Give a person back to the delegation, who reads the reason and may correct and hand in again.

    Who was approved can be returned as long as no entrant was made of them.

    Raises:
        ReturnReasonError: no reason.
        NotWaitingError: not handed in, or an entrant already.
        ChangedEntryError: changed since it was looked at.
        WrongStateError: registration is over.
        NotFoundError: not of this competition.
    """
    reason = command.reason.strip()
    if not reason:
        raise ReturnReasonError("退回要写明理由，单位会看到")
    with transaction() as session:
        competition = locked_competition(session, command.competition_id)
        require_registering(competition)
        entry = row_in(session, EnrolmentEntry, competition.id, command.entry_id, NotFoundError("没有这名人员"))
        if entry.entrant_id is not None:
            raise NotWaitingError("“%(name)s”已进入参赛名单，不能退回；要改决定请撤销通过", name=entry.name)
        if entry.state is not EntryState.APPROVED or entry.revision != command.revision:
            entry = _seen(session, competition.id, command.entry_id, command.revision)
        _decide(entry, EntryState.RETURNED, reason, command.actor)
        target = f"enrolment_entry:{entry.id}"
        record(session, command.actor.act("enrolment.returned", target, competition.id, {"reason": reason}))
