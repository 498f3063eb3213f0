"""What organisers state for the rates, and taking the figures away as a file; both stand in the audit record."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from certificates.statistics.gathering import gather
from certificates.statistics.models import StatisticsTerms
from certificates.statistics.rates import read_terms
from certificates.statistics.report import Report
from certificates.statistics.workbook import workbook
from competitions.models import Competition
from competitions.setup import competition_of, locked_competition
from core.audit import record
from core.auth import Actor
from core.clock import now
from core.db import db, transaction

PERMISSION = "statistics.view"


@dataclass(frozen=True, slots=True)
class StateTerms:
    """State for a competition how many workers there are and what counts as a benefit."""

    competition_id: int
    document: Mapping[str, Any]
    """As `certificates.statistics.rates.read_terms` reads it."""
    actor: Actor


def state_terms(command: StateTerms) -> None:
    """Store the statement beside the earlier ones; the newest counts.

    Raises:
        InvalidInputError: a number that cannot be, one without a source, or nothing that counts as a benefit.
        NotFoundError: no such competition.
    """
    document = read_terms(command.document).as_json()
    with transaction() as session:
        competition = locked_competition(session, command.competition_id)
        row = StatisticsTerms(
            competition_id=competition.id, document=document, stated_at=now(), stated_by=command.actor.name
        )
        session.add(row)
        session.flush()
        target = f"statistics_terms:{row.id}"
        record(session, command.actor.act("statistics.terms_stated", target, competition.id, document))


def of_competition(competition_id: int, *, is_public: bool) -> Report:
    """The figures of one competition.

    Raises:
        NotFoundError: no such competition.
    """
    return gather(db.session(), [competition_of(competition_id)], is_public=is_public)


def of_all(actor: Actor, *, is_public: bool) -> Report:
    """The figures of every competition whose figures this person may see, the newest first."""
    return gather(db.session(), seen_by(actor), is_public=is_public)


def seen_by(actor: Actor) -> Sequence[Competition]:
    """The competitions whose figures this person may see, the newest first."""
    query = select(Competition).order_by(Competition.opens_on.desc(), Competition.id.desc())
    return [one for one in db.session.scalars(query) if actor.permits(PERMISSION, one.id)]


@dataclass(frozen=True, slots=True)
class ExportStatistics:
    """Take figures away as a workbook; without a competition those of all that the person may see."""

    competition_id: int | None
    is_public: bool
    actor: Actor


def export_statistics(command: ExportStatistics) -> bytes:
    """The figures as XLSX, and a line of who took them.

    Raises:
        NotFoundError: no such competition.
    """
    if command.competition_id is None:
        found = of_all(command.actor, is_public=command.is_public)
    else:
        found = of_competition(command.competition_id, is_public=command.is_public)
    detail = {"competitions": [one.id for one in found.contests], "public": command.is_public}
    with transaction() as session:
        target = "statistics" if command.competition_id is None else f"competition:{command.competition_id}"
        record(session, command.actor.act("statistics.exported", target, command.competition_id, detail))
    return workbook(found)
