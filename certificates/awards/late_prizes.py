"""Prizes of an event that were forgotten before marking: set later with a reason that stays beside the awards."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from certificates.awards.awarding import NoPrizesError, PrizePlan
from certificates.awards.proposing import cut_places
from certificates.incoming.doing import Doer
from certificates.models import Award
from competitions.events.defining import DEFINABLE, event_of
from competitions.lifecycle import CompetitionState
from competitions.models import Event
from competitions.setup import WrongStateError, locked_competition
from core.audit import AuditEntry, record
from core.clock import BEIJING
from core.db import transaction
from core.errors import ConflictError, InvalidInputError
from core.messages import joined, message, said
from scoring.results.computing import newest_publication

ACTION = "prizes.set_late"
LARGE_FIELD = 10_000
"""A field in which shares that contradict each other show; the real one may not be known yet."""
CLOSED = (CompetitionState.ARCHIVED, CompetitionState.CALLED_OFF)


@dataclass(frozen=True, slots=True)
class SetPrizesLate:
    """Give an event prizes, or others, after marking has begun.

    Attributes:
        prize_rules: as `competitions.events.prize_lines.prize_rules` gives them.
    """

    competition_id: int
    event_id: int
    prize_rules: Mapping[str, Any]
    reason: str
    actor: Doer


@dataclass(frozen=True, slots=True)
class LatePrizes:
    """What is on record of prizes that were set late.

    Attributes:
        was_published: whether the public knew the places already.
        is_change: whether others stood there before.
    """

    set_at: datetime
    set_by: str
    reason: str
    was_published: bool
    is_change: bool


def set_prizes_late(command: SetPrizesLate) -> None:
    """Store the prizes and record them with those that stood before, the reason, and whether places were known.

    Raises:
        NotFoundError: no such event in this competition.
        WrongStateError: marking has not begun, where the event itself is edited; or the competition is closed.
        InvalidInputError: no reason, no prize, or prizes that cannot be worked with.
        NoPrizesError: the event is a demonstration.
        ConflictError: an award of the event is fixed, or these prizes stand already.
    """
    reason = command.reason.strip()
    if not reason:
        raise InvalidInputError("补录奖项设置须写明理由，理由将印在获奖名单上")
    plan = PrizePlan.of(command.prize_rules)
    if not plan.rules:
        raise InvalidInputError("请至少写明一个奖项")
    cut_places(plan.rules, LARGE_FIELD, plan.rounding)
    with transaction() as session:
        competition = locked_competition(session, command.competition_id)
        event = event_of(session, competition.id, command.event_id)
        _require_late(competition.state)
        _require_open(session, event, command.prize_rules)
        detail = {
            "before": dict(event.prize_rules),
            "after": dict(command.prize_rules),
            "published": newest_publication(session, event.id) is not None,
            "reason": reason,
        }
        event.prize_rules = dict(command.prize_rules)
        record(session, command.actor.act(ACTION, f"event:{event.id}", competition.id, detail))


def may_set_late(state: CompetitionState) -> bool:
    """Whether prizes are set here: marking has begun, so that the event cannot be edited, and nothing is closed."""
    return state not in (*DEFINABLE, *CLOSED)


def _require_late(state: CompetitionState) -> None:
    if state in CLOSED:
        raise WrongStateError("竞赛已停办或归档，奖项设置只读")
    if not may_set_late(state):
        raise WrongStateError("评分还没有开始，请直接在赛项里填写奖项")


def _require_open(session: Session, event: Event, rules: Mapping[str, Any]) -> None:
    if event.is_demonstration:
        raise NoPrizesError("“%(event)s”是展示项目，只评分、不评奖", event=event.title)
    if session.scalar(select(Award.id).where(Award.event_id == event.id).limit(1)) is not None:
        raise ConflictError("“%(event)s”的奖项已经确定，奖项设置不能再改", event=event.title)
    if dict(event.prize_rules) == dict(rules):
        raise ConflictError("“%(event)s”的奖项设置就是这样，没有改动", event=event.title)


def late_prizes(session: Session, event_ids: Sequence[int]) -> dict[int, list[LatePrizes]]:
    """What was set late, by event, oldest first; an event whose prizes were set in time is left out. One query."""
    targets = {f"event:{event_id}": event_id for event_id in event_ids}
    query = select(AuditEntry).where(AuditEntry.action == ACTION, AuditEntry.target.in_(targets))
    found: dict[int, list[LatePrizes]] = {}
    for entry in session.scalars(query.order_by(AuditEntry.id)):
        detail = entry.detail
        late = LatePrizes(
            entry.at, entry.actor_name, detail["reason"], bool(detail["published"]), bool(detail["before"])
        )
        found.setdefault(targets[entry.target], []).append(late)
    return found


def late_remarks(session: Session, events: Iterable[Event]) -> dict[int, str]:
    """What papers say of prizes that were set late, by event in the order given; others are left out. One query."""
    named = {event.id: event.title for event in events}
    found = late_prizes(session, list(named))
    return {
        event_id: joined((_remark(title, late) for late in found[event_id]), message("；"))
        for event_id, title in named.items()
        if event_id in found
    }


def _remark(event: str, late: LatePrizes) -> str:
    when = f"{late.set_at.astimezone(BEIJING):%Y-%m-%d %H:%M}"
    words = {"event": event, "when": when, "who": late.set_by, "why": late.reason}
    text = (
        said("%(event)s的奖项设置于 %(when)s 由%(who)s更改，理由：%(why)s", **words)
        if late.is_change
        else said("%(event)s的奖项设置于 %(when)s 由%(who)s补录，理由：%(why)s", **words)
    )
    return joined((text, said("（当时成绩已公布）")), "") if late.was_published else text
