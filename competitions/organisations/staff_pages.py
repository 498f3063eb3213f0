"""Pages for who runs an organisation: its staff, a new account, one account with its roles in the own competitions."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import SelectChoice

from competitions.blueprint import bp
from competitions.colleagues.naming import NAMEABLE
from competitions.forms import accepted
from competitions.organisations.belonging import competitions_of_organisation, member_of, staff_of
from competitions.organisations.forms import StaffGrantForm
from competitions.organisations.staffing import (
    GrantInOrganisation,
    RevokeInOrganisation,
    grant_in_organisation,
    revoke_in_organisation,
)
from core.account_care import ReplacePassword, SetActive, replace_password, set_active
from core.account_forms import AccountForm, PasswordForm
from core.auth import requires, signed_in_actor
from core.db import db
from core.organisations.reach import in_care
from core.organisations.reading import organisation_of, run_by
from core.organisations.staffing import CreateStaff, create_staff
from core.permissions import Role
from core.second_factor.checking import is_on
from core.second_factor.forms import ResetForm
from core.second_factor.resetting import ResetSecondFactor, reset

A = "/organisations/<int:organisation_id>/accounts"
ONE = f"{A}/<int:account_id>"


@bp.get(A, endpoint="organisation_staff")
@requires("organisation.run")
def staff_page(organisation_id: int) -> ResponseReturnValue:
    """Everybody who works for the organisation, with the roles in its competitions."""
    return render_template(
        "organisations/staff.html",
        organisation=organisation_of(organisation_id),
        staff=staff_of(organisation_id),
        titles=_titles(organisation_id),
        has_several=len(run_by(signed_in_actor())) > 1,
    )


def _titles(organisation_id: int) -> dict[int, str]:
    return {one.id: one.title for one in competitions_of_organisation(organisation_id)}


@bp.route(f"{A}/new", methods=["GET", "POST"], endpoint="organisation_staff_new")
@requires("organisation.run")
def new_staff_page(organisation_id: int) -> ResponseReturnValue:
    """A new account of the organisation's staff."""
    form, made = AccountForm(), list[int]()
    words = (form.username.data or "", form.display_name.data or "", form.password.data or "")
    if accepted(form, lambda: made.append(create_staff(CreateStaff(organisation_id, *words, signed_in_actor())))):
        flash(_("已建立账号。下一步：授予角色。"), "success")
        return _to(organisation_id, made[0])
    page = render_template("organisations/staff_new.html", organisation=organisation_of(organisation_id), form=form)
    return page, 422 if form.is_submitted() else 200


@bp.get(ONE, endpoint="organisation_member")
@requires("organisation.run")
def member_page(organisation_id: int, account_id: int) -> ResponseReturnValue:
    """One account: roles in the organisation's competitions and, where the organisation looks after it, the rest."""
    return _page(organisation_id, account_id)


def _page(
    organisation_id: int,
    account_id: int,
    granting: StaffGrantForm | None = None,
    password: PasswordForm | None = None,
) -> ResponseReturnValue:
    member, titles = member_of(organisation_id, account_id), _titles(organisation_id)
    page = render_template(
        "organisations/member.html",
        organisation=organisation_of(organisation_id),
        member=member,
        titles=titles,
        removable=NAMEABLE,
        granting=granting or _granting(titles, fresh=True),
        password=password or PasswordForm(formdata=None),
        reset_form=ResetForm(formdata=None),
        is_ours=in_care(db.session(), member.account, organisation_id),
        is_nameable=member.account.organisation_id in (None, organisation_id) and member.account.is_active,
        is_own=signed_in_actor().subject_id == account_id,
        has_second_factor=is_on(account_id),
    )
    return page, 422 if granting or password else 200


def _granting(titles: dict[int, str], *, fresh: bool = False) -> StaffGrantForm:
    form = StaffGrantForm(formdata=None) if fresh else StaffGrantForm()
    form.competition.choices = [SelectChoice(str(key), title) for key, title in titles.items()]
    return form


def _to(organisation_id: int, account_id: int) -> ResponseReturnValue:
    return redirect(url_for("competitions.organisation_member", organisation_id=organisation_id, account_id=account_id))


@bp.post(f"{ONE}/grants")
@requires("organisation.run")
def grant_to_member(organisation_id: int, account_id: int) -> ResponseReturnValue:
    """A role in one of the organisation's competitions."""
    form = _granting(_titles(organisation_id))

    def act() -> None:
        place, role = int(form.competition.data), Role(form.role.data)
        grant_in_organisation(GrantInOrganisation(organisation_id, account_id, place, role, signed_in_actor()))

    if accepted(form, act):
        flash(_("已授予角色"), "success")
        return _to(organisation_id, account_id)
    return _page(organisation_id, account_id, granting=form)


@bp.post(f"{ONE}/grants/<int:grant_id>/revocations")
@requires("organisation.run")
def revoke_from_member(organisation_id: int, account_id: int, grant_id: int) -> ResponseReturnValue:
    """Take a role back."""
    revoke_in_organisation(RevokeInOrganisation(organisation_id, account_id, grant_id, signed_in_actor()))
    flash(_("已收回角色"), "success")
    # Whoever is not the organisation's own and holds nothing more here is no longer to be seen.
    is_left = bool(staff_of(organisation_id, account_id))
    staff = url_for("competitions.organisation_staff", organisation_id=organisation_id)
    return _to(organisation_id, account_id) if is_left else redirect(staff)


@bp.post(f"{ONE}/passwords")
@requires("organisation.run")
def replace_member_password(organisation_id: int, account_id: int) -> ResponseReturnValue:
    """Another password; the account is signed out everywhere."""
    form = PasswordForm()
    words = (account_id, form.password.data or "", signed_in_actor(), organisation_id)
    if accepted(form, lambda: replace_password(ReplacePassword(*words))):
        flash(_("密码已更换，此账号在所有设备上已退出"), "success")
        return _to(organisation_id, account_id)
    return _page(organisation_id, account_id, password=form)


@bp.post(f"{ONE}/second-factor/resets")
@requires("organisation.run")
def reset_member_second_factor(organisation_id: int, account_id: int) -> ResponseReturnValue:
    """Reset the second factor of somebody who lost phone and paper."""
    form = ResetForm()
    if not form.validate_on_submit():
        flash(_("请写明重置的原因"), "danger")
    else:
        reset(ResetSecondFactor(account_id, form.reason.data, signed_in_actor(), organisation_id))
        flash(_("两步验证已重置，此账号在所有设备上已退出；请本人用密码登录后重新开启"), "success")
    return _to(organisation_id, account_id)


@bp.post(f"{ONE}/states")
@requires("organisation.run")
def set_member_active(organisation_id: int, account_id: int) -> ResponseReturnValue:
    """Close the account or open it again."""
    is_active = request.form.get("state") == "active"
    set_active(SetActive(account_id, is_active, signed_in_actor(), organisation_id))
    flash(_("账号已启用") if is_active else _("账号已停用，所有设备已退出"), "success")
    return _to(organisation_id, account_id)
