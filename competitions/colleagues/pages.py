"""Pages: who works on a competition; naming colleagues and taking their roles back."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from competitions import setup
from competitions.blueprint import bp
from competitions.colleagues.forms import ColleagueForm
from competitions.colleagues.naming import (
    NAMEABLE,
    NameColleague,
    UnnameColleague,
    colleagues_of,
    name_colleague,
    unname_colleague,
)
from competitions.forms import accepted
from core.auth import requires, signed_in_actor
from core.permissions import ROLE_NAMES, Role

DUTIES = {
    Role.ORGANISER: _l("筹备、报名、抽签、公布成绩和颁证，什么都能办"),
    Role.CHIEF_JUDGE: _l("看评分看板，确认、退回、解锁评分表；不打分。要打分的裁判长请在“裁判”页指定"),
    Role.SUPERVISOR: _l("查看评分进度、成绩、推荐与审计，授权用印；不能改动评分和成绩"),
    Role.CODE_KEEPER: _l("保管一层作品编码，抽取编码、打印标签、在监督下解密；看不到评分"),
    Role.DATA_ENTRY: _l("录入纸质评分表，每张由两人各录一遍；看不到别人录的和平板上的分"),
    Role.AUDITOR: _l("只看竞赛进程与审计记录"),
}
"""What each role may do here, as the page says it."""


@bp.get("/competitions/<int:competition_id>/colleagues", endpoint="colleagues")
@requires("colleague.edit")
def colleagues_page(competition_id: int) -> ResponseReturnValue:
    """Who may work on this competition, by role."""
    form = ColleagueForm(formdata=None)
    if request.args.get("role") in set(NAMEABLE):
        form.role.data = request.args["role"]
    return _page(competition_id, form)


def _page(competition_id: int, form: ColleagueForm) -> ResponseReturnValue:
    page = render_template(
        "competitions/colleagues.html",
        competition=setup.competition_of(competition_id),
        colleagues=colleagues_of(competition_id),
        roles=ROLE_NAMES,
        nameable=NAMEABLE,
        duties=DUTIES,
        form=form,
    )
    return page, 422 if form.is_submitted() else 200


@bp.post("/competitions/<int:competition_id>/colleagues")
@requires("colleague.edit")
def add_colleague(competition_id: int) -> ResponseReturnValue:
    """Give somebody a role here."""
    form, named = ColleagueForm(), []
    if accepted(form, lambda: named.append(_name(competition_id, form))):
        role = _(ROLE_NAMES[Role(form.role.data)])
        flash(_("%(name)s现在是本竞赛的%(role)s", name=named[0], role=role), "success")
        return redirect(url_for("competitions.colleagues", competition_id=competition_id))
    return _page(competition_id, form)


def _name(competition_id: int, form: ColleagueForm) -> str:
    command = NameColleague(competition_id, form.username.data, Role(form.role.data), signed_in_actor())
    return name_colleague(command)


@bp.post("/competitions/<int:competition_id>/colleagues/<int:grant_id>/removals")
@requires("colleague.edit")
def remove_colleague(competition_id: int, grant_id: int) -> ResponseReturnValue:
    """Take a role back. Whoever gives up the own role lands where the own competitions are listed."""
    name = unname_colleague(UnnameColleague(competition_id, grant_id, signed_in_actor()))
    flash(_("已收回%(name)s的角色", name=name), "success")
    return redirect(url_for("competitions.colleagues", competition_id=competition_id))
