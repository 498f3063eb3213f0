"""Pages of layouts: those of the product and one's own, copies, files in and out, versions, withdrawal."""

from collections.abc import Mapping
from typing import Any

from flask import Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import func, select

from certificates.awards.pages import C
from certificates.blueprint import bp
from certificates.layout_editing.exchange import MOST_BYTES, as_json, as_yaml, read_layout_file
from certificates.layout_editing.forms import CopyForm, LayoutFileForm
from certificates.layout_editing.sampling import own_samples
from certificates.layouts.layout import Layout
from certificates.layouts.loading import builtin_layout, builtin_layouts
from certificates.layouts.names import LAYOUT_NAMES
from certificates.materials.freezing import chosen_layout
from certificates.materials.models import OwnLayout
from certificates.materials.own_layouts import (
    OWN_PREFIX,
    AddLayout,
    SaveLayout,
    WithdrawLayout,
    add_layout,
    document_of,
    key_of,
    own_layout_of,
    own_layouts,
    save_layout,
    version_of,
    withdraw_layout,
)
from certificates.models import Certificate
from certificates.models import Layout as StoredLayout
from certificates.pdf.rendering import preview_png
from competitions.setup import competition_of
from core.auth import requires, signed_in_actor
from core.db import db
from core.downloads import attachment
from core.errors import DomainError, InvalidInputError
from core.i18n import sentence

L = f"{C}/layouts"
ONE = f"{L}/<int:layout_id>"
THUMBNAIL_DPI = 60
_KINDS: Mapping[str, tuple[str, Any]] = {"json": ("application/json", as_json), "yaml": ("application/yaml", as_yaml)}


@bp.get(L)
@requires("layout.edit")
def layouts(competition_id: int) -> ResponseReturnValue:
    """All layouts that an issue may choose, with a picture of each."""
    return _list_page(competition_id, LayoutFileForm())


def _list_page(competition_id: int, form: LayoutFileForm) -> ResponseReturnValue:
    own = own_layouts(competition_id, with_withdrawn=True)
    page = render_template(
        "certificates/layouts/list.html",
        competition=competition_of(competition_id),
        own=[one for one in own if one.withdrawn_at is None],
        withdrawn=[one for one in own if one.withdrawn_at is not None],
        keys={one.id: key_of(one) for one in own},
        builtin=[(name, _(LAYOUT_NAMES[name]), _size_of(builtin_layout(name))) for name in builtin_layouts()],
        used=_used(own),
        form=form,
    )
    return page, 422 if form.errors else 200


def _size_of(layout: Layout) -> str:
    size = f"{layout.width:g}×{layout.height:g}"
    is_wide = layout.width >= layout.height
    return str(_("横版 %(size)s 毫米", size=size) if is_wide else _("竖版 %(size)s 毫米", size=size))


def _used(own: list[OwnLayout]) -> dict[int, int]:
    """How many certificates were issued with any version of each layout."""
    digests = {version.digest: one.id for one in own for version in one.versions}
    query = (
        select(StoredLayout.document, func.count(Certificate.id))
        .join(Certificate, Certificate.layout_id == StoredLayout.id)
        .group_by(StoredLayout.id)
    )
    documents = {version.digest: version.document for one in own for version in one.versions}
    counted: dict[int, int] = {}
    for document, number in db.session.execute(query) if own else ():
        for digest, known in documents.items():
            if known == document:
                counted[digests[digest]] = counted.get(digests[digest], 0) + number
    return counted


@bp.post(f"{L}/copies")
@requires("layout.edit")
def copy_layout(competition_id: int) -> ResponseReturnValue:
    """Begin a layout of one's own as a copy."""
    form = CopyForm()
    if not form.validate():
        raise InvalidInputError("请选择要复制的版式")
    document = dict(document_of(db.session(), competition_id, form.source.data))
    copied = document["name"]
    document["name"] = f"{copied}（{_('自制')}）"[:60]
    reason = str(_("复制自“%(name)s”", name=copied))
    layout_id = add_layout(AddLayout(competition_id, document, reason, signed_in_actor()))
    return redirect(url_for("certificates.edit_layout", competition_id=competition_id, layout_id=layout_id))


@bp.post(f"{L}/imports")
@requires("layout.edit")
def import_layout(competition_id: int) -> ResponseReturnValue:
    """Read a layout from a file; what is wrong with it is said on the page, with item and key."""
    form = LayoutFileForm()
    if form.validate():
        try:
            upload = form.file.data
            document = read_layout_file(upload.stream.read(MOST_BYTES + 1))
            reason = str(_("读自文件“%(name)s”", name=(upload.filename or "")[:80]))
            layout_id = add_layout(AddLayout(competition_id, document, reason, signed_in_actor()))
            return redirect(url_for("certificates.edit_layout", competition_id=competition_id, layout_id=layout_id))
        except DomainError as error:
            form.file.errors = [sentence(error)]
    return _list_page(competition_id, form)


@bp.get(f"{L}/<key>.<any(json,yaml):kind>")
@requires("layout.edit")
def export_layout(competition_id: int, key: str, kind: str) -> ResponseReturnValue:
    """A layout as a file."""
    document = document_of(db.session(), competition_id, key)
    mimetype, write = _KINDS[kind]
    return Response(write(document), mimetype=mimetype, headers=attachment(f"{document['name']}.{kind}"))


@bp.get(f"{L}/<key>.png")
@requires("layout.edit")
def layout_picture(competition_id: int, key: str) -> ResponseReturnValue:
    """A layout as a picture, with its own samples."""
    chosen = chosen_layout(db.session(), competition_id, key)
    values = own_samples(competition_of(competition_id), chosen.layout)
    drawn = chosen.drawn_for(values)
    png = preview_png(chosen.layout, values, THUMBNAIL_DPI, drawn.assets, drawn.fonts)
    return Response(png, mimetype="image/png")


@bp.get(f"{ONE}/versions")
@requires("layout.edit")
def layout_versions(competition_id: int, layout_id: int) -> ResponseReturnValue:
    """Every version of a layout: who made it, when and why."""
    own = own_layout_of(db.session(), competition_id, layout_id)
    return render_template(
        "certificates/layouts/versions.html",
        competition=competition_of(competition_id),
        own=own,
        versions=list(reversed(own.versions)),
        prefix=OWN_PREFIX,
    )


@bp.post(f"{ONE}/versions/<int:number>/restorations")
@requires("layout.edit")
def restore_version(competition_id: int, layout_id: int, number: int) -> ResponseReturnValue:
    """Make an earlier version the newest one again, as a version of its own."""
    own = own_layout_of(db.session(), competition_id, layout_id)
    document = version_of(db.session(), own, number).document
    reason = str(_("恢复到第 %(n)s 版", n=number))
    made = save_layout(SaveLayout(competition_id, layout_id, document, own.newest, reason, signed_in_actor()))
    flash(_("已恢复，现在是第 %(n)s 版", n=made), "success")
    return redirect(url_for("certificates.layout_versions", competition_id=competition_id, layout_id=layout_id))


@bp.post(f"{ONE}/<any(withdrawal,return):act>")
@requires("layout.edit")
def withdraw(competition_id: int, layout_id: int, act: str) -> ResponseReturnValue:
    """Offer a layout no longer, or again."""
    withdraw_layout(WithdrawLayout(competition_id, layout_id, act == "withdrawal", signed_in_actor()))
    flash(_("版式已停用，已颁发的证书不受影响") if act == "withdrawal" else _("版式已恢复使用"), "success")
    return redirect(url_for("certificates.layouts", competition_id=competition_id))
