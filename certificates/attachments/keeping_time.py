"""When files go: on the person's wish, when their time is over, and when no row knows them any more."""

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from certificates.attachments import storing
from certificates.attachments.models import IN_FORCE, HandedInPaper, PaperState
from competitions.lifecycle import CompetitionState
from competitions.models import Competition
from core.audit import Act, record
from core.db import db, transaction


def erase_papers(session: Session, contestant_ids: Sequence[int]) -> list[str]:
    """Mark every paper of these contestants as erased, inside the caller's transaction.

    Returns:
        Names of the files, to be discarded once the transaction has held.
    """
    query = select(HandedInPaper).where(
        HandedInPaper.contestant_id.in_(contestant_ids), HandedInPaper.state.in_(IN_FORCE)
    )
    return [_erase(paper) for paper in session.scalars(query)]


def _erase(paper: HandedInPaper) -> str:
    paper.state, paper.reason = PaperState.ERASED, ""
    return paper.stored_as


def purge(today: date, days: int) -> int:
    """Delete the files of competitions that are archived and ended more than `days` ago; returns how many.

    What was handed in, by which digest, and who accepted it stays on record; only the files go.
    """
    with transaction() as session:
        over = select(Competition.id).where(
            Competition.state == CompetitionState.ARCHIVED, Competition.closes_on < today - timedelta(days=days)
        )
        query = select(HandedInPaper).where(HandedInPaper.competition_id.in_(over), HandedInPaper.state.in_(IN_FORCE))
        papers = session.scalars(query).all()
        names = [_erase(paper) for paper in papers]
        for competition_id in sorted({paper.competition_id for paper in papers}):
            count = sum(paper.competition_id == competition_id for paper in papers)
            detail = {"files": count, "days": days}
            target = f"competition:{competition_id}"
            record(session, Act("system", "命令行", "papers.purged", target, competition_id, detail))
    storing.discard(names)
    return len(names)


def sweep() -> int:
    """Delete files that no row in force knows, as after a power cut between the two; returns how many."""
    known = db.session.scalars(select(HandedInPaper.stored_as).where(HandedInPaper.state.in_(IN_FORCE)))
    lost = storing.strangers(known)
    storing.discard(lost)
    return len(lost)
