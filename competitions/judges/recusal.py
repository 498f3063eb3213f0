"""Conflicts of interest of judges in a competition: who may not sit where, and decisions on disclosed ties."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from competitions.judge_ties.known import declared_ties
from competitions.judges.conflicts import (
    Conflict,
    ContestantFacts,
    DelegationTie,
    Effect,
    JudgeFacts,
    Tie,
    conflicts,
    delegation_conflicts,
    name_key,
    panel_conflicts,
)
from competitions.models import (
    Competition,
    Contestant,
    Delegation,
    Entrant,
    Event,
    Form,
    Judge,
    Module,
    Panel,
    Person,
    Seat,
)
from competitions.roster.columns import plain
from competitions.setup import EmptyNameError, locked_competition
from core.accounts import RoleGrant
from core.audit import record
from core.auth import Actor
from core.db import db, transaction
from core.errors import ConflictError, NotFoundError
from core.messages import said
from core.permissions import Role


class RecusalError(ConflictError):
    """A rule of recusal bars this judge from this seat."""

    code = "recusal"


@dataclass(frozen=True, slots=True)
class SettleConflict:
    """Decide that a judge may keep the seats although ties were disclosed."""

    competition_id: int
    judge_id: int
    note: str
    actor: Actor


@dataclass(frozen=True, slots=True)
class SeatConflict:
    """The ties of one judge in one seat. `note` is the decision; a bar cannot be decided away.

    Attributes:
        on_record: the ties as the audit record keeps them: without a contestant's name, and without a reason.
        about: what the disclosed ties are with, as `Conflict.about`.
        known: of these, what the decision knew of; None for a decision that covers all.
    """

    seat_id: int
    judge_id: int
    judge: str
    place: str
    sentences: tuple[str, ...]
    sources: tuple[str, ...]
    on_record: tuple[str, ...]
    is_barred: bool
    note: str
    about: frozenset[str] = frozenset()
    known: frozenset[str] | None = None

    @property
    def is_open(self) -> bool:
        """Whether something has to be done about it: who registers after a decision is not covered by it."""
        return self.is_barred or not self.note or not (self.known is None or self.known >= self.about)


@dataclass(frozen=True, slots=True)
class JudgeConflict:
    """What is open about one judge, over all seats: where, why and after which texts.

    Attributes:
        notes: decisions that were made before somebody else registered; they hold no longer.
    """

    judge_id: int
    judge: str
    places: tuple[str, ...]
    sentences: tuple[str, ...]
    sources: tuple[str, ...]
    is_barred: bool
    notes: tuple[str, ...] = ()

    @property
    def reason(self) -> str:
        """The first tie in words, and how many more there are."""
        more = len(self.sentences) - 1
        return said("%(first)s，另有 %(n)s 项", first=self.sentences[0], n=more) if more else self.sentences[0]


def require_unbarred(session: Session, event_id: int, judges: Sequence[Judge]) -> None:
    """Stop a seating that a rule forbids.

    Raises:
        RecusalError: with the sentence of the first bar.
    """
    for conflict in _ties(session, event_id, judges):
        if conflict.effect is Effect.BARS:
            raise RecusalError("应当回避：%(reason)s", reason=conflict.sentence)


@dataclass(frozen=True, slots=True)
class _Near:
    """A contestant, with name, unit and delegation also as they are compared."""

    facts: ContestantFacts
    name: str
    unit: str
    delegation: str


@dataclass(slots=True)
class _Field:
    """Who takes part in an event: contestants, and entrants without persons, which stand there like one each.

    Attributes:
        delegations: id of a delegation → ids of its entrants.
    """

    contestants: list[_Near] = field(default_factory=list)
    delegations: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))


def _ties(session: Session, event_id: int, judges: Sequence[Judge]) -> list[Conflict]:
    """Conflicts of judges with the contestants of an event, and with its delegations."""
    return _ties_with(_fields(session, [event_id])[event_id], _facts(session, judges))


def _ties_with(taking_part: _Field, facts: Sequence[JudgeFacts]) -> list[Conflict]:
    """Only contestants with a name, unit or delegation in common, or of whom a tie was declared, are met."""
    names = {name_key(judge.name) for judge in facts}
    units = {plain(judge.unit) for judge in facts} - {""}
    delegations = {plain(judge.delegation) for judge in facts} - {""}
    named = {key for judge in facts for key in _told(judge)}
    near = [
        one.facts
        for one in taking_part.contestants
        if one.name in names or one.unit in units or one.delegation in delegations or one.facts.id in named
    ]
    return conflicts(facts, near) + delegation_conflicts(facts, taking_part.delegations)


def _told(judge: JudgeFacts) -> Iterable[str]:
    return (*judge.same, *judge.relatives, *judge.coached, *judge.declared, *judge.others)


def _fields(session: Session, event_ids: Sequence[int]) -> dict[int, _Field]:
    """Who takes part in several events, by event. One query of the columns that matter, not of whole rows."""
    query = (
        select(
            Entrant.event_id,
            Entrant.id.label("entrant_id"),
            Entrant.delegation_id,
            Entrant.name.label("entrant"),
            Event.form,
            Delegation.name.label("delegation"),
            Contestant.id.label("contestant_id"),
            Person.name,
            Contestant.unit,
        )
        .join(Event, Event.id == Entrant.event_id)
        .join(Delegation, Delegation.id == Entrant.delegation_id)
        .outerjoin(Contestant, Contestant.entrant_id == Entrant.id)
        .outerjoin(Person, Person.id == Contestant.person_id)
        # What stands in for a work until it is decoded tells of nobody, not even of a delegation.
        .where(Entrant.event_id.in_(event_ids), Entrant.work_code.is_(None))
        .order_by(Entrant.id, Contestant.id)
    )
    # A unit stands at hundreds of contestants: each name is made comparable once.
    comparable = cache(plain)
    found: dict[int, _Field] = defaultdict(_Field)
    for row in session.execute(query):
        facts = _contestant(row)
        near = _Near(facts, name_key(facts.name), comparable(facts.unit), comparable(facts.delegation))
        found[row.event_id].contestants.append(near)
        found[row.event_id].delegations[str(row.delegation_id)].add(str(row.entrant_id))
    return found


def _contestant(row: Any) -> ContestantFacts:
    """A contestant; an entrant without persons stands for itself, and where units compete its name is the unit's."""
    if row.contestant_id is not None:
        return ContestantFacts(str(row.contestant_id), row.name, row.unit, row.delegation)
    unit = row.entrant if row.form is Form.UNIT else ""
    return ContestantFacts(f"entrant:{row.entrant_id}", row.entrant, unit, row.delegation)


