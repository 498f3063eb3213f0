"""Pages of marking: the board of sheets, one sheet under review, lists from outside."""

from typing import Literal

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from competitions.events.defining import event_of
from competitions.judges.event_chiefs import charge_of
from competitions.setup import competition_of, competition_with_modules
from core.auth import requires, signed_in_actor
from core.db import db
from core.downloads import attachment
from core.errors import ConflictError, InvalidInputError, NotFoundError
from core.i18n import sentence
from core.messages import message
from scoring.blueprint import C, bp
from scoring.event_charge import is_in_charge
from scoring.forms import ExternalForm, ReasonForm
from scoring.four_eyes.hands import among, hands_of, own_sheets
from scoring.four_eyes.refusing import OwnWork, own_work
from scoring.jury.sheet_company import INK_BOX, company_of, worth
from scoring.jury.sheet_page import on_the_spot
from scoring.jury.sheet_sums import sums_of
from scoring.models import ScoreSheet
from scoring.outside_lists.blank import blank_file, blank_list, columns_of
from scoring.outside_lists.reading import read_external_list
from scoring.outside_lists.taking import (
    ExternalMark,
    ImportExternal,
    WrongListError,
    external_module,
    import_external,
    outside_modules,
    outside_values,
)
from scoring.photos.adding import photos_of
from scoring.results.computing import newest_publication
from scoring.sheets import board as reading
from scoring.sheets.opening import OpenSheets, current_schemes, open_sheets
from scoring.sheets.opening_all import OpenAll, open_all, openings
from scoring.sheets.returns import Return, newest_returns
from scoring.sheets.review import ChangeSheet, ConfirmSubmitted, change_sheet, confirm_submitted
from scoring.sheets.seen import seen_word
from scoring.states import STATE_NAMES, SheetAction, SheetState

MEDIA = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}


DONE = {
    SheetAction.CONFIRM: message("已确认这张评分表"),
    SheetAction.RETURN: message("已退回；裁判的平板下次联网时会看到理由"),
    SheetAction.UNLOCK: message("已解锁；裁判的平板下次联网时会看到理由，改好后须重新提交"),
}


@bp.get(f"{C}/board")
@requires("sheet.board")
def board(competition_id: int) -> ResponseReturnValue:
    """How far every event is, and where to look."""
    competition = competition_with_modules(competition_id)
    progress = {p.event_id: p for p in reading.progress(competition_id)}
    external = outside_modules(competition_id)
    schemes = current_schemes(db.session(), [event.id for event in competition.events])
    in_charge = is_in_charge(signed_in_actor(), competition_id)
    found = openings(competition) if signed_in_actor().permits("scheme.edit", competition_id) else []
    return render_template(
        "scoring/board.html",
        competition=competition,
        events=[event for event in competition.events if in_charge(event.id)],
        is_chief_of_all=charge_of(signed_in_actor(), competition_id) is None,
        progress=progress,
        schemes=schemes,
        external=external,
        openings={one.event.id: one for one in found},
        ready=[one for one in found if one.is_ready],
        lacking=[one for one in found if one.lacks],
    )


@bp.post(f"{C}/sheets")
@requires("scheme.edit")
def make_all_sheets(competition_id: int) -> ResponseReturnValue:
    """Give all events that are ready their sheets."""
    made = open_all(OpenAll(competition_id, signed_in_actor()))
    flash(_("为 %(events)s 个赛项生成了 %(n)s 张评分表", events=made.events, n=made.sheets), "success")
    if made.waiting:
        flash(_("还有 %(n)s 个赛项没有准备好，原因列在下面", n=made.waiting), "warning")
    return redirect(url_for("scoring.board", competition_id=competition_id))


@bp.post(f"{C}/events/<int:event_id>/sheets")
@requires("scheme.edit")
def make_sheets(competition_id: int, event_id: int) -> ResponseReturnValue:
    """Give every seat its sheets."""
    made = open_sheets(OpenSheets(competition_id, event_id, signed_in_actor()))
    flash(_("生成了 %(n)s 张评分表", n=made), "success")
    return redirect(url_for("scoring.event_board", competition_id=competition_id, event_id=event_id))


@bp.post(f"{C}/modules/<int:module_id>/confirmations")
@requires("sheet.confirm")
def confirm_module(competition_id: int, module_id: int) -> ResponseReturnValue:
    """Confirm every submitted sheet of a module."""
    seen = request.form.get("seen", "")
    count = confirm_submitted(ConfirmSubmitted(competition_id, module_id, signed_in_actor(), seen=seen))
    flash(_("确认了 %(n)s 张评分表", n=count), "success")
    return redirect(request.referrer or url_for("scoring.board", competition_id=competition_id))


