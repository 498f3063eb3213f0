"""Use cases that define the events of a competition and their modules."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from competitions.judge_draws.models import JudgeDraw
from competitions.lifecycle import CompetitionState
from competitions.models import Competition, DrawRecord, Entrant, Event, EventChief, Form, Judge, Module, ModuleKind
from competitions.setup import (
    EmptyNameError,
    InUseError,
    NameTakenError,
    WrongStateError,
    delete_unused,
    locked_competition,
)
from competitions.stages.reading import later_stages
from core.accounts import Account
from core.audit import record
from core.auth import Actor
from core.db import db, transaction
from core.errors import InvalidInputError, NotFoundError
from core.messages import joined, message
from core.rows import row_in

WHOLE = Decimal(100)
DEFINABLE = (CompetitionState.PREPARING, CompetitionState.REGISTERING, CompetitionState.DRAWING)


class WeightsError(InvalidInputError):
    """The weights of an event's modules do not make a whole."""

    code = "weights"


@dataclass(frozen=True, slots=True)
class ModuleFacts:
    """A part of an event. `weight` is percent of the total as a decimal string, or empty where marks are added."""

    code: str
    name: str
    kind: ModuleKind = ModuleKind.JUDGED
    weight: str = ""
    stage: str = ""


@dataclass(frozen=True, slots=True)
class EventFacts:
    """What an organiser says about an event; levels are 1 (highest) to 5."""

    name: str
    group_name: str
    form: Form = Form.SINGLE
    is_demonstration: bool = False
    occupation_edition: str = ""
    occupation_code: str = ""
    occupation_direction: str = ""
    top_level: int | None = None
    written_at_level: int | None = None
    prize_rules: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AddEvent:
    """A new event at the end of the list, with its modules."""

    competition_id: int
    facts: EventFacts
    modules: tuple[ModuleFacts, ...]
    actor: Actor


@dataclass(frozen=True, slots=True)
class EditEvent:
    """Other facts and modules for an event; `modules` is None where an adopted scheme says what they are."""

    competition_id: int
    event_id: int
    facts: EventFacts
    modules: tuple[ModuleFacts, ...] | None
    actor: Actor


@dataclass(frozen=True, slots=True)
class RemoveEvent:
    """Take away an event without entrants."""

    competition_id: int
    event_id: int
    actor: Actor


def add_event(command: AddEvent) -> int:
    """Store an event and return its id.

    Raises:
        EmptyNameError, WeightsError: the facts or modules are not usable.
        NameTakenError: the competition has an event of this name and group.
        WrongStateError: marking has begun.
        NotFoundError: no such competition.
    """
    _check(command.facts, command.modules)
    with transaction() as session:
        competition = locked_competition(session, command.competition_id)
        _require_definable(competition)
        require_free_name(competition, command.facts.name, command.facts.group_name)
        event = Event(
            competition_id=competition.id,
            position=max((other.position for other in competition.events), default=0) + 1,
        )
        _apply(event, command.facts)
        session.add(event)
        session.flush()
        set_modules(session, event, command.modules)
        detail = _detail(command.facts, command.modules)
        record(session, command.actor.act("event.added", f"event:{event.id}", competition.id, detail))
        return event.id


def edit_event(command: EditEvent) -> None:
    """Store other facts and modules for an event.

    Raises:
        EmptyNameError, WeightsError, NameTakenError, WrongStateError: as in `add_event`.
        InUseError: a module that would go has a panel, or the form would change under its entrants.
        NotFoundError: no such event in this competition.
    """
    _check(command.facts, command.modules or ())
    with transaction() as session:
        competition = locked_competition(session, command.competition_id)
        event = event_of(session, competition.id, command.event_id)
        _require_definable(competition, event)
        require_free_name(competition, command.facts.name, command.facts.group_name, event.id)
        if command.facts.form is not event.form and _entrants(session, event.id):
            raise InUseError("“%(name)s”已有选手，不能再改参赛形式", name=event.name)
        _apply(event, command.facts)
        if command.modules is not None:
            _require_panels_kept(event, command.modules)
            set_modules(session, event, command.modules)
        detail = _detail(command.facts, command.modules or ())
        record(session, command.actor.act("event.edited", f"event:{event.id}", competition.id, detail))


