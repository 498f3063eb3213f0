"""Who handed in no work, found out where the works are collected: out of the competition before codes are drawn."""

from dataclasses import dataclass

from competitions.events.defining import event_of
from competitions.models import EntrantStatus
from competitions.registration.entrants import SETTLED_STATES
from competitions.setup import WrongStateError, locked_competition
from competitions.work_codes.layers import Standing, WorksCodedError, entrants_to_code, layers_in, standing_of
from core.audit import record
from core.auth import Actor
from core.db import transaction
from core.errors import ConflictError, InvalidInputError

LONGEST_REASON = 300
MISSING_AS = (EntrantStatus.ABSENT, EntrantStatus.WITHDRAWN)


class MissingWorkError(InvalidInputError):
    """Nobody is named, or no reason, or another status than absent or withdrawn."""

    code = "missing_work"


@dataclass(frozen=True, slots=True)
class NoteMissingWorks:
    """These entrants handed in no work: absent, or withdrawn."""

    competition_id: int
    event_id: int
    entrant_ids: tuple[int, ...]
    status: EntrantStatus
    reason: str
    actor: Actor


def note_missing_works(command: NoteMissingWorks) -> int:
    """Take them out, all of them or none, each with a line in the audit record; returns how many.

    Raises:
        MissingWorkError: as it says.
        WorksCodedError: a layer is drawn: the codes have to be given up first.
        ConflictError: works are not marked by code here, or somebody named does not compete any more.
        WrongStateError: results are on show.
        NotFoundError: no such event in this competition.
    """
    reason = command.reason.strip()
    if not command.entrant_ids:
        raise MissingWorkError("请先勾选没有交作品的选手")
    if not reason or len(reason) > LONGEST_REASON or command.status not in MISSING_AS:
        raise MissingWorkError("请选缺考或弃权，并写明理由（最多 %(most)s 字）", most=LONGEST_REASON)
    with transaction() as session:
        competition = locked_competition(session, command.competition_id)
        event = event_of(session, competition.id, command.event_id)
        if competition.state in SETTLED_STATES:
            raise WrongStateError("成绩已经公示，参赛状态不能再改；要改请先退回复核")
        layers = layers_in(session, event.id)
        if standing_of(layers) is Standing.NONE:
            raise ConflictError("“%(event)s”的作品不编码，没有交作品的请在参赛名单里登记", event=event.title)
        if any(layer.drawn_at for layer in layers):
            raise WorksCodedError(
                "“%(event)s”的作品已经编码；请先作废编码，登记没有交作品的，再重新抽取", event=event.title
            )
        there = {one.id: one for one in entrants_to_code(session, event.id)}
        for entrant_id in dict.fromkeys(command.entrant_ids):
            entrant = there.get(entrant_id)
            if entrant is None:
                raise ConflictError("勾选的选手里有人已经不参赛了，请看过现在的名单再登记")
            detail = {"from": entrant.status.value, "to": command.status.value, "reason": reason}
            entrant.status, entrant.status_reason = command.status, reason
            target = f"entrant:{entrant.id}"
            record(session, command.actor.act("entrant.status_changed", target, competition.id, detail))
        return len(set(command.entrant_ids))
