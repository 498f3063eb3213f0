"""Where tablets send pictures, and where the chief judge sees them; nobody else does."""

import base64
import binascii

from flask import Response, request
from flask.typing import ResponseReturnValue

from core.auth import requires, signed_in_actor
from scoring.blueprint import C, bp
from scoring.photos.adding import AddPhoto, add_photo, photo_data
from scoring.photos.changing import ChangePhoto, change_photo
from scoring.photos.files import photo_folder
from scoring.photos.picture import BadPictureError
from scoring.tablet.pages import bp as tablet
from scoring.tablet.payloads import PhotoBody, PhotoChangeBody, read


@tablet.post("/scoring/sheets/<int:sheet_id>/photos")
@requires("sheet.mark", anywhere=True)
def add(sheet_id: int) -> ResponseReturnValue:
    """Keep a picture; 201 with its number and digest, also for a retry."""
    body = read(PhotoBody, request.get_json(silent=True))
    try:
        data = base64.b64decode(body.image, validate=True)
    except binascii.Error as error:
        raise BadPictureError("照片无法识别或已损坏，请重新拍照") from error
    command = AddPhoto(sheet_id, body.key, data, body.aspect, body.device_taken_at, body.called, body.place)
    done = add_photo(command, signed_in_actor(), photo_folder())
    return {"number": done.number, "digest": done.digest, "aspect": done.aspect}, 201


@tablet.post("/scoring/sheets/<int:sheet_id>/photo-changes")
@requires("sheet.mark", anywhere=True)
def change(sheet_id: int) -> ResponseReturnValue:
    """Hang a picture on another aspect, or take it back; 201 with where it is now, also for a retry."""
    body = read(PhotoChangeBody, request.get_json(silent=True))
    change_photo(ChangePhoto(sheet_id, body.key, body.aspect, body.device_changed_at), signed_in_actor())
    return {"aspect": body.aspect}, 201


@bp.get(f"{C}/sheets/<int:sheet_id>/photos/<int:number>.jpg")
@requires("photo.view")
def photo(competition_id: int, sheet_id: int, number: int) -> ResponseReturnValue:
    """One picture as it is kept."""
    data = photo_data(competition_id, sheet_id, number, photo_folder())
    response = Response(data, mimetype="image/jpeg")
    response.headers["Content-Disposition"] = f"inline; filename=sheet-{sheet_id}-photo-{number}.jpg"
    response.headers["Cache-Control"] = "private, no-store"
    return response
