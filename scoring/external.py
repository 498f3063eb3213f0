"""Marks from outside, as of a machine-marked paper: a list by draw number, taken in whole or not at all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from competitions.events import event_of
from competitions.models import Entrant, Event, Module, ModuleKind
from core.audit import record
from core.auth import Actor
from core.clock import now
from core.db import db, transaction
from core.errors import ConflictError, DomainError, InvalidInputError, NotFoundError
from scoring.engine.marks import check_mark
from scoring.engine.scheme import Node
from scoring.models import ScoreSheet, SheetRevision
from scoring.opening import scheme_of
from scoring.states import SheetState


@dataclass(frozen=True, slots=True)
class ExternalMark:
    """One line of the list: `row` is its row in the file, `values` the aspect's code to the text as given."""

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
    """The module, if it takes its marks from outside.

    Raises:
        NotFoundError: no such module in this competition.
        ConflictError: judges mark it on their sheets.
    """
    module = db.session.get(Module, module_id)
    if module is None:
        raise NotFoundError("没有这个模块")
    event_of(db.session(), competition_id, module.event_id)
    if module.kind is not ModuleKind.EXTERNAL:
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
        aspects = _aspects(module, next(iter(sheets.values())))
        problems = _problems(command.marks, sheets, aspects)
        if problems:
            raise WrongListError(problems)
        changed = sum(_store(session, sheets[mark.draw_number], mark, command.actor) for mark in command.marks)
        detail = {"file": command.filename, "lines": len(command.marks), "changed": changed}
        act = command.actor.act("external.imported", f"module:{module.id}", command.competition_id, detail)
        record(session, act)
        return changed


def external_aspects(module: Module) -> tuple[Node, ...]:
    """The aspects that a list for this module may bring, once sheets have been opened."""
    sheet = db.session.scalar(select(ScoreSheet).where(ScoreSheet.module_id == module.id).limit(1))
    return tuple(_aspects(module, sheet).values()) if sheet else ()


def _aspects(module: Module, sheet: ScoreSheet) -> dict[str, Node]:
    return {aspect.id: aspect for aspect in scheme_of(sheet.scheme_version).aspects(module.code)}


def _sheets_by_number(session: Session, module: Module) -> dict[str, ScoreSheet]:
    query = (
        select(Entrant.draw_number, ScoreSheet)
        .join(ScoreSheet, ScoreSheet.entrant_id == Entrant.id)
        .where(ScoreSheet.module_id == module.id)
        .with_for_update(of=ScoreSheet)
    )
    return {str(number): sheet for number, sheet in session.execute(query)}


def _problems(
    marks: Sequence[ExternalMark], sheets: Mapping[str, ScoreSheet], aspects: Mapping[str, Node]
) -> list[str]:
    problems, seen = [], set()
    for mark in marks:
        if mark.draw_number not in sheets:
            problems.append(f"第 {mark.row} 行：没有抽签号 {mark.draw_number}")
        elif mark.draw_number in seen:
            problems.append(f"第 {mark.row} 行：抽签号 {mark.draw_number} 出现两次")
        seen.add(mark.draw_number)
        problems += [f"第 {mark.row} 行：{text}" for text in _value_problems(mark, aspects)]
    return problems


def _value_problems(mark: ExternalMark, aspects: Mapping[str, Node]) -> list[str]:
    problems = []
    for code, value in mark.values.items():
        try:
            if value:
                check_mark(aspects[code], value)
        except DomainError as error:
            problems.append(str(error))
    return problems


def _store(session: Session, sheet: ScoreSheet, mark: ExternalMark, actor: Actor) -> bool:
    marks = {code: value or None for code, value in mark.values.items()}
    newest = session.scalar(
        select(SheetRevision).where(SheetRevision.sheet_id == sheet.id).order_by(SheetRevision.number.desc()).limit(1)
    )
    if newest is not None and newest.marks == marks:
        return False
    if sheet.state is SheetState.CONFIRMED:
        raise ConflictError("抽签号 %(number)s 的成绩已复核，须先由裁判长解锁", number=mark.draw_number)
    sheet.revision += 1
    revision = SheetRevision(
        sheet_id=sheet.id, number=sheet.revision, key=uuid4(), marks=marks, saved_at=now(), saved_by=actor.name
    )
    session.add(revision)
    sheet.state, sheet.submitted_at = SheetState.SUBMITTED, now()
    return True


def events_with_external(competition_id: int) -> Sequence[Event]:
    """Events that have a module with outside marks."""
    query = select(Event).join(Module).where(Event.competition_id == competition_id)
    return db.session.scalars(query.where(Module.kind == ModuleKind.EXTERNAL).distinct()).all()
