"""Pages on accounts: one's own; for those who manage them, list, make, grant, take back, replace passwords, close."""

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import SelectChoice

from core import account_care, own_devices
from core.account_forms import WHOLE_SYSTEM, AccountForm, GrantForm, HomeForm, OwnPasswordForm, PasswordForm
from core.accounts import Account, CreateAccount, GrantRole, WeakPasswordError, create_account, grant_role
from core.auth import requires, signed_in_actor
from core.db import db
from core.devices import device_words
from core.errors import DomainError, NotFoundError
from core.i18n import sentence
from core.organisations.keeping import SetHome, set_home
from core.organisations.reading import organisations, organisations_run
from core.outside_sign_in.forms import SubjectForm
from core.outside_sign_in.linking import links_of
from core.permissions import Role
from core.second_factor.checking import WrongCodeError, is_on
from core.second_factor.forms import ResetForm
from core.second_factor.policy import OWN_ACCOUNT
from core.second_factor.resetting import holders
from core.second_factor.setting_up import standing

bp = Blueprint("accounts", __name__)


@bp.get("/accounts")
@requires("account.manage", anywhere=True)
def list_page() -> ResponseReturnValue:
    """All accounts with their roles."""
    return render_template(
        "core/accounts.html",
        accounts=account_care.all_accounts(),
        titles=dict(_titles()),
        organisations={one.id: one for one in organisations()},
        runs=organisations_run(),
        holders={holder.account.id: holder for holder in holders()},
        is_required=current_app.config["SETTINGS"].requires_second_factor,
    )


def _titles() -> list[tuple[int, str]]:
    """Id and title of every competition; this package knows none by itself."""
    titles: list[tuple[int, str]] = current_app.config["COMPETITION_TITLES"]()
    return titles


@bp.route("/accounts/new", methods=["GET", "POST"])
@requires("account.manage", anywhere=True)
def create() -> ResponseReturnValue:
    """A new account."""
    form = AccountForm()
    if form.validate_on_submit():
        actor = signed_in_actor()
        command = CreateAccount(form.username.data, form.display_name.data, form.password.data, actor.key, actor.name)
        try:
            account_id = create_account(command)
        except WeakPasswordError as error:
            form.password.errors = [sentence(error)]
        except DomainError as error:
            form.username.errors = [sentence(error)]
        else:
            flash(_("已建立账号。下一步：授予角色。"), "success")
            return redirect(url_for("accounts.account", account_id=account_id))
    return render_template("core/account_new.html", form=form), 422 if form.errors else 200


def _known(account_id: int) -> Account:
    account = db.session.get(Account, account_id)
    if account is None:
        raise NotFoundError("没有这个账号")
    return account


@bp.get("/accounts/<int:account_id>")
@requires("account.manage", anywhere=True)
def account(account_id: int) -> ResponseReturnValue:
    """One account: its roles and what can be done with it."""
    return _account_page(account_id, _grant_form(), PasswordForm())


def _grant_form() -> GrantForm:
    form = GrantForm()
    form.competition.choices = [SelectChoice("", _("整个系统"))]
    form.competition.choices += [SelectChoice(str(key), title) for key, title in _titles()]
    return form


def _account_page(account_id: int, grant_form: GrantForm, password_form: PasswordForm) -> ResponseReturnValue:
    homes = _home_form(_known(account_id))
    page = render_template(
        "core/account.html",
        home_form=homes if len(homes.organisation.choices) > 1 else None,
        runs=organisations_run([account_id]).get(account_id, []),
        account=_known(account_id),
        grant_form=grant_form,
        password_form=password_form,
        titles=dict(_titles()),
        has_second_factor=is_on(account_id),
        reset_form=ResetForm(formdata=None),
        outside_links=links_of(account_id),
        subject_form=SubjectForm(formdata=None),
        is_own=signed_in_actor().subject_id == account_id,
    )
    return page, 422 if grant_form.errors or password_form.errors else 200


def _home_form(account: Account | None = None) -> HomeForm:
    """Filled as it stands for an account that is shown, or as it was sent."""
    form = HomeForm() if account is None else HomeForm(formdata=None)
    form.organisation.choices = [SelectChoice("", _("本服务器（各单位都可以指定）"))]
    form.organisation.choices += [SelectChoice(str(one.id), one.name) for one in organisations()]
    if account is not None:
        form.organisation.data = str(account.organisation_id or "")
    return form


@bp.post("/accounts/<int:account_id>/homes")
@requires("account.manage", anywhere=True)
def home(account_id: int) -> ResponseReturnValue:
    """Say whose staff the account is."""
    form = _home_form()
    if form.validate_on_submit():
        wanted = form.organisation.data
        set_home(SetHome(account_id, int(wanted) if wanted else None, signed_in_actor()))
        flash(_("已保存"), "success")
    return redirect(url_for("accounts.account", account_id=account_id))


