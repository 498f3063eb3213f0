"""Whether judges sign their sheets, and contestants beside them: the organiser's choice, asked for at handing in."""

import re
from dataclasses import dataclass

from sqlalchemy.orm import Session

from competitions.events.defining import event_of
from competitions.models import Event, Module
from competitions.work_codes.layers import awaits_decoding
from core.audit import record
from core.auth import Actor
from core.clock import now
from core.db import transaction
from core.errors import InvalidInputError
from core.messages import message
from scoring.jury.models import ContestantSigns, JudgingSetting
from scoring.models import ScoreSheet
from scoring.sheets.seating import LEAD_SEAT

SIGNS_NAMES = {
    ContestantSigns.NONE: message("签名不作要求"),
    ContestantSigns.JUDGE: message("裁判在每张评分表上签名"),
    ContestantSigns.FIRST_SEAT: message("裁判签名，选手在第 1 席裁判的评分表上签名"),
    ContestantSigns.ALL: message("裁判和选手在每张评分表上签名"),
}
SIGNATURE_LENGTH = 20_000
_PATH = re.compile(r"[ML0-9 ]*", re.ASCII)


class JudgeUnsignedError(InvalidInputError):
    """The event asks for the judge's signature and there is none."""

    code = "judge_unsigned"


class ContestantUnsignedError(InvalidInputError):
    """The event asks for the contestant's signature; there is neither one nor a word why not."""

    code = "contestant_unsigned"


def signing_of(session: Session, event_id: int) -> ContestantSigns:
    """What an event asks for; nothing unless an organiser chose.

    Where it asks for the contestant's hand, it asks for the judge's alone while its works are marked by code: a
    contestant's signature would say whose work it is.
    """
    setting = session.get(JudgingSetting, event_id)
    signing = setting.contestant_signs if setting else ContestantSigns.NONE
    if signing in (ContestantSigns.FIRST_SEAT, ContestantSigns.ALL) and awaits_decoding(session, event_id):
        return ContestantSigns.JUDGE
    return signing


def asks_judge(signing: ContestantSigns) -> bool:
    """Whether every judge signs: wherever anybody's hand is asked for, the judge's is."""
    return signing is not ContestantSigns.NONE


def asks_contestant(signing: ContestantSigns, seat: int) -> bool:
    """Whether the contestant signs the sheet of `seat`."""
    return signing is ContestantSigns.ALL or (signing is ContestantSigns.FIRST_SEAT and seat == LEAD_SEAT)


def require_signatures(session: Session, sheet: ScoreSheet, *paths: str, refusal: str) -> None:
    """Refuse a handing-in whose signatures are no drawings, or that lacks what the event asks for.

    Args:
        session: to read with.
        sheet: what is handed in.
        paths: the judge's signature and the contestant's, each an SVG path or empty.
        refusal: why the contestant has not signed, in the judge's words; empty if there is nothing to say.

    Raises:
        InvalidInputError: a signature is no path of M and L.
        JudgeUnsignedError: the judge's is asked for and missing.
        ContestantUnsignedError: the contestant's is asked for and missing without a word.
    """
    if any(len(path) > SIGNATURE_LENGTH or not _PATH.fullmatch(path) for path in paths):
        raise InvalidInputError("签名无法识别，请重新签名")
    signing = signing_of(session, session.get_one(Module, sheet.module_id).event_id)
    if asks_judge(signing) and not paths[0]:
        raise JudgeUnsignedError("这个赛项要求裁判签名；请在签名框里签名，再提交")
    is_answered = paths[-1] or refusal.strip()
    if not is_answered and asks_contestant(signing, sheet.seat_number):
        raise ContestantUnsignedError("这个赛项要求选手在评分表上签名；选手不签的，请写明原因")


@dataclass(frozen=True, slots=True)
class SetContestantSigning:
    """Choose who signs the sheets of an event."""

    competition_id: int
    event_id: int
    signing: str
    actor: Actor


def set_contestant_signing(command: SetContestantSigning) -> None:
    """Store the choice; sheets that are handed in already stay as they are.

    Raises:
        NotFoundError: no such event in this competition.
        InvalidInputError: no such choice.
    """
    if command.signing not in [choice.value for choice in ContestantSigns]:
        raise InvalidInputError("没有这个选项")
    signing = ContestantSigns(command.signing)
    with transaction() as session:
        event = event_of(session, command.competition_id, command.event_id)
        session.get(Event, event.id, with_for_update=True)
        setting = session.get(JudgingSetting, event.id) or JudgingSetting(event_id=event.id, is_blind=True)
        if setting.contestant_signs is signing:
            return
        setting.contestant_signs, setting.changed_at, setting.changed_by = signing, now(), command.actor.name
        session.add(setting)
        detail = {"signing": signing.value}
        act = command.actor.act("judging.contestant_signing_set", f"event:{event.id}", command.competition_id, detail)
        record(session, act)
