"""Reading for pages: how the awards, flags and certificates of every event of a competition stand."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import func, select

from certificates.awards.awarding import awards_by_result
from certificates.awards.late_prizes import LatePrizes, late_prizes, may_set_late
from certificates.flags.recommending import counts
from certificates.issue.superseded import is_superseded, on_earlier_results
from certificates.models import Award, Certificate, CertificateState
from competitions.events.defining import event_of
from competitions.events.prize_lines import prizes_in_words
from competitions.models import Event
from core.db import db
from scoring.models import Publication
from scoring.results.computing import newest_publications


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
    earlier: int = 0
    """Certificates in force that stand on an earlier result than the one published now."""
    outdated: Sequence[Certificate] = ()
    """Those of them that say something else than the prizes of now, once these are fixed."""
    late: Sequence[LatePrizes] = ()
    """On record, where the prizes were set after marking had begun."""

    @property
    def is_final(self) -> bool:
        """Whether the public sees a final result."""
        return self.publication is not None and self.publication.is_final

    @property
    def has_prizes(self) -> bool:
        """Whether the event gives prizes at all."""
        return bool(self.event.prize_rules) and not self.event.is_demonstration

    @property
    def may_set_prizes_late(self) -> bool:
        """Whether an organiser may still set the prizes, or others, though marking has begun."""
        return may_set_late(self.event.competition.state) and not self.event.is_demonstration and not self.awards

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
    """Every event of a competition, in its order; as many queries for many events as for few."""
    events = select(Event).where(Event.competition_id == competition_id).order_by(Event.position)
    return _standings(db.session.scalars(events).all())


def event_awards(competition_id: int, event_id: int) -> EventAwards:
    """One event with all its awards.

    Raises:
        NotFoundError: no such event in this competition.
    """
    (standing,) = _standings([event_of(db.session(), competition_id, event_id)])
    return standing


def _standings(events: Sequence[Event]) -> list[EventAwards]:
    session, event_ids = db.session(), [event.id for event in events]
    publications = newest_publications(session, event_ids)
    final = [publication.snapshot_id for publication in publications.values() if publication.is_final]
    awards, flags, certificates = awards_by_result(session, final), counts(session, final), _certificates(event_ids)
    late = late_prizes(session, event_ids)
    older = on_earlier_results(session, {key: publication.snapshot_id for key, publication in publications.items()})
    found = []
    for event in events:
        publication = publications.get(event.id)
        shown = publication.snapshot_id if publication else 0
        found.append(
            EventAwards(
                event=event,
                publication=publication,
                rules=prizes_in_words(event.prize_rules),
                awards=tuple(awards.get(shown, ())),
                flags=flags.get(shown, {}),
                certificates=certificates.get(event.id, 0),
                earlier=len(older.get(event.id, ())),
                outdated=_outdated(older.get(event.id, ()), awards.get(shown, ())),
                late=late.get(event.id, ()),
            )
        )
    return found


def _outdated(older: Sequence[Certificate], awards: Sequence[Award]) -> tuple[Certificate, ...]:
    """Nothing can be said while a new result is not final or its prizes are not fixed."""
    if not awards:
        return ()
    now = {award.entrant_id: award for award in awards}
    return tuple(one for one in older if is_superseded(one, now.get(one.award.entrant_id)))


def _certificates(event_ids: Sequence[int]) -> dict[int, int]:
    """How many certificates of each event are in force."""
    query = (
        select(Award.event_id, func.count(Certificate.id))
        .join(Award, Award.id == Certificate.award_id)
        .where(Award.event_id.in_(event_ids), Certificate.state == CertificateState.VALID)
        .group_by(Award.event_id)
    )
    return dict(db.session.execute(query).all())
