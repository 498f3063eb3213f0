"""What a certificate's file says of itself and what the register knows of it, put side by side."""

import hashlib
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from certificates.issue.files import certificate_with_file
from certificates.issue.numbering import VerificationCodeError, normalise_code
from certificates.models import Certificate, CertificateState
from certificates.pdf.reading import text_of

if TYPE_CHECKING:
    from certificates.pdf.signature_check import SignatureFinding

_CODE = re.compile(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]\b")


class RegisterAnswer(StrEnum):
    """What the register knows of a file."""

    VALID = "valid"
    REVOKED = "revoked"
    REPLACED = "replaced"
    ALTERED = "altered"
    """The code on it is registered, but this file is not the one that was issued."""
    UNKNOWN = "unknown"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True)
class Inspection:
    """The findings about one file.

    Attributes:
        digest: SHA-256 of the file.
        signatures: one finding a signature; none for a file that is not signed.
        register: what the register knows.
        number: certificate number by the register, or None.
        reason: why it was revoked or replaced, or empty.
    """

    digest: str
    signatures: tuple["SignatureFinding", ...]
    register: RegisterAnswer
    number: str | None = None
    reason: str = ""

    @property
    def is_good(self) -> bool:
        """Nothing speaks against the file, and signature or register speaks for it."""
        sound = all(finding.is_intact and finding.covers_file for finding in self.signatures)
        if self.register is RegisterAnswer.UNREACHABLE:
            return sound and bool(self.signatures)
        return sound and self.register is RegisterAnswer.VALID


def inspect_file(session: Session, pdf: bytes, roots: bytes = b"") -> Inspection:
    """Inspect a certificate's file.

    Args:
        session: reads the register; a database that cannot be read is an answer, not an error.
        pdf: the file.
        roots: PEM file with the certificates to trust.

    Raises:
        UnreadablePdfError: not a readable PDF.
        TrustFileError: `roots` holds no certificate.
    """
    digest = hashlib.sha256(pdf).hexdigest()
    from certificates.pdf.signature_check import check_signatures  # noqa: PLC0415  a second to load

    signatures = tuple(check_signatures(pdf, roots))
    try:
        certificate = certificate_with_file(session, digest)
        if certificate is not None:
            answer = RegisterAnswer(CertificateState(certificate.state).value)
            return Inspection(digest, signatures, answer, certificate.number, certificate.state_reason)
        codes = _codes_on(pdf)
        altered = session.scalar(select(Certificate).where(Certificate.code.in_(codes)).limit(1)) if codes else None
    except SQLAlchemyError:
        session.rollback()
        return Inspection(digest, signatures, RegisterAnswer.UNREACHABLE)
    if altered is not None:
        return Inspection(digest, signatures, RegisterAnswer.ALTERED, altered.number)
    return Inspection(digest, signatures, RegisterAnswer.UNKNOWN)


def _codes_on(pdf: bytes) -> list[str]:
    """Find verification codes in the words of a file."""
    codes = []
    for match in _CODE.finditer(text_of(pdf)):
        try:
            codes.append(normalise_code(match[0]))
        except VerificationCodeError:
            continue
    return codes
