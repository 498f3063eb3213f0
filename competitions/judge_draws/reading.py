"""Draws of judges as pages and commands tell of them: what is in force, what was changed since, whether it is true."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from competitions.events.defining import event_of
from competitions.judge_draws.checking import problem_of
from competitions.judge_draws.drawing import MADE
from competitions.judge_draws.models import JudgeDraw
from competitions.models import Event, Panel, Seat
from core.audit import AuditEntry
from core.errors import NotFoundError

SEATED, REPLACED = "panel.seated", "judge.replaced"


@dataclass(frozen=True, slots=True)
class DrawnPanel:
    """A panel for which judges were drawn, by its newest draw, and who sits there now; seat 1 first."""

    code: str
    module: str
    name: str
    number: int
    """Which draw of the event."""
    drawn: tuple[int, ...]
    now: tuple[int, ...]

    @property
    def is_changed(self) -> bool:
        """Whether somebody else sits there now."""
        return self.drawn != self.now


@dataclass(frozen=True, slots=True)
class Change:
    """A panel that was drawn and changed afterwards, by hand or because a judge was replaced.

    Attributes:
        panel: its name; empty where a judge was replaced in the module.
        judges: names of who sat there afterwards, as the record of acts has them.
    """

    at: datetime
    by: str
    module: str
    panel: str
    judges: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Verification:
    """What making a draw again has found; `problem` is empty where all agrees."""

    event_id: int
    fingerprint: str
    problem: str


def draws_of(session: Session, event_id: int) -> list[JudgeDraw]:
    """All draws of judges of an event, the newest first."""
    query = select(JudgeDraw).where(JudgeDraw.event_id == event_id).order_by(JudgeDraw.number.desc())
    return list(session.scalars(query))


def draws_by_event(session: Session, competition_id: int) -> dict[int, list[JudgeDraw]]:
    """Event id → its draws of judges, the newest first, of a whole competition. One query."""
    query = select(JudgeDraw).join(Event, Event.id == JudgeDraw.event_id)
    found: dict[int, list[JudgeDraw]] = {}
    for one in session.scalars(query.where(Event.competition_id == competition_id).order_by(JudgeDraw.number.desc())):
        found.setdefault(one.event_id, []).append(one)
    return found


def drawn_panels(session: Session, event: Event, draws: Sequence[JudgeDraw]) -> list[DrawnPanel]:
    """The panels of an event for which judges were drawn, in the order of modules and panels.

    Args:
        session: to read with.
        event: the event.
        draws: as `draws_of` gives them.
    """
    newest: dict[tuple[str, str], tuple[int, tuple[int, ...]]] = {}
    for one in draws:
        for code, name, judges in one.seated:
            newest.setdefault((code, name), (one.number, tuple(judges)))
    query = select(Panel.module_id, Panel.name, Seat.judge_id).join(Seat, Seat.panel_id == Panel.id)
    sitting: dict[tuple[int, str], list[int]] = {}
    for module_id, name, judge_id in session.execute(
        query.where(Panel.module_id.in_([module.id for module in event.modules])).order_by(Panel.id, Seat.number)
    ):
        sitting.setdefault((module_id, name), []).append(judge_id)
    modules = {module.code: module for module in event.modules}
    found = [
        DrawnPanel(code, modules[code].name, name, number, drawn, tuple(sitting.get((modules[code].id, name), ())))
        for (code, name), (number, drawn) in newest.items()
        if code in modules
    ]
    order = list(modules)
    return sorted(found, key=lambda one: (order.index(one.code), one.name))


def changes_since(session: Session, event: Event, draws: Sequence[JudgeDraw]) -> list[Change]:
    """What was changed on drawn panels since the first draw, the newest first, as the record of acts has it."""
    if not draws:
        return []
    drawn = {(code, name) for one in draws for code, name, _ in one.seated}
    modules = {f"module:{module.id}": module for module in event.modules if module.code in {code for code, _ in drawn}}
    first = select(AuditEntry.id).where(AuditEntry.action == MADE, AuditEntry.target == f"judge_draw:{draws[-1].id}")
    query = select(AuditEntry).where(
        AuditEntry.chain == event.competition_id,
        AuditEntry.action.in_((SEATED, REPLACED)),
        AuditEntry.target.in_(modules),
        AuditEntry.id > first.scalar_subquery(),
    )
    found = []
    for entry in session.scalars(query.order_by(AuditEntry.id.desc())):
        module, panel = modules[entry.target], str(entry.detail.get("panel", ""))
        if entry.action == SEATED and (module.code, panel) not in drawn:
            continue
        judges = tuple(entry.detail.get("judges", ()))
        reason = str(entry.detail.get("reason", ""))
        found.append(Change(entry.at, entry.actor_name, module.name, panel, judges, reason))
    return found


def verify_judge_draw(session: Session, competition_id: int, draw_id: int) -> Verification:
    """Make a recorded draw again and hold it against the record.

    Raises:
        NotFoundError: no such record in this competition.
    """
    row = session.get(JudgeDraw, draw_id)
    if row is None:
        raise NotFoundError("没有这次抽签")
    event = event_of(session, competition_id, row.event_id)
    return Verification(event.id, str(row.record.get("fingerprint", "")), problem_of(row.record))


def exported(draw: JudgeDraw, names: Mapping[int, str]) -> dict[str, object]:
    """A draw as plain data for a file that anybody can check without this server.

    Args:
        draw: the draw.
        names: judge's id here → name.
    """
    return {
        "event": draw.event_id,
        "number": draw.number,
        "drawn_at": draw.drawn_at.isoformat(),
        "drawn_by": draw.drawn_by,
        "witness": draw.witness,
        "reason": draw.reason,
        "panels": [
            {"module": code, "panel": name, "judges": [names.get(judge, "") for judge in judges]}
            for code, name, judges in draw.seated
        ],
        "record": draw.record,
    }
