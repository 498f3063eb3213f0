"""What the chief judge is told before a whole module is confirmed: who is incomplete, held or in doubt, by number."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from competitions.models import CALLED, Entrant, Judge, Module
from scoring.jury.alarms import held_aspects
from scoring.jury.models import DoubtAnswer
from scoring.live.matrix import is_more_than
from scoring.models import ScoreSheet, SheetRevision
from scoring.sheets.board import OUT
from scoring.states import SheetState

NAMED = 6
"""So many contestants are named in a sentence; the board's filters list them all."""
Number = int | str | None


@dataclass(frozen=True, slots=True)
class Outstanding:
    """What is not settled in a module.

    Attributes:
        incomplete: contestants who lack sheets, those first who have handed-in ones; the first NAMED of them with the
            judges who owe sheets.
        held: contestants whose judges have marked an aspect too far apart.
        doubts: unanswered doubts of judges, as contestant and judge.
    """

    incomplete: tuple[tuple[Number, tuple[str, ...]], ...]
    held: tuple[Number, ...]
    doubts: tuple[tuple[Number, str], ...]


def outstanding_in(session: Session, module: Module) -> Outstanding:
    """What is not settled in a module, of those who compete. As many queries for two thousand as for two."""
    held = held_aspects(session, module)
    query = select(CALLED).where(Entrant.id.in_(held)).order_by(Entrant.draw_number)
    numbers = tuple(session.scalars(query)) if held else ()
    return Outstanding(_incomplete(session, module.id), numbers, _doubts(session, module.id))


def _incomplete(session: Session, module_id: int) -> tuple[tuple[Number, tuple[str, ...]], ...]:
    inside = select(ScoreSheet.entrant_id).where(ScoreSheet.module_id == module_id)
    handed_in = inside.where(ScoreSheet.state.in_((SheetState.SUBMITTED, SheetState.CONFIRMED)))
    query = (
        select(Entrant.id, CALLED.label("number"))
        .where(Entrant.id.in_(inside.where(ScoreSheet.state == SheetState.OPEN)), Entrant.status.not_in(OUT))
        .order_by(Entrant.draw_number, Entrant.id)
    )
    begun = set(session.scalars(handed_in.distinct()))
    lacking = sorted(session.execute(query).all(), key=lambda one: one.id not in begun)
    owing = _owing(session, module_id, [one.id for one in lacking[:NAMED]])
    return tuple((one.number, tuple(owing.get(one.id, ()))) for one in lacking)


def _owing(session: Session, module_id: int, entrants: Sequence[int]) -> dict[int, list[str]]:
    query = (
        select(ScoreSheet.entrant_id, Judge.name)
        .join(Judge, Judge.id == ScoreSheet.judge_id)
        .where(ScoreSheet.module_id == module_id, ScoreSheet.state == SheetState.OPEN)
        .where(ScoreSheet.entrant_id.in_(entrants))
        .order_by(ScoreSheet.seat_number)
    )
    found: dict[int, list[str]] = {}
    for entrant, judge in session.execute(query) if entrants else ():
        found.setdefault(entrant, []).append(judge)
    return found


def _doubts(session: Session, module_id: int) -> tuple[tuple[Number, str], ...]:
    newest = (SheetRevision.sheet_id == ScoreSheet.id) & (SheetRevision.number == ScoreSheet.revision)
    query = (
        select(ScoreSheet.id, CALLED, Judge.name, SheetRevision.doubts)
        .join(SheetRevision, newest)
        .join(Entrant, Entrant.id == ScoreSheet.entrant_id)
        .join(Judge, Judge.id == ScoreSheet.judge_id)
        .where(ScoreSheet.module_id == module_id, Entrant.status.not_in(OUT), is_more_than(SheetRevision.doubts, "[]"))
        .order_by(Entrant.draw_number, ScoreSheet.seat_number)
    )
    rows = session.execute(query).all()
    sheets = [sheet for sheet, *_rest in rows]
    answers = select(DoubtAnswer.sheet_id, DoubtAnswer.aspect).where(DoubtAnswer.sheet_id.in_(sheets))
    answered = {(sheet, aspect) for sheet, aspect in session.execute(answers)} if sheets else set()
    return tuple(
        (number, judge)
        for sheet, number, judge, aspects in rows
        for aspect in aspects
        if (sheet, aspect) not in answered
    )


def sentences(found: Outstanding) -> list[str]:
    """What is not settled, a sentence a matter, in the reader's language; none where all is."""
    said = []
    if found.incomplete:
        who = _listed(_who(number, judges) for number, judges in found.incomplete)
        said.append(_("评分表没有交齐的选手 %(n)s 名，没有提交的这次不确认：%(who)s", n=len(found.incomplete), who=who))
    if found.held:
        who = _listed(_who(number) for number in found.held)
        said.append(
            _("分差超限的选手 %(n)s 名，还没有重新评议，确认以后仍算不出成绩：%(who)s", n=len(found.held), who=who)
        )
    if found.doubts:
        who = _listed(_who(number, [judge]) for number, judge in found.doubts)
        said.append(_("裁判的疑问 %(n)s 处还没有答复：%(who)s", n=len(found.doubts), who=who))
    return said


def _who(number: Number, judges: Sequence[str] = ()) -> str:
    called = "—" if number is None else _("%(n)s 号", n=number)
    if not judges:
        return str(called)
    names = _("、").join(judges) if len(judges) <= 2 else _("%(n)s 名裁判", n=len(judges))
    return str(_("%(who)s（%(names)s）", who=called, names=names))


def _listed(names: Iterable[str]) -> str:
    every = list(names)
    said = _("、").join(every[:NAMED])
    return str(said if len(every) <= NAMED else _("%(names)s等", names=said))
