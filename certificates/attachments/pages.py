"""Pages of handed-in papers for organisers: the list of one flag, looking, deciding, the whole set."""

from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from certificates import labels
from certificates.attachments.checking import MOST_BYTES
from certificates.attachments.forms import DecisionForm, HandInForm, SetForm, WantedForm
from certificates.attachments.handing_in import (
    DecidePaper,
    HandIn,
    LookAtPaper,
    Seen,
    decide_paper,
    flag_for,
    hand_in,
    look_at_paper,
)
from certificates.attachments.sets import ExportSet, export_set
from certificates.attachments.standing import Standing, standings
from certificates.attachments.wanting import UnwantPaper, WantPaper, unwant_paper, want_paper
from certificates.awards.pages import C
from certificates.blueprint import bp
from certificates.models import Recommendation
from competitions.setup import competition_of
from core.auth import requires, signed_in_actor
from core.db import db
from core.downloads import attachment
from core.errors import InvalidInputError

ONE = f"{C}/flags/<int:flag_id>/papers"
MEDIA = {"pdf": "application/pdf", "jpeg": "image/jpeg", "png": "image/png"}
STATE_TONES = {"missing": "off", "handed_in": "waiting", "accepted": "done", "refused": "blocked"}


def standing_of(competition_id: int, flag: Recommendation) -> Standing:
    """How far the papers of one flag are."""
    return standings(db.session(), competition_id, [flag])[flag.id]


def words() -> dict[str, Any]:
    """The words that pages of papers use."""
    names = {"missing": _("缺"), "handed_in": _("已交，待审核"), "accepted": _("已接受"), "refused": _("已退回")}
    return {
        "benefit_of": labels.benefit_of,
        "paper_names": names,
        "paper_tones": STATE_TONES,
        "most_mb": MOST_BYTES // 2**20,
    }


@bp.get(ONE)
@requires("paper.view")
def flag_papers(competition_id: int, flag_id: int) -> ResponseReturnValue:
    """The list of one flag with what was handed in."""
    flag = flag_for(db.session(), competition_id, flag_id, None)
    return render_template(
        "certificates/flag_papers.html",
        competition=competition_of(competition_id),
        flag=flag,
        standing=standing_of(competition_id, flag),
        **words(),
    )


@bp.post(ONE)
@requires("paper.edit")
def hand_in_for(competition_id: int, flag_id: int) -> ResponseReturnValue:
    """Hand in a paper for somebody who brought it."""
    item, data = handed_in()
    hand_in(HandIn(competition_id, flag_id, item, data, signed_in_actor()))
    flash(_("已收下“%(item)s”", item=item), "success")
    return redirect(url_for("certificates.flag_papers", competition_id=competition_id, flag_id=flag_id))


def handed_in() -> tuple[str, bytes]:
    """Item and file of the present request; no more of the file is read than may be kept.

    Raises:
        InvalidInputError: no file, or no item.
    """
    form = HandInForm()
    if not form.validate_on_submit():
        raise InvalidInputError("请先选择要提交的文件")
    return form.item.data, form.file.data.stream.read(MOST_BYTES + 1)


@bp.get(f"{C}/papers/<int:paper_id>/file")
@requires("paper.view")
def paper_file(competition_id: int, paper_id: int) -> ResponseReturnValue:
    """A handed-in file; the look is recorded."""
    return answer(look_at_paper(LookAtPaper(competition_id, paper_id, signed_in_actor())))


def answer(seen: Seen) -> Response:
    """A handed-in file: a picture on the screen, a PDF as a download, never as a page of this house."""
    place = "inline" if seen.kind == "jpeg" else 'attachment; filename="paper.pdf"'
    headers = {"Content-Disposition": place, "Content-Security-Policy": "sandbox; default-src 'none'"}
    return Response(seen.content, mimetype=MEDIA[seen.kind], headers=headers)


@bp.post(f"{C}/papers/<int:paper_id>/decisions")
@requires("paper.edit")
def decide_handed_in(competition_id: int, paper_id: int) -> ResponseReturnValue:
    """Accept a paper or refuse it."""
    form = DecisionForm()
    if form.answer.data not in ("accepted", "refused"):
        raise InvalidInputError("请选择接受或退回")
    is_accepted = form.answer.data == "accepted"
    command = DecidePaper(
        competition_id, paper_id, is_accepted, form.reason.data or "", form.seen.data or "", signed_in_actor()
    )
    decide_paper(command)
    flash(_("已接受") if is_accepted else _("已退回，本人登录后看到理由"), "success")
    return redirect(_back(competition_id))


def _back(competition_id: int) -> str:
    flag_id = request.args.get("flag", type=int)
    if flag_id is None:
        return url_for("certificates.papers", competition_id=competition_id)
    return url_for("certificates.flag_papers", competition_id=competition_id, flag_id=flag_id)


@bp.post(f"{ONE}/sets")
@requires("paper.view")
def paper_set(competition_id: int, flag_id: int) -> ResponseReturnValue:
    """The whole set of one person as a ZIP."""
    form = SetForm()
    file = export_set(ExportSet(competition_id, flag_id, form.numbers.data != "full", signed_in_actor()))
    return Response(file.content, mimetype=file.kind, headers=attachment(file.name))


@bp.post(f"{C}/wanted-papers")
@requires("paper.edit")
def want(competition_id: int) -> ResponseReturnValue:
    """Want a paper that a local notice asks for."""
    form = WantedForm()
    command = WantPaper(
        competition_id, form.benefit.data or "", form.item.data or "", form.source.data or "", signed_in_actor()
    )
    want_paper(command)
    flash(_("已加入清单，同类推荐的选手都会看到"), "success")
    return redirect(_back(competition_id))


@bp.post(f"{C}/wanted-papers/<int:wanted_id>/removals")
@requires("paper.edit")
def unwant(competition_id: int, wanted_id: int) -> ResponseReturnValue:
    """Want a paper no more."""
    unwant_paper(UnwantPaper(competition_id, wanted_id, signed_in_actor()))
    flash(_("已从清单里去掉"), "success")
    return redirect(_back(competition_id))
