"""Pages of sign-in by way of another house: the way there and back, one's own link, an administrator's.

To the other house leads a link or a page that goes on by itself, never the answer to a form: browsers refuse to go
from a form to an address that `form-action` does not name, and providers send on to addresses that nobody knows before.
"""

from flask import Blueprint, Response, current_app, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from core.account_care import own_account
from core.auth import (
    Actor,
    SubjectKind,
    count_failure,
    current_actor,
    public,
    refuse_guessing,
    requires,
    signed_in_actor,
    visitor_address,
)
from core.coming_in import begin_anew, safe_next, with_cookie, with_half_cookie, with_left_cookie
from core.config import OutsideProvider
from core.errors import DomainError, NotFoundError, TooManyTriesError
from core.i18n import ENGLISH, chosen_language, sentence
from core.outside_sign_in import journeys
from core.outside_sign_in.errors import (
    JourneyLostError,
    ProviderDownError,
    ProviderNonsenseError,
    RefusedThereError,
    RefusedTokenError,
    because,
)
from core.outside_sign_in.forms import SubjectForm
from core.outside_sign_in.journeys import Journey, with_journey
from core.outside_sign_in.linking import (
    LinkOther,
    LinkOwn,
    ProveOwner,
    Unlink,
    link_other,
    link_own,
    links_of,
    note_refusal,
    prove_owner,
    unlink,
    unlink_other,
)
from core.outside_sign_in.provider import Redeem, is_of, redeem, way_there
from core.outside_sign_in.signing_in import come_in
from core.outside_sign_in.tokens import Identity
from core.second_factor.checking import WrongCodeError, is_on
from core.second_factor.forms import BeginForm
from core.second_factor.policy import OWN_ACCOUNT
from core.second_factor.signing_in import AfterPassword

bp = Blueprint("outside", __name__)
MOST_CODE = 4096
"""Characters of a code or state that is looked at at all."""


@bp.app_context_processor
def _for_templates() -> dict[str, object]:
    found: OutsideProvider | None = current_app.config["SETTINGS"].outside
    called = name()
    return {
        "outside_name": called,
        "outside_title": called[:1].upper() + called[1:],
        "outside_issuer": found.issuer if found else "",
        "outside_entry": entry,
    }


def provider() -> OutsideProvider:
    """The provider of this installation.

    Raises:
        NotFoundError: it has none.
    """
    found: OutsideProvider | None = current_app.config["SETTINGS"].outside
    if found is None:
        raise NotFoundError("本服务器没有设置统一身份认证")
    return found


def name() -> str:
    """What the provider is called in the visitor's language; empty where there is none."""
    found: OutsideProvider | None = current_app.config["SETTINGS"].outside
    if found is None:
        return ""
    return found.english_name if chosen_language() == ENGLISH else found.name


def entry() -> str:
    """The address of the button for signing in: at the host to which the browser is going to come back."""
    return f"{current_app.config['BASE_URL']}{url_for('outside.begin', next=safe_next())}"


@bp.get("/sign-in/outside")
@public
def begin() -> ResponseReturnValue:
    """Set out to sign in."""
    journey = journeys.new_journey(provider(), safe_next())
    try:
        refuse_guessing(_visitor())
        there = _way(journey)
    except DomainError as error:
        return _back_to_password(error, safe_next())
    return with_journey(make_response(redirect(there)), journey)


def _way(journey: Journey) -> str:
    secrets = (journey.state, journey.nonce, journey.verifier)
    return way_there(provider(), *secrets, journeys.back_to(), is_anew=journey.is_anew)


@bp.get("/sign-in/outside/return")
@public
def come_back() -> ResponseReturnValue:
    """The browser comes back, with a code or with a refusal."""
    house, carried = provider(), journeys.carried_journey()
    try:
        refuse_guessing(_visitor())
        journey = journeys.end(carried, request.args.get("state", "")[:MOST_CODE], house)
        answer = _arrive(journey, _identity(journey))
    except (TooManyTriesError, ProviderDownError, ProviderNonsenseError) as error:
        answer = _refused(error, carried)
    except DomainError as error:
        count_failure(_visitor())
        answer = _refused(error, carried)
    return with_journey(answer, None)


def _identity(journey: Journey) -> Identity:
    """Who came back.

    Raises:
        RefusedThereError: nobody.
        RefusedTokenError: somebody of whom that cannot be said; it stands in the audit record.
        ProviderDownError, ProviderNonsenseError: the provider cannot be asked.
    """
    house, code = provider(), request.args.get("code", "")
    try:
        if not is_of(house, request.args.get("iss")):
            raise because(RefusedTokenError(), "issuer")
        if "error" in request.args or not code:
            raise RefusedThereError
        if len(code) > MOST_CODE:
            raise because(RefusedTokenError(), "code")
        command = Redeem(
            code, journey.verifier, journeys.back_to(), journey.nonce, journey.began_at, is_anew=journey.is_anew
        )
        return redeem(house, command)
    except RefusedThereError as error:
        note_refusal(house, error.code)
        raise
    except RefusedTokenError as error:
        note_refusal(house, error.reason)
        raise


