"""Use cases that clear an occupation for a competition: code and levels as a named document has them."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from competitions.models import Event, OccupationClearing
from competitions.setup import locked_competition
from competitions.standards.model import LEVEL_NAMES
from competitions.standards.occupations import CODE_FORM, Occupation, find_occupations
from core.audit import record
from core.auth import Actor
from core.clock import now
from core.db import transaction
from core.errors import ConflictError, InvalidInputError


@dataclass(frozen=True, slots=True)
class ClearOccupation:
    """An occupation as a document has it. `levels` are digits, 1 is the highest."""

    competition_id: int
    code: str
    name: str
    direction: str
    edition: str
    levels: tuple[int, ...]
    document: str
    quote: str
    actor: Actor


def clear_occupation(command: ClearOccupation) -> int:
    """Store an occupation for this competition; it counts before the shipped table. Returns the row's id.

    Raises:
        InvalidInputError: a wrong code, no name, no level, or no document named.
        ConflictError: it is stored like this already.
        NotFoundError: no such competition.
    """
    levels = _checked(command)
    with transaction() as session:
        competition = locked_competition(session, command.competition_id)
        row = OccupationClearing(
            competition_id=competition.id,
            code=command.code.strip(),
            name=command.name.strip(),
            direction=command.direction.strip(),
            edition=command.edition.strip(),
            levels=levels,
            document=command.document.strip(),
            quote=command.quote.strip(),
            recorded_at=now(),
            recorded_by=command.actor.name,
        )
        _require_new(session, row)
        session.add(row)
        session.flush()
        names = ("code", "name", "direction", "edition", "levels", "document", "quote")
        detail = {name: getattr(row, name) for name in names}
        record(session, command.actor.act("occupation.cleared", f"occupation:{row.id}", competition.id, detail))
        return row.id


def _checked(command: ClearOccupation) -> list[int]:
    if not CODE_FORM.fullmatch(command.code.strip()):
        raise InvalidInputError("职业编码“%(code)s”应形如 6-18-02-04", code=command.code.strip())
    if not command.name.strip():
        raise InvalidInputError("请填写职业（工种）名称")
    levels = sorted(set(command.levels), reverse=True)
    if not levels or any(level not in LEVEL_NAMES for level in levels):
        raise InvalidInputError("请勾选该职业标准设有的等级")
    if not command.document.strip():
        raise InvalidInputError("请写明依据的文件，例如国家职业标准的名称和编号")
    return levels


def _require_new(session: Session, row: OccupationClearing) -> None:
    same = ("name", "edition", "levels", "document", "quote")
    for other in cleared(session, row.competition_id):
        is_one = (other.code, other.direction) == (row.code, row.direction)
        if is_one and all(getattr(other, name) == getattr(row, name) for name in same):
            raise ConflictError("这个职业已由%(who)s按同一文件核定", who=other.recorded_by)


@dataclass(frozen=True, slots=True)
class WithdrawClearing:
    """Take a clearing back, with a reason."""

    competition_id: int
    code: str
    direction: str
    reason: str
    actor: Actor


def withdraw_clearing(command: WithdrawClearing) -> None:
    """Let what was cleared count no more; the rows stay.

    Raises:
        InvalidInputError: no reason.
        ConflictError: nothing is cleared under this code and direction.
        NotFoundError: no such competition.
    """
    reason = command.reason.strip()
    if not reason:
        raise InvalidInputError("请写明撤回核定的理由")
    with transaction() as session:
        competition = locked_competition(session, command.competition_id)
        key = (command.code, command.direction)
        found = next((row for row in cleared(session, competition.id) if (row.code, row.direction) == key), None)
        if found is None:
            raise ConflictError("没有可撤回的核定")
        gone = OccupationClearing(
            competition_id=competition.id,
            code=found.code,
            name=found.name,
            direction=found.direction,
            edition=found.edition,
            levels=[],
            document=found.document,
            quote=reason,
            is_withdrawn=True,
            recorded_at=now(),
            recorded_by=command.actor.name,
        )
        session.add(gone)
        detail = {"code": found.code, "direction": found.direction, "reason": reason}
        target = f"occupation:{found.id}"
        record(session, command.actor.act("occupation.clearing_withdrawn", target, competition.id, detail))


def cleared(session: Session, competition_id: int) -> Sequence[OccupationClearing]:
    """What counts now: the newest row of each code and direction, withdrawn ones left out."""
    query = select(OccupationClearing).where(OccupationClearing.competition_id == competition_id)
    newest = {(row.code, row.direction): row for row in session.scalars(query.order_by(OccupationClearing.id))}
    return [row for row in newest.values() if not row.is_withdrawn]


@dataclass(frozen=True, slots=True)
class TopLevel:
    """The highest level of an event's occupation and who says so."""

    level: int
    source: str
    """event, cleared or table."""
    clearing: OccupationClearing | None = None


def top_level(event: Event, clearings: Sequence[OccupationClearing]) -> TopLevel | None:
    """The level that caps a promotion: as the event states it, as it was cleared, or as the shipped table knows it.

    Args:
        event: with code and direction of its occupation.
        clearings: those of its competition that count.

    Returns:
        None where nobody knows it. A row of the shipped table that nobody verified says nothing.
    """
    if event.top_level is not None:
        return TopLevel(event.top_level, "event")
    found = next((row for row in clearings if _is_of(row, event)), None)
    if found is not None:
        return TopLevel(min(found.levels), "cleared", found)
    tops = {row.top_level for row in shipped_rows(event) if row.is_verified and row.top_level is not None}
    return TopLevel(tops.pop(), "table") if len(tops) == 1 else None


def _is_of(row: OccupationClearing, event: Event) -> bool:
    return row.code == event.occupation_code and row.direction == event.occupation_direction


def shipped_rows(event: Event) -> list[Occupation]:
    """What the shipped table has for the event's code; only its direction, where the table knows that direction."""
    if not event.occupation_code:
        return []
    rows = find_occupations(event.occupation_code)
    return [row for row in rows if (row.direction or "") == event.occupation_direction] or rows
