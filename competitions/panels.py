"""Judges of a competition, the panels on which they sit, and their conflicts of interest."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload, selectinload

from competitions.conflicts import Conflict, ContestantFacts, Effect, JudgeFacts, conflicts, panel_conflicts
from competitions.lifecycle import CompetitionState
from competitions.models import Competition, Contestant, Entrant, Event, Judge, Module, ModuleKind, Panel, Seat
from competitions.roster.columns import plain
from competitions.setup import (
    EmptyNameError,
    InUseError,
    NameTakenError,
    WrongStateError,
    delegation_of,
    delete_unused,
    locked_competition,
)
from core.audit import record
from core.auth import Actor, SignIn, SubjectKind
from core.clock import now
from core.db import db, transaction
from core.errors import ConflictError, InvalidInputError, NotFoundError
from core.permissions import Role

JUDGING_ROLES = (Role.JUDGE, Role.CHIEF_JUDGE)
SEATING_STATES = (CompetitionState.PREPARING, CompetitionState.REGISTERING, CompetitionState.DRAWING)


class NotAJudgeError(InvalidInputError):
    """A role or a seat that a judge cannot have."""

    code = "not_a_judge"


class RecusalError(ConflictError):
    """A rule of recusal bars this judge from this seat."""

    code = "recusal"


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
    """Who sits on a panel, seat 1 first; an unknown name makes a new panel, no judges dissolve it."""

    competition_id: int
    module_id: int
    name: str
    judge_ids: tuple[int, ...]
    actor: Actor


@dataclass(frozen=True, slots=True)
class SettleConflict:
    """Decide that a judge may keep a seat although a tie was disclosed."""

    competition_id: int
    seat_id: int
    note: str
    actor: Actor


@dataclass(frozen=True, slots=True)
class SeatConflict:
    """The ties of one seated judge. `note` is the decision; a bar cannot be decided away."""

    seat_id: int
    event_id: int
    module: str
    judge: str
    sentences: tuple[str, ...]
    sources: tuple[str, ...]
    is_barred: bool
    note: str

    @property
    def is_open(self) -> bool:
        """Whether something has to be done about it."""
        return self.is_barred or not self.note

    @property
    def reason(self) -> str:
        """The first tie in words, and how many more there are."""
        more = len(self.sentences) - 1
        return self.sentences[0] + (f"，另有 {more} 项" if more else "")


def add_judge(command: AddJudge) -> int:
    """Store a judge and return the id.

    Raises:
        EmptyNameError: no name or unit.
        NotAJudgeError: another role.
        NameTakenError: the same name and unit twice.
        NotFoundError: no such competition or delegation.
    """
    _check(command.facts)
    with transaction() as session:
        competition = locked_competition(session, command.competition_id)
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
        EmptyNameError, NotAJudgeError, NameTakenError: as in `add_judge`.
        RecusalError: the judge could not keep a seat.
        NotFoundError: no such judge or delegation in this competition.
    """
    _check(command.facts)
    with transaction() as session:
        competition = locked_competition(session, command.competition_id)
        judge = judge_of(session, competition.id, command.judge_id)
        _require_free(session, competition, command.facts, judge.id)
        before = {"name": judge.name, "unit": judge.unit, "role": judge.role.value}
        _apply(session, judge, command.facts)
        session.flush()
        for event_id in {seat_event.id for seat_event in _events_of(session, judge.id)}:
            _require_unbarred(session, event_id, [judge])
        after = {"name": judge.name, "unit": judge.unit, "role": judge.role.value}
        detail = {"before": before, "after": after}
        record(session, command.actor.act("judge.edited", f"judge:{judge.id}", competition.id, detail))


