"""By whom and when sheets came back to their judge, as the audit record has it."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.audit import AuditEntry
from scoring.sheets.reading import JudgeSheet
from scoring.states import SheetState

ACTIONS = ("sheet.returned", "sheet.unlocked")


def returns_of(session: Session, sheets: Sequence[JudgeSheet]) -> dict[int, dict[str, Any]]:
    """Sheet to ``by`` and ``at`` of its newest return, for those that are open again; one query, none without them."""
    open_again = [sheet.row.id for sheet in sheets if sheet.row.state is SheetState.OPEN and sheet.row.return_reason]
    back = {f"score_sheet:{sheet_id}": sheet_id for sheet_id in open_again}
    if not back:
        return {}
    query = (
        select(AuditEntry.target, AuditEntry.actor_name, AuditEntry.at)
        .where(AuditEntry.target.in_(back), AuditEntry.action.in_(ACTIONS))
        .order_by(AuditEntry.id)
    )
    return {back[target]: {"by": by, "at": at.isoformat()} for target, by, at in session.execute(query)}
