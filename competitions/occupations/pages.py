"""The page of a competition's occupations: what is known of each, and the clearing by a named document."""

from dataclasses import dataclass

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectChoice, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from competitions import setup
from competitions.blueprint import bp
from competitions.forms import accepted
from competitions.labels import LEVEL_OF_SKILL
from competitions.models import Event, OccupationClearing
from competitions.occupations.clearing import (
    ClearOccupation,
    TopLevel,
    WithdrawClearing,
    clear_occupation,
    cleared,
    shipped_rows,
    top_level,
    withdraw_clearing,
)
from competitions.standards.occupations import Occupation
from core.auth import requires, signed_in_actor
from core.db import db
from core.messages import message

O = "/competitions/<int:competition_id>/occupations"  # noqa: E741  the letter that these addresses begin with
SOURCES = {
    "event": message("赛项资料里填写"),
    "cleared": message("按文件核定"),
    "table": message("随系统提供的职业表，见于所读页面"),
}


class ClearingForm(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    """An occupation as a document has it."""

    code = StringField(_l("职业编码"), [InputRequired(_l("请填写职业编码")), Length(max=20)])
    name = StringField(_l("职业（工种）名称"), [InputRequired(_l("请填写职业（工种）名称")), Length(max=80)])
    direction = StringField(_l("职业方向"), [Length(max=80)])
    edition = StringField(_l("职业分类大典版本"), [Length(max=20)])
    levels = SelectMultipleField(
        _l("标准设有的等级"),
        choices=[SelectChoice(str(level), name) for level, name in LEVEL_OF_SKILL.items()],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    document = StringField(_l("依据的文件"), [InputRequired(_l("请写明依据的文件")), Length(max=300)])
    quote = TextAreaField(_l("原文"), [Length(max=1000)])


class WithdrawForm(FlaskForm):  # type: ignore[misc]
    """Why a clearing no longer counts."""

    code = StringField(validators=[InputRequired()])
    direction = StringField()
    reason = StringField(_l("理由"), [InputRequired(_l("请写明撤回核定的理由")), Length(max=500)])


@dataclass(frozen=True, slots=True)
class EventOccupation:
    """An event with what is known of its occupation."""

    event: Event
    shipped: tuple[Occupation, ...]
    top: TopLevel | None


@bp.get(O, endpoint="occupations")
@requires("competition.view")
def occupations_page(competition_id: int) -> ResponseReturnValue:
    """Every event's occupation, its top level and who says so."""
    return _page(competition_id, ClearingForm(), WithdrawForm(formdata=None))


def _page(competition_id: int, form: ClearingForm, withdrawing: WithdrawForm) -> ResponseReturnValue:
    competition = setup.competition_of(competition_id)
    clearings = cleared(db.session(), competition_id)
    rows = [
        EventOccupation(event, tuple(shipped_rows(event)), top_level(event, clearings)) for event in competition.events
    ]
    page = render_template(
        "competitions/occupations.html",
        competition=competition,
        rows=rows,
        clearings=clearings,
        history=_history(competition_id),
        form=form,
        withdrawing=withdrawing,
        levels=LEVEL_OF_SKILL,
        sources=SOURCES,
    )
    return page, 422 if form.form_errors or form.errors or withdrawing.form_errors or withdrawing.errors else 200


def _history(competition_id: int) -> list[OccupationClearing]:
    query = db.select(OccupationClearing).where(OccupationClearing.competition_id == competition_id)
    return list(db.session.scalars(query.order_by(OccupationClearing.id.desc())))


@bp.post(O)
@requires("event.edit")
def clear_occupation_of(competition_id: int) -> ResponseReturnValue:
    """Clear an occupation by a document."""
    form = ClearingForm()
    if accepted(form, lambda: _clear(competition_id, form)):
        flash(_("已按文件核定"), "success")
        return redirect(url_for("competitions.occupations", competition_id=competition_id))
    return _page(competition_id, form, WithdrawForm(formdata=None))


def _clear(competition_id: int, form: ClearingForm) -> None:
    clear_occupation(
        ClearOccupation(
            competition_id=competition_id,
            code=form.code.data,
            name=form.name.data,
            direction=form.direction.data or "",
            edition=form.edition.data or "",
            levels=tuple(int(level) for level in form.levels.data or ()),
            document=form.document.data,
            quote=form.quote.data or "",
            actor=signed_in_actor(),
        )
    )


@bp.post(f"{O}/withdrawals")
@requires("event.edit")
def withdraw_occupation(competition_id: int) -> ResponseReturnValue:
    """Take a clearing back."""
    form = WithdrawForm()
    command = WithdrawClearing(
        competition_id, form.code.data or "", form.direction.data or "", form.reason.data or "", signed_in_actor()
    )
    if accepted(form, lambda: withdraw_clearing(command)):
        flash(_("已撤回核定"), "success")
        return redirect(url_for("competitions.occupations", competition_id=competition_id))
    return _page(competition_id, ClearingForm(formdata=None), form)
