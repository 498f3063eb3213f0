"""Pages: innovations of a competition, recorded by form or workbook, and taken back."""

from urllib.parse import quote

from flask import Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from certificates.awards.pages import C
from certificates.blueprint import bp
from certificates.forms import TextForm
from certificates.incoming import previews
from certificates.incoming.forms import TakeInForm, UploadForm
from certificates.incoming.models import Subject
from certificates.innovations.forms import InnovationForm
from certificates.innovations.kinds import KIND_NAMES, KIND_SOURCES, STAGE_NAMES, Stage
from certificates.innovations.known import innovations_of
from certificates.innovations.recording import WithdrawInnovation, record_innovation, withdraw_innovation
from certificates.innovations.taking_in import (
    Fate,
    InnovationsTakenIn,
    ReadInnovations,
    TakeInInnovations,
    counted,
    placed_innovations,
    read_innovations,
    take_in_innovations,
)
from certificates.innovations.template import innovations_template
from certificates.papers.files import TYPES
from competitions.forms import accepted
from competitions.setup import competition_of
from core.auth import requires, signed_in_actor
from core.db import db

ONE = f"{C}/innovations/workbooks/<int:workbook_id>"
WORDS = {
    "kinds": KIND_NAMES,
    "stages": STAGE_NAMES,
    "stage_tones": {Stage.PROPOSED: "off", Stage.ADOPTED: "active", Stage.IN_USE: "done"},
}


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
        pending=previews.pending(competition_id, Subject.INNOVATIONS),
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
    named = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(f'{title} 创新成果登记表.xlsx', safe='')}"}
    return Response(innovations_template(title), mimetype=TYPES["xlsx"], headers=named)


@bp.post(f"{C}/innovations/workbooks")
@requires("competition.edit")
def read_innovations_workbook(competition_id: int) -> ResponseReturnValue:
    """Look at an uploaded workbook; nothing is stored yet."""
    form = UploadForm()
    made: list[int] = []
    if accepted(form, lambda: made.append(_read(competition_id, form))):
        shown = url_for("certificates.innovations_preview", competition_id=competition_id, workbook_id=made[0])
        return redirect(shown)
    return _page(competition_id, InnovationForm(formdata=None), form)


def _read(competition_id: int, form: UploadForm) -> int:
    upload = form.file.data
    data = upload.stream.read(previews.MOST_BYTES + 1)
    return read_innovations(ReadInnovations(competition_id, upload.filename or "", data, signed_in_actor()))


@bp.get(ONE)
@requires("competition.edit")
def innovations_preview(competition_id: int, workbook_id: int) -> ResponseReturnValue:
    """What becomes of every row, the wrong ones first."""
    return _preview(competition_id, workbook_id, TakeInForm())


def _preview(competition_id: int, workbook_id: int, form: TakeInForm) -> ResponseReturnValue:
    workbook = previews.workbook_of(db.session(), competition_id, Subject.INNOVATIONS, workbook_id)
    placed = placed_innovations(db.session(), workbook)
    page = render_template(
        "certificates/innovations_preview.html",
        competition=competition_of(competition_id),
        workbook=workbook,
        form=form,
        counts=counted(placed) if workbook.is_pending else workbook.counts,
        rows={fate.value: [one.row for one in placed if one.fate is fate] for fate in Fate},
        **WORDS,
    )
    return page, 422 if form.is_submitted() else 200


@bp.post(f"{ONE}/intakes")
@requires("competition.edit")
def take_in_innovations_workbook(competition_id: int, workbook_id: int) -> ResponseReturnValue:
    """Store the good rows of a preview, all or none."""
    form = TakeInForm()
    done: list[InnovationsTakenIn] = []
    if not accepted(form, lambda: done.append(_take_in(competition_id, workbook_id, form))):
        return _preview(competition_id, workbook_id, form)
    flash(_("已存入 %(n)s 条", n=done[0].stored), "success")
    return redirect(url_for("certificates.innovations", competition_id=competition_id))


def _take_in(competition_id: int, workbook_id: int, form: TakeInForm) -> InnovationsTakenIn:
    leaves_out = bool(form.leaves_out_wrong.data)
    return take_in_innovations(TakeInInnovations(competition_id, workbook_id, leaves_out, signed_in_actor()))


@bp.post(f"{ONE}/removals")
@requires("competition.edit")
def drop_innovations_workbook(competition_id: int, workbook_id: int) -> ResponseReturnValue:
    """Forget a preview."""
    previews.drop(competition_id, Subject.INNOVATIONS, workbook_id, signed_in_actor().act)
    flash(_("预览已放弃，什么也没有存入"), "success")
    return redirect(url_for("certificates.innovations", competition_id=competition_id))


@bp.post(f"{C}/innovations/<int:innovation_id>/withdrawals")
@requires("competition.edit")
def withdraw_innovation_of(competition_id: int, innovation_id: int) -> ResponseReturnValue:
    """Take an innovation back."""
    reason = TextForm().text.data or ""
    withdraw_innovation(WithdrawInnovation(competition_id, innovation_id, reason, signed_in_actor()))
    flash(_("已撤回"), "success")
    return redirect(url_for("certificates.innovations", competition_id=competition_id))
