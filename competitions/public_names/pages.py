"""Pages: how contestants are called in public, and the request of one of them."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, RadioField, SelectChoice, StringField

from competitions.blueprint import bp
from competitions.forms import accepted
from competitions.models import NameDisplay
from competitions.public_names.choosing import (
    HideName,
    SetNameDisplay,
    hidden_at_request,
    hide_name,
    set_name_display,
)
from competitions.setup import competition_of
from core.auth import requires, signed_in_actor

DISPLAY_NAMES = {
    NameDisplay.FULL: _l("显示全名"),
    NameDisplay.MASKED: _l("只显示姓，例如 张＊＊"),
    NameDisplay.NUMBER: _l("不显示姓名，只显示抽签号"),
}


class DisplayForm(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    """The competition's choice."""

    display = RadioField(
        _l("公开页面上的姓名"), choices=[SelectChoice(one.value, name) for one, name in DISPLAY_NAMES.items()]
    )


class HideForm(FlaskForm):  # type: ignore[misc]
    """One person's request."""

    is_hidden = BooleanField()
    reason = StringField(_l("理由"))


@bp.route("/competitions/<int:competition_id>/public-names", methods=["GET", "POST"])
@requires("competition.edit")
def public_names(competition_id: int) -> ResponseReturnValue:
    """The choice, and who asked not to be named."""
    competition = competition_of(competition_id)
    form = DisplayForm(display=competition.name_display.value)
    if accepted(form, lambda: _set(competition_id, form)):
        flash(_("已保存，公开页面随即改变"), "success")
        return redirect(url_for("competitions.public_names", competition_id=competition_id))
    page = render_template(
        "competitions/public_names.html",
        competition=competition_of(competition_id),
        form=form,
        asked=hidden_at_request(competition_id),
    )
    return page, 422 if form.is_submitted() else 200


def _set(competition_id: int, form: DisplayForm) -> None:
    set_name_display(SetNameDisplay(competition_id, NameDisplay(form.display.data), signed_in_actor()))


@bp.post("/competitions/<int:competition_id>/contestants/<int:contestant_id>/public-name")
@requires("roster.import")
def hide_contestant_name(competition_id: int, contestant_id: int) -> ResponseReturnValue:
    """Hide a contestant's name in public, or show it again."""
    form = HideForm()
    hide_name(
        HideName(competition_id, contestant_id, bool(form.is_hidden.data), form.reason.data or "", signed_in_actor())
    )
    flash(_("已保存，公开页面随即改变"), "success")
    return redirect(url_for("competitions.contestant", competition_id=competition_id, contestant_id=contestant_id))
