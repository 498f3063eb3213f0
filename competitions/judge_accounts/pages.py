"""Saying on the page of a judge which account is the same person."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from competitions.blueprint import bp
from competitions.judge_accounts.linking import LinkAccount, link_account
from core.auth import requires, signed_in_actor


@bp.post("/competitions/<int:competition_id>/judges/<int:judge_id>/account")
@requires("panel.edit")
def link_judge_account(competition_id: int, judge_id: int) -> ResponseReturnValue:
    """Store the account that is the judge's, or that there is none."""
    chosen = request.form.get("account", type=int)
    name = link_account(LinkAccount(competition_id, judge_id, chosen, signed_in_actor()))
    if chosen is None:
        flash(_("%(name)s没有账号", name=name), "success")
    else:
        flash(_("已登记：这个账号就是%(name)s本人，不能处理本人评的分", name=name), "success")
    return redirect(url_for("competitions.panels", competition_id=competition_id, _anchor="list"))
