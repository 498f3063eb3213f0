"""Use case: correct a contestant's name or unit until the person is erased. The document stays: it is who they are.

A name belongs to the person, so it changes in every competition of theirs, and each of these competitions records it.
Results hold no names and show the right one from then on; a certificate keeps what was printed until it is replaced.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from competitions.lifecycle import CompetitionState
from competitions.models import Competition, Contestant, Entrant, Event, Person
from competitions.registration.entrants import contestant_of
from competitions.registration.people import sort_key
from competitions.roster.columns import Field
from competitions.roster.findings import MESSAGES, Remark, Severity
from competitions.roster.people import read_name, read_words
from competitions.setup import WrongStateError, locked_competition
from core.audit import AuditEntry, record
from core.auth import Actor
from core.db import transaction
from core.errors import ConflictError, InvalidInputError
from core.messages import said

ACTION = "contestant.corrected"
LONGEST_UNIT = 120
_BETWEEN = "、"


@dataclass(frozen=True, slots=True)
class CorrectContestant:
    """Another name or unit for a contestant; what is the same stays."""

    competition_id: int
    contestant_id: int
    name: str
    unit: str
    reason: str
    actor: Actor
    is_for_all: bool = False
    """Also in competitions of other organisations; for the server's own people, who have asked them."""


class OtherOrganisationError(ConflictError):
    """A name would change in another organisation's competition as well."""

    code = "other_organisation"


@dataclass(frozen=True, slots=True)
class Correction:
    """What is on record of one correction; names only as far as they tell that they changed."""

    at: datetime
    by: str
    reason: str
    name: tuple[str, str] | None
    """Masked, before and after; None where the name stayed."""
    unit_changed: bool


def correct_contestant(command: CorrectContestant) -> None:
    """Store the name and unit, and record with the reason that they changed.

    Raises:
        NotFoundError: no such contestant in this competition.
        InvalidInputError: no reason, no name, or characters that no name or unit has.
        ConflictError: nothing changes, or the personal data were deleted.
        OtherOrganisationError: the name stands in another organisation's competition too.
        WrongStateError: the competition was called off.
    """
    reason, name, unit = command.reason.strip(), _name(command.name), _unit(command.unit)
    if not reason:
        raise InvalidInputError("请写明更正的理由和依据，例如：身份证复印件")
    with transaction() as session:
        competition = locked_competition(session, command.competition_id)
        if competition.state is CompetitionState.CALLED_OFF:
            raise WrongStateError("竞赛已停办，报名信息只读")
        contestant, person = _held(session, competition.id, command.contestant_id)
        if person.is_erased:
            raise ConflictError("此人的个人信息已经删除，不能更正")
        changed = {"name": person.name != name, "unit": contestant.unit != unit}
        if not any(changed.values()):
            raise ConflictError("姓名和单位与登记的相同，没有改动")
        if changed["name"] and not command.is_for_all:
            _require_own_alone(session, person, competition)
        masks = [mask(person.name), mask(name)] if changed["name"] else None
        concerned = _rename(session, person, name) if changed["name"] else [contestant]
        contestant.unit = unit
        for one in concerned:
            detail = {"reason": reason, "name": masks, "unit": changed["unit"] and one.id == contestant.id}
            of = one.entrant.event.competition_id
            record(session, command.actor.act(ACTION, f"contestant:{one.id}", of, detail))


def _require_own_alone(session: Session, person: Person, competition: Competition) -> None:
    """One organisation's word changes no name in another's results; nor is said where else the person takes part."""
    owners = select(Competition.organisation_id).join(Event, Event.competition_id == Competition.id)
    owners = owners.join(Entrant, Entrant.event_id == Event.id).join(Contestant, Contestant.entrant_id == Entrant.id)
    if set(session.scalars(owners.where(Contestant.person_id == person.id))) != {competition.organisation_id}:
        raise OtherOrganisationError("此人也参加过其他办赛单位的竞赛，姓名会一起改变，请系统管理员与各方核对后更正")


def _held(session: Session, competition_id: int, contestant_id: int) -> tuple[Contestant, Person]:
    """The contestant, the person held against corrections in other competitions; both as they stand from then on."""
    person_id = contestant_of(competition_id, contestant_id).person_id
    session.get_one(Person, person_id, with_for_update=True)
    session.expire_all()
    return contestant_of(competition_id, contestant_id), session.get_one(Person, person_id)


def _rename(session: Session, person: Person, name: str) -> list[Contestant]:
    """Give a person another name wherever it stands; all that the person is anywhere, competition by competition."""
    query = select(Contestant).where(Contestant.person_id == person.id)
    everywhere = session.scalars(query).all()
    for contestant in everywhere:
        _rename_entrant(contestant.entrant, person.name, name)
    person.name, person.sort_key = name, sort_key(name)
    # Chains are taken in one order, so that two corrections never wait for each other.
    return sorted(everywhere, key=lambda one: (one.entrant.event.competition_id, one.id))


def _rename_entrant(entrant: Entrant, before: str, after: str) -> None:
    """One person or several are called by their names; a team that has a name of its own keeps it."""
    entrant.name = _BETWEEN.join(after if part == before else part for part in entrant.name.split(_BETWEEN))


def _name(text: str) -> str:
    name, remarks = read_name(text)
    _refuse(remarks)
    return name


def _unit(text: str) -> str:
    unit, remarks = read_words(text, Field.UNIT)
    _refuse(remarks)
    if len(unit) > LONGEST_UNIT:
        raise InvalidInputError("单位名称超过 %(most)s 个字", most=LONGEST_UNIT)
    return unit


def _refuse(remarks: Iterable[Remark]) -> None:
    """What a registration workbook would be refused for is refused here with the same sentence."""
    for one in remarks:
        severity, words = MESSAGES[one.problem]
        if severity is Severity.ERROR:
            raise InvalidInputError("%(why)s", why=said(words, **one.params))


def mask(name: str) -> str:
    """A name of which only the first and the last character are told, or the first of two."""
    if len(name) < 3:
        return name[:1] + "＊" * (len(name) - 1)
    return name[0] + "＊" * (len(name) - 2) + name[-1]


def corrections_of(session: Session, contestant_id: int) -> list[Correction]:
    """What is on record for a contestant, oldest first."""
    query = select(AuditEntry).where(AuditEntry.action == ACTION, AuditEntry.target == f"contestant:{contestant_id}")
    return [_correction(entry, entry.detail) for entry in session.scalars(query.order_by(AuditEntry.id))]


def _correction(entry: AuditEntry, detail: Mapping[str, Any]) -> Correction:
    names = detail["name"]
    return Correction(
        entry.at, entry.actor_name, detail["reason"], names and (names[0], names[1]), bool(detail["unit"])
    )
