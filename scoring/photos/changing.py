"""A judge hangs a picture on another aspect or takes it back, before the sheet is handed in; nothing is ever deleted.

Rows of pictures are only ever inserted. A row with a negative number takes the picture of that number back; one that
belongs to another aspect is taken back and stands there again under a number of its own, with the same file. Both new
rows have keys that follow from the old one's, so that a retry, or two at once, cannot do it twice. The row that takes
back holds when the device was told, so that a change that comes late, as in a file that was handed over and is read
again, does not undo a later one.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.audit import record
from core.auth import Actor
from core.clock import now
from core.db import transaction
from core.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError
from scoring.photos.adding import MOST_CHANGES, key_of_change
from scoring.photos.models import SheetPhoto
from scoring.sheets.checks import AspectClosedError, ForeignSheetError, HandedOverError, closed
from scoring.sheets.reading import LockedSheet, locked_sheets, paper_of
from scoring.states import SheetState


class ForeignPhotoError(NotAllowedError):
    """Somebody else took the picture, as the judge who sat here before."""

    code = "foreign_photo"


class TakenBackError(ConflictError):
    """The picture has been taken back; it hangs nowhere any more."""

    code = "photo_taken_back"


class TooManyChangesError(ConflictError):
    """The pictures of the sheet have been changed more often than any judge does."""

    code = "too_many_photo_changes"


@dataclass(frozen=True, slots=True)
class ChangePhoto:
    """Say where a picture belongs.

    Attributes:
        key: of the picture as the device first sent it, wherever it hangs by now.
        aspect: id of the aspect that it shows; None takes it back.
        device_changed_at: when the judge said so, by the device's clock; None where the device does not say.
        may_be_late: it does not come from the device itself, which tells one change after the other, but in a file.
    """

    sheet_id: int
    key: UUID
    aspect: str | None
    device_changed_at: datetime | None = None
    may_be_late: bool = False


def change_photo(command: ChangePhoto, actor: Actor) -> bool:
    """Bring a picture where the judge says; what is so already is left alone, so that a retry writes nothing.

    Returns:
        Whether anything was written: not where it is so already, or has been changed later than this was said.

    Raises:
        NotAllowedError: the actor is no judge.
        NotFoundError: no such sheet or picture.
        ForeignSheetError, HandedOverError, ForeignPhotoError: another judge's, or another's by now.
        SheetClosedError, AspectClosedError: handed in, or open for other aspects alone.
        InvalidInputError: the sheet has no such aspect.
        TakenBackError, TooManyChangesError: it cannot be hung up any more.
    """
    with transaction() as session:
        sheet = locked_sheets(session, {command.sheet_id}).get(command.sheet_id)
        if sheet is None:
            raise NotFoundError("没有这张评分表")
        photo, is_there, changed_at = _current(session, command)
        _require_own(sheet, photo, actor)
        if command.aspect == (photo.aspect if is_there else None) or _is_late(command, changed_at):
            return False
        _require_changeable(sheet, photo, command)
        if not is_there:
            raise TakenBackError("这张照片已经撤回；需要时请重新拍照")
        _insert(session, photo, -photo.number, photo.aspect, actor, command.device_changed_at)
        detail: dict[str, object]
        if command.aspect is None:
            action, detail = "sheet.photo_taken_back", {}
        else:
            again = _next_number(session, command.sheet_id)
            _insert(session, photo, again, command.aspect, actor, photo.device_taken_at)
            action = "sheet.photo_moved"
            detail = {"now": again, "aspect": command.aspect}
        detail |= {"number": photo.number, "digest": photo.digest, "before": photo.aspect}
        record(session, actor.act(action, f"score_sheet:{sheet.row.id}", sheet.competition_id, detail))
        return True


def _is_late(command: ChangePhoto, changed_at: datetime | None) -> bool:
    said_at = command.device_changed_at
    return command.may_be_late and said_at is not None and changed_at is not None and said_at <= changed_at


def _current(session: Session, command: ChangePhoto) -> tuple[SheetPhoto, bool, datetime | None]:
    """Where the picture hangs now, or hung last; whether it hangs there; and when the device last said otherwise."""
    rows = session.scalars(select(SheetPhoto).where(SheetPhoto.sheet_id == command.sheet_id)).all()
    by_key = {row.key: row for row in rows}
    photo = by_key.get(command.key)
    if photo is None or photo.number < 0:
        raise NotFoundError("这张评分表没有这张照片")
    changed_at = None
    while (back := by_key.get(key_of_change(photo, moved=False))) is not None:
        changed_at = back.device_taken_at
        again = by_key.get(key_of_change(photo, moved=True))
        if again is None:
            return photo, False, changed_at
        photo = again
    return photo, True, changed_at


def _require_own(sheet: LockedSheet, photo: SheetPhoto, actor: Actor) -> None:
    is_own = photo.received_by == actor.key
    if sheet.row.judge_id != actor.judge_id:
        raise HandedOverError("您的席位已由他人接替，照片留在原来的评分项") if is_own else _foreign()
    if not is_own:
        raise ForeignPhotoError("这张照片不是您拍的，不能撤回或改到别的评分项")


def _foreign() -> ForeignSheetError:
    return ForeignSheetError("这张评分表不属于您")


def _require_changeable(sheet: LockedSheet, photo: SheetPhoto, command: ChangePhoto) -> None:
    if sheet.row.state is not SheetState.OPEN:
        raise closed(sheet)
    if command.aspect and command.aspect not in paper_of(sheet.row, sheet.module_code).aspects:
        raise InvalidInputError("这张评分表上没有代码为“%(code)s”的评分项", code=command.aspect)
    concerned = {photo.aspect, command.aspect or photo.aspect}
    if sheet.row.reopened_for is not None and not concerned <= set(sheet.row.reopened_for):
        raise AspectClosedError(sorted(concerned - set(sheet.row.reopened_for)))


def _next_number(session: Session, sheet_id: int) -> int:
    newest = session.scalar(select(func.max(SheetPhoto.number)).where(SheetPhoto.sheet_id == sheet_id)) or 0
    if newest >= MOST_CHANGES:
        raise TooManyChangesError("这张评分表的照片改动太多，不能再改到别的评分项；需要时请写备注")
    return newest + 1


def _insert(
    session: Session, photo: SheetPhoto, number: int, aspect: str, actor: Actor, device_time: datetime | None
) -> None:
    session.add(
        SheetPhoto(
            sheet_id=photo.sheet_id,
            number=number,
            key=key_of_change(photo, moved=number > 0),
            aspect=aspect,
            digest=photo.digest,
            size=photo.size,
            width=photo.width,
            height=photo.height,
            received_at=now(),
            received_by=actor.key,
            device_taken_at=device_time,
            sign_in_id=actor.sign_in_id,
        )
    )
