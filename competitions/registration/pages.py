"""Pages: the roster of a competition, its import, its printing, status and access codes of contestants."""

from flask import Response, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from competitions import setup
from competitions.blueprint import bp
from competitions.enrolment.known import waiting
from competitions.forms import accepted
from competitions.labels import LEVEL_OF_SKILL, STATUS_NAMES, STATUS_TONES
from competitions.models import EntrantStatus, Form
from competitions.registration import entrants, importing
from competitions.registration.forms import RosterForm, StatusForm, TakeInForm
from competitions.registration.intake import Fate, PlannedRow
from competitions.registration.levels import mark_of, other_levels, unsaid
from competitions.registration.marking import MarkRoster, marked_workbook
from competitions.registration.previews import planned_rows, workbook_of
from competitions.roster.workbooks import template_workbook
from competitions.standards.regions import region
from core.auth import requires, signed_in_actor
from core.characters import code_point
from core.clock import competition_day
from core.db import db
from core.downloads import attachment
from core.messages import said_again

ROWS_SHOWN = 500
FINDINGS_SHOWN = 200
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _wanted() -> entrants.ContestantFilter:
    status = request.args.get("status", "")
    return entrants.ContestantFilter(
        event_id=request.args.get("event", type=int),
        delegation_id=request.args.get("delegation", type=int),
        status=EntrantStatus(status) if status in set(EntrantStatus) else None,
        text=request.args.get("q", "")[:80],
    )


@bp.get("/competitions/<int:competition_id>/roster", endpoint="roster")
@requires("roster.view")
def roster_page(competition_id: int) -> ResponseReturnValue:
    """The contestants, fifty a page, by event and delegation."""
    return _roster_page(competition_id, RosterForm())


def _roster_page(competition_id: int, form: RosterForm) -> ResponseReturnValue:
    wanted = _wanted()
    competition = setup.competition_of(competition_id)
    page = render_template(
        "competitions/roster.html",
        competition=competition,
        form=form,
        wanted=wanted,
        page=entrants.contestant_page(competition_id, wanted, request.args.get("page", 1, type=int)),
        pending=importing.pending_imports(competition_id),
        waiting=waiting(competition_id),
        is_open=competition.state in importing.OPEN_STATES,
        statuses=STATUS_NAMES,
        tones=STATUS_TONES,
        levels=LEVEL_OF_SKILL,
    )
    return page, 422 if form.is_submitted() else 200


@bp.get("/competitions/<int:competition_id>/roster/print")
@requires("roster.view")
def print_roster(competition_id: int) -> ResponseReturnValue:
    """All contestants of a filter on one page, for paper."""
    return render_template(
        "competitions/roster_print.html",
        competition=setup.competition_of(competition_id),
        contestants=entrants.contestants_of(competition_id, _wanted()),
        today=competition_day(),
        statuses=STATUS_NAMES,
        levels=LEVEL_OF_SKILL,
    )


@bp.get("/competitions/<int:competition_id>/roster/template.xlsx")
@requires("roster.view")
def roster_template(competition_id: int) -> ResponseReturnValue:
    """An empty registration workbook with this competition's events to choose from, for sending to the delegations."""
    competition = setup.competition_of(competition_id)
    # Units enter on a page of their own; a name that several groups share stands in the list once.
    events = list(dict.fromkeys(event.name for event in competition.events if event.form is not Form.UNIT))
    if not events:
        raise importing.NoEventsError("还没有赛项，请先添加赛项再导入报名表")
    data = template_workbook(events, f"{competition.title}参赛选手报名汇总表")
    return _workbook(data, f"{competition.title}报名汇总表.xlsx")


def _workbook(data: bytes, filename: str) -> Response:
    return Response(data, content_type=WORKBOOK, headers=attachment(filename))


@bp.post("/competitions/<int:competition_id>/roster/codes")
@requires("roster.import")
def codes(competition_id: int) -> ResponseReturnValue:
    """Slips with access codes, for printing and cutting."""
    command = entrants.ShowCodes(competition_id, _wanted(), signed_in_actor())
    shown = entrants.show_codes(command)
    return render_template(
        "competitions/codes.html",
        competition=setup.competition_of(competition_id),
        codes=shown,
        address=current_app.config["BASE_URL"] + url_for("certificates.contestant_sign_in"),
    )


