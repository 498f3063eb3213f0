"""报送: a delegation hands in its list, signed with a name; from then on the organiser sees and decides upon it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from competitions.enrolment.entries import mark_of, own_entries
from competitions.enrolment.keeping import fingerprint
from competitions.enrolment.models import EnrolmentEntry, EnrolmentHandIn, EntryState, Part
from competitions.enrolment.periods import Periods, periods_of, require_open, require_registering
from competitions.models import Event
from competitions.registration.intake import TEAM_SIZES
from competitions.roster.findings import MESSAGES, Severity
from competitions.roster.people import read_name
from competitions.setup import locked_competition
from core.audit import record
from core.auth import Actor
from core.clock import now
from core.db import db, transaction
from core.errors import ConflictError, InvalidInputError
from core.messages import Said, joined, message, said


class SignatureError(InvalidInputError):
    """What stands for the signature is no name."""

    code = "signature"


class ChangedListError(ConflictError):
    """The list is not the one that was seen."""

    code = "list_changed"


class NothingToHandInError(ConflictError):
    """Nobody on the list waits to be handed in."""

    code = "nothing_to_hand_in"


class UnreadyListError(ConflictError):
    """The list cannot be handed in as it stands: an incomplete team, or more than the quota."""

    code = "list_unready"


@dataclass(frozen=True, slots=True)
class HandInList:
    """Hand in all that is drafted. `seen` is the mark (`entries.mark_of`) of the whole list that was looked at."""

    competition_id: int
    delegation_id: int
    signer: str
    seen: str
    actor: Actor


def hand_in_list(command: HandInList) -> int:
    """Hand in; returns for how many people.

    Raises:
        SignatureError: no name.
        ChangedListError: somebody has changed the list since it was looked at.
        NothingToHandInError: there is no draft whose time is open.
        UnreadyListError: an incomplete team, or more than the quota; says all of it.
        EnrolmentClosedError, WrongStateError: registration is not open.
    """
    signer = _signature(command.signer)
    with transaction() as session:
        competition = locked_competition(session, command.competition_id)
        require_registering(competition)
        periods = periods_of(session, competition.id, command.delegation_id)
        require_open(periods.of(None))
        entries = own_entries(session, competition.id, command.delegation_id)
        if mark_of(entries) != command.seen:
            raise ChangedListError("名单在您查看期间有变化，还没有报送。请核对下面现在的名单，再报送一次")
        drafts = drafts_to_hand_in(entries, periods)
        if not drafts:
            raise NothingToHandInError("没有待报送的人员")
        lacking = unready(entries, periods.quotas)
        if lacking:
            raise UnreadyListError("还不能报送：%(why)s", why=joined(lacking, message("；")))
        for entry in drafts:
            entry.state = EntryState.HANDED_IN
        paper = _paper(session, command, signer, drafts)
        session.add(paper)
        session.flush()
        detail = {"number": paper.number, "signer": signer, "count": len(drafts), "digest": paper.digest}
        target = f"delegation:{command.delegation_id}"
        record(session, command.actor.act("enrolment.handed_in", target, competition.id, detail))
        return len(drafts)


def _signature(text: str) -> str:
    name, remarks = read_name(text)
    if not name or any(MESSAGES[one.problem][0] is Severity.ERROR for one in remarks):
        raise SignatureError("请填写报送人的姓名，作为签名")
    return name


def drafts_to_hand_in(entries: Iterable[EnrolmentEntry], periods: Periods) -> list[EnrolmentEntry]:
    """Those of a list that would be handed in now: drafts in what is open."""
    return [one for one in entries if one.state is EntryState.DRAFT and periods.of(one.event_id).is_open]


def unready(entries: Sequence[EnrolmentEntry], quotas: Mapping[int, int]) -> list[Said]:
    """Why a list cannot be handed in as it stands; empty where it can. Whoever was returned does not count."""
    found = []
    for event, members in _by_event(entries):
        size = TEAM_SIZES.get(event.form.value)
        teams: dict[int, int] = {}
        for one in members:
            teams[one.team] = teams.get(one.team, 0) + 1
        found += [
            said("“%(event)s”第 %(team)s 队有 %(n)s 人，应为 %(size)s 人", event=event.title, team=team, n=n, size=size)
            for team, n in sorted(teams.items())
            if size and n != size
        ]
        most = quotas.get(event.id)
        taken = entrants_in(event, members)
        if most is not None and taken > most:
            found.append(said("“%(event)s”报了 %(n)s 个，每队名额 %(most)s 个", event=event.title, n=taken, most=most))
    return found


def entrants_in(event: Event, members: Sequence[EnrolmentEntry]) -> int:
    """How many entrants some people of one delegation make in an event."""
    if event.form.value in TEAM_SIZES:
        return len({one.team for one in members})
    return min(1, len(members)) if event.form.value == "team" else len(members)


def _by_event(entries: Iterable[EnrolmentEntry]) -> list[tuple[Event, list[EnrolmentEntry]]]:
    found: dict[int, tuple[Event, list[EnrolmentEntry]]] = {}
    for one in entries:
        if one.part is Part.CONTESTANT and one.event is not None and one.state is not EntryState.RETURNED:
            found.setdefault(one.event.id, (one.event, []))[1].append(one)
    return list(found.values())


def _paper(session: Session, command: HandInList, signer: str, drafts: Sequence[EnrolmentEntry]) -> EnrolmentHandIn:
    last = session.scalar(
        select(func.max(EnrolmentHandIn.number)).where(EnrolmentHandIn.delegation_id == command.delegation_id)
    )
    return EnrolmentHandIn(
        competition_id=command.competition_id,
        delegation_id=command.delegation_id,
        number=(last or 0) + 1,
        signer=signer,
        entries=[[one.id, one.revision] for one in drafts],
        digest=fingerprint(drafts),
        handed_in_at=now(),
        handed_in_by=command.actor.key,
    )


def hand_ins_of(competition_id: int, delegation_id: int | None = None) -> Sequence[EnrolmentHandIn]:
    """What was handed in, the latest first."""
    query = select(EnrolmentHandIn).where(EnrolmentHandIn.competition_id == competition_id)
    if delegation_id is not None:
        query = query.where(EnrolmentHandIn.delegation_id == delegation_id)
    return db.session.scalars(query.order_by(EnrolmentHandIn.id.desc())).all()
