"""Taking a workbook in, whatever it is about: every row is looked at, then all good ones are stored or none."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Generic, Protocol, TypeVar

from sqlalchemy.orm import Session

from certificates.incoming import previews
from certificates.incoming.doing import Doer
from certificates.incoming.models import IncomingWorkbook, Subject
from certificates.incoming.tables import Headings, TableRow, read_table
from competitions.setup import locked_competition
from core.audit import record
from core.db import transaction


class Fate(StrEnum):
    """What becomes of a row."""

    NEW = "new"
    ALREADY = "already"
    WRONG = "wrong"
    BLANK = "blank"


class Placed(Protocol):
    """A row, and what becomes of it; a kind of workbook adds whom it is about."""

    @property
    def row(self) -> object:
        """The row as it was read, with its problem."""

    @property
    def fate(self) -> Fate:
        """What becomes of it."""


P = TypeVar("P", bound=Placed)


@dataclass(frozen=True, slots=True)
class WorkbookKind(Generic[P]):
    """What distinguishes one kind of workbook from another."""

    subject: Subject
    headings: Headings
    place: Callable[[Session, int, Sequence[TableRow]], list[P]]
    """Session for reading, competition, rows as read: each row with its fate, as things stand now."""
    store: Callable[[Session, IncomingWorkbook, Sequence[P], Doer], Mapping[str, object]]
    """Stores the new rows; what it returns stands in the audit line beside the numbers."""


@dataclass(frozen=True, slots=True)
class ReadWorkbook:
    """Look at a workbook without taking anything in."""

    competition_id: int
    filename: str
    data: bytes
    actor: Doer


@dataclass(frozen=True, slots=True)
class TakeInWorkbook:
    """Store the good rows of a preview. `leaves_out_wrong` is the organiser's word that the others stay out."""

    competition_id: int
    workbook_id: int
    leaves_out_wrong: bool
    actor: Doer


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What taking in did."""

    stored: int
    already: int
    left_out: int


def read_workbook(kind: WorkbookKind[P], command: ReadWorkbook) -> int:
    """Read a workbook, keep it and return its preview's id.

    Raises:
        SpreadsheetError, NoTableError, TooManyRowsError, WorkbookTooLargeError: not a file that can be read.
        NotFoundError: no such competition.
    """
    upload = previews.Upload(command.competition_id, kind.subject, command.filename, command.data)
    return previews.keep(upload, lambda sheets: read_table(sheets, kind.headings), command.actor.key, command.actor.act)


def placed_rows(session: Session, kind: WorkbookKind[P], workbook: IncomingWorkbook) -> list[P]:
    """The rows of a preview as they stand now: what was stored meanwhile is known."""
    return kind.place(session, workbook.competition_id, previews.rows_of(workbook))


def counted(placed: Iterable[Placed]) -> dict[str, int]:
    """How many rows have each fate."""
    found = [one.fate for one in placed]
    return {fate.value: found.count(fate) for fate in Fate}


def take_in_workbook(kind: WorkbookKind[P], command: TakeInWorkbook) -> TakenIn:
    """Store the good rows of a preview, all of them or none.

    Raises:
        WrongRowsLeftError: there are wrong rows, and they were not left out explicitly.
        NothingNewError: no row says anything new.
        WorkbookSettledError: taken in or dropped before.
        NotFoundError: no such preview in this competition.
    """
    with transaction() as session:
        competition = locked_competition(session, command.competition_id)
        workbook = previews.workbook_of(session, competition.id, kind.subject, command.workbook_id)
        previews.require_pending(workbook)
        placed = placed_rows(session, kind, workbook)
        counts = counted(placed)
        new, wrong = counts[Fate.NEW], counts[Fate.WRONG]
        previews.require_choice(new, wrong, leaves_out_wrong=command.leaves_out_wrong)
        stored = kind.store(session, workbook, [one for one in placed if one.fate is Fate.NEW], command.actor)
        previews.settle(workbook, counts)
        result = TakenIn(new, counts[Fate.ALREADY], wrong)
        detail = {"filename": workbook.filename, "digest": workbook.digest, **asdict(result), **stored}
        target = f"incoming_workbook:{workbook.id}"
        record(session, command.actor.act(f"{kind.subject.value}.taken_in", target, competition.id, detail))
        return result
