"""Pages of the second factor: the code at sign-in, one's own phone and recovery codes, an administrator's reset."""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from core.account_care import own_account
from core.auth import current_actor, public, requires, signed_in_actor, visitor_address
from core.clock import now
from core.coming_in import begin_anew, half_cookie, safe_next, with_cookie, with_half_cookie
from core.errors import DomainError, NotFoundError
from core.i18n import sentence
from core.known_browsers import is_known, with_known_cookie
from core.qr_codes import qr_svg
from core.second_factor import codes, setting_up, signing_in
from core.second_factor.checking import WrongCodeError
from core.second_factor.forms import BeginForm, CodeForm, ResetForm
from core.second_factor.policy import OWN_ACCOUNT
from core.second_factor.resetting import ResetSecondFactor, reset
from core.second_factor.setting_up import BeginSetUp, NoDraftError, WithCode

bp = Blueprint("second_factor", __name__)
FEW_LEFT = 3
"""From so few recovery codes on, somebody is told to make new ones."""
FORMS: dict[str, type[CodeForm] | type[BeginForm]] = {
    "begin": BeginForm,
    "confirm": CodeForm,
    "codes": CodeForm,
    "off": CodeForm,
}
WORTH_TELLING = 3
"""So many wrong codes in a row are more than a slip of the own finger."""


@bp.route("/sign-in/code", methods=["GET", "POST"])
@public
def code() -> ResponseReturnValue:
    """The second step of signing in; only for who has just given the right password in this browser."""
    token = request.cookies.get(half_cookie(), "")
    form, username = CodeForm(), signing_in.waiting_name(token)
    if username is None:
        return _from_the_beginning()
    if form.validate_on_submit():
        address = "" if is_known(username) else visitor_address()
        command = signing_in.GiveCode(token, form.code.data, request.user_agent.string, address)
        try:
            came = signing_in.give_code(command)
        except signing_in.HalfSignInEndedError:
            return _from_the_beginning()
        except DomainError as error:
            form.code.errors = [sentence(error)]
        else:
            begin_anew()
            _tell(came.spent.failed_before, came.spent.recovery_left)
            answer = with_cookie(redirect(safe_next() or url_for("core.home")), came.token)
            return with_known_cookie(with_half_cookie(answer, ""), username)
    page = render_template("core/second_factor/code.html", form=form, time=now(), next=safe_next())
    return page, 422 if form.errors else 200


def _from_the_beginning() -> ResponseReturnValue:
    if current_actor() is not None:  # who came back to a page that has done its work
        return redirect(url_for("core.home"))
    flash(_("登录没有在 10 分钟内完成，请重新填写登录名和密码"), "warning")
    return with_half_cookie(redirect(url_for("core.sign_in", next=safe_next())), "")


def _tell(failed_before: int, left: int | None) -> None:
    if failed_before >= WORTH_TELLING:
        text = _(
            "在您登录之前，有人用正确的密码连续输错了 %(n)s 次动态码。如果不是您本人，请立即更换密码。", n=failed_before
        )
        flash(text, "danger")
    if left is not None:
        flash(_("您用掉了一个恢复码，还剩 %(n)s 个。", n=left), "warning")
    if left is not None and left <= FEW_LEFT:
        flash(_("请到“我的账号—两步验证”换一部手机，或生成新的恢复码。"), "warning")


def _page(**wrong: CodeForm | BeginForm) -> ResponseReturnValue:
    """One's own page; in the place of an empty form the one that was filled in wrongly. All stand on it at once."""
    actor = signed_in_actor()
    draft = setting_up.draft(actor)
    empty = {name: kind(prefix=name, formdata=None) for name, kind in FORMS.items()}
    page = render_template(
        "core/second_factor/own.html",
        forms=empty | wrong,
        standing=setting_up.standing(actor),
        all_codes=codes.RECOVERY_CODES,
        draft=draft,
        key=codes.in_groups(draft.secret, 4) if draft else "",
        qr=qr_svg(draft.address) if draft else "",
        time=now(),
    )
    return page, 422 if wrong else 200


