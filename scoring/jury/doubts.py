"""Marks that a judge has called doubtful, and the chief judge's answers to them."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from competitions.models import CALLED, Entrant, Judge, Module
from core.audit import record
from core.auth import Actor
from core.clock import now
from core.db import transaction
from core.errors import ConflictError, InvalidInputError
from scoring.engine.scheme import Node
from scoring.four_eyes.refusing import require_other_hands
from scoring.jury.models import DoubtAnswer
from scoring.models import ScoreSheet, SheetRevision
from scoring.sheets.reading import aspects_on, latest
from scoring.sheets.review import sheet_in

LONGEST_ANSWER = 500


@dataclass(frozen=True, slots=True)
class Doubt:
    """One aspect that a judge is not sure of.

    Attributes:
        mark: as entered; None if there is none yet, or if it is not for the reader's eyes.
        answers: the chief judge's, oldest first.
    """

    sheet: ScoreSheet
    judge: str
    draw_number: int | str | None
    aspect: Node
    note: str
    mark: str | None
    answers: tuple[DoubtAnswer, ...]


def doubts_of(session: Session, event_id: int) -> list[Doubt]:
    """The doubts on the newest revisions of an event's sheets, unanswered first. Two queries, whatever the size."""
    query = (
        select(ScoreSheet, SheetRevision, Judge.name, CALLED, Module.code)
        .join(Module, Module.id == ScoreSheet.module_id)
        .join(Entrant, Entrant.id == ScoreSheet.entrant_id)
        .join(Judge, Judge.id == ScoreSheet.judge_id)
        .join(SheetRevision, (SheetRevision.sheet_id == ScoreSheet.id) & (SheetRevision.number == ScoreSheet.revision))
        .where(Module.event_id == event_id)
        .order_by(Module.position, Entrant.draw_number, ScoreSheet.seat_number)
    )
    rows = [row for row in session.execute(query) if row[1].doubts]
    answers = _answers(session, [sheet.id for sheet, *_ in rows])
    found = []
    for sheet, revision, judge, number, module in rows:
        aspects = aspects_on(sheet, module)
        for code in revision.doubts:
            if code in aspects:
                given = tuple(answers.get((sheet.id, code), ()))
                note = revision.notes.get(code, "")
                found.append(Doubt(sheet, judge, number, aspects[code], note, revision.marks.get(code), given))
    return sorted(found, key=lambda doubt: bool(doubt.answers))


def _answers(session: Session, sheet_ids: list[int]) -> dict[tuple[int, str], list[DoubtAnswer]]:
    query = select(DoubtAnswer).where(DoubtAnswer.sheet_id.in_(sheet_ids)).order_by(DoubtAnswer.id)
    found: dict[tuple[int, str], list[DoubtAnswer]] = {}
    for row in session.scalars(query) if sheet_ids else ():
        found.setdefault((row.sheet_id, row.aspect), []).append(row)
    return found


@dataclass(frozen=True, slots=True)
class AnswerDoubt:
    """Answer a judge's doubt about one aspect."""

    competition_id: int
    sheet_id: int
    aspect: str
    answer: str
    actor: Actor


def answer_doubt(command: AnswerDoubt) -> None:
    """Store the answer; the judge's device shows it beside the aspect. The mark stays the judge's own.

    Raises:
        NotFoundError: no such sheet in this competition.
        InvalidInputError: no answer, or too long a one.
        OwnHandError: the doubt is the actor's own, or on marks that are.
        ConflictError: the judge has not called this aspect doubtful, or does no longer.
    """
    answer = command.answer.strip()
    if not answer or len(answer) > LONGEST_ANSWER:
        raise InvalidInputError("请写答复，不超过 %(n)s 个字", n=LONGEST_ANSWER)
    with transaction() as session:
        sheet = sheet_in(session, command.competition_id, command.sheet_id)
        require_other_hands(session, command.actor, command.competition_id, [sheet])
        revision = latest(session, sheet)
        if revision is None or command.aspect not in revision.doubts:
            raise ConflictError("裁判已不再对这一项有疑问")
        row = DoubtAnswer(
            sheet_id=sheet.id,
            aspect=command.aspect,
            answer=answer,
            answered_at=now(),
            answered_by=command.actor.name,
        )
        session.add(row)
        detail = {"aspect": command.aspect, "answer": answer}
        target = f"score_sheet:{sheet.id}"
        record(session, command.actor.act("doubt.answered", target, command.competition_id, detail))
