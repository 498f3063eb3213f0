"""Reads facts: of a competition for its page, of people for rules and records; withdrawn ones only where asked for."""

from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, joinedload

from certificates.models import FlagState, Recommendation
from certificates.titles.models import FactKind, FactSource, HeldFact, HeldFactWithdrawal
from competitions.models import Contestant, Entrant, Event, Person
from competitions.pack_editing.known import known_packs
from scoring.results.standings import published_of_events

OF_A_TITLE = (FactKind.HELD, FactKind.NOT_GRANTED)


def in_force() -> ColumnElement[bool]:
    """The condition that a fact was not withdrawn."""
    return ~select(HeldFactWithdrawal.id).where(HeldFactWithdrawal.held_fact_id == HeldFact.id).exists()


def facts_of_competition(session: Session, competition_id: int) -> Sequence[HeldFact]:
    """Every fact that was recorded in a competition, withdrawn ones too, the newest first."""
    query = (
        select(HeldFact)
        .where(HeldFact.competition_id == competition_id)
        .order_by(HeldFact.id.desc())
        .options(
            joinedload(HeldFact.withdrawal),
            joinedload(HeldFact.contestant).joinedload(Contestant.person),
            joinedload(HeldFact.contestant).joinedload(Contestant.entrant).joinedload(Entrant.event),
        )
    )
    return session.scalars(query).all()


def facts_of_contestant(session: Session, contestant_id: int) -> Sequence[HeldFact]:
    """Every fact that was recorded of one registration, withdrawn ones too, in the order of recording."""
    query = (
        select(HeldFact)
        .where(HeldFact.contestant_id == contestant_id)
        .order_by(HeldFact.id)
        .options(joinedload(HeldFact.withdrawal))
    )
    return session.scalars(query).all()


def held_in(session: Session, competition_id: int, person_ids: Iterable[int]) -> dict[int, list[HeldFact]]:
    """Facts in force that were recorded in this competition, by person."""
    wanted = set(person_ids)
    query = (
        select(Contestant.person_id, HeldFact)
        .join(Contestant, Contestant.id == HeldFact.contestant_id)
        .where(HeldFact.competition_id == competition_id, in_force())
        .order_by(HeldFact.id)
    )
    found: dict[int, list[HeldFact]] = {}
    for person_id, fact in session.execute(query):
        if person_id in wanted:
            found.setdefault(person_id, []).append(fact)
    return found


def known_titles(session: Session) -> frozenset[str]:
    """Every title that any rules name, in their words: other words are never compared equal."""
    packs = known_packs(session)
    named = {honour.name for pack in packs for honour in pack.honours}
    return frozenset(named | {title for pack in packs for rule in pack.repeat for title in rule.titles})


def approved_titles(session: Session, competition_id: int) -> dict[int, set[str]]:
    """Contestant → titles and medals for which a flag of the final result was approved."""
    events = list(session.scalars(select(Event.id).where(Event.competition_id == competition_id)))
    final = [one.snapshot_id for one in published_of_events(events).values() if one.is_final]
    query = select(Recommendation.contestant_id, Recommendation.name).where(
        Recommendation.snapshot_id.in_(final),
        Recommendation.benefit != "promotion",
        Recommendation.state == FlagState.APPROVED,
    )
    found: dict[int, set[str]] = {}
    for contestant_id, name in session.execute(query):
        found.setdefault(contestant_id, set()).add(name)
    return found


def answered_titles(session: Session, competition_id: int) -> set[tuple[str, str]]:
    """Document index and title of everybody of whom it is recorded whether the title was granted."""
    query = (
        select(Person.document_index, HeldFact.name)
        .join(Contestant, Contestant.id == HeldFact.contestant_id)
        .join(Person, Person.id == Contestant.person_id)
        .where(HeldFact.competition_id == competition_id, HeldFact.kind.in_(OF_A_TITLE), in_force())
    )
    return {(index, name) for index, name in session.execute(query)}


def granted_by_document(session: Session, competition_ids: Sequence[int]) -> set[tuple[int, str]]:
    """Contestants and titles that an authority's document grants, as recorded in these competitions."""
    query = select(HeldFact.contestant_id, HeldFact.name).where(
        HeldFact.competition_id.in_(competition_ids),
        HeldFact.kind == FactKind.HELD,
        HeldFact.source == FactSource.RETURNED,
        in_force(),
    )
    return {(contestant_id, name) for contestant_id, name in session.execute(query)}
