"""Pages of own templates: upload, versions, preview with the longest names, back to the built-in form."""

from flask import Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from certificates.awards.pages import C
from certificates.blueprint import bp
from certificates.paper_templates.checking import FORMS
from certificates.paper_templates.fields import FIELDS, NUMBER, PREVIEW_NOTE, REQUIRED
from certificates.paper_templates.forms import ReturnForm, UploadForm
from certificates.paper_templates.keeping import (
    ReturnToBuiltIn,
    TemplateFile,
    UploadTemplate,
    current,
    return_to_built_in,
    template_file,
    upload_template,
    versions,
)
from certificates.paper_templates.package import MOST_BYTES
from certificates.papers.forms import KINDS
from competitions.setup import competition_of
from core.auth import requires, signed_in_actor
from core.db import db
from core.downloads import attachment
from core.errors import DomainError, NotFoundError
from core.i18n import sentence

ONE = f"{C}/papers/<benefit>/template"


@bp.get(ONE)
@requires("paper.template")
def paper_template(competition_id: int, benefit: str) -> ResponseReturnValue:
    """The form of one paper: what is used, its versions, its fields."""
    return _page(competition_id, benefit, UploadForm(), 200)


@bp.post(ONE)
@requires("paper.template")
def upload_paper_template(competition_id: int, benefit: str) -> ResponseReturnValue:
    """Use an uploaded template from now on."""
    form = UploadForm()
    if not form.validate_on_submit():
        return _page(competition_id, benefit, form, 422)
    file = form.file.data
    data = file.stream.read(MOST_BYTES + 1)
    command = UploadTemplate(competition_id, benefit, file.filename or "", data, form.reason.data, signed_in_actor())
    try:
        reading = upload_template(command)
    except DomainError as error:
        form.file.errors = [sentence(error)]
        return _page(competition_id, benefit, form, 422)
    text = (
        _("已启用，认出 %(n)s 个字段；按人数重复一行") if reading.is_list else _("已启用，认出 %(n)s 个字段；每人一份")
    )
    flash(text % {"n": len(reading.fields)}, "success")
    return redirect(url_for("certificates.paper_template", competition_id=competition_id, benefit=benefit))


@bp.post(f"{ONE}/returns")
@requires("paper.template")
def return_paper_template(competition_id: int, benefit: str) -> ResponseReturnValue:
    """Use the built-in form again."""
    form = ReturnForm()
    command = ReturnToBuiltIn(competition_id, benefit, form.form.data or "", form.reason.data or "", signed_in_actor())
    return_to_built_in(command)
    flash(_("已改回内置式样，以前的模板仍在历次版本里"), "success")
    return redirect(url_for("certificates.paper_template", competition_id=competition_id, benefit=benefit))


@bp.get(f"{ONE}/<what>.<form>")
@requires("paper.template")
def paper_template_file(competition_id: int, benefit: str, what: str, form: str) -> ResponseReturnValue:
    """The built-in template, a preview with the longest names, or an uploaded version."""
    file = template_file(TemplateFile(competition_id, benefit, form, what))
    return Response(file.content, mimetype=file.kind, headers=attachment(file.name))


def _page(competition_id: int, benefit: str, form: UploadForm, status: int) -> ResponseReturnValue:
    if benefit not in KINDS:
        raise NotFoundError("没有这种材料或文件格式")
    session = db.session()
    page = render_template(
        "certificates/paper_template.html",
        competition=competition_of(competition_id),
        kind=KINDS[benefit],
        form=form,
        used={one: current(session, competition_id, benefit, one) for one in FORMS},
        history={one: list(reversed(versions(session, competition_id, benefit, one))) for one in FORMS},
        fields=FIELDS.values(),
        required=REQUIRED[benefit],
        number=NUMBER,
        note=PREVIEW_NOTE,
        programs={"docx": "Word", "xlsx": "Excel"},
    )
    return page, status
