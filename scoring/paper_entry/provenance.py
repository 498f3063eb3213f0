"""Which revisions of sheets came from paper, who typed them, and who decided where the two differed."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from scoring.paper_entry.models import Ending, PaperEntry, PaperOutcome


@dataclass(frozen=True, slots=True)
class FromPaper:
    """How the marks of one revision came in.

    Attributes:
        typed_by: names of the two, in the order of typing.
        decided_by: who decided where they differed; empty where they did not.
    """

    typed_by: tuple[str, ...]
    decided_by: str


def papers_of(session: Session, sheet_ids: Collection[int]) -> dict[UUID, FromPaper]:
    """Key of a revision to its paper, for those that came from one. One query."""
    found: dict[UUID, FromPaper] = {}
    same = (PaperEntry.sheet_id == PaperOutcome.sheet_id) & (PaperEntry.attempt == PaperOutcome.attempt)
    query = (
        select(PaperOutcome, PaperEntry.typist)
        .join(PaperEntry, same)
        .where(PaperOutcome.sheet_id.in_(list(sheet_ids)))
        .order_by(PaperOutcome.id, PaperEntry.place)
    )
    for outcome, typist in session.execute(query):
        if outcome.save_key is not None:
            decided_by = outcome.ended_name if outcome.ending is Ending.DECIDED else ""
            earlier = found.get(outcome.save_key, FromPaper((), decided_by))
            found[outcome.save_key] = FromPaper((*earlier.typed_by, typist), decided_by)
    return found
