"""Level certificates that come back from the authority by workbook are stored; odd numbers are remarked only."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from certificates.levels.rows import LevelRow, read_level_rows
from certificates.models import FlagState, LevelCertificate, Recommendation
from competitions.models import Contestant, Entrant, Event, Person
from competitions.registration.people import known_persons
from competitions.setup import locked_competition
from core.audit import record
from core.auth import Actor
from core.clock import competition_day, now
from core.db import transaction
from core.identity import DocumentKind
from core.messages import said
from core.personal_data import blind_index
from core.spreadsheets import read_spreadsheet


@dataclass(frozen=True, slots=True)
class TakeInLevelCertificates:
    """A workbook as it came back, with name, document, level and certificate number of each person."""

    competition_id: int
    filename: str
    data: bytes
    actor: Actor


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What became of every row."""

    stored: tuple[LevelRow, ...]
    already: int
    """Rows that say what is stored already."""
    refused: tuple[LevelRow, ...]

    @property
    def remarked(self) -> tuple[LevelRow, ...]:
        """Stored rows that a person should look at."""
        return tuple(row for row in self.stored if row.remarks)


def take_in_levels(command: TakeInLevelCertificates) -> TakenIn:
    """Store the good rows of a workbook and say what is wrong with the others; the same file twice stores nothing new.

    Raises:
        SpreadsheetError: not a table that can be read.
        LevelSheetError: the four columns were not found.
        NotFoundError: no such competition.
    """
    rows = read_level_rows(read_spreadsheet(command.data, command.filename), competition_day())
    with transaction() as session:
        competition = locked_competition(session, command.competition_id)
        placed = _placed(session, competition.id, _twice(rows))
        newest = newest_levels(session, competition.id)
        new = [(row, one) for row, one in placed if one is not None and not _is_known(row, newest.get(one.id))]
        session.add_all(_certificate(competition.id, row, one, command.actor) for row, one in new)
        refused = tuple(row for row, one in placed if one is None)
        result = TakenIn(tuple(row for row, _ in new), len(rows) - len(new) - len(refused), refused)
        detail = {
            "file": command.filename,
            "levels": {str(one.id): row.level for row, one in new},
            "already": result.already,
            "refused": len(refused),
        }
        target = f"competition:{competition.id}"
        record(session, command.actor.act("level_certificates.taken_in", target, competition.id, detail))
        return result


def _is_known(row: LevelRow, stored: LevelCertificate | None) -> bool:
    return stored is not None and (stored.level, stored.number) == (row.level, row.number)


def _certificate(competition_id: int, row: LevelRow, one: Contestant, actor: Actor) -> LevelCertificate:
    return LevelCertificate(
        competition_id=competition_id,
        contestant_id=one.id,
        level=row.level,
        number=row.number,
        remarks=[str(remark) for remark in row.remarks],
        read_at=now(),
        read_by=actor.name,
    )


def _twice(rows: Sequence[LevelRow]) -> list[LevelRow]:
    """Rows with a problem where a person stands in the file twice, a remark where a number does."""
    people = Counter(row.document for row in rows if row.document)
    numbers = Counter(row.number for row in rows if row.number)
    marked = []
    for row in rows:
        problem = row.problem
        if not problem and people[row.document] > 1:
            problem = said("此人在文件里有 %(n)s 行，请只留一行", n=people[row.document])
        doubt = (said("编号在文件里出现 %(n)s 次", n=numbers[row.number]),) if numbers[row.number] > 1 else ()
        marked.append(replace(row, problem=problem, remarks=(*row.remarks, *doubt)))
    return marked


Placed = list[tuple[LevelRow, Contestant | None]]


def _placed(session: Session, competition_id: int, rows: Sequence[LevelRow]) -> Placed:
    """Each row with the contestant that it is about; a row that is about nobody gets its problem."""
    indexes = {row.document: [blind_index(kind.value, row.document) for kind in DocumentKind] for row in rows}
    people = known_persons(session, (index for found in indexes.values() for index in found))
    members = _members(session, competition_id, {person.id for person in people.values()})
    approved = _approved(session, competition_id)
    placed: Placed = []
    for row in rows:
        person = next((people[index] for index in indexes[row.document] if index in people), None)
        found, one = _match(row, person, members, approved)
        placed.append((found, one))
    return placed


def _members(session: Session, competition_id: int, person_ids: set[int]) -> dict[int, list[Contestant]]:
    query = (
        select(Contestant)
        .join(Contestant.entrant)
        .join(Event, Event.id == Entrant.event_id)
        .where(Event.competition_id == competition_id)
        .order_by(Contestant.id)
    )
    found: dict[int, list[Contestant]] = {}
    for member in session.scalars(query):
        if member.person_id in person_ids:
            found.setdefault(member.person_id, []).append(member)
    return found


def _approved(session: Session, competition_id: int) -> dict[int, set[str]]:
    """Contestant → levels to which an approved flag promotes."""
    query = (
        select(Recommendation.contestant_id, Recommendation.name)
        .join(Event, Event.id == Recommendation.event_id)
        .where(Event.competition_id == competition_id, Recommendation.benefit == "promotion")
        .where(Recommendation.state == FlagState.APPROVED)
    )
    found: dict[int, set[str]] = {}
    for contestant_id, level in session.execute(query):
        found.setdefault(contestant_id, set()).add(level)
    return found


def _match(
    row: LevelRow,
    person: Person | None,
    members: Mapping[int, Sequence[Contestant]],
    approved: Mapping[int, set[str]],
) -> tuple[LevelRow, Contestant | None]:
    if row.problem:
        return row, None
    entered = members.get(person.id, ()) if person is not None else ()
    if person is None or not entered:
        return replace(row, problem=said("本竞赛没有这个证件号码的选手")), None
    if person.name != row.name:
        return replace(row, problem=said("证件号码登记的姓名是“%(name)s”", name=person.name)), None
    promoted = [one for one in entered if approved.get(one.id)]
    if len(promoted or entered) > 1:
        return replace(row, problem=said("此人在本竞赛有几个赛项，不能确定证书属于哪一项")), None
    (one,) = promoted or entered
    doubt = _doubt(row, approved.get(one.id, set()))
    return replace(row, remarks=(*row.remarks, *doubt)), one


def _doubt(row: LevelRow, levels: Iterable[str]) -> tuple[str, ...]:
    wanted = set(levels)
    if not wanted:
        return (said("没有审定同意的晋升推荐"),)
    return () if {str(row.level), ""} & wanted else (said("等级与审定同意的晋升等级不一致"),)


def newest_levels(session: Session, competition_id: int) -> dict[int, LevelCertificate]:
    """The certificate that counts for each contestant of a competition who has one, by contestant id."""
    query = (
        select(LevelCertificate)
        .where(LevelCertificate.competition_id == competition_id)
        .order_by(LevelCertificate.id)
        .options(joinedload(LevelCertificate.contestant).joinedload(Contestant.person))
    )
    return {row.contestant_id: row for row in session.scalars(query)}
