"""Saves of an event that count for nothing and are kept: of a judge who was replaced, or of a closed sheet."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from competitions.models import CALLED, Entrant, Event, Module
from core.auth import Actor, SignIn
from scoring.jury.blindness import closed_pairs, opened_by
from scoring.models import RefusedSave, ScoreSheet

MOST_SHOWN = 100
CODES = ("handed_over", "sheet_closed", "aspect_closed", "foreign_sheet")
"""What a chief judge should hear of; a clash between two devices is the judge's own to settle."""


@dataclass(frozen=True, slots=True)
class LateSave:
    """One refused save; `marks` is None while it is closed to the reader."""

    save: RefusedSave
    sheet: ScoreSheet
    module: Module
    draw_number: int | str | None
    sender: str
    marks: Mapping[str, str | None] | None


def late_saves_of(session: Session, event: Event, actor: Actor) -> list[LateSave]:
    """The newest MOST_SHOWN of an event, the newest first."""
    query = (
        select(RefusedSave, ScoreSheet, Module, CALLED, SignIn.name)
        .join(ScoreSheet, ScoreSheet.id == RefusedSave.sheet_id)
        .join(Module, Module.id == ScoreSheet.module_id)
        .join(Entrant, Entrant.id == ScoreSheet.entrant_id)
        .outerjoin(SignIn, SignIn.id == RefusedSave.sign_in_id)
        .where(Module.event_id == event.id, RefusedSave.code.in_(CODES))
        .order_by(RefusedSave.id.desc())
        .limit(MOST_SHOWN)
    )
    closed = closed_pairs(session, event.id) - opened_by(session, [module.id for module in event.modules], actor)
    found = []
    for save, sheet, module, number, sender in session.execute(query):
        marks = None if (sheet.module_id, sheet.entrant_id) in closed else save.marks
        found.append(LateSave(save, sheet, module, number, sender or "", marks))
    return found
