"""Pages by which many sessions come at once: batches one after the other, a table; and the table as it is now."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from flask import Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from competitions import setup
from competitions.blueprint import bp
from competitions.forms import accepted
from competitions.models import Competition, Event
from competitions.timetable.forms import HeatsForm, TimetableFileForm
from competitions.timetable.heats import Day, Heat, heats_of
from competitions.timetable.importing import Imported, ImportTable, import_table, rows_of
from competitions.timetable.kinds import Audience, Kind
from competitions.timetable.pages import C
from competitions.timetable.planning import AddSessions, SessionFacts, add_sessions
from competitions.timetable.reading import batches_by_event, sessions_of
from competitions.timetable.rows import COLUMNS, cells_of
from core.auth import requires, signed_in_actor
from core.clock import BEIJING
from core.db import db
from core.downloads import attachment
from core.i18n import sentence
from core.spreadsheets import Cell, SheetPlan, write_xlsx

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.route(f"{C}/heats", methods=["GET", "POST"])
@requires("competition.edit")
def timetable_heats(competition_id: int) -> ResponseReturnValue:
    """Lay out the batches of an event one after the other."""
    competition = setup.competition_with_modules(competition_id)
    form = HeatsForm()
    form.scope.offer(competition.events, _("请选择"))
    made: list[int] = []
    if accepted(form, lambda: made.extend(_add_heats(competition, form))):
        flash(_("已排 %(n)s 场，还是草稿；核对以后公开", n=len(made)), "success")
        day = form.begins_at.data.date().isoformat()
        return redirect(url_for("competitions.timetable", competition_id=competition_id, day=day))
    page = render_template(
        "timetable/heats.html",
        competition=setup.competition_with_modules(competition_id),
        form=form,
        batches=batches_by_event(db.session(), competition_id),
    )
    return page, 422 if form.is_submitted() else 200


def _add_heats(competition: Competition, form: HeatsForm) -> list[int]:
    day = Day(form.until.data, form.rest_from.data, form.rest_until.data)
    begins = form.begins_at.data.replace(tzinfo=BEIJING)
    heats = heats_of(begins, form.batches.data, form.minutes.data, form.pause.data or 0, day)
    event_id, module_id = form.scope.chosen
    event = next(one for one in competition.events if one.id == event_id)
    name = _name(event, module_id)
    facts = tuple(one for heat in heats for one in _sessions(heat, name, event_id, module_id, form))
    return add_sessions(AddSessions(competition.id, facts, signed_in_actor()))


def _name(event: Event, module_id: int | None) -> str:
    module = next((one for one in event.modules if one.id == module_id), None)
    return " ".join(text for text in (event.name, module.stage, module.name) if text) if module else event.name


def _sessions(
    heat: Heat, name: str, event_id: int | None, module_id: int | None, form: HeatsForm
) -> Iterator[SessionFacts]:
    """The check-in of a batch, where one is wanted, and the batch itself."""
    called = _("%(name)s 第 %(n)s 批", name=name, n=heat.batch)
    contest = SessionFacts(
        title=called,
        begins_at=heat.begins,
        ends_at=heat.ends,
        place=form.place.data or "",
        kind=Kind.CONTEST,
        event_id=event_id,
        module_id=module_id,
        batch=heat.batch,
    )
    if form.check_in.data:
        before = heat.begins - timedelta(minutes=form.check_in.data)
        title = _("%(name)s 检录", name=called)
        yield replace(contest, title=title, begins_at=before, ends_at=heat.begins, kind=Kind.CHECK_IN)
    yield contest


@bp.route(f"{C}/imports", methods=["GET", "POST"])
@requires("competition.edit")
def timetable_file(competition_id: int) -> ResponseReturnValue:
    """Take a table of sessions in: all of it, or nothing and what is wrong with which row."""
    form = TimetableFileForm()
    done: list[Imported] = []
    if accepted(form, lambda: done.append(_import(competition_id, form))) and not done[0].unread:
        flash(_("新增 %(n)s 场，已有的 %(m)s 场没有重复添加", n=done[0].added, m=done[0].known), "success")
        return redirect(url_for("competitions.timetable", competition_id=competition_id))
    page = render_template(
        "timetable/file.html",
        competition=setup.competition_of(competition_id),
        form=form,
        unread=[(one.number, sentence(one.error)) for one in done[0].unread] if done else [],
        columns=COLUMNS,
    )
    return page, 422 if form.is_submitted() else 200


def _import(competition_id: int, form: TimetableFileForm) -> Imported:
    upload = form.file.data
    return import_table(ImportTable(competition_id, upload.filename or "", upload.read(), signed_in_actor()))


@bp.get(f"{C}/table.xlsx")
@requires("competition.view")
def timetable_workbook(competition_id: int) -> ResponseReturnValue:
    """The timetable as a workbook that can be taken in again; empty it is the form to fill in."""
    title = setup.competition_of(competition_id).title
    rows = rows_of(sessions_of(db.session(), competition_id, Audience))
    cells: list[list[Cell]] = [list(COLUMNS), *(cells_of(row) for row in rows)]
    widths = {0: 12.0, 3: 32.0, 4: 20.0, 5: 20.0, 6: 14.0, 8: 16.0, 9: 20.0, 10: 32.0}
    text_columns = frozenset(range(len(COLUMNS)))
    data = write_xlsx([SheetPlan("日程", cells, header_row=0, widths=widths, text_columns=text_columns)])
    return Response(data, mimetype=XLSX, headers=attachment(f"{title}-日程.xlsx"))
