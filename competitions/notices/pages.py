"""Pages of notices: written and withdrawn by organisers, seen by judges."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectChoice, SelectField, StringField, TextAreaField

from competitions import setup
from competitions.blueprint import bp
from competitions.forms import accepted, number_or_none
from competitions.lifecycle import CompetitionState
from competitions.notices.models import Readers
from competitions.notices.posting import (
    LONGEST_REASON,
    LONGEST_TEXT,
    PostNotice,
    SeeNotices,
    WithdrawNotice,
    post_notice,
    see_notices,
    withdraw_notice,
)
from competitions.notices.reading import READER_NAMES, notices_of, notices_of_judge, seen_by_judges
from competitions.timetable.reading_pages import own_judge
from core.auth import requires, signed_in_actor
from core.db import db
from core.i18n import translated

C = "/competitions/<int:competition_id>/notices"


class NoticeForm(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    """A notice and for whom it is."""

    text = TextAreaField(_l("内容"))
    readers = SelectField(_l("发给"), choices=[SelectChoice(one.value, _l(name)) for one, name in READER_NAMES.items()])
    event = SelectField(_l("只发给一个赛项的"), coerce=number_or_none)


class WithdrawForm(FlaskForm):  # type: ignore[misc]
    """Why a notice is withdrawn."""

    reason = StringField(_l("理由"))


@bp.get(C)
@requires("competition.view")
def notices(competition_id: int) -> ResponseReturnValue:
    """All notices, the newest first, and how many judges have seen them."""
    return _page(competition_id, NoticeForm(formdata=None))


def _page(competition_id: int, form: NoticeForm) -> ResponseReturnValue:
    competition = setup.competition_of(competition_id)
    _offer_events(competition_id, form)
    session = db.session()
    found = notices_of(session, competition_id)
    page = render_template(
        "notices/notices.html",
        competition=competition,
        notices=found,
        seen=seen_by_judges(session, competition_id, found),
        form=form,
        most=LONGEST_TEXT,
        most_reason=LONGEST_REASON,
        reader_names=READER_NAMES,
        is_open=competition.state is not CompetitionState.ARCHIVED,
    )
    return page, 422 if form.is_submitted() else 200


def _offer_events(competition_id: int, form: NoticeForm) -> None:
    events = setup.competition_of(competition_id).events
    form.event.choices = [("", _("不限赛项"))] + [(str(one.id), translated(one.title)) for one in events]


@bp.post(C)
@requires("competition.edit")
def post_new_notice(competition_id: int) -> ResponseReturnValue:
    """Post a notice."""
    form = NoticeForm()
    _offer_events(competition_id, form)
    if accepted(form, lambda: _post(competition_id, form)):
        flash(_("通知已发出"), "success")
        return redirect(url_for("competitions.notices", competition_id=competition_id))
    return _page(competition_id, form)


def _post(competition_id: int, form: NoticeForm) -> None:
    readers, text = Readers(form.readers.data), form.text.data or ""
    post_notice(PostNotice(competition_id, readers, form.event.data, text, signed_in_actor()))


@bp.post(f"{C}/<int:notice_id>/withdrawals")
@requires("competition.edit")
def withdraw_posted_notice(competition_id: int, notice_id: int) -> ResponseReturnValue:
    """Withdraw a notice."""
    withdraw_notice(WithdrawNotice(competition_id, notice_id, WithdrawForm().reason.data or "", signed_in_actor()))
    flash(_("通知已撤回"), "success")
    return redirect(url_for("competitions.notices", competition_id=competition_id))


@bp.post("/own-notices/seen")
@requires("sheet.mark", anywhere=True)
def see_own_notices() -> ResponseReturnValue:
    """The judge has read the notices up to the newest that the page showed."""
    judge = own_judge()
    newest = request.form.get("newest", 0, type=int)
    unseen = [key for key in notices_of_judge(db.session(), judge).unseen if key <= newest]
    see_notices(SeeNotices(judge.id, unseen))
    return redirect(url_for("competitions.own_timetable"))
