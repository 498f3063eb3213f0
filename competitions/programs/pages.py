"""Pages: the access tokens of programs that read a competition; one is made, shown once, ended."""

from datetime import timedelta

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from competitions import setup
from competitions.blueprint import bp
from competitions.forms import accepted
from competitions.programs.forms import ProgramForm
from core.auth import requires, signed_in_actor
from core.clock import competition_day
from core.db import db
from core.programs.endpoints import V1
from core.programs.listing import Listed, programs_of
from core.programs.making import Made, MakeProgram, RevokeProgram, make_program, revoke_program
from core.programs.models import End
from core.programs.scopes import MANAGE, may_give

C = "/competitions/<int:competition_id>/programs"
DAYS = 90
END_WORDS = {
    End.REVOKED: _l("已被停用"),
    End.ROLE_LOST: _l("建令牌的人失去了权限"),
    End.ACCOUNT_CLOSED: _l("建令牌的人账号已停用"),
}


@bp.get(C, endpoint="programs")
@requires(MANAGE)
def programs_page(competition_id: int) -> ResponseReturnValue:
    """Which programs read this competition, and the form for another."""
    form = ProgramForm(formdata=None, last_day=competition_day() + timedelta(days=DAYS))
    return _page(competition_id, form)


def _page(competition_id: int, form: ProgramForm, made: Made | None = None) -> ResponseReturnValue:
    actor = signed_in_actor()
    listed = programs_of(db.session(), competition_id)
    form.seen.data = _newest(listed)
    page = render_template(
        "competitions/programs.html",
        competition=setup.competition_of(competition_id),
        listed=listed,
        scopes=may_give(lambda permission: actor.permits(permission, competition_id)),
        end_words=END_WORDS,
        form=form,
        made=made,
        address=f"{current_app.config['BASE_URL']}{V1}/token",
    )
    return page, 422 if form.is_submitted() and made is None else 200


def _newest(listed: list[Listed]) -> str:
    return str(max((one.program.id for one in listed), default=0))


@bp.post(C)
@requires(MANAGE)
def make_access_token(competition_id: int) -> ResponseReturnValue:
    """Make a token and show it, this once: sent again, the form makes no other."""
    setup.competition_of(competition_id)
    if request.form.get("seen") not in (None, _newest(programs_of(db.session(), competition_id))):
        flash(_("令牌只在建好时显示一次。没有记下的，请停用后另建一个"), "warning")
        return redirect(url_for("competitions.programs", competition_id=competition_id))
    form, done = ProgramForm(), []
    if accepted(form, lambda: done.append(_make(competition_id, form))):
        empty = ProgramForm(formdata=None, last_day=competition_day() + timedelta(days=DAYS))
        return _page(competition_id, empty, done[0])
    return _page(competition_id, form)


def _make(competition_id: int, form: ProgramForm) -> Made:
    actor = signed_in_actor()
    permissions = tuple(form.permissions.data or ())
    return make_program(
        MakeProgram(
            competition_id, form.name.data, form.purpose.data, permissions, form.last_day.data, actor.subject_id, actor
        )
    )


@bp.post(f"{C}/<int:program_id>/revocations")
@requires(MANAGE)
def revoke_access_token(competition_id: int, program_id: int) -> ResponseReturnValue:
    """End a token; whoever runs the competition may, whoever made it."""
    name = revoke_program(RevokeProgram(competition_id, program_id, signed_in_actor()))
    flash(_("已停用“%(name)s”的访问令牌", name=name), "success")
    return redirect(url_for("competitions.programs", competition_id=competition_id))
