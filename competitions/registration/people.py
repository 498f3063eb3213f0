"""Persons at rest: found by blind index or created, documents and telephone numbers encrypted, names sortable."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from competitions.models import Person
from core.personal_data import blind_index, encrypt, masked

CHUNK = 500


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """A person as registered. `document_kind` is the name on the document, `document_number` as normalised."""

    name: str
    document_kind: str
    document_number: str
    sex: str = ""
    birth: date | None = None
    phone: str = ""

    @property
    def index(self) -> str:
        """The blind index of the document."""
        return blind_index(self.document_kind, self.document_number)


def sort_key(name: str) -> str:
    """Pinyin of a name, syllables apart, by which lists are sorted in any database."""
    from pypinyin import lazy_pinyin  # noqa: PLC0415  its tables take a second to load; only a registration needs them

    return " ".join(lazy_pinyin(name)).lower()


def new_person(facts: PersonFacts) -> Person:
    """A row for a person who is not known yet; it is not added to a session."""
    return Person(
        name=facts.name,
        sort_key=sort_key(facts.name),
        document_kind=facts.document_kind,
        document_sealed=encrypt(facts.document_number),
        document_index=facts.index,
        document_masked=masked(facts.document_number),
        sex=facts.sex,
        birth=facts.birth,
        phone_sealed=encrypt(facts.phone) if facts.phone else None,
    )


def known_persons(session: Session, indexes: Iterable[str]) -> dict[str, Person]:
    """The persons that have one of these blind indexes, by index."""
    wanted = sorted(set(indexes))
    found: dict[str, Person] = {}
    for start in range(0, len(wanted), CHUNK):
        query = select(Person).where(Person.document_index.in_(wanted[start : start + CHUNK]))
        found |= {person.document_index: person for person in session.scalars(query)}
    return found
