"""What a save may do on the spot: whose sheet it is now, what is open on it, which round it votes in, its watches."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.errors import DomainError, InvalidInputError
from scoring.engine.scheme import Node
from scoring.engine.stopwatch import StopwatchError, moments_of
from scoring.jury.models import Substitution
from scoring.jury.requests import FIRST_ROUND, asked, highest_rounds
from scoring.models import ScoreSheet, SheetRevision
from scoring.sheets.checks import AspectClosedError, BadMarksError, ForeignSheetError, HandedOverError, require_own
from scoring.sheets.reading import LockedSheet


def require_holder(session: Session, sheet: LockedSheet | None, judge_id: int) -> LockedSheet:
    """The sheet, if it is that judge's now.

    Raises:
        NotFoundError, ForeignSheetError: as `require_own`.
        HandedOverError: it was this judge's until somebody took the seat over.
    """
    try:
        return require_own(sheet, judge_id)
    except ForeignSheetError:
        if sheet is not None and was_held_by(session, sheet.row, judge_id):
            raise HandedOverError("您在这个模块的席位已由他人接替，这些分数不计入，但已留存给裁判长查看") from None
        raise


def was_held_by(session: Session, sheet: ScoreSheet, judge_id: int) -> bool:
    """Whether the sheet went over from this judge to a substitute."""
    query = select(Substitution.moved).where(
        Substitution.module_id == sheet.module_id, Substitution.judge_id == judge_id
    )
    return any(sheet.id in moved for moved in session.scalars(query))


def require_open_aspects(sheet: ScoreSheet, marks: Mapping[str, str | None], before: Mapping[str, str | None]) -> None:
    """Stop a change outside of what the sheet is open for.

    Raises:
        AspectClosedError: names the aspects.
    """
    if sheet.reopened_for is None:
        return
    changed = [aspect for aspect in {**before, **marks} if before.get(aspect) != marks.get(aspect)]
    closed = [aspect for aspect in changed if aspect not in sheet.reopened_for]
    if closed:
        raise AspectClosedError(closed)


def require_asked_rounds(session: Session, sheet: ScoreSheet, rounds: Mapping[str, int]) -> None:
    """Stop a vote in a round that nobody has asked for.

    Raises:
        BadMarksError: by aspect.
    """
    if not rounds:
        return
    highest = highest_rounds(session, sheet)
    errors: dict[str, DomainError] = {
        aspect: InvalidInputError("没有请您对“%(code)s”进行第 %(n)s 轮评议", code=aspect, n=number)
        for aspect, number in rounds.items()
        if number > highest.get(aspect, FIRST_ROUND)
    }
    if errors:
        raise BadMarksError(errors)


def require_watches(aspects: Mapping[str, Node], times: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
    """Stop moments that no stop watch makes, or of an aspect that is not timed.

    Raises:
        BadMarksError: by aspect.
    """
    errors: dict[str, DomainError] = {}
    for aspect, documents in times.items():
        entry = aspects[aspect].entry if aspect in aspects else None
        if entry is None or not entry.is_time:
            errors[aspect] = InvalidInputError("“%(code)s”不是计时的评分项", code=aspect)
            continue
        try:
            moments_of(documents)
        except StopwatchError as error:
            errors[aspect] = error
    if errors:
        raise BadMarksError(errors)


def votes_due(session: Session, sheet: ScoreSheet, revision: SheetRevision | None) -> list[str]:
    """Aspects on which the sheet still owes a vote that was asked for."""
    return [due.aspect for due in asked(session, [sheet.module_id], [sheet.entrant_id]).due(sheet, revision)]
