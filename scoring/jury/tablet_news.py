"""What a judge's device learns beside marks: votes asked for again, answers, marks taken over, seats passed on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from competitions.models import Event, Module, Panel, Seat
from core.auth import SubjectKind
from scoring.jury.models import DoubtAnswer, Substitution
from scoring.jury.requests import Asked, asked
from scoring.sheets.reading import JudgeSheet


@dataclass(frozen=True, slots=True)
class News:
    """What happened to a judge's sheets that no mark tells."""

    asked: Asked
    answers: Mapping[int, Mapping[str, str]]
    """Sheet → aspect → the newest answer."""

    def of(self, sheet: JudgeSheet) -> dict[str, Any]:
        """The fields of one sheet; of the votes asked for only the judge's own earlier mark is told."""
        is_taken_over = _is_taken_over(sheet)
        return {
            "due": [
                {
                    "aspect": d.aspect,
                    "round": d.round,
                    "reason": d.reason,
                    "earlier": None if is_taken_over else d.earlier,
                }
                for d in self.asked.due(sheet.row, sheet.revision)
            ],
            "reopened_for": sheet.row.reopened_for,
            "answers": self.answers.get(sheet.row.id, {}),
            "is_taken_over": is_taken_over,
        }


def _is_taken_over(sheet: JudgeSheet) -> bool:
    """Whether the marks on the sheet are those of the judge who sat there before."""
    saved_by = sheet.revision.saved_by if sheet.revision else ""
    judge = f"{SubjectKind.JUDGE.value}:"
    return saved_by.startswith(judge) and saved_by != f"{judge}{sheet.row.judge_id}"


def news_of(session: Session, sheets: Sequence[JudgeSheet]) -> News:
    """The news of a judge's sheets, in two queries."""
    modules = {sheet.row.module_id for sheet in sheets}
    doubted = [sheet.row.id for sheet in sheets if sheet.revision is not None and sheet.revision.doubts]
    return News(asked(session, modules), _answers(session, doubted))


def _answers(session: Session, sheet_ids: Sequence[int]) -> dict[int, dict[str, str]]:
    query = select(DoubtAnswer).where(DoubtAnswer.sheet_id.in_(sheet_ids)).order_by(DoubtAnswer.id)
    found: dict[int, dict[str, str]] = {}
    for row in session.scalars(query) if sheet_ids else ():
        found.setdefault(row.sheet_id, {})[row.aspect] = row.answer
    return found


def seats_passed_on(session: Session, judge_id: int | None) -> list[dict[str, Any]]:
    """Where a judge sat and does not sit any more: ``place``, ``at``, ``moved`` sheets, and whether nobody took over.

    One query for who was never replaced. Whoever sits there again is told nothing.
    """
    query = (
        select(Substitution, Event.name, Module.name)
        .join(Module, Module.id == Substitution.module_id)
        .join(Event, Event.id == Module.event_id)
        .where(Substitution.judge_id == judge_id)
        .order_by(Substitution.id)
    )
    newest = {row.module_id: (row, f"{event} · {module}") for row, event, module in session.execute(query)}
    seated = select(Panel.module_id).join(Seat, Seat.panel_id == Panel.id).where(Seat.judge_id == judge_id)
    for module_id in session.scalars(seated) if newest else ():
        newest.pop(module_id, None)
    return [
        {
            "place": place,
            "at": row.made_at.isoformat(),
            "moved": len(row.moved),
            "is_vacant": row.substitute_id is None,
        }
        for row, place in newest.values()
    ]
