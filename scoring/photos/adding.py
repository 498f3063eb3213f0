"""Pictures come from judges' tablets after the marks, by a queue of their own; they are evidence and never change.

A picture may come after the sheet was handed in or confirmed: it was taken before, and the network decides when it
arrives. What is refused is recorded with the reason.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID, uuid5

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.audit import record
from core.auth import Actor
from core.clock import now
from core.db import db, transaction
from core.errors import ConflictError, NotFoundError
from scoring.models import ScoreSheet, SheetRevision
from scoring.photos.files import PictureLostError, fetch, keep
from scoring.photos.models import SheetPhoto, still_there
from scoring.photos.picture import BadPictureError, Picture, harmless
from scoring.sheets.checks import ForeignSheetError, KeyReusedError, require_same_sheet
from scoring.sheets.reading import LockedSheet, locked_sheets

MOST_PHOTOS = 30
"""Of a sheet at a time."""
MOST_CHANGES = 200
"""Numbers of a sheet's pictures, those that were taken back since counted, too."""


class TooManyPhotosError(ConflictError):
    """The sheet has as many pictures as one may have."""

    code = "too_many_photos"


@dataclass(frozen=True, slots=True)
class AddPhoto:
    """Attach a picture to a sheet.

    Attributes:
        key: names this picture for ever, made on the device.
        data: the file as the device sends it.
        aspect: id of the aspect that it shows; empty for the sheet as a whole.
        device_taken_at: the device's own clock.
        called, place: as in SaveMarks.
    """

    sheet_id: int
    key: UUID
    data: bytes
    aspect: str = ""
    device_taken_at: datetime | None = None
    called: str | None = None
    place: str | None = None


@dataclass(frozen=True, slots=True)
class Added:
    """The picture is on the server's disk under this number of the sheet, at this aspect."""

    number: int
    digest: str
    aspect: str


def add_photo(command: AddPhoto, actor: Actor, folder: Path) -> Added:
    """Keep a picture; a retry with a key already stored returns the first answer and writes nothing.

    The picture is looked at and written before the transaction, which other judges wait for.

    Raises:
        NotAllowedError: the actor is no judge.
        NotFoundError, ForeignSheetError: no such sheet, or another judge's.
        SheetReplacedError: sheets were made anew, and this number is another contestant's or seat's now.
        KeyReusedError: the key names a picture of another sheet.
        BadPictureError: no picture that can be kept; that is recorded.
        TooManyPhotosError: the sheet has MOST_PHOTOS.
    """
    _require_holder(db.session(), db.session.get(ScoreSheet, command.sheet_id), actor)
    earlier = _earlier(db.session(), command)
    if earlier is not None:
        return Added(earlier.number, earlier.digest, earlier.aspect)
    try:
        picture = harmless(command.data)
    except BadPictureError as error:
        with transaction() as session:
            sheet = _locked(session, command.sheet_id, actor)
            detail = {"key": str(command.key), "code": error.code, "size": len(command.data)}
            target = f"score_sheet:{sheet.row.id}"
            record(session, actor.act("sheet.photo_refused", target, sheet.competition_id, detail))
        raise
    digest = keep(folder, picture.data)
    with transaction() as session:
        return _store(session, command, actor, picture, digest)


def _store(session: Session, command: AddPhoto, actor: Actor, picture: Picture, digest: str) -> Added:
    sheet = _locked(session, command.sheet_id, actor)
    require_same_sheet(sheet, command.called, command.place)
    return hang_up(session, sheet, command, actor, Kept(picture, digest))


@dataclass(frozen=True, slots=True)
class Kept:
    """A picture that is on disk already, under its digest."""

    picture: Picture
    digest: str


def hang_up(session: Session, sheet: LockedSheet, command: AddPhoto, actor: Actor, kept: Kept) -> Added:
    """Register a picture at a locked sheet within the transaction of another use case, which knows who may.

    Raises:
        KeyReusedError, TooManyPhotosError: as `add_photo`.
    """
    earlier = _earlier(session, command)
    if earlier is not None:
        return Added(earlier.number, earlier.digest, earlier.aspect)
    picture, digest = kept.picture, kept.digest
    newest = session.scalar(select(func.max(SheetPhoto.number)).where(SheetPhoto.sheet_id == command.sheet_id)) or 0
    of_sheet = select(func.count(SheetPhoto.id)).where(SheetPhoto.sheet_id == command.sheet_id)
    if newest >= MOST_CHANGES or (session.scalar(of_sheet.where(still_there())) or 0) >= MOST_PHOTOS:
        raise TooManyPhotosError("一张评分表最多附 %(n)s 张照片", n=MOST_PHOTOS)
    photo = SheetPhoto(
        sheet_id=command.sheet_id,
        number=newest + 1,
        key=command.key,
        aspect=command.aspect,
        digest=digest,
        size=len(picture.data),
        width=picture.width,
        height=picture.height,
        received_at=now(),
        received_by=actor.key,
        device_taken_at=command.device_taken_at,
        sign_in_id=actor.sign_in_id or None,
    )
    session.add(photo)
    detail = {"number": photo.number, "digest": digest, "aspect": command.aspect}
    record(session, actor.act("sheet.photo_added", f"score_sheet:{sheet.row.id}", sheet.competition_id, detail))
    return Added(photo.number, digest, photo.aspect)


