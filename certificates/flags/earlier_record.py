"""What the system itself knows of people from other competitions: levels and titles that came back, what was proposed.

A person is the same row in every competition, known by the blind index of a document. What was approved here is only
proposed: whether the authority gave it is known when its document came back, and asked about until then.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import islice

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from certificates.eligibility.case import Contestant as Candidate
from certificates.eligibility.case import Held
from certificates.models import FlagState, LevelCertificate, Recommendation
from certificates.titles.bearing import Bearing, facts_bearing
from competitions.models import Competition, Contestant, Entrant, Event
from competitions.registration.people import known_persons
from competitions.setup import competition_of
from competitions.standards.model import LEVEL_NAMES
from core.clock import BEIJING
from core.db import db
from core.messages import said
from scoring.models import Publication

_AT_ONCE = 5000
"""People asked about in one query; a database takes only so many values."""


@dataclass(frozen=True, slots=True)
class Newest:
    """The level certificate that counts for a person, with where it came from."""

    level: int
    words: str


@dataclass(frozen=True, slots=True)
class Proposed:
    """What was approved here and sent on: a title, or a promotion where there is no title."""

    words: str
    at: datetime | None
    title: Held | None = None


@dataclass(slots=True)
class Earlier:
    """What is known of one person from other competitions."""

    newest: Newest | None = None
    promoted: dict[date, str] = field(default_factory=dict)
    """Opening day of the competition after which a level was issued → where it is known from."""
    raises: dict[date, Proposed] = field(default_factory=dict)
    """Opening day → promotion that was proposed."""
    titles: list[Proposed] = field(default_factory=list)
    """Titles and medals that were proposed."""
    facts: Bearing = field(default_factory=Bearing)
    """What an authority's document or somebody's word says."""


def earlier_of(
    session: Session, competition: Competition, person_ids: Iterable[int], *, event_id: int | None = None
) -> dict[int, Earlier]:
    """What the system knows of people from competitions that opened no later than this one.

    Args:
        session: for reading.
        competition: the one that is looked at; level certificates of its own results are no ground for itself.
        person_ids: of whom.
        event_id: this event's own flags say nothing about themselves; those of the competition's other events do.

    Returns:
        By person; nobody of whom nothing is known.
    """
    found: dict[int, Earlier] = defaultdict(Earlier)
    for some in _chunks(person_ids):
        for person_id, row, earlier in _certificates(session, competition, some):
            _add_certificate(found[person_id], row, earlier)
        for person_id, flag, event in _approved(session, competition, some):
            if event.id != event_id:
                _add_flag(found[person_id], flag, event)
        for person_id, facts in facts_bearing(session, competition, some, event_id).items():
            found[person_id].facts = facts
    return dict(found)


def _chunks(ids: Iterable[int]) -> Iterator[list[int]]:
    rest = iter(sorted(set(ids)))
    while some := list(islice(rest, _AT_ONCE)):
        yield some


def _certificates(
    session: Session, competition: Competition, ids: Sequence[int]
) -> Iterable[tuple[int, LevelCertificate, Competition]]:
    query = (
        select(Contestant.person_id, LevelCertificate, Competition)
        .join(Contestant, Contestant.id == LevelCertificate.contestant_id)
        .join(Competition, Competition.id == LevelCertificate.competition_id)
        .where(Contestant.person_id.in_(ids), Competition.id != competition.id)
        .where(Competition.opens_on <= competition.opens_on)
        .order_by(LevelCertificate.id)
    )
    return [(person_id, row, other) for person_id, row, other in session.execute(query)]


def _add_certificate(known: Earlier, row: LevelCertificate, competition: Competition) -> None:
    words = said(
        "《%(title)s》之后发放的%(level)s证书%(number)s，%(day)s登记",
        title=competition.title,
        level=LEVEL_NAMES[row.level],
        number=row.number or said("（未载编号）"),
        day=str(_day(row.read_at)),
    )
    known.newest = Newest(row.level, words)
    known.promoted[competition.opens_on] = words


def _approved(
    session: Session, competition: Competition, ids: Sequence[int]
) -> Iterable[tuple[int, Recommendation, Event]]:
    """Approved flags of results that are final now."""
    newest = select(func.max(Publication.id)).group_by(Publication.event_id)
    final = select(Publication.snapshot_id).where(Publication.id.in_(newest), Publication.is_final)
    query = (
        select(Contestant.person_id, Recommendation, Event)
        .join(Contestant, Contestant.id == Recommendation.contestant_id)
        .join(Entrant, Entrant.id == Contestant.entrant_id)
        .join(Event, Event.id == Entrant.event_id)
        .join(Competition, Competition.id == Event.competition_id)
        .where(Contestant.person_id.in_(ids), Recommendation.state == FlagState.APPROVED)
        .where(Recommendation.snapshot_id.in_(final), Competition.opens_on <= competition.opens_on)
        .order_by(Recommendation.id)
        .options(joinedload(Event.competition))
    )
    return [(person_id, row, other) for person_id, row, other in session.execute(query)]


def _day(moment: datetime) -> date:
    return moment.astimezone(BEIJING).date()


def _add_flag(known: Earlier, flag: Recommendation, event: Event) -> None:
    competition, when = event.competition, flag.decided_at
    at = {"title": competition.title, "event": event.title}
    words = said("《%(title)s》%(event)s，审定同意推荐", **at)
    if when is not None:
        words = said("《%(title)s》%(event)s，%(day)s审定同意推荐", **at, day=str(_day(when)))
    if flag.benefit == "promotion":
        known.raises[competition.opens_on] = Proposed(words, when)
    elif flag.name:
        held = Held(flag.name, event.occupation_code or None, None if when is None else _day(when), words)
        known.titles.append(Proposed(words, when, held))


def with_record(person: Candidate, known: Earlier | None, opened_on: date) -> Candidate:
    """A candidate with what the system knows; what it does not know stays unknown.

    Args:
        person: as registered.
        known: see `earlier_of`; None where nothing is known.
        opened_on: the competition's opening day, by whose year promotions are counted.
    """
    known = known or Earlier()
    facts = known.facts
    told = known.promoted | facts.promoted
    this_year = {day: words for day, words in told.items() if day.year == opened_on.year}
    source = this_year[max(this_year)] if this_year else "" if facts.not_promoted is None else facts.not_promoted.words
    level, level_source = _level(person.current_level, known.newest)
    return replace(
        person,
        held=tuple(facts.held),
        held_is_complete=facts.none_else is not None,
        held_source="" if facts.none_else is None else facts.none_else.words,
        proposed=(*_open_titles(known), *facts.asked),
        promoted_on=tuple(sorted(this_year)),
        promotions_are_complete=facts.not_promoted is not None,
        promotion_source=source,
        promotion_proposed=_open_promotion(known, opened_on),
        current_level=level,
        level_source=level_source,
    )


def _open_titles(known: Earlier) -> list[Held]:
    """Titles that were proposed and of which nobody has said what became of them."""
    return [
        one.title for one in known.titles if one.title is not None and not known.facts.answers(one.title.name, one.at)
    ]


def _open_promotion(known: Earlier, opened_on: date) -> str:
    """The newest promotion of the year that was proposed and not denied since; empty where there is none."""
    open_ones = [
        one.words
        for day, one in known.raises.items()
        if day.year == opened_on.year and not known.facts.answers_promotion(one.at)
    ]
    if not open_ones:
        return ""
    return said("同一年内只能晋升一次，%(what)s晋升，是否已办理没有记录", what=open_ones[-1])


def _level(stated: int | None, newest: Newest | None) -> tuple[int | None, str]:
    """The higher of what was stated and what came back: a certificate is not lost, a later one need not be known."""
    if newest is None or stated == newest.level:
        return stated, ""
    if stated is None:
        return newest.level, said("报名时没有写明等级，以%(what)s为准", what=newest.words)
    at = {"level": LEVEL_NAMES.get(stated, said("无等级")), "what": newest.words}
    if stated < newest.level:
        words = said("报名时为%(level)s；本系统登记的最近证书是%(what)s，请核对报名所附证书", **at)
        return stated, words
    return newest.level, said("报名时为%(level)s，以%(what)s为准", **at)


def levels_by_index(competition_id: int, indexes: Iterable[str]) -> dict[str, tuple[int, str]]:
    """The level that the newest certificate known here gives people, for a roster that is being looked at.

    Args:
        competition_id: the competition that they register for.
        indexes: blind indexes of their documents.

    Returns:
        By index: level digit and where it is known from, in words; nobody of whom none is known.
    """
    session = db.session()
    people = {person.id: index for index, person in known_persons(session, indexes).items()}
    found = earlier_of(session, competition_of(competition_id), people)
    return {
        people[person_id]: (known.newest.level, known.newest.words)
        for person_id, known in found.items()
        if known.newest is not None
    }