def _facts(session: Session, judges: Sequence[Judge]) -> list[JudgeFacts]:
    """What the rules ask about judges, in their order. Three queries: names of delegations, declared ties, leaders."""
    ids = {judge.delegation_id for judge in judges} - {None}
    named = select(Delegation.id, Delegation.name).where(Delegation.id.in_(ids))
    names = dict(session.execute(named).all()) if ids else {}
    declared = declared_ties(session, [judge.id for judge in judges])
    led = _led_by(session, judges)
    found = []
    for judge in judges:
        facts = JudgeFacts(str(judge.id), judge.name, judge.unit, names.get(judge.delegation_id or 0, ""))
        own = declared.get(judge.id)
        if own is not None:
            facts = replace(
                facts,
                same=frozenset(own.contestants[Tie.SAME_PERSON]),
                relatives=frozenset(own.contestants[Tie.RELATIVE]),
                coached=frozenset(own.contestants[Tie.COACH]),
                declared=own.contestants[Tie.DECLARED],
                others=own.contestants[Tie.OTHER],
                delegation_ties=tuple(own.delegations),
            )
        found.append(replace(facts, delegation_ties=(*facts.delegation_ties, *led.get(judge.id, ()))))
    return found


def _led_by(session: Session, judges: Sequence[Judge]) -> dict[int, list[DelegationTie]]:
    """Judge → delegations that the same person leads, as far as somebody has said which account is the judge's."""
    accounts = {judge.account_id: judge for judge in judges if judge.account_id is not None}
    query = (
        select(RoleGrant.account_id, Delegation.competition_id, Delegation.id, Delegation.name)
        .join(Delegation, Delegation.id == RoleGrant.delegation_id)
        .where(RoleGrant.account_id.in_(accounts), RoleGrant.role == Role.TEAM_LEADER)
        .order_by(Delegation.id)
    )
    found: dict[int, list[DelegationTie]] = defaultdict(list)
    for account_id, competition_id, delegation_id, name in session.execute(query) if accounts else ():
        if accounts[account_id].competition_id == competition_id:
            found[accounts[account_id].id].append(DelegationTie(Tie.LEADER, str(delegation_id), name))
    return found


