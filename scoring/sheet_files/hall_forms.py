"""Paper for the hour when tablets fail: a blank form for every sheet of a module, with its contestant and judge."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Literal

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from competitions.models import CALLED, Competition, Entrant, Event, Judge, Module
from core.errors import ConflictError, NotFoundError
from scoring.jury.contestant_signing import asks_contestant, signing_of
from scoring.models import ScoreSheet
from scoring.paper_entry.form_numbers import form_number
from scoring.sheet_files.blank_forms import PaperOwner, PaperSheet, paper_sheet
from scoring.sheet_files.drawing import called, drawable
from scoring.sheets.board import OUT
from scoring.sheets.reading import stored_scheme
from scoring.sheets.seating import EXTERNAL_SEAT
from scoring.states import SheetState

Order = Literal["number", "judge"]
FORMS_A_PART = 300
"""A file holds so many forms; more come in further parts."""


def hall_forms(
    session: Session, module: Module, address_of: Callable[[int], str], order: Order = "number", part: int = 1
) -> list[PaperSheet]:
    """The forms of a module; none for who is absent or out, for vacant seats and for lists from outside.

    Args:
        session: to read with.
        module: whose sheets.
        address_of: sheet → where a judge's device opens it.
        order: by draw number (or work code) and then seat, or each judge's in a stack of their own.
        part: from 1, of FORMS_A_PART forms each.

    Raises:
        ConflictError: the module has no sheets that judges mark.
        NotFoundError: no such part.
    """
    rows = session.execute(_sheets(module.id).order_by(*_ORDERS[order])).all()
    if not rows:
        raise ConflictError("“%(module)s”还没有裁判的评分表", module=module.name)
    chosen = rows[(part - 1) * FORMS_A_PART : part * FORMS_A_PART] if part > 0 else []
    if not chosen:
        raise NotFoundError("没有这一部分")
    event = session.get_one(Event, module.event_id)
    title = f"{session.get_one(Competition, event.competition_id).title}　{event.title}"
    signing = signing_of(session, event.id)
    blanks: dict[tuple[int, int], PaperSheet] = {}
    forms = []
    for sheet, number, judge in chosen:
        kind = (sheet.scheme_version_id, sheet.seat_number)
        if kind not in blanks:
            scheme = stored_scheme(sheet.scheme_version_id)
            blank = paper_sheet(scheme, scheme.nodes[module.code], sheet.seat_number, "纸质评分表")
            blanks[kind] = replace(blank, title=drawable(title))
        chair = f"第 {sheet.seat_number} 席"
        words = (called(number), drawable(judge), chair, address_of(sheet.id), form_number(sheet.id))
        owner = PaperOwner(*words, is_contestant_asked=asks_contestant(signing, sheet.seat_number))
        forms.append(replace(blanks[kind], owner=owner))
    return forms


def form_parts(session: Session, module_id: int) -> int:
    """In how many files a module's forms come; 0 where there are none."""
    query = select(func.count()).select_from(_sheets(module_id).subquery())
    return -(-(session.scalar(query) or 0) // FORMS_A_PART)


_ORDERS: dict[Order, tuple[Any, ...]] = {
    "number": (Entrant.draw_number, Entrant.id, ScoreSheet.seat_number),
    "judge": (ScoreSheet.seat_number, ScoreSheet.judge_id, Entrant.draw_number, Entrant.id),
}


def _sheets(module_id: int) -> Select[Any, Any, Any]:
    return (
        select(ScoreSheet, CALLED, Judge.name)
        .join(Entrant, Entrant.id == ScoreSheet.entrant_id)
        .join(Judge, Judge.id == ScoreSheet.judge_id)
        .where(
            ScoreSheet.module_id == module_id,
            ScoreSheet.seat_number != EXTERNAL_SEAT,
            ScoreSheet.state != SheetState.VACANT,
            Entrant.status.not_in(OUT),
        )
    )