@bp.get(f"{C}/sheets/<int:sheet_id>")
@requires("sheet.board")
def sheet(competition_id: int, sheet_id: int) -> ResponseReturnValue:
    """One sheet with its marks and every revision, as far as they are open to who asks."""
    found = reading.read_sheet(competition_id, sheet_id)
    shown, spot = on_the_spot(db.session(), found, signed_in_actor())
    own, passing = _own_work(competition_id, shown.sheet)
    company = company_of(db.session(), shown.sheet, passing)
    return render_template(
        "scoring/sheet.html",
        competition=competition_of(competition_id),
        reading=shown,
        spot=spot,
        photos=photos_of(db.session(), {sheet_id}).get(sheet_id, []),
        form=ReasonForm(),
        names=STATE_NAMES,
        back=_back(shown.sheet),
        seen=seen_word([(sheet_id, shown.sheet.revision)]),
        company=company,
        own=own,
        publication=newest_publication(db.session(), shown.sheet.module.event_id),
        sums=None if spot.is_closed else sums_of(db.session(), found, company),
        worth=worth,
        ink_box=INK_BOX,
    )


def _back(sheet: ScoreSheet) -> Return | None:
    """How an open sheet came back to its judge; None if it did not."""
    is_back = sheet.state is SheetState.OPEN and bool(sheet.return_reason)
    return newest_returns(db.session(), [sheet.id]).get(sheet.id) if is_back else None


def _own_work(competition_id: int, sheet: ScoreSheet) -> tuple[OwnWork | None, set[int]]:
    """What of a sheet is the reader's own work, and which waiting ones of its module she is not led to."""
    session, actor = db.session(), signed_in_actor()
    if not actor.permits("sheet.confirm", competition_id):
        return None, set()
    waiting = (ScoreSheet.module_id == sheet.module_id, ScoreSheet.state == SheetState.SUBMITTED)
    passing = own_sheets(session, hands_of(session, actor, competition_id), *waiting)
    return own_work(session, actor, competition_id, among([sheet])), passing


@bp.post(f"{C}/sheets/<int:sheet_id>/<any(confirm, return, unlock):action>")
@requires("sheet.confirm")
def move_sheet(competition_id: int, sheet_id: int, action: str) -> ResponseReturnValue:
    """Confirm, return or unlock a sheet."""
    form = ReasonForm()
    seen = request.form.get("seen", "")
    change = ChangeSheet(competition_id, sheet_id, SheetAction(action), signed_in_actor(), form.reason.data or "", seen)
    change_sheet(change)
    flash(_(DONE[change.action]), "success")
    return redirect(url_for("scoring.sheet", competition_id=competition_id, sheet_id=sheet_id))


@bp.route(f"{C}/modules/<int:module_id>/external", methods=["GET", "POST"])
@requires("external.import")
def external(competition_id: int, module_id: int) -> ResponseReturnValue:
    """Take in a list of marks from outside."""
    module = external_module(competition_id, module_id)
    form, problems = ExternalForm(), []
    admitted = outside_values(module)
    if form.validate_on_submit():
        try:
            upload = form.file.data
            marks: list[ExternalMark] = read_external_list(
                upload.read(), upload.filename, admitted.aspects, admitted.items
            )
            command = ImportExternal(competition_id, module_id, marks, upload.filename, signed_in_actor())
            changed = import_external(command)
        except WrongListError as error:
            problems = list(error.problems)
        except InvalidInputError as error:
            problems = [sentence(error)]
        else:
            flash(_("导入完成，%(n)s 名选手的成绩有变化", n=changed), "success")
            return redirect(url_for("scoring.event_board", competition_id=competition_id, event_id=module.event_id))
    page = render_template(
        "scoring/external.html",
        competition=competition_of(competition_id),
        module=module,
        modules=outside_modules(competition_id).get(module.event_id, [module]),
        admitted=admitted,
        columns=columns_of(admitted),
        form=form,
        problems=problems,
    )
    return page, 422 if problems or form.errors else 200


@bp.get(f"{C}/modules/<int:module_id>/external/list.<any(xlsx, csv):kind>")
@requires("external.import")
def external_blank(competition_id: int, module_id: int, kind: Literal["xlsx", "csv"]) -> ResponseReturnValue:
    """The list to be filled in: draw numbers and the columns that the import expects."""
    module = external_module(competition_id, module_id)
    blank = blank_list(module, outside_values(module))
    if not blank.rows:
        raise ConflictError("请先生成评分表，再导入“%(module)s”的成绩", module=module.name)
    name = f"{event_of(db.session(), competition_id, module.event_id).name}-{module.name}.{kind}"
    return Response(blank_file(blank, kind), content_type=MEDIA[kind], headers=attachment(name))


@bp.get(f"{C}/events/<int:event_id>/external")
@requires("external.import")
def external_of_event(competition_id: int, event_id: int) -> ResponseReturnValue:
    """The first module of the event that takes marks from outside."""
    event = event_of(db.session(), competition_id, event_id)
    for module in outside_modules(competition_id).get(event.id, []):
        return redirect(url_for("scoring.external", competition_id=competition_id, module_id=module.id))
    raise NotFoundError("这个赛项没有需要导入成绩的模块")