def remove_judge(command: RemoveJudge) -> None:
    """Take away a judge; devices signed in for this judge are signed out.

    Raises:
        InUseError: the judge sits on a panel or has sheets.
        NotFoundError: no such judge in this competition.
    """
    with transaction() as session:
        competition = locked_competition(session, command.competition_id)
        judge = judge_of(session, competition.id, command.judge_id)
        if judge.seats:
            raise InUseError("%(name)s还在裁判组里，请先撤下", name=judge.name)
        for device in session.scalars(_devices(competition.id).where(SignIn.subject_id == judge.id)):
            device.revoked_at = now()
        name = judge.name
        delete_unused(session, judge, "%(name)s已有评分表，不能删除", name=name)
        record(
            session,
            command.actor.act("judge.removed", f"judge:{command.judge_id}", competition.id, {"name": name}),
        )


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
    judge.role = facts.role


def _events_of(session: Session, judge_id: int) -> Sequence[Event]:
    query = select(Event).join(Module).join(Panel).join(Seat).where(Seat.judge_id == judge_id)
    return session.scalars(query.distinct()).all()


def judge_of(session: Session, competition_id: int, judge_id: int) -> Judge:
    """The judge of this competition.

    Raises:
        NotFoundError: none, or of another competition.
    """
    judge = session.get(Judge, judge_id)
    if judge is None or judge.competition_id != competition_id:
        raise NotFoundError("没有这名裁判")
    return judge


def judges_of(competition_id: int) -> list[Judge]:
    """The judges of a competition, chief judges first."""
    query = select(Judge).where(Judge.competition_id == competition_id).options(selectinload(Judge.seats))
    judges = db.session.scalars(query.order_by(Judge.id))
    return sorted(judges, key=lambda judge: judge.role is not Role.CHIEF_JUDGE)


def seat_judges(command: SeatJudges) -> None:
    """Store who sits on a panel.

    Raises:
        EmptyNameError: a panel without a name.
        NotAJudgeError: a judge twice, or the module is not marked by judges.
        RecusalError: a rule bars a judge, with the sentence.
        WrongStateError: marking has begun.
        NotFoundError: no such module or judge in this competition.
    """
    name = command.name.strip()
    if not name:
        raise EmptyNameError("请填写裁判组名称")
    if len(set(command.judge_ids)) < len(command.judge_ids):
        raise NotAJudgeError("同一名裁判在一个组里只能坐一个席位")
    with transaction() as session:
        competition = locked_competition(session, command.competition_id)
        module = module_of(session, competition.id, command.module_id)
        if competition.state not in SEATING_STATES:
            raise WrongStateError("评分已经开始，裁判组不能再改；要换人请先把竞赛退回抽签")
        if module.kind is not ModuleKind.JUDGED:
            raise NotAJudgeError("“%(module)s”的成绩来自外部，不设裁判组", module=module.name)
        judges = [judge_of(session, competition.id, judge_id) for judge_id in command.judge_ids]
        _require_unbarred(session, module.event_id, judges)
        panel = next((panel for panel in module.panels if panel.name == name), None)
        if panel is None:
            panel = Panel(name=name)
            module.panels.append(panel)
        notes = {seat.judge_id: seat.conflict_note for seat in panel.seats}
        panel.seats.clear()
        session.flush()
        for number, judge in enumerate(judges, start=1):
            panel.seats.append(Seat(number=number, judge_id=judge.id, conflict_note=notes.get(judge.id, "")))
        if not judges:
            module.panels.remove(panel)
        detail = {"panel": name, "judges": [judge.name for judge in judges]}
        record(session, command.actor.act("panel.seated", f"module:{module.id}", competition.id, detail))


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


def _require_unbarred(session: Session, event_id: int, judges: Sequence[Judge]) -> None:
    for conflict in _ties(session, event_id, judges):
        if conflict.effect is Effect.BARS:
            raise RecusalError("应当回避：%(reason)s", reason=conflict.sentence)


