"""The page where an organiser sets prizes that were forgotten before marking."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import StringField
from wtforms.validators import InputRequired

from certificates.awards.late_prizes import SetPrizesLate, late_prizes, set_prizes_late
from certificates.blueprint import bp
from certificates.forms import REASON
from competitions.events.defining import event_of
from competitions.events.forms import PrizesForm
from competitions.events.prize_lines import prize_lines, prize_rules
from competitions.forms import accepted, offer_line
from competitions.setup import competition_of
from core.auth import requires, signed_in_actor
from core.db import db


class LatePrizesForm(PrizesForm):
    """Prizes, and why they are set only now."""

    reason = StringField(_l("理由"), [InputRequired(_l("请写明理由")), REASON])


@bp.route("/certificates/competitions/<int:competition_id>/events/<int:event_id>/late-prizes", methods=["GET", "POST"])
@requires("award.edit")
def set_late_prizes(competition_id: int, event_id: int) -> ResponseReturnValue:
    """Set the prizes of an event after marking has begun."""
    form = LatePrizesForm()
    if accepted(form, lambda: _set(competition_id, event_id, form)):
        flash(_("已记下奖项设置和理由"), "success")
        return redirect(url_for("certificates.event_page", competition_id=competition_id, event_id=event_id))
    event = event_of(db.session(), competition_id, event_id)
    if request.method == "GET":
        rules = event.prize_rules
        data = {"prizes": prize_lines(rules), "rounding": rules.get("rounding", "half_up")}
        data |= {"tie": rules.get("tie", "hold"), "minimum": rules.get("minimum") or None}
        form = LatePrizesForm(formdata=None, data=data)
    offer_line(form.prizes)
    page = render_template(
        "certificates/late_prizes.html",
        competition=competition_of(competition_id),
        event=event,
        form=form,
        earlier=late_prizes(db.session(), [event.id]).get(event.id, ()),
    )
    return page, 422 if form.is_submitted() else 200


def _set(competition_id: int, event_id: int, form: LatePrizesForm) -> None:
    lines = [{key: value or "" for key, value in line.items()} for line in form.prizes.data]
    rules = prize_rules(lines, form.rounding.data, form.tie.data, form.minimum.data or 0)
    set_prizes_late(SetPrizesLate(competition_id, event_id, rules, form.reason.data or "", signed_in_actor()))
