"""The page on which an organiser corrects a contestant's name or unit."""

from flask import current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from competitions.blueprint import bp
from competitions.corrections.correcting import LONGEST_UNIT, CorrectContestant, correct_contestant, corrections_of
from competitions.forms import accepted
from competitions.registration.entrants import contestant_of
from competitions.roster.people import LONGEST_NAME
from competitions.setup import competition_of
from core.auth import requires, signed_in_actor
from core.db import db


class CorrectionForm(FlaskForm):  # type: ignore[misc]
    """What is right, and how that is known."""

    name = StringField(_l("姓名"), [InputRequired(_l("请填写姓名")), Length(max=2 * LONGEST_NAME)])
    unit = StringField(_l("工作单位"), [Length(max=LONGEST_UNIT)])
    reason = StringField(_l("理由"), [InputRequired(_l("请写明理由")), Length(max=300)])


@bp.route("/competitions/<int:competition_id>/contestants/<int:contestant_id>/correction", methods=["GET", "POST"])
@requires("roster.import")
def correct(competition_id: int, contestant_id: int) -> ResponseReturnValue:
    """Name and unit as registered, to be put right with a reason; what was corrected before stands below."""
    contestant = contestant_of(competition_id, contestant_id)
    form = CorrectionForm(name=contestant.person.name, unit=contestant.unit)
    if accepted(form, lambda: _correct(competition_id, contestant_id, form)):
        flash(_("已更正，并记入审计。已颁发的证书不会跟着变，请到“证书”页换发"), "success")
        _tell_undrawable(competition_id, form.name.data + form.unit.data)
        return redirect(url_for("competitions.contestant", competition_id=competition_id, contestant_id=contestant_id))
    page = render_template(
        "competitions/correction.html",
        competition=competition_of(competition_id),
        contestant=contestant_of(competition_id, contestant_id),
        form=form,
        corrections=corrections_of(db.session(), contestant_id),
    )
    return page, 422 if form.is_submitted() else 200


def _correct(competition_id: int, contestant_id: int, form: CorrectionForm) -> None:
    name, unit, reason = form.name.data, form.unit.data or "", form.reason.data
    correct_contestant(CorrectContestant(competition_id, contestant_id, name, unit, reason, signed_in_actor()))


def _tell_undrawable(competition_id: int, text: str) -> None:
    missing = current_app.config["UNDRAWABLE"](competition_id, text)
    if missing:
        flash(_("证书的字体里没有这些字：%(characters)s，请先补字", characters="、".join(missing)), "warning")