@bp.post("/competitions/<int:competition_id>/roster/imports")
@requires("roster.import")
def read_workbook(competition_id: int) -> ResponseReturnValue:
    """Read an uploaded workbook and show what it would become; nothing is taken in yet."""
    form = RosterForm()
    made: list[int] = []
    if accepted(form, lambda: made.append(_read(competition_id, form))):
        return redirect(url_for("competitions.roster_import", competition_id=competition_id, import_id=made[0]))
    return _roster_page(competition_id, form)


def _read(competition_id: int, form: RosterForm) -> int:
    upload = form.file.data
    data = upload.stream.read(importing.MOST_BYTES + 1)
    command = importing.ReadRoster(competition_id, upload.filename or "", data, signed_in_actor())
    return importing.read_workbook(command)


@bp.get("/competitions/<int:competition_id>/roster/imports/<int:import_id>")
@requires("roster.import")
def roster_import(competition_id: int, import_id: int) -> ResponseReturnValue:
    """The preview: what becomes of every row, the wrong ones first."""
    return _import_page(competition_id, import_id, TakeInForm())


def _import_page(competition_id: int, import_id: int, form: TakeInForm) -> ResponseReturnValue:
    row = importing.import_of(db.session(), competition_id, import_id)
    rows = planned_rows(row)
    levels = other_levels(competition_id, rows, current_app.config["KNOWN_LEVELS"])
    page = render_template(
        "competitions/roster_import.html",
        competition=setup.competition_of(competition_id),
        form=form,
        row=row,
        homeless=[name for name in row.summary["new_delegations"] if region(name) is None],
        problems=[said_again(problem) for problem in row.summary["problems"]],
        counts=row.summary["counts"],
        has_sheets=len({planned.sheet for planned in rows}) > 1,
        wrong=[planned for planned in rows if planned.fate is Fate.WRONG][:FINDINGS_SHOWN],
        warned=[planned for planned in rows if planned.fate is Fate.NEW and planned.is_warned][:FINDINGS_SHOWN],
        good=[planned for planned in rows if planned.fate is Fate.NEW][:ROWS_SHOWN],
        already=[planned for planned in rows if planned.fate is Fate.ALREADY][:ROWS_SHOWN],
        skipped=[planned for planned in rows if planned.fate is Fate.SKIPPED],
        undrawable=_undrawable(competition_id, rows),
        other_levels=levels,
        unsaid_levels=len(unsaid(levels)),
        levels_mark=mark_of(unsaid(levels)),
        has_workbook=bool(workbook_of(row)),
        events={event.id: event.title for event in setup.competition_of(competition_id).events},
        levels=LEVEL_OF_SKILL,
    )
    return page, 422 if form.is_submitted() else 200


def _undrawable(competition_id: int, rows: list[PlannedRow]) -> list[tuple[PlannedRow, str]]:
    """Rows with characters that no certificate could show, told now and not on the eve of the ceremony."""
    words = [
        (row, f"{row.values.name or ''}{row.values.unit or ''}{row.values.delegation or ''}")
        for row in rows
        if row.fate in (Fate.NEW, Fate.ALREADY)
    ]
    missing = current_app.config["UNDRAWABLE"](competition_id, "".join(text for _row, text in words))
    found = ((row, [c for c in missing if c in text]) for row, text in words)
    return [(row, "、".join(f"{c} {code_point(c)}" for c in characters)) for row, characters in found if characters]


@bp.post("/competitions/<int:competition_id>/roster/imports/<int:import_id>/intakes")
@requires("roster.import")
def take_in(competition_id: int, import_id: int) -> ResponseReturnValue:
    """Take in the good rows of a preview."""
    form = TakeInForm()
    done: list[importing.TakenIn] = []
    if accepted(form, lambda: done.append(_take_in(competition_id, import_id, form))):
        result = done[0]
        text = _("已导入 %(n)s 名选手", n=result.contestants)
        if result.left_out:
            text += _("，%(n)s 行有错误未导入", n=result.left_out)
        if result.levels:
            text += _("，%(n)s 人的等级按已知证书登记", n=result.levels)
        flash(text, "success")
        return redirect(url_for("competitions.roster", competition_id=competition_id))
    return _import_page(competition_id, import_id, form)