def _arrive(journey: Journey, identity: Identity) -> Response:
    if journey.links_for:
        return _link(journey, identity)
    came = come_in(provider(), identity, request.user_agent.string)
    return _come_in(came, journey.next or None)


def _come_in(came: AfterPassword, next_page: str | None) -> Response:
    if came.is_half:  # its cookie is not shown on the way from another site, so that a page of ours goes on
        page = render_template("core/outside_sign_in/onward.html", to=url_for("second_factor.code", next=next_page))
        return with_half_cookie(page, came.token)
    begin_anew()
    return with_left_cookie(with_cookie(redirect(next_page or url_for("core.home")), came.token), has_left=False)


def _link(journey: Journey, identity: Identity) -> Response:
    actor, address = current_actor(), current_app.config["BASE_URL"]
    if actor is None or actor.kind is not SubjectKind.ACCOUNT or actor.sign_in_id != journey.links_for:
        raise JourneyLostError(address)
    link_own(LinkOwn(actor, journey.issuer, identity.subject))
    flash(_("已关联，以后可以用%(name)s登录；密码仍然有效", name=name()), "success")
    return make_response(redirect(url_for("outside.own")))


def _refused(error: DomainError, carried: Journey | None) -> Response:
    actor = current_actor()
    if actor is not None and actor.permits(OWN_ACCOUNT):  # who is signed in has no use for the way in
        _say(error)
        return make_response(redirect(url_for("outside.own")))
    return make_response(_back_to_password(error, carried.next if carried else None))


def _back_to_password(error: DomainError, next_page: str | None) -> ResponseReturnValue:
    _say(error)
    return redirect(url_for("core.sign_in", next=next_page or None))


def _say(error: DomainError) -> None:
    if isinstance(error, ProviderDownError | ProviderNonsenseError):
        current_app.logger.warning("identity provider: %s", error.reason)
    flash(sentence(error), "danger")


def _visitor() -> str:
    return f"outside:{visitor_address()}"


@bp.route("/account/outside-sign-in", methods=["GET", "POST"])
@requires(OWN_ACCOUNT, anywhere=True)
def own() -> ResponseReturnValue:
    """One's own link: set out to make it, or take it apart."""
    provider()
    actor, form = signed_in_actor(), BeginForm()
    if form.validate_on_submit():
        try:
            prove_owner(ProveOwner(actor, form.present.data, form.code.data or ""))
            return _after_proof(actor)
        except WrongCodeError as error:
            form.code.errors = [sentence(error)]
        except (NotFoundError, ProviderDownError, ProviderNonsenseError) as error:
            _say(error)
            return redirect(url_for("outside.own"))
        except DomainError as error:
            form.present.errors = [sentence(error)]
    account = own_account(actor)
    page = render_template(
        "core/outside_sign_in/own.html",
        form=form,
        links=links_of(account.id),
        asks_for_code=is_on(account.id),
    )
    return page, 422 if form.errors else 200


def _after_proof(actor: Actor) -> ResponseReturnValue:
    identity_id = request.form.get("identity", type=int)
    if identity_id is not None:
        unlink(Unlink(actor.subject_id, identity_id, actor))
        flash(_("已解除关联，您在其他设备上已退出；以后用密码登录"), "success")
        return redirect(url_for("outside.own"))
    journey = journeys.new_journey(provider(), None, links_for=actor.sign_in_id)
    page = render_template("core/outside_sign_in/onward.html", to=_way(journey))
    return with_journey(make_response(page), journey)


@bp.post("/accounts/<int:account_id>/outside-sign-in/links")
@requires("account.manage", anywhere=True)
def link_of(account_id: int) -> ResponseReturnValue:
    """An administrator links somebody else's account."""
    form = SubjectForm()
    if not form.validate_on_submit():
        flash(_("请填写标识"), "danger")
    else:
        link_other(LinkOther(account_id, provider().issuer, form.subject.data, signed_in_actor()))
        flash(_("已关联"), "success")
    return redirect(url_for("accounts.account", account_id=account_id))


@bp.post("/accounts/<int:account_id>/outside-sign-in/<int:identity_id>/endings")
@requires("account.manage", anywhere=True)
def unlink_of(account_id: int, identity_id: int) -> ResponseReturnValue:
    """An administrator takes somebody else's link apart."""
    unlink_other(Unlink(account_id, identity_id, signed_in_actor()))
    flash(_("已解除关联，此账号在所有设备上已退出"), "success")
    return redirect(url_for("accounts.account", account_id=account_id))
