"""The timetable for those who take part and for everybody: pages and calendar files, with nothing to change."""

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from competitions import setup
from competitions.blueprint import bp
from competitions.models import Judge
from competitions.notices.reading import notices_of_judge, public_notices
from competitions.timetable.calendars import calendar_of
from competitions.timetable.kinds import KIND_NAMES, Audience
from competitions.timetable.pages import C
from competitions.timetable.reading import by_day, public_sessions, sessions_of, sessions_of_judge
from core.auth import SubjectKind, public, requires, signed_in_actor
from core.db import db
from core.errors import NotAllowedError


@bp.get(f"{C}.ics")
@requires("competition.view")
def timetable_calendar(competition_id: int) -> ResponseReturnValue:
    """The whole timetable as a calendar, drafts too, for those who run the competition."""
    competition = setup.competition_of(competition_id)
    return calendar_of(_("%(title)s日程", title=competition.title), sessions_of(db.session(), competition_id))


@bp.get("/timetable/<int:competition_id>")
@public
def public_timetable(competition_id: int) -> ResponseReturnValue:
    """What everybody may see of a competition's timetable and notices; before anything is, nobody knows of it here."""
    session = db.session()
    told = public_notices(session, competition_id)
    days = by_day(
        sessions_of(session, competition_id, [Audience.EVERYONE]) if told else public_sessions(session, competition_id)
    )
    return render_template(
        "timetable/public.html",
        competition=setup.competition_of(competition_id),
        days=days,
        notices=told,
        kinds=KIND_NAMES,
    )


@bp.get("/timetable/<int:competition_id>.ics")
@public
def public_calendar(competition_id: int) -> ResponseReturnValue:
    """The same as a calendar."""
    sessions = public_sessions(db.session(), competition_id)
    return calendar_of(_("%(title)s日程", title=setup.competition_of(competition_id).title), sessions)


def own_judge() -> Judge:
    """The judge who is signed in.

    Raises:
        NotAllowedError: it is no judge's sign-in.
    """
    actor = signed_in_actor()
    judge = db.session.get(Judge, actor.subject_id) if actor.kind is SubjectKind.JUDGE else None
    if judge is None:
        raise NotAllowedError("这里是裁判本人的日程，请用裁判的链接登录")
    return judge


@bp.get("/own-timetable")
@requires("sheet.mark", anywhere=True)
def own_timetable() -> ResponseReturnValue:
    """What concerns the judge who is signed in: notices, and sessions."""
    judge = own_judge()
    return render_template(
        "timetable/own.html",
        told=notices_of_judge(db.session(), judge),
        competition=setup.competition_of(judge.competition_id),
        days=by_day(sessions_of_judge(db.session(), judge)),
        kinds=KIND_NAMES,
    )


@bp.get("/own-timetable.ics")
@requires("sheet.mark", anywhere=True)
def own_calendar() -> ResponseReturnValue:
    """The same as a calendar."""
    judge = own_judge()
    title = _("%(title)s日程", title=setup.competition_of(judge.competition_id).title)
    return calendar_of(title, sessions_of_judge(db.session(), judge))
