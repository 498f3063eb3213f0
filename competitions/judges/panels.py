"""Judges of a competition, their devices, and the panels on which they sit."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import current_app
from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session, selectinload

from competitions.delegations.defining import delegation_of
from competitions.judge_draws.known import drawn_names, stood_in_draw
from competitions.judge_ties.known import is_told_of
from competitions.judges.recusal import require_unbarred
from competitions.lifecycle import CompetitionState
from competitions.models import Competition, Event, EventChief, Judge, Module, ModuleKind, Panel, Seat
from competitions.setup import (
    EmptyNameError,
    InUseError,
    NameTakenError,
    WrongStateError,
    delete_unused,
    locked_competition,
)
from competitions.stages.reading import may_still_be_set_up
from core.audit import record
from core.auth import Actor, SignIn, SubjectKind
from core.clock import now
from core.db import db, transaction
from core.errors import InvalidInputError, NotFoundError
from core.judge_links import SignInLink
from core.messages import message
from core.permissions import Role
from core.rows import row_in

JUDGING_ROLES = (Role.JUDGE, Role.CHIEF_JUDGE)
SEATING_STATES = (CompetitionState.PREPARING, CompetitionState.REGISTERING, CompetitionState.DRAWING)


CLOSED_STATES = (CompetitionState.ARCHIVED, CompetitionState.CALLED_OFF)


class NotAJudgeError(InvalidInputError):
    """A role or a seat that a judge cannot have."""

    code = "not_a_judge"


class DrawnPanelError(InvalidInputError):
    """A panel that was drawn is changed by hand without saying why."""

    code = "drawn_panel"


@dataclass(frozen=True, slots=True)
class JudgeRecord:
    """What an organiser says about a judge."""

    name: str
    unit: str
    qualification: str = ""
    delegation_id: int | None = None
    role: Role = Role.JUDGE


@dataclass(frozen=True, slots=True)
class AddJudge:
    """A new judge of a competition."""

    competition_id: int
    facts: JudgeRecord
    actor: Actor


@dataclass(frozen=True, slots=True)
class EditJudge:
    """Other facts for a judge."""

    competition_id: int
    judge_id: int
    facts: JudgeRecord
    actor: Actor


@dataclass(frozen=True, slots=True)
class RemoveJudge:
    """Take away a judge who sits on no panel."""

    competition_id: int
    judge_id: int
    actor: Actor


@dataclass(frozen=True, slots=True)
class SeatJudges:
    """Who sits on a panel, seat 1 first; an unknown name makes a new panel, no judges dissolve it.

    `reason` is asked for where the panel was drawn.
    """

    competition_id: int
    module_id: int
    name: str
    judge_ids: tuple[int, ...]
    actor: Actor
    reason: str = ""


def add_judge(command: AddJudge) -> int:
    """Store a judge and return the id.

    Raises:
        EmptyNameError: no name or unit.
        NotAJudgeError: another role.
        WrongStateError: the competition is over or was called off.
        NameTakenError: the same name and unit twice.
        NotFoundError: no such competition or delegation.
    """
    _check(command.facts)
    with transaction() as session:
        competition = locked_competition(session, command.competition_id)
        require_running(competition)
        _require_free(session, competition, command.facts, None)
        judge = Judge(competition_id=competition.id)
        _apply(session, judge, command.facts)
        session.add(judge)
        session.flush()
        detail = {"name": judge.name, "unit": judge.unit, "role": judge.role.value}
        record(session, command.actor.act("judge.added", f"judge:{judge.id}", competition.id, detail))
        return judge.id


def edit_judge(command: EditJudge) -> None:
    """Store other facts for a judge. A unit or delegation that bars a seat held now is refused.

    Raises:
        EmptyNameError, NotAJudgeError, NameTakenError, WrongStateError: as in `add_judge`.
        RecusalError: the judge could not keep a seat.
        NotFoundError: no such judge or delegation in this competition.
    """
    _check(command.facts)
    with transaction() as session:
        competition = locked_competition(session, command.competition_id)
        require_running(competition)
        judge = judge_of(session, competition.id, command.judge_id)
        _require_free(session, competition, command.facts, judge.id)
        before = {"name": judge.name, "unit": judge.unit, "role": judge.role.value}
        _apply(session, judge, command.facts)
        session.flush()
        for event_id in _events_of(session, judge.id):
            require_unbarred(session, event_id, [judge])
        after = {"name": judge.name, "unit": judge.unit, "role": judge.role.value}
        detail = {"before": before, "after": after}
        record(session, command.actor.act("judge.edited", f"judge:{judge.id}", competition.id, detail))


def remove_judge(command: RemoveJudge) -> None:
    """Take away a judge; devices signed in for this judge are signed out.

    Raises:
        InUseError: the judge sits on a panel or has sheets, or a tie or a draw stays on record.
        WrongStateError: the competition is over or was called off.
        NotFoundError: no such judge in this competition.
    """
    with transaction() as session:
        competition = locked_competition(session, command.competition_id)
        require_running(competition)
        judge = judge_of(session, competition.id, command.judge_id)
        if judge.seats:
            raise InUseError("%(name)s还在裁判组里，请先撤下", name=judge.name)
        if is_told_of(session, judge_id=judge.id):
            raise InUseError("%(name)s有回避关系的申报，要留存，不能删除；不排席位即可", name=judge.name)
        if stood_in_draw(session, judge):
            raise InUseError("%(name)s在裁判抽签的记录里，要留存，不能删除；不排席位即可", name=judge.name)
        for device in session.scalars(_devices(competition.id).where(SignIn.subject_id == judge.id)):
            device.revoked_at = now()
        name = judge.name
        delete_unused(session, judge, message("%(name)s已有评分表，不能删除"), name=name)
        record(
            session,
            command.actor.act("judge.removed", f"judge:{command.judge_id}", competition.id, {"name": name}),
        )


def require_running(competition: Competition) -> None:
    """Refuse to change the judges of a competition that is over or was called off.

    Raises:
        WrongStateError: it is.
    """
    if competition.state in CLOSED_STATES:
        raise WrongStateError("竞赛已停办或归档，裁判名单只读")


def _check(facts: JudgeRecord) -> None:
    if not facts.name.strip() or not facts.unit.strip():
        raise EmptyNameError("请填写裁判的姓名和工作单位")
    if facts.role not in JUDGING_ROLES:
        raise NotAJudgeError("裁判的角色只能是裁判或裁判长")


def _require_free(session: Session, competition: Competition, facts: JudgeRecord, judge_id: int | None) -> None:
    query = select(Judge.id).where(
        Judge.competition_id == competition.id, Judge.name == facts.name.strip(), Judge.unit == facts.unit.strip()
    )
    found = session.scalar(query)
    if found is not None and found != judge_id:
        raise NameTakenError("已有裁判%(name)s（%(unit)s）", name=facts.name.strip(), unit=facts.unit.strip())


def _apply(session: Session, judge: Judge, facts: JudgeRecord) -> None:
    if facts.delegation_id is not None:
        delegation_of(session, judge.competition_id, facts.delegation_id)
    judge.name, judge.unit = facts.name.strip(), facts.unit.strip()
    judge.qualification, judge.delegation_id = facts.qualification.strip(), facts.delegation_id
    give_role(session, judge, facts.role)


def give_role(session: Session, judge: Judge, role: Role) -> None:
    """Another role for a judge. Devices and links follow at once: each carries the role with which it was made.

    Whoever becomes chief judge, or is none any more, has charge of no single events.
    """
    if judge.id is not None and judge.role is not role:
        for device in session.scalars(_devices(judge.competition_id).where(SignIn.subject_id == judge.id)):
            device.role = role
        links = select(SignInLink).where(SignInLink.competition_id == judge.competition_id)
        for link in session.scalars(links.where(SignInLink.subject_id == judge.id)):
            link.role = role
        session.execute(delete(EventChief).where(EventChief.judge_id == judge.id))
    judge.role = role


def _events_of(session: Session, judge_id: int) -> Sequence[int]:
    query = select(Module.event_id).join(Module.panels).join(Panel.seats).where(Seat.judge_id == judge_id)
    return session.scalars(query.distinct()).all()


def judge_of(session: Session, competition_id: int, judge_id: int) -> Judge:
    """The judge of this competition.

    Raises:
        NotFoundError: none, or of another competition.
    """
    return row_in(session, Judge, competition_id, judge_id, NotFoundError("没有这名裁判"))


def judges_of(competition_id: int) -> list[Judge]:
    """The judges of a competition, chief judges first."""
    query = select(Judge).where(Judge.competition_id == competition_id).options(selectinload(Judge.seats))
    judges = db.session.scalars(query.order_by(Judge.id))
    return sorted(judges, key=lambda judge: judge.role is not Role.CHIEF_JUDGE)


def seat_judges(command: SeatJudges) -> None:
    """Store who sits on a panel. Sheets that were made already go over to whoever sits there now.

    Raises:
        EmptyNameError: a panel without a name.
        NotAJudgeError: a judge twice, or the module is not marked by judges.
        RecusalError: a rule bars a judge, with the sentence.
        DrawnPanelError: the panel was drawn, and nobody says why it is changed.
        WrongStateError: marking has begun.
        ConflictError: somebody has marked in the event.
        NotFoundError: no such module or judge in this competition.
    """
    name = command.name.strip()
    if not name:
        raise EmptyNameError("请填写裁判组名称")
    with transaction() as session:
        competition = locked_competition(session, command.competition_id)
        module = module_of(session, competition.id, command.module_id)
        judges = [judge_of(session, competition.id, judge_id) for judge_id in command.judge_ids]
        reason = command.reason.strip()
        if not reason and name in drawn_names(session, module):
            raise DrawnPanelError(
                "“%(module)s”%(panel)s是抽签排的，要改请写明理由，理由将记入审计记录", module=module.name, panel=name
            )
        put_on_panel(session, competition, module, name, judges)
        current_app.config["SEATS_CHANGED"](session, module.event_id)
        detail: dict[str, object] = {"panel": name, "judges": [judge.name for judge in judges]}
        detail |= {"reason": reason} if reason else {}
        record(session, command.actor.act("panel.seated", f"module:{module.id}", competition.id, detail))


def put_on_panel(
    session: Session, competition: Competition, module: Module, name: str, judges: Sequence[Judge]
) -> None:
    """Have these judges on a panel and nobody else, seat 1 first, inside a transaction that somebody has opened.

    Who calls this brings the sheets along afterwards (``SEATS_CHANGED``) and writes the line of the record.

    Raises:
        NotAJudgeError, RecusalError, WrongStateError: as `seat_judges`.
    """
    if len({judge.id for judge in judges}) < len(judges):
        raise NotAJudgeError("同一名裁判在一个组里只能坐一个席位")
    if not may_seat(session, competition, module.event_id):
        raise WrongStateError("评分已经开始，裁判组不能再改；要换人请先把竞赛退回抽签")
    if module.kind is not ModuleKind.JUDGED:
        raise NotAJudgeError("“%(module)s”的成绩来自外部，不设裁判组", module=module.name)
    require_unbarred(session, module.event_id, judges)
    panel = next((panel for panel in module.panels if panel.name == name), None)
    if panel is None:
        panel = Panel(name=name)
        module.panels.append(panel)
    decided = {seat.judge_id: (seat.conflict_note, seat.conflict_known) for seat in panel.seats}
    panel.seats.clear()
    session.flush()
    for number, judge in enumerate(judges, start=1):
        note, known = decided.get(judge.id, ("", None))
        panel.seats.append(Seat(number=number, judge_id=judge.id, conflict_note=note, conflict_known=known))
    if not judges:
        module.panels.remove(panel)
    session.flush()


def may_seat(session: Session, competition: Competition, event_id: int) -> bool:
    """Whether an event's panels may change: all before marking, those of a later stage also meanwhile."""
    return competition.state in SEATING_STATES or may_still_be_set_up(session, competition, event_id)


def module_of(session: Session, competition_id: int, module_id: int) -> Module:
    """The module of this competition.

    Raises:
        NotFoundError: none, or of another competition.
    """
    module = session.get(Module, module_id)
    event = session.get(Event, module.event_id) if module else None
    if module is None or event is None or event.competition_id != competition_id:
        raise NotFoundError("没有这个模块")
    return module


def _devices(competition_id: int) -> Select[SignIn]:
    return select(SignIn).where(
        SignIn.competition_id == competition_id,
        SignIn.subject_kind == SubjectKind.JUDGE,
        SignIn.revoked_at.is_(None),
        SignIn.expires_at > now(),
    )


def devices_of(competition_id: int) -> list[SignIn]:
    """The judges' devices that are signed in, the one seen last first."""
    return list(db.session.scalars(_devices(competition_id).order_by(SignIn.last_seen_at.desc())))
