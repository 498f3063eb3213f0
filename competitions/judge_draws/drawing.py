"""The draw of judges as a use case: committed to beforehand, joined with numbers called out, in force at once.

As on paper, where lots are drawn in front of a supervisor, what is drawn stands: there is nothing to look at first and
to discard. Another draw takes a reason, and every draw stays on record.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import current_app
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from competitions.draws.draw import commitment, joint_seed
from competitions.events.defining import event_of
from competitions.judge_draws.gathering import Gathered, Terms, Why, gather
from competitions.judge_draws.lots import DrawnSeats, JudgeShortageError, Shortage, digest, draw_seats, shortage_of
from competitions.judge_draws.models import JudgeDraw
from competitions.judges.conflicts import name_key
from competitions.judges.panels import judge_of, may_seat, put_on_panel
from competitions.judges.wanting import seats_wanted
from competitions.models import Competition, Event, Module, Panel, Seat
from competitions.setup import EmptyNameError, WrongStateError, locked_competition
from core.audit import record
from core.auth import Actor
from core.clock import now
from core.db import transaction
from core.errors import ConflictError, InvalidInputError
from core.messages import joined, message, said
from core.personal_data import blind_index

LONGEST_REASON = 300
MADE = "judge_draw.made"


class JudgesDrawnError(ConflictError):
    """Somebody has drawn or seated meanwhile, or nothing is left to draw."""

    code = "judges_drawn"


class JudgeDrawReasonError(InvalidInputError):
    """A further draw, or a judge left out, without saying why."""

    code = "judge_draw_reason"


class WitnessError(InvalidInputError):
    """Whoever draws cannot be the witness."""

    code = "witness"


@dataclass(frozen=True, slots=True)
class DrawJudges:
    """Draw judges for panels of an event.

    Attributes:
        earlier: how many draws of judges whoever asks has seen, so that two who press at once make one draw.
        seen: `seats_digest` of what whoever asks has seen, so that nobody is unseated unseen.
        reason: why it is drawn again.
        left_out_reason: why some of the list do not take part.
    """

    competition_id: int
    event_id: int
    terms: Terms
    witness: str
    called_out: tuple[str, ...]
    actor: Actor
    seen: str
    earlier: int = 0
    reason: str = ""
    left_out_reason: str = ""


def secret_of(event_id: int, number: int) -> str:
    """The secret half of the seed of the event's draw of judges `number` (from 1): 64 hex digits, by the data key."""
    return blind_index("judge-draw-secret", f"{event_id}/{number}")


def next_commitment(event_id: int, drawn: int) -> str:
    """What is published before the next draw of judges of an event of which `drawn` were made."""
    return commitment(secret_of(event_id, drawn + 1))


def seats_digest(session: Session, event_id: int) -> str:
    """Who sits where in an event, as one word: another word, another seating."""
    query = (
        select(Module.code, Panel.name, Seat.number, Seat.judge_id)
        .join(Panel, Panel.module_id == Module.id)
        .join(Seat, Seat.panel_id == Panel.id)
        .where(Module.event_id == event_id)
        .order_by(Module.id, Panel.id, Seat.number)
    )
    return digest(list(row) for row in session.execute(query))


def draw_judges(command: DrawJudges) -> int:
    """Seat the judges that the lot gives, and return the record's id.

    Raises:
        EmptyNameError, WitnessError: no witness, or the same person who draws.
        DrawError: nothing was called out.
        JudgesDrawnError: somebody has drawn or seated meanwhile, or every seat is taken.
        JudgeDrawReasonError: a further draw, or somebody left out, without a reason.
        JudgeShortageError: too few judges, with the panels and people concerned.
        SeatsOpenError, PanelsDifferError, InvalidInputError: as `gather`.
        RecusalError: somebody who sits there and was to stay is barred.
        WrongStateError: marking has begun.
        ConflictError: somebody has marked in the event.
        NotFoundError: no such event or module in this competition.
    """
    _require_words(command)
    with transaction() as session:
        competition = locked_competition(session, command.competition_id)
        event = event_of(session, competition.id, command.event_id)
        if not may_seat(session, competition, event.id):
            raise WrongStateError("评分已经开始，裁判组不能再抽；要换人请用“换裁判”")
        number = 1 + (session.scalar(select(func.count(JudgeDraw.id)).where(JudgeDraw.event_id == event.id)) or 0)
        _require_seen(session, command, event, number)
        gathered = gather(session, event, command.terms, seats_wanted([event.id]).get(event.id, {}))
        _require_drawable(gathered)
        seed = joint_seed(secret_of(event.id, number), command.called_out)
        drawn = draw_seats(seed, gathered.lots)
        seated = _seat(session, competition, gathered, drawn)
        current_app.config["SEATS_CHANGED"](session, event.id)
        row = JudgeDraw(
            event_id=event.id,
            number=number,
            record=drawn.as_record() | _beside(command, gathered, seated, number),
            witness=command.witness.strip(),
            reason=command.reason.strip(),
            drawn_at=now(),
            drawn_by=command.actor.name,
        )
        session.add(row)
        session.flush()
        record(session, command.actor.act(MADE, f"judge_draw:{row.id}", competition.id, _detail(row, gathered)))
        return row.id


