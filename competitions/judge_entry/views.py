"""Pages: judges' links with QR code and PIN, their withdrawal, signing out a device, the rule about PINs."""

import segno
from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from competitions import setup
from competitions.blueprint import bp
from competitions.judge_entry.pin_rule import SetPinRule, set_pin_rule
from competitions.judges import panels
from core.auth import requires, revoke, signed_in_actor
from core.judge_links import PIN_TRIES, IssueLink, issue_link, withdraw_link
from core.permissions import ROLE_NAMES


@bp.post("/competitions/<int:competition_id>/judges/links")
@requires("judge.invite")
def judge_links(competition_id: int) -> ResponseReturnValue:
    """One-time sign-in links with QR codes and PINs, for one judge or for all who have no device yet; shown once."""
    actor = signed_in_actor()
    wanted = request.form.get("judge", type=int)
    busy = {device.subject_id for device in panels.devices_of(competition_id)}
    with_pin = setup.competition_of(competition_id).requires_pin
    judges = panels.judges_of(competition_id)
    chosen = [judge for judge in judges if judge.id == wanted or (wanted is None and judge.id not in busy)]
    commands = [IssueLink(judge.id, judge.name, judge.role, competition_id, actor, with_pin) for judge in chosen]
    about = {judge.id: (judge.unit, ROLE_NAMES[judge.role]) for judge in chosen}
    issued = [(command, issue_link(command)) for command in commands]
    slips = [(command, _address(link.token), link.pin) for command, link in issued]
    return render_template(
        "competitions/judge_links.html",
        competition=setup.competition_of(competition_id),
        links=[(command.name, *about[command.subject_id], url, _qr(url), pin) for command, url, pin in slips],
        with_pin=with_pin,
        tries=PIN_TRIES,
    )


def _address(token: str) -> str:
    return str(current_app.config["BASE_URL"]) + url_for("core.judge_link", token=token)


def _qr(text: str) -> Markup:
    """The text as a QR code in SVG, dark on white in every colour scheme."""
    # The only text in the drawing is made by segno itself from numbers.
    return Markup(segno.make(text, error="m", micro=False).svg_inline(scale=4, light="#fff", border=3))  # noqa: S704


@bp.post("/competitions/<int:competition_id>/judges/links/<int:link_id>/withdrawals")
@requires("judge.invite")
def withdraw_judge_link(competition_id: int, link_id: int) -> ResponseReturnValue:
    """End a link that nobody has used, as when its slip is lost."""
    withdraw_link(link_id, competition_id, signed_in_actor())
    flash(_("该登录码已作废"), "success")
    return redirect(url_for("competitions.panels", competition_id=competition_id, _anchor="entry"))


@bp.post("/competitions/<int:competition_id>/judges/pin-rule")
@requires("judge.invite")
def change_pin_rule(competition_id: int) -> ResponseReturnValue:
    """Ask for a PIN beside the link from now on, or no longer."""
    is_required = request.form.get("required") == "yes"
    set_pin_rule(SetPinRule(competition_id, is_required, signed_in_actor()))
    flash(_("以后发出的登录码需要 PIN") if is_required else _("以后发出的登录码不需要 PIN"), "success")
    return redirect(url_for("competitions.panels", competition_id=competition_id, _anchor="entry"))


@bp.post("/competitions/<int:competition_id>/devices/<int:sign_in_id>/revocations")
@requires("judge.invite")
def revoke_device(competition_id: int, sign_in_id: int) -> ResponseReturnValue:
    """Sign a device out, as of a lost tablet."""
    revoke(sign_in_id, competition_id, signed_in_actor())
    flash(_("该设备已退出登录"), "success")
    return redirect(url_for("competitions.panels", competition_id=competition_id, _anchor="entry"))