def _take_in(competition_id: int, import_id: int, form: TakeInForm) -> importing.TakenIn:
    command = importing.TakeInRoster(
        competition_id,
        import_id,
        bool(form.leaves_out_wrong.data),
        signed_in_actor(),
        form.levels_seen.data or "",
    )
    return importing.take_in(command, current_app.config["KNOWN_LEVELS"])


@bp.post("/competitions/<int:competition_id>/roster/imports/<int:import_id>/marked.xlsx")
@requires("roster.import")
def marked_roster(competition_id: int, import_id: int) -> ResponseReturnValue:
    """The uploaded workbook with every wrong cell coloured and commented, for sending back to the delegation."""
    marked = marked_workbook(MarkRoster(competition_id, import_id, signed_in_actor()))
    return _workbook(marked.data, marked.filename)


@bp.post("/competitions/<int:competition_id>/roster/imports/<int:import_id>/removals")
@requires("roster.import")
def drop_import(competition_id: int, import_id: int) -> ResponseReturnValue:
    """Forget a preview."""
    importing.drop(importing.DropRoster(competition_id, import_id, signed_in_actor()))
    flash(_("预览已放弃，没有导入任何人"), "success")
    return redirect(url_for("competitions.roster", competition_id=competition_id))


@bp.get("/competitions/<int:competition_id>/contestants/<int:contestant_id>")
@requires("roster.view")
def contestant(competition_id: int, contestant_id: int) -> ResponseReturnValue:
    """One contestant: what was registered, and the entrant's status."""
    entrant = entrants.contestant_of(competition_id, contestant_id).entrant
    form = StatusForm(status=entrant.status.value, reason=entrant.status_reason)
    return _contestant_page(competition_id, contestant_id, form)


def _contestant_page(competition_id: int, contestant_id: int, form: StatusForm) -> ResponseReturnValue:
    page = render_template(
        "competitions/contestant.html",
        competition=setup.competition_of(competition_id),
        contestant=entrants.contestant_of(competition_id, contestant_id),
        form=form,
        statuses=STATUS_NAMES,
        tones=STATUS_TONES,
        levels=LEVEL_OF_SKILL,
    )
    return page, 422 if form.is_submitted() else 200


@bp.post("/competitions/<int:competition_id>/contestants/<int:contestant_id>/statuses")
@requires("roster.import")
def change_status(competition_id: int, contestant_id: int) -> ResponseReturnValue:
    """Another status for the contestant's entrant."""
    form = StatusForm()
    entrant_id = entrants.contestant_of(competition_id, contestant_id).entrant_id
    if accepted(form, lambda: _change_status(competition_id, entrant_id, form)):
        flash(_("参赛状态已改为“%(status)s”", status=STATUS_NAMES[EntrantStatus(form.status.data)]), "success")
        return redirect(url_for("competitions.contestant", competition_id=competition_id, contestant_id=contestant_id))
    return _contestant_page(competition_id, contestant_id, form)


def _change_status(competition_id: int, entrant_id: int, form: StatusForm) -> None:
    command = entrants.ChangeStatus(
        competition_id, entrant_id, EntrantStatus(form.status.data), form.reason.data or "", signed_in_actor()
    )
    entrants.change_status(command)


@bp.post("/competitions/<int:competition_id>/contestants/<int:contestant_id>/codes")
@requires("roster.import")
def renew_code(competition_id: int, contestant_id: int) -> ResponseReturnValue:
    """Another access code for one contestant; the earlier one stops working."""
    code = entrants.renew_code(entrants.RenewCode(competition_id, contestant_id, signed_in_actor()))
    flash(_("新的查询码是 %(code)s，旧的已失效", code=code), "success")
    return redirect(url_for("competitions.contestant", competition_id=competition_id, contestant_id=contestant_id))
