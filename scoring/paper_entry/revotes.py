"""Votes asked for again that come on paper: which readings may answer them, and on which aspects alone.

A paper that was typed before the request is a vote of the round before; it never answers it.
"""

from collections.abc import Mapping, Sequence

from sqlalchemy.orm import Session

from core.errors import InvalidInputError
from scoring.jury.requests import Due, asked
from scoring.models import ScoreSheet
from scoring.paper_entry.models import PaperEntry
from scoring.sheets.reading import latest


class NotSaidAgainError(InvalidInputError):
    """A vote is asked for again, and nobody said that the paper is about that."""

    code = "not_said_again"


def votes_asked(session: Session, sheet: ScoreSheet) -> list[Due]:
    """The votes that the sheet still owes."""
    return asked(session, [sheet.module_id], [sheet.entrant_id]).due(sheet, latest(session, sheet))


def answered_rounds(session: Session, sheet: ScoreSheet, entries: Sequence[PaperEntry]) -> dict[str, int]:
    """Aspect → round of the votes that these readings may be: those asked for before the first was typed."""
    typed = min(entry.typed_at for entry in entries)
    return {due.aspect: due.round for due in votes_asked(session, sheet) if due.asked_at <= typed}


def rounds_with(
    before: Mapping[str, int], answered: Mapping[str, int], on_paper: Mapping[str, str | None]
) -> dict[str, int]:
    """The rounds of a sheet's marks, with those votes cast that stand on the paper.

    Args:
        before: the rounds of its newest revision.
        answered: as `answered_rounds`.
        on_paper: aspect to what the paper says; an empty one is no vote.
    """
    return {**before, **{aspect: number for aspect, number in answered.items() if on_paper.get(aspect) is not None}}


def is_of_this_round(session: Session, sheet: ScoreSheet, entries: Sequence[PaperEntry]) -> bool:
    """Whether readings may go into a sheet that is open again for votes alone: they are no older than the request."""
    if sheet.reopened_for is None:
        return True
    answered = answered_rounds(session, sheet, entries)
    return all(due.aspect in answered for due in votes_asked(session, sheet))


def require_said_again(due: Sequence[Due], is_again: bool) -> None:
    """Stop a reading of a sheet that owes votes, unless the typist says that the paper holds those.

    Raises:
        NotSaidAgainError: nobody said so.
    """
    if due and not is_again:
        raise NotSaidAgainError("这张评分表正在重新评议：纸上是重新评议的分的，请勾选；不是的，请交给裁判长")
