"""Marks and item values from outside, as of a machine-marked paper: a list taken in whole or not at all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import uuid4

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from competitions.events.defining import event_of
from competitions.models import CALLED, Entrant, Event, Module, ModuleKind
from core.audit import record
from core.auth import Actor
from core.clock import now
from core.db import db, transaction
from core.errors import ConflictError, DomainError, InvalidInputError, NotFoundError
from core.messages import said
from scoring.engine.marks import check_mark
from scoring.engine.scheme import Node
from scoring.models import ScoreSheet, SheetRevision
from scoring.sheets.item_values import ItemColumn, item_columns
from scoring.sheets.opening import scheme_of
from scoring.sheets.seating import EXTERNAL_SEAT, aspects_of_seat
from scoring.states import SheetState


@dataclass(frozen=True, slots=True)
class ExternalMark:
    """One line of the list.

    Attributes:
        row: its row in the file.
        draw_number: whose.
        values: id of the aspect, or key of the item value, to the text as given; empty takes a value back.
    """

    row: int
    draw_number: str
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ImportExternal:
    """Take in a list of outside marks for one module."""

    competition_id: int
    module_id: int
    marks: Sequence[ExternalMark]
    filename: str
    actor: Actor


class WrongListError(InvalidInputError):
    """The list has wrong lines; nothing of it was taken in. `problems` names them all."""

    code = "wrong_list"

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("名单有 %(n)s 处错误，没有导入任何成绩", n=len(problems))
        self.problems = problems


def external_module(competition_id: int, module_id: int) -> Module:
    """The module, if it takes marks or item values from outside.

    Raises:
        NotFoundError: no such module in this competition.
        ConflictError: judges mark it on their sheets, and no rule asks for anything else.
    """
    module = db.session.get(Module, module_id)
    if module is None:
        raise NotFoundError("没有这个模块")
    event_of(db.session(), competition_id, module.event_id)
    if module.kind is not ModuleKind.EXTERNAL and _outside_sheet(module) is None:
        raise ConflictError("“%(module)s”由裁判评分，不能导入成绩", module=module.name)
    return module


def import_external(command: ImportExternal) -> int:
    """Store one revision for every line and submit the sheets; returns how many changed.

    Raises:
        WrongListError: a line names nobody, names somebody twice, or has a mark out of bounds.
        ConflictError: a sheet has been confirmed; unlock it first.
    """
    with transaction() as session:
        module = external_module(command.competition_id, command.module_id)
        sheets = _sheets_by_number(session, module)
        if not sheets:
            raise ConflictError("请先生成评分表，再导入“%(module)s”的成绩", module=module.name)
        problems = _problems(command.marks, sheets, outside_values(module))
        if problems:
            raise WrongListError(problems)
        changed = sum(_store(session, sheets[mark.draw_number], mark, command.actor) for mark in command.marks)
        detail = {"file": command.filename, "lines": len(command.marks), "changed": changed}
        act = command.actor.act("external.imported", f"module:{module.id}", command.competition_id, detail)
        record(session, act)
        return changed


@dataclass(frozen=True, slots=True)
class OutsideValues:
    """What a list for a module may bring; nothing before sheets have been opened."""

    aspects: tuple[Node, ...] = ()
    items: tuple[ItemColumn, ...] = ()

    def check(self, key: str, text: str) -> None:
        """Refuse a value that the scheme does not admit.

        Raises:
            DomainError: not admitted, with a sentence that says what is.
        """
        for item in self.items:
            if item.key == key:
                item.check(text)
                return
        check_mark(next(aspect for aspect in self.aspects if aspect.id == key), text)


def outside_values(module: Module) -> OutsideValues:
    """What a list for this module may bring, once sheets have been opened."""
    sheet = _outside_sheet(module)
    if sheet is None:
        return OutsideValues()
    scheme = scheme_of(sheet.scheme_version)
    return OutsideValues(aspects_of_seat(scheme, module.code, EXTERNAL_SEAT), item_columns(scheme, module.code))


def _outside_sheet(module: Module) -> ScoreSheet | None:
    query = select(ScoreSheet).where(ScoreSheet.module_id == module.id, ScoreSheet.seat_number == EXTERNAL_SEAT)
    return db.session.scalar(query.limit(1))


def _sheets_by_number(session: Session, module: Module) -> dict[str, ScoreSheet]:
    query = (
        select(CALLED, ScoreSheet)
        .join(ScoreSheet, ScoreSheet.entrant_id == Entrant.id)
        .where(ScoreSheet.module_id == module.id, ScoreSheet.seat_number == EXTERNAL_SEAT)
        .with_for_update(of=ScoreSheet)
    )
    return {str(number): sheet for number, sheet in session.execute(query)}


def _problems(marks: Sequence[ExternalMark], sheets: Mapping[str, ScoreSheet], admitted: OutsideValues) -> list[str]:
    problems: list[str] = []
    seen: set[str] = set()
    for mark in marks:
        if not mark.draw_number:
            problems.append(said("第 %(row)s 行：缺少抽签号", row=mark.row))
        elif mark.draw_number not in sheets:
            problems.append(said("第 %(row)s 行：没有抽签号 %(number)s", row=mark.row, number=mark.draw_number))
        elif mark.draw_number in seen:
            problems.append(said("第 %(row)s 行：抽签号 %(number)s 出现两次", row=mark.row, number=mark.draw_number))
        seen.add(mark.draw_number)
        problems += [
            said("第 %(row)s 行：%(what)s", row=mark.row, what=text) for text in _value_problems(mark, admitted)
        ]
    return problems


def _value_problems(mark: ExternalMark, admitted: OutsideValues) -> list[str]:
    problems: list[str] = []
    for key, value in mark.values.items():
        try:
            if value:
                admitted.check(key, value)
        except DomainError as error:
            problems.append(said(error.message, **error.params))
    return problems


def _store(session: Session, sheet: ScoreSheet, mark: ExternalMark, actor: Actor) -> bool:
    newest = session.scalar(
        select(SheetRevision).where(SheetRevision.sheet_id == sheet.id).order_by(SheetRevision.number.desc()).limit(1)
    )
    known = newest.marks if newest is not None else {}
    # Columns that the list does not have are not its business: what stands there stays.
    marks = known | {key: value or None for key, value in mark.values.items()}
    if newest is not None and known == marks:
        return False
    if sheet.state is SheetState.CONFIRMED:
        raise ConflictError("抽签号 %(number)s 的成绩已确认，须先由裁判长解锁", number=mark.draw_number)
    sheet.revision += 1
    revision = SheetRevision(
        sheet_id=sheet.id, number=sheet.revision, key=uuid4(), marks=marks, saved_at=now(), saved_by=actor.key
    )
    session.add(revision)
    sheet.state, sheet.submitted_at = SheetState.SUBMITTED, now()
    return True


def outside_modules(competition_id: int) -> dict[int, list[Module]]:
    """Event id → its modules that take a list from outside, in order; only events that have one."""
    has_sheet = exists().where(ScoreSheet.module_id == Module.id, ScoreSheet.seat_number == EXTERNAL_SEAT)
    query = (
        select(Module)
        .join(Event, Event.id == Module.event_id)
        .where(Event.competition_id == competition_id, (Module.kind == ModuleKind.EXTERNAL) | has_sheet)
        .order_by(Event.position, Module.position)
    )
    found: dict[int, list[Module]] = {}
    for module in db.session.scalars(query):
        found.setdefault(module.event_id, []).append(module)
    return found
