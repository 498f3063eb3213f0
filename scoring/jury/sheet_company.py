"""What stands beside a sheet under review: what each entry is worth, the other seats, who signed, what waits next."""

from collections.abc import Collection
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session

from competitions.models import CALLED, Entrant, Judge
from core.errors import DomainError
from core.messages import message
from scoring.engine.exact import decimal_text
from scoring.engine.marks import check_mark
from scoring.engine.scheme import Node
from scoring.engine.steps import NotGivenError, Operand, ValueStep, apply_step
from scoring.models import ScoreSheet, SheetSubmission
from scoring.sheet_files.ink import HEIGHT, WIDTH, strokes
from scoring.sheets.blank import own_steps
from scoring.sheets.board import OUT
from scoring.sheets.returns import Return, newest_returns
from scoring.states import STATE_NAMES, SheetState

SENT_BACK, UNLOCKED, UNTOUCHED = message("已退回"), message("已解锁"), message("未评")


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Another sheet, called as the page calls it; `standing` is what its state is called, as on the board."""

    sheet_id: int
    draw_number: int | str | None
    seat: int
    judge: str
    state: SheetState
    standing: str


@dataclass(frozen=True, slots=True)
class Signed:
    """The newest handing-in of a sheet.

    Attributes:
        judge, contestant: strokes as a path in a box of 600 × 200; empty if there is no signature.
    """

    submission: SheetSubmission
    judge: str
    contestant: str


@dataclass(frozen=True, slots=True)
class Company:
    """What the page of a sheet shows around it.

    Attributes:
        seats: all sheets of the entrant in the module, this one among them.
        following: the next submitted sheet of the module after this one, in the order of the board; then from the top.
    """

    seats: tuple[Neighbour, ...]
    following: Neighbour | None
    signed: Signed | None


def company_of(session: Session, sheet: ScoreSheet, passing: Collection[int] = ()) -> Company:
    """The sheets beside a sheet and its signatures; five queries at most. `passing`: sheets that are never the next."""
    own = _sheets().where(ScoreSheet.module_id == sheet.module_id, ScoreSheet.entrant_id == sheet.entrant_id)
    return Company(tuple(_neighbours(session, own)), _following(session, sheet, passing), _signed(session, sheet.id))


def _sheets() -> Select[ScoreSheet, int | str | None, str]:
    return (
        select(ScoreSheet, CALLED, func.coalesce(Judge.name, ""))
        .join(Entrant, Entrant.id == ScoreSheet.entrant_id)
        .outerjoin(Judge, Judge.id == ScoreSheet.judge_id)
        .order_by(Entrant.draw_number, Entrant.id, ScoreSheet.seat_number)
    )


def _neighbours(session: Session, query: Select[ScoreSheet, int | str | None, str]) -> list[Neighbour]:
    rows = list(session.execute(query))
    open_again = [sheet.id for sheet, _, _ in rows if sheet.state is SheetState.OPEN and sheet.return_reason]
    returns = newest_returns(session, open_again)
    return [
        Neighbour(sheet.id, called, sheet.seat_number, judge, sheet.state, _standing(sheet, returns.get(sheet.id)))
        for sheet, called, judge in rows
    ]


def _standing(sheet: ScoreSheet, back: Return | None) -> str:
    if sheet.state is not SheetState.OPEN:
        return STATE_NAMES[sheet.state]
    if sheet.return_reason:
        return UNLOCKED if back and back.is_unlocked else SENT_BACK
    return STATE_NAMES[SheetState.OPEN] if sheet.revision else UNTOUCHED


def _following(session: Session, sheet: ScoreSheet, passing: Collection[int]) -> Neighbour | None:
    number = session.get_one(Entrant, sheet.entrant_id).draw_number or 0
    waiting = _sheets().where(
        ScoreSheet.module_id == sheet.module_id,
        ScoreSheet.state == SheetState.SUBMITTED,
        ScoreSheet.id.not_in({sheet.id, *passing}),
        Entrant.status.not_in(OUT),
    )
    later = or_(
        Entrant.draw_number > number,
        and_(Entrant.draw_number == number, ScoreSheet.seat_number > sheet.seat_number),
    )
    found = _neighbours(session, waiting.where(later).limit(1)) or _neighbours(session, waiting.limit(1))
    return found[0] if found else None


def _signed(session: Session, sheet_id: int) -> Signed | None:
    query = select(SheetSubmission).where(SheetSubmission.sheet_id == sheet_id).order_by(SheetSubmission.id.desc())
    newest = session.scalar(query.limit(1))
    if newest is None:
        return None
    return Signed(newest, _path(newest.signature), _path(newest.contestant_signature))


def _path(ink: str) -> str:
    return "".join("".join(f"{'L' if n else 'M'}{x} {y}" for n, (x, y) in enumerate(stroke)) for stroke in strokes(ink))


INK_BOX = f"0 0 {WIDTH} {HEIGHT}"


def worth(aspect: Node, text: str) -> str:
    """What one judge's entry is worth in points if all agreed; empty where one sheet cannot tell.

    Args:
        aspect: what was marked.
        text: as entered.
    """
    value = worth_of(aspect, text)
    return "" if value is None else decimal_text(value)


def worth_of(aspect: Node, text: str) -> Fraction | None:
    """The same as an exact number; None where one sheet cannot tell."""
    steps = own_steps(aspect)
    if aspect.kind in ("veto", "disqualification") or steps is None:
        return None
    try:
        value = check_mark(aspect, text)
        for step in steps:
            if not isinstance(step, ValueStep):
                return None
            value = apply_step(step, value, _given)
    except DomainError:
        return None
    return value


def _given(operand: Operand) -> Fraction:
    if operand.number is not None:
        return operand.number
    raise NotGivenError("一张评分表算不出这一项")
