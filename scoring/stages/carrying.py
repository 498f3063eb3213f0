"""The use case that takes people on to the next stage: entrants made anew, in one transaction, nobody twice."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from competitions.models import Contestant, Entrant, EntrantStatus, Event, Form
from competitions.setup import locked_competition, require_state
from competitions.stages.linking import OPEN_STATES
from core.audit import record
from core.auth import Actor
from core.clock import now
from core.db import transaction
from core.errors import ConflictError, InvalidInputError
from scoring.sheets.opening import has_marks
from scoring.stages.models import StageDecision
from scoring.stages.proposing import Fate
from scoring.stages.reading import Candidate, Way, way_into

LONGEST_REASON = 300


class WayChangedError(ConflictError):
    """Another result was published, or the line changed, since somebody looked."""

    code = "way_changed"


class TieOnLineError(ConflictError):
    """Entrants are tied on the line, and nobody has said what becomes of them."""

    code = "tie_on_line"


class DecisionError(InvalidInputError):
    """A decision by name without a reason, or upon somebody of whom there is nothing to decide."""

    code = "stage_decision"


class TieChoice(StrEnum):
    """What becomes of those who are tied on the line."""

    OPEN = "open"
    ALL = "all"
    BY_NAME = "by_name"


@dataclass(frozen=True, slots=True)
class CarryOn:
    """Take on who goes by the line, and who is named.

    Attributes:
        event_id: the next stage.
        seen: `Way.seen` as it stood when somebody looked.
        left_out: entrant of the earlier stage → why it does not go on though it could.
        moved_up: entrant → why it goes on though it is beyond the line, or was left out.
        tie: what becomes of the tied.
        chosen: by name, who of the tied goes on.
        tie_reason: why these.
    """

    competition_id: int
    event_id: int
    seen: str
    actor: Actor
    left_out: Mapping[int, str] = field(default_factory=dict)
    moved_up: Mapping[int, str] = field(default_factory=dict)
    tie: TieChoice = TieChoice.OPEN
    chosen: frozenset[int] = frozenset()
    tie_reason: str = ""


@dataclass(frozen=True, slots=True)
class Carried:
    """How many were taken on and left out by this press."""

    added: int
    left_out: int


@dataclass(frozen=True, slots=True)
class _Verdict:
    candidate: Candidate
    goes_on: bool
    reason: str = ""
    by_name: bool = False


def carry_on(command: CarryOn) -> Carried:
    """Make the entrants of the next stage, with their members, without draw numbers; the same press again adds nobody.

    Who went on before stays, whatever a later result says. Who was left out stays out until moved up by name.

    Raises:
        NotFoundError: no such event, or it follows none.
        WrongStateError: marking is over.
        ConflictError: nothing is published of the earlier stage, or somebody is marked in the next one, or
            that was not held.
        WayChangedError: not what was seen.
        TieOnLineError: tied on the line and not decided.
        DecisionError: a decision without a reason, or on somebody it cannot be made of.
    """
    with transaction() as session:
        competition = locked_competition(session, command.competition_id)
        require_state(competition, OPEN_STATES, "评分已经结束，不能再带入选手；要改请先退回评分")
        way = way_into(session, competition.id, command.event_id)
        if not way.stage.is_held:
            raise ConflictError("“%(event)s”已登记为没有举行，不能带入选手", event=way.stage.event.title)
        if way.publication is None:
            raise ConflictError("“%(event)s”的成绩还没有公布，不能带入选手", event=way.earlier.title)
        if way.seen != command.seen:
            raise WayChangedError("您看到之后，成绩或晋级线有变动，请核对后再带入")
        verdicts = _verdicts(way, command)
        if not verdicts:
            return Carried(0, 0)
        event = way.stage.event
        if has_marks(event.id):
            raise ConflictError(
                "“%(event)s”已有裁判打过分，不能再带入选手：抽签和评分都是按现有选手做的。"
                "确应补入的（例如成绩因申诉更正），请组委会按规程决定怎样补救，例如另行安排补赛，并记入申诉的处理意见",
                event=event.title,
            )
        there = _already_there(session, event)
        for verdict in verdicts:
            _store(session, way, verdict, there, command.actor)
        session.flush()
        detail = _detail(way, verdicts)
        record(session, command.actor.act("stage.carried", f"event:{event.id}", competition.id, detail))
        added = sum(verdict.goes_on for verdict in verdicts)
        return Carried(added, len(verdicts) - added)


def _verdicts(way: Way, command: CarryOn) -> list[_Verdict]:
    named = {**command.left_out, **command.moved_up}
    candidates = {one.line.entrant_id: one for one in way.candidates}
    if len(named) < len(command.left_out) + len(command.moved_up) or named.keys() - candidates.keys():
        raise DecisionError("不能同时决定一名选手晋级又不晋级，也不能决定成绩里没有的人")
    for reason in [*named.values(), command.tie_reason]:
        if len(reason) > LONGEST_REASON:
            raise DecisionError("理由最多 %(most)s 字", most=LONGEST_REASON)
    return [verdict for one in way.candidates for verdict in _verdict(one, command)]


def _verdict(one: Candidate, command: CarryOn) -> Iterator[_Verdict]:
    """What becomes of a candidate; nothing where nothing changes, so that a press made twice is one."""
    key = one.line.entrant_id
    if one.went_on:
        return
    if key in command.moved_up:
        yield _moved_up(one, command.moved_up[key])
    elif one.is_left_out or one.is_gone:
        return
    elif key in command.left_out:
        if one.fate not in (Fate.GOES, Fate.TIED):
            raise DecisionError("“%(name)s”本来就不在晋级之列", name=one.entrant.name)
        yield _Verdict(one, False, _reason(one, command.left_out[key]), by_name=True)
    elif one.fate is Fate.GOES:
        yield _Verdict(one, True)
    elif one.fate is Fate.TIED:
        yield _tied(one, command)


def _moved_up(one: Candidate, reason: str) -> _Verdict:
    if one.is_gone or one.fate is Fate.UNPLACED:
        raise DecisionError("“%(name)s”没有名次，或已弃权、取消资格，不能晋级", name=one.entrant.name)
    return _Verdict(one, True, _reason(one, reason), by_name=True)


def _tied(one: Candidate, command: CarryOn) -> _Verdict:
    if command.tie is TieChoice.ALL:
        return _Verdict(one, True, by_name=True)
    if command.tie is TieChoice.OPEN:
        raise TieOnLineError("晋级线上有并列，请先决定并列的是全部晋级，还是指名晋级")
    if not command.chosen or not command.tie_reason.strip():
        raise DecisionError("指名晋级要至少选一名，并写明理由和依据")
    return _Verdict(one, one.line.entrant_id in command.chosen, command.tie_reason.strip(), by_name=True)


def _reason(one: Candidate, reason: str) -> str:
    if not reason.strip():
        raise DecisionError("请写明“%(name)s”不按晋级线处理的理由", name=one.entrant.name)
    return reason.strip()


def _already_there(session: Session, event: Event) -> dict[object, int]:
    """Who is in the next stage without having been carried: by person, of units by name → the entrant."""
    query = select(Contestant.person_id, Contestant.entrant_id).join(Contestant.entrant)
    there: dict[object, int] = dict(session.execute(query.where(Entrant.event_id == event.id)).all())
    if event.form is Form.UNIT:
        units = select(Entrant.name, Entrant.id).where(Entrant.event_id == event.id)
        there |= dict(session.execute(units).all())
    return there


def _store(session: Session, way: Way, verdict: _Verdict, there: Mapping[object, int], actor: Actor) -> None:
    assert way.publication is not None  # noqa: S101  asked before; for the type checker
    source = verdict.candidate.entrant
    session.add(
        StageDecision(
            event_id=way.stage.event_id,
            source_id=source.id,
            goes_on=verdict.goes_on,
            by_name=verdict.by_name,
            reason=verdict.reason,
            entrant_id=_entrant_for(session, source, way.stage.event, there) if verdict.goes_on else None,
            publication_id=way.publication.id,
            decided_at=now(),
            decided_by=actor.name,
        )
    )


def _entrant_for(session: Session, source: Entrant, event: Event, there: Mapping[object, int]) -> int:
    keys: list[object] = [member.person_id for member in source.members] or [source.name]
    known = next((there[key] for key in keys if key in there), None)
    if known is not None:
        return known
    entrant = Entrant(
        event_id=event.id,
        delegation_id=source.delegation_id,
        name=source.name,
        draw_number=None,
        work_code=None,
        status=EntrantStatus.PRESENT if event.form is Form.UNIT else EntrantStatus.REGISTERED,
        members=[_member_again(member) for member in source.members],
    )
    session.add(entrant)
    session.flush()
    return entrant.id


def _member_again(member: Contestant) -> Contestant:
    """The same person with the same facts, to be called in anew: code, draw and arrival are the next stage's own."""
    return Contestant(
        person_id=member.person_id,
        unit=member.unit,
        identity=member.identity,
        level=member.level,
        level_certificate=member.level_certificate,
        listed=member.listed,
        unit_nature=member.unit_nature,
        is_rural_migrant=member.is_rural_migrant,
        is_new_employment=member.is_new_employment,
        is_name_hidden=member.is_name_hidden,
    )


def _detail(way: Way, verdicts: list[_Verdict]) -> dict[str, object]:
    by_name = [verdict for verdict in verdicts if verdict.by_name]
    return {
        "from": way.earlier.id,
        "line": str(way.stage.line),
        "publication": way.publication.id if way.publication else None,
        "added": [verdict.candidate.line.entrant_id for verdict in verdicts if verdict.goes_on],
        "left_out": [verdict.candidate.line.entrant_id for verdict in verdicts if not verdict.goes_on],
        "by_name": [verdict.candidate.line.entrant_id for verdict in by_name],
    }
