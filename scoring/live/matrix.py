"""The sheets of one module as the chief judge looks at them: contestants × seats, a page at a time, with what is odd.

As many queries for two thousand contestants as for two. Those who are absent or out, and vacant
seats, stay on the board and are not waited for.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, Text, cast, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from competitions.models import CALLED, Entrant, EntrantStatus, Judge, Module
from core.messages import message
from scoring.jury.alarms import held_aspects
from scoring.models import RefusedSave, ScoreSheet, SheetRevision
from scoring.photos.models import SheetPhoto, still_there
from scoring.sheets.board import OUT
from scoring.sheets.returns import newest_returns
from scoring.sheets.seen import seen_word
from scoring.states import SheetState

ROWS_A_PAGE = 100
FILTERS = {
    "all": message("全部"),
    "missing": message("缺评分表"),
    "waiting": message("待确认"),
    "held": message("分差超限"),
    "doubt": message("有疑问"),
    "note": message("有备注"),
    "photo": message("有照片"),
    "refused": message("未采用的保存"),
}


@dataclass(frozen=True, slots=True)
class Cell:
    """One sheet on the board.

    Attributes:
        reason: why it went back to the judge after being handed in; empty if it did not, or has come again.
        is_unlocked: it had been confirmed before it went back.
    """

    sheet_id: int
    entrant_id: int
    seat: int
    judge: str
    state: SheetState
    revision: int
    reason: str = ""
    is_unlocked: bool = False
    flags: frozenset[str] = frozenset()
    """Of own (the reader's own work), again (votes asked for again), doubt, note, refused."""

    @property
    def is_untouched(self) -> bool:
        """Nothing has been marked yet; never to be confused with a mark of zero."""
        return self.revision == 0

    @property
    def is_returned(self) -> bool:
        """It was handed in, went back to the judge and has not come again."""
        return bool(self.reason)


@dataclass(slots=True)
class Row:
    """One entrant's sheets in a module, by seat, and the aspects that its judges have marked too far apart."""

    entrant_id: int
    draw_number: int | str | None
    status: EntrantStatus
    cells: dict[int, Cell] = field(default_factory=dict)
    held: tuple[str, ...] = ()

    @property
    def is_out(self) -> bool:
        """Nobody waits for this entrant's marks."""
        return self.status in OUT

    @property
    def submitted(self) -> int:
        """How many sheets wait for confirmation."""
        return sum(cell.state is SheetState.SUBMITTED for cell in self.cells.values())

    @property
    def open(self) -> int:
        """How many sheets have not been handed in."""
        return sum(cell.state is SheetState.OPEN for cell in self.cells.values())

    @property
    def own(self) -> int:
        """Of those that wait, how many the reader may not confirm: the own work."""
        return sum(cell.state is SheetState.SUBMITTED and "own" in cell.flags for cell in self.cells.values())

    @property
    def seen(self) -> str:
        """These sheets and their revisions in a word, by which a confirmation says what it was made upon."""
        waiting = (cell for cell in self.cells.values() if cell.state is SheetState.SUBMITTED)
        return seen_word((cell.sheet_id, cell.revision) for cell in waiting)


@dataclass(frozen=True, slots=True)
class Counts:
    """How the sheets of a module stand, without those of entrants who are out."""

    total: int = 0
    untouched: int = 0
    open: int = 0
    submitted: int = 0
    confirmed: int = 0


@dataclass(frozen=True, slots=True)
class Matrix:
    """A page of a module's board.

    Attributes:
        seats: seat number to the judge's name; where several panels share the module, to all who hold that seat.
        found: how many rows each filter leaves, by its name.
    """

    module: Module
    seats: dict[int, str]
    rows: list[Row]
    found: dict[str, int]
    shown: str
    page: int
    pages: int


def counts_of(session: Session, event_id: int) -> dict[int, Counts]:
    """Module to how its sheets stand, for all modules of an event in one query."""
    is_marked = func.sum((ScoreSheet.revision > 0).cast(Integer))
    query = (
        select(ScoreSheet.module_id, ScoreSheet.state, func.count(ScoreSheet.id), is_marked)
        .join(Module, Module.id == ScoreSheet.module_id)
        .join(Entrant, Entrant.id == ScoreSheet.entrant_id)
        .where(Module.event_id == event_id, Entrant.status.not_in(OUT), ScoreSheet.state != SheetState.VACANT)
        .group_by(ScoreSheet.module_id, ScoreSheet.state)
    )
    groups: dict[int, dict[SheetState, tuple[int, int]]] = {}
    for module_id, state, count, marked in session.execute(query):
        groups.setdefault(module_id, {})[state] = (count, marked or 0)
    return {module_id: _counts(group) for module_id, group in groups.items()}


def _counts(group: dict[SheetState, tuple[int, int]]) -> Counts:
    number, marked = group.get(SheetState.OPEN, (0, 0))
    submitted, confirmed = (group.get(s, (0, 0))[0] for s in (SheetState.SUBMITTED, SheetState.CONFIRMED))
    return Counts(number + submitted + confirmed, number - marked, marked, submitted, confirmed)


def show_own(rows: Iterable[Row], own: Collection[int]) -> None:
    """Mark the cells of these sheets, which are the reader's own work."""
    for row in rows:
        for seat, cell in row.cells.items():
            if cell.sheet_id in own:
                row.cells[seat] = replace(cell, flags=cell.flags | {"own"})


def submitted_word(session: Session, module_id: int) -> str:
    """The submitted sheets of a module and their revisions in a word, as `scoring.sheets.seen` makes it."""
    query = select(ScoreSheet.id, ScoreSheet.revision).where(
        ScoreSheet.module_id == module_id, ScoreSheet.state == SheetState.SUBMITTED
    )
    return seen_word((sheet, revision) for sheet, revision in session.execute(query))


def matrix_of(session: Session, module: Module, page: int = 1, shown: str = "all", around: int | None = None) -> Matrix:
    """One page of a module's board.

    Args:
        session: to read with.
        module: whose sheets.
        page: from 1; beyond the end is the last.
        shown: a name of FILTERS; another is "all".
        around: an entrant whose page is wanted instead.
    """
    held = held_aspects(session, module)
    every = _rows_of(session, module.id)
    kept = _found(session, module.id, held)
    shown = shown if shown in FILTERS else "all"
    rows = [row for row in every if row.entrant_id in kept[shown]]
    pages = max(1, -(-len(rows) // ROWS_A_PAGE))
    page = next((n // ROWS_A_PAGE + 1 for n, row in enumerate(rows) if row.entrant_id == around), page)
    page = min(max(page, 1), pages)
    rows = rows[(page - 1) * ROWS_A_PAGE : page * ROWS_A_PAGE]
    _fill(session, module.id, rows)
    for row in rows:
        row.held = held.get(row.entrant_id, ())
    found = {name: len(entrants) for name, entrants in kept.items()}
    return Matrix(module, seats_of(session, module.id), rows, found, shown, page, pages)


def changed_rows(session: Session, module: Module, sheets: Collection[int]) -> tuple[list[Row], dict[str, int]]:
    """The rows in which one of `sheets` stands, and how many rows each filter leaves now."""
    inside = select(ScoreSheet.entrant_id).where(ScoreSheet.id.in_(sheets), ScoreSheet.module_id == module.id)
    entrants = set(session.scalars(inside))
    held = held_aspects(session, module)
    rows = [row for row in _rows_of(session, module.id, entrants) if entrants]
    _fill(session, module.id, rows)
    for row in rows:
        row.held = held.get(row.entrant_id, ())
    return rows, {name: len(found) for name, found in _found(session, module.id, held).items()}


def _rows_of(session: Session, module_id: int, only: Collection[int] | None = None) -> list[Row]:
    query = (
        select(Entrant.id, CALLED, Entrant.status)
        .where(Entrant.id.in_(select(ScoreSheet.entrant_id).where(ScoreSheet.module_id == module_id)))
        .order_by(Entrant.draw_number, Entrant.id)
    )
    if only is not None:
        query = query.where(Entrant.id.in_(only))
    return [Row(entrant, number, status) for entrant, number, status in session.execute(query)]


def _fill(session: Session, module_id: int, rows: Iterable[Row]) -> None:
    """Give the rows their cells."""
    by_entrant = {row.entrant_id: row for row in rows}
    query = (
        select(ScoreSheet, func.coalesce(Judge.name, ""))
        .outerjoin(Judge, Judge.id == ScoreSheet.judge_id)
        .where(ScoreSheet.module_id == module_id, ScoreSheet.entrant_id.in_(by_entrant))
        .order_by(ScoreSheet.seat_number)
    )
    flags = _flags(session, module_id, by_entrant)
    found = session.execute(query).all()
    reasons = {sheet.id: sheet.return_reason for sheet, _judge in found if sheet.state is SheetState.OPEN}
    returns = newest_returns(session, [sheet_id for sheet_id, reason in reasons.items() if reason])
    for sheet, judge in found:
        is_unlocked = sheet.id in returns and returns[sheet.id].is_unlocked
        about = (sheet.seat_number, judge, sheet.state, sheet.revision, reasons.get(sheet.id, ""), is_unlocked)
        again = {"again"} if sheet.state is SheetState.OPEN and sheet.reopened_for is not None else set()
        cell = Cell(sheet.id, sheet.entrant_id, *about, frozenset(flags.get(sheet.id, ())) | again)
        by_entrant[sheet.entrant_id].cells[sheet.seat_number] = cell


def _flags(session: Session, module_id: int, entrants: Iterable[int]) -> dict[int, set[str]]:
    """Sheet to what is odd about it."""
    found: dict[int, set[str]] = {}
    inside = (ScoreSheet.module_id == module_id, ScoreSheet.entrant_id.in_(list(entrants)))
    for name, query in _signs().items():
        for sheet in session.scalars(query.with_only_columns(ScoreSheet.id).where(*inside)):
            found.setdefault(sheet, set()).add(name)
    return found


def _found(session: Session, module_id: int, held: Collection[int]) -> dict[str, set[int]]:
    """Filter to the entrants that it leaves."""
    every = select(ScoreSheet.entrant_id).where(ScoreSheet.module_id == module_id)
    competing = every.join(Entrant, Entrant.id == ScoreSheet.entrant_id).where(Entrant.status.not_in(OUT))
    open_ones = competing.where(ScoreSheet.state == SheetState.OPEN)
    submitted = competing.where(ScoreSheet.state == SheetState.SUBMITTED)
    found = {"all": set(session.scalars(every)), "held": set(held)}
    found |= {"missing": set(session.scalars(open_ones)), "waiting": set(session.scalars(submitted))}
    for name, query in _signs().items():
        inside = query.with_only_columns(ScoreSheet.entrant_id).where(ScoreSheet.module_id == module_id)
        found[name] = set(session.scalars(inside))
    return found


def _signs() -> dict[str, Select[int]]:
    """What is odd about a sheet, each as a query of sheets. An empty list is stored as ``[]``, an object as ``{}``."""
    newest = (SheetRevision.sheet_id == ScoreSheet.id) & (SheetRevision.number == ScoreSheet.revision)
    revised = select(ScoreSheet.id).join(SheetRevision, newest)
    photographed = select(ScoreSheet.id).join(SheetPhoto, SheetPhoto.sheet_id == ScoreSheet.id)
    return {
        "doubt": revised.where(is_more_than(SheetRevision.doubts, "[]")),
        "note": revised.where(is_more_than(SheetRevision.notes, "{}")),
        "photo": photographed.where(still_there()).distinct(),
        "refused": select(ScoreSheet.id).join(RefusedSave, RefusedSave.sheet_id == ScoreSheet.id).distinct(),
    }


def is_more_than(column: InstrumentedAttribute[Any], empty: str) -> ColumnElement[bool]:
    """Whether a column of JSON holds anything; `empty` is how nothing is stored."""
    return cast(column, Text) != empty


def seats_of(session: Session, module_id: int) -> dict[int, str]:
    """Seat number to the judge's name; where several panels share the module, to all who hold that seat."""
    query = (
        select(ScoreSheet.seat_number, func.coalesce(Judge.name, ""))
        .outerjoin(Judge, Judge.id == ScoreSheet.judge_id)
        .where(ScoreSheet.module_id == module_id)
        .group_by(ScoreSheet.seat_number, Judge.id, Judge.name)
        .order_by(ScoreSheet.seat_number, Judge.id)
    )
    seats: dict[int, str] = {}
    for seat, judge in session.execute(query):
        seats[seat] = f"{seats[seat]}、{judge}" if seats.get(seat) else judge
    return seats
