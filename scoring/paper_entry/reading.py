"""What the pages of paper entry show: the form to be typed, the own work, the board of an event."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from sqlalchemy import func, select
from sqlalchemy.orm import Session, defer

from competitions.models import CALLED, Entrant, Event, Judge, Module
from core.auth import Actor
from core.errors import NotFoundError
from core.messages import message
from scoring.engine.exact import Rounding, decimal_text, round_exact
from scoring.engine.scheme import Node
from scoring.models import ScoreSheet
from scoring.paper_entry.comparing import is_same
from scoring.paper_entry.form_numbers import form_number
from scoring.paper_entry.models import SECOND, Ending, PaperEntry, PaperOutcome
from scoring.sheets.board import OUT
from scoring.sheets.reading import LockedSheet, aspects_on
from scoring.sheets.seating import EXTERNAL_SEAT
from scoring.states import SheetState

MOST_OWN = 20
MOST_LISTED = 200
"""Sheets of one list of the board; of the others only the number is said."""


def sheet_at(session: Session, competition_id: int, sheet_id: int) -> LockedSheet:
    """The sheet of a judge, to read.

    Raises:
        NotFoundError: there is none in this competition.
    """
    query = select(ScoreSheet, Module.code).join(Module, Module.id == ScoreSheet.module_id)
    inside = (ScoreSheet.id == sheet_id, Event.competition_id == competition_id, ScoreSheet.judge_id.is_not(None))
    found = session.execute(query.join(Event, Event.id == Module.event_id).where(*inside)).one_or_none()
    if found is None:
        raise NotFoundError("这场竞赛里没有这个表号的评分表")
    return LockedSheet(found[0], found[1], competition_id)


@dataclass(frozen=True, slots=True)
class Owner:
    """What the paper says at its top, by which a typist sees that it is the right one."""

    form: str
    number: int | str | None
    event: Event
    module: Module
    seat: int
    judge: str


def owner_of(session: Session, sheet: LockedSheet) -> Owner:
    """Whose paper it is."""
    row = sheet.row
    number = session.scalar(select(CALLED).where(Entrant.id == row.entrant_id))
    judge = session.scalar(select(Judge.name).where(Judge.id == row.judge_id)) or ""
    module = session.get_one(Module, row.module_id)
    return Owner(form_number(row.id), number, session.get_one(Event, module.event_id), module, row.seat_number, judge)


@dataclass(frozen=True, slots=True)
class OwnWork:
    """What somebody has typed, without any mark."""

    count: int
    newest: Sequence[tuple[str, datetime]]
    """Number of the form and when, the newest first."""


def own_work_of(session: Session, competition_id: int, actor: Actor) -> OwnWork:
    """The sheets that `actor` has typed in this competition. Two queries."""
    inside = (
        select(PaperEntry.sheet_id, PaperEntry.typed_at)
        .join(ScoreSheet, ScoreSheet.id == PaperEntry.sheet_id)
        .join(Module, Module.id == ScoreSheet.module_id)
        .join(Event, Event.id == Module.event_id)
        .where(Event.competition_id == competition_id, PaperEntry.account_id == actor.subject_id)
    )
    count = session.scalar(select(func.count()).select_from(inside.subquery())) or 0
    rows = session.execute(inside.order_by(PaperEntry.id.desc()).limit(MOST_OWN))
    return OwnWork(count, [(form_number(sheet_id), at) for sheet_id, at in rows])


@dataclass(frozen=True, slots=True)
class PaperLine:
    """One sheet on the board, without any mark.

    Attributes:
        typed_by: names, in the order of typing.
        why: what it waits for beside a decision, a message of its own; empty if nothing.
        outcome: how its newest attempt ended; None while it is under way.
    """

    sheet: ScoreSheet
    form: str
    number: int | str | None
    module: str
    typed_by: tuple[str, ...]
    typed_at: datetime
    differing: int
    why: str
    outcome: PaperOutcome | None


@dataclass(frozen=True, slots=True)
class Rate:
    """How often two readings of one thing differed.

    Attributes:
        name: an aspect's label, or a typist's name.
        of: module of the aspect; empty for a typist.
        fields: how many were read twice.
        wrong: how many of them differed; of a typist, how many were decided otherwise than typed.
        share: the share in percent with one decimal.
        bar: its length of 200.
    """

    name: str
    of: str
    fields: int
    wrong: int
    share: str
    bar: int


@dataclass(frozen=True, slots=True)
class PaperBoard:
    """How the typing of an event stands.

    Attributes:
        sheets: sheets that may come on paper.
        once, differing, taken, set_aside: by their newest attempt; `incomplete` of the taken ones are still open.
        whole: all aspects together.
        aspects: worst first, those without a difference left out.
        typists: by name; empty before anything was decided.
    """

    sheets: int
    once: Sequence[PaperLine]
    differing: Sequence[PaperLine]
    taken: Sequence[PaperLine]
    incomplete: Sequence[PaperLine]
    set_aside: Sequence[PaperLine]
    whole: Rate
    aspects: Sequence[Rate]
    typists: Sequence[Rate]

    @property
    def typed(self) -> int:
        """Sheets of which anything was typed."""
        return len(self.once) + len(self.differing) + len(self.taken) + len(self.set_aside)


def paper_board(session: Session, event: Event) -> PaperBoard:
    """The board of an event. Four queries, whatever the number of sheets; marks are read of those decided alone."""
    rows = session.execute(
        select(PaperEntry, ScoreSheet, Module, CALLED)
        .join(ScoreSheet, ScoreSheet.id == PaperEntry.sheet_id)
        .join(Module, Module.id == ScoreSheet.module_id)
        .join(Entrant, Entrant.id == ScoreSheet.entrant_id)
        .where(Module.event_id == event.id)
        .order_by(Entrant.draw_number, Entrant.id, ScoreSheet.seat_number, PaperEntry.attempt, PaperEntry.place)
        .options(defer(PaperEntry.marks))
    ).all()
    outcomes = {(one.sheet_id, one.attempt): one for one in _outcomes(session, event.id)}
    places = {sheet.id: (sheet, module, number) for _, sheet, module, number in rows}
    attempts: dict[tuple[int, int], list[PaperEntry]] = {}
    for entry, *_ in rows:
        attempts.setdefault((entry.sheet_id, entry.attempt), []).append(entry)
    newest = {sheet_id: (sheet_id, number) for sheet_id, number in attempts}
    lines = [_line(places[key[0]], attempts[key], outcomes.get(key)) for key in newest.values()]
    nodes = {sheet_id: aspects_on(sheet, module.code) for sheet_id, (sheet, module, _) in places.items()}
    modules = {sheet_id: module.name for sheet_id, (_, module, _) in places.items()}
    whole, aspects = _aspect_rates((entry for entry, *_ in rows if entry.place == SECOND), nodes, modules)
    ended = [line for line in lines if line.outcome is not None]
    taken = [line for line in ended if line.outcome and line.outcome.ending is not Ending.SET_ASIDE]
    return PaperBoard(
        sheets=_sheets_in(session, event.id),
        once=[line for line in lines if line.outcome is None and len(line.typed_by) < SECOND],
        differing=[line for line in lines if line.outcome is None and len(line.typed_by) == SECOND],
        taken=taken,
        incomplete=[line for line in taken if _is_incomplete(line)],
        set_aside=[line for line in ended if line not in taken],
        whole=whole,
        aspects=aspects,
        typists=_typist_rates(attempts, outcomes, nodes, _marks_of_decided(session, event.id)),
    )


def _is_incomplete(line: PaperLine) -> bool:
    is_waiting = line.outcome is not None and not line.outcome.is_handed_in
    return is_waiting and line.sheet.state is SheetState.OPEN


def _outcomes(session: Session, event_id: int) -> Iterable[PaperOutcome]:
    query = select(PaperOutcome).join(ScoreSheet, ScoreSheet.id == PaperOutcome.sheet_id)
    return session.scalars(query.join(Module, Module.id == ScoreSheet.module_id).where(Module.event_id == event_id))


def _marks_of_decided(session: Session, event_id: int) -> dict[int, Mapping[str, str]]:
    """Id of an entry to what it reads, of those between which somebody decided."""
    same = (PaperOutcome.sheet_id == PaperEntry.sheet_id) & (PaperOutcome.attempt == PaperEntry.attempt)
    query = (
        select(PaperEntry.id, PaperEntry.marks)
        .join(PaperOutcome, same)
        .join(ScoreSheet, ScoreSheet.id == PaperEntry.sheet_id)
        .join(Module, Module.id == ScoreSheet.module_id)
        .where(Module.event_id == event_id, PaperOutcome.ending == Ending.DECIDED)
    )
    return dict(session.execute(query).all())


def _sheets_in(session: Session, event_id: int) -> int:
    query = (
        select(func.count(ScoreSheet.id))
        .join(Module, Module.id == ScoreSheet.module_id)
        .join(Entrant, Entrant.id == ScoreSheet.entrant_id)
        .where(
            Module.event_id == event_id,
            ScoreSheet.seat_number != EXTERNAL_SEAT,
            ScoreSheet.state != SheetState.VACANT,
            Entrant.status.not_in(OUT),
        )
    )
    return session.scalar(query) or 0


def _line(
    place: tuple[ScoreSheet, Module, int | str | None], entries: Sequence[PaperEntry], outcome: PaperOutcome | None
) -> PaperLine:
    sheet, module, number = place
    return PaperLine(
        sheet=sheet,
        form=form_number(sheet.id),
        number=number,
        module=module.name,
        typed_by=tuple(entry.typist for entry in entries),
        typed_at=entries[-1].typed_at,
        differing=len(entries[-1].differing),
        why="" if outcome else _why(sheet, entries),
        outcome=outcome,
    )


def _why(sheet: ScoreSheet, entries: Sequence[PaperEntry]) -> str:
    if any(entry.judge_id != sheet.judge_id for entry in entries):
        return message("席位已换裁判")
    if sheet.state is SheetState.VACANT:
        return message("席位空缺")
    if sheet.state is not SheetState.OPEN:
        return message("平板已提交同一张评分表")
    if len(entries) == SECOND and not entries[-1].differing and sheet.reopened_for is not None:
        return message("录入以后请了重新评议")
    if len(entries) == SECOND and not entries[-1].differing:
        return message("与平板上的分不同")
    return ""


def _aspect_rates(
    seconds: Iterable[PaperEntry], nodes: Mapping[int, Mapping[str, Node]], modules: Mapping[int, str]
) -> tuple[Rate, list[Rate]]:
    fields: Counter[tuple[str, str]] = Counter()
    wrong: Counter[tuple[str, str]] = Counter()
    for entry in seconds:
        for name, node in nodes[entry.sheet_id].items():
            key = (node.label, modules[entry.sheet_id])
            fields[key] += 1
            wrong[key] += name in entry.differing
    found = [_rate(key, fields[key], wrong[key]) for key in fields if wrong[key]]
    found.sort(key=lambda one: -Fraction(one.wrong, one.fields))
    return _rate(("", ""), fields.total(), wrong.total()), found


def _typist_rates(
    attempts: Mapping[tuple[int, int], Sequence[PaperEntry]],
    outcomes: Mapping[tuple[int, int], PaperOutcome],
    nodes: Mapping[int, Mapping[str, Node]],
    marks: Mapping[int, Mapping[str, str]],
) -> list[Rate]:
    """Of each typist, what was decided otherwise; what both read alike counts as right."""
    fields: Counter[tuple[str, str]] = Counter()
    wrong: Counter[tuple[str, str]] = Counter()
    for key, outcome in outcomes.items():
        if outcome.ending is Ending.SET_ASIDE:
            continue
        aspects = nodes[outcome.sheet_id]
        for entry in attempts[key]:
            name = (entry.typist, "")
            fields[name] += len(aspects)
            wrong[name] += sum(
                not is_same(aspects[aspect], marks[entry.id].get(aspect), text)
                for aspect, text in outcome.decisions.items()
                if aspect in aspects
            )
    return [_rate(name, fields[name], wrong[name]) for name in sorted(fields)]


def _rate(name: tuple[str, str], fields: int, wrong: int) -> Rate:
    share = Fraction(wrong, fields) if fields else Fraction(0)
    shown = decimal_text(round_exact(share * 100, Rounding.to_places(1)))
    return Rate(*name, fields, wrong, shown, int(share * 200))
