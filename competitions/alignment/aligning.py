"""A stored competition held against its rule packs; a deviation is mended, or approved by a person with a reason."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from competitions.alignment.comparing import DEVIATES, Alignment, Plan, PlannedPrize, Point, align
from competitions.events.defining import event_of
from competitions.models import (
    Competition,
    Contestant,
    DeviationApproval,
    Entrant,
    EntrantStatus,
    Event,
    Form,
    Module,
    ModuleKind,
    Panel,
    Person,
    Programme,
)
from competitions.pack_editing.known import known_packs, own_packs
from competitions.setup import locked_competition
from competitions.standards import CompetitionKey, Pack, find_packs, load_packs, scope
from core.audit import record
from core.auth import Actor
from core.clock import now
from core.db import transaction
from core.errors import ConflictError, InvalidInputError

THEORY, PRACTICE = "理论", "实操"
NOT_THERE = (EntrantStatus.ABSENT, EntrantStatus.WITHDRAWN)

SchemeFacts = Callable[[Sequence[int]], Mapping[int, Mapping[str, Any]]]
"""Event ids → for each event with a scheme the fields of `Plan` that it states; known to the package above."""


def no_scheme(_event_ids: Sequence[int]) -> Mapping[int, Mapping[str, Any]]:
    """Where no package above can tell, no scheme states anything."""
    return {}


@dataclass(frozen=True, slots=True)
class HeldPoint:
    """One clause held against an event, and who approved the deviation, if anybody did."""

    point: Point
    approval: DeviationApproval | None

    @property
    def is_pending(self) -> bool:
        """Whether it deviates and nobody has approved it."""
        return self.point.verdict == DEVIATES and self.approval is None

    @property
    def wanted_and_found(self) -> tuple[str, str]:
        """What is compared when a deviation is approved: the words in Chinese, whoever reads the page."""
        return str(self.point.wanted), str(self.point.found)


@dataclass(frozen=True, slots=True)
class HeldPack:
    """One pack held against an event."""

    pack: Pack
    points: tuple[HeldPoint, ...]
    unstated: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HeldEvent:
    """One event held against all packs that speak of the competition."""

    event: Event
    packs: tuple[HeldPack, ...]

    def count(self, verdict: str) -> int:
        """How many points have this verdict."""
        return sum(held.point.verdict == verdict for pack in self.packs for held in pack.points)

    @property
    def pending(self) -> int:
        """How many deviations wait to be mended or approved."""
        return sum(held.is_pending for pack in self.packs for held in pack.points)


def held_events(session: Session, competition: Competition, scheme: SchemeFacts = no_scheme) -> list[HeldEvent]:
    """Every event of a competition held against the packs of its programmes and its region.

    Args:
        session: for reading.
        competition: whose programmes, region and opening day find the packs.
        scheme: what the marking schemes state; see `SchemeFacts`.

    Returns:
        Events in their order; an event without packs where none speaks of the competition. As many queries for many
        events as for few.
    """
    packs = _packs(session, competition)
    entered = _entered(session, competition)
    approvals = _approvals(session, competition.id)
    events = _events_with_panels(session, competition.id)
    stated = scheme([event.id for event in events])
    found = []
    for event in events:
        plan = replace(plan_of(event, entered.get(event.id, Entered())), **stated.get(event.id, {}))
        found.append(HeldEvent(event, tuple(_held(event, packs, plan, approvals))))
    return found


def _events_with_panels(session: Session, competition_id: int) -> Sequence[Event]:
    panels = selectinload(Event.modules).selectinload(Module.panels).selectinload(Panel.seats)
    query = select(Event).where(Event.competition_id == competition_id).order_by(Event.position)
    return session.scalars(query.options(panels)).all()


Packs = Sequence[tuple[Pack, tuple[str, ...] | None]]
"""Packs with the bodies with which the programme that led to them was filed; None: not said."""
ApprovalKey = tuple[int, str, str, str, str]


def _packs(session: Session, competition: Competition) -> Packs:
    shipped, own_rules = load_packs(), own_packs(session)
    found: dict[str, tuple[Pack, tuple[str, ...] | None]] = {}
    for programme in competition.programmes or [_bare(competition)]:
        key = CompetitionKey(
            (programme.name,), (competition.jurisdiction,), competition.opens_on, programme.class_name or None
        )
        # Own rules speak only where they are chosen.
        chosen = [pack for pack in (*shipped, *own_rules) if pack.id == programme.pack_id]
        # A rule of the contestants' homes says what they get, not how this competition is held.
        speaking = [pack for pack in shipped if scope(pack, key, None) is True]
        for pack in (*chosen, *find_packs(speaking, key, [None], None)):
            found.setdefault(pack.id, (pack, tuple(map(str, programme.filed_with)) or None))
    return tuple(found.values())


def not_in_force(session: Session, competition: Competition) -> list[str]:
    """Ids of rules that the competition has chosen and that are not, or no longer, in force."""
    known = {pack.id for pack in known_packs(session)}
    chosen = [programme.pack_id for programme in competition.programmes if programme.pack_id]
    return [pack_id for pack_id in dict.fromkeys(chosen) if pack_id not in known]


def _bare(competition: Competition) -> Programme:
    """A competition without programme is looked for by its own title."""
    return Programme(name=competition.title, class_name="", pack_id="", filed_with=[])


@dataclass(frozen=True, slots=True)
class Entered:
    """Who takes part in an event: absent and withdrawn ones are left out."""

    people: int = 0
    entrants: int = 0
    delegations: int = 0
    youngest: int | None = None
    """Full years on the opening day; None where a birth date is missing."""


def _entered(session: Session, competition: Competition) -> dict[int, Entered]:
    query = (
        select(Entrant.event_id, Entrant.id, Entrant.delegation_id, Contestant.id, Person.birth)
        .join(Event, Event.id == Entrant.event_id)
        .join(Contestant, Contestant.entrant_id == Entrant.id, isouter=True)
        .join(Person, Person.id == Contestant.person_id, isouter=True)
        .where(Event.competition_id == competition.id, Entrant.status.not_in(NOT_THERE), Entrant.work_code.is_(None))
    )
    rows = defaultdict(list)
    for event_id, *row in session.execute(query):
        rows[event_id].append(row)
    return {event_id: _count(found, competition.opens_on) for event_id, found in rows.items()}


def _count(rows: Iterable[Sequence[Any]], on: date) -> Entered:
    entrants, delegations, contestants, births = zip(*rows, strict=True)
    people = [birth for contestant, birth in zip(contestants, births, strict=True) if contestant is not None]
    known = [_age(birth, on) for birth in people if birth is not None]
    youngest = min(known) if known and len(known) == len(people) else None
    return Entered(len(people), len(set(entrants)), len(set(delegations)), youngest)


def _age(birth: date, on: date) -> int:
    return on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))


def plan_of(event: Event, entered: Entered) -> Plan:
    """What is known of an event, as the rules ask for it; what is not known stays unsaid.

    Args:
        event: with its modules, panels and prizes.
        entered: who takes part.
    """
    is_single = event.form is Form.SINGLE
    competition = event.competition
    announced_on = competition.announced_on
    return Plan(
        form=None if event.form is Form.UNIT else event.form.value,
        group=event.group_name or None,
        entrants=entered.people or None,
        # In a single event the delegations are the teams that a smallest field speaks of.
        teams=(entered.delegations if is_single else entered.entrants) or None,
        weights=_weights(event),
        judges=_judges(event),
        written_at_level=event.written_at_level,
        minimum_age=entered.youngest,
        announced_days_before=None if announced_on is None else (competition.opens_on - announced_on).days,
        appeal_hours=competition.appeal_hours,
        publicity_working_days=competition.publicity_working_days,
        query_working_days=competition.query_working_days,
        prizes=_prizes(event.prize_rules),
    )


def _weights(event: Event) -> Mapping[str, int] | None:
    """Lists from outside are theory papers, judged modules practice."""
    if not event.modules or not all(module.weight for module in event.modules):
        return None
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for module in event.modules:
        sums[THEORY if module.kind is ModuleKind.EXTERNAL else PRACTICE] += Decimal(module.weight)
    whole = all(share == share.to_integral_value() for share in sums.values())
    return {part: int(share) for part, share in sums.items()} if whole and sum(sums.values()) == 100 else None


def _judges(event: Event) -> int | None:
    panels = [panel for module in event.modules if module.kind is ModuleKind.JUDGED for panel in module.panels]
    return min((len(panel.seats) for panel in panels if panel.seats), default=None)


def _prizes(rules: Mapping[str, Any]) -> tuple[PlannedPrize, ...] | None:
    planned, reached = [], Fraction(0)
    for prize in rules.get("prizes", []):
        if "number" in prize:
            planned.append(PlannedPrize(prize["name"], number=int(prize["number"])))
            continue
        is_cumulative = "up_to_share" in prize
        given = Fraction(str(prize["up_to_share" if is_cumulative else "share"]))
        share = given - reached if is_cumulative else given
        reached += share
        planned.append(PlannedPrize(prize["name"], share=share))
    return tuple(planned) or None


def _approvals(session: Session, competition_id: int) -> dict[ApprovalKey, DeviationApproval]:
    query = select(DeviationApproval).where(DeviationApproval.competition_id == competition_id)
    rows = session.scalars(query.order_by(DeviationApproval.id))
    return {(row.event_id, row.pack_id, row.dimension, row.wanted, row.found): row for row in rows}


def _held(
    event: Event,
    packs: Packs,
    plan: Plan,
    approvals: Mapping[ApprovalKey, DeviationApproval],
) -> Iterable[HeldPack]:
    for pack, filed_with in packs:
        (found,) = align(replace(plan, filed_with=filed_with), [pack])
        yield HeldPack(pack, tuple(_points(event.id, found, approvals)), found.unstated)


def _points(event_id: int, found: Alignment, approvals: Mapping[ApprovalKey, DeviationApproval]) -> Iterable[HeldPoint]:
    for point in found.points:
        key = (event_id, point.pack, point.dimension, point.wanted, point.found)
        yield HeldPoint(point, approvals.get(key) if point.verdict == DEVIATES else None)


@dataclass(frozen=True, slots=True)
class ApproveDeviation:
    """Let a deviation stand, with a reason. `wanted` and `found` are those that the person saw."""

    competition_id: int
    event_id: int
    pack_id: str
    dimension: str
    wanted: str
    found: str
    reason: str
    actor: Actor


def approve_deviation(command: ApproveDeviation, scheme: SchemeFacts = no_scheme) -> int:
    """Store who approved a deviation and why; returns the row's id.

    Raises:
        InvalidInputError: no reason.
        NotFoundError: no such event in this competition.
        ConflictError: it does not deviate like this any more, or it is approved.
    """
    reason = command.reason.strip()
    if not reason:
        raise InvalidInputError("同意偏离须写明理由，理由将随核对结果留存")
    with transaction() as session:
        competition = locked_competition(session, command.competition_id)
        event = event_of(session, command.competition_id, command.event_id)
        held = _point(session, competition, command, scheme)
        if held is None:
            raise ConflictError("“%(event)s”的这项偏离已有变化，请查看新的核对结果", event=event.title)
        if held.approval is not None:
            raise ConflictError("这项偏离已由%(who)s同意", who=held.approval.approved_by)
        row = DeviationApproval(
            competition_id=competition.id,
            event_id=event.id,
            pack_id=command.pack_id,
            dimension=command.dimension,
            wanted=command.wanted,
            found=command.found,
            reason=reason,
            approved_at=now(),
            approved_by=command.actor.name,
        )
        session.add(row)
        session.flush()
        said = {"pack": row.pack_id, "dimension": row.dimension, "wanted": row.wanted, "found": row.found}
        detail = {**said, "reason": reason}
        record(session, command.actor.act("deviation.approved", f"event:{event.id}", competition.id, detail))
        return row.id


def _point(
    session: Session, competition: Competition, command: ApproveDeviation, scheme: SchemeFacts
) -> HeldPoint | None:
    """The deviation as it is now."""
    wanted = (command.pack_id, command.dimension, command.wanted, command.found)
    for held in held_events(session, competition, scheme):
        if held.event.id != command.event_id:
            continue
        for point in (point for pack in held.packs for point in pack.points):
            found = (point.point.pack, point.point.dimension, point.point.wanted, point.point.found)
            if found == wanted and point.point.verdict == DEVIATES:
                return point
    return None
