"""Pages of check-in: the list by event, one contestant after a scan, badges to print."""

import hmac

import segno
from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from competitions import setup
from competitions.blueprint import bp
from competitions.check_in.arriving import CHECK_IN_STATES, CheckIn, EndCheckIn, check_in, end_check_in, reverse
from competitions.check_in.reading import attendance_of, awaited_of, badge_code
from competitions.labels import STATUS_NAMES, STATUS_TONES
from competitions.models import Contestant
from competitions.registration.entrants import ContestantFilter, contestant_of, contestants_of
from core.auth import requires, signed_in_actor
from core.errors import NotFoundError

C = "/competitions/<int:competition_id>/check-in"


@bp.get(C, endpoint="check_in")
@requires("entrant.check_in")
def check_in_page(competition_id: int) -> ResponseReturnValue:
    """Who has come to each event, and the list of one of them."""
    competition = setup.competition_of(competition_id)
    found = attendance_of(competition_id, [event.id for event in competition.events])
    chosen = request.args.get("event", type=int)
    under_way = next((one for one in found if 0 < one.here < one.expected), found[0] if found else None)
    shown = next((one for one in found if one.event_id == chosen), under_way)
    return render_template(
        "competitions/check_in/list.html",
        competition=competition,
        found={one.event_id: one for one in found},
        shown=shown,
        only_awaited="awaited" in request.args,
        event=next((event for event in competition.events if shown and event.id == shown.event_id), None),
        is_open=competition.state in CHECK_IN_STATES,
        statuses=STATUS_NAMES,
        tones=STATUS_TONES,
    )


@bp.get(f"{C}/<int:contestant_id>/<badge>")
@requires("entrant.check_in")
def scanned(competition_id: int, contestant_id: int, badge: str) -> ResponseReturnValue:
    """Whom a badge belongs to, with one button; what a telephone opens after scanning it."""
    contestant = contestant_of(competition_id, contestant_id)
    if not hmac.compare_digest(badge_code(contestant), badge.upper()):
        raise NotFoundError("这不是本系统打印的参赛证")
    competition = setup.competition_of(competition_id)
    return render_template(
        "competitions/check_in/scanned.html",
        competition=competition,
        one=awaited_of(contestant),
        badge=badge,
        is_open=competition.state in CHECK_IN_STATES,
        statuses=STATUS_NAMES,
        tones=STATUS_TONES,
    )


@bp.post(f"{C}/<int:contestant_id>/arrivals")
@requires("entrant.check_in")
def arrive(competition_id: int, contestant_id: int) -> ResponseReturnValue:
    """Note that a contestant has come."""
    is_news = check_in(CheckIn(competition_id, contestant_id, signed_in_actor()))
    name = contestant_of(competition_id, contestant_id).person.name
    flash(_("%(name)s已检录", name=name) if is_news else _("%(name)s此前已检录", name=name), "success")
    return _back(competition_id, contestant_id)


@bp.post(f"{C}/<int:contestant_id>/reversals")
@requires("entrant.check_in")
def reverse_arrival(competition_id: int, contestant_id: int) -> ResponseReturnValue:
    """Take back a check-in made by mistake."""
    reverse(CheckIn(competition_id, contestant_id, signed_in_actor()))
    name = contestant_of(competition_id, contestant_id).person.name
    flash(_("%(name)s的检录已撤销", name=name), "success")
    return _back(competition_id, contestant_id)


def _back(competition_id: int, contestant_id: int) -> ResponseReturnValue:
    """To the page of the badge where that was open, else to the list of the event."""
    badge = request.form.get("badge", "")
    if badge:
        return redirect(
            url_for("competitions.scanned", competition_id=competition_id, contestant_id=contestant_id, badge=badge)
        )
    event_id = contestant_of(competition_id, contestant_id).entrant.event_id
    where = {"awaited": 1} if "awaited" in request.form else {"_anchor": f"contestant-{contestant_id}"}
    return redirect(url_for("competitions.check_in", competition_id=competition_id, event=event_id, **where))


@bp.post("/competitions/<int:competition_id>/events/<int:event_id>/absences")
@requires("entrant.check_in")
def end(competition_id: int, event_id: int) -> ResponseReturnValue:
    """Enter whoever has not come as absent."""
    done = end_check_in(EndCheckIn(competition_id, event_id, signed_in_actor()), current_app.config["HAS_MARKS"])
    flash(_("%(n)s 个参赛者登记为缺考", n=done.absent), "success")
    if done.incomplete:
        flash(_("%(n)s 个队没有到齐，未作登记，请逐个处理", n=done.incomplete), "warning")
    return redirect(url_for("competitions.check_in", competition_id=competition_id, event=event_id))


@bp.get(f"{C}/badges")
@requires("entrant.check_in")
def badges(competition_id: int) -> ResponseReturnValue:
    """Badges of an event, or of all, to print and cut: no draw number, so that nobody ties a number to a face."""
    wanted = ContestantFilter(event_id=request.args.get("event", type=int))
    shown = contestants_of(competition_id, wanted)
    return render_template(
        "competitions/check_in/badges.html",
        competition=setup.competition_of(competition_id),
        badges=[(contestant, _qr(competition_id, contestant)) for contestant in shown],
    )


def _qr(competition_id: int, contestant: Contestant) -> Markup:
    path = url_for(
        "competitions.scanned",
        competition_id=competition_id,
        contestant_id=contestant.id,
        badge=badge_code(contestant),
    )
    # The only text in the drawing is made by segno itself from numbers.
    drawn = segno.make(current_app.config["BASE_URL"] + path, error="m", micro=False)
    return Markup(drawn.svg_inline(light="#fff", border=2, omitsize=True))  # noqa: S704
