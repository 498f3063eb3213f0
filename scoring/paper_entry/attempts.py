"""How the typing of a paper sheet stands: which attempt it is, who has typed, what waits for a decision."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from competitions.models import Module
from scoring.models import ScoreSheet
from scoring.paper_entry.comparing import Question, questions
from scoring.paper_entry.models import FIRST, SECOND, PaperEntry, PaperOutcome
from scoring.paper_entry.revotes import answered_rounds
from scoring.sheets.reading import LockedSheet, latest, paper_of


@dataclass(frozen=True, slots=True)
class Attempt:
    """The entries of a sheet since the last paper of it was done with; none if none came since."""

    number: int
    entries: tuple[PaperEntry, ...]

    @property
    def is_full(self) -> bool:
        """Both have typed; it waits for a decision, or it would be over."""
        return len(self.entries) == SECOND

    @property
    def next_place(self) -> int:
        """Which entry comes next."""
        return len(self.entries) + FIRST


def attempt_of(session: Session, sheet_id: int) -> Attempt:
    """The attempt that is under way, or the next. Two queries; the sheet should be locked by who goes on to write."""
    last = select(func.max(PaperOutcome.attempt)).where(PaperOutcome.sheet_id == sheet_id)
    number = 1 + (session.scalar(last) or 0)
    own = select(PaperEntry).where(PaperEntry.sheet_id == sheet_id, PaperEntry.attempt == number)
    return Attempt(number, tuple(session.scalars(own.order_by(PaperEntry.place))))


def open_questions(session: Session, sheet: LockedSheet, entries: Sequence[PaperEntry]) -> list[Question]:
    """What stands between two entries and the sheet, aspect by aspect.

    A mark on a tablet that is voted on again does not gainsay the paper on which the vote was cast.
    """
    first, second = entries
    newest = latest(session, sheet.row)
    answered = answered_rounds(session, sheet.row, entries)
    saved = {aspect: text for aspect, text in newest.marks.items() if aspect not in answered} if newest else {}
    aspects = paper_of(sheet.row, sheet.module_code).aspects.values()
    return questions(aspects, first.marks, second.marks, saved)


def is_of_its_judge(sheet: ScoreSheet, entries: Sequence[PaperEntry]) -> bool:
    """Whether the sheet still belongs to the judge whose paper was typed."""
    return all(entry.judge_id == sheet.judge_id for entry in entries)


def papers_undecided(session: Session, event_id: int) -> int:
    """How many sheets of an event were typed by two and wait for a person. One query."""
    same = (PaperOutcome.sheet_id == PaperEntry.sheet_id) & (PaperOutcome.attempt == PaperEntry.attempt)
    query = (
        select(func.count(PaperEntry.id))
        .join(ScoreSheet, ScoreSheet.id == PaperEntry.sheet_id)
        .join(Module, Module.id == ScoreSheet.module_id)
        .where(Module.event_id == event_id, PaperEntry.place == SECOND, ~exists().where(same))
    )
    return session.scalar(query) or 0
