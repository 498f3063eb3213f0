"""Gathers what figures are made of: one query a kind of fact, however many contestants there are."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from certificates.innovations.kinds import KIND_NAMES, Stage
from certificates.innovations.known import innovations_of
from certificates.innovations.models import Innovation
from certificates.models import Award, FlagState, LevelCertificate, Recommendation
from certificates.statistics.figures import Entry, Group, Measure
from certificates.statistics.innovating import Item
from certificates.statistics.models import StatisticsTerms
from certificates.statistics.rates import Terms, read_terms
from certificates.statistics.report import Contest, Report, report
from certificates.titles.known import granted_by_document
from competitions.models import Competition, Contestant, Entrant, EntrantStatus, Event, Form, Person
from competitions.roster.facts import UnitNature
from core.identity import Sex
from scoring.results.standings import published_of_events

NOT_THERE = (EntrantStatus.ABSENT, EntrantStatus.WITHDRAWN)
WORKER = "职工"
_BENEFITS = {
    "promotion": Measure.PROMOTION_APPROVED,
    "honour": Measure.HONOUR_APPROVED,
    "medal": Measure.MEDAL_APPROVED,
}


def gather(session: Session, competitions: Sequence[Competition], *, is_public: bool) -> Report:
    """The report of these competitions.

    Args:
        session: for reading.
        competitions: which, in the order of the report.
        is_public: hide small counts.
    """
    ids = [competition.id for competition in competitions]
    stated, units = _terms(session, ids), _units(session, ids)
    contests = [
        Contest(one.id, one.title, one.opens_on.year, stated.get(one.id, Terms()), units.get(one.id, 0))
        for one in competitions
    ]
    made = [one for one in innovations_of(session, ids) if one.withdrawal is None]
    return report(contests, _entries(session, ids, made), [_item(one) for one in made], is_public=is_public)


def _item(one: Innovation) -> Item:
    people = [author.contestant for author in one.authors]
    return Item(
        kind=one.kind.value,
        kind_name=KIND_NAMES[one.kind],
        is_in_use=one.stage is Stage.IN_USE,
        benefit=None if one.benefit is None else Decimal(one.benefit),
        authors=tuple(_facts(who, who.person.sex) for who in people),
    )


def terms_of(session: Session, competition_id: int) -> Terms:
    """What the organiser of a competition stated last."""
    return _terms(session, [competition_id]).get(competition_id, Terms())


def _terms(session: Session, ids: Sequence[int]) -> dict[int, Terms]:
    query = select(StatisticsTerms).where(StatisticsTerms.competition_id.in_(ids)).order_by(StatisticsTerms.id)
    return {row.competition_id: read_terms(row.document) for row in session.scalars(query)}


def _units(session: Session, ids: Sequence[int]) -> dict[int, int]:
    query = (
        select(Event.competition_id, func.count(Entrant.id))
        .join(Entrant.event)
        .where(Event.competition_id.in_(ids), Event.form == Form.UNIT, Entrant.status.not_in(NOT_THERE))
        .where(Entrant.work_code.is_(None))
        .group_by(Event.competition_id)
    )
    return {competition_id: int(count) for competition_id, count in session.execute(query)}


def _entries(session: Session, ids: Sequence[int], made: Sequence[Innovation]) -> list[Entry]:
    query = (
        select(Contestant, Person.sex, Entrant.status, Event.competition_id, Competition.opens_on)
        .join(Contestant.person)
        .join(Contestant.entrant)
        .join(Entrant.event)
        .join(Event.competition)
        .where(Event.competition_id.in_(ids))
        .order_by(Contestant.id)
    )
    reached = _reached(session, ids)
    for one in made:
        for author in one.authors:
            reached.add(author.contestant_id, Measure.INNOVATED)
    return [_entry(row, reached) for row in session.execute(query)]


@dataclass(frozen=True, slots=True)
class _Reached:
    """What contestants reached beyond taking part; prizes belong to entrants."""

    awarded: set[int]
    by_contestant: dict[int, set[Measure]] = field(default_factory=dict)

    def add(self, contestant_id: int, measure: Measure) -> None:
        self.by_contestant.setdefault(contestant_id, set()).add(measure)


def _entry(row: Row[Contestant, str, EntrantStatus, int, date], found: _Reached) -> Entry:
    contestant, sex, status, competition_id, opens_on = row
    reached = {Measure.REGISTERED} | found.by_contestant.get(contestant.id, set())
    if status not in NOT_THERE:
        reached.add(Measure.TOOK_PART)
    if contestant.entrant_id in found.awarded:
        reached.add(Measure.AWARDED)
    return Entry(
        person=contestant.person_id,
        competition=competition_id,
        year=opens_on.year,
        unit=contestant.unit,
        facts=_facts(contestant, sex),
        reached=frozenset(reached),
    )


def _facts(contestant: Contestant, sex: str) -> dict[Group, bool | None]:
    is_worker = contestant.identity == WORKER
    is_woman = None if is_worker and not sex else is_worker and sex == Sex.FEMALE.value
    nature = contestant.unit_nature
    return {
        Group.NON_PUBLIC: nature == UnitNature.NON_PUBLIC.value if nature else None,
        Group.RURAL_MIGRANT: contestant.is_rural_migrant,
        Group.NEW_EMPLOYMENT: contestant.is_new_employment,
        Group.WOMEN: is_woman,
    }


def _reached(session: Session, ids: Sequence[int]) -> _Reached:
    """Prizes of final results, approved benefits, and what came back from the authorities."""
    events = list(session.scalars(select(Event.id).where(Event.competition_id.in_(ids))))
    final = [one.snapshot_id for one in published_of_events(events).values() if one.is_final]
    prizes = session.scalars(select(Award).where(Award.snapshot_id.in_(final), Award.prize != ""))
    found = _Reached({award.entrant_id for award in prizes if not award.is_open})
    flags = select(Recommendation.contestant_id, Recommendation.benefit, Recommendation.name).where(
        Recommendation.snapshot_id.in_(final), Recommendation.state == FlagState.APPROVED
    )
    granted = granted_by_document(session, ids)
    for contestant_id, benefit, name in session.execute(flags):
        found.add(contestant_id, _BENEFITS[benefit])
        if (contestant_id, name) in granted:
            found.add(contestant_id, Measure.GRANTED)
    levels = select(LevelCertificate.contestant_id).where(LevelCertificate.competition_id.in_(ids))
    for contestant_id in session.scalars(levels):
        found.add(contestant_id, Measure.PROMOTED)
    return found
