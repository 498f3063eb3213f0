"""Sheets of works marked by code: they hang on what stands in for a work, and on the contestant once decoded."""

from collections.abc import Mapping

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from competitions.models import Entrant, Module, ModuleKind
from competitions.work_codes.sheets import WorkSheets
from core.errors import ConflictError
from scoring.jury.models import EarlyLook, Revote
from scoring.models import ScoreSheet
from scoring.sheets.board import OUT
from scoring.states import SheetState


def drop_works(session: Session, event_id: int) -> None:
    """Take away the untouched sheets of an event's works.

    Raises:
        ConflictError: one of them is marked.
    """
    works = select(Entrant.id).where(Entrant.event_id == event_id, Entrant.work_code.is_not(None))
    sheets = session.scalars(select(ScoreSheet).where(ScoreSheet.entrant_id.in_(works))).all()
    if any(sheet.revision for sheet in sheets):
        raise ConflictError("已有作品打过分，编码不能作废")
    for sheet in sheets:
        session.delete(sheet)
    session.flush()


def unconfirmed_works(session: Session, event_id: int) -> int:
    """How many sheets of an event's works are not confirmed; a judged module without any for a work counts as one.

    Nobody waits for a work that is not there.
    """
    works = select(Entrant.id).where(
        Entrant.event_id == event_id, Entrant.work_code.is_not(None), Entrant.status.not_in(OUT)
    )
    settled = (SheetState.CONFIRMED, SheetState.VACANT)
    inside = ScoreSheet.entrant_id.in_(works)
    waiting = session.scalar(select(func.count(ScoreSheet.id)).where(inside, ScoreSheet.state.not_in(settled))) or 0
    judged = (Module.event_id == event_id, Module.kind == ModuleKind.JUDGED)
    modules = session.scalar(select(func.count(Module.id)).where(*judged)) or 0
    number = session.scalar(select(func.count()).select_from(works.subquery())) or 0
    places = select(ScoreSheet.module_id, ScoreSheet.entrant_id).where(inside).distinct()
    there = session.scalar(select(func.count()).select_from(places.subquery())) or 0
    return waiting + modules * number - there


def give_back(session: Session, event_id: int, owners: Mapping[int, int]) -> None:
    """Hang the sheets of works on the entrants whose works they are.

    Votes asked for again and early looks are records that never change: they are written once more for the entrant,
    and what stood in for the work stays, without sheets, as their proof.

    Args:
        session: of the transaction in which the last layer is opened.
        event_id: whose works.
        owners: work → entrant.
    """
    modules = select(Module.id).where(Module.event_id == event_id)
    for sheet in session.scalars(select(ScoreSheet).where(ScoreSheet.entrant_id.in_(owners))):
        sheet.entrant_id = owners[sheet.entrant_id]
    votes = session.scalars(select(Revote).where(Revote.module_id.in_(modules)).order_by(Revote.id)).all()
    looks = session.scalars(select(EarlyLook).where(EarlyLook.module_id.in_(modules)).order_by(EarlyLook.id)).all()
    records: list[Revote | EarlyLook] = [*votes, *looks]
    session.add_all(_again(row, owners[row.entrant_id]) for row in records if row.entrant_id in owners)
    session.flush()


def _again(row: Revote | EarlyLook, entrant_id: int) -> Revote | EarlyLook:
    """A row like this one, for the entrant."""
    names = [column.key for column in row.__table__.columns if column.key not in ("id", "entrant_id")]
    return type(row)(entrant_id=entrant_id, **{name: getattr(row, name) for name in names})


WORK_SHEETS = WorkSheets(drop_works, unconfirmed_works, give_back)
