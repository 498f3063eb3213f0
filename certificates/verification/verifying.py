"""Whether a certificate is genuine: by its code or its file's digest; the holder's name only for who knows it."""

import re
import unicodedata
from dataclasses import dataclass

from sqlalchemy import select

from certificates.issue.files import certificate_with_file, digests_of
from certificates.issue.numbering import grouped_code, is_same_code, normalise_code
from certificates.models import Certificate
from competitions.public_names.showing import public_holder
from core.auth import count_failure, refuse_guessing
from core.characters import standard_characters
from core.db import db
from core.errors import NotFoundError

MASK = "＊"
_DIGEST = re.compile(r"[0-9a-f]{64}")
_BETWEEN = re.compile(r"[\s·•・‧.]+")


class UnknownCodeError(NotFoundError):
    """No certificate has this code."""

    code = "unknown_code"


class UnknownFileError(NotFoundError):
    """No certificate was issued as this file."""

    code = "unknown_file"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the public may know of a certificate."""

    certificate: Certificate
    successor: Certificate | None
    """The certificate in its place, where it was replaced."""
    shown_name: str
    """The name with its middle hidden; whole for a visitor who typed it."""
    is_name_right: bool | None
    """Whether the typed name is the holder's; None where none was typed."""
    is_file_right: bool | None
    """Whether the visitor's file is the one that was issued; None where none was handed in."""

    @property
    def spelled_code(self) -> str:
        """The code as it stands on paper."""
        return grouped_code(self.certificate.code)


def verify_code(typed: str, address: str, name: str = "", digest: str = "") -> Verdict:
    """Look a certificate up by its code.

    Args:
        typed: the code as typed or scanned.
        address: where the visitor comes from; counted against guessing.
        name: the holder's name as the visitor knows it, or empty.
        digest: SHA-256 of the visitor's file, or empty.

    Raises:
        VerificationCodeError: mistyped; not counted, the check character has found it.
        UnknownCodeError: no such certificate.
        TooManyTriesError: too many unknown codes or wrong names from this address.
    """
    code = normalise_code(typed)
    subject = f"verify:{address}"
    refuse_guessing(subject)
    certificate = db.session.scalar(select(Certificate).where(Certificate.code == code))
    if certificate is None or not is_same_code(certificate.code, code):
        count_failure(subject)
        raise UnknownCodeError("没有核验码为 %(code)s 的证书；请对照证书核对，或警惕伪造", code=grouped_code(code))
    is_name_right = _is_name_right(name, certificate, address) if name.strip() else None
    successor = db.session.get(Certificate, certificate.replaced_by_id) if certificate.replaced_by_id else None
    holder = certificate.values["recipient.name"]
    return Verdict(
        certificate=certificate,
        successor=successor,
        shown_name=holder if is_name_right else public_holder(certificate.contestant, holder, masked_name(holder)),
        is_name_right=is_name_right,
        is_file_right=digest.lower() in digests_of(certificate) if _DIGEST.fullmatch(digest) else None,
    )


def _is_name_right(name: str, certificate: Certificate, address: str) -> bool:
    """Compare a typed name; wrong ones count against the address and against the certificate, whoever types them."""
    subject = f"name:{certificate.code}"
    refuse_guessing(subject)
    if is_same_name(name, certificate.values["recipient.name"]):
        return True
    count_failure(subject, f"verify:{address}")
    return False


def code_of_file(digest: str, address: str) -> str:
    """The code of the certificate that was issued as a file.

    Args:
        digest: SHA-256 of the file, 64 hex digits.
        address: counted against guessing.

    Raises:
        UnknownFileError: no certificate was issued as this file, or the file was changed afterwards.
        TooManyTriesError: too many unknown files from this address.
    """
    subject = f"verify:{address}"
    refuse_guessing(subject)
    certificate = certificate_with_file(db.session(), digest)
    if certificate is None:
        count_failure(subject)
        raise UnknownFileError("没有登记过这个文件：它不是本系统颁发的，或颁发之后被改动过")
    return certificate.code


def is_same_name(typed: str, name: str) -> bool:
    """Whether a visitor's spelling is the holder's name: spaces, dots and old code points do not matter."""
    return is_same_code(_plain(typed), _plain(name))


def _plain(name: str) -> str:
    return _BETWEEN.sub("", unicodedata.normalize("NFC", standard_characters(name))).casefold()


def masked_name(name: str) -> str:
    """A name as strangers see it: 张＊, 欧＊𬱖; the family name alone would help nobody to recognise the holder."""
    if len(name) <= 2:
        return name[:1] + MASK
    return name[0] + MASK * (len(name) - 2) + name[-1]
