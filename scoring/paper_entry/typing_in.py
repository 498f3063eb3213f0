"""Typing a paper sheet: one reading by one person, who learns nothing of the other's; when both agree it is taken."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast
from uuid import UUID, uuid5

from sqlalchemy import select
from sqlalchemy.orm import Session

from competitions.models import Module
from core.audit import record
from core.auth import Actor, SubjectKind
from core.clock import now
from core.db import transaction
from core.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError
from scoring.engine.scheme import Node
from scoring.four_eyes.hands import hands_of
from scoring.jury.contestant_signing import asks_contestant, signing_of
from scoring.models import ScoreSheet
from scoring.paper_entry.attempts import Attempt, attempt_of, is_of_its_judge, open_questions
from scoring.paper_entry.comparing import as_entered, differing
from scoring.paper_entry.form_numbers import form_number
from scoring.paper_entry.models import SECOND, Ending, PaperEntry
from scoring.paper_entry.revotes import is_of_this_round, require_said_again, votes_asked
from scoring.paper_entry.taking import Verdict, take
from scoring.photos.adding import AddPhoto, Kept, hang_up
from scoring.photos.files import keep
from scoring.photos.picture import harmless
from scoring.sheets.checks import KeyReusedError, closed, usable_marks
from scoring.sheets.reading import LockedSheet, locked_sheets, paper_of
from scoring.states import SheetState


class OwnPaperError(NotAllowedError):
    """Somebody would type or decide about marks of a module in which she marks herself."""

    code = "own_paper"


class TypedTwiceError(ConflictError):
    """This person has typed the sheet already, or two others have."""

    code = "typed_twice"


class BlanksError(InvalidInputError):
    """Aspects are empty and nobody said that they are so on the paper; `aspects` names them."""

    code = "blanks"

    def __init__(self, aspects: list[Node]) -> None:
        names = "、".join(aspect.label for aspect in aspects[:4])
        super().__init__("有 %(n)s 项空着（%(names)s）；纸上确实空着的，请勾选后再交", n=len(aspects), names=names)
        self.aspects = [aspect.id for aspect in aspects]


@dataclass(frozen=True, slots=True)
class TypePaper:
    """One reading of one paper sheet.

    Attributes:
        sheet_id: as the form's number says.
        key: made with the page, so that sending twice is typing once.
        typed: aspect to what was typed, empty for nothing.
        has_blanks: said: what is empty here is empty on the paper.
        is_signed: said: the judge has signed the paper.
        contestant_refusal: why the contestant has not signed though the event asks for it, as the paper says.
        is_contestant_signed: said: the contestant has signed.
        is_again: said: what stands here are the votes that were asked for again.
        photo: a picture of the paper as a file; empty for none.
    """

    competition_id: int
    sheet_id: int
    key: UUID
    typed: Mapping[str, str]
    actor: Actor
    has_blanks: bool = False
    is_signed: bool = False
    is_contestant_signed: bool = False
    contestant_refusal: str = ""
    is_again: bool = False
    photo: bytes = field(default=b"", repr=False)


def type_paper(command: TypePaper, folder: Path | None = None) -> None:
    """Keep a reading; the second one that agrees with the first, and with what a tablet saved, becomes marks at once.

    Nothing is returned: neither typist learns from the answer whether there is another reading or what it says.

    Args:
        command: the reading.
        folder: where pictures are kept; needed where there is one. It is written before the transaction.

    Raises:
        NotFoundError: no such judged sheet in this competition.
        KeyReusedError: the key names a reading of another sheet.
        OwnPaperError: the typist marks in this module.
        SheetClosedError: the sheet is handed in and no reading was begun before.
        TypedTwiceError: typed by this person already, or by two others.
        InvalidInputError: the judge's or the contestant's signature is missing.
        NotSaidAgainError: votes are asked for again, and nobody said that these are on the paper.
        BadMarksError: values that their aspects do not admit, by aspect.
        BlanksError: something is empty and nobody said that it is so on the paper.
        BadPictureError, TooManyPhotosError: the picture cannot be kept; nothing is.
    """
    photo = _kept(command.photo, folder)
    with transaction() as session:
        sheet = paper_sheet_of(session, command.competition_id, command.sheet_id)
        earlier = session.scalar(select(PaperEntry).where(PaperEntry.key == command.key))
        if earlier is not None:
            if earlier.sheet_id != command.sheet_id or earlier.account_id != command.actor.subject_id:
                raise KeyReusedError("这次录入的编号已用于另一张评分表")
            return
        attempt = attempt_of(session, sheet.row.id)
        require_may_type(session, sheet, attempt, command.actor)
        marks = read_marks(sheet, command.typed)
        _require_signed(session, sheet, command)
        require_said_again(votes_asked(session, sheet.row), command.is_again)
        _require_said_blank(sheet, marks, command.has_blanks)
        entry = _add(session, sheet, attempt, command, marks)
        if photo is not None:
            picture = AddPhoto(sheet.row.id, uuid5(command.key, "photo of the paper"), command.photo)
            hang_up(session, sheet, picture, command.actor, photo)
        _settle(session, sheet, (*attempt.entries, entry), command.actor)


def _kept(data: bytes, folder: Path | None) -> Kept | None:
    if not data or folder is None:
        return None
    picture = harmless(data)
    return Kept(picture, keep(folder, picture.data))


def paper_sheet_of(session: Session, competition_id: int, sheet_id: int) -> LockedSheet:
    """The sheet of a judge, locked.

    Raises:
        NotFoundError: there is none in this competition.
    """
    sheet = locked_sheets(session, {sheet_id}).get(sheet_id)
    if sheet is None or sheet.competition_id != competition_id or sheet.row.judge_id is None:
        raise NotFoundError("这场竞赛里没有这个表号的评分表")
    return sheet


def require_may_type(session: Session, sheet: LockedSheet, attempt: Attempt, actor: Actor) -> None:
    """Stop who may not type this sheet now; the sentence tells nobody what the other has typed.

    Raises:
        OwnPaperError, SheetClosedError, TypedTwiceError: see `type_paper`.
    """
    if actor.kind is not SubjectKind.ACCOUNT:
        raise OwnPaperError("纸质评分表由工作人员用自己的账号录入")
    require_no_judge(session, sheet, actor)
    if any(entry.account_id == actor.subject_id for entry in attempt.entries):
        raise TypedTwiceError("这张评分表您已经录过，请交给另一个人")
    if attempt.is_full:
        raise TypedTwiceError("这张评分表不需要再录，请交给裁判长")
    if not attempt.entries and sheet.row.state is not SheetState.OPEN:
        raise closed(sheet)


def require_no_judge(session: Session, sheet: LockedSheet, actor: Actor) -> None:
    """Keep away who marks in the module of a sheet, by whichever way she signs in: it would show her another's marks.

    Raises:
        OwnPaperError: she does.
    """
    judges = hands_of(session, actor, sheet.competition_id).judges
    own = select(ScoreSheet.id).where(ScoreSheet.module_id == sheet.row.module_id, ScoreSheet.judge_id.in_(judges))
    if session.scalar(own.limit(1)) is not None:
        raise OwnPaperError("您是这个模块的裁判，纸质评分表须由别人录入和裁定")


def read_marks(sheet: LockedSheet, typed: Mapping[str, str]) -> dict[str, str]:
    """What was typed as marks, checked as a tablet's are; empty ones are left out.

    Raises:
        BadMarksError: by aspect.
    """
    paper = paper_of(sheet.row, sheet.module_code)
    entered = {
        name: as_entered(paper.aspects[name], text) if name in paper.aspects else text for name, text in typed.items()
    }
    return {name: text for name, text in usable_marks(paper, entered).items() if text is not None}


def _require_signed(session: Session, sheet: LockedSheet, command: TypePaper) -> None:
    if not command.is_signed:
        raise InvalidInputError("纸上没有裁判签名的不能录入，请交给裁判长")
    is_answered = command.is_contestant_signed or command.contestant_refusal.strip()
    if asks_for_contestant(session, sheet.row) and not is_answered:
        raise InvalidInputError("这个赛项要求选手在评分表上签名；纸上没有的，请照抄纸上写的原因")


def asks_for_contestant(session: Session, sheet: ScoreSheet) -> bool:
    """Whether the contestant's signature belongs on this paper."""
    module = session.get_one(Module, sheet.module_id)
    return asks_contestant(signing_of(session, module.event_id), sheet.seat_number)


