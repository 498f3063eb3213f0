"""Finds contestants of a competition by the documents that a workbook names: by blind index, never by the number."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager

from competitions.models import Contestant, Entrant, Event, Person
from competitions.registration.people import known_persons
from core.identity import DocumentKind, IdentityNumberError, clean_number, read_document
from core.messages import said
from core.personal_data import blind_index


@dataclass(frozen=True, slots=True)
class Found:
    """The registrations of one person in a competition, or what is wrong with the name or number."""

    contestants: tuple[Contestant, ...] = ()
    problem: str = ""


class Roster:
    """The contestants of one competition as far as some document numbers lead to them."""

    def __init__(self, session: Session, competition_id: int, documents: Iterable[str]) -> None:
        self._indexes = {number: _indexes(number) for number in set(documents)}
        self._people = known_persons(session, (one for found in self._indexes.values() for one in found))
        self._members = _members(session, competition_id, {person.id for person in self._people.values()})

    def find(self, name: str, document: str) -> Found:
        """Who a row is about.

        Args:
            name: as read; must be the name under which the document is registered.
            document: as cleaned.
        """
        person = self._person(document)
        entered = self._members.get(person.id, ()) if person is not None else ()
        if person is None or not entered:
            return Found(problem=said("本竞赛没有这个证件号码的选手"))
        if person.name != name:
            return Found(problem=said("证件号码登记的姓名是“%(name)s”", name=person.name))
        return Found(tuple(entered))

    def _person(self, document: str) -> Person | None:
        return next((self._people[one] for one in self._indexes.get(document, ()) if one in self._people), None)


def _indexes(number: str) -> Sequence[str]:
    """The blind indexes that a number may have: as every kind of document, an old citizen's number as the new one."""
    numbers = {number}
    try:
        numbers.add(read_document(number).number)
    except IdentityNumberError:
        # A number that fits no kind is looked for as it stands.
        numbers.add(clean_number(number))
    return [blind_index(kind.value, one) for kind in DocumentKind for one in sorted(numbers)]


def _members(session: Session, competition_id: int, person_ids: set[int]) -> Mapping[int, Sequence[Contestant]]:
    query = (
        select(Contestant)
        .join(Contestant.entrant)
        .join(Entrant.event)
        .join(Contestant.person)
        .where(Event.competition_id == competition_id)
        .order_by(Event.position, Contestant.id)
        .options(contains_eager(Contestant.person), contains_eager(Contestant.entrant).contains_eager(Entrant.event))
    )
    found: dict[int, list[Contestant]] = {}
    for member in session.scalars(query):
        if member.person_id in person_ids:
            found.setdefault(member.person_id, []).append(member)
    return found
