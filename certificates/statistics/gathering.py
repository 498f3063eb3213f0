"""Gathers what figures are made of: one query a kind of fact, however many contestants there are."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from certificates.models import Award, FlagState, LevelCertificate, Recommendation
from certificates.statistics.figures import Entry, Group, Measure
from certificates.statistics.models import StatisticsTerms
from certificates.statistics.rates import Terms, read_terms
from certificates.statistics.report import Contest, Report, report
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
    return report(contests, _entries(session, ids), is_public=is_public)


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
        .group_by(Event.competition_id)
    )
    return {competition_id: int(count) for competition_id, count in session.execute(query)}


def _entries(session: Session, ids: Sequence[int]) -> list[Entry]:
    query = (
        select(Contestant, Person.sex, Entrant.status, Event.competition_id, Competition.opens_on)
        .join(Contestant.person)
        .join(Contestant.entrant)
        .join(Entrant.event)
        .join(Event.competition)
        .where(Event.competition_id.in_(ids))
        .order_by(Contestant.id)
    )
    awarded, approved, promoted = _reached(session, ids)
    return [_entry(row, awarded, approved, promoted) for row in session.execute(query)]


def _entry(
    row: Row[Contestant, str, EntrantStatus, int, date],
    awarded: set[int],
    approved: dict[int, set[Measure]],
    promoted: set[int],
) -> Entry:
    contestant, sex, status, competition_id, opens_on = row
    reached = {Measure.REGISTERED} | approved.get(contestant.id, set())
    if status not in NOT_THERE:
        reached.add(Measure.TOOK_PART)
    if contestant.entrant_id in awarded:
        reached.add(Measure.AWARDED)
    if contestant.id in promoted:
        reached.add(Measure.PROMOTED)
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


def _reached(session: Session, ids: Sequence[int]) -> tuple[set[int], dict[int, set[Measure]], set[int]]:
    """Entrants with a prize, approved benefits by contestant, contestants with a returned level certificate."""
    events = list(session.scalars(select(Event.id).where(Event.competition_id.in_(ids))))
    final = [one.snapshot_id for one in published_of_events(events).values() if one.is_final]
    prizes = session.scalars(select(Award).where(Award.snapshot_id.in_(final), Award.prize != ""))
    awarded = {award.entrant_id for award in prizes if not award.is_open}
    flags = select(Recommendation.contestant_id, Recommendation.benefit).where(
        Recommendation.snapshot_id.in_(final), Recommendation.state == FlagState.APPROVED
    )
    approved: dict[int, set[Measure]] = {}
    for contestant_id, benefit in session.execute(flags):
        approved.setdefault(contestant_id, set()).add(_BENEFITS[benefit])
    levels = select(LevelCertificate.contestant_id).where(LevelCertificate.competition_id.in_(ids))
    return awarded, approved, set(session.scalars(levels))
