"""The rows of a workbook of titles: whom each is about, what becomes of it, and how a good one is stored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from certificates.incoming.doing import Doer
from certificates.incoming.models import IncomingWorkbook, Subject
from certificates.incoming.people import Roster
from certificates.incoming.tables import TableRow
from certificates.incoming.taking_in import Fate, WorkbookKind
from certificates.titles.known import approved_titles, held_in, known_titles
from certificates.titles.models import FactKind, FactSource, HeldFact
from certificates.titles.rows import HEADINGS, TitleRow, read_title_rows
from competitions.models import Contestant
from core.clock import competition_day, now
from core.messages import kept, said


@dataclass(frozen=True, slots=True)
class PlacedTitle:
    """A row with the contestant that it is about."""

    row: TitleRow
    fate: Fate
    contestant: Contestant | None = None


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


def _store(
    session: Session, workbook: IncomingWorkbook, new: Sequence[PlacedTitle], actor: Doer
) -> Mapping[str, object]:
    facts = [_fact(one.row, one.contestant, workbook, actor) for one in new]
    session.add_all(facts)
    session.flush()
    return {"titles": [[fact.contestant_id, fact.kind.value, fact.name] for fact in facts]}


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


TITLES = WorkbookKind(Subject.TITLES, HEADINGS, place, _store)
