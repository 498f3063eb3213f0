"""All events of a competition that are ready get their sheets in one press; of the others it is said what they lack."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from competitions.models import Competition, Entrant, Event, Module, ModuleKind, Panel, Seat
from competitions.setup import locked_competition
from competitions.stages.reading import not_held
from competitions.work_codes.models import WorkLayer
from core.auth import Actor
from core.db import db, transaction
from core.errors import ConflictError
from core.messages import said
from scoring.engine.scheme import Scheme
from scoring.models import SchemeVersion, ScoreSheet
from scoring.sheets.dealing import GONE, panel_of, seated
from scoring.sheets.opening import OVER, current_schemes, open_event, scheme_of
from scoring.sheets.seating import SeatNameError, require_seatable


@dataclass(frozen=True, slots=True)
class Opening:
    """How an event stands with its sheets.

    Attributes:
        missing: sheets that one press would make.
        lacks: what is to be done first: ``scheme``, ``entrants``, ``draw``, ``panels``, ``codes``; empty if nothing is.
        why: the same as a sentence.
    """

    event: Event
    missing: int
    lacks: str = ""
    why: str = ""

    @property
    def is_ready(self) -> bool:
        """One press makes sheets."""
        return not self.lacks and self.missing > 0


@dataclass(frozen=True, slots=True)
class OpenAll:
    """Give every event of a competition that is ready its missing sheets."""

    competition_id: int
    actor: Actor


@dataclass(frozen=True, slots=True)
class Opened:
    """How many sheets were made, in how many events, and how many events still lack something."""

    sheets: int
    events: int
    waiting: int


def open_all(command: OpenAll) -> Opened:
    """Create the missing sheets of all events that are ready; each event has its own line in the audit record.

    Raises:
        NotFoundError: no such competition.
        ConflictError: no event is ready.
    """
    with transaction() as session:
        competition = locked_competition(session, command.competition_id)
        found = openings(competition)
        ready = [one.event for one in found if one.is_ready]
        waiting = [one for one in found if one.lacks]
        if not ready:
            raise ConflictError("没有要生成的评分表；各赛项还缺什么，列在“评分”页")
        made = sum(open_event(session, competition, event, command.actor) for event in ready)
        return Opened(made, len(ready), len(waiting))


def openings(competition: Competition) -> list[Opening]:
    """How each event stands with its sheets, in their order; none when it is over. Five queries for any number."""
    if competition.state in OVER or not competition.events:
        return []
    session = db.session()
    off = not_held(session, competition.id)
    events = [event for event in competition.events if event.id not in off]
    ids = [event.id for event in events]
    entrants, works = _entrants(session, ids)
    facts = _Facts(current_schemes(session, ids), entrants, _seats(session, ids), _held(session, ids), works)
    return [facts.opening(event) for event in events]


@dataclass(frozen=True, slots=True)
class _Facts:
    """What was read of all events at once.

    Attributes:
        entrants: event → draw numbers of those who take part, None for who has none.
        seats: module → panel, number, judge.
        held: module → seat → sheets there are.
        works: event whose works are marked by code → numbers in their order.
    """

    schemes: Mapping[int, SchemeVersion]
    entrants: Mapping[int, Sequence[int | None]]
    seats: Mapping[int, Sequence[tuple[int, int, int]]]
    held: Mapping[int, Mapping[int, int]]
    works: Mapping[int, Sequence[int]]

    def opening(self, event: Event) -> Opening:
        """How one event stands."""
        version, numbers = self.schemes.get(event.id), self.entrants.get(event.id, ())
        if version is None:
            return Opening(event, 0, "scheme", said("“%(event)s”还没有评分方案", event=event.title))
        if not numbers:
            return Opening(event, 0, "entrants", said("“%(event)s”还没有选手", event=event.title))
        undrawn = sum(number is None for number in numbers)
        if undrawn:
            return Opening(
                event, 0, "draw", said("“%(event)s”有 %(n)s 名选手还没有抽签号", event=event.title, n=undrawn)
            )
        return self._seated(event, scheme_of(version), [number for number in numbers if number is not None])

    def _seated(self, event: Event, scheme: Scheme, numbers: Sequence[int]) -> Opening:
        try:
            require_seatable(scheme)
        except SeatNameError as error:
            return Opening(event, 0, "scheme", said(error.message, **error.params))
        missing = 0
        works = self.works.get(event.id)
        if works is not None and not works and all(module.kind is ModuleKind.JUDGED for module in event.modules):
            return Opening(event, 0, "codes", said("“%(event)s”的作品还没有编码", event=event.title))
        for module in event.modules:
            panels = seated(module, scheme, self.seats.get(module.id, ()))
            if not panels:
                why = said("“%(event)s”的模块“%(module)s”还没有裁判组", event=event.title, module=module.name)
                return Opening(event, 0, "panels", why)
            marked = numbers if works is None or module.kind is ModuleKind.EXTERNAL else works
            missing += _lacking(marked, panels, self.held.get(module.id, {}))
        return Opening(event, missing)


def _lacking(numbers: Iterable[int], panels: Sequence[list[tuple[int, int | None]]], held: Mapping[int, int]) -> int:
    wanted: dict[int, int] = {}
    for number in numbers:
        for seat, _ in panel_of(number, panels):
            wanted[seat] = wanted.get(seat, 0) + 1
    return sum(max(0, count - held.get(seat, 0)) for seat, count in wanted.items())


def _entrants(session: Session, event_ids: Sequence[int]) -> tuple[dict[int, list[int | None]], dict[int, list[int]]]:
    """Draw numbers of those who take part, by event; and of events whose works are coded, the places of the works."""
    coded = (WorkLayer.event_id == Entrant.event_id) & (WorkLayer.number == 1) & WorkLayer.opened_at.is_(None)
    query = select(Entrant.event_id, Entrant.draw_number, Entrant.work_code, WorkLayer.id).outerjoin(WorkLayer, coded)
    entrants: dict[int, list[int | None]] = {}
    works: dict[int, list[int]] = {}
    rows = session.execute(query.where(Entrant.event_id.in_(event_ids), Entrant.status.not_in(GONE)))
    for event_id, number, code, layer in rows:
        if layer is not None:
            works.setdefault(event_id, [])
        if code is None:
            entrants.setdefault(event_id, []).append(number)
        elif layer is not None:
            works[event_id].append(number or 0)
    return entrants, works


def _seats(session: Session, event_ids: Sequence[int]) -> dict[int, list[tuple[int, int, int]]]:
    query = (
        select(Panel.module_id, Seat.panel_id, Seat.number, Seat.judge_id)
        .join(Panel, Panel.id == Seat.panel_id)
        .join(Module, Module.id == Panel.module_id)
        .where(Module.event_id.in_(event_ids), Module.kind == ModuleKind.JUDGED)
        .order_by(Seat.panel_id, Seat.number)
    )
    found: dict[int, list[tuple[int, int, int]]] = {}
    for module_id, panel, number, judge in session.execute(query):
        found.setdefault(module_id, []).append((panel, number, judge))
    return found


def _held(session: Session, event_ids: Sequence[int]) -> dict[int, dict[int, int]]:
    """Module → seat → sheets of those who take part."""
    query = (
        select(ScoreSheet.module_id, ScoreSheet.seat_number, func.count(ScoreSheet.id))
        .join(Module, Module.id == ScoreSheet.module_id)
        .join(Entrant, Entrant.id == ScoreSheet.entrant_id)
        .where(Module.event_id.in_(event_ids), Entrant.status.not_in(GONE))
        .group_by(ScoreSheet.module_id, ScoreSheet.seat_number)
    )
    found: dict[int, dict[int, int]] = {}
    for module_id, seat, count in session.execute(query):
        found.setdefault(module_id, {})[seat] = count
    return found
