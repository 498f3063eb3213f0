"""The course of a competition: how each step stands, what blocks it and who has to act.

What packages above this one know (sheets, results, certificates) comes in through a callable, never by import.
"""

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from enum import StrEnum

from sqlalchemy import func, select

from competitions.course.readiness import held_by, shortcomings
from competitions.course.tasks import Task, Tasks, tasks_of_judges, tasks_of_ties
from competitions.judges.event_chiefs import roles_over_all
from competitions.lifecycle import (
    CONDITION_SENTENCES,
    COURSE,
    MOVES,
    STATE_NAMES,
    CompetitionState,
    Condition,
    Move,
    moves_from,
)
from competitions.models import Competition, Contestant, Delegation, Entrant, Event, Judge
from competitions.stages.reading import IS_NOT_HELD
from core.auth import Actor
from core.db import db
from core.messages import said
from core.permissions import ROLE_NAMES, Role


@dataclass(frozen=True, slots=True)
class EventProgress:
    """How far the marking of one event is. `certificates` counts those in force."""

    event_id: int
    sheets_total: int
    sheets_submitted: int
    sheets_confirmed: int
    is_published: bool
    certificates: int

    def plus(self, other: "EventProgress | None") -> "EventProgress":
        """The same event with the counts of `other` added."""
        if other is None:
            return self
        return EventProgress(
            self.event_id,
            self.sheets_total + other.sheets_total,
            self.sheets_submitted + other.sheets_submitted,
            self.sheets_confirmed + other.sheets_confirmed,
            self.is_published or other.is_published,
            self.certificates + other.certificates,
        )


@dataclass(frozen=True, slots=True)
class CourseFacts:
    """What the packages above know of a competition: the conditions that hold, the progress of its events."""

    held: frozenset[Condition] = frozenset()
    progress: tuple[EventProgress, ...] = ()
    tasks: Tasks = field(default_factory=dict)
    """For conditions that do not hold: what is to be done, each with its page."""

    def joined(self, other: "CourseFacts") -> "CourseFacts":
        """Both together: every condition that one of them knows to hold, and the counts of each event added up."""
        theirs = {progress.event_id: progress for progress in other.progress}
        return CourseFacts(
            self.held | other.held,
            tuple(mine.plus(theirs.get(mine.event_id)) for mine in self.progress),
            {**self.tasks, **other.tasks},
        )


FactsOf = Callable[[int], CourseFacts]


def no_facts(_competition_id: int) -> CourseFacts:
    """The facts where no package above is there to give any: nothing is known to hold."""
    return CourseFacts()


class Standing(StrEnum):
    """How one step of the course stands."""

    DONE = "done"
    CURRENT = "current"
    AHEAD = "ahead"


@dataclass(frozen=True, slots=True)
class Requirement:
    """One thing that has to hold before the course goes on; `missing` names what is wanting, as far as known."""

    condition: Condition
    is_met: bool
    missing: tuple[str, ...]
    tasks: tuple[Task, ...] = ()

    @property
    def sentence(self) -> str:
        """What has to hold, in Chinese."""
        return CONDITION_SENTENCES[self.condition]

    @property
    def who(self) -> str:
        """The role that has to act, in Chinese. What can be named as wanting is the organiser's."""
        return ROLE_NAMES[Role.ORGANISER if self.missing else _WHO.get(self.condition, Role.ORGANISER)]


_WHO = {
    Condition.SHEETS_CONFIRMED: Role.CHIEF_JUDGE,
}


@dataclass(frozen=True, slots=True)
class Step:
    """One state on the way, with what has to hold before it can be left."""

    state: CompetitionState
    standing: Standing
    requirements: tuple[Requirement, ...] = ()

    @property
    def name(self) -> str:
        """The step in Chinese."""
        return STATE_NAMES[self.state]

    @property
    def unmet(self) -> tuple[Requirement, ...]:
        """What still blocks the way."""
        return tuple(requirement for requirement in self.requirements if not requirement.is_met)


@dataclass(frozen=True, slots=True)
class Counts:
    """The size of a competition."""

    events: int
    delegations: int
    entrants: int
    contestants: int
    judges: int


@dataclass(frozen=True, slots=True)
class EventBar:
    """An event with its entrants and, once marking has begun, its progress."""

    event_id: int
    name: str
    group_name: str
    entrants: int
    progress: EventProgress
    is_held: bool = True
    """False of a stage that was not held; nothing is asked of it."""

    @property
    def lacks_sheets(self) -> bool:
        """Whether nobody has made sheets yet."""
        return self.is_held and not self.progress.sheets_total


