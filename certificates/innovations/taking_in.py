"""A workbook of innovations: every row is looked at, then all good ones are stored together or none."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum

from sqlalchemy.orm import Session

from certificates.incoming import previews
from certificates.incoming.doing import Doer
from certificates.incoming.models import IncomingWorkbook, Subject
from certificates.incoming.people import Roster
from certificates.incoming.tables import TableRow, read_table
from certificates.innovations.recording import key_of, known_keys, store, unit_of
from certificates.innovations.rows import HEADINGS, InnovationRow, read_innovation_rows
from competitions.models import Contestant
from competitions.setup import locked_competition
from core.audit import record
from core.clock import competition_day
from core.db import transaction
from core.messages import said
from core.spreadsheets import Sheet


class Fate(StrEnum):
    """What becomes of a row."""

    NEW = "new"
    ALREADY = "already"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class PlacedInnovation:
    """A row with the contestants who made it."""

    row: InnovationRow
    fate: Fate
    authors: tuple[Contestant, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadInnovations:
    """Look at a workbook of innovations without taking anything in."""

    competition_id: int
    filename: str
    data: bytes
    actor: Doer


@dataclass(frozen=True, slots=True)
class TakeInInnovations:
    """Store the good rows of a preview. `leaves_out_wrong` is the organiser's word that the others stay out."""

    competition_id: int
    workbook_id: int
    leaves_out_wrong: bool
    actor: Doer


@dataclass(frozen=True, slots=True)
class InnovationsTakenIn:
    """What taking in did."""

    stored: int
    already: int
    left_out: int


def read_innovations(command: ReadInnovations) -> int:
    """Read a workbook, keep it and return its preview's id.

    Raises:
        SpreadsheetError, NoTableError, TooManyRowsError, WorkbookTooLargeError: not a file that can be read.
        NotFoundError: no such competition.
    """
    upload = previews.Upload(command.competition_id, Subject.INNOVATIONS, command.filename, command.data)
    return previews.keep(upload, _table, command.actor.key, command.actor.act)


def _table(sheets: list[Sheet]) -> Sequence[TableRow]:
    return read_table(sheets, HEADINGS)


def placed_innovations(session: Session, workbook: IncomingWorkbook) -> list[PlacedInnovation]:
    """The rows of a preview as they stand now: what was stored meanwhile is known."""
    return place(session, workbook.competition_id, previews.rows_of(workbook))


def place(session: Session, competition_id: int, table: Sequence[TableRow]) -> list[PlacedInnovation]:
    """Each row with the contestants who made it, and its fate; of two rows that say the same the first is new.

    Args:
        session: for reading.
        competition_id: whose contestants the rows speak of.
        table: as read.
    """
    rows = read_innovation_rows(table, competition_day())
    roster = Roster(session, competition_id, (number for row in rows for _, number in row.authors))
    known = known_keys(session, competition_id)
    found = []
    for row in rows:
        one = _placed(row, roster)
        key = key_of(row.name, unit_of(one.row, one.authors), one.authors)
        if one.fate is Fate.NEW and key in known:
            one = replace(one, fate=Fate.ALREADY)
        elif one.fate is Fate.NEW:
            known.add(key)
        found.append(one)
    return found


def _placed(row: InnovationRow, roster: Roster) -> PlacedInnovation:
    if row.problem:
        return PlacedInnovation(row, Fate.WRONG)
    authors = []
    for name, number in row.authors:
        found = roster.find(name, number)
        if found.problem:
            problem = said("%(name)s：%(problem)s；不是选手的完成人请不填，只填单位", name=name, problem=found.problem)
            return PlacedInnovation(replace(row, problem=problem), Fate.WRONG)
        authors.append(found.contestants[0])
    return PlacedInnovation(row, Fate.NEW, tuple(authors))


def counted(placed: Iterable[PlacedInnovation]) -> dict[str, int]:
    """How many rows have each fate."""
    found = [one.fate for one in placed]
    return {fate.value: found.count(fate) for fate in Fate}


def take_in_innovations(command: TakeInInnovations) -> InnovationsTakenIn:
    """Store the good rows of a preview, all of them or none.

    Raises:
        WrongRowsLeftError: there are wrong rows, and they were not left out explicitly.
        NothingNewError: no row says anything new.
        WorkbookSettledError: taken in or dropped before.
        NotFoundError: no such preview in this competition.
    """
    with transaction() as session:
        competition = locked_competition(session, command.competition_id)
        workbook = previews.workbook_of(session, competition.id, Subject.INNOVATIONS, command.workbook_id)
        previews.require_pending(workbook)
        placed = placed_innovations(session, workbook)
        counts = counted(placed)
        new, wrong = counts[Fate.NEW], counts[Fate.WRONG]
        previews.require_choice(new, wrong, leaves_out_wrong=command.leaves_out_wrong)
        for one in placed:
            if one.fate is Fate.NEW:
                store(session, competition.id, one.row, one.authors, source=workbook.filename, actor=command.actor)
        previews.settle(workbook, counts)
        result = InnovationsTakenIn(new, counts[Fate.ALREADY], wrong)
        detail = {"filename": workbook.filename, "digest": workbook.digest} | asdict(result)
        target = f"incoming_workbook:{workbook.id}"
        record(session, command.actor.act("innovations.taken_in", target, competition.id, detail))
        return result
