"""Reading for pages: how the awards, flags and certificates of every event of a competition stand."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import func, select

from certificates.awards.awarding import awards_of
from certificates.flags.recommending import counts
from certificates.models import Award, Certificate, CertificateState
from competitions.events import event_of
from competitions.models import Event
from competitions.prizes_form import prizes_in_words
from core.db import db
from scoring.models import Publication
from scoring.results.computing import newest_publication


@dataclass(frozen=True, slots=True)
class EventAwards:
    """How one event stands."""

    event: Event
    publication: Publication | None
    rules: str
    """The prizes in words; empty where none are set."""
    awards: tuple[Award, ...]
    flags: Mapping[str, int] = field(default_factory=dict)
    """How many flags have each decision; see `recommending.counts`."""
    certificates: int = 0
    outdated: int = 0
    """Certificates in force that stand on an earlier result than the one published now."""

    @property
    def is_final(self) -> bool:
        """Whether the public sees a final result."""
        return self.publication is not None and self.publication.is_final

    @property
    def has_prizes(self) -> bool:
        """Whether the event gives prizes at all."""
        return bool(self.event.prize_rules) and not self.event.is_demonstration

    @property
    def open(self) -> tuple[Award, ...]:
        """Ties on a cut line that nobody has decided."""
        return tuple(award for award in self.awards if award.is_open)

    @property
    def by_prize(self) -> Mapping[str, int]:
        """How many entrants have each prize, best first."""
        return Counter(award.prize for award in self.awards if award.prize)

    @property
    def due(self) -> int:
        """How many people are to have a certificate."""
        return sum(len(award.entrant.members) for award in self.awards if award.prize)


def overview(competition_id: int) -> list[EventAwards]:
    """Every event of a competition, in its order."""
    events = select(Event).where(Event.competition_id == competition_id).order_by(Event.position)
    return [_standing(event) for event in db.session.scalars(events).all()]


def event_awards(competition_id: int, event_id: int) -> EventAwards:
    """One event with all its awards.

    Raises:
        NotFoundError: no such event in this competition.
    """
    return _standing(event_of(db.session(), competition_id, event_id))


def _standing(event: Event) -> EventAwards:
    session = db.session()
    publication = newest_publication(session, event.id)
    is_final = publication is not None and publication.is_final
    snapshot_id = publication.snapshot_id if publication else None
    by_snapshot = _certificates(event.id)
    return EventAwards(
        event=event,
        publication=publication,
        rules=prizes_in_words(event.prize_rules),
        awards=tuple(awards_of(session, snapshot_id)) if is_final and snapshot_id else (),
        flags=counts(session, snapshot_id) if is_final and snapshot_id else {},
        certificates=sum(by_snapshot.values()),
        outdated=sum(number for key, number in by_snapshot.items() if key != snapshot_id),
    )


def _certificates(event_id: int) -> dict[int, int]:
    """Certificates in force of an event by the result that they stand on."""
    query = (
        select(Award.snapshot_id, func.count(Certificate.id))
        .join(Award, Award.id == Certificate.award_id)
        .where(Award.event_id == event_id, Certificate.state == CertificateState.VALID)
        .group_by(Award.snapshot_id)
    )
    return dict(db.session.execute(query).all())
