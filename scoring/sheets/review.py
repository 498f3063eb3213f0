"""The chief judge's hand on score sheets: confirm, return with a reason, unlock with a reason."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from competitions.models import Event, Module
from core.audit import record
from core.auth import Actor
from core.clock import now
from core.db import transaction
from core.errors import NotFoundError
from scoring.four_eyes.hands import among
from scoring.four_eyes.refusing import own_work, require_other_hands
from scoring.models import ScoreSheet
from scoring.sheets.seen import require_seen, require_seen_sheet
from scoring.states import SheetAction, SheetState, after


@dataclass(frozen=True, slots=True)
class ChangeSheet:
    """Confirm, return or unlock one sheet; returning and unlocking want a reason."""

    competition_id: int
    sheet_id: int
    action: SheetAction
    actor: Actor
    reason: str = ""
    seen: str | None = None
    """The sheet as the page showed it, by `seen_word`; None where no page was looked at."""


def change_sheet(command: ChangeSheet) -> SheetState:
    """Move a sheet to its next state and return it; marks stay as they are.

    Raises:
        NotFoundError: no such sheet in this competition.
        OwnHandError: the marks are the actor's own, however she signed in when she gave them.
        WrongStateError, InvalidInputError: see `scoring.states.after`.
        ChangedSinceSeenError: it has another revision than the page showed.
    """
    with transaction() as session:
        sheet = sheet_in(session, command.competition_id, command.sheet_id)
        if command.seen is not None and sheet.state is not SheetState.OPEN:
            require_seen_sheet(command.seen, (sheet.id, sheet.revision))
        require_other_hands(session, command.actor, command.competition_id, [sheet])
        _move(session, sheet, command)
        return sheet.state


@dataclass(frozen=True, slots=True)
class ConfirmSubmitted:
    """Confirm every submitted sheet of one entrant in one module, or of the whole module."""

    competition_id: int
    module_id: int
    actor: Actor
    entrant_id: int | None = None
    seen: str | None = None
    """What the page showed as submitted, by `seen_word`; None where no page was looked at."""


def confirm_submitted(command: ConfirmSubmitted) -> int:
    """Confirm what has been submitted and return how many sheets that were; an open sheet stays open.

    Sheets that are the actor's own work stay submitted, for another chief judge.

    Raises:
        OwnHandError: all of them are the actor's own.
        ChangedSinceSeenError: other sheets are submitted now than the page showed; none is confirmed.
    """
    with transaction() as session:
        query = (
            select(ScoreSheet)
            .join(Module, Module.id == ScoreSheet.module_id)
            .join(Event, Event.id == Module.event_id)
            .where(
                Event.competition_id == command.competition_id,
                ScoreSheet.module_id == command.module_id,
                ScoreSheet.state == SheetState.SUBMITTED,
            )
            .order_by(ScoreSheet.id)
            .with_for_update(of=ScoreSheet)
        )
        if command.entrant_id is not None:
            query = query.where(ScoreSheet.entrant_id == command.entrant_id)
        sheets = session.scalars(query).all()
        if command.seen is not None:
            require_seen(command.seen, [(sheet.id, sheet.revision) for sheet in sheets])
        own = own_work(session, command.actor, command.competition_id, among(sheets))
        others = [sheet for sheet in sheets if own is None or sheet.id not in own.sheets]
        if own is not None and not others:
            raise own.error
        for sheet in others:
            change = ChangeSheet(command.competition_id, sheet.id, SheetAction.CONFIRM, command.actor)
            _move(session, sheet, change)
        return len(others)


def sheet_in(session: Session, competition_id: int, sheet_id: int) -> ScoreSheet:
    """The sheet, locked for change, if it belongs to the competition.

    Raises:
        NotFoundError: it does not.
    """
    sheet = session.scalar(
        select(ScoreSheet)
        .join(Module, Module.id == ScoreSheet.module_id)
        .join(Event, Event.id == Module.event_id)
        .where(ScoreSheet.id == sheet_id, Event.competition_id == competition_id)
        .with_for_update(of=ScoreSheet)
    )
    if sheet is None:
        raise NotFoundError("这场竞赛里没有这张评分表")
    return sheet


def _move(session: Session, sheet: ScoreSheet, command: ChangeSheet) -> None:
    sheet.state = after(sheet.state, command.action, command.reason)
    if command.action is SheetAction.CONFIRM:
        sheet.confirmed_at, sheet.confirmed_by = now(), command.actor.name
    else:
        sheet.confirmed_at = sheet.confirmed_by = sheet.submitted_at = sheet.reopened_for = None
        sheet.return_reason = command.reason.strip()
    past = {SheetAction.CONFIRM: "confirmed", SheetAction.RETURN: "returned", SheetAction.UNLOCK: "unlocked"}
    detail = {"revision": sheet.revision} | ({"reason": command.reason.strip()} if command.reason else {})
    target = f"score_sheet:{sheet.id}"
    record(session, command.actor.act(f"sheet.{past[command.action]}", target, command.competition_id, detail))
