"""Entrants and contestants after registration: lists to look at and print, status, access codes."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import contains_eager

from competitions.lifecycle import CompetitionState
from competitions.models import Contestant, Delegation, Entrant, EntrantStatus, Event, Person
from competitions.setup import WrongStateError, locked_competition
from core.audit import record
from core.auth import Actor
from core.db import db, transaction
from core.errors import InvalidInputError, NotFoundError
from core.personal_data import derived_code

PAGE_SIZE = 50
CODE_PURPOSE = "contestant"
COMPETING = (EntrantStatus.REGISTERED, EntrantStatus.PRESENT)
SETTLED_STATES = (CompetitionState.PUBLIC_NOTICE, CompetitionState.AWARDING, CompetitionState.ARCHIVED)


class StatusReasonError(InvalidInputError):
    """Who is taken out of the competition is told why, and the record needs it."""

    code = "status_reason"


@dataclass(frozen=True, slots=True)
class ContestantFilter:
    """Which contestants to list; None and empty text leave open."""

    event_id: int | None = None
    delegation_id: int | None = None
    status: EntrantStatus | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class ContestantPage:
    """One page of a list; pages count from 1."""

    contestants: tuple[Contestant, ...]
    total: int
    number: int
    pages: int


@dataclass(frozen=True, slots=True)
class AccessCode:
    """What a contestant needs to see results: printed on a slip."""

    contestant: Contestant
    code: str


@dataclass(frozen=True, slots=True)
class ChangeStatus:
    """Say that an entrant is there, absent, withdrawn or disqualified."""

    competition_id: int
    entrant_id: int
    status: EntrantStatus
    reason: str
    actor: Actor


@dataclass(frozen=True, slots=True)
class ShowCodes:
    """Show the access codes of those contestants, for printing; who saw them is recorded."""

    competition_id: int
    wanted: ContestantFilter
    actor: Actor


@dataclass(frozen=True, slots=True)
class RenewCode:
    """Make a contestant's earlier access code useless, as when a slip is lost."""

    competition_id: int
    contestant_id: int
    actor: Actor


def contestants_of(competition_id: int, wanted: ContestantFilter) -> list[Contestant]:
    """All contestants of a filter with person, entrant, event and delegation, by event, delegation and name."""
    return list(db.session.scalars(_ordered(competition_id, wanted)).unique())


def contestant_page(competition_id: int, wanted: ContestantFilter, number: int) -> ContestantPage:
    """One page of the list; a number beyond the end gives the last page."""
    total = db.session.scalar(select(func.count()).select_from(_ids(competition_id, wanted).subquery())) or 0
    pages = max(1, ceil(total / PAGE_SIZE))
    number = min(max(1, number), pages)
    query = _ordered(competition_id, wanted).limit(PAGE_SIZE).offset((number - 1) * PAGE_SIZE)
    return ContestantPage(tuple(db.session.scalars(query).unique()), total, number, pages)


def _filtered(query: Select[Contestant], competition_id: int, wanted: ContestantFilter) -> Select[Contestant]:
    query = query.where(Event.competition_id == competition_id)
    if wanted.event_id is not None:
        query = query.where(Event.id == wanted.event_id)
    if wanted.delegation_id is not None:
        query = query.where(Delegation.id == wanted.delegation_id)
    if wanted.status is not None:
        query = query.where(Entrant.status == wanted.status)
    if wanted.text.strip():
        text = wanted.text.strip()
        query = query.where(
            or_(
                Person.name.contains(text, autoescape=True),
                Person.sort_key.startswith(text.lower(), autoescape=True),
                Contestant.unit.contains(text, autoescape=True),
            )
        )
    return query


def _joined() -> Select[Contestant]:
    return (
        select(Contestant).join(Contestant.person).join(Contestant.entrant).join(Entrant.event).join(Entrant.delegation)
    )


def _ids(competition_id: int, wanted: ContestantFilter) -> Select[int]:
    return _filtered(_joined(), competition_id, wanted).with_only_columns(Contestant.id)


def _ordered(competition_id: int, wanted: ContestantFilter) -> Select[Contestant]:
    return (
        _filtered(_joined(), competition_id, wanted)
        .options(
            contains_eager(Contestant.person),
            contains_eager(Contestant.entrant).contains_eager(Entrant.event),
            contains_eager(Contestant.entrant).contains_eager(Entrant.delegation),
        )
        .order_by(Event.position, Delegation.position, Entrant.id, Contestant.listed)
    )


def contestant_of(competition_id: int, contestant_id: int) -> Contestant:
    """The contestant of this competition, to be shown.

    Raises:
        NotFoundError: none, or of another competition.
    """
    contestant = db.session.get(Contestant, contestant_id)
    if contestant is None or contestant.entrant.event.competition_id != competition_id:
        raise NotFoundError("没有这名选手")
    return contestant


def change_status(command: ChangeStatus) -> None:
    """Store an entrant's status.

    Raises:
        StatusReasonError: a disqualification or withdrawal without a reason.
        WrongStateError: results are published; who changes them has to go back to review first.
        NotFoundError: no such entrant in this competition.
    """
    reason = command.reason.strip()
    if command.status in (EntrantStatus.DISQUALIFIED, EntrantStatus.WITHDRAWN) and not reason:
        raise StatusReasonError("取消资格或弃权要写明理由")
    with transaction() as session:
        competition = locked_competition(session, command.competition_id)
        entrant = session.get(Entrant, command.entrant_id)
        if entrant is None or entrant.event.competition_id != competition.id:
            raise NotFoundError("没有这个参赛者")
        if competition.state in SETTLED_STATES:
            raise WrongStateError("成绩已经公示，参赛状态不能再改；要改请先退回复核")
        before = entrant.status
        entrant.status, entrant.status_reason = command.status, reason
        detail = {"from": before.value, "to": command.status.value, "reason": reason}
        record(session, command.actor.act("entrant.status_changed", f"entrant:{entrant.id}", competition.id, detail))


def access_code(contestant: Contestant) -> str:
    """The code with which a contestant sees results; it changes when the serial is raised."""
    return derived_code(CODE_PURPOSE, contestant.id, contestant.code_serial)


def show_codes(command: ShowCodes) -> Sequence[AccessCode]:
    """The access codes of the contestants of a filter.

    Raises:
        NotFoundError: no such competition.
    """
    with transaction() as session:
        competition = locked_competition(session, command.competition_id)
        contestants = contestants_of(competition.id, command.wanted)
        detail = {
            "count": len(contestants),
            "event": command.wanted.event_id,
            "delegation": command.wanted.delegation_id,
        }
        target = f"competition:{competition.id}"
        record(session, command.actor.act("codes.shown", target, competition.id, detail))
        shown = [contestant.id for contestant in contestants]
    by_id = {contestant.id: contestant for contestant in contestants_of(command.competition_id, command.wanted)}
    return [AccessCode(by_id[key], access_code(by_id[key])) for key in shown if key in by_id]


def renew_code(command: RenewCode) -> str:
    """Raise the serial of a contestant's code and return the new code.

    Raises:
        NotFoundError: no such contestant in this competition.
    """
    with transaction() as session:
        competition = locked_competition(session, command.competition_id)
        contestant = contestant_of(competition.id, command.contestant_id)
        contestant.code_serial += 1
        serial = contestant.code_serial
        target = f"contestant:{contestant.id}"
        record(session, command.actor.act("code.renewed", target, competition.id, {"serial": serial}))
        return access_code(contestant)
