"""The page of characters: what cannot be printed of the list, and the 补字 fonts that help."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from certificates.awards.pages import C
from certificates.blueprint import bp
from certificates.layout_editing.characters import lacks
from certificates.layout_editing.forms import FontForm
from certificates.materials.fonts import MOST_BYTES, AddFont, WithdrawFont, add_font, fonts, withdraw_font
from certificates.pdf.fonts import installed_last_resort
from competitions.setup import competition_of
from core.auth import requires, signed_in_actor
from core.characters import code_point
from core.errors import DomainError
from core.i18n import sentence

F = f"{C}/fonts"


@bp.get(f"{C}/characters", endpoint="characters")
@requires("layout.edit")
def characters_page(competition_id: int) -> ResponseReturnValue:
    """Names and units that nobody can draw, and the fonts."""
    return _page(competition_id, FontForm())


def _page(competition_id: int, form: FontForm) -> ResponseReturnValue:
    competition = competition_of(competition_id)
    page = render_template(
        "certificates/layouts/characters.html",
        competition=competition,
        lacks=lacks(competition),
        fonts=fonts(competition_id),
        installed=[path.name for path in installed_last_resort()],
        form=form,
        most=MOST_BYTES // 2**20,
        code_point=code_point,
    )
    return page, 422 if form.errors else 200


@bp.post(F)
@requires("layout.edit")
def take_in_font(competition_id: int) -> ResponseReturnValue:
    """Take in a font; what is wrong with it is said on the page."""
    form = FontForm()
    if form.validate():
        upload = form.file.data
        data = upload.stream.read(MOST_BYTES + 1)
        try:
            add_font(AddFont(competition_id, upload.filename or "", data, signed_in_actor()))
            flash(_("字体已存，缺的字已重新检查"), "success")
            return redirect(url_for("certificates.characters", competition_id=competition_id))
        except DomainError as error:
            form.file.errors = [sentence(error)]
    return _page(competition_id, form)


@bp.post(f"{F}/<int:font_id>/withdrawal")
@requires("layout.edit")
def withdraw_supplement(competition_id: int, font_id: int) -> ResponseReturnValue:
    """Use a font no longer."""
    withdraw_font(WithdrawFont(competition_id, font_id, signed_in_actor()))
    flash(_("字体已停用，已颁发的证书不受影响"), "success")
    return redirect(url_for("certificates.characters", competition_id=competition_id))
