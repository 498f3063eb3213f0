"""The rows of a workbook of innovations: whom each is about, what becomes of it, and how a good one is stored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from certificates.incoming.doing import Doer
from certificates.incoming.models import IncomingWorkbook, Subject
from certificates.incoming.people import Roster
from certificates.incoming.tables import TableRow
from certificates.incoming.taking_in import Fate, WorkbookKind
from certificates.innovations.recording import key_of, known_keys, store, unit_of
from certificates.innovations.rows import HEADINGS, InnovationRow, read_innovation_rows
from competitions.models import Contestant
from core.clock import competition_day
from core.messages import said


@dataclass(frozen=True, slots=True)
class PlacedInnovation:
    """A row with the contestants who made it."""

    row: InnovationRow
    fate: Fate
    authors: tuple[Contestant, ...] = ()


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


def _store(
    session: Session, workbook: IncomingWorkbook, new: Sequence[PlacedInnovation], actor: Doer
) -> Mapping[str, object]:
    for one in new:
        store(session, workbook.competition_id, one.row, one.authors, source=workbook.filename, actor=actor)
    return {}


INNOVATIONS = WorkbookKind(Subject.INNOVATIONS, HEADINGS, place, _store)
