"""A coded work that is not there although judges have marked, as where a label belongs to nothing.

Its marks stay as they are and count for nothing: whose work it is turns out at decoding, and is absent from then on,
never zero.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from competitions.events.defining import event_of
from competitions.models import Entrant, EntrantStatus
from competitions.registration.entrants import COMPETING, SETTLED_STATES
from competitions.setup import WrongStateError, locked_competition
from competitions.work_codes.layers import Standing, layers_in, standing_of
from competitions.work_codes.missing import LONGEST_REASON, MissingWorkError
from core.audit import record
from core.auth import Actor
from core.db import transaction
from core.errors import ConflictError, NotFoundError


@dataclass(frozen=True, slots=True)
class NoteLostWork:
    """The work of this code is not there, or, `is_found`, is there again; with a reason."""

    competition_id: int
    event_id: int
    work_id: int
    is_found: bool
    reason: str
    actor: Actor


def note_lost_work(command: NoteLostWork) -> str:
    """Have nobody wait for the sheets of a work, or wait again; returns its code. No mark is touched.

    Raises:
        MissingWorkError: no reason, or one that is too long.
        NotFoundError: no such work in this event.
        ConflictError: the codes are not all drawn, or are opened; or it is noted so already.
        WrongStateError: results are on show.
    """
    reason = command.reason.strip()
    if not reason or len(reason) > LONGEST_REASON:
        raise MissingWorkError("请写明理由（最多 %(most)s 字），理由记入审计", most=LONGEST_REASON)
    with transaction() as session:
        competition = locked_competition(session, command.competition_id)
        event = event_of(session, competition.id, command.event_id)
        if competition.state in SETTLED_STATES:
            raise WrongStateError("成绩已经公示，参赛状态不能再改；要改请先退回复核")
        if standing_of(layers_in(session, event.id)) is not Standing.CODED:
            raise ConflictError("“%(event)s”没有已编码、尚未解密的作品", event=event.title)
        work = session.get(Entrant, command.work_id)
        if work is None or work.event_id != event.id or work.work_code is None:
            raise NotFoundError("没有这件作品")
        status = EntrantStatus.PRESENT if command.is_found else EntrantStatus.ABSENT
        if work.status is status:
            raise ConflictError("%(code)s 已经这样登记了", code=work.work_code)
        _change(session, command.actor, competition.id, work, Change(status, reason, work.work_code))
        return work.work_code


def pass_on(
    session: Session, actor: Actor, competition_id: int, works: Sequence[Entrant], owners: Mapping[int, int]
) -> None:
    """Have the owners of works that were not there be absent; who is out for another reason stays so.

    Args:
        session: of the transaction in which the last layer is opened.
        actor: who opens it.
        competition_id: for the record.
        works: of the event.
        owners: work → entrant.
    """
    for work in works:
        owner = session.get_one(Entrant, owners[work.id])
        if work.status is EntrantStatus.ABSENT and owner.status in COMPETING:
            _change(session, actor, competition_id, owner, Change(work.status, work.status_reason, str(work.work_code)))


@dataclass(frozen=True, slots=True)
class Change:
    """What an entrant is from now on, why, and the code of the work that it is about."""

    status: EntrantStatus
    reason: str
    code: str


def _change(session: Session, actor: Actor, competition_id: int, entrant: Entrant, change: Change) -> None:
    detail = {"from": entrant.status.value, "to": change.status.value, "reason": change.reason, "code": change.code}
    entrant.status = change.status
    entrant.status_reason = change.reason if change.status is EntrantStatus.ABSENT else ""
    record(session, actor.act("entrant.status_changed", f"entrant:{entrant.id}", competition_id, detail))


def there_and_lost(works: Sequence[Entrant]) -> tuple[list[Entrant], list[Entrant]]:
    """Works that are there, and those that were noted as not."""
    lost = [work for work in works if work.status is EntrantStatus.ABSENT]
    return [work for work in works if work not in lost], lost
