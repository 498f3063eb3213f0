"""Sheets that somebody confirmed who had marked them, before anybody had said that the two are one person."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from competitions.models import CALLED, Entrant, Judge
from core.audit import AuditEntry
from scoring.four_eyes.hands import Hands, hands_of_person, own_sheets
from scoring.models import ScoreSheet
from scoring.states import SheetState


@dataclass(frozen=True, slots=True)
class SelfConfirmed:
    """A confirmed sheet that nobody but its own judge has looked at; `number` is what judges call the entrant by."""

    sheet_id: int
    number: int | str | None
    seat: int
    name: str


def self_confirmed(session: Session, competition_id: int, module_id: int) -> list[SelfConfirmed]:
    """The sheets of a module whose newest confirmation came from who had marked them, by draw number and seat.

    One query where no judge's account is known; else four for each judge of whom it is.
    """
    query = select(Judge).where(Judge.competition_id == competition_id, Judge.account_id.is_not(None))
    found = []
    for judge in session.scalars(query.order_by(Judge.id)):
        hands = hands_of_person(session, competition_id, judge.id, judge.account_id)
        own = own_sheets(session, hands, ScoreSheet.module_id == module_id, ScoreSheet.state == SheetState.CONFIRMED)
        by_own_hand = _confirmed_by(session, competition_id, own, hands)
        found += [SelfConfirmed(*row, judge.name) for row in _places(session, by_own_hand)]
    return sorted(found, key=lambda one: (str(one.number).zfill(9), one.seat))


def _confirmed_by(session: Session, competition_id: int, sheets: set[int], hands: Hands) -> set[int]:
    """Those of `sheets` whose newest confirmation is on record under one of these hands."""
    targets = {f"score_sheet:{sheet}": sheet for sheet in sheets}
    lines = select(AuditEntry.target, AuditEntry.actor).where(
        AuditEntry.chain == competition_id, AuditEntry.action == "sheet.confirmed", AuditEntry.target.in_(targets)
    )
    newest = dict(session.execute(lines.order_by(AuditEntry.number)).all()) if targets else {}
    return {targets[target] for target, actor in newest.items() if actor in hands.keys}


def _places(session: Session, sheets: set[int]) -> list[tuple[int, int | str | None, int]]:
    query = (
        select(ScoreSheet.id, CALLED, ScoreSheet.seat_number)
        .join(Entrant, Entrant.id == ScoreSheet.entrant_id)
        .where(ScoreSheet.id.in_(sheets))
    )
    return [(sheet, number, seat) for sheet, number, seat in session.execute(query)] if sheets else []