def _require_words(command: DrawJudges) -> None:
    witness = command.witness.strip()
    if not witness:
        raise EmptyNameError("请填写在场监督人的姓名")
    if name_key(witness) == name_key(command.actor.name):
        raise WitnessError("监督人不能是操作抽签的本人，请由另一人在场监督")
    if command.terms.left_out and not command.left_out_reason.strip():
        raise JudgeDrawReasonError("有裁判不参加抽签，请写明理由")
    if max(len(command.reason), len(command.left_out_reason)) > LONGEST_REASON:
        raise JudgeDrawReasonError("理由最多 %(most)s 字", most=LONGEST_REASON)


def _require_seen(session: Session, command: DrawJudges, event: Event, number: int) -> None:
    if command.earlier != number - 1:
        raise JudgesDrawnError("“%(event)s”刚刚已由别人抽过裁判，请刷新后查看结果", event=event.title)
    if command.seen != seats_digest(session, event.id):
        raise JudgesDrawnError("您查看之后，“%(event)s”的裁判席位有人改过，请刷新后再抽", event=event.title)
    if number > 1 and not command.reason.strip():
        raise JudgeDrawReasonError("“%(event)s”已抽过裁判，再抽要写明理由", event=event.title)


def _require_drawable(gathered: Gathered) -> None:
    if not gathered.lots.panels:
        raise JudgesDrawnError("没有空席：席位都已坐满。要重新抽，请选“全部重新抽”")
    shortage = shortage_of(gathered.lots)
    if shortage is not None:
        raise shortage_error(gathered, shortage)


_KEPT_OUT = {
    Why.BARRED: message("应当回避：%(names)s"),
    Why.ELSEWHERE: message("已有席位或同一时间在别处：%(names)s"),
    Why.CHIEF: message("裁判长：%(names)s"),
    Why.LEFT_OUT: message("没有列入：%(names)s"),
}


def shortage_error(gathered: Gathered, shortage: Shortage) -> JudgeShortageError:
    """What is lacking, for which panels, and who is not there for them."""
    names = {group.id: group.label for group in gathered.groups}
    people = {why: [one.name for one in gathered.judges if gathered.why[one.id] is why] for why in _KEPT_OUT}
    whom = [said(words, names=joined(people[why])) for why, words in _KEPT_OUT.items() if people[why]]
    partly = {one.id for one in gathered.lots.candidates if one.kept_off.intersection(shortage.panels)}
    some = [one.name for one in gathered.judges if str(one.id) in partly]
    if some:
        whom.append(said(message("只能坐其中一些席位：%(names)s"), names=joined(some)))
    if not whom:
        whom.append(said(message("名单里的裁判都已算上")))
    return JudgeShortageError(
        "%(panels)s要抽 %(wanted)s 席，有 %(lacking)s 席没有人可坐。%(whom)s。请添加裁判，或改变条件再抽",
        panels=joined(names[panel] for panel in shortage.panels),
        wanted=shortage.wanted,
        lacking=shortage.lacking,
        whom=joined(whom, message("；")),
    )


def _seat(
    session: Session, competition: Competition, gathered: Gathered, drawn: DrawnSeats
) -> list[tuple[str, str, list[str]]]:
    """Put everybody on the panels, by the same checks as by hand; returns module, panel and judges of each."""
    seated = []
    for group in gathered.groups:
        people = [*group.kept, *(int(seat.judge) for seat in drawn.seats if seat.panel == group.id)]
        for place in group.places:
            own = people[: place.seats]
            judges = [judge_of(session, competition.id, judge_id) for judge_id in own]
            put_on_panel(session, competition, place.module, place.name, judges)
            seated.append((place.module.code, place.name, [str(judge_id) for judge_id in own]))
    return seated


def _beside(
    command: DrawJudges, gathered: Gathered, seated: Sequence[tuple[str, str, list[str]]], number: int
) -> dict[str, Any]:
    """What a record keeps beside the draw itself. Names of units and reasons of recusal are not kept for ever."""
    secret = secret_of(command.event_id, number)
    terms = command.terms
    return {
        "number": number,
        "secret": secret,
        "commitment": commitment(secret),
        "called_out": list(command.called_out),
        "judges": [[str(judge.id), gathered.why[judge.id].value] for judge in gathered.judges],
        "left_out_reason": command.left_out_reason.strip() if terms.left_out else "",
        "terms": {"joint": terms.joint, "keep": terms.keep, "chiefs": terms.chiefs},
        "groups": [[one.id, [[at.module.code, at.name, at.seats] for at in one.places]] for one in gathered.groups],
        "seated": [list(one) for one in seated],
        "untimed": [module.code for module in gathered.untimed],
    }


def _detail(row: JudgeDraw, gathered: Gathered) -> dict[str, Any]:
    kept = row.record
    names = {str(judge.id): judge.name for judge in gathered.judges}
    return {
        "event": row.event_id,
        "number": row.number,
        "fingerprint": kept["fingerprint"],
        "witness": row.witness,
        "reason": row.reason,
        "left_out": [names[judge] for judge, why in kept["judges"] if why == Why.LEFT_OUT],
        "left_out_reason": kept["left_out_reason"],
        "panels": {f"{code} {name}": [names[judge] for judge in judges] for code, name, judges in kept["seated"]},
    }
