"""What is to be done next at a step of the course: a sentence, who does it, and the page where it is done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import current_app, url_for
from sqlalchemy import func, select

from competitions.judge_ties.standing import standings
from competitions.lifecycle import Condition
from competitions.models import Competition, Event, Judge, Module, Panel, Seat
from core.auth import Actor, SignIn, SubjectKind
from core.db import db
from core.messages import joined, message, said
from core.permissions import ROLE_NAMES, Role


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do before the course goes on.

    Attributes:
        text: what, in Chinese.
        role: who does it.
        endpoint, values: the page where it is done, beside the competition's id.
        permission: that the page asks for; who lacks it reads the sentence without the link.
        anchor: the place on that page.
    """

    text: str
    role: Role
    endpoint: str
    permission: str
    values: Mapping[str, Any] = field(default_factory=dict)
    anchor: str | None = None

    @property
    def who(self) -> str:
        """The role in Chinese."""
        return ROLE_NAMES[self.role]

    def link(self, competition_id: int, actor: Actor) -> str | None:
        """The address of the page, for who may open it; `None` where this installation has no such page."""
        if self.endpoint not in current_app.view_functions or not actor.permits(self.permission, competition_id):
            return None
        return url_for(self.endpoint, competition_id=competition_id, _anchor=self.anchor, **self.values)


Tasks = Mapping[Condition, Sequence[Task]]
_AFTER_SEATING = (Condition.SHEETS_CONFIRMED, Condition.RESULTS_FINAL, Condition.NOTICE_PERIOD_OVER)


def tasks_of_judges(competition: Competition) -> Tasks:
    """Judges who sit on a panel and have never signed in on a device: they cannot begin. One query."""
    came = select(SignIn.subject_id).where(
        SignIn.competition_id == competition.id, SignIn.subject_kind == SubjectKind.JUDGE
    )
    seated = (
        select(func.count(func.distinct(Judge.id)))
        .join(Seat, Seat.judge_id == Judge.id)
        .join(Panel, Panel.id == Seat.panel_id)
        .join(Module, Module.id == Panel.module_id)
        .join(Event, Event.id == Module.event_id)
        .where(Event.competition_id == competition.id, Judge.id.not_in(came))
    )
    count = db.session.scalar(seated) or 0
    if not count:
        return {}
    text = said("%(n)s 名裁判还没有登录平板，请打印登录码当面交给他们", n=count)
    return {Condition.SHEETS_CONFIRMED: (Task(text, Role.ORGANISER, "competitions.judge_entry", "judge.invite"),)}


def tasks_of_ties(competition: Competition) -> Tasks:
    """Ties that were declared when the judges sat already. Before marking the course itself asks for them."""
    names = dict.fromkeys(one.tie.judge.name for one in standings(competition.id) if one.is_open)
    if not names:
        return {}
    text = said("有新申报的回避关系要处理：%(names)s", names=joined(names, message("、")))
    task = Task(text, Role.ORGANISER, "competitions.judge_ties", "panel.edit")
    return dict.fromkeys(_AFTER_SEATING, (task,))
