"""The credential of one certificate, made when it is issued; revocation is told by a public list."""

import secrets

from sqlalchemy import select
from sqlalchemy.orm import Session

from certificates.models import Certificate, CertificateSignature, CertificateState
from certificates.open_badges.credential import Achievement, claims, revocation_list, signed_jwt
from certificates.signing_keys.models import SigningKey
from certificates.signing_keys.using import live_signer
from core.errors import NotFoundError

SALT_BYTES = 16


def key_address(base_url: str, fingerprint: str) -> str:
    """Where the public part of a key is found."""
    return f"{base_url}/verify/keys/{fingerprint}.json"


def status_address(base_url: str, competition_id: int) -> str:
    """Where the revoked credentials of a competition are listed."""
    return f"{base_url}/verify/revoked/{competition_id}.json"


def credential_for(certificate: Certificate, key: SigningKey, base_url: str) -> str:
    """The signed credential of a certificate that is being issued.

    Raises:
        SigningKeyError: the key was removed.
    """
    signer, values = live_signer(key), certificate.values
    address = key_address(base_url, key.fingerprint)
    payload = claims(
        Achievement(
            code=certificate.code,
            name=values["recipient.name"],
            salt=secrets.token_hex(SALT_BYTES),
            prize=values["award.title"],
            event=values["event.name"],
            competition=values["competition.title"],
            issuer=key.body,
            issuer_id=address,
            day=certificate.issued_on,
            page=f"{base_url}/v/{certificate.code}",
            status_list=status_address(base_url, certificate.competition_id),
        )
    )
    return signed_jwt(payload, signer.public_key, address, signer.signature)


def credential_of(certificate: Certificate) -> str:
    """The credential that was made with a certificate.

    Raises:
        NotFoundError: none was made, or the certificate is not in force.
    """
    if certificate.signed is None or not certificate.signed.credential:
        raise NotFoundError("这份证书没有数字凭证")
    if certificate.state is not CertificateState.VALID:
        raise NotFoundError("编号 %(number)s 的证书已失效，不能下载", number=certificate.number)
    return certificate.signed.credential


def revoked_in(session: Session, competition_id: int, base_url: str) -> dict[str, object]:
    """The public list of a competition's revoked and replaced credentials, those of erased persons too.

    Reasons are the state alone: what an organiser wrote is shown to whoever has the code, on the certificate's page.
    """
    query = (
        select(Certificate.code, Certificate.state)
        .join(CertificateSignature)
        .where(
            Certificate.competition_id == competition_id,
            Certificate.state != CertificateState.VALID,
            CertificateSignature.has_credential,
        )
    )
    reasons = {CertificateState.REVOKED: "revoked", CertificateState.REPLACED: "replaced"}
    revoked = {code: reasons[state] for code, state in session.execute(query)}
    return revocation_list(status_address(base_url, competition_id), base_url, revoked)