@bp.get("/account/second-factor")
@requires(OWN_ACCOUNT, anywhere=True)
def own() -> ResponseReturnValue:
    """One's own second factor: none, being set up, or in force."""
    return _page()


@bp.get("/account/second-factor/<any(drafts, withdrawals, confirmations, 'recovery-codes', endings):act>")
@requires(OWN_ACCOUNT, anywhere=True)
def again(act: str) -> ResponseReturnValue:
    """Who comes back to the answer of a button, as by choosing the other language, gets the page itself."""
    return redirect(url_for("second_factor.own"))


@bp.post("/account/second-factor/drafts")
@requires(OWN_ACCOUNT, anywhere=True)
def begin() -> ResponseReturnValue:
    """Show the secret for a phone."""
    form = BeginForm(prefix="begin")
    if not form.validate_on_submit():
        return _page(begin=form)
    try:
        setting_up.begin_set_up(BeginSetUp(signed_in_actor(), form.present.data, form.code.data or ""))
    except WrongCodeError as error:
        form.code.errors = [sentence(error)]
        return _page(begin=form)
    except DomainError as error:
        form.present.errors = [sentence(error)]
        return _page(begin=form)
    return redirect(url_for("second_factor.own"))


@bp.post("/account/second-factor/withdrawals")
@requires(OWN_ACCOUNT, anywhere=True)
def give_up() -> ResponseReturnValue:
    """Forget what is being set up."""
    setting_up.give_up(signed_in_actor())
    return redirect(url_for("second_factor.own"))


@bp.post("/account/second-factor/confirmations")
@requires(OWN_ACCOUNT, anywhere=True)
def confirm() -> ResponseReturnValue:
    """Put in force what is being set up, and show the recovery codes."""
    return _with_code("confirm", lambda command: _codes_page(setting_up.confirm(command), is_new=True))


@bp.post("/account/second-factor/recovery-codes")
@requires(OWN_ACCOUNT, anywhere=True)
def make_codes() -> ResponseReturnValue:
    """New recovery codes."""
    return _with_code("codes", lambda command: _codes_page(setting_up.make_recovery_codes(command), is_new=False))


@bp.post("/account/second-factor/endings")
@requires(OWN_ACCOUNT, anywhere=True)
def turn_off() -> ResponseReturnValue:
    """Turn it off."""

    def done(command: WithCode) -> ResponseReturnValue:
        setting_up.turn_off(command)
        flash(_("两步验证已关闭，以后只用密码登录"), "success")
        return redirect(url_for("accounts.own"))

    return _with_code("off", done)


def _with_code(name: str, act: Callable[[WithCode], ResponseReturnValue]) -> ResponseReturnValue:
    form = CodeForm(prefix=name)
    if form.validate_on_submit():
        try:
            return act(WithCode(signed_in_actor(), form.code.data))
        except (NoDraftError, NotFoundError) as error:  # the form is no longer on the page
            flash(sentence(error), "danger")
            return redirect(url_for("second_factor.own"))
        except DomainError as error:
            form.code.errors = [sentence(error)]
    return _page(**{name: form})


def _codes_page(shown: list[str], *, is_new: bool) -> ResponseReturnValue:
    account = own_account(signed_in_actor())
    return render_template(
        "core/second_factor/recovery_codes.html", shown=shown, is_new=is_new, account=account, time=now()
    )


@bp.post("/accounts/<int:account_id>/second-factor/resets")
@requires("account.manage", anywhere=True)
def reset_of(account_id: int) -> ResponseReturnValue:
    """An administrator resets somebody else's, who lost phone and paper."""
    form = ResetForm()
    if not form.validate_on_submit():
        flash(_("请写明重置的原因"), "danger")
    else:
        reset(ResetSecondFactor(account_id, form.reason.data, signed_in_actor()))
        flash(_("两步验证已重置，此账号在所有设备上已退出；请本人用密码登录后重新开启"), "success")
    return redirect(url_for("accounts.account", account_id=account_id))
