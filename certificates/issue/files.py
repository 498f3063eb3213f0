"""The file of a certificate, made again on request, and the digests by which its files are known.

A certificate is values and a frozen layout. The same version of the renderer gives the same bytes, and anything
else is refused. After an upgrade that draws differently the file has another digest: it is added to the register,
and the file downloaded before the upgrade stays genuine.
"""

import hashlib
import json
from contextlib import suppress
from functools import lru_cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from certificates.issue.kept_files import kept
from certificates.layouts.layout import Layout
from certificates.layouts.loading import load_layout
from certificates.materials.freezing import drawn_with
from certificates.models import Certificate, CertificateFile, CertificateState
from certificates.models import Layout as StoredLayout
from certificates.pdf.rendering import RENDERER, render
from certificates.pdf.signing import Signer
from certificates.signing_keys.using import StaleSignatureError, signature_in, signed_before, signed_now
from core.audit import Act, record
from core.clock import now
from core.db import db, transaction
from core.errors import ConflictError, DomainError


class DigestError(ConflictError):
    """A file made again is not the file that was issued: the layout, the values or the fonts have changed."""

    code = "digest"


def loaded(layout: StoredLayout) -> Layout:
    """A stored layout, read."""
    return _read_once(json.dumps(layout.document, ensure_ascii=False, sort_keys=True))


@lru_cache(maxsize=32)
def _read_once(text: str) -> Layout:
    return load_layout(text)


def digest_of(data: bytes) -> str:
    """SHA-256 of a file, 64 hex digits."""
    return hashlib.sha256(data).hexdigest()


def file_of(certificate: Certificate) -> bytes:
    """The file of a certificate, made again from its values, with the signature that it was issued with.

    Raises:
        ConflictError: it is revoked or replaced.
        DigestError: what comes out is not what this version of the renderer has made before.
        SigningKeyError: it is drawn differently since an upgrade, and the key that could sign it anew was removed.
    """
    if certificate.state is not CertificateState.VALID:
        raise ConflictError("编号 %(number)s 的证书已失效，不能下载", number=certificate.number)
    known = file_as_registered(certificate)
    if known is not None:
        return known
    if certificate.renderer == RENDERER:
        message = "编号 %(number)s 的文件与颁发时的摘要不一致，请联系组织者补发"
        raise DigestError(message, number=certificate.number)
    if certificate.signed is None:
        data = _drawn(certificate, None)
    else:
        with signed_now(certificate.signed.key) as signer:
            data = _drawn(certificate, signer)
    _register(certificate.id, data)
    return data


def file_as_registered(certificate: Certificate) -> bytes | None:
    """A file of a certificate that is known already: kept as another server issued it, or made again and the same;
    None where this version of the renderer draws it differently. Nothing is written."""
    held = kept(certificate.digest)
    if held is not None:
        return held
    try:
        data = _made_again(certificate)
    except StaleSignatureError:
        return None
    return data if digest_of(data) in digests_of(certificate) else None


def register_present_files(session: Session, competition_id: int) -> None:
    """Bring the register up to this version of the renderer; a file that cannot be made or signed anew stays away."""
    stale = select(Certificate.id).where(
        Certificate.competition_id == competition_id,
        Certificate.state == CertificateState.VALID,
        Certificate.renderer != RENDERER,
    )
    for key in session.scalars(stale).all():
        with suppress(DomainError):
            file_of(session.get_one(Certificate, key))


def _made_again(certificate: Certificate) -> bytes:
    if certificate.signed is None:
        return _drawn(certificate, None)
    with signed_before(certificate.signed.key, certificate.signed.signature) as signer:
        return _drawn(certificate, signer)


def _drawn(certificate: Certificate, signer: Signer | None) -> bytes:
    drawn = drawn_with(certificate.layout)
    return render(loaded(certificate.layout), certificate.values, drawn.assets, drawn.fonts, signer)


def digests_of(certificate: Certificate) -> frozenset[str]:
    """Every digest by which a file of this certificate is genuine."""
    later = select(CertificateFile.digest).where(CertificateFile.certificate_id == certificate.id)
    return frozenset({certificate.digest, *db.session.scalars(later)})


def certificate_with_file(session: Session, digest: str) -> Certificate | None:
    """The certificate of which a file with this digest was made, now or by an earlier version."""
    wanted = digest.lower()
    later = select(CertificateFile.certificate_id).where(CertificateFile.digest == wanted)
    query = select(Certificate).where((Certificate.digest == wanted) | Certificate.id.in_(later))
    return session.scalar(query.limit(1))


def _register(certificate_id: int, data: bytes) -> None:
    """Add the file of the present renderer; its digest becomes the one that later downloads must match."""
    digest = digest_of(data)
    with transaction() as session:
        certificate = session.get(Certificate, certificate_id, with_for_update=True)
        if certificate is None or certificate.renderer == RENDERER:
            return
        earlier = CertificateFile(
            certificate_id=certificate_id, digest=certificate.digest, renderer=certificate.renderer, noted_at=now()
        )
        session.add(earlier)
        detail = {"number": certificate.number, "renderer": [certificate.renderer, RENDERER]}
        detail |= {"digest": [certificate.digest, digest]}
        certificate.digest, certificate.renderer = digest, RENDERER
        if certificate.signed is not None:
            certificate.signed.signature = signature_in(data)
        target = f"certificate:{certificate_id}"
        record(session, Act("system", "系统", "certificate.redrawn", target, certificate.competition_id, detail))
