"""What an organiser wants beside the lists of the rules: local notices ask for papers that no rule names."""

from dataclasses import dataclass

from sqlalchemy import Select, select

from certificates.attachments.models import WantedPaper
from certificates.papers.forms import KINDS
from competitions.setup import locked_competition
from core.audit import record
from core.auth import Actor
from core.clock import now
from core.db import transaction
from core.errors import ConflictError, InvalidInputError, NotFoundError

LONGEST_ITEM = 120
LONGEST_SOURCE = 300


@dataclass(frozen=True, slots=True)
class WantPaper:
    """Want a paper for every flag of one benefit, beside the list of the rules."""

    competition_id: int
    benefit: str
    item: str
    source: str
    actor: Actor


def want_paper(command: WantPaper) -> int:
    """Store the demand and return its id.

    Raises:
        InvalidInputError: no such benefit, no item, or no source.
        ConflictError: it is wanted already.
        NotFoundError: no such competition.
    """
    item, source = command.item.strip(), command.source.strip()
    if command.benefit not in KINDS:
        raise InvalidInputError("没有这类推荐")
    if not item or len(item) > LONGEST_ITEM:
        raise InvalidInputError("请写明要什么材料，最多 %(most)s 字", most=LONGEST_ITEM)
    if not source or len(source) > LONGEST_SOURCE:
        raise InvalidInputError("请写明依据，如通知的名称")
    with transaction() as session:
        competition = locked_competition(session, command.competition_id)
        if session.scalar(
            _wanted(competition.id).where(WantedPaper.benefit == command.benefit, WantedPaper.item == item)
        ):
            raise ConflictError("“%(item)s”已在清单里", item=item)
        row = WantedPaper(
            competition_id=competition.id,
            benefit=command.benefit,
            item=item,
            source=source,
            added_at=now(),
            added_by=command.actor.name,
        )
        session.add(row)
        session.flush()
        detail = {"benefit": row.benefit, "item": item, "source": source}
        record(session, command.actor.act("paper.wanted", f"wanted_paper:{row.id}", competition.id, detail))
        return row.id


@dataclass(frozen=True, slots=True)
class UnwantPaper:
    """Want a paper no more; what was handed in for it stays."""

    competition_id: int
    wanted_id: int
    actor: Actor


def unwant_paper(command: UnwantPaper) -> None:
    """Take a demand back.

    Raises:
        NotFoundError: no such demand in this competition.
    """
    with transaction() as session:
        competition = locked_competition(session, command.competition_id)
        row = session.scalar(_wanted(competition.id).where(WantedPaper.id == command.wanted_id))
        if row is None:
            raise NotFoundError("清单里没有这一项")
        row.removed_at = now()
        record(session, command.actor.act("paper.unwanted", f"wanted_paper:{row.id}", competition.id))


def _wanted(competition_id: int) -> Select[WantedPaper]:
    return select(WantedPaper).where(WantedPaper.competition_id == competition_id, WantedPaper.removed_at.is_(None))
