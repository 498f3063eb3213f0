"""Pages on which those who run a competition lay down its timetable and look at it."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from competitions import setup
from competitions.blueprint import bp
from competitions.forms import accepted
from competitions.models import Competition
from competitions.timetable.forms import SessionForm, TouchForm
from competitions.timetable.gathering import warnings_of
from competitions.timetable.kinds import AUDIENCE_NAMES, KIND_NAMES, Audience
from competitions.timetable.models import CLOSED_STATES, TimetableSession
from competitions.timetable.planning import (
    AddSessions,
    EditSession,
    ShowDrafts,
    TouchSession,
    add_sessions,
    call_off_session,
    edit_session,
    remove_session,
    restore_session,
    show_drafts,
)
from competitions.timetable.reading import TimetableDay, by_day, session_of, sessions_of
from core.auth import requires, signed_in_actor
from core.db import db

C = "/competitions/<int:competition_id>/timetable"
MOST_WARNINGS = 100
"""Clashes that are written out; a place given to everybody at once makes thousands, and nobody reads them."""


@bp.get(C, endpoint="timetable")
@requires("competition.view")
def timetable_page(competition_id: int) -> ResponseReturnValue:
    """A day of the timetable as chart and list, what clashes, and a form for one more session."""
    return _timetable(setup.competition_with_modules(competition_id), None)


def _timetable(competition: Competition, form: SessionForm | None) -> ResponseReturnValue:
    session = db.session()
    sessions = sessions_of(session, competition.id)
    days = by_day(sessions)
    is_tried = form is not None
    page = render_template(
        "timetable/timetable.html",
        competition=competition,
        days=days,
        shown=_chosen(days),
        warnings=warnings_of(session, competition.id, sessions),
        most_warnings=MOST_WARNINGS,
        drafts=sum(one.audience is Audience.DRAFT for one in sessions),
        off_days=[day.day for day in days if not competition.opens_on <= day.day <= competition.closes_on],
        form=form or _new_form(competition, sessions),
        is_open=competition.state not in CLOSED_STATES,
        kinds=KIND_NAMES,
        audiences=AUDIENCE_NAMES,
    )
    return page, 422 if is_tried else 200


def _chosen(days: list[TimetableDay]) -> TimetableDay | None:
    """The day that the address names, else the first."""
    wanted = request.args.get("day", "")
    return next((day for day in days if day.day.isoformat() == wanted), days[0] if days else None)


def _new_form(competition: Competition, sessions: list[TimetableSession]) -> SessionForm:
    """An empty form. Once a timetable is shown, what is added to it is shown as well."""
    form = SessionForm(formdata=None)
    form.scope.offer(competition.events)
    is_shown = any(one.audience is Audience.EVERYONE for one in sessions)
    form.audience.data = (Audience.EVERYONE if is_shown else Audience.DRAFT).value
    return form


@bp.post(f"{C}/sessions")
@requires("competition.edit")
def add_timetable_session(competition_id: int) -> ResponseReturnValue:
    """One more session."""
    competition = setup.competition_with_modules(competition_id)
    form = SessionForm()
    form.scope.offer(competition.events)
    if accepted(form, lambda: add_sessions(AddSessions(competition_id, (form.facts(),), signed_in_actor()))):
        flash(_("已添加“%(title)s”", title=form.title.data.strip()), "success")
        return _to_day(competition_id, form.begins_at.data.date().isoformat())
    return _timetable(setup.competition_with_modules(competition_id), form)


def _to_day(competition_id: int, day: str) -> ResponseReturnValue:
    return redirect(url_for("competitions.timetable", competition_id=competition_id, day=day))


@bp.route(f"{C}/sessions/<int:session_id>", methods=["GET", "POST"])
@requires("competition.edit")
def timetable_session(competition_id: int, session_id: int) -> ResponseReturnValue:
    """One session: its facts, what was told anew of it, and the buttons that end it."""
    competition = setup.competition_with_modules(competition_id)
    form = SessionForm()
    form.scope.offer(competition.events)
    if accepted(form, lambda: _edit(competition_id, session_id, form)):
        flash(_("已保存"), "success")
        return _to_day(competition_id, form.begins_at.data.date().isoformat())
    row = session_of(db.session(), competition_id, session_id)
    if request.method == "GET":
        form.fill(row)
    page = render_template(
        "timetable/session.html",
        competition=setup.competition_with_modules(competition_id),
        one=row,
        form=form,
        touch=TouchForm(formdata=None),
        is_open=competition.state not in CLOSED_STATES,
        kinds=KIND_NAMES,
        audiences=AUDIENCE_NAMES,
    )
    return page, 422 if form.is_submitted() else 200


def _edit(competition_id: int, session_id: int, form: SessionForm) -> None:
    revision = int(form.revision.data) if (form.revision.data or "").isdecimal() else 0
    edit_session(EditSession(competition_id, session_id, form.facts(), revision, signed_in_actor()))


def _touch(competition_id: int, session_id: int) -> TouchSession:
    form = TouchForm()
    return TouchSession(competition_id, session_id, form.revision.data or 0, signed_in_actor(), form.reason.data or "")


@bp.post(f"{C}/sessions/<int:session_id>/removals")
@requires("competition.edit")
def remove_timetable_session(competition_id: int, session_id: int) -> ResponseReturnValue:
    """Delete a session that nobody was shown."""
    day = session_of(db.session(), competition_id, session_id).begins.date().isoformat()
    remove_session(_touch(competition_id, session_id))
    flash(_("已删除"), "success")
    return _to_day(competition_id, day)


@bp.post(f"{C}/sessions/<int:session_id>/<any(cancellations, restorations):act>")
@requires("competition.edit")
def call_off_timetable_session(competition_id: int, session_id: int, act: str) -> ResponseReturnValue:
    """Call a session off, or let it take place after all."""
    is_off = act == "cancellations"
    (call_off_session if is_off else restore_session)(_touch(competition_id, session_id))
    flash(_("已取消，看到日程的人会看到理由") if is_off else _("已恢复"), "success")
    return _to_day(competition_id, session_of(db.session(), competition_id, session_id).begins.date().isoformat())


@bp.post(f"{C}/publications")
@requires("competition.edit")
def show_timetable(competition_id: int) -> ResponseReturnValue:
    """Show everybody all that is still a draft."""
    shown = show_drafts(ShowDrafts(competition_id, signed_in_actor()))
    flash(_("%(n)s 场已公开", n=shown), "success")
    return redirect(url_for("competitions.timetable", competition_id=competition_id))


@bp.get(f"{C}/print")
@requires("competition.view")
def print_timetable(competition_id: int) -> ResponseReturnValue:
    """The whole timetable on paper; with ``?public=1`` only what everybody may see."""
    is_public = "public" in request.args
    audiences = [Audience.EVERYONE] if is_public else list(Audience)
    return render_template(
        "timetable/print.html",
        competition=setup.competition_of(competition_id),
        days=by_day(sessions_of(db.session(), competition_id, audiences)),
        is_public=is_public,
        audiences=AUDIENCE_NAMES,
    )