@dataclass(frozen=True, slots=True)
class Course:
    """Everything that the organiser's home of a competition shows."""

    competition: Competition
    steps: tuple[Step, ...]
    forward: Move | None
    may_go_forward: bool
    back: tuple[Move, ...]
    may_call_off: bool
    counts: Counts
    bars: tuple[EventBar, ...]
    sheets: Mapping[str, int] = field(default_factory=dict)

    @property
    def current(self) -> Step | None:
        """The step at which the competition stands; None when it is archived or called off."""
        return next((step for step in self.steps if step.standing is Standing.CURRENT), None)


def course_of(competition: Competition, actor: Actor, facts: CourseFacts) -> Course:
    """The course of a competition as this person sees it."""
    found = shortcomings(competition)
    held = facts.held | held_by(found)
    bars = _bars(competition, facts)
    missing = {**found, Condition.SHEETS_CONFIRMED: _without_sheets(bars)}
    moves = moves_from(competition.state, roles_over_all(actor, competition.id))
    forward = next((move for move in MOVES if move.source is competition.state and not move.needs_reason), None)
    return Course(
        competition=competition,
        steps=_steps(competition.state, held, missing, _tasks(competition, facts)),
        forward=forward,
        may_go_forward=forward in moves,
        back=tuple(move for move in moves if move.needs_reason and move.target in COURSE),
        may_call_off=any(move.target is CompetitionState.CALLED_OFF for move in moves),
        counts=counts_of(competition.id),
        bars=bars,
        sheets={
            "total": sum(bar.progress.sheets_total for bar in bars),
            "submitted": sum(bar.progress.sheets_submitted for bar in bars),
            "confirmed": sum(bar.progress.sheets_confirmed for bar in bars),
            "certificates": sum(bar.progress.certificates for bar in bars),
        },
    )


def _without_sheets(bars: tuple[EventBar, ...]) -> tuple[str, ...]:
    """The events for which nobody has made sheets yet, so that no judge can begin."""
    return tuple(said("%(event)s还没有生成评分表", event=bar.name) for bar in bars if bar.lacks_sheets)


def _tasks(competition: Competition, facts: CourseFacts) -> dict[Condition, tuple[Task, ...]]:
    """What is to be done now; ties of seated judges come first, and while marking judges without a device."""
    found = {condition: tuple(tasks) for condition, tasks in facts.tasks.items()}
    own = [tasks_of_judges(competition)] if competition.state is CompetitionState.MARKING else []
    if competition.state in (CompetitionState.MARKING, CompetitionState.REVIEWING, CompetitionState.PUBLIC_NOTICE):
        own.append(tasks_of_ties(competition))
    for tasks in own:
        for condition, first in tasks.items():
            found[condition] = (*first, *found.get(condition, ()))
    return found


def _steps(
    state: CompetitionState,
    held: AbstractSet[Condition],
    missing: Mapping[Condition, tuple[str, ...]],
    tasks: Mapping[Condition, tuple[Task, ...]],
) -> tuple[Step, ...]:
    here = COURSE.index(state) if state in COURSE else 0
    steps = []
    for position, step in enumerate(COURSE[:-1]):
        forward = next(move for move in MOVES if move.source is step and not move.needs_reason)
        is_here = step is state
        standing = Standing.DONE if position < here else Standing.CURRENT if is_here else Standing.AHEAD
        requirements = tuple(
            Requirement(condition, condition in held, missing.get(condition, ()), tasks.get(condition, ()))
            for condition in forward.conditions
        )
        steps.append(Step(step, standing, requirements))
    return tuple(steps)


def counts_of(competition_id: int) -> Counts:
    """The size of a competition, asked for in one statement."""
    wanted = {
        "events": select(Event.id).where(Event.competition_id == competition_id),
        "delegations": select(Delegation.id).where(Delegation.competition_id == competition_id),
        "entrants": select(Entrant.id).join(Event.entrants).where(Event.competition_id == competition_id),
        "contestants": select(Contestant.id)
        .join(Contestant.entrant)
        .join(Entrant.event)
        .where(Event.competition_id == competition_id),
        "judges": select(Judge.id).where(Judge.competition_id == competition_id),
    }
    numbers = (
        select(func.count()).select_from(query.subquery()).scalar_subquery().label(name)
        for name, query in wanted.items()
    )
    return Counts(**db.session.execute(select(*numbers)).mappings().one())


def _bars(competition: Competition, facts: CourseFacts) -> tuple[EventBar, ...]:
    known = {progress.event_id: progress for progress in facts.progress}
    query = (
        select(Event.id, Event.name, Event.group_name, func.count(Entrant.id), ~IS_NOT_HELD)
        .outerjoin(Event.entrants)
        .where(Event.competition_id == competition.id)
        .group_by(Event.id)
        .order_by(Event.position)
    )
    return tuple(
        EventBar(key, name, group, entrants, known.get(key) or EventProgress(key, 0, 0, 0, False, 0), bool(is_held))
        for key, name, group, entrants, is_held in db.session.execute(query)
    )
