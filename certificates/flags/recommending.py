"""Flags: what the rules say about every contestant, kept with all reasons; a person decides, the system never does."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from certificates.awards.awarding import final_publication
from certificates.eligibility import NOT_ELIGIBLE, Answer
from certificates.flags.cases import assess_event, name_of
from certificates.models import Award, FlagObjection, FlagState, Recommendation
from competitions.events.defining import event_of
from competitions.models import Contestant, Entrant, Event, Form
from competitions.setup import locked_competition
from competitions.stages.reading import next_held
from core.audit import record
from core.auth import Actor
from core.clock import now
from core.db import transaction
from core.errors import ConflictError, InvalidInputError, NotFoundError

VERIFIED = ("A", "S")
"""Marks of sources that are the authority's own words; every other one is shown as not verified."""


@dataclass(frozen=True, slots=True)
class AssessFlags:
    """Hold the final result of an event against the rules."""

    competition_id: int
    event_id: int
    actor: Actor


@dataclass(frozen=True, slots=True)
class Assessed:
    """What an assessment came to."""

    flags: int
    kept: int
    """Flags that a person has decided; they stay as they were decided."""
    without_place: int


def assess_flags(command: AssessFlags) -> Assessed:
    """Store what the rules say; flags that nobody has decided are made anew, decided ones stay.

    Raises:
        NotFoundError: no such event in this competition.
        NotFinalError: the result is not final.
        ConflictError: the event has prizes and they are not fixed, or it is one of units, or another stage follows it.
    """
    with transaction() as session:
        competition = locked_competition(session, command.competition_id)
        event = event_of(session, command.competition_id, command.event_id)
        snapshot = final_publication(session, event).snapshot
        _require_assessable(session, event, snapshot.id)
        said = assess_event(session, competition, event, snapshot)
        stored = {_key(row): row for row in _rows(session, snapshot.id)}
        kept = {key for key, row in stored.items() if row.state is not FlagState.OPEN or row.objections}
        for key, row in stored.items():
            if key not in kept:
                session.delete(row)
        session.flush()
        answers = {_key_of(answer): answer for answer in said.answers}
        session.add_all(_row(answer, event.id, snapshot.id) for key, answer in answers.items() if key not in kept)
        for key in kept & answers.keys():
            if stored[key].state is FlagState.OPEN:
                stored[key].decision, stored[key].answer = answers[key].decision, answers[key].as_record()
        detail = {"snapshot": snapshot.number, "packs": list(said.packs), "answers": len(answers), "kept": len(kept)}
        record(session, command.actor.act("flag.assessed", f"event:{event.id}", competition.id, detail))
        return Assessed(len(answers), len(kept), said.without_place)


def _require_assessable(session: Session, event: Event, snapshot_id: int) -> None:
    if event.form is Form.UNIT:
        raise ConflictError("“%(event)s”的参赛者是单位，没有个人晋升和荣誉可核对", event=event.title)
    later = next_held(session, event.id)
    if later is not None:  # packs speak of 决赛: who wins an earlier stage has won nothing yet
        raise ConflictError(
            "“%(event)s”之后还有“%(next)s”，晋升和荣誉按最后一个阶段的成绩核对；它没有举行的，请先在“各阶段”页登记",
            event=event.title,
            next=later.event.title,
        )
    fixed = session.scalar(select(Award.id).where(Award.snapshot_id == snapshot_id).limit(1))
    if event.prize_rules and not event.is_demonstration and fixed is None:
        raise ConflictError("请先确定“%(event)s”的奖项，再核对晋升和荣誉", event=event.title)


Key = tuple[int, str, str, str]


def _key(row: Recommendation) -> Key:
    return row.contestant_id, row.pack_id, row.benefit, row.name


def _key_of(answer: Answer) -> Key:
    return int(answer.contestant), answer.pack, answer.benefit, name_of(answer)


def _row(answer: Answer, event_id: int, snapshot_id: int) -> Recommendation:
    return Recommendation(
        snapshot_id=snapshot_id,
        event_id=event_id,
        contestant_id=int(answer.contestant),
        pack_id=answer.pack,
        benefit=answer.benefit,
        name=name_of(answer),
        decision=answer.decision,
        answer=answer.as_record(),
    )


def _rows(session: Session, snapshot_id: int) -> Sequence[Recommendation]:
    query = select(Recommendation).where(Recommendation.snapshot_id == snapshot_id)
    return session.scalars(query.options(selectinload(Recommendation.objections))).all()


@dataclass(frozen=True, slots=True)
class DecideFlags:
    """Approve or reject flags, or take a decision back (`state` OPEN), each with a reason."""

    competition_id: int
    flag_ids: tuple[int, ...]
    state: FlagState
    reason: str
    actor: Actor


def decide_flags(command: DecideFlags) -> int:
    """Store a person's decision about flags and return about how many; one audit line names them all.

    Raises:
        InvalidInputError: no flag chosen, or no reason.
        NotFoundError: a flag of another competition.
        ConflictError: somebody has decided already, nothing to take back, or the rules clearly do not allow it.
    """
    reason = command.reason.strip()
    if not command.flag_ids:
        raise InvalidInputError("请先选中要审定的推荐")
    if not reason:
        raise InvalidInputError("审定须写明理由，理由将随推荐留存")
    with transaction() as session:
        flags = [_flag_in(session, command.competition_id, number) for number in sorted(set(command.flag_ids))]
        for flag in flags:
            _require_decidable(flag, command.state)
            is_decided = command.state is not FlagState.OPEN
            flag.state, flag.decision_reason = command.state, reason if is_decided else ""
            flag.decided_by = command.actor.name if is_decided else None
            flag.decided_at = now() if is_decided else None
        detail = {"flags": [flag.id for flag in flags], "state": command.state.value, "reason": reason}
        target = f"recommendation:{flags[0].id}"
        record(session, command.actor.act("flag.decided", target, command.competition_id, detail))
        return len(flags)


