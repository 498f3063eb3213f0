"""Blind until all have handed in: whose marks are closed to others, and who has opened them before."""

from collections.abc import Collection

from sqlalchemy import func, select, true
from sqlalchemy.orm import Session

from competitions.models import Module
from core.auth import Actor, SubjectKind
from scoring.jury.models import EarlyLook, JudgingSetting
from scoring.models import ScoreSheet
from scoring.sheets.seating import EXTERNAL_SEAT
from scoring.states import SheetState

Pair = tuple[int, int]
"""Module and entrant."""


def is_blind(session: Session, event_id: int) -> bool:
    """Whether marks of an event stay closed until all seats have handed in; so unless an organiser chose otherwise."""
    setting = session.get(JudgingSetting, event_id)
    return setting is None or setting.is_blind


def closed_pairs(session: Session, event_id: int) -> set[Pair]:
    """The modules of entrants whose marks nobody but the judge who gives them may see now. One query."""
    query = (
        select(ScoreSheet.module_id, ScoreSheet.entrant_id)
        .join(Module, Module.id == ScoreSheet.module_id)
        .outerjoin(JudgingSetting, JudgingSetting.event_id == Module.event_id)
        .where(Module.event_id == event_id, func.coalesce(JudgingSetting.is_blind, true()))
        .where(ScoreSheet.seat_number != EXTERNAL_SEAT, ScoreSheet.state == SheetState.OPEN)
        .distinct()
    )
    return {(module, entrant) for module, entrant in session.execute(query)}


def may_see(session: Session, sheet: ScoreSheet, actor: Actor) -> bool:
    """Whether `actor` may see the marks of a sheet now: own ones always, others' once all seats have handed in.

    Whoever opened them early, with a reason on record, sees them too.
    """
    if is_own(sheet, actor) or sheet.seat_number == EXTERNAL_SEAT or not is_blind(session, sheet.module.event_id):
        return True
    place = (ScoreSheet.module_id == sheet.module_id, ScoreSheet.entrant_id == sheet.entrant_id)
    is_open = select(ScoreSheet.id).where(
        *place, ScoreSheet.seat_number != EXTERNAL_SEAT, ScoreSheet.state == SheetState.OPEN
    )
    if session.scalar(is_open.limit(1)) is None:
        return True
    return (sheet.module_id, sheet.entrant_id) in opened_by(session, [sheet.module_id], actor)


def is_own(sheet: ScoreSheet, actor: Actor) -> bool:
    """Whether `actor` is the judge of this sheet."""
    return actor.kind is SubjectKind.JUDGE and sheet.judge_id == actor.subject_id


def opened_by(session: Session, module_ids: Collection[int], actor: Actor) -> set[Pair]:
    """The modules of entrants that `actor` opened early."""
    query = select(EarlyLook.module_id, EarlyLook.entrant_id)
    found = session.execute(query.where(EarlyLook.module_id.in_(list(module_ids)), EarlyLook.looker == actor.key))
    return {(module, entrant) for module, entrant in found}