def barred_judges(event_id: int, judges: Sequence[Judge]) -> dict[int, str]:
    """The judges who may not sit in an event, with the first reason."""
    barred: dict[int, str] = {}
    for conflict in _ties(db.session(), event_id, judges):
        if conflict.effect is Effect.BARS:
            barred.setdefault(int(conflict.judge), conflict.sentence)
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
    panels = session.execute(query).all()
    fields = _fields(session, sorted({event.id for _, _, event in panels}))
    seated = {seat.judge_id: seat.judge for panel, _, _ in panels for seat in panel.seats}
    known = dict(zip(seated, _facts(session, list(seated.values())), strict=True))
    found = []
    for panel, module, event in panels:
        facts = [known[seat.judge_id] for seat in panel.seats]
        ties: dict[int, list[Conflict]] = defaultdict(list)
        for tie in _ties_with(fields[event.id], facts) + panel_conflicts(facts, hosts=hosts):
            ties[int(tie.judge)].append(tie)
        place = f"{event.name} {module.name}"
        found += [_seat_conflict(seat, place, ties[seat.judge_id]) for seat in panel.seats if seat.judge_id in ties]
    return found


def _seat_conflict(seat: Seat, place: str, ties: Sequence[Conflict]) -> SeatConflict:
    return SeatConflict(
        seat_id=seat.id,
        judge_id=seat.judge_id,
        judge=seat.judge.name,
        place=place,
        sentences=tuple(tie.sentence for tie in ties),
        sources=tuple(dict.fromkeys(tie.source for tie in ties)),
        on_record=tuple(_on_record(tie) for tie in ties),
        is_barred=any(tie.effect is Effect.BARS for tie in ties),
        note=seat.conflict_note,
        about=frozenset(word for tie in ties if tie.effect is Effect.DISCLOSES for word in tie.about),
        known=None if seat.conflict_known is None else frozenset(seat.conflict_known),
    )


def _on_record(tie: Conflict) -> str:
    """A declared tie by its kind alone: what is said of people may have to be erased, and the record cannot be."""
    return tie.sentence if tie.tie in (Tie.HOST_UNIT, Tie.PANEL_SAME_UNIT) else tie.tie.value


def open_conflicts(competition_id: int) -> list[JudgeConflict]:
    """What has to be decided or changed, one entry a judge; bars and disclosures of one judge are kept apart."""
    grouped: dict[tuple[int, bool], list[SeatConflict]] = defaultdict(list)
    for conflict in conflicts_in(competition_id):
        if conflict.is_open:
            grouped[(conflict.judge_id, conflict.is_barred)].append(conflict)
    return [
        JudgeConflict(
            judge_id=judge_id,
            judge=found[0].judge,
            places=tuple(conflict.place for conflict in found),
            sentences=tuple(dict.fromkeys(sentence for conflict in found for sentence in conflict.sentences)),
            sources=tuple(dict.fromkeys(source for conflict in found for source in conflict.sources)),
            is_barred=is_barred,
            notes=() if is_barred else tuple(dict.fromkeys(conflict.note for conflict in found if conflict.note)),
        )
        for (judge_id, is_barred), found in grouped.items()
    ]


def settle_conflict(command: SettleConflict) -> int:
    """Store why a judge keeps seats although ties were disclosed; returns how many seats.

    Raises:
        EmptyNameError: no reason given.
        RecusalError: a rule bars the judge; that cannot be decided away.
        NotFoundError: nothing to decide about this judge.
    """
    note = command.note.strip()
    if not note:
        raise EmptyNameError("请写明处理意见")
    with transaction() as session:
        competition = locked_competition(session, command.competition_id)
        found = [c for c in conflicts_in(competition.id) if c.judge_id == command.judge_id and c.is_open]
        disclosed = [conflict for conflict in found if not conflict.is_barred]
        if not found:
            raise NotFoundError("这名裁判没有需要处理的回避提示")
        if not disclosed:
            raise RecusalError("应当回避，只能换人：%(reason)s", reason=found[0].sentences[0])
        for conflict in disclosed:
            seat = session.get_one(Seat, conflict.seat_id)
            seat.conflict_note, seat.conflict_known = note, sorted(conflict.about)
        detail = {
            "judge": disclosed[0].judge,
            "seats": [conflict.seat_id for conflict in disclosed],
            "ties": sorted({tie for conflict in disclosed for tie in conflict.on_record}),
            "note": note,
        }
        target = f"judge:{command.judge_id}"
        record(session, command.actor.act("conflict.settled", target, competition.id, detail))
        return len(disclosed)