@bp.post("/accounts/<int:account_id>/grants")
@requires("account.manage", anywhere=True)
def grant(account_id: int) -> ResponseReturnValue:
    """Give the account a role."""
    form = _grant_form()
    if not form.validate_on_submit():
        return _account_page(account_id, form, PasswordForm(formdata=None))
    role = Role(form.role.data)
    competition_id = int(form.competition.data) if form.competition.data else None
    if competition_id is None and role not in WHOLE_SYSTEM:
        form.competition.errors = [_("这个角色只能在一项竞赛中授予，请选择竞赛")]
    elif competition_id is not None and role is Role.SYSTEM_ADMIN:
        form.competition.errors = [_("系统管理员只能在整个系统中授予，请选“整个系统”")]
    if form.competition.errors:
        return _account_page(account_id, form, PasswordForm(formdata=None))
    actor = signed_in_actor()
    grant_role(GrantRole(account_id, role, competition_id, actor.key, actor.name))
    flash(_("已授予角色"), "success")
    return redirect(url_for("accounts.account", account_id=account_id))


@bp.post("/accounts/<int:account_id>/grants/<int:grant_id>/revocations")
@requires("account.manage", anywhere=True)
def revoke_grant(account_id: int, grant_id: int) -> ResponseReturnValue:
    """Take a role back."""
    account_care.revoke_grant(account_care.RevokeGrant(account_id, grant_id, signed_in_actor()))
    flash(_("已收回角色"), "success")
    return redirect(url_for("accounts.account", account_id=account_id))


@bp.post("/accounts/<int:account_id>/passwords")
@requires("account.manage", anywhere=True)
def replace_password(account_id: int) -> ResponseReturnValue:
    """Another password; the account is signed out everywhere."""
    form = PasswordForm()
    if form.validate_on_submit():
        command = account_care.ReplacePassword(account_id, form.password.data, signed_in_actor())
        try:
            account_care.replace_password(command)
        except WeakPasswordError as error:
            form.password.errors = [sentence(error)]
        else:
            flash(_("密码已更换，此账号在所有设备上已退出"), "success")
            return redirect(url_for("accounts.account", account_id=account_id))
    empty = _grant_form()
    empty.process(formdata=None)
    return _account_page(account_id, empty, form)


@bp.route("/account", methods=["GET", "POST"])
@requires(OWN_ACCOUNT, anywhere=True)
def own() -> ResponseReturnValue:
    """One's own account: what one may do where, and another password."""
    actor = signed_in_actor()
    account, form = account_care.own_account(actor), OwnPasswordForm()
    if form.validate_on_submit():
        command = account_care.ChangeOwnPassword(actor, form.present.data, form.password.data, form.code.data or "")
        try:
            account_care.change_own_password(command)
        except WrongCodeError as error:
            form.code.errors = [sentence(error)]
        except WeakPasswordError as error:
            form.password.errors = [sentence(error)]
        except DomainError as error:
            form.present.errors = [sentence(error)]
        else:
            flash(_("密码已更换，您在其他设备上已退出"), "success")
            return redirect(url_for("accounts.own"))
    page = render_template(
        "core/own_account.html",
        account=account,
        form=form,
        titles=dict(_titles()),
        runs=organisations_run([account.id]).get(account.id, []),
        factor=standing(actor),
        outside_links=links_of(account.id),
        sign_ins=own_devices.own_sign_ins(actor),
        device_words=device_words,
    )
    return page, 422 if form.errors else 200


@bp.post("/account/sign-ins/<int:sign_in_id>/endings")
@requires(OWN_ACCOUNT, anywhere=True)
def end_sign_in(sign_in_id: int) -> ResponseReturnValue:
    """Sign the own account out on one device."""
    own_devices.end_own_sign_in(sign_in_id, signed_in_actor())
    flash(_("那台设备已退出"), "success")
    return redirect(url_for("accounts.own"))


@bp.post("/account/sign-ins/endings")
@requires(OWN_ACCOUNT, anywhere=True)
def end_other_sign_ins() -> ResponseReturnValue:
    """Sign the own account out on every other device."""
    own_devices.end_other_sign_ins(signed_in_actor())
    flash(_("其他设备都已退出"), "success")
    return redirect(url_for("accounts.own"))


@bp.post("/accounts/<int:account_id>/states")
@requires("account.manage", anywhere=True)
def set_active(account_id: int) -> ResponseReturnValue:
    """Close the account or open it again."""
    is_active = request.form.get("state") == "active"
    account_care.set_active(account_care.SetActive(account_id, is_active, signed_in_actor()))
    flash(_("账号已启用") if is_active else _("账号已停用，所有设备已退出"), "success")
    return redirect(url_for("accounts.account", account_id=account_id))
