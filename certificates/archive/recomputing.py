"""Whether published results follow from the marks: reckoned again, and held against the snapshot line by line."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from certificates.archive.manifest import Verdict
from competitions.models import Event
from core.errors import DomainError
from scoring.engine.ranking import Ranking, rank_text
from scoring.engine.scheme import ROOT
from scoring.models import ResultLine, ResultSnapshot, SchemeVersion
from scoring.results.computing import entrants_by_name, newest_publications, ranking_of

Line = tuple[str | None, str | None, str | None, str]


def verdicts(session: Session, competition_id: int) -> Iterator[Verdict]:
    """Of every event with a published result, in the order of ids: whether the newest follows from the marks."""
    query = select(Event).where(Event.competition_id == competition_id).order_by(Event.id)
    events = {event.id: event for event in session.scalars(query)}
    for event_id, publication in sorted(newest_publications(session, list(events)).items()):
        agrees = _agrees(session, events[event_id], publication.snapshot)
        yield Verdict(event_id, publication.snapshot_id, agrees)


def _agrees(session: Session, event: Event, snapshot: ResultSnapshot) -> bool | None:
    version = session.get_one(SchemeVersion, snapshot.scheme_version_id)
    try:
        ranking = ranking_of(session, event, version)
    except DomainError:
        return None
    return _reckoned(session, event, ranking) == _published(session, snapshot)


def _reckoned(session: Session, event: Event, ranking: Ranking) -> dict[int, Line]:
    entrants = entrants_by_name(session, event.id)
    return {
        entrants[place.contestant].id: (
            None if place.rank is None else rank_text(place.rank),
            None if place.award_rank is None else rank_text(place.award_rank),
            ranking.result.text(place.contestant, ROOT) or None,
            place.status,
        )
        for place in ranking.places
    }


def _published(session: Session, snapshot: ResultSnapshot) -> dict[int, Line]:
    query = select(ResultLine.entrant_id, ResultLine.rank, ResultLine.award_rank, ResultLine.total, ResultLine.status)
    rows = session.execute(query.where(ResultLine.snapshot_id == snapshot.id))
    return {entrant: (rank, award_rank, total, status) for entrant, rank, award_rank, total, status in rows}
