"""A workbook of granted titles: every row is looked at, then all good ones are stored together or none."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum

from sqlalchemy.orm import Session

from certificates.incoming import previews
from certificates.incoming.doing import Doer
from certificates.incoming.models import IncomingWorkbook, Subject
from certificates.incoming.people import Roster
from certificates.incoming.tables import TableRow, read_table
from certificates.titles.known import approved_titles, held_in, known_titles
from certificates.titles.models import FactKind, FactSource, HeldFact
from certificates.titles.rows import HEADINGS, TitleRow, read_title_rows
from competitions.models import Contestant
from competitions.setup import locked_competition
from core.audit import record
from core.clock import competition_day, now
from core.db import transaction
from core.messages import kept, said
from core.spreadsheets import Sheet


class Fate(StrEnum):
    """What becomes of a row."""

    NEW = "new"
    ALREADY = "already"
    WRONG = "wrong"
    BLANK = "blank"


@dataclass(frozen=True, slots=True)
class PlacedTitle:
    """A row with the contestant that it is about."""

    row: TitleRow
    fate: Fate
    contestant: Contestant | None = None


@dataclass(frozen=True, slots=True)
class ReadTitles:
    """Look at a workbook of granted titles without taking anything in."""

    competition_id: int
    filename: str
    data: bytes
    actor: Doer


@dataclass(frozen=True, slots=True)
class TakeInTitles:
    """Store the good rows of a preview. `leaves_out_wrong` is the organiser's word that the others stay out."""

    competition_id: int
    workbook_id: int
    leaves_out_wrong: bool
    actor: Doer


@dataclass(frozen=True, slots=True)
class TitlesTakenIn:
    """What taking in did."""

    stored: int
    already: int
    left_out: int


def read_titles(command: ReadTitles) -> int:
    """Read a workbook, keep it and return its preview's id.

    Raises:
        SpreadsheetError, NoTableError, TooManyRowsError, WorkbookTooLargeError: not a file that can be read.
        NotFoundError: no such competition.
    """
    upload = previews.Upload(command.competition_id, Subject.TITLES, command.filename, command.data)
    return previews.keep(upload, _table, command.actor.key, command.actor.act)


def _table(sheets: list[Sheet]) -> Sequence[TableRow]:
    return read_table(sheets, HEADINGS)


def placed_titles(session: Session, workbook: IncomingWorkbook) -> list[PlacedTitle]:
    """The rows of a preview as they stand now: what was stored meanwhile is known."""
    return place(session, workbook.competition_id, previews.rows_of(workbook))


def place(session: Session, competition_id: int, rows: Sequence[TableRow]) -> list[PlacedTitle]:
    """Each row with its contestant and fate.

    Args:
        session: for reading.
        competition_id: whose contestants the rows speak of.
        rows: as read.
    """
    known = known_titles(session)
    read = read_title_rows(rows, known, competition_day())
    roster = Roster(session, competition_id, (row.document for row in read))
    approved = approved_titles(session, competition_id)
    found = [_placed(row, roster, approved, known) for row in read]
    people = {one.contestant.person_id for one in found if one.contestant is not None}
    stored = held_in(session, competition_id, people)
    return [_beside(one, stored) for one in found]


def _placed(row: TitleRow, roster: Roster, approved: Mapping[int, set[str]], known: frozenset[str]) -> PlacedTitle:
    if row.is_blank:
        return PlacedTitle(row, Fate.BLANK)
    if row.problem:
        return PlacedTitle(row, Fate.WRONG)
    found = roster.find(row.name, row.document)
    if found.problem:
        return PlacedTitle(replace(row, problem=found.problem), Fate.WRONG)
    flagged = [one for one in found.contestants if row.title in approved.get(one.id, ())]
    doubts = list(row.remarks)
    if not flagged:
        doubts.append(said("没有审定同意的“%(title)s”推荐", title=row.title))
    if row.title not in known:
        doubts.append(said("规则里没有“%(title)s”这个名称，核对资格时按原文比对", title=row.title))
    # A title is the person's; where no flag tells which registration it belongs to, it hangs on the first.
    return PlacedTitle(replace(row, remarks=tuple(doubts)), Fate.NEW, (flagged or found.contestants)[0])


def _beside(one: PlacedTitle, stored: Mapping[int, Sequence[HeldFact]]) -> PlacedTitle:
    if one.contestant is None:
        return one
    row = one.row
    same = [fact for fact in stored.get(one.contestant.person_id, ()) if fact.name == row.title]
    if any(_says_the_same(fact, row) for fact in same):
        return replace(one, fate=Fate.ALREADY)
    if same:
        doubt = said("已登记过此人的“%(title)s”，将另存一条；前一条有误请撤回", title=row.title)
        return replace(one, row=replace(row, remarks=(*row.remarks, doubt)))
    return one


def kind_of(row: TitleRow) -> FactKind:
    """What a row says."""
    return FactKind.HELD if row.is_granted else FactKind.NOT_GRANTED


def _says_the_same(fact: HeldFact, row: TitleRow) -> bool:
    told = (fact.kind, fact.source, fact.document, fact.on)
    return told == (kind_of(row), FactSource.RETURNED, row.number, row.on)


def take_in_titles(command: TakeInTitles) -> TitlesTakenIn:
    """Store the good rows of a preview, all of them or none.

    Raises:
        WrongRowsLeftError: there are wrong rows, and they were not left out explicitly.
        NothingNewError: no row says anything new.
        WorkbookSettledError: taken in or dropped before.
        NotFoundError: no such preview in this competition.
    """
    with transaction() as session:
        competition = locked_competition(session, command.competition_id)
        workbook = previews.workbook_of(session, competition.id, Subject.TITLES, command.workbook_id)
        previews.require_pending(workbook)
        placed = placed_titles(session, workbook)
        counts = counted(placed)
        new, wrong = counts[Fate.NEW], counts[Fate.WRONG]
        previews.require_choice(new, wrong, leaves_out_wrong=command.leaves_out_wrong)
        good = [_fact(one.row, one.contestant, workbook, command.actor) for one in placed if one.fate is Fate.NEW]
        session.add_all(good)
        session.flush()
        previews.settle(workbook, counts)
        result = TitlesTakenIn(new, counts[Fate.ALREADY], wrong)
        detail = {"filename": workbook.filename, "digest": workbook.digest} | asdict(result)
        detail["titles"] = [[fact.contestant_id, fact.kind.value, fact.name] for fact in good]
        target = f"incoming_workbook:{workbook.id}"
        record(session, command.actor.act("titles.taken_in", target, competition.id, detail))
        return result


def counted(placed: Iterable[PlacedTitle]) -> dict[str, int]:
    """How many rows have each fate."""
    found = [one.fate for one in placed]
    return {fate.value: found.count(fate) for fate in Fate}


def _fact(row: TitleRow, contestant: Contestant | None, workbook: IncomingWorkbook, actor: Doer) -> HeldFact:
    return HeldFact(
        competition_id=workbook.competition_id,
        contestant=contestant,
        kind=kind_of(row),
        name=row.title,
        authority=row.authority,
        document=row.number,
        on=row.on,
        occupation=row.occupation,
        occupation_code=row.occupation_code,
        source=FactSource.RETURNED,
        stated_by=workbook.filename,
        evidence=row.note,
        remarks=[kept(remark) for remark in row.remarks],
        recorded_at=now(),
        recorded_by=actor.name,
    )
