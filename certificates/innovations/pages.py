"""Pages: innovations of a competition, recorded by form or workbook, and taken back."""

from flask import Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from certificates.awards.pages import C
from certificates.blueprint import bp
from certificates.forms import TextForm
from certificates.incoming.forms import TakeInForm, UploadForm
from certificates.incoming.pages import WorkbookPages
from certificates.innovations.forms import InnovationForm
from certificates.innovations.kinds import KIND_NAMES, KIND_SOURCES, STAGE_NAMES, Stage
from certificates.innovations.known import innovations_of
from certificates.innovations.placing import INNOVATIONS
from certificates.innovations.recording import WithdrawInnovation, record_innovation, withdraw_innovation
from certificates.innovations.template import innovations_template
from certificates.papers.files import TYPES
from competitions.forms import accepted
from competitions.setup import competition_of
from core.auth import requires, signed_in_actor
from core.db import db
from core.downloads import attachment

ONE = f"{C}/innovations/workbooks/<int:workbook_id>"
WORDS = {
    "kinds": KIND_NAMES,
    "stages": STAGE_NAMES,
    "stage_tones": {Stage.PROPOSED: "off", Stage.ADOPTED: "active", Stage.IN_USE: "done"},
}
WORKBOOKS = WorkbookPages(
    INNOVATIONS,
    listing="certificates.innovations",
    preview="certificates.innovations_preview",
    template="certificates/innovations_preview.html",
    words=WORDS,
)


@bp.get(f"{C}/innovations")
@requires("statistics.view")
def innovations(competition_id: int) -> ResponseReturnValue:
    """What is recorded, the form and the workbook."""
    return _page(competition_id, InnovationForm(), UploadForm(formdata=None))


def _page(competition_id: int, form: InnovationForm, upload: UploadForm) -> ResponseReturnValue:
    page = render_template(
        "certificates/innovations.html",
        competition=competition_of(competition_id),
        form=form,
        upload=upload,
        found=innovations_of(db.session(), [competition_id]),
        pending=WORKBOOKS.pending(competition_id),
        kind_sources=KIND_SOURCES,
        **WORDS,
    )
    return page, 422 if form.is_submitted() else 200


@bp.post(f"{C}/innovations")
@requires("competition.edit")
def record_innovation_of(competition_id: int) -> ResponseReturnValue:
    """Record one innovation."""
    form = InnovationForm()
    if accepted(form, lambda: record_innovation(form.command(competition_id, signed_in_actor()))):
        flash(_("已登记"), "success")
        return redirect(url_for("certificates.innovations", competition_id=competition_id))
    return _page(competition_id, form, UploadForm(formdata=None))


@bp.get(f"{C}/innovations/workbook.xlsx")
@requires("competition.edit")
def innovations_workbook(competition_id: int) -> ResponseReturnValue:
    """The empty workbook."""
    title = competition_of(competition_id).title
    content, name = innovations_template(title), f"{title} 创新成果登记表.xlsx"
    return Response(content, mimetype=TYPES["xlsx"], headers=attachment(name))


@bp.post(f"{C}/innovations/workbooks")
@requires("competition.edit")
def read_innovations_workbook(competition_id: int) -> ResponseReturnValue:
    """Look at an uploaded workbook; nothing is stored yet."""
    form = UploadForm()
    return WORKBOOKS.read(competition_id, form) or _page(competition_id, InnovationForm(formdata=None), form)


@bp.get(ONE)
@requires("competition.edit")
def innovations_preview(competition_id: int, workbook_id: int) -> ResponseReturnValue:
    """What becomes of every row, the wrong ones first."""
    return WORKBOOKS.show(competition_id, workbook_id, TakeInForm())


@bp.post(f"{ONE}/intakes")
@requires("competition.edit")
def take_in_innovations_workbook(competition_id: int, workbook_id: int) -> ResponseReturnValue:
    """Store the good rows of a preview, all or none."""
    return WORKBOOKS.take_in(competition_id, workbook_id)


@bp.post(f"{ONE}/removals")
@requires("competition.edit")
def drop_innovations_workbook(competition_id: int, workbook_id: int) -> ResponseReturnValue:
    """Forget a preview."""
    return WORKBOOKS.drop(competition_id, workbook_id)


@bp.post(f"{C}/innovations/<int:innovation_id>/withdrawals")
@requires("competition.edit")
def withdraw_innovation_of(competition_id: int, innovation_id: int) -> ResponseReturnValue:
    """Take an innovation back."""
    reason = TextForm().text.data or ""
    withdraw_innovation(WithdrawInnovation(competition_id, innovation_id, reason, signed_in_actor()))
    flash(_("已撤回"), "success")
    return redirect(url_for("certificates.innovations", competition_id=competition_id))
