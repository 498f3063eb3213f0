"""Where staff handle a sheet whose printed form they have scanned: typing it, deciding about it, or looking at it."""

from collections.abc import Callable
from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

from core.auth import Actor
from core.errors import DomainError, NotAllowedError, NotFoundError
from scoring.models import ScoreSheet
from scoring.paper_entry.attempts import Attempt, attempt_of
from scoring.paper_entry.deciding import require_may_decide
from scoring.paper_entry.form_numbers import form_number
from scoring.paper_entry.typing_in import require_may_type, require_no_judge
from scoring.sheets.reading import LockedSheet


def page_of_form(session: Session, sheet_id: int, actor: Actor) -> str:
    """Address of the page on which `actor` goes on with a form: what waits for that person, else the sheet itself.

    Args:
        session: to read with.
        sheet_id: as the code of the form says.
        actor: who scanned it; not as the judge whose sheet it is.

    Raises:
        NotFoundError: no such sheet in a competition of theirs.
        NotAllowedError: it is another judge's.
    """
    row = session.get(ScoreSheet, sheet_id)
    competition_id = row.entrant.event.competition_id if row else 0
    if row is None or not actor.roles.keys() & {competition_id, None}:
        raise NotFoundError("没有这张评分表")
    place: dict[str, Any] = {"competition_id": competition_id, "sheet_id": sheet_id}
    sheet, attempt = LockedSheet(row, row.module.code, competition_id), attempt_of(session, sheet_id)
    types = actor.permits("paper.type", competition_id)
    if types and _is_allowed(lambda: require_may_type(session, sheet, attempt, actor)):
        return url_for("scoring.paper_sheet", **place)
    decides = actor.permits("paper.decide", competition_id)
    if decides and _is_allowed(lambda: _require_decision(session, sheet, attempt, actor)):
        return url_for("scoring.paper_decision", **place)
    if actor.permits("sheet.board", competition_id):
        return url_for("scoring.sheet", **place)
    if types:  # there it is said why not
        return url_for("scoring.paper", competition_id=competition_id, number=form_number(sheet_id))
    raise NotAllowedError("这张评分表不属于您")


def _is_allowed(require: Callable[[], None]) -> bool:
    try:
        require()
    except DomainError:
        return False
    return True


def _require_decision(session: Session, sheet: LockedSheet, attempt: Attempt, actor: Actor) -> None:
    """Stop who has nothing to decide: two have not typed yet, or the hands are not others'."""
    require_no_judge(session, sheet, actor)
    require_may_decide(attempt, actor)
    if not attempt.is_full:
        raise NotFoundError("这张评分表还没有由两个人录完")