def _require_decidable(flag: Recommendation, state: FlagState) -> None:
    name = flag.contestant.person.name
    if state is FlagState.OPEN and flag.state is FlagState.OPEN:
        raise ConflictError("“%(name)s”的推荐还没有审定，无可撤回", name=name)
    if state is not FlagState.OPEN and flag.state is not FlagState.OPEN:
        raise ConflictError("“%(name)s”的推荐已由%(who)s审定，要改请先撤回", name=name, who=flag.decided_by or "")
    if state is FlagState.APPROVED and flag.decision == NOT_ELIGIBLE:
        raise ConflictError("按现有规则和事实，“%(name)s”不符合条件；如事实有误，请改正后重新核对", name=name)


def _flag_in(session: Session, competition_id: int, flag_id: int) -> Recommendation:
    flag = session.get(Recommendation, flag_id, with_for_update=True)
    event = None if flag is None else session.get(Event, flag.event_id)
    if flag is None or event is None or event.competition_id != competition_id:
        raise NotFoundError("这场竞赛里没有这项推荐")
    return flag


@dataclass(frozen=True, slots=True)
class ObjectToFlag:
    """A contestant objects to what was said of him or her."""

    flag_id: int
    text: str
    actor: Actor


def object_to_flag(command: ObjectToFlag, own: Iterable[int]) -> int:
    """Store an objection and return its id.

    Args:
        command: the objection.
        own: contestant ids that the actor is.

    Raises:
        InvalidInputError: nothing said.
        NotFoundError: not a flag about this contestant.
    """
    text = command.text.strip()
    if not text:
        raise InvalidInputError("请写明您的意见")
    with transaction() as session:
        flag = session.get(Recommendation, command.flag_id, with_for_update=True)
        if flag is None or flag.contestant_id not in set(own):
            raise NotFoundError("没有这项关于您的推荐")
        objection = FlagObjection(recommendation_id=flag.id, text=text, made_at=now())
        session.add(objection)
        session.flush()
        act = command.actor.act("flag.objected", f"recommendation:{flag.id}", command.actor.competition_id)
        record(session, act)
        return objection.id


@dataclass(frozen=True, slots=True)
class AnswerObjection:
    """A person answers an objection."""

    competition_id: int
    objection_id: int
    answer: str
    actor: Actor


def answer_objection(command: AnswerObjection) -> None:
    """Store the answer to an objection; the contestant reads it.

    Raises:
        InvalidInputError: nothing said.
        NotFoundError: no such objection in this competition.
        ConflictError: it is answered.
    """
    answer = command.answer.strip()
    if not answer:
        raise InvalidInputError("请写明答复")
    with transaction() as session:
        objection = session.get(FlagObjection, command.objection_id, with_for_update=True)
        if objection is None:
            raise NotFoundError("没有这条意见")
        flag = _flag_in(session, command.competition_id, objection.recommendation_id)
        if objection.answered_at is not None:
            raise ConflictError("这条意见已由%(who)s答复", who=objection.answered_by or "")
        objection.answer, objection.answered_at = answer, now()
        objection.answered_by = command.actor.name
        target = f"recommendation:{flag.id}"
        record(session, command.actor.act("objection.answered", target, command.competition_id, {"answer": answer}))


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which flags to show; empty strings for all."""

    decision: str = ""
    benefit: str = ""
    state: str = ""
    search: str = ""


def flags_of(session: Session, snapshot_id: int, wanted: Wanted) -> list[Recommendation]:
    """The flags of a result in the order of its places, with people, delegations and objections."""
    query = (
        select(Recommendation)
        .join(Recommendation.contestant)
        .join(Award, (Award.entrant_id == Contestant.entrant_id) & (Award.snapshot_id == snapshot_id), isouter=True)
        .where(Recommendation.snapshot_id == snapshot_id)
        .order_by(func.coalesce(Award.contest_rank, 999_999), Recommendation.contestant_id, Recommendation.id)
        .options(
            joinedload(Recommendation.contestant).joinedload(Contestant.person),
            joinedload(Recommendation.contestant).joinedload(Contestant.entrant).joinedload(Entrant.delegation),
            selectinload(Recommendation.objections),
        )
    )
    columns = {"decision": wanted.decision, "benefit": wanted.benefit, "state": wanted.state}
    for name, value in columns.items():
        if value:
            query = query.where(getattr(Recommendation, name) == value)
    flags = list(session.scalars(query))
    return [flag for flag in flags if wanted.search in flag.contestant.person.name + flag.contestant.unit]


def is_verified(flag: Recommendation) -> bool:
    """Whether every rule that the flag rests on was read in the authority's own words."""
    return all(reason["verification"] in VERIFIED for reason in flag.answer["reasons"])


def counts(session: Session, snapshot_ids: Sequence[int]) -> dict[int, dict[str, int]]:
    """By result: how many flags have each decision, and under `open` how many flagged ones wait for a person.

    A result without flags is left out. One query, however many results.
    """
    keys = (Recommendation.snapshot_id, Recommendation.decision, Recommendation.state)
    query = select(*keys, func.count(Recommendation.id)).where(Recommendation.snapshot_id.in_(snapshot_ids))
    found: dict[int, dict[str, int]] = {}
    for snapshot_id, decision, state, number in session.execute(query.group_by(*keys)):
        of_result = found.setdefault(snapshot_id, {})
        of_result[decision] = of_result.get(decision, 0) + number
        if decision == "flagged" and state is FlagState.OPEN:
            of_result["open"] = of_result.get("open", 0) + number
    return found
