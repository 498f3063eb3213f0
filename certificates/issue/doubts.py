"""What speaks against issuing certificates now: a notice that still runs, a competition that has not opened yet."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from competitions.lifecycle import COURSE, CompetitionState
from competitions.models import Competition, Event
from core.clock import BEIJING, competition_day
from core.errors import ConflictError
from core.messages import said
from scoring.models import Publication
from scoring.results.notice import last_day_of_notice

LONGEST_REASON = 300
BEFORE_NOTICE = COURSE[: COURSE.index(CompetitionState.PUBLIC_NOTICE)]


class EarlyIssueError(ConflictError):
    """Something speaks against issuing now, and nobody has said why it is to be done all the same."""

    code = "early_issue"


@dataclass(frozen=True, slots=True)
class Doubt:
    """One thing that speaks against it: a word for the record, and the sentence for people."""

    code: str
    sentence: str


def doubts(session: Session, competition: Competition, event: Event, issued_on: date) -> list[Doubt]:
    """What a person should know before certificates leave; nothing of it forbids them.

    Args:
        session: for reading.
        competition, event: whose certificates.
        issued_on: the day that is to stand on them.
    """
    found = _about_notice(session, competition, event)
    opens_on = competition.opens_on
    if competition_day() < opens_on:
        found.append(Doubt("not_opened", said("竞赛要到 %(day)s 才开幕", day=opens_on.isoformat())))
    if issued_on < opens_on:
        words = said(
            "落款日期 %(day)s 早于竞赛开幕日期 %(opens_on)s", day=issued_on.isoformat(), opens_on=opens_on.isoformat()
        )
        found.append(Doubt("dated_before_opening", words))
    return found


def _about_notice(session: Session, competition: Competition, event: Event) -> list[Doubt]:
    """A result may be final over its notice, for a reason; to issue certificates is a decision of its own."""
    query = select(Publication).where(Publication.event_id == event.id, Publication.is_final.is_(False))
    notice = session.scalar(query.order_by(Publication.id.desc()).limit(1))
    if notice is None:
        return [Doubt("no_notice", said("“%(event)s”的成绩没有公示过", event=event.title))]
    days = competition.publicity_working_days
    if not days:
        return _about_stage(competition, event)
    last = last_day_of_notice(notice.published_at.astimezone(BEIJING).date(), days)
    if competition_day() > last:
        return []
    words = said("“%(event)s”的公示到 %(day)s 才结束，其间还可以提出异议", event=event.title, day=last.isoformat())
    return [Doubt("notice_running", words)]


def _about_stage(competition: Competition, event: Event) -> list[Doubt]:
    """Where nobody wrote how long a notice lasts, the stage says whether it can be over; marking goes on elsewhere."""
    if competition.state is CompetitionState.PUBLIC_NOTICE:
        return [Doubt("notice_unknown", said("竞赛还在公示阶段，系统里没有写明公示到哪一天"))]
    if competition.state in BEFORE_NOTICE:
        words = said("竞赛还没有进入公示阶段，系统里没有写明“%(event)s”公示到哪一天", event=event.title)
        return [Doubt("notice_unknown", words)]
    return []


def require_reason(found: list[Doubt], reason: str) -> str:
    """The reason why certificates are issued all the same; empty where nothing speaks against it.

    Raises:
        EarlyIssueError: something does, and there is no reason.
    """
    if not found:
        return ""
    given = reason.strip()[:LONGEST_REASON]
    if not given:
        raise EarlyIssueError("现在颁发太早，有 %(n)s 点须先看清；如仍要颁发，请写明理由", n=len(found))
    return given
