"""A judge drops out after marks exist: somebody takes the seat over, or it is left vacant where the scheme allows.

Sheets that were handed in stay with the judge who did. The others go over with all their marks, each still known by who
entered it; where nobody takes over they are vacant and count for nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from competitions.events.defining import event_of
from competitions.judges.panels import judge_of, module_of
from competitions.judges.recusal import require_unbarred
from competitions.lifecycle import CompetitionState
from competitions.models import Competition, Entrant, Judge, Module, Panel, Seat
from competitions.setup import locked_competition
from core.audit import record
from core.auth import Actor
from core.clock import now
from core.db import transaction
from core.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError
from core.messages import message
from scoring.engine.scheme import Panel as PanelRule
from scoring.engine.scheme import Scheme
from scoring.four_eyes.hands import hands_of
from scoring.jury.models import Substitution
from scoring.models import ScoreSheet
from scoring.results.computing import OUT
from scoring.sheets.opening import current_scheme
from scoring.sheets.reading import stored_scheme
from scoring.sheets.seating import aspects_of_seat, judge_label, marks_on
from scoring.states import SheetState

STATES = (CompetitionState.MARKING, CompetitionState.REVIEWING)


class SubstituteError(InvalidInputError):
    """This person cannot take the seat."""

    code = "substitute"


class SeatNeededError(ConflictError):
    """The scheme cannot do without this seat."""

    code = "seat_needed"


@dataclass(frozen=True, slots=True)
class ReplaceJudge:
    """A judge leaves a module; `substitute_id` takes over, or nobody does."""

    competition_id: int
    module_id: int
    judge_id: int
    substitute_id: int | None
    reason: str
    actor: Actor


@dataclass(frozen=True, slots=True)
class Replaced:
    """How many sheets went over (or are vacant), and how many stay with the judge who handed them in."""

    moved: int
    kept: int


@dataclass(frozen=True, slots=True)
class ReplaceInEvent:
    """A judge leaves several modules of one event at once, as who falls ill does; the rest as in `ReplaceJudge`."""

    competition_id: int
    event_id: int
    module_ids: tuple[int, ...]
    judge_id: int
    substitute_id: int | None
    reason: str
    actor: Actor


def replace_judge(command: ReplaceJudge) -> Replaced:
    """Move the seat and the sheets that are not handed in.

    Raises:
        NotFoundError: no such module or judge in this competition.
        InvalidInputError: no reason.
        ConflictError: marking has not begun or is over, or the judge has nothing there to hand over.
        SubstituteError: the same person, somebody who sits there already, or has marked one of these contestants there.
        RecusalError: a rule of recusal bars the substitute.
        SeatNeededError: nobody takes over, and the scheme needs the seat's marks.
        NotAllowedError: the one who decides would take the seat.
    """
    _require_reason(command.reason)
    with transaction() as session:
        return _replace(session, _judging(session, command.competition_id), command)


def replace_in_event(command: ReplaceInEvent) -> Replaced:
    """Do it in all of these modules or in none; each has its own line in the audit record.

    Raises:
        InvalidInputError: no module.
        NotFoundError: a module of another event; and all that `replace_judge` raises.
    """
    _require_reason(command.reason)
    if not command.module_ids:
        raise InvalidInputError("请至少勾选一个模块")
    with transaction() as session:
        competition = _judging(session, command.competition_id)
        own = {module.id for module in event_of(session, competition.id, command.event_id).modules}
        if not own.issuperset(command.module_ids):
            raise NotFoundError("没有这个模块")
        about = (command.judge_id, command.substitute_id, command.reason, command.actor)
        done = [
            _replace(session, competition, ReplaceJudge(competition.id, module_id, *about))
            for module_id in sorted(set(command.module_ids))
        ]
        return Replaced(sum(one.moved for one in done), sum(one.kept for one in done))


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise InvalidInputError("请写明理由，理由将记入审计记录")


def _judging(session: Session, competition_id: int) -> Competition:
    competition = locked_competition(session, competition_id)
    if competition.state not in STATES:
        raise ConflictError("只有在评分和复核期间才能换裁判；评分开始以前请直接修改裁判组")
    return competition


def _replace(session: Session, competition: Competition, command: ReplaceJudge) -> Replaced:
    module = module_of(session, competition.id, command.module_id)
    leaving = judge_of(session, competition.id, command.judge_id)
    seats, sheets = _held_seats(session, module.id, leaving.id), _sheets(session, module.id, leaving.id)
    moving = [sheet for sheet in sheets if sheet.state is SheetState.OPEN]
    if not seats and not moving:
        raise ConflictError(
            "%(name)s在“%(module)s”没有席位，也没有未提交的评分表", name=leaving.name, module=module.name
        )
    if command.substitute_id is None:
        _require_dispensable(session, module, seats, moving)
    else:
        substitute = judge_of(session, competition.id, command.substitute_id)
        _require_fit(session, module, substitute, moving, command)
    _pass_on(session, seats, moving, command.substitute_id)
    row = Substitution(
        module_id=module.id,
        seats=sorted({seat.number for seat in seats} | {sheet.seat_number for sheet in moving}),
        judge_id=leaving.id,
        substitute_id=command.substitute_id,
        moved=[sheet.id for sheet in moving],
        kept=len(sheets) - len(moving),
        reason=command.reason.strip(),
        made_at=now(),
        made_by=command.actor.name,
    )
    session.add(row)
    detail = {
        "judge": leaving.id,
        "substitute": command.substitute_id,
        "seats": row.seats,
        "moved": row.moved,
        "kept": row.kept,
        "reason": row.reason,
    }
    record(session, command.actor.act("judge.replaced", f"module:{module.id}", competition.id, detail))
    return Replaced(len(moving), row.kept)


def _held_seats(session: Session, module_id: int, judge_id: int) -> list[Seat]:
    query = select(Seat).join(Panel, Panel.id == Seat.panel_id)
    return list(session.scalars(query.where(Panel.module_id == module_id, Seat.judge_id == judge_id)))


def _sheets(session: Session, module_id: int, judge_id: int) -> list[ScoreSheet]:
    query = select(ScoreSheet).where(
        ScoreSheet.module_id == module_id, ScoreSheet.judge_id == judge_id, ScoreSheet.state != SheetState.VACANT
    )
    return list(session.scalars(query.order_by(ScoreSheet.id).with_for_update()))


def _require_fit(
    session: Session, module: Module, substitute: Judge, moving: Sequence[ScoreSheet], command: ReplaceJudge
) -> None:
    if substitute.id == command.judge_id:
        raise SubstituteError("请选择另一名裁判接替")
    if substitute.id in hands_of(session, command.actor, command.competition_id).judges:
        raise NotAllowedError("不能由本人安排自己接替，请组织者操作")
    seated = select(Seat.id).join(Panel, Panel.id == Seat.panel_id)
    if session.scalar(seated.where(Panel.module_id == module.id, Seat.judge_id == substitute.id).limit(1)):
        raise SubstituteError("%(name)s已在“%(module)s”的裁判组里", name=substitute.name, module=module.name)
    entrants = [sheet.entrant_id for sheet in moving]
    marked = select(ScoreSheet.id).where(
        ScoreSheet.module_id == module.id, ScoreSheet.judge_id == substitute.id, ScoreSheet.entrant_id.in_(entrants)
    )
    if session.scalar(marked.limit(1)):
        raise SubstituteError("%(name)s在这个模块已评过同一名选手，不能再评一份", name=substitute.name)
    require_unbarred(session, module.event_id, [substitute])


def _require_dispensable(session: Session, module: Module, seats: Sequence[Seat], moving: Sequence[ScoreSheet]) -> None:
    version = current_scheme(session, module.event_id)
    if version is None:
        return
    scheme = stored_scheme(version.id)
    for number in sorted({seat.number for seat in seats} | {sheet.seat_number for sheet in moving}):
        left = _fewest_left(session, module.id, number, [sheet.entrant_id for sheet in moving])
        need = vacancy_problem(scheme, module.code, number, left)
        if need:
            raise SeatNeededError(need)


def _fewest_left(session: Session, module_id: int, number: int, entrants: Sequence[int]) -> list[int]:
    """The seats that would still mark, of the entrant who has the fewest; of anybody where no sheet is moving."""
    query = (
        select(ScoreSheet.entrant_id, ScoreSheet.seat_number)
        .join(Entrant, Entrant.id == ScoreSheet.entrant_id)
        .where(
            ScoreSheet.module_id == module_id,
            ScoreSheet.seat_number.not_in((0, number)),
            ScoreSheet.state != SheetState.VACANT,
            Entrant.status.not_in(OUT),
        )
    )
    if entrants:
        query = query.where(ScoreSheet.entrant_id.in_(entrants))
    left: dict[int, list[int]] = {entrant: [] for entrant in entrants}
    for entrant, seat in session.execute(query):
        left.setdefault(entrant, []).append(seat)
    return min(left.values(), key=len, default=[])


def vacancy_problem(scheme: Scheme, module: str, seat: int, left: Sequence[int]) -> str:
    """Why a seat of a module cannot be left vacant while `left` remain; empty where it can. A message of its own."""
    aspects = aspects_of_seat(scheme, module, seat)
    if any(scheme.panel_of(aspect) is None for aspect in aspects):
        return message("这个席位还记录只评一次的项目（如测量、扣分），不能空缺，请安排接替的裁判")
    for aspect in aspects:
        panel = scheme.panel_of(aspect)
        labels = {judge_label(number) for number in left if marks_on(panel, number)}
        if panel is not None and not _can_do_without(panel, judge_label(seat), labels):
            return message("评分方案要求这个席位评满，不能空缺，请安排接替的裁判")
    return ""


def _can_do_without(panel: PanelRule, label: str, left: set[str]) -> bool:
    """Whether the rule still gives a value without that judge, from the marks of those who are left."""
    if panel.groups:
        return all(
            _can_do_without(group, label, left & set(group.names)) for group in panel.groups if label in group.names
        )
    waits = panel.missing == "wait" and panel.judges is not None and len(left) < panel.judges
    rules = [rule for rule in panel.drops if rule.present <= len(left)]
    dropped = rules[-1].high + rules[-1].low if rules and panel.missing != "mean_of_given" else 0
    return bool(left) and not waits and len(left) >= panel.at_least and len(left) > dropped


def _pass_on(session: Session, seats: Sequence[Seat], moving: Sequence[ScoreSheet], substitute_id: int | None) -> None:
    for seat in seats:
        if substitute_id is None:
            session.delete(seat)
        else:
            seat.judge_id, seat.conflict_note, seat.conflict_known = substitute_id, "", None
    for sheet in moving:
        if substitute_id is None:
            sheet.state, sheet.reopened_for = SheetState.VACANT, None
        else:
            sheet.judge_id = substitute_id
    session.flush()
