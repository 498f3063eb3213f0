"""Credentials for download by the contestant and the organiser; public keys and revocations for whoever checks one."""

from flask import Response, jsonify
from flask.typing import ResponseReturnValue

from certificates.awards.pages import C
from certificates.blueprint import bp
from certificates.contestants.own import own_certificate
from certificates.issue.issuing import base_url, certificate_in
from certificates.models import Certificate
from certificates.open_badges.credential import public_jwk
from certificates.open_badges.making import credential_of, key_address, revoked_in
from certificates.signing_keys.registering import certificates_of_key, public_key_of
from core.auth import public, requires, signed_in_actor
from core.db import db
from core.downloads import attachment


@bp.get(f"{C}/certificates/<int:certificate_id>.jwt")
@requires("certificate.view")
def credential(competition_id: int, certificate_id: int) -> ResponseReturnValue:
    """The credential of a certificate."""
    return _answer(certificate_in(db.session(), competition_id, certificate_id))


@bp.get("/own/certificates/<int:certificate_id>.jwt")
@requires("own.view", anywhere=True)
def own_credential(certificate_id: int) -> ResponseReturnValue:
    """Own credential, to put into a wallet."""
    return _answer(own_certificate(db.session(), signed_in_actor(), certificate_id))


def _answer(certificate: Certificate) -> Response:
    named = attachment(f"{certificate.number}.jwt")
    return Response(credential_of(certificate), mimetype="application/vc+jwt", headers=named)


@bp.get("/verify/keys/<fingerprint>.json")
@public
def public_jwk_of_key(fingerprint: str) -> ResponseReturnValue:
    """The public key as a JSON Web Key, which a credential's header names."""
    key = public_key_of(fingerprint)
    own = certificates_of_key(key)[0].public_key()
    return jsonify(public_jwk(own) | {"kid": key_address(base_url(), key.fingerprint)})  # type: ignore[arg-type]  # only such keys are registered


@bp.get("/verify/revoked/<int:competition_id>.json")
@public
def revoked_credentials(competition_id: int) -> ResponseReturnValue:
    """Which credentials of a competition do not hold any more."""
    return jsonify(revoked_in(db.session(), competition_id, base_url()))
