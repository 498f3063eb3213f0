"""Reads what is recorded of innovations; withdrawn ones only where asked for."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, joinedload, selectinload

from certificates.innovations.models import Innovation, InnovationAuthor, InnovationWithdrawal
from competitions.models import Contestant, Entrant, Event, Person
from core.errors import InvalidInputError


def in_force() -> ColumnElement[bool]:
    """The condition that an innovation was not withdrawn."""
    return ~select(InnovationWithdrawal.id).where(InnovationWithdrawal.innovation_id == Innovation.id).exists()


def innovations_of(session: Session, competition_ids: Sequence[int]) -> Sequence[Innovation]:
    """Every innovation of these competitions with its authors, withdrawn ones too, the newest first."""
    query = (
        select(Innovation)
        .where(Innovation.competition_id.in_(competition_ids))
        .order_by(Innovation.id.desc())
        .options(
            joinedload(Innovation.withdrawal),
            selectinload(Innovation.authors).joinedload(InnovationAuthor.contestant).joinedload(Contestant.person),
        )
    )
    return session.scalars(query).all()


def contestants_named(session: Session, competition_id: int, names: Sequence[str]) -> tuple[int, ...]:
    """The registrations of people by their names, in the order of the names; of several of one person the first.

    Raises:
        InvalidInputError: nobody of this competition has the name, or several people have it.
    """
    query = (
        select(Contestant.id, Contestant.person_id, Person.name)
        .join(Contestant.person)
        .join(Contestant.entrant)
        .join(Entrant.event)
        .where(Event.competition_id == competition_id, Person.name.in_(names))
        .order_by(Event.position, Contestant.id)
    )
    found: dict[str, dict[int, int]] = {}
    for contestant_id, person_id, name in session.execute(query):
        found.setdefault(name, {}).setdefault(person_id, contestant_id)
    for name in names:
        if name not in found:
            raise InvalidInputError("本竞赛没有叫“%(name)s”的选手；不是选手的完成人请不填，只填单位", name=name)
        if len(found[name]) > 1:
            raise InvalidInputError(
                "有 %(n)s 名选手叫“%(name)s”，请用表格按证件号码登记", n=len(found[name]), name=name
            )
    return tuple(next(iter(found[name].values())) for name in names)


def innovations_by(session: Session, contestant_id: int) -> Sequence[Innovation]:
    """The innovations in force of one registration, in the order of recording."""
    query = (
        select(Innovation)
        .join(InnovationAuthor, InnovationAuthor.innovation_id == Innovation.id)
        .where(InnovationAuthor.contestant_id == contestant_id, in_force())
        .order_by(Innovation.id)
    )
    return session.scalars(query).all()