def asked_for(sheet: LockedSheet) -> dict[str, Node]:
    """The aspects that the paper is typed for: all of the sheet, or those alone for which it is open again."""
    aspects, alone = paper_of(sheet.row, sheet.module_code).aspects, sheet.row.reopened_for
    return {name: node for name, node in aspects.items() if alone is None or name in alone}


def _require_said_blank(sheet: LockedSheet, marks: Mapping[str, str], has_blanks: bool) -> None:
    blank = [node for name, node in asked_for(sheet).items() if name not in marks]
    if blank and (not has_blanks or not marks):
        raise BlanksError(blank)


def _add(
    session: Session, sheet: LockedSheet, attempt: Attempt, command: TypePaper, marks: dict[str, str]
) -> PaperEntry:
    aspects = paper_of(sheet.row, sheet.module_code).aspects.values()
    entry = PaperEntry(
        sheet_id=sheet.row.id,
        attempt=attempt.number,
        place=attempt.next_place,
        judge_id=cast(int, sheet.row.judge_id),
        account_id=command.actor.subject_id,
        typist=command.actor.name,
        key=command.key,
        marks=marks,
        contestant_refusal="" if command.is_contestant_signed else command.contestant_refusal.strip(),
        differing=differing(aspects, attempt.entries[0].marks, marks) if attempt.entries else [],
        typed_at=now(),
        sign_in_id=command.actor.sign_in_id or None,
    )
    session.add(entry)
    session.flush()
    detail: dict[str, Any] = {"form": form_number(sheet.row.id), "attempt": entry.attempt, "place": entry.place}
    detail |= {"judge": entry.judge_id, "digest": digest_of(entry)}
    record(session, command.actor.act("paper.typed", f"score_sheet:{sheet.row.id}", sheet.competition_id, detail))
    return entry


def digest_of(entry: PaperEntry) -> str:
    """SHA-256 over a reading, by which the audit chain vouches for it."""
    text = json.dumps([str(entry.key), entry.marks], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _settle(session: Session, sheet: LockedSheet, entries: tuple[PaperEntry, ...], actor: Actor) -> None:
    """Take two readings that agree; what differs, clashes with a tablet or lost its judge waits for a person."""
    if len(entries) < SECOND or sheet.row.state is not SheetState.OPEN:
        return
    if not is_of_its_judge(sheet.row, entries) or not is_of_this_round(session, sheet.row, entries):
        return
    if not open_questions(session, sheet, entries):
        take(session, sheet, entries, Verdict(Ending.AGREED, actor))
