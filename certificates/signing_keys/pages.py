"""Pages of signing keys: register one, see whose it is and how long it holds, remove it; the public part for all."""

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from certificates.awards.pages import C
from certificates.blueprint import bp
from certificates.issue.values import issuers_of
from certificates.signing_keys.forms import KeyForm, TokenKeyForm
from certificates.signing_keys.registering import (
    MOST_BYTES,
    RegisterKey,
    RegisterTokenKey,
    RemoveKey,
    SwitchCredentials,
    certificates_of_key,
    key_of,
    keys_of,
    public_key_of,
    register_key,
    register_token_key,
    remove_key,
    switch_credentials,
)
from certificates.signing_keys.token import has_token
from competitions.setup import competition_of
from core.auth import public, requires, signed_in_actor
from core.clock import now
from core.db import db
from core.errors import DomainError
from core.i18n import sentence

K = f"{C}/signing-keys"


@bp.get(K, endpoint="signing_keys")
@requires("signing_key.edit")
def keys_page(competition_id: int) -> ResponseReturnValue:
    """Every key with its certificate, and the form for one more."""
    form = KeyForm()
    form.body.data = next(iter(issuers_of(competition_of(competition_id).host)), "")
    return _page(competition_id, form)


def _page(competition_id: int, form: KeyForm, token_form: TokenKeyForm | None = None) -> ResponseReturnValue:
    known = keys_of(competition_id)
    page = render_template(
        "certificates/signing_keys.html",
        competition=competition_of(competition_id),
        keys=known,
        chains={key.id: [one.subject.rfc4514_string() for one in certificates_of_key(key)[1:]] for key in known},
        now=now(),
        issuers=issuers_of(competition_of(competition_id).host),
        form=form,
        token_form=(token_form or TokenKeyForm(formdata=None)) if has_token() else None,
    )
    return page, 422 if form.errors or (token_form and token_form.errors) else 200


@bp.post(K)
@requires("signing_key.edit")
def take_in_key(competition_id: int) -> ResponseReturnValue:
    """Register a key; what is wrong with the file is said on the page."""
    form = KeyForm()
    if form.validate():
        data = form.file.data.stream.read(MOST_BYTES + 1)
        command = RegisterKey(
            competition_id,
            form.body.data,
            data,
            form.password.data or "",
            form.gives_credentials.data,
            signed_in_actor(),
        )
        try:
            register_key(command)
            flash(_("签名证书已登记，颁发时可以选用"), "success")
            return redirect(url_for("certificates.signing_keys", competition_id=competition_id))
        except DomainError as error:
            form.file.errors = [sentence(error)]
    return _page(competition_id, form)


@bp.post(f"{K}/on-token")
@requires("signing_key.edit")
def take_in_token_key(competition_id: int) -> ResponseReturnValue:
    """Register a key of the token; what is wrong with it is said on the page."""
    form = TokenKeyForm()
    if form.validate():
        words = (form.body.data, form.key_label.data, form.gives_credentials.data)
        try:
            register_token_key(RegisterTokenKey(competition_id, *words, signed_in_actor()))
            flash(_("签名证书已登记，颁发时可以选用"), "success")
            return redirect(url_for("certificates.signing_keys", competition_id=competition_id))
        except DomainError as error:
            form.key_label.errors = [sentence(error)]
    return _page(competition_id, KeyForm(formdata=None), form)


@bp.post(f"{K}/<int:key_id>/removal")
@requires("signing_key.edit")
def remove_signing_key(competition_id: int, key_id: int) -> ResponseReturnValue:
    """Erase a private key."""
    remove_key(RemoveKey(competition_id, key_id, request.form.get("reason", ""), signed_in_actor()))
    flash(_("私钥已删除；已签名的证书照常有效、可以下载"), "success")
    return redirect(url_for("certificates.signing_keys", competition_id=competition_id))


@bp.post(f"{K}/<int:key_id>/credentials/<any(on,off):switch>")
@requires("signing_key.edit")
def switch_key_credentials(competition_id: int, key_id: int, switch: str) -> ResponseReturnValue:
    """Whether later certificates come with an Open Badges credential."""
    switch_credentials(SwitchCredentials(competition_id, key_id, switch == "on", signed_in_actor()))
    flash(_("以后颁发的证书同时生成数字凭证") if switch == "on" else _("以后颁发的证书不再生成数字凭证"), "success")
    return redirect(url_for("certificates.signing_keys", competition_id=competition_id))


@bp.get(f"{K}/<int:key_id>.pem")
@requires("signing_key.edit")
def signing_key_chain(competition_id: int, key_id: int) -> ResponseReturnValue:
    """The certificate and those above it; no secret."""
    return pem_answer(key_of(db.session(), competition_id, key_id).chain)


@bp.get("/verify/keys/<fingerprint>.pem")
@public
def public_chain(fingerprint: str) -> ResponseReturnValue:
    """The certificate that a file was signed with, so that anybody can check the signature."""
    return pem_answer(public_key_of(fingerprint).chain)


def pem_answer(chain: str) -> Response:
    """Certificates as a file."""
    return Response(chain, mimetype="application/x-pem-file")
