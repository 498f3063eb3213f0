"""Use cases of notices: one is posted, withdrawn with a reason, seen by a judge."""

import re
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from competitions.events.defining import event_of
from competitions.lifecycle import CompetitionState
from competitions.models import Judge
from competitions.notices.models import Notice, NoticeSeen, Readers
from competitions.setup import EmptyNameError, WrongStateError, locked_competition
from core.audit import record
from core.auth import Actor
from core.clock import now
from core.db import transaction
from core.errors import ConflictError, DomainError, InvalidInputError, NotFoundError
from core.identity import read_citizen_number
from core.rows import row_in

LONGEST_TEXT, LONGEST_REASON = 1000, 300
_LIKE_A_NUMBER = re.compile(r"(?<![0-9])[0-9]{17}[0-9Xx](?![0-9])")


class PersonalDataError(InvalidInputError):
    """A text that others read holds somebody's document number."""

    code = "personal_data"


@dataclass(frozen=True, slots=True)
class PostNotice:
    """Tell people something; with `event_id`, only those who have to do with that event."""

    competition_id: int
    readers: Readers
    event_id: int | None
    text: str
    actor: Actor


def post_notice(command: PostNotice) -> int:
    """Store the notice and return its id; it is read from then on.

    Raises:
        EmptyNameError: no text.
        InvalidInputError: too long a text.
        PersonalDataError: a document number stands in it.
        ConflictError: the same was posted already and not withdrawn.
        NotFoundError: no such competition or event.
        WrongStateError: the competition is archived.
    """
    text = command.text.replace("\r\n", "\n").strip()
    _check(text)
    with transaction() as session:
        competition = locked_competition(session, command.competition_id)
        if competition.state is CompetitionState.ARCHIVED:
            raise WrongStateError("竞赛已归档，不能再发通知")
        if command.event_id is not None:
            event_of(session, competition.id, command.event_id)
        _require_new(session, command, text)
        row = Notice(
            competition_id=competition.id,
            readers=command.readers,
            event_id=command.event_id,
            text=text,
            posted_at=now(),
            posted_by=command.actor.name,
        )
        row.withdrawn_by = row.withdrawal_reason = ""
        session.add(row)
        session.flush()
        detail = {"readers": row.readers.value, "event": row.event_id, "text": text}
        record(session, command.actor.act("notice.posted", f"notice:{row.id}", competition.id, detail))
        return row.id


def _check(text: str) -> None:
    if not text:
        raise EmptyNameError("请写通知的内容")
    if len(text) > LONGEST_TEXT:
        raise InvalidInputError("通知最多 %(most)s 字，请写短一些", most=LONGEST_TEXT)
    for found in _LIKE_A_NUMBER.findall(text):
        try:
            read_citizen_number(found)
        except DomainError:
            continue
        raise PersonalDataError("通知里有身份证号码，请删去；通知会给许多人看，不能写个人信息")


def _require_new(session: Session, command: PostNotice, text: str) -> None:
    same = select(Notice.id).where(
        Notice.competition_id == command.competition_id,
        Notice.readers == command.readers,
        Notice.event_id.is_(None) if command.event_id is None else Notice.event_id == command.event_id,
        Notice.text == text,
        Notice.withdrawn_at.is_(None),
    )
    if session.scalar(same) is not None:
        raise ConflictError("同样的通知已经发过了")


@dataclass(frozen=True, slots=True)
class WithdrawNotice:
    """Say that a notice does not hold any more, and why."""

    competition_id: int
    notice_id: int
    reason: str
    actor: Actor


def withdraw_notice(command: WithdrawNotice) -> None:
    """Withdraw it: its text stays for those who run the competition, its readers learn that it was withdrawn and why.

    Raises:
        InvalidInputError: no reason, or one too long.
        NotFoundError: no such notice in this competition.
        ConflictError: it was withdrawn before.
    """
    reason = command.reason.strip()
    if not reason or len(reason) > LONGEST_REASON:
        raise InvalidInputError("请写明撤回的理由（最多 %(most)s 字），看过通知的人会看到", most=LONGEST_REASON)
    with transaction() as session:
        missing = NotFoundError("没有这条通知")
        row = row_in(session, Notice, command.competition_id, command.notice_id, missing, lock=True)
        if row.is_withdrawn:
            raise ConflictError("这条通知已经撤回")
        row.withdrawn_at, row.withdrawn_by, row.withdrawal_reason = now(), command.actor.name, reason
        target = f"notice:{row.id}"
        record(session, command.actor.act("notice.withdrawn", target, command.competition_id, {"reason": reason}))


@dataclass(frozen=True, slots=True)
class SeeNotices:
    """A judge says that notices were read."""

    judge_id: int
    notice_ids: Collection[int]


def see_notices(command: SeeNotices) -> int:
    """Keep it for those of the notices that were not seen before, and return how many these were.

    Args:
        command: with ids of notices that are the judge's to read; of these the caller has made sure.
    """
    with transaction() as session:
        session.get(Judge, command.judge_id, with_for_update={"key_share": True})
        seen = select(NoticeSeen.notice_id).where(NoticeSeen.judge_id == command.judge_id)
        new = sorted(set(command.notice_ids) - set(session.scalars(seen)))
        moment = now()
        session.add_all(NoticeSeen(notice_id=key, judge_id=command.judge_id, seen_at=moment) for key in new)
        return len(new)
