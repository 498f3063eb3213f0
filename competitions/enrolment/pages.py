"""Pages by which organisers open online registration, give out its links and see how far each delegation is."""

from dataclasses import dataclass

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from competitions import setup
from competitions.blueprint import bp
from competitions.enrolment.clearing import ClearLeftovers, clear_leftovers, leftovers
from competitions.enrolment.forms import ExtensionForm, PeriodsForm
from competitions.enrolment.links import (
    IssueEnrolmentLinks,
    RevokeEnrolmentLink,
    issue_enrolment_links,
    revoke_enrolment_link,
)
from competitions.enrolment.listing import WORKBOOK, handed_in, workbook_of
from competitions.enrolment.periods import (
    EventPeriod,
    ExtendPeriod,
    Periods,
    SetPeriods,
    extend_period,
    in_words,
    periods_of,
    set_periods,
)
from competitions.enrolment.progress import progress_of
from competitions.forms import accepted
from competitions.models import Competition, Event, Form
from competitions.registration.importing import OPEN_STATES
from core.auth import requires, signed_in_actor
from core.db import db
from core.downloads import attachment
from core.qr_codes import qr_svg


@dataclass(frozen=True, slots=True)
class Slip:
    """A delegation's link as it is given out."""

    name: str
    address: str
    code: Markup


def personal(competition: Competition, periods: Periods) -> list[Event]:
    """The events for which persons are entered: not units, and nobody who comes from an earlier stage."""
    return [event for event in competition.events if event.form is not Form.UNIT and event.id not in periods.later]


@bp.get("/competitions/<int:competition_id>/enrolment", endpoint="enrolment")
@requires("enrolment.decide")
def enrolment_page(competition_id: int) -> ResponseReturnValue:
    """When registration is open, and how far each delegation is."""
    competition = setup.competition_of(competition_id)
    progress = progress_of(competition)
    periods = periods_of(db.session(), competition_id)
    return render_template(
        "enrolment/overview.html",
        competition=competition,
        periods=periods,
        progress=progress,
        totals={
            state: sum(one.count(state) for one in progress) for state in ("draft", "handed_in", "returned", "approved")
        },
        without_link=[one for one in progress if one.link is None],
        is_registering=competition.state in OPEN_STATES,
        events=personal(competition, periods),
        leftovers=leftovers(competition),
    )


@bp.route("/competitions/<int:competition_id>/enrolment/periods", methods=["GET", "POST"])
@requires("enrolment.edit")
def enrolment_periods(competition_id: int) -> ResponseReturnValue:
    """First and last moment, for all and for single events, and quotas."""
    competition = setup.competition_of(competition_id)
    periods = periods_of(db.session(), competition_id)
    form = PeriodsForm(data=_as_typed(personal(competition, periods), periods))
    if accepted(form, lambda: _set(competition_id, form)):
        flash(_("报名时间已保存"), "success")
        return redirect(url_for("competitions.enrolment", competition_id=competition_id))
    titles = {str(event.id): event.title for event in setup.competition_of(competition_id).events}
    page = render_template(
        "enrolment/periods.html", competition=setup.competition_of(competition_id), form=form, titles=titles
    )
    return page, 422 if form.is_submitted() else 200


def _as_typed(events: list[Event], periods: Periods) -> dict[str, object]:
    lines = []
    for event in events:
        span = periods.events.get(event.id)
        line: dict[str, object] = {"event_id": event.id, "most": periods.quotas.get(event.id)}
        lines.append(line | ({"opens_at": span.opens_at, "closes_at": span.closes_at} if span else {}))
    return {"opens_at": periods.general.opens_at, "closes_at": periods.general.closes_at, "events": lines}


def _set(competition_id: int, form: PeriodsForm) -> None:
    lines = tuple(
        EventPeriod(int(line.event_id.data), line.opens_at.data, line.closes_at.data, line.most.data)
        for line in form.events
        if str(line.event_id.data).isdigit()
    )
    from_form = SetPeriods(competition_id, form.opens_at.data, form.closes_at.data, lines, signed_in_actor())
    set_periods(from_form)


