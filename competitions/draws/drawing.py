"""The draw of an event as a use case: committed to beforehand, joined with numbers called out, kept replayable.

The secret half of the seed is fixed by the installation's key before anybody calls out a number; its commitment is
shown before the draw and the secret itself after it, so that neither side can choose the order alone.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import current_app
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from competitions.draws.draw import (
    DrawEntrant,
    DrawError,
    DrawnOrder,
    commitment,
    draw,
    joint_seed,
    places_here,
    replay,
)
from competitions.events.defining import event_of
from competitions.lifecycle import CompetitionState
from competitions.models import Competition, DrawRecord, Entrant, Event
from competitions.registration.entrants import COMPETING
from competitions.setup import EmptyNameError, WrongStateError, locked_competition
from competitions.stages.reading import may_still_be_set_up
from competitions.work_codes.layers import layers_in
from core.audit import record
from core.auth import Actor
from core.clock import now
from core.db import db, transaction
from core.errors import ConflictError, DomainError, InvalidInputError, NotFoundError
from core.messages import message
from core.personal_data import blind_index

HasMarks = Callable[[int], bool]


class AlreadyDrawnError(ConflictError):
    """The event is drawn; another draw wants a reason, and nobody may have been marked."""

    code = "already_drawn"


class RedrawReasonError(InvalidInputError):
    """A draw is made again without saying why."""

    code = "redraw_reason"


@dataclass(frozen=True, slots=True)
class RunDraw:
    """Draw an event.

    `earlier` is the number of draws that whoever asks has seen, so that two who press at once make one draw.
    """

    competition_id: int
    event_id: int
    witness: str
    called_out: tuple[str, ...]
    actor: Actor
    earlier: int = 0
    reason: str = ""
    stations: int | None = None
    spread: bool = False


@dataclass(frozen=True, slots=True)
class Verification:
    """What a replay of a record found; `problem` is empty where everything agrees."""

    record_id: int
    fingerprint: str
    problem: str = ""


def secret_of(event_id: int, number: int) -> str:
    """The secret half of the seed of the event's draw `number` (from 1): 64 hex digits, fixed by the data key."""
    return blind_index("draw-secret", f"{event_id}/{number}")


def next_commitment(event_id: int, drawn: int) -> str:
    """What is published before the next draw of an event that was drawn `drawn` times."""
    return commitment(secret_of(event_id, drawn + 1))


def run_draw(command: RunDraw, has_marks: HasMarks) -> int:
    """Give every competing entrant a draw number and return the record's id.

    Args:
        command: which event, who watches, what was called out.
        has_marks: tells whether an event has any mark.

    Raises:
        EmptyNameError: no witness.
        DrawError: nothing was called out, or nobody takes part.
        AlreadyDrawnError: somebody else has drawn meanwhile, there are marks, or works are coded.
        RedrawReasonError: a further draw without a reason.
        WrongStateError: the competition is not at the draw.
        NotFoundError: no such event in this competition.
    """
    if not command.witness.strip():
        raise EmptyNameError("请填写在场监督人的姓名")
    with transaction() as session:
        competition = locked_competition(session, command.competition_id)
        event = event_of(session, competition.id, command.event_id)
        if not may_draw(session, competition, event.id):
            raise WrongStateError("竞赛不在抽签阶段，不能抽签")
        if any(layer.drawn_at for layer in layers_in(session, event.id)):
            raise AlreadyDrawnError("“%(event)s”的作品已按抽签号编码，不能重抽；要重抽须先作废编码", event=event.title)
        number = _drawn_times(session, event.id) + 1
        _require_first_or_reason(command, event, number, has_marks)
        entrants = _competing(session, event.id)
        drawn = _drawn(command, event, entrants, number)
        _number(session, event.id, entrants, drawn)
        session.flush()
        current_app.config["SEATS_CHANGED"](session, event.id)
        row = DrawRecord(
            event_id=event.id,
            record=_kept(command, drawn, number),
            witness=command.witness.strip(),
            drawn_at=now(),
            drawn_by=command.actor.name,
        )
        session.add(row)
        session.flush()
        detail = {
            "record": row.id,
            "number": number,
            "fingerprint": row.record["fingerprint"],
            "witness": row.witness,
            "entrants": len(entrants),
            "reason": command.reason.strip(),
        }
        record(session, command.actor.act("draw.made", f"event:{event.id}", competition.id, detail))
        return row.id


def may_draw(session: Session, competition: Competition, event_id: int) -> bool:
    """Whether an event may be drawn: all at the draw, and a later stage while the competition is being marked."""
    at_draw = competition.state is CompetitionState.DRAWING
    return at_draw or may_still_be_set_up(session, competition, event_id)


