"""Gathers a record from what is stored; of other competitions an organiser sees only what was published or approved."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from certificates.eligibility import FLAGGED
from certificates.innovations.kinds import KIND_NAMES as INNOVATION_KINDS
from certificates.innovations.kinds import STAGE_NAMES
from certificates.innovations.known import innovations_by
from certificates.models import Award, Certificate, FlagState, LevelCertificate, Recommendation
from certificates.record.entries import Entry, Fact, Level, Look, Made, Outcome, Paper, Place, Record
from certificates.titles.known import facts_of_contestant
from certificates.titles.models import FactKind, FactSource, HeldFact
from certificates.titles.words import KIND_NAMES, day_of, matter_of, source_words
from competitions.models import Competition, Contestant, Entrant, Event
from core.audit import AuditEntry
from core.clock import BEIJING
from core.messages import said
from scoring.models import Publication, ResultLine
from scoring.results.computing import newest_publication

LOOKED, EXPORTED = "record.looked_at", "record.exported"


def gather(session: Session, contestant: Contestant, seen_from: int | None) -> Record:
    """The record of the person behind `contestant`.

    Args:
        session: for reading.
        contestant: one of the person's registrations.
        seen_from: the competition whose organiser looks; what is undecided elsewhere stays there. None for the
            person, who sees everything and also who has looked.
    """
    rows = _registrations(session, contestant.person_id)
    entries = tuple(_entry(session, row, shows_open=seen_from in (None, _competition(row).id)) for row in rows)
    person = contestant.person
    looks = _looks(session, rows) if seen_from is None else ()
    return Record(person.name, person.document_masked, person.is_erased, entries, looks)


def _registrations(session: Session, person_id: int) -> Sequence[Contestant]:
    query = (
        select(Contestant)
        .join(Contestant.entrant)
        .join(Entrant.event)
        .join(Event.competition)
        .where(Contestant.person_id == person_id)
        .order_by(Competition.opens_on.desc(), Competition.id.desc(), Event.position)
        .options(
            joinedload(Contestant.person),
            joinedload(Contestant.entrant).joinedload(Entrant.event).joinedload(Event.competition),
            joinedload(Contestant.entrant).joinedload(Entrant.delegation),
        )
    )
    return session.scalars(query).all()


def _competition(row: Contestant) -> Competition:
    return row.entrant.event.competition


def _entry(session: Session, row: Contestant, *, shows_open: bool) -> Entry:
    entrant, competition = row.entrant, _competition(row)
    publication = newest_publication(session, entrant.event_id)
    final = publication if publication is not None and publication.is_final else None
    return Entry(
        competition_id=competition.id,
        contestant_id=row.id,
        competition=competition.title,
        competition_level=competition.level.value,
        host=competition.host,
        opens_on=competition.opens_on,
        event=entrant.event.title,
        occupation=entrant.event.occupation_code,
        delegation=entrant.delegation.name,
        unit=row.unit,
        identity=row.identity,
        status=entrant.status.value,
        place=None if final is None else _place(session, final, entrant.id),
        stated_level=row.level,
        stated_certificate=row.level_certificate,
        issued=tuple(_issued(session, row, competition.title)),
        outcomes=() if final is None else tuple(_outcomes(session, row.id, final, shows_open=shows_open)),
        papers=tuple(_papers(session, row.id)),
        facts=tuple(_facts(session, row.id, competition.title, shows_all=shows_open)),
        made=tuple(_made(session, row.id)),
    )


def _place(session: Session, final: Publication, entrant_id: int) -> Place | None:
    line = session.scalar(
        select(ResultLine).where(ResultLine.snapshot_id == final.snapshot_id, ResultLine.entrant_id == entrant_id)
    )
    if line is None:
        return None
    award = session.scalar(select(Award).where(Award.snapshot_id == final.snapshot_id, Award.entrant_id == entrant_id))
    return Place(
        rank=line.rank or "",
        status=line.status,
        field=int(final.snapshot.document["ranked"]),
        total=line.total or "",
        prize="" if award is None or award.is_open else award.prize,
        snapshot=final.snapshot.number,
        published_at=final.published_at,
    )


def _issued(session: Session, row: Contestant, competition: str) -> Iterable[Level]:
    query = select(LevelCertificate).where(LevelCertificate.contestant_id == row.id).order_by(LevelCertificate.id)
    for found in session.scalars(query):
        day = found.read_at.astimezone(BEIJING).date()
        yield Level(day, found.level, found.number, is_issued=True, competition=competition)


def _outcomes(session: Session, contestant_id: int, final: Publication, *, shows_open: bool) -> Iterable[Outcome]:
    query = select(Recommendation).where(
        Recommendation.contestant_id == contestant_id, Recommendation.snapshot_id == final.snapshot_id
    )
    approved = Recommendation.state == FlagState.APPROVED
    telling = or_(Recommendation.state != FlagState.OPEN, Recommendation.decision == FLAGGED)
    query = query.where(telling if shows_open else approved)
    for flag in session.scalars(query.order_by(Recommendation.id)):
        first: Mapping[str, Any] = next(iter(flag.answer["reasons"]), {})
        yield Outcome(
            benefit=flag.benefit,
            name=flag.name,
            decision=flag.decision,
            state=flag.state.value,
            decided_at=flag.decided_at,
            decided_by=flag.decided_by or "",
            reason=flag.decision_reason,
            clause=first.get("clause") or "",
            document=first.get("document") or "",
            pack_id=flag.pack_id,
        )


def _papers(session: Session, contestant_id: int) -> Iterable[Paper]:
    query = select(Certificate).where(Certificate.contestant_id == contestant_id).order_by(Certificate.id)
    for paper in session.scalars(query.options(joinedload(Certificate.award))):
        yield Paper(paper.number, paper.code, paper.award.prize, paper.issued_on, paper.state.value)


def _facts(session: Session, contestant_id: int, competition: str, *, shows_all: bool) -> Iterable[Fact]:
    """What is recorded; elsewhere only titles in force: denials and what was taken back stay where they were made."""
    for fact in facts_of_contestant(session, contestant_id):
        if shows_all or (fact.kind is FactKind.HELD and fact.withdrawal is None):
            yield Fact(
                kind=fact.kind.value,
                words=KIND_NAMES[fact.kind],
                matter=matter_of(fact),
                is_document=fact.source is FactSource.RETURNED,
                source=source_words(fact, competition),
                on=fact.on,
                recorded_at=fact.recorded_at,
                withdrawn=_withdrawn(fact),
            )


def _withdrawn(fact: HeldFact) -> str:
    taken = fact.withdrawal
    if taken is None:
        return ""
    day = str(day_of(taken.withdrawn_at))
    return said("%(who)s于%(day)s撤回：%(why)s", who=taken.withdrawn_by, day=day, why=taken.reason)


def _made(session: Session, contestant_id: int) -> Iterable[Made]:
    for one in innovations_by(session, contestant_id):
        yield Made(
            name=one.name,
            kind=INNOVATION_KINDS[one.kind],
            stage=STAGE_NAMES[one.stage],
            unit=one.unit,
            benefit=one.benefit,
            basis=one.benefit_basis,
            on=one.on,
            document=one.document,
            recorded_at=one.recorded_at,
            recorded_by=one.recorded_by,
        )


def _looks(session: Session, rows: Sequence[Contestant]) -> tuple[Look, ...]:
    query = select(AuditEntry).where(
        AuditEntry.action.in_((LOOKED, EXPORTED)), AuditEntry.target.in_([f"contestant:{row.id}" for row in rows])
    )
    found = session.scalars(query.order_by(AuditEntry.id.desc()))
    return tuple(Look(line.at, line.actor_name, line.action == EXPORTED) for line in found)
