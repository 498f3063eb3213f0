"""Reading of the register: the certificates of a competition a page at a time."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import joinedload

from certificates.models import Award, Certificate
from competitions.models import Contestant, Event, Person
from core.db import db

PAGE = 50


@dataclass(frozen=True, slots=True)
class Register:
    """Some certificates, and how many there are in all."""

    certificates: list[Certificate]
    total: int
    number: int

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return max(1, -(-self.total // PAGE))


def register_of(competition_id: int, search: str = "", event_id: int | None = None, page: int = 1) -> Register:
    """Certificates in the order of their numbers' series; two queries, whatever the size.

    Args:
        competition_id: whose.
        search: part of a name, unit or number; empty for all.
        event_id: only those of one event; None for all.
        page: from 1.
    """
    query = (
        select(Certificate)
        .join(Certificate.award)
        .join(Certificate.contestant)
        .join(Contestant.person)
        .join(Award.event)
        .where(Certificate.competition_id == competition_id)
    )
    if event_id is not None:
        query = query.where(Award.event_id == event_id)
    if search:
        query = query.where(_matches(search))
    total = db.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    number = min(max(page, 1), max(1, -(-total // PAGE)))
    shown = query.order_by(Event.position, Certificate.id).offset((number - 1) * PAGE).limit(PAGE)
    options = (
        joinedload(Certificate.award).joinedload(Award.event),
        joinedload(Certificate.contestant).joinedload(Contestant.person),
    )
    return Register(list(db.session.scalars(shown.options(*options))), total, number)


def _matches(search: str) -> ColumnElement[bool]:
    part = "%" + search.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    columns = (Person.name, Contestant.unit, Certificate.number)
    return or_(*(column.like(part, escape="\\") for column in columns))