def _drawn_times(session: Session, event_id: int) -> int:
    return session.scalar(select(func.count(DrawRecord.id)).where(DrawRecord.event_id == event_id)) or 0


def _require_first_or_reason(command: RunDraw, event: Event, number: int, has_marks: HasMarks) -> None:
    if number == 1:
        return
    if command.earlier != number - 1:
        raise AlreadyDrawnError("“%(event)s”刚刚已由别人抽过签，请刷新后查看结果", event=event.title)
    if has_marks(event.id):
        raise AlreadyDrawnError("“%(event)s”已有裁判打过分，不能重抽", event=event.title)
    if not command.reason.strip():
        raise RedrawReasonError("“%(event)s”已抽过签，重抽要写明理由", event=event.title)


def _competing(session: Session, event_id: int) -> Sequence[Entrant]:
    query = select(Entrant).where(
        Entrant.event_id == event_id, Entrant.status.in_(COMPETING), Entrant.work_code.is_(None)
    )
    return session.scalars(query.order_by(Entrant.id)).all()


def _drawn(command: RunDraw, event: Event, entrants: Sequence[Entrant], number: int) -> DrawnOrder:
    if not entrants:
        raise DrawError("“%(event)s”没有参加抽签的选手", event=event.title)
    seed = joint_seed(secret_of(event.id, number), command.called_out)
    lots = [DrawEntrant(str(entrant.id), str(entrant.delegation_id)) for entrant in entrants]
    return draw(seed, lots, stations=command.stations or len(lots), spread=command.spread)


def _number(session: Session, event_id: int, entrants: Sequence[Entrant], drawn: DrawnOrder) -> None:
    own = select(Entrant).where(Entrant.event_id == event_id, Entrant.work_code.is_(None))
    for entrant in session.scalars(own):
        entrant.draw_number = None
    # Numbers are unique in an event: the old ones have to be gone before the new ones come.
    session.flush()
    orders = {place.entrant: place.order for place in drawn.places}
    for entrant in entrants:
        entrant.draw_number = orders[str(entrant.id)]


def _kept(command: RunDraw, drawn: DrawnOrder, number: int) -> dict[str, object]:
    secret = secret_of(command.event_id, number)
    return drawn.as_record() | {
        "number": number,
        "secret": secret,
        "commitment": commitment(secret),
        "called_out": list(command.called_out),
        "reason": command.reason.strip(),
    }


def draws_of(event_id: int) -> list[DrawRecord]:
    """All draws of an event, the one in force first."""
    query = select(DrawRecord).where(DrawRecord.event_id == event_id).order_by(DrawRecord.id.desc())
    return list(db.session.scalars(query))


def draws_by_event(competition_id: int) -> dict[int, list[DrawRecord]]:
    """Event id → its draws, the one in force first, of a whole competition. One query."""
    query = select(DrawRecord).join(Event, Event.id == DrawRecord.event_id)
    found: dict[int, list[DrawRecord]] = {}
    for made in db.session.scalars(query.where(Event.competition_id == competition_id).order_by(DrawRecord.id.desc())):
        found.setdefault(made.event_id, []).append(made)
    return found


def event_of_record(record_id: int) -> int:
    """The id of the event that a draw belongs to.

    Raises:
        NotFoundError: no such draw.
    """
    row = db.session.get(DrawRecord, record_id)
    if row is None:
        raise NotFoundError("没有这次抽签")
    return row.event_id


def verify_draw(competition_id: int, record_id: int) -> Verification:
    """Make a recorded draw again and hold it against the record, the commitment and, if in force, the numbers given.

    Raises:
        NotFoundError: no such record in this competition.
    """
    row = db.session.get(DrawRecord, record_id)
    if row is None:
        raise NotFoundError("没有这次抽签")
    event = event_of(db.session(), competition_id, row.event_id)
    try:
        replay(row.record)
        seed = joint_seed(row.record["secret"], row.record["called_out"])
        agreed = commitment(row.record["secret"])
    except DomainError as error:
        return Verification(row.id, str(row.record.get("fingerprint", "")), str(error))
    problem = ""
    if seed != row.record["seed"] or agreed != row.record["commitment"]:
        problem = message("种子与承诺值或现场报数不一致")
    elif draws_of(event.id)[0].id == row.id and _numbers_differ(event.id, row.record):
        problem = message("选手现在的抽签号与记录不一致")
    return Verification(row.id, row.record["fingerprint"], problem)


def _numbers_differ(event_id: int, kept: Mapping[str, Any]) -> bool:
    query = select(Entrant.id, Entrant.draw_number).where(Entrant.event_id == event_id, Entrant.work_code.is_(None))
    given = {key: number for key, number in db.session.execute(query) if number is not None}
    return given != {entrant: order for entrant, order, _, _ in places_here(kept)}
