"""Asking for a further vote where marks are too far apart, and taking that back.

The judges concerned get the aspect alone to mark again, also on sheets that they have handed in. Earlier votes stay
in the revisions and, as they stood, in the request.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from competitions.judges.panels import module_of
from competitions.models import Competition, Event, Judge, Module
from core.audit import record
from core.auth import Actor
from core.clock import now
from core.db import transaction
from core.errors import ConflictError, InvalidInputError, NotFoundError
from scoring.engine.exact import decimal_text
from scoring.engine.spread import Spread
from scoring.four_eyes.refusing import require_other_hands
from scoring.jury.alarms import Alarm, alarms_of
from scoring.jury.models import Revote
from scoring.jury.requests import FIRST_ROUND, newest_requests
from scoring.models import ScoreSheet, SheetSubmission
from scoring.sheets.reading import latest
from scoring.sheets.seating import judge_label
from scoring.states import SheetState


class NoSpreadError(ConflictError):
    """Nothing is held there: the marks agree, are not all in, or a further vote has been asked for already."""

    code = "no_spread"


@dataclass(frozen=True, slots=True)
class AskRevote:
    """Ask the judges concerned to vote again on one node of one entrant."""

    competition_id: int
    module_id: int
    entrant_id: int
    node: str
    reason: str
    actor: Actor


def ask_revote(command: AskRevote) -> int:
    """Store the request and return its round; sheets handed in are open again for these aspects alone.

    Raises:
        NotFoundError: no such module in this competition.
        InvalidInputError: no reason.
        NoSpreadError: nothing is held there now.
        OwnHandError: one of the votes is the actor's own.
    """
    reason = _reason(command.reason)
    with transaction() as session:
        module = module_of(session, command.competition_id, command.module_id)
        sheets = _locked(session, module.id, command.entrant_id)
        alarm = _alarm(session, module, command)
        seats = [sheet for sheet in sheets if judge_label(sheet.seat_number) in alarm.spread.judges]
        require_other_hands(session, command.actor, command.competition_id, seats)
        request = _request(session, command, alarm.spread, seats, reason)
        reopened = [sheet.id for sheet in seats if _reopen(sheet, alarm.spread.aspects)]
        session.add(request)
        detail = {
            "entrant": command.entrant_id,
            "node": command.node,
            "round": request.round,
            "seats": request.seats,
            "reopened": reopened,
            "reason": reason,
        }
        target = f"module:{module.id}"
        record(session, command.actor.act("revote.asked", target, command.competition_id, detail))
        return request.round


def _reason(text: str) -> str:
    if not text.strip():
        raise InvalidInputError("请写明理由，理由将记入审计记录")
    return text.strip()


def _locked(session: Session, module_id: int, entrant_id: int) -> list[ScoreSheet]:
    query = select(ScoreSheet).where(ScoreSheet.module_id == module_id, ScoreSheet.entrant_id == entrant_id)
    return list(session.scalars(query.order_by(ScoreSheet.id).with_for_update()))


def _alarm(session: Session, module: Module, command: AskRevote) -> Alarm:
    for alarm in alarms_of(session, module.event_id).alarms:
        if (alarm.module, alarm.entrant_id, alarm.spread.node) == (module.code, command.entrant_id, command.node):
            return alarm
    raise NoSpreadError("这一项现在没有超过规定的分差，或者已经请裁判重新评议")


def _request(
    session: Session, command: AskRevote, spread: Spread, sheets: Collection[ScoreSheet], reason: str
) -> Revote:
    place = (Revote.module_id == command.module_id, Revote.entrant_id == command.entrant_id)
    query = select(func.max(Revote.round)).where(*place, Revote.node == command.node)
    values = dict(spread.votes)
    return Revote(
        module_id=command.module_id,
        entrant_id=command.entrant_id,
        node=command.node,
        aspects=list(spread.aspects),
        round=(session.scalar(query) or FIRST_ROUND) + 1,
        votes={str(sheet.seat_number): _vote(session, sheet, spread, values) for sheet in sheets},
        reason=reason,
        asked_at=now(),
        asked_by=command.actor.name,
    )


def _vote(session: Session, sheet: ScoreSheet, spread: Spread, values: Mapping[str, Any]) -> dict[str, Any]:
    revision = latest(session, sheet)
    given = revision.marks if revision else {}
    judge = session.get(Judge, sheet.judge_id) if sheet.judge_id else None
    return {
        "judge": judge.name if judge else "",
        "value": decimal_text(values[judge_label(sheet.seat_number)]),
        "marks": {aspect: given[aspect] for aspect in spread.aspects if given.get(aspect) is not None},
    }


def _reopen(sheet: ScoreSheet, aspects: Collection[str]) -> bool:
    """Open a sheet that was handed in for these aspects, beside those it is open for; whether it was handed in."""
    was_in = sheet.state is not SheetState.OPEN
    if was_in or sheet.reopened_for is not None:
        sheet.reopened_for = sorted({*(sheet.reopened_for or ()), *aspects})
    if was_in:
        sheet.state = SheetState.OPEN
        sheet.submitted_at = sheet.confirmed_at = sheet.confirmed_by = None
        sheet.return_reason = ""
    return was_in


@dataclass(frozen=True, slots=True)
class WithdrawRevote:
    """Take a request back: the marks count as they stand."""

    competition_id: int
    revote_id: int
    reason: str
    actor: Actor


def withdraw_revote(command: WithdrawRevote) -> None:
    """Take the newest request for a node back; sheets that were open for it alone are handed in again as they were.

    A sheet on which the judge has marked since stays open, for this judge to hand in.

    Raises:
        NotFoundError: no such request in this competition.
        InvalidInputError: no reason.
        ConflictError: it is not the newest, or taken back already.
        OwnHandError: one of the votes is the actor's own.
    """
    reason = _reason(command.reason)
    with transaction() as session:
        request = _request_in(session, command.competition_id, command.revote_id)
        sheets = _locked(session, request.module_id, request.entrant_id)
        newest = newest_requests(session, [request.module_id], [request.entrant_id])
        if request.withdraws or request not in newest:
            raise ConflictError("这次重新评议已经撤回，或已有下一轮")
        asked = [sheet for sheet in sheets if sheet.seat_number in request.seats]
        require_other_hands(session, command.actor, command.competition_id, asked)
        withdrawn = Revote(
            module_id=request.module_id,
            entrant_id=request.entrant_id,
            node=request.node,
            aspects=request.aspects,
            round=request.round,
            votes=request.votes,
            reason=reason,
            withdraws=True,
            asked_at=now(),
            asked_by=command.actor.name,
        )
        session.add(withdrawn)
        for sheet in asked:
            if sheet.reopened_for is not None:
                _close_again(session, sheet, request.aspects)
        detail = {"entrant": request.entrant_id, "node": request.node, "round": request.round, "reason": reason}
        target = f"module:{request.module_id}"
        record(session, command.actor.act("revote.withdrawn", target, command.competition_id, detail))


def _request_in(session: Session, competition_id: int, revote_id: int) -> Revote:
    query = (
        select(Revote)
        .join(Module, Module.id == Revote.module_id)
        .join(Event, Event.id == Module.event_id)
        .join(Competition, Competition.id == Event.competition_id)
        .where(Revote.id == revote_id, Competition.id == competition_id)
    )
    found = session.scalar(query)
    if found is None:
        raise NotFoundError("没有这次重新评议")
    return found


def _close_again(session: Session, sheet: ScoreSheet, aspects: Collection[str]) -> None:
    sheet.reopened_for = sorted(set(sheet.reopened_for or ()) - set(aspects))
    query = select(SheetSubmission).where(SheetSubmission.sheet_id == sheet.id)
    submission = session.scalar(query.order_by(SheetSubmission.id.desc()).limit(1))
    if not sheet.reopened_for and submission is not None and submission.revision == sheet.revision:
        sheet.state, sheet.submitted_at = SheetState.SUBMITTED, submission.submitted_at
        sheet.reopened_for = None
