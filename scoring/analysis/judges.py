"""The report on judges for the chief judge while marking runs: by person, from the newest marks of an event."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from competitions.events.defining import event_of
from competitions.models import Contestant, Delegation, Entrant, Event, Judge, Module
from core.db import db
from scoring.engine.analysis import Affiliation, Affiliations, JudgesReport, judges_report
from scoring.engine.marks import Book, Marks, collect_marks
from scoring.engine.scheme import Scheme
from scoring.models import ScoreSheet
from scoring.results.computing import entrants_by_name, mark_rows
from scoring.sheets.opening import current_scheme, scheme_of
from scoring.sheets.seating import judge_label, modules_of


@dataclass(frozen=True, slots=True)
class EventJudges:
    """What the marks of an event say about its judges.

    Attributes:
        scheme: the adopted scheme, for the labels of aspects and modules.
        report: judges are called by the name in `names`; contestants by their draw number.
        names: what the report calls a judge → the judge's id.
    """

    event: Event
    scheme: Scheme
    report: JudgesReport
    names: Mapping[str, int]


@dataclass
class _Seats:
    """Who sat where.

    Attributes:
        names: (module code, entrant id, seat label) → what the judge is called.
        ids: what the judge is called → the judge's id.
        affiliations: what the judge is called → where the judge belongs.
    """

    names: dict[tuple[str, int, str], str] = field(default_factory=dict)
    ids: dict[str, int] = field(default_factory=dict)
    affiliations: dict[tuple[str, str], Affiliation] = field(default_factory=dict)


def event_judges(competition_id: int, event_id: int) -> EventJudges | None:
    """The report on an event's judges as the marks stand now; None where no scheme has been adopted.

    A judge's unit and delegation, and a contestant's, are those of the registration.

    Raises:
        NotFoundError: no such event in this competition.
    """
    session = db.session()
    event = event_of(session, competition_id, event_id)
    found = marks_by_person(session, event.id)
    if found is None:
        return None
    known = Affiliations(found.affiliations, _contestants(session, event.id, found.entrants))
    return EventJudges(event, found.scheme, judges_report(found.scheme, found.marks, known), found.ids)


@dataclass(frozen=True, slots=True)
class MarksByPerson:
    """The marks of an event under the names of the judges who gave them.

    Attributes:
        ids: what a judge is called in `marks` → the judge's id.
        entrants: what the engine calls an entrant → the entrant.
        affiliations: what a judge is called → where the judge belongs.
    """

    scheme: Scheme
    marks: Marks
    entrants: Mapping[str, Entrant]
    ids: Mapping[str, int]
    affiliations: Mapping[tuple[str, str], Affiliation]


def marks_by_person(session: Session, event_id: int) -> MarksByPerson | None:
    """The newest marks of an event by the judge who gave them; None where no scheme has been adopted.

    Seat 1 of one panel need not be the person on seat 1 of another.
    """
    version = current_scheme(session, event_id)
    if version is None:
        return None
    scheme = scheme_of(version)
    marks = collect_marks(scheme, mark_rows(session, event_id))
    entrants = entrants_by_name(session, event_id)
    seats = _seats(session, event_id)
    return MarksByPerson(scheme, _by_person(scheme, marks, entrants, seats), entrants, seats.ids, seats.affiliations)


def _seats(session: Session, event_id: int) -> _Seats:
    query = (
        select(
            Module.code,
            ScoreSheet.entrant_id,
            ScoreSheet.seat_number,
            Judge.id,
            Judge.name,
            Judge.unit,
            Delegation.name,
        )
        .join(Module, Module.id == ScoreSheet.module_id)
        .join(Judge, Judge.id == ScoreSheet.judge_id)
        .outerjoin(Delegation, Delegation.id == Judge.delegation_id)
        .where(Module.event_id == event_id)
        .order_by(Judge.id)
    )
    rows = session.execute(query).all()
    bearers: dict[str, set[int]] = {}
    for row in rows:
        bearers.setdefault(row[4], set()).add(row[3])
    found = _Seats()
    for module, entrant, seat, judge, name, unit, delegation in rows:
        called = name if len(bearers[name]) == 1 else f"{name}（{unit}）"
        found.names[(module, entrant, judge_label(seat))] = called
        found.ids[called] = judge
        found.affiliations[("", called)] = Affiliation(unit, delegation or "")
    return found


def _contestants(session: Session, event_id: int, entrants: Mapping[str, Entrant]) -> dict[str, Affiliation]:
    """Unit of the first member and delegation of each entrant, by what the engine calls it."""
    query = (
        select(Entrant.id, Contestant.unit, Delegation.name)
        .join(Delegation, Delegation.id == Entrant.delegation_id)
        .outerjoin(Contestant, (Contestant.entrant_id == Entrant.id) & (Contestant.listed == 1))
        .where(Entrant.event_id == event_id, Entrant.work_code.is_(None))
    )
    found = {entrant: Affiliation(unit or "", city) for entrant, unit, city in session.execute(query)}
    return {name: found[entrant.id] for name, entrant in entrants.items() if entrant.id in found}


def _by_person(scheme: Scheme, marks: Marks, entrants: Mapping[str, Entrant], seats: _Seats) -> Marks:
    """The same marks under the judges' names instead of their seats."""
    modules = {aspect.id: module.id for module in modules_of(scheme) for aspect in scheme.aspects(module.id)}
    books = {}
    for name, book in marks.books.items():
        entrant = entrants[name].id
        renamed = {
            aspect: {seats.names.get((modules[aspect], entrant, seat), seat): mark for seat, mark in given.items()}
            for aspect, given in book.marks.items()
        }
        books[name] = Book(marks=renamed)
    return Marks(books)