def _require_panels_kept(event: Event, modules: Sequence[ModuleFacts]) -> None:
    kept = {module.code for module in modules}
    for module in event.modules:
        if module.code not in kept and module.panels:
            raise InUseError("模块“%(name)s”已排裁判组，不能删除；请先撤去裁判", name=module.name)


def remove_event(command: RemoveEvent) -> None:
    """Take away an event.

    Raises:
        InUseError: it has entrants, panels or draws, or a chief judge of its own. Whose only event it were would
            without it have charge of the whole competition: that is for an organiser to say.
        WrongStateError: marking has begun.
        NotFoundError: no such event in this competition.
    """
    with transaction() as session:
        competition = locked_competition(session, command.competition_id)
        event = event_of(session, competition.id, command.event_id)
        _require_definable(competition, event)
        count = _entrants(session, event.id)
        drawn = _drawn(session, event.id)
        if count or drawn or any(module.panels for module in event.modules):
            raise InUseError("“%(name)s”已有 %(n)s 个参赛者或已排裁判、抽签，不能删除", name=event.name, n=count)
        chiefs = _chiefs_of(session, event.id)
        if chiefs:
            raise InUseError(
                "“%(name)s”有赛项裁判长%(chiefs)s，请先在“裁判”页改他们负责的赛项，再删除",
                name=event.name,
                chiefs=joined(chiefs, message("、")),
            )
        delete_unused(
            session, event, message("“%(name)s”已有评分方案、在线报名、日程或通知，不能删除"), name=event.name
        )
        record(
            session,
            command.actor.act("event.removed", f"event:{event.id}", competition.id, {"name": event.name}),
        )


def _drawn(session: Session, event_id: int) -> bool:
    """Whether contestants or judges were ever drawn there: that stays on record."""
    tables = (DrawRecord, JudgeDraw)
    return any(session.scalar(select(table.id).where(table.event_id == event_id).limit(1)) for table in tables)


def _chiefs_of(session: Session, event_id: int) -> list[str]:
    """Names of those who have charge of this event and not of all."""
    query = (
        select(Judge.name, Account.display_name)
        .select_from(EventChief)
        .outerjoin(Judge, Judge.id == EventChief.judge_id)
        .outerjoin(Account, Account.id == EventChief.account_id)
        .where(EventChief.event_id == event_id)
        .order_by(EventChief.id)
    )
    return [judge or account or "" for judge, account in session.execute(query)]


def set_modules(session: Session, event: Event, modules: Sequence[ModuleFacts]) -> None:
    """Give an event these modules in this order, inside a transaction that another use case has opened.

    A module whose code stays keeps its row with its panels and sheets; one whose code is not named goes.
    """
    kept = {module.code: module for module in event.modules}
    rows = [kept.get(facts.code) or Module(code=facts.code) for facts in modules]
    for position, (row, facts) in enumerate(zip(rows, modules, strict=True), start=1):
        row.position, row.stage, row.name = position, facts.stage, facts.name
        row.kind, row.weight = facts.kind, facts.weight
    event.modules[:] = rows
    session.flush()


def _check(facts: EventFacts, modules: Sequence[ModuleFacts]) -> None:
    if not facts.name.strip() or not facts.group_name.strip():
        raise EmptyNameError("请填写赛项名称和组别")
    for module in modules:
        if not module.code.strip() or not module.name.strip():
            raise EmptyNameError("每个模块都要有代号和名称")
    codes = [module.code for module in modules]
    for code in codes:
        if codes.count(code) > 1:
            raise NameTakenError("模块代号“%(code)s”用了两次", code=code)
    _check_weights(modules)