def _earlier(session: Session, command: AddPhoto) -> SheetPhoto | None:
    found = session.scalar(select(SheetPhoto).where(SheetPhoto.key == command.key))
    if found is not None and found.sheet_id != command.sheet_id:
        raise KeyReusedError("这张照片的编号已用于另一张评分表")
    return found


def _locked(session: Session, sheet_id: int, actor: Actor) -> LockedSheet:
    found = locked_sheets(session, {sheet_id}).get(sheet_id)
    if found is None:
        raise NotFoundError("没有这张评分表")
    _require_holder(session, found.row, actor)
    return found


def _require_holder(session: Session, sheet: ScoreSheet | None, actor: Actor) -> None:
    """Refuse who neither holds the sheet nor has marked on it: what was photographed then may still be sent."""
    judge_id = actor.judge_id
    if sheet is None:
        raise NotFoundError("没有这张评分表")
    marked = select(SheetRevision.id).where(SheetRevision.sheet_id == sheet.id, SheetRevision.saved_by == actor.key)
    if sheet.judge_id != judge_id and session.scalar(marked.limit(1)) is None:
        raise ForeignSheetError("这张评分表不属于您")


@dataclass(frozen=True, slots=True)
class SheetPicture:
    """A picture of a sheet.

    Attributes:
        taken_back_at: when the judge took it back from its aspect; None if it hangs there.
        moved_to: the number under which it hangs at another aspect since; None if nowhere.
    """

    row: SheetPhoto
    taken_back_at: datetime | None
    moved_to: int | None


def photos_of(session: Session, sheet_ids: Collection[int]) -> dict[int, list[SheetPicture]]:
    """Sheet to its pictures by number, those that were taken back too; one query."""
    query = select(SheetPhoto).where(SheetPhoto.sheet_id.in_(list(sheet_ids))).order_by(SheetPhoto.number)
    rows = session.scalars(query).all()
    back = {(row.sheet_id, -row.number): row.received_at for row in rows if row.number < 0}
    numbers = {row.key: row.number for row in rows}
    found: dict[int, list[SheetPicture]] = {}
    for row in rows:
        if row.number > 0:
            moved_to = numbers.get(key_of_change(row, moved=True))
            picture = SheetPicture(row, back.get((row.sheet_id, row.number)), moved_to)
            found.setdefault(row.sheet_id, []).append(picture)
    return found


def key_of_change(photo: SheetPhoto, *, moved: bool) -> UUID:
    """The key of the row that takes a picture back, or hangs it up again; it follows from the picture's own."""
    return uuid5(photo.key, "moved" if moved else "taken back")


def photo_counts(session: Session, sheet_ids: Collection[int]) -> dict[int, dict[str, int]]:
    """Sheet to aspect to number of pictures that hang there, by whichever device they came; one query."""
    query = (
        select(SheetPhoto.sheet_id, SheetPhoto.aspect, func.count(SheetPhoto.id))
        .where(SheetPhoto.sheet_id.in_(list(sheet_ids)), still_there())
        .group_by(SheetPhoto.sheet_id, SheetPhoto.aspect)
    )
    found: dict[int, dict[str, int]] = {}
    for sheet_id, aspect, count in session.execute(query):
        found.setdefault(sheet_id, {})[aspect] = count
    return found


def photo_data(competition_id: int, sheet_id: int, number: int, folder: Path) -> bytes:
    """A picture as it is kept, checked against its digest.

    Raises:
        NotFoundError: there is none in this competition.
        PictureLostError: its file is gone or changed.
    """
    photo = db.session.scalar(select(SheetPhoto).where(SheetPhoto.sheet_id == sheet_id, SheetPhoto.number == number))
    sheet = db.session.get(ScoreSheet, sheet_id)
    if photo is None or sheet is None or sheet.entrant.event.competition_id != competition_id:
        raise NotFoundError("这张评分表没有这张照片")
    return fetch(folder, photo.digest)


def damaged_photos(folder: Path) -> list[tuple[int, int, str]]:
    """Sheet, number and reason of every picture whose file is not as it was; for whoever restores a backup."""
    found = []
    query = select(SheetPhoto).where(SheetPhoto.number > 0).order_by(SheetPhoto.sheet_id, SheetPhoto.number)
    for photo in db.session.scalars(query):
        try:
            fetch(folder, photo.digest)
        except PictureLostError as error:
            found.append((photo.sheet_id, photo.number, str(error)))
    return found
