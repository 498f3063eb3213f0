"""An approval taken back: the entrant that it made goes again, the delegation reads why and may hand in anew."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from competitions.check_in.reading import arrivals_of
from competitions.enrolment.deciding import NotWaitingError, ReturnReasonError
from competitions.enrolment.entries import ChangedEntryError
from competitions.enrolment.models import EnrolmentEntry, EntryState
from competitions.lifecycle import CompetitionState
from competitions.models import Competition, Contestant, Entrant, Person
from competitions.registration.entrants import COMPETING
from competitions.setup import WrongStateError, delete_unused, locked_competition
from core.audit import record
from core.auth import Actor
from core.clock import now
from core.db import transaction
from core.errors import ConflictError, NotFoundError
from core.messages import Said, message, said
from core.rows import row_in

STATES = (CompetitionState.PREPARING, CompetitionState.REGISTERING, CompetitionState.DRAWING)
LONGEST_REASON = 500


class TooLateError(ConflictError):
    """The entrant was drawn, has come, or left the competition: it can only be withdrawn by name now."""

    code = "approval_settled"


@dataclass(frozen=True, slots=True)
class TakeBackApproval:
    """Take back the approval of one person; `revision` is the one that was looked at."""

    competition_id: int
    entry_id: int
    revision: int
    reason: str
    actor: Actor


def take_back_approval(command: TakeBackApproval) -> int:
    """Make an approved person a returned one; returns how many team mates wait again for the team to be complete.

    The entrant goes with all its members where its form wants a number of them; of a team of any size only the person
    leaves, unless nobody is left. The mates stay approved. Of somebody known from nowhere else nothing remains.

    Raises:
        ReturnReasonError: no reason, or one too long.
        NotWaitingError: not approved, or approved without an entrant: that is returned, not taken back.
        ChangedEntryError: changed since it was looked at.
        TooLateError: drawn, checked in, or out of the competition by name.
        InUseError: other records stand on the entrant.
        WrongStateError: marking has begun.
        NotFoundError: not of this competition.
    """
    reason = command.reason.strip()
    if not reason or len(reason) > LONGEST_REASON:
        raise ReturnReasonError("撤销通过要写明理由（最多 %(most)s 字），单位会看到", most=LONGEST_REASON)
    with transaction() as session:
        competition = locked_competition(session, command.competition_id)
        entry = row_in(session, EnrolmentEntry, competition.id, command.entry_id, NotFoundError("没有这名人员"))
        if entry.state is not EntryState.APPROVED or entry.entrant is None:
            raise NotWaitingError("“%(name)s”不在参赛名单里，没有可以撤销的通过", name=entry.name)
        if entry.revision != command.revision:
            raise ChangedEntryError("“%(name)s”在您查看之后改过，请看过现在的内容再决定", name=entry.name)
        _require_in_time(session, competition, entry.entrant, entry.name)
        detail = {"entrant": entry.entrant.id, "reason": reason}
        left = _leave(session, entry)
        entry.state, entry.reason = EntryState.RETURNED, reason
        entry.revision += 1
        entry.decided_at, entry.decided_by = now(), command.actor.key
        target = f"enrolment_entry:{entry.id}"
        record(session, command.actor.act("enrolment.approval_taken_back", target, competition.id, detail))
        return left


def _require_in_time(session: Session, competition: Competition, entrant: Entrant, name: str) -> None:
    if competition.state not in STATES:
        raise WrongStateError("评分已经开始，“%(name)s”的通过不能再撤销；%(instead)s", name=name, instead=_instead())
    obstacle = _obstacle(session, competition, entrant)
    if obstacle is not None:
        text = "“%(name)s”%(why)s，通过不能再撤销；%(instead)s"
        raise TooLateError(text, name=name, why=obstacle, instead=_instead())


def _instead() -> Said:
    return said("不再参赛的，请在参赛名单里打开这名选手，把参赛状态改为弃权或取消资格，写明理由")


def _obstacle(session: Session, competition: Competition, entrant: Entrant) -> Said | None:
    if entrant.draw_number is not None:
        return said("已经抽签（%(n)s 号）", n=entrant.draw_number)
    if entrant.status not in COMPETING:
        return said("已登记为弃权、缺考或取消资格")
    arrived = arrivals_of(session, competition.id)
    if any(member.id in arrived for member in entrant.members):
        return said("已经检录")
    return None


def settled(session: Session, competition: Competition, entry: EnrolmentEntry) -> ConflictError | None:
    """Why an approval cannot be taken back any more, for the page that would offer it; None where it can."""
    if entry.entrant is None:
        return None
    try:
        _require_in_time(session, competition, entry.entrant, entry.name)
    except (TooLateError, WrongStateError) as error:
        return error
    return None


def _leave(session: Session, entry: EnrolmentEntry) -> int:
    """Take the person out of the entrant, and the entrant away where it cannot stand without; how many mates wait."""
    entrant = entry.entrant
    assert entrant is not None  # noqa: S101  asked before; for the type checker
    query = select(EnrolmentEntry).where(EnrolmentEntry.entrant_id == entrant.id, EnrolmentEntry.id != entry.id)
    mates = session.scalars(query).all()
    stays = entrant.event.form.value == "team" and len(entrant.members) > 1
    gone = [one for one in entrant.members if not stays or one.person.document_index == entry.document_index]
    persons = [one.person for one in gone]
    for one in [entry, *(() if stays else mates)]:
        one.entrant_id = None
    session.flush()
    for member in gone:
        _delete(session, member, entry.name)
    if not stays:
        session.expire(entrant, ["members"])
        _delete(session, entrant, entry.name)
    for person in persons:
        _forget(session, person, {mate.document_index for mate in mates})
    return 0 if stays else len(mates)


def _delete(session: Session, row: Contestant | Entrant, name: str) -> None:
    """Delete what nothing else stands on: no declared tie, paper or sheet."""
    text = message("“%(name)s”在参赛名单里已有其他记录（如回避申报、申报材料），通过不能再撤销；%(instead)s")
    delete_unused(session, row, text, name=name, instead=_instead())


def _forget(session: Session, person: Person, still_wanted: set[str]) -> None:
    """A person known from nowhere else goes, too: nobody needs the data any more."""
    elsewhere = select(Contestant.id).where(Contestant.person_id == person.id).limit(1)
    if person.document_index not in still_wanted and session.scalar(elsewhere) is None:
        session.delete(person)
        session.flush()