def _check_weights(modules: Sequence[ModuleFacts]) -> None:
    weights = [_weight(module) for module in modules if module.weight]
    if not weights:
        return
    if len(weights) < len(modules):
        raise WeightsError("有的模块填了权重，有的没填；要么都填，要么都不填（不填即各模块得分直接相加）")
    total = sum(weights, Decimal(0))
    if total != WHOLE:
        raise WeightsError("各模块权重之和是 %(total)s%%，应为 100%%", total=f"{total.normalize():f}")


def _weight(module: ModuleFacts) -> Decimal:
    try:
        weight = Decimal(module.weight)
    except InvalidOperation:
        weight = Decimal("NaN")
    if not weight.is_finite() or not 0 < weight <= WHOLE:
        raise WeightsError("模块“%(name)s”的权重“%(weight)s”不在 0 到 100 之间", name=module.name, weight=module.weight)
    return weight


def _require_definable(competition: Competition, event: Event | None = None) -> None:
    if competition.state not in DEFINABLE and (event is None or event.id not in still_definable(competition)):
        raise WrongStateError(
            "评分已经开始，名单、抽签和裁判已定，赛项和模块不能再改；"
            "要加决赛等后一阶段，请到“各阶段”页；其他要改的，请先退回抽签"
        )


def still_definable(competition: Competition) -> frozenset[int]:
    """Events that may change although marking has begun: later stages that nobody is in yet."""
    if competition.state is not CompetitionState.MARKING:
        return frozenset()
    empty = (event.id for event in competition.events if not _entrants(db.session(), event.id))
    return later_stages(db.session(), competition) & frozenset(empty)


def require_free_name(competition: Competition, name: str, group_name: str, event_id: int | None = None) -> None:
    """Whether an event may have this name and group, but for `event_id`, which may keep its own.

    Raises:
        NameTakenError: another one has it.
    """
    wanted = (name.strip(), group_name.strip())
    for other in competition.events:
        if (other.name, other.group_name) == wanted and other.id != event_id:
            raise NameTakenError("已有赛项“%(name)s”（%(group)s）", name=wanted[0], group=wanted[1])


def _apply(event: Event, facts: EventFacts) -> None:
    event.name, event.group_name = facts.name.strip(), facts.group_name.strip()
    event.form, event.is_demonstration = facts.form, facts.is_demonstration
    event.occupation_edition = facts.occupation_edition.strip()
    event.occupation_code = facts.occupation_code.strip()
    event.occupation_direction = facts.occupation_direction.strip()
    event.top_level, event.written_at_level = facts.top_level, facts.written_at_level
    event.prize_rules = dict(facts.prize_rules)


def _detail(facts: EventFacts, modules: Sequence[ModuleFacts]) -> dict[str, Any]:
    return {
        "name": facts.name,
        "group": facts.group_name,
        "form": facts.form.value,
        "demonstration": facts.is_demonstration,
        "occupation": [facts.occupation_edition, facts.occupation_code, facts.occupation_direction],
        "levels": [facts.top_level, facts.written_at_level],
        "prize_rules": dict(facts.prize_rules),
        "modules": [[m.code, m.name, m.kind.value, m.weight] for m in modules],
    }


def _entrants(session: Session, event_id: int) -> int:
    own = select(func.count(Entrant.id)).where(Entrant.event_id == event_id, Entrant.work_code.is_(None))
    return session.scalar(own) or 0


def event_of(session: Session, competition_id: int, event_id: int) -> Event:
    """The event of this competition.

    Raises:
        NotFoundError: none, or of another competition.
    """
    return row_in(session, Event, competition_id, event_id, NotFoundError("没有这个赛项"))


def entrants_by_event(competition_id: int) -> dict[int, int]:
    """How many entrants each event of a competition has; events without any are missing."""
    query = (
        select(Entrant.event_id, func.count(Entrant.id))
        .join(Entrant.event)
        .where(Event.competition_id == competition_id, Entrant.work_code.is_(None))
        .group_by(Entrant.event_id)
    )
    return dict(db.session.execute(query).all())
