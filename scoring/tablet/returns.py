"""By whom and when sheets came back to their judge, as a device is told."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from scoring.sheets.reading import JudgeSheet
from scoring.sheets.returns import newest_returns
from scoring.states import SheetState


def returns_of(session: Session, sheets: Sequence[JudgeSheet]) -> dict[int, dict[str, Any]]:
    """Sheet to ``by``, ``at`` and ``unlocked`` of its newest return, for those that are open again."""
    open_again = [sheet.row.id for sheet in sheets if sheet.row.state is SheetState.OPEN and sheet.row.return_reason]
    found = newest_returns(session, open_again)
    return {
        sheet_id: {"by": one.by, "at": one.at.isoformat(), "unlocked": one.is_unlocked}
        for sheet_id, one in found.items()
    }
