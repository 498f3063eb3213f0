"""Pages: who has signed in; judges' links with QR code and PIN, their withdrawal, devices, the rule of PINs."""

from dataclasses import dataclass

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from competitions import setup
from competitions.blueprint import bp
from competitions.judge_entry.entries import FILTERS, entries_of
from competitions.judge_entry.pin_rule import SetPinRule, set_pin_rule
from competitions.judges import panels
from competitions.models import Judge
from core.auth import requires, revoke, signed_in_actor
from core.clock import now
from core.devices import device_words
from core.judge_links import PIN_TRIES, IssueLink, issue_link, newest_link, served_since, withdraw_link
from core.permissions import ROLE_NAMES
from core.qr_codes import qr_svg


@dataclass(frozen=True, slots=True)
class Slip:
    """One judge's slip: what is printed on it, and the PIN that is printed elsewhere."""

    name: str
    role: str
    unit: str
    places: tuple[str, ...]
    address: str
    code: Markup
    pin: str


@bp.get("/competitions/<int:competition_id>/judges/entry")
@requires("judge.invite")
def judge_entry(competition_id: int) -> ResponseReturnValue:
    """Who has signed in and who has not, by judge; codes, devices and the rule about PINs."""
    competition = setup.competition_of(competition_id)
    found = entries_of(competition_id)
    shown = request.args.get("show", "all")
    shown = shown if shown in FILTERS else "all"
    return render_template(
        "competitions/judge_entry.html",
        competition=competition,
        entries=[one for one in found if one.is_among(shown)],
        counts={name: sum(one.is_among(name) for one in found) for name in FILTERS},
        filters=FILTERS,
        shown=shown,
        roles=ROLE_NAMES,
        device_words=device_words,
        pin_tries=PIN_TRIES,
        newest_link=newest_link(competition_id),
        is_running=competition.state not in panels.CLOSED_STATES,
        printed_at=now(),
    )


@bp.post("/competitions/<int:competition_id>/judges/links")
@requires("judge.invite")
def judge_links(competition_id: int) -> ResponseReturnValue:
    """One-time sign-in links with QR codes and PINs, shown once.

    For one judge, or for all who have no device yet; with ``who`` as ``bare`` only for those without a code, too. The
    form names the newest link that its page knew (``seen``): for whom a later one was issued, as by this very form
    before somebody reloaded the slips, gets no other one, so that what is printed stays good.
    """
    chosen, late = _chosen(competition_id)
    if late:
        flash(
            _("%(n)s 名裁判的登录码在您打开名单以后已经发过，仍然有效，没有另发；要换新的，请在这里另发", n=late),
            "warning",
        )
    if late and not chosen:
        return redirect(url_for("competitions.judge_entry", competition_id=competition_id))
    with_pin, actor = setup.competition_of(competition_id).requires_pin, signed_in_actor()
    commands = [
        (IssueLink(judge.id, judge.name, judge.role, competition_id, actor, with_pin), judge.unit, places)
        for judge, places in chosen
    ]
    slips = [_slip(*command) for command in commands]
    return render_template(
        "competitions/judge_links.html",
        competition=setup.competition_of(competition_id),
        slips=slips,
        with_pin=with_pin,
        tries=PIN_TRIES,
    )


def _chosen(competition_id: int) -> tuple[list[tuple[Judge, tuple[str, ...]]], int]:
    """For whom the form asks, each with places; and how many of them have been served since its page was made."""
    wanted, who = request.form.get("judge", type=int), "bare" if request.form.get("who") == "bare" else "out"
    seen = request.form.get("seen", type=int)
    served = frozenset[int]() if seen is None else served_since(competition_id, seen)
    asked = [
        one
        for one in entries_of(competition_id)
        if one.judge.id == wanted or (wanted is None and (one.is_among(who) or one.judge.id in served))
    ]
    fresh = [(one.judge, tuple(one.places)) for one in asked if one.judge.id not in served]
    return fresh, len(asked) - len(fresh)


def _slip(command: IssueLink, unit: str, places: tuple[str, ...]) -> Slip:
    issued = issue_link(command)
    address = _address(issued.token)
    return Slip(command.name, ROLE_NAMES[command.role], unit, places, address, qr_svg(address), issued.pin)


def _address(token: str) -> str:
    return str(current_app.config["BASE_URL"]) + url_for("core.judge_link", token=token)


@bp.get("/competitions/<int:competition_id>/judges/links", endpoint="judge_links_again")
@requires("judge.invite")
def judge_links_again(competition_id: int) -> ResponseReturnValue:
    """Codes are shown once, in the answer to the form; whoever comes back to the address is led to the list."""
    flash(_("登录码只在生成时显示一次；没有发到的，请在这里另发"), "warning")
    return redirect(url_for("competitions.judge_entry", competition_id=competition_id))


@bp.post("/competitions/<int:competition_id>/judges/links/<int:link_id>/withdrawals")
@requires("judge.invite")
def withdraw_judge_link(competition_id: int, link_id: int) -> ResponseReturnValue:
    """End a link that nobody has used, as when its slip is lost."""
    withdraw_link(link_id, competition_id, signed_in_actor())
    flash(_("该登录码已作废"), "success")
    return redirect(url_for("competitions.judge_entry", competition_id=competition_id))


@bp.post("/competitions/<int:competition_id>/judges/pin-rule")
@requires("judge.invite")
def change_pin_rule(competition_id: int) -> ResponseReturnValue:
    """Ask for a PIN beside the link from now on, or no longer."""
    is_required = request.form.get("required") == "yes"
    set_pin_rule(SetPinRule(competition_id, is_required, signed_in_actor()))
    flash(_("以后发出的登录码需要 PIN") if is_required else _("以后发出的登录码不需要 PIN"), "success")
    return redirect(url_for("competitions.judge_entry", competition_id=competition_id))


@bp.post("/competitions/<int:competition_id>/devices/<int:sign_in_id>/revocations")
@requires("judge.invite")
def revoke_device(competition_id: int, sign_in_id: int) -> ResponseReturnValue:
    """Sign a device out, as of a lost tablet."""
    revoke(sign_in_id, competition_id, signed_in_actor())
    flash(_("该设备已退出登录"), "success")
    return redirect(url_for("competitions.judge_entry", competition_id=competition_id))
