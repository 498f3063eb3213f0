"""Who marks whom: the seats of a module's panels that have anything to mark, and the entrants dealt to each panel."""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from competitions.models import Entrant, EntrantStatus, Event, Module, ModuleKind, Panel, Seat
from competitions.work_codes.layers import awaits_decoding, works_in
from core.errors import ConflictError
from scoring.engine.scheme import Scheme
from scoring.models import ScoreSheet
from scoring.paper_entry.models import has_paper
from scoring.sheets.item_values import item_columns
from scoring.sheets.seating import EXTERNAL_SEAT, aspects_of_seat
from scoring.states import SheetState

GONE = (EntrantStatus.WITHDRAWN, EntrantStatus.DISQUALIFIED)
Chair = tuple[int, int | None]
"""A seat's number and its judge; none at the outside seat."""


def marked_by_code(session: Session, event: Event) -> list[Entrant] | None:
    """The works that judges mark in place of contestants, by code; None where works are not coded, or decoded again."""
    return works_in(session, event.id) if awaits_decoding(session, event.id) else None


def entrants_to_mark(session: Session, event: Event) -> list[Entrant]:
    """Those who take part, by draw number.

    Raises:
        ConflictError: there is nobody, or somebody has no draw number.
    """
    entrants = session.scalars(
        select(Entrant)
        .where(Entrant.event_id == event.id, Entrant.status.not_in(GONE), Entrant.work_code.is_(None))
        .order_by(Entrant.draw_number)
    ).all()
    if not entrants:
        raise ConflictError("“%(event)s”还没有选手", event=event.name)
    if any(entrant.draw_number is None for entrant in entrants):
        raise ConflictError("“%(event)s”还没有抽签", event=event.name)
    return list(entrants)


def drop_unblind(session: Session, event_id: int) -> None:
    """Take away the untouched sheets of contestants in judged modules, whose works will be marked by code instead."""
    judged = select(Module.id).where(Module.event_id == event_id, Module.kind == ModuleKind.JUDGED)
    own = select(Entrant.id).where(Entrant.event_id == event_id, Entrant.work_code.is_(None))
    inside = (ScoreSheet.module_id.in_(judged), ScoreSheet.entrant_id.in_(own), ScoreSheet.revision == 0, ~has_paper())
    for sheet in session.scalars(select(ScoreSheet).where(*inside)):
        session.delete(sheet)
    session.flush()


def chairs_of(session: Session, module: Module, scheme: Scheme) -> list[list[Chair]]:
    """The seats of each panel of a module that have anything to mark, in the order of their making; may be none."""
    if module.kind is ModuleKind.EXTERNAL:
        return [[(EXTERNAL_SEAT, None)]]
    query = select(Seat.panel_id, Seat.number, Seat.judge_id).join(Panel, Panel.id == Seat.panel_id)
    seats = session.execute(query.where(Panel.module_id == module.id).order_by(Seat.panel_id, Seat.number))
    return seated(module, scheme, ((panel, number, judge) for panel, number, judge in seats))


def seated(module: Module, scheme: Scheme, seats: Iterable[tuple[int, int, int]]) -> list[list[Chair]]:
    """The same from seats that were read already, each as panel, number and judge in their order."""
    if module.kind is ModuleKind.EXTERNAL:
        return [[(EXTERNAL_SEAT, None)]]
    chairs: dict[int, list[Chair]] = {}
    for panel, number, judge in seats:
        if aspects_of_seat(scheme, module.code, number):
            chairs.setdefault(panel, []).append((number, judge))
    outside: list[Chair] = [(EXTERNAL_SEAT, None)] if item_columns(scheme, module.code) else []
    return [own + outside for own in chairs.values()]


def panel_of(draw_number: int, panels: Sequence[list[Chair]]) -> list[Chair]:
    """Which panel marks that number: they take turns, so that who is added later changes nobody's panel."""
    return panels[(draw_number - 1) % len(panels)]


def reseat(session: Session, modules: Mapping[Module, Sequence[list[Chair]]]) -> int:
    """Bring untouched sheets to who sits there now, take away those for which no seat is left; returns how many.

    A sheet on which anything was saved stays with who holds it.
    """
    changed = 0
    query = (
        select(ScoreSheet, Entrant.draw_number)
        .join(Entrant, Entrant.id == ScoreSheet.entrant_id)
        .where(
            ScoreSheet.module_id.in_([module.id for module in modules]),
            ScoreSheet.revision == 0,
            ~has_paper(),
            ScoreSheet.state == SheetState.OPEN,
            ScoreSheet.seat_number != EXTERNAL_SEAT,
        )
    )
    panels = {module.id: chairs for module, chairs in modules.items()}
    for sheet, number in session.execute(query):
        chairs = panels[sheet.module_id]
        now = dict(panel_of(number, chairs)) if chairs and number else {}
        if sheet.seat_number not in now:
            session.delete(sheet)
        elif sheet.judge_id != now[sheet.seat_number]:
            sheet.judge_id = now[sheet.seat_number]
        else:
            continue
        changed += 1
    session.flush()
    return changed
