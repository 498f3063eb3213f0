"""Who holds which seats and sheets, for the page on which a judge is replaced."""

from dataclasses import dataclass

from sqlalchemy import Integer, func, select
from sqlalchemy.orm import Session

from competitions.models import Event, Judge, Module, Panel, Seat
from core.db import db
from scoring.jury.models import Substitution
from scoring.models import ScoreSheet
from scoring.states import SheetState


@dataclass(frozen=True, slots=True)
class Holding:
    """What a judge has in a module: seats, and sheets by whether they are handed in."""

    module: Module
    event: Event
    judge: Judge
    seats: tuple[int, ...]
    open_sheets: int
    marked: int
    """Of the open ones, how many have marks."""
    handed_in: int


def holdings(competition_id: int) -> list[Holding]:
    """Who sits where with which sheets, by event, module and judge; for the page that replaces them. Three queries."""
    session = db.session()
    seats: dict[tuple[int, int], list[int]] = {}
    query = (
        select(Panel.module_id, Seat.judge_id, Seat.number)
        .join(Panel, Panel.id == Seat.panel_id)
        .join(Module, Module.id == Panel.module_id)
        .join(Event, Event.id == Module.event_id)
        .where(Event.competition_id == competition_id)
        .order_by(Seat.number)
    )
    for module_id, judge_id, number in session.execute(query):
        seats.setdefault((module_id, judge_id), []).append(number)
    counts = _sheet_counts(session, competition_id)
    places = seats.keys() | {place for place, (is_open, _, _) in counts.items() if is_open}
    return _named(session, competition_id, places, seats, counts)


def _sheet_counts(session: Session, competition_id: int) -> dict[tuple[int, int], tuple[int, int, int]]:
    is_open = (ScoreSheet.state == SheetState.OPEN).cast(Integer)
    has_marks = (ScoreSheet.revision > 0).cast(Integer)
    query = (
        select(
            ScoreSheet.module_id,
            ScoreSheet.judge_id,
            func.sum(is_open),
            func.sum(is_open * has_marks),
            func.sum(1 - is_open),
        )
        .join(Module, Module.id == ScoreSheet.module_id)
        .join(Event, Event.id == Module.event_id)
        .where(
            Event.competition_id == competition_id,
            ScoreSheet.judge_id.is_not(None),
            ScoreSheet.state != SheetState.VACANT,
        )
        .group_by(ScoreSheet.module_id, ScoreSheet.judge_id)
    )
    return {(m, j or 0): (o or 0, k or 0, h or 0) for m, j, o, k, h in session.execute(query)}


def _named(
    session: Session,
    competition_id: int,
    places: set[tuple[int, int]],
    seats: dict[tuple[int, int], list[int]],
    counts: dict[tuple[int, int], tuple[int, int, int]],
) -> list[Holding]:
    query = (
        select(Event, Module, Judge)
        .join(Module, Module.event_id == Event.id)
        .join(Judge, Judge.competition_id == Event.competition_id)
        .where(Event.competition_id == competition_id)
        .order_by(Event.position, Module.position, Judge.id)
    )
    found = []
    for event, module, judge in session.execute(query):
        place = (module.id, judge.id)
        if place in places:
            is_open, marked, handed_in = counts.get(place, (0, 0, 0))
            found.append(Holding(module, event, judge, tuple(seats.get(place, ())), is_open, marked, handed_in))
    return found


@dataclass(frozen=True, slots=True)
class PastSubstitution:
    """One replacement that was made."""

    row: Substitution
    event: Event
    module: Module


def substitutions_of(competition_id: int) -> list[PastSubstitution]:
    """All replacements of a competition, the newest first."""
    query = (
        select(Substitution, Event, Module)
        .join(Module, Module.id == Substitution.module_id)
        .join(Event, Event.id == Module.event_id)
        .where(Event.competition_id == competition_id)
        .order_by(Substitution.id.desc())
    )
    return [PastSubstitution(row, event, module) for row, event, module in db.session.execute(query)]