def _ties(session: Session, event_id: int, judges: Iterable[Judge]) -> list[Conflict]:
    """Conflicts of judges with the contestants of an event. Only those with a unit or delegation in common are met."""
    facts = _facts(session, judges)
    units = {plain(judge.unit) for judge in facts} - {""}
    delegations = {plain(judge.delegation) for judge in facts} - {""}
    query = (
        select(Contestant)
        .join(Contestant.entrant)
        .where(Entrant.event_id == event_id)
        .options(joinedload(Contestant.person), joinedload(Contestant.entrant).joinedload(Entrant.delegation))
        .order_by(Contestant.id)
    )
    near = [
        ContestantFacts(str(c.id), c.person.name, c.unit, c.entrant.delegation.name)
        for c in session.scalars(query)
        if plain(c.unit) in units or plain(c.entrant.delegation.name) in delegations
    ]
    return conflicts(facts, near)


def _facts(session: Session, judges: Iterable[Judge]) -> list[JudgeFacts]:
    facts = []
    for judge in judges:
        delegation = delegation_of(session, judge.competition_id, judge.delegation_id) if judge.delegation_id else None
        facts.append(JudgeFacts(str(judge.id), judge.name, judge.unit, delegation.name if delegation else ""))
    return facts


def barred_judges(competition: Competition, judges: Sequence[Judge]) -> dict[int, dict[int, str]]:
    """For each event: the judges who may not sit there, with the reason."""
    barred: dict[int, dict[int, str]] = {}
    for event in competition.events:
        found = barred.setdefault(event.id, {})
        for conflict in _ties(db.session(), event.id, judges):
            if conflict.effect is Effect.BARS:
                found.setdefault(int(conflict.judge), conflict.sentence)
    return barred


def conflicts_in(competition_id: int) -> list[SeatConflict]:
    """All ties of seated judges, by event and seat."""
    session = db.session()
    query = (
        select(Panel, Module, Event)
        .join(Module, Module.id == Panel.module_id)
        .join(Event, Event.id == Module.event_id)
        .where(Event.competition_id == competition_id)
        .options(selectinload(Panel.seats).joinedload(Seat.judge))
        .order_by(Event.position, Module.position, Panel.id)
    )
    competition = session.get(Competition, competition_id)
    hosts = competition.host.split("、") if competition else []
    found = []
    for panel, module, event in session.execute(query):
        judges = [seat.judge for seat in panel.seats]
        ties: dict[int, list[Conflict]] = defaultdict(list)
        for tie in _ties(session, event.id, judges) + panel_conflicts(_facts(session, judges), hosts=hosts):
            ties[int(tie.judge)].append(tie)
        for seat in panel.seats:
            if seat.judge_id in ties:
                found.append(_seat_conflict(seat, f"{event.name} {module.name}", event.id, ties[seat.judge_id]))
    return found


def _seat_conflict(seat: Seat, module: str, event_id: int, ties: Sequence[Conflict]) -> SeatConflict:
    return SeatConflict(
        seat_id=seat.id,
        event_id=event_id,
        module=module,
        judge=seat.judge.name,
        sentences=tuple(tie.sentence for tie in ties),
        sources=tuple(dict.fromkeys(tie.source for tie in ties)),
        is_barred=any(tie.effect is Effect.BARS for tie in ties),
        note=seat.conflict_note,
    )


def settle_conflict(command: SettleConflict) -> None:
    """Store why a judge keeps a seat although a tie was disclosed.

    Raises:
        EmptyNameError: no reason given.
        RecusalError: a rule bars the judge; that cannot be decided away.
        NotFoundError: no such seat, or nothing to decide about it.
    """
    note = command.note.strip()
    if not note:
        raise EmptyNameError("请写明处理意见")
    with transaction() as session:
        competition = locked_competition(session, command.competition_id)
        found = next((c for c in conflicts_in(competition.id) if c.seat_id == command.seat_id), None)
        seat = session.get(Seat, command.seat_id)
        if found is None or seat is None:
            raise NotFoundError("这个席位没有需要处理的回避提示")
        if found.is_barred:
            raise RecusalError("应当回避，只能换人：%(reason)s", reason=found.reason)
        seat.conflict_note = note
        detail = {"judge": found.judge, "ties": list(found.sentences), "note": note}
        record(session, command.actor.act("conflict.settled", f"seat:{seat.id}", competition.id, detail))


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
