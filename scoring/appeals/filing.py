"""Handing an appeal in: by the contestant, by the leader of the delegation, or on paper and entered by staff."""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from competitions.lifecycle import CompetitionState
from competitions.models import Competition, Entrant, Module
from competitions.setup import WrongStateError, locked_competition
from core.audit import record
from core.auth import Actor, SubjectKind
from core.clock import now
from core.db import transaction
from core.errors import ConflictError, InvalidInputError, NotFoundError
from scoring.appeals.models import Appeal, AppealStep, Channel
from scoring.appeals.standing import due_of, newest_shown
from scoring.appeals.states import StepKind, require_step

MOST_WORDS = 2000
MOST_OF_ONE = 10
"""So many appeals may one entrant hand in; more is no appeal any more."""
_OVER = (CompetitionState.ARCHIVED, CompetitionState.CALLED_OFF)


class StatementError(InvalidInputError):
    """An appeal says nothing, or far too much."""

    code = "appeal_statement"


class NothingShownError(ConflictError):
    """No result is on show; on the spot an appeal goes through the leader, on paper."""

    code = "nothing_shown"


class OpenAppealError(ConflictError):
    """The entrant has an appeal that is not ruled upon yet, or has handed in too many."""

    code = "open_appeal"


@dataclass(frozen=True, slots=True)
class FileAppeal:
    """Hand in an appeal for an entrant.

    Attributes:
        may_speak_for: the entrants for whom the actor may speak; None for staff who enter what came on paper.
        module_id: what it is about; None for the whole result.
        handed_in_at: when the paper came in; None for now.
    """

    competition_id: int
    entrant_id: int
    statement: str
    channel: Channel
    actor: Actor
    may_speak_for: Collection[int] | None = None
    module_id: int | None = None
    handed_in_at: datetime | None = None


def file_appeal(command: FileAppeal) -> int:
    """Store an appeal and return its id. One that comes too late is stored too, and says so.

    Raises:
        StatementError: nothing said, too much, or a paper from the future.
        NotFoundError: no such entrant in this competition or not one to speak for; no such module of its event.
        WrongStateError: the competition is archived or was called off.
        NothingShownError: no result is on show, and it is not on paper.
        OpenAppealError: an earlier appeal of the entrant is still open, or there have been too many.
    """
    statement = _statement(command)
    with transaction() as session:
        # Held until the end: numbers run without gaps, and of two who hand in at once one is told.
        competition = locked_competition(session, command.competition_id)
        if competition.state in _OVER:
            raise WrongStateError("竞赛已停办或归档，不再接受申诉")
        entrant = _entrant(session, command)
        publication = newest_shown(session, entrant.event_id)
        if publication is None and command.channel is not Channel.PAPER:
            raise NothingShownError("成绩还没有公示。现场的申诉请由领队以书面形式交给工作人员")
        _require_no_open(session, entrant)
        appeal = Appeal(
            competition_id=competition.id,
            number=1 + _highest(session, competition),
            event_id=entrant.event_id,
            entrant_id=entrant.id,
            publication_id=publication.id if publication else None,
            module_id=_module_id(session, entrant, command.module_id),
            statement=statement,
            digest=hashlib.sha256(statement.encode()).hexdigest(),
            channel=command.channel,
            handed_in_at=command.handed_in_at or now(),
            due_at=due_of(session, entrant.event_id),
            filed_at=now(),
            filed_by=_name(command.actor),
        )
        session.add(appeal)
        session.flush()
        detail = {
            "number": appeal.number,
            "entrant": entrant.id,
            "channel": appeal.channel.value,
            "digest": appeal.digest,
            "late": appeal.is_late,
        }
        record(session, command.actor.act("appeal.filed", f"appeal:{appeal.id}", competition.id, detail))
        return appeal.id


def _statement(command: FileAppeal) -> str:
    statement = command.statement.strip()
    if not statement:
        raise StatementError("请写明申诉的事项、事实和理由")
    if len(statement) > MOST_WORDS:
        raise StatementError("申诉内容最多 %(most)s 字，更多的材料请交书面", most=MOST_WORDS)
    if command.handed_in_at is not None and command.handed_in_at > now():
        raise StatementError("收到书面申诉的时间不能晚于现在")
    return statement


def _entrant(session: Session, command: FileAppeal) -> Entrant:
    entrant = session.get(Entrant, command.entrant_id)
    is_mine = command.may_speak_for is None or command.entrant_id in command.may_speak_for
    is_work = entrant is not None and entrant.work_code is not None
    if entrant is None or is_work or entrant.event.competition_id != command.competition_id or not is_mine:
        raise NotFoundError("没有这个参赛者")
    return entrant


def _module_id(session: Session, entrant: Entrant, module_id: int | None) -> int | None:
    if module_id is None:
        return None
    module = session.get(Module, module_id)
    if module is None or module.event_id != entrant.event_id:
        raise NotFoundError("这个赛项里没有这个模块")
    return module.id


def _require_no_open(session: Session, entrant: Entrant) -> None:
    query = select(Appeal).where(Appeal.entrant_id == entrant.id).options(selectinload(Appeal.steps))
    earlier = session.scalars(query).all()
    for appeal in earlier:
        if appeal.is_open:
            raise OpenAppealError("申诉第 %(n)s 号还没有裁定，请等裁定后再提", n=appeal.number)
    if len(earlier) >= MOST_OF_ONE:
        raise OpenAppealError("同一参赛者最多提 %(n)s 件申诉，其他事项请书面交给组织者", n=MOST_OF_ONE)


def _highest(session: Session, competition: Competition) -> int:
    return session.scalar(select(func.max(Appeal.number)).where(Appeal.competition_id == competition.id)) or 0


@dataclass(frozen=True, slots=True)
class WithdrawAppeal:
    """Take one's own appeal back, before the ruling."""

    appeal_id: int
    actor: Actor
    may_speak_for: Collection[int]


def withdraw_appeal(command: WithdrawAppeal) -> None:
    """Close an appeal because whoever handed it in no longer wants it.

    Raises:
        NotFoundError: no such appeal of an entrant to speak for.
        AppealStateError: it is closed already.
    """
    with transaction() as session:
        appeal = session.get(Appeal, command.appeal_id, with_for_update=True)
        if appeal is None or appeal.entrant_id not in command.may_speak_for:
            raise NotFoundError("没有这件申诉")
        add_step(session, appeal, StepKind.WITHDRAWN, "", command.actor)


def add_step(session: Session, appeal: Appeal, kind: StepKind, words: str, actor: Actor) -> None:
    """Store a step of an appeal that is held for change, with its audit line.

    Raises:
        AppealStateError, AppealWordsError: as `require_step`.
    """
    require_step(appeal.state, kind, words)
    appeal.steps.append(
        AppealStep(
            number=len(appeal.steps) + 1,
            kind=kind,
            words=words.strip(),
            taken_at=now(),
            taken_by=_name(actor),
            taker=actor.key,
        )
    )
    detail = {"number": appeal.number} | ({"words": words.strip()} if words.strip() else {})
    record(session, actor.act(f"appeal.{kind.value}", f"appeal:{appeal.id}", appeal.competition_id, detail))


def _name(actor: Actor) -> str:
    """Who did it, for good; a contestant's name stays with the person alone, who may be erased one day."""
    return "" if actor.kind is SubjectKind.CONTESTANT else actor.name
