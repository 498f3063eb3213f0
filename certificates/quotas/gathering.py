"""The quotas of a competition's rules with the people who stand for each title."""

from collections import Counter
from collections.abc import Iterable

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from certificates.eligibility import FLAGGED
from certificates.models import FlagState, Recommendation
from certificates.quotas.counting import QuotaLine
from competitions.models import Competition, Contestant, Event
from competitions.pack_editing.known import known_packs
from competitions.standards.model import HonourRule, Pack
from scoring.models import Publication


def quota_lines(session: Session, competition: Competition) -> list[QuotaLine]:
    """Every quota that the rules of the competition's flags state, by pack and title.

    Args:
        session: for reading.
        competition: whose flags on results that are final now are counted; somebody who stands for one title by two
            events counts once.
    """
    people = _people(session, competition.id)
    asked = {pack_id for pack_id, _ in people}
    packs = [pack for pack in known_packs(session) if pack.id in asked]
    return [_line(pack, rule, people.get((pack.id, rule.name), {})) for pack in packs for rule in _stating(pack)]


def _stating(pack: Pack) -> Iterable[HonourRule]:
    """The first rule of each title that states a quota."""
    found: dict[str, HonourRule] = {}
    for rule in pack.honours:
        if rule.quota is not None:
            found.setdefault(rule.name, rule)
    return found.values()


People = dict[tuple[str, str], dict[int, bool]]
"""Pack and title → person → whether somebody approved."""


def _people(session: Session, competition_id: int) -> People:
    newest = select(func.max(Publication.id)).group_by(Publication.event_id)
    final = select(Publication.snapshot_id).where(Publication.id.in_(newest), Publication.is_final)
    query = (
        select(Recommendation.pack_id, Recommendation.name, Contestant.person_id, Recommendation.state)
        .join(Contestant, Contestant.id == Recommendation.contestant_id)
        .join(Event, Event.id == Recommendation.event_id)
        .where(Event.competition_id == competition_id, Recommendation.benefit != "promotion")
        .where(Recommendation.snapshot_id.in_(final), Recommendation.decision == FLAGGED)
        .where(Recommendation.state != FlagState.REJECTED)
    )
    found: People = {}
    for pack_id, name, person_id, state in session.execute(query):
        people = found.setdefault((pack_id, name), {})
        people[person_id] = people.get(person_id, False) or state is FlagState.APPROVED
    return found


def _line(pack: Pack, rule: HonourRule, people: dict[int, bool]) -> QuotaLine:
    count = Counter(people.values())
    return QuotaLine(pack.id, rule.name, rule.quota or "", rule.rule.citation, count[True], count[False])
