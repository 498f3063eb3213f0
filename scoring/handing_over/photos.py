"""Pictures in a parcel, each looked at as an upload is and stored exactly once by its key; and where they belong."""

import base64
import binascii
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from sqlalchemy import select

from core.auth import Actor
from core.db import db
from core.errors import DomainError, NotFoundError
from scoring.handing_over.parcel import CHANGE, PHOTO, Row
from scoring.handing_over.places import name_sheets
from scoring.photos.adding import AddPhoto, add_photo
from scoring.photos.changing import ChangePhoto, change_photo
from scoring.photos.files import photo_folder
from scoring.photos.models import SheetPhoto
from scoring.photos.picture import BadPictureError
from scoring.tablet.payloads import PhotoChangeBody, read


class HandedPhoto(BaseModel):
    """What the row of a picture says; its bytes stand beside the sealed rows."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    key: UUID
    sheet_id: int
    aspect: Annotated[str, Field(max_length=140)] = ""
    device_taken_at: AwareDatetime | None = None
    device_changed_at: AwareDatetime | None = None
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class HandedChange(PhotoChangeBody):
    """What the row of a change says: where a picture belongs that the server has, or that it is taken back."""

    sheet_id: int


@dataclass(slots=True)
class PhotoTally:
    """What became of the pictures of one sheet. `title` and `number` are empty for a sheet that is not there.

    Attributes:
        stored: pictures and changes that this hand-over brought; `changed` of them are changes.
    """

    sheet_id: int
    title: str = ""
    number: int | str | None = None
    stored: int = 0
    changed: int = 0
    known: int = 0
    refused: list[DomainError] = field(default_factory=list)


def photos_in(rows: Iterable[Row]) -> list[HandedPhoto]:
    """The pictures among a parcel's rows, oldest first.

    Raises:
        MalformedError: a row is not what a tablet makes.
    """
    return [read(HandedPhoto, body) for body in _bodies(rows, PHOTO)]


def changes_in(rows: Iterable[Row]) -> list[HandedChange]:
    """The changes among a parcel's rows, oldest first.

    Raises:
        MalformedError: a row is not what a tablet makes.
    """
    return [read(HandedChange, body) for body in _bodies(rows, CHANGE)]


def _bodies(rows: Iterable[Row], kind: str) -> list[Row]:
    return [{name: value for name, value in row.items() if name != "kind"} for row in rows if row["kind"] == kind]


def take_changes(
    changes: Sequence[HandedChange], photos: Sequence[HandedPhoto], judge: Actor, tallies: dict[int, PhotoTally]
) -> None:
    """Bring pictures that are here to where their judge has hung them since; to be done before sheets are handed in.

    Args:
        changes: what the device knew to be a change.
        photos: what it sends as new, of which an earlier parcel may have brought some.
        judge: on whose behalf.
        tallies: by sheet; what becomes of each is added.
    """
    known = _known(photos)
    for change in changes:
        _change(change, judge, tallies.setdefault(change.sheet_id, PhotoTally(change.sheet_id)))
    for photo in photos:
        if photo.key in known and photo.device_changed_at is not None:
            body = HandedChange(**photo.model_dump(include=set(HandedChange.model_fields)))
            _change(body, judge, tallies.setdefault(photo.sheet_id, PhotoTally(photo.sheet_id)))


def _change(change: HandedChange, judge: Actor, tally: PhotoTally) -> None:
    said_at = change.device_changed_at
    try:
        is_new = change_photo(ChangePhoto(change.sheet_id, change.key, change.aspect, said_at, may_be_late=True), judge)
    except NotFoundError as error:
        if change.aspect is not None:
            tally.refused.append(error)  # of what never came, nothing is left to be taken back
    except DomainError as error:
        tally.refused.append(error)
    else:
        tally.changed += is_new
        tally.stored += is_new
        tally.known += not is_new


def _known(photos: Sequence[HandedPhoto]) -> set[UUID]:
    return set(db.session.scalars(select(SheetPhoto.key).where(SheetPhoto.key.in_([one.key for one in photos]))))


def take_photos(
    photos: Sequence[HandedPhoto], images: Mapping[str, Any], judge: Actor, tallies: dict[int, PhotoTally]
) -> list[PhotoTally]:
    """Store pictures on behalf of their judge; one that cannot be kept is refused and the others are stored.

    Args:
        photos: oldest first.
        images: key to bytes in base64.
        judge: on whose behalf.
        tallies: by sheet, with what has become of changes; all of them are returned.
    """
    known = _known(photos)
    for photo in photos:
        tally = tallies.setdefault(photo.sheet_id, PhotoTally(photo.sheet_id))
        try:
            _add(photo, images.get(str(photo.key)), judge)
        except DomainError as error:
            tally.refused.append(error)
        else:
            tally.known += photo.key in known
            tally.stored += photo.key not in known
    name_sheets(tallies.values())
    return list(tallies.values())


def _add(photo: HandedPhoto, image: Any, judge: Actor) -> None:
    command = AddPhoto(photo.sheet_id, photo.key, _bytes_of(photo, image), photo.aspect, photo.device_taken_at)
    add_photo(command, judge, photo_folder())


def _bytes_of(photo: HandedPhoto, image: Any) -> bytes:
    """The picture's bytes, which must be those that the sealed row names."""
    try:
        data = base64.b64decode(image, validate=True)
    except (binascii.Error, TypeError, ValueError) as error:
        raise _not_as_sealed() from error
    if hashlib.sha256(data).hexdigest() != photo.sha256:
        raise _not_as_sealed()
    return data


def _not_as_sealed() -> BadPictureError:
    return BadPictureError("交接文件里的照片缺失或被改动过；照片仍在平板上，请重新存成文件")