@bp.post("/competitions/<int:competition_id>/enrolment/clearings")
@requires("enrolment.edit")
def clear_enrolment(competition_id: int) -> ResponseReturnValue:
    """Delete what was stated of people who did not become entrants, once the competition is over."""
    count = clear_leftovers(ClearLeftovers(competition_id, signed_in_actor()))
    flash(_("已删除 %(n)s 人的填报资料", n=count), "success")
    return redirect(url_for("competitions.enrolment", competition_id=competition_id))


@bp.get("/competitions/<int:competition_id>/enrolment/list.xlsx")
@requires("enrolment.decide")
def enrolled_list(competition_id: int) -> ResponseReturnValue:
    """Everybody who was handed in, as a workbook."""
    competition = setup.competition_of(competition_id)
    data = workbook_of(handed_in(competition_id))
    named = attachment(f"{competition.title}在线报名.xlsx")
    return current_app.response_class(data, content_type=WORKBOOK, headers=named)


@bp.get("/competitions/<int:competition_id>/enrolment/links")
@requires("enrolment.edit")
def enrolment_links_again(competition_id: int) -> ResponseReturnValue:
    """Links are shown once, in the answer to the form; whoever comes back to the address is led to the list."""
    flash(_("报名链接只在发出时显示一次；没有发到的，请到那个代表队的页面换发"), "warning")
    return redirect(url_for("competitions.enrolment", competition_id=competition_id))


@bp.post("/competitions/<int:competition_id>/enrolment/links")
@requires("enrolment.edit")
def enrolment_links(competition_id: int) -> ResponseReturnValue:
    """Links with QR codes, shown once: for one delegation, whose earlier link ends, or for all that have none.

    The form for one names the link that its page knew (``seen``, 0 for none): slips that are reloaded issue no other.
    """
    wanted, seen = request.form.get("delegation", type=int), request.form.get("seen", type=int)
    progress = progress_of(setup.competition_of(competition_id))
    before = next((one.link for one in progress if one.delegation.id == wanted), None)
    if wanted is not None and seen is not None and seen != (before.id if before else 0):
        flash(_("这个代表队的链接在您打开此页以后已经发过，仍然有效，没有换发；要换新的，请在这里换发"), "warning")
        return redirect(url_for("competitions.enrolled", competition_id=competition_id, delegation_id=wanted))
    chosen = tuple(
        one.delegation.id for one in progress if one.delegation.id == wanted or (wanted is None and one.link is None)
    )
    made = issue_enrolment_links(IssueEnrolmentLinks(competition_id, chosen, signed_in_actor())) if chosen else []
    slips = []
    for link in made:
        address = str(current_app.config["BASE_URL"]) + url_for("competitions.enrolment_link", token=link.token)
        slips.append(Slip(link.delegation, address, qr_svg(address)))
    return render_template(
        "enrolment/links.html",
        competition=setup.competition_of(competition_id),
        slips=slips,
        span=periods_of(db.session(), competition_id).of(None),
        in_words=in_words,
    )


@bp.post("/competitions/<int:competition_id>/enrolment/delegations/<int:delegation_id>/link-revocations")
@requires("enrolment.edit")
def revoke_link(competition_id: int, delegation_id: int) -> ResponseReturnValue:
    """End a delegation's link."""
    revoke_enrolment_link(RevokeEnrolmentLink(competition_id, delegation_id, signed_in_actor()))
    flash(_("报名链接已停用，用它登录的设备已退出"), "success")
    return redirect(url_for("competitions.enrolled", competition_id=competition_id, delegation_id=delegation_id))


@bp.post("/competitions/<int:competition_id>/enrolment/delegations/<int:delegation_id>/extensions")
@requires("enrolment.edit")
def extend_enrolment(competition_id: int, delegation_id: int) -> ResponseReturnValue:
    """More time for one delegation, or no longer."""
    form = ExtensionForm()
    if accepted(form, lambda: _extend(competition_id, delegation_id, form)):
        flash(_("已保存"), "success")
    else:
        flash(_("；").join([*form.form_errors, *form.closes_at.errors]), "danger")
    return redirect(url_for("competitions.enrolled", competition_id=competition_id, delegation_id=delegation_id))


def _extend(competition_id: int, delegation_id: int, form: ExtensionForm) -> None:
    extend_period(ExtendPeriod(competition_id, delegation_id, form.closes_at.data, signed_in_actor()))
