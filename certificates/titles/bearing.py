"""What recorded facts bear on a competition's rules: titles held, promotions made, and what somebody denied."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from certificates.eligibility.case import Held
from certificates.titles.known import in_force
from certificates.titles.models import FactKind, FactSource, HeldFact
from certificates.titles.words import source_words
from competitions.models import Competition, Contestant, Entrant
from core.messages import said

_Line = Row[int, HeldFact, str, int]
"""Person, fact, title of the competition in which it was recorded, event of the registration."""


@dataclass(frozen=True, slots=True)
class Stated:
    """A denial: on whose word, and when it was recorded."""

    words: str
    at: datetime


@dataclass(slots=True)
class Bearing:
    """The facts about one person that the rules of one competition look at."""

    held: list[Held] = field(default_factory=list)
    asked: list[Held] = field(default_factory=list)
    """Titles granted after the competition opened: whether they count is for a person to say."""
    promoted: dict[date, str] = field(default_factory=dict)
    """Day of a promotion → where it is known from."""
    none_else: Stated | None = None
    not_promoted: Stated | None = None
    refused: dict[str, datetime] = field(default_factory=dict)
    """Title that was not granted → when that was recorded."""

    def answers(self, title: str, asked_at: datetime | None) -> bool:
        """Whether it is known what became of a recommendation for a title.

        Args:
            title: which.
            asked_at: when it was approved; None where nobody knows.
        """
        if any(one.name == title for one in (*self.held, *self.asked)):
            return True
        told = [self.refused.get(title), None if self.none_else is None else self.none_else.at]
        return any(at is not None and (asked_at is None or asked_at <= at) for at in told)

    def answers_promotion(self, asked_at: datetime | None) -> bool:
        """Whether somebody denied a promotion after it was recommended."""
        if self.not_promoted is None:
            return False
        return asked_at is None or asked_at <= self.not_promoted.at


def facts_bearing(
    session: Session, competition: Competition, person_ids: Sequence[int], event_id: int | None
) -> dict[int, Bearing]:
    """What was recorded of people in competitions that opened no later than this one, and in this one itself.

    Args:
        session: for reading.
        competition: whose rules look. What an authority granted upon its own event's result is no ground for that
            event's flags; what somebody denied counts only where it was recorded.
        person_ids: of whom; no more than a query takes.
        event_id: the event whose flags are asked for; None for the competition as a whole.

    Returns:
        By person; nobody of whom nothing is recorded.
    """
    found: dict[int, Bearing] = defaultdict(Bearing)
    for person_id, fact, title, of_event in _lines(session, competition, person_ids):
        is_own = fact.competition_id == competition.id
        if not (is_own and of_event == event_id and _is_later(fact, competition)):
            _add(found[person_id], fact, source_words(fact, title), competition, is_own=is_own)
    return dict(found)


def _lines(session: Session, competition: Competition, ids: Sequence[int]) -> Iterable[_Line]:
    query = (
        select(Contestant.person_id, HeldFact, Competition.title, Entrant.event_id)
        .join(Contestant, Contestant.id == HeldFact.contestant_id)
        .join(Entrant, Entrant.id == Contestant.entrant_id)
        .join(Competition, Competition.id == HeldFact.competition_id)
        .where(Contestant.person_id.in_(ids), Competition.opens_on <= competition.opens_on, in_force())
        .order_by(HeldFact.id)
    )
    return session.execute(query)


def _is_later(fact: HeldFact, competition: Competition) -> bool:
    """Whether an authority's document is dated on or after the opening: what followed, no fact from before."""
    return fact.source is FactSource.RETURNED and fact.on is not None and fact.on >= competition.opens_on


def _add(known: Bearing, fact: HeldFact, words: str, competition: Competition, *, is_own: bool) -> None:
    match fact.kind:
        case FactKind.HELD:
            _add_title(known, fact, words, competition)
        case FactKind.NOT_GRANTED:
            known.refused[fact.name] = fact.recorded_at
        case FactKind.PROMOTED if fact.on is not None:
            known.promoted[fact.on] = words
        case FactKind.NONE_ELSE if is_own:
            known.none_else = Stated(words, fact.recorded_at)
        case FactKind.NOT_PROMOTED if is_own:
            known.not_promoted = Stated(words, fact.recorded_at)
        case _:
            pass  # A denial that was recorded elsewhere says nothing about what came after it.


def _add_title(known: Bearing, fact: HeldFact, words: str, competition: Competition) -> None:
    title = Held(fact.name, fact.occupation_code or None, fact.on, words)
    if fact.on is None or fact.on <= competition.opens_on:
        known.held.append(title)
        return
    question = said("%(title)s于本竞赛开幕之后授予（%(source)s），是否影响本次由人确定", title=fact.name, source=words)
    known.asked.append(Held(fact.name, title.occupation_code, fact.on, words, question))
