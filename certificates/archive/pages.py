"""The pages on which a competition is handed out as an archive, and one is taken in."""

import tempfile
from pathlib import Path
from typing import Any

from flask import Response, current_app, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from certificates.archive.forms import ExportForm, ImportForm
from certificates.archive.handing_out import ExportArchive, export_archive
from certificates.archive.importing import ImportArchive, Imported, import_archive
from certificates.archive.locking import PassphraseError
from certificates.blueprint import bp
from certificates.contestants.erasing import OVER
from certificates.issue.bundles import ids_in_force
from competitions.forms import accepted
from competitions.setup import competition_of
from core.auth import requires, signed_in_actor
from core.db import db
from core.downloads import attachment

UPLOAD_LIMIT = 1 << 30
"""Bytes of an archive that comes by a browser; larger ones by the command line."""


@bp.url_value_preprocessor
def _allow_archives(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Before anything reads the body: this page alone takes more than other forms do."""
    if endpoint == "certificates.archive_import":
        request.max_content_length = UPLOAD_LIMIT


@bp.route("/competitions/<int:competition_id>/archive", methods=["GET", "POST"])
@requires("archive.export")
def archive_export(competition_id: int) -> ResponseReturnValue:
    """What an archive holds, and the archive itself."""
    competition = competition_of(competition_id)
    form = ExportForm()
    made: list[Response] = []
    if accepted(form, lambda: made.append(_exported(competition_id, competition.title, form))):
        return made[0]
    page = render_template(
        "certificates/archive_export.html",
        competition=competition,
        form=form,
        is_over=competition.state in OVER,
        issued=len(ids_in_force(db.session(), competition_id)),
    )
    return page, 422 if form.is_submitted() else 200


def _exported(competition_id: int, title: str, form: ExportForm) -> Response:
    passphrase = form.passphrase.data or ""
    if form.with_personal.data and not passphrase:
        raise PassphraseError("请填写口令，或去掉“一并导出证件号码、电话和选手提交的材料”")
    sealed_by = passphrase if form.with_personal.data else ""
    command = ExportArchive(competition_id, signed_in_actor(), sealed_by, form.with_certificates.data)
    # Whole on the disk first, so that a refusal is a page and the database is not held while a slow line loads it.
    file = tempfile.TemporaryFile(dir=current_app.config["SETTINGS"].instance)  # noqa: SIM115  closed with the answer
    try:
        export_archive(command, file)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    answer = send_file(file, mimetype="application/zip", max_age=0)
    answer.headers.update(attachment(f"{title}.zip"))
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.route("/archives/new", methods=["GET", "POST"])
@requires("archive.import", anywhere=True)
def archive_import() -> ResponseReturnValue:
    """Take an archive in as a new competition, all of it or nothing."""
    form = ImportForm()
    done: list[Imported] = []
    if accepted(form, lambda: done.append(_imported(form))):
        _tell(done[0])
        return redirect(url_for("competitions.course", competition_id=done[0].competition_id))
    page = render_template("certificates/archive_import.html", form=form, most=UPLOAD_LIMIT >> 20)
    return page, 422 if form.is_submitted() else 200


def _imported(form: ImportForm) -> Imported:
    with tempfile.TemporaryDirectory(prefix=".archive-", dir=current_app.config["SETTINGS"].instance) as folder:
        path = Path(folder) / "archive.zip"
        form.file.data.save(path)
        return import_archive(ImportArchive(path, signed_in_actor(), form.passphrase.data or ""))


def _tell(done: Imported) -> None:
    flash(_("已导入“%(title)s”，由评分重新计算的成绩与公布的一致。", title=done.title), "success")
    if not done.has_personal:
        flash(_("存档没有带来证件号码，选手不能用证件号登录查询，也不会与本服务器上的同一个人归在一起。"), "info")
    if done.certificates_here:
        flash(_("%(n)s 张证书本服务器已有，没有重复导入。", n=done.certificates_here), "info")
    if done.renumbered:
        flash(
            _(
                "%(n)s 张证书的编号在本服务器已属于别的证书，登记时在编号后加了核验码；证书文件不变。",
                n=done.renumbered,
            ),
            "info",
        )
