"""Pages of the pictures that layouts show: taken in, looked at, withdrawn."""

from flask import Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from certificates.awards.pages import C
from certificates.blueprint import bp
from certificates.layout_editing.forms import PictureForm
from certificates.materials.pictures import (
    MOST_BYTES,
    AddPicture,
    WithdrawPicture,
    add_picture,
    picture_of,
    pictures,
    withdraw_picture,
)
from certificates.materials.stored_files import content_of
from certificates.pdf.reading import picture_of as drawn
from competitions.setup import competition_of
from core.auth import requires, signed_in_actor
from core.db import db
from core.errors import DomainError
from core.i18n import sentence

P = f"{C}/pictures"
SCREEN_DPI = 72
_MIMETYPES = {"PNG": "image/png", "JPEG": "image/jpeg"}


@bp.get(P, endpoint="pictures")
@requires("layout.edit")
def pictures_page(competition_id: int) -> ResponseReturnValue:
    """The pictures of a competition, and the form for one more."""
    return _page(competition_id, PictureForm())


def _page(competition_id: int, form: PictureForm) -> ResponseReturnValue:
    page = render_template(
        "certificates/layouts/pictures.html",
        competition=competition_of(competition_id),
        pictures=pictures(competition_id),
        form=form,
        most=MOST_BYTES // 2**20,
    )
    return page, 422 if form.errors else 200


@bp.post(P)
@requires("layout.edit")
def take_in_picture(competition_id: int) -> ResponseReturnValue:
    """Take in a picture; what is wrong with it is said on the page."""
    form = PictureForm()
    if form.validate():
        upload = form.file.data
        data = upload.stream.read(MOST_BYTES + 1)
        try:
            add_picture(AddPicture(competition_id, form.name.data, upload.filename or "", data, signed_in_actor()))
            flash(_("图片已存，可以在版式里用了"), "success")
            return redirect(url_for("certificates.pictures", competition_id=competition_id))
        except DomainError as error:
            form.file.errors = [sentence(error)]
    return _page(competition_id, form)


@bp.get(f"{P}/<int:picture_id>/content")
@requires("layout.edit")
def picture_content(competition_id: int, picture_id: int) -> ResponseReturnValue:
    """A picture as it is kept; a page as a picture."""
    picture = picture_of(db.session(), competition_id, picture_id)
    content = content_of(picture.digest)
    if picture.kind == "PDF":
        return Response(drawn(content, SCREEN_DPI), mimetype="image/png")
    return Response(content, mimetype=_MIMETYPES[picture.kind])


@bp.post(f"{P}/<int:picture_id>/withdrawal")
@requires("layout.edit")
def withdraw_layout_picture(competition_id: int, picture_id: int) -> ResponseReturnValue:
    """Offer a picture no longer."""
    withdraw_picture(WithdrawPicture(competition_id, picture_id, signed_in_actor()))
    flash(_("图片已停用，已颁发的证书不受影响"), "success")
    return redirect(url_for("certificates.pictures", competition_id=competition_id))
