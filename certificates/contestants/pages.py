"""The contestant's own pages, made for a phone: one number and one file."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from certificates.blueprint import bp
from certificates.contestants.forms import ContestantForm
from certificates.contestants.own import (
    SignInContestant,
    own_certificate,
    own_contestants,
    own_page,
    sign_in_contestant,
)
from certificates.flags.pages import words
from certificates.flags.recommending import ObjectToFlag, object_to_flag
from certificates.forms import TextForm
from certificates.issue.register_pages import pdf_answer, png_answer
from competitions.labels import LEVEL_OF_SKILL
from competitions.notices.reading import notices_of_contestants
from competitions.timetable.calendars import calendar_of
from competitions.timetable.kinds import KIND_NAMES
from competitions.timetable.reading import by_day, next_of, sessions_of_contestants
from core.auth import public, requires, signed_in_actor, visitor_address
from core.coming_in import with_cookie
from core.db import db
from core.errors import DomainError
from core.i18n import sentence
from scoring.team_standings.reading import place_of


@bp.route("/contestant/sign-in", methods=["GET", "POST"])
@public
def contestant_sign_in() -> ResponseReturnValue:
    """Sign-in by document number and access code."""
    form = ContestantForm()
    if form.validate_on_submit():
        command = SignInContestant(form.document.data, form.code.data, visitor_address(), request.user_agent.string)
        try:
            return with_cookie(redirect(url_for("certificates.own")), sign_in_contestant(command))
        except DomainError as error:
            form.code.errors = [sentence(error)]
    return render_template("certificates/contestant_sign_in.html", form=form), 422 if form.errors else 200


@bp.get("/own")
@requires("own.view", anywhere=True)
def own() -> ResponseReturnValue:
    """Own place, total, prize, flags and certificate."""
    found = own_page(signed_in_actor())
    mine = [one.contestant for one in found.events]
    sessions = sessions_of_contestants(db.session(), mine)
    delegation = found.events[0].contestant.entrant.delegation.name if found.events else ""
    team = place_of(found.competition.id, delegation)
    return render_template(
        "certificates/own.html",
        own=found,
        team=team,
        days=by_day(sessions),
        upcoming=next_of(sessions),
        notices=notices_of_contestants(db.session(), mine),
        kinds=KIND_NAMES,
        form=TextForm(),
        levels=LEVEL_OF_SKILL,
        **words(),
    )


@bp.get("/own/timetable.ics")
@requires("own.view", anywhere=True)
def own_timetable() -> ResponseReturnValue:
    """Own times and places as a calendar."""
    contestants = own_contestants(db.session(), signed_in_actor())
    title = _("%(title)s日程", title=contestants[0].entrant.event.competition.title)
    return calendar_of(title, sessions_of_contestants(db.session(), contestants))


@bp.get("/own/certificates/<int:certificate_id>.pdf")
@requires("own.view", anywhere=True)
def own_download(certificate_id: int) -> ResponseReturnValue:
    """Own certificate as a file."""
    return pdf_answer(own_certificate(db.session(), signed_in_actor(), certificate_id))


@bp.get("/own/certificates/<int:certificate_id>.png")
@requires("own.view", anywhere=True)
def own_picture(certificate_id: int) -> ResponseReturnValue:
    """Own certificate as a picture for the screen."""
    return png_answer(own_certificate(db.session(), signed_in_actor(), certificate_id))


@bp.post("/own/flags/<int:flag_id>/objections")
@requires("own.view", anywhere=True)
def object_to(flag_id: int) -> ResponseReturnValue:
    """Object to what was said of oneself."""
    actor, form = signed_in_actor(), TextForm()
    mine = [contestant.id for contestant in own_contestants(db.session(), actor)]
    object_to_flag(ObjectToFlag(flag_id, form.text.data or "", actor), mine)
    flash(_("您的意见已送达组织者，答复会显示在这里"), "success")
    return redirect(url_for("certificates.own"))
