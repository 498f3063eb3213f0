"""How sheets came back to their judge, as the audit record has it: sent back before, or unlocked after confirming."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.audit import AuditEntry

ACTIONS = ("sheet.returned", "sheet.unlocked")


@dataclass(frozen=True, slots=True)
class Return:
    """By whom and when a sheet came back; `is_unlocked`: it had been confirmed."""

    by: str
    at: datetime
    is_unlocked: bool


def newest_returns(session: Session, sheet_ids: Collection[int]) -> dict[int, Return]:
    """Sheet to how it came back last; one query, none without sheets."""
    targets = {f"score_sheet:{sheet_id}": sheet_id for sheet_id in sheet_ids}
    if not targets:
        return {}
    query = (
        select(AuditEntry.target, AuditEntry.actor_name, AuditEntry.at, AuditEntry.action)
        .where(AuditEntry.target.in_(targets), AuditEntry.action.in_(ACTIONS))
        .order_by(AuditEntry.id)
    )
    return {
        targets[target]: Return(by, at, action == "sheet.unlocked") for target, by, at, action in session.execute(query)
    }
