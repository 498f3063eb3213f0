"""Papers as use cases: handed in by the person or for them, looked at, accepted or refused with a reason."""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from certificates.attachments import storing
from certificates.attachments.checking import checked
from certificates.attachments.models import IN_FORCE, HandedInPaper, PaperState
from certificates.attachments.standing import standings
from certificates.eligibility import NOT_ELIGIBLE
from certificates.models import Recommendation
from competitions.models import Contestant, Event
from core.audit import record
from core.auth import Actor
from core.clock import now
from core.db import transaction
from core.errors import ConflictError, InvalidInputError, NotFoundError

REASON_LENGTH = 300


@dataclass(frozen=True, slots=True)
class HandIn:
    """Hand in a file for one item of a flag's list."""

    competition_id: int
    flag_id: int
    item: str
    data: bytes
    actor: Actor
    own: Collection[int] | None = None
    """The contestants that the actor is; None for an organiser."""


def hand_in(command: HandIn) -> int:
    """Keep the file and store what it is; an earlier one for the same item gives way. Returns the paper's id.

    Raises:
        ScanError: not a scan that can be kept.
        NotFoundError: no such flag, not one of the actor's own, or no such item on its list.
        ConflictError: the rules do not allow what is asked for, or the paper was accepted already.
    """
    scan = checked(command.data)
    name, replaced = storing.new_name(), None
    storing.keep(name, scan.content)
    try:
        with transaction() as session:
            flag = flag_for(session, command.competition_id, command.flag_id, command.own)
            _require_wanted(session, command.competition_id, flag, command.item)
            # Whoever hands in or decides about this person's papers takes turns here.
            session.get(Contestant, flag.contestant_id, with_for_update=True)
            before = _in_force(session, flag, command.item)
            if before is not None:
                replaced = _give_way(session, before)
            paper = _row(command, flag, name, scan.kind, scan.content)
            session.add(paper)
            session.flush()
            detail = {"flag": flag.id, "item": paper.item, "digest": paper.digest, "size": paper.size}
            target = f"handed_in_paper:{paper.id}"
            record(session, command.actor.act("paper.handed_in", target, command.competition_id, detail))
            paper_id = paper.id
    except BaseException:
        storing.discard([name])
        raise
    if replaced is not None:
        storing.discard([replaced])
    return paper_id


def _row(command: HandIn, flag: Recommendation, name: str, kind: str, content: bytes) -> HandedInPaper:
    return HandedInPaper(
        competition_id=command.competition_id,
        contestant_id=flag.contestant_id,
        pack_id=flag.pack_id,
        benefit=flag.benefit,
        name=flag.name,
        item=command.item,
        kind=kind,
        size=len(content),
        digest=hashlib.sha256(content).hexdigest(),
        stored_as=name,
        handed_in_at=now(),
        handed_in_by=command.actor.key,
    )


def flag_for(session: Session, competition_id: int, flag_id: int, own: Collection[int] | None) -> Recommendation:
    """A flag of this competition, and where `own` is given one about one of these contestants.

    Raises:
        NotFoundError: there is none, or not for this person to know of.
    """
    flag = session.get(Recommendation, flag_id)
    event = None if flag is None else session.get(Event, flag.event_id)
    if flag is None or event is None or event.competition_id != competition_id:
        raise NotFoundError("这场竞赛里没有这项推荐")
    if own is not None and flag.contestant_id not in own:
        raise NotFoundError("没有这项关于您的推荐")
    return flag


def _require_wanted(session: Session, competition_id: int, flag: Recommendation, item: str) -> None:
    if flag.decision == NOT_ELIGIBLE:
        raise ConflictError("按现有规则和事实不符合条件，不需要提交材料")
    lines = standings(session, competition_id, [flag])[flag.id].lines
    if item not in {line.item.text for line in lines}:
        raise NotFoundError("材料清单里没有这一项，请刷新后再试")


def _in_force(session: Session, flag: Recommendation, item: str) -> HandedInPaper | None:
    query = select(HandedInPaper).where(
        HandedInPaper.contestant_id == flag.contestant_id,
        HandedInPaper.pack_id == flag.pack_id,
        HandedInPaper.benefit == flag.benefit,
        HandedInPaper.name == flag.name,
        HandedInPaper.item == item,
        HandedInPaper.state.in_(IN_FORCE),
    )
    return session.scalar(query)


def _give_way(session: Session, before: HandedInPaper) -> str:
    if before.state is PaperState.ACCEPTED:
        raise ConflictError(
            "“%(item)s”已由%(who)s接受，要换请先请组织者退回", item=before.item, who=before.decided_by or ""
        )
    before.state = PaperState.REPLACED
    session.flush()
    return before.stored_as


@dataclass(frozen=True, slots=True)
class LookAtPaper:
    """Look at a handed-in file."""

    competition_id: int
    paper_id: int
    actor: Actor
    own: Collection[int] | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """A file as it was handed in."""

    kind: str
    content: bytes


def look_at_paper(command: LookAtPaper) -> Seen:
    """The file; the look stands in the audit record.

    Raises:
        NotFoundError: no such paper in this competition, somebody else's, or its file was deleted.
        LostFileError: the file is gone or was changed.
    """
    with transaction() as session:
        paper = _paper(session, command.competition_id, command.paper_id)
        if command.own is not None and paper.contestant_id not in command.own:
            raise NotFoundError("没有这份材料")
        seen = Seen(paper.kind, storing.read(paper.stored_as, paper.digest))
        act = command.actor.act(
            "paper.looked_at", f"handed_in_paper:{paper.id}", command.competition_id, {"item": paper.item}
        )
        record(session, act)
        return seen


def _paper(session: Session, competition_id: int, paper_id: int) -> HandedInPaper:
    paper = session.get(HandedInPaper, paper_id)
    if paper is None or paper.competition_id != competition_id or paper.state not in IN_FORCE:
        raise NotFoundError("没有这份材料，或它已被换成新的")
    return paper


@dataclass(frozen=True, slots=True)
class DecidePaper:
    """Accept a paper or refuse it with a reason."""

    competition_id: int
    paper_id: int
    is_accepted: bool
    reason: str
    seen: str
    """The state in which the decider saw it: who decides about something else is told."""
    actor: Actor


def decide_paper(command: DecidePaper) -> None:
    """Store a person's decision about a paper.

    Raises:
        InvalidInputError: a refusal without a reason.
        NotFoundError: no such paper in this competition, or it was replaced meanwhile.
        ConflictError: somebody has decided meanwhile.
    """
    reason = command.reason.strip()[:REASON_LENGTH]
    if not command.is_accepted and not reason:
        raise InvalidInputError("退回须写明理由，本人会看到")
    with transaction() as session:
        paper = _paper(session, command.competition_id, command.paper_id)
        session.get(Contestant, paper.contestant_id, with_for_update=True)
        session.refresh(paper)
        if paper.state.value != command.seen:
            raise ConflictError("这份材料刚刚有了变化，请刷新后再决定")
        paper.state = PaperState.ACCEPTED if command.is_accepted else PaperState.REFUSED
        paper.decided_at, paper.decided_by, paper.reason = now(), command.actor.name, reason
        detail = {"item": paper.item, "state": paper.state.value, "reason": reason}
        target = f"handed_in_paper:{paper.id}"
        record(session, command.actor.act("paper.decided", target, command.competition_id, detail))
