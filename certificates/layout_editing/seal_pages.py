"""Pages of seals: the leave to print one is recorded, confirmed by a second person, revoked."""

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from certificates.awards.pages import C
from certificates.blueprint import bp
from certificates.issue.values import issuers_of
from certificates.layout_editing.forms import SealForm
from certificates.materials.pictures import MOST_BYTES
from certificates.materials.seals import (
    ConfirmSeal,
    RecordSeal,
    RevokeSeal,
    SealPaper,
    confirm_seal,
    is_in_force,
    record_seal,
    revoke_seal,
    seal_of,
    seals,
)
from certificates.materials.stored_files import content_of
from competitions.setup import competition_of
from core.auth import requires, signed_in_actor
from core.clock import competition_day
from core.db import db
from core.errors import DomainError
from core.i18n import sentence

S = f"{C}/seals"


@bp.get(S, endpoint="seals")
@requires("seal.confirm")
def seals_page(competition_id: int) -> ResponseReturnValue:
    """Every authorisation with its state, and the form for one more."""
    return _page(competition_id, SealForm())


def _page(competition_id: int, form: SealForm) -> ResponseReturnValue:
    today = competition_day()
    known = seals(competition_id)
    page = render_template(
        "certificates/layouts/seals.html",
        competition=competition_of(competition_id),
        seals=known,
        in_force={seal.id for seal in known if is_in_force(seal, today)},
        today=today,
        issuers=issuers_of(competition_of(competition_id).host),
        form=form,
    )
    return page, 422 if form.errors else 200


@bp.post(S)
@requires("certificate.issue")
def take_in_seal(competition_id: int) -> ResponseReturnValue:
    """Record an authorisation; what is missing is said on the page."""
    form = SealForm()
    if form.validate():
        data = form.file.data.stream.read(MOST_BYTES + 1)
        words = (form.name.data, form.owner.data, form.authorised_by.data, form.document.data)
        paper = SealPaper(*words, form.valid_from.data, form.valid_until.data)
        try:
            record_seal(RecordSeal(competition_id, paper, data, signed_in_actor()))
            flash(_("已登记，请另一个人对照授权文件确认"), "success")
            return redirect(url_for("certificates.seals", competition_id=competition_id))
        except DomainError as error:
            form.file.errors = [sentence(error)]
    return _page(competition_id, form)


@bp.get(f"{S}/<int:seal_id>/picture")
@requires("seal.confirm")
def seal_picture(competition_id: int, seal_id: int) -> ResponseReturnValue:
    """The picture of a seal."""
    content = content_of(seal_of(db.session(), competition_id, seal_id).digest)
    mimetype = "image/png" if content.startswith(b"\x89PNG") else "image/jpeg"
    return Response(content, mimetype=mimetype)


@bp.post(f"{S}/<int:seal_id>/confirmation")
@requires("seal.confirm")
def confirm_seal_authorisation(competition_id: int, seal_id: int) -> ResponseReturnValue:
    """A second person puts an authorisation into force."""
    confirm_seal(ConfirmSeal(competition_id, seal_id, signed_in_actor()))
    flash(_("印章授权已生效"), "success")
    return redirect(url_for("certificates.seals", competition_id=competition_id))


@bp.post(f"{S}/<int:seal_id>/revocation")
@requires("seal.confirm")
def revoke_seal_authorisation(competition_id: int, seal_id: int) -> ResponseReturnValue:
    """End an authorisation."""
    revoke_seal(RevokeSeal(competition_id, seal_id, request.form.get("reason", ""), signed_in_actor()))
    flash(_("印章授权已撤销，不能再用它颁发证书"), "success")
    return redirect(url_for("certificates.seals", competition_id=competition_id))
