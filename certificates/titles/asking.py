"""What the rules still ask about one contestant: the open facts of the flags that wait for them."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from certificates.eligibility import NEEDS_FACTS
from certificates.eligibility.answer import missing_of
from certificates.models import Recommendation
from competitions.models import Contestant
from scoring.results.computing import newest_publication


def open_questions(session: Session, contestant: Contestant) -> Sequence[str]:
    """The missing facts that flags of the final result name, each once; none before a result is final."""
    final = newest_publication(session, contestant.entrant.event_id)
    if final is None or not final.is_final:
        return ()
    query = select(Recommendation).where(
        Recommendation.snapshot_id == final.snapshot_id,
        Recommendation.contestant_id == contestant.id,
        Recommendation.decision == NEEDS_FACTS,
    )
    flags = session.scalars(query.order_by(Recommendation.id))
    return tuple(dict.fromkeys(fact for flag in flags for fact in missing_of(flag.answer)))
