"""Looking at a record as use cases: only at somebody of one's own competition, and every look is recorded."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from certificates.contestants.own import own_contestants
from certificates.record.entries import Record
from certificates.record.gathering import EXPORTED, LOOKED, gather
from certificates.record.workbook import workbook
from competitions.models import Contestant
from competitions.registration.entrants import contestant_of
from competitions.registration.people import known_persons
from competitions.setup import competition_of
from core.audit import Act, record
from core.auth import Actor
from core.db import db, transaction
from core.errors import NotFoundError
from core.identity import DocumentKind, clean_number
from core.personal_data import blind_index


@dataclass(frozen=True, slots=True)
class LookAtRecord:
    """An organiser looks at the record of a contestant of this competition, or takes it as a file."""

    competition_id: int
    contestant_id: int
    actor: Actor
    is_export: bool = False


def look_at_record(command: LookAtRecord) -> Record:
    """The record, once the look stands in the audit record.

    Raises:
        NotFoundError: no such contestant in this competition.
    """
    competition_of(command.competition_id)
    with transaction() as session:
        contestant = contestant_of(command.competition_id, command.contestant_id)
        found = gather(session, contestant, command.competition_id)
        detail = {"competitions": sorted({entry.competition_id for entry in found.entries})}
        act = EXPORTED if command.is_export else LOOKED
        target = f"contestant:{command.contestant_id}"
        record(session, command.actor.act(act, target, command.competition_id, detail))
        return found


def export_record(command: LookAtRecord) -> bytes:
    """The record as XLSX; see `look_at_record`."""
    return workbook(look_at_record(command))


def own_record(actor: Actor) -> Record:
    """The signed-in contestant's own record, with everybody who has looked at it.

    Raises:
        NotAllowedError: not a contestant's sign-in.
    """
    session = db.session()
    return gather(session, own_contestants(session, actor)[0], None)


def record_by_document(number: str) -> Record:
    """The record of whoever has this document, for the command line; the look is recorded.

    Raises:
        NotFoundError: nobody with this document was ever registered.
    """
    with transaction() as session:
        contestant = _newest_with(session, clean_number(number))
        found = gather(session, contestant, None)
        act = Act("system", "命令行", EXPORTED, f"contestant:{contestant.id}", contestant.entrant.event.competition_id)
        record(session, act)
        return found


def _newest_with(session: Session, number: str) -> Contestant:
    indexes = [blind_index(kind.value, number) for kind in DocumentKind]
    ids = [person.id for person in known_persons(session, indexes).values()]
    query = select(Contestant).where(Contestant.person_id.in_(ids)).order_by(Contestant.id.desc()).limit(1)
    contestant = session.scalar(query)
    if contestant is None:
        raise NotFoundError("没有用这个证件号码报过名的人")
    return contestant
