"""Signatures with a key that never leaves its token: a smart card, a USB key or an HSM, spoken to by PKCS#11."""

import threading
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from certificates.pdf.cms import CmsConstants, signed_data
from certificates.pdf.signing import SigningKeyError, require_kind

_LOCK = threading.RLock()
"""A token does one thing at a time, and few of their libraries bear several threads."""
_sessions: dict[tuple[Path, str], tuple[str, Any]] = {}
"""The open session of each token and the PIN that opened it."""


@dataclass(frozen=True, slots=True)
class TokenAccess:
    """How a token is reached.

    Attributes:
        module: the PKCS#11 library of its maker.
        label: of the token.
        pin: of its user; never shown, never stored.
    """

    module: Path
    label: str
    pin: str = field(repr=False)


class PkcsSigner:
    """Signs with a private key on a token.

    Args:
        access: of the token.
        key_label: of the private key there.
        certificates: the signer's own first, then those above it.

    Raises:
        SigningKeyError: a kind of key that PDF readers do not check, or the token does not sign.
    """

    def __init__(self, access: TokenAccess, key_label: str, certificates: list[x509.Certificate]) -> None:
        own = certificates[0]
        require_kind(own.public_key())
        self._access, self._key_label = access, key_label
        self.certificates = tuple(certificates)
        self.public_key: rsa.RSAPublicKey | ec.EllipticCurvePublicKey = own.public_key()  # type: ignore[assignment]  # its kind was just asked
        names = own.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
        self.name = str(names[0].value) if names else own.subject.rfc4514_string()
        self._constants = CmsConstants.of(certificates, is_rsa=isinstance(self.public_key, rsa.RSAPublicKey))
        self.room = len(self.sign(bytes(32))) + 16

    def sign(self, digest: bytes) -> bytes:
        """Sign a SHA-256 digest; see `certificates.pdf.signing.Signer`."""
        return signed_data(self._constants, digest, self.signature)

    def signature(self, message: bytes) -> bytes:
        """Sign a message with SHA-256: PKCS#1 v1.5, or ECDSA in DER.

        Raises:
            SigningKeyError: the token is not there, its PIN is another, or it has no such key.
        """
        mechanisms = _library().Mechanism
        with _LOCK:
            try:
                key = _private_key(self._access, self._key_label)
                if isinstance(self.public_key, rsa.RSAPublicKey):
                    return bytes(key.sign(message, mechanism=mechanisms.SHA256_RSA_PKCS))
                raw = bytes(key.sign(sha256(message).digest(), mechanism=mechanisms.ECDSA))
            except _library().PKCS11Error as error:
                raise _refused(self._access, error) from error
        half = len(raw) // 2
        return encode_dss_signature(int.from_bytes(raw[:half]), int.from_bytes(raw[half:]))


def token_signer(access: TokenAccess, key_label: str) -> PkcsSigner:
    """A signer with the key of this label and the certificates that the token holds for it.

    Raises:
        SigningKeyError: no such token or key, a wrong PIN, no certificate for the key, or a kind of key that PDF
            readers do not check.
    """
    with _LOCK:
        try:
            key = _private_key(access, key_label)
            held = list(_certificates(_session(access)))
            identity = bytes(key[_library().Attribute.ID] or b"")
        except _library().PKCS11Error as error:
            raise _refused(access, error) from error
    own = [certificate for named, certificate in held if named == identity]
    if not own:
        raise SigningKeyError("签名介质“%(token)s”里没有密钥“%(key)s”的证书", token=access.label, key=key_label)
    return PkcsSigner(access, key_label, _chain(own[0], (certificate for _named, certificate in held)))


def _chain(own: x509.Certificate, others: Iterable[x509.Certificate]) -> list[x509.Certificate]:
    """The signer's own certificate, then its issuers upwards as far as the token holds them."""
    chain, by_subject = [own], {other.subject.public_bytes(): other for other in others if other != own}
    while (above := by_subject.pop(chain[-1].issuer.public_bytes(), None)) is not None:
        chain.append(above)
    return chain


def _library() -> Any:
    """The optional binding.

    Raises:
        SigningKeyError: it is not installed.
    """
    try:
        import pkcs11  # noqa: PLC0415  an extra that most installations do without
    except ImportError as error:
        raise SigningKeyError("没有安装签名介质的支持，请安装 skills-competition[token]") from error
    return pkcs11


def _session(access: TokenAccess) -> Any:
    """The session of a token, opened once for the process and again after the token was away."""
    place = (access.module, access.label)
    pin, session = _sessions.get(place, ("", None))
    if session is not None and pin == access.pin:
        return session
    _let_go(access)
    try:
        library = _library().lib(str(access.module))
    except RuntimeError as error:
        raise SigningKeyError("打不开签名介质的驱动 %(module)s", module=access.module) from error
    session = library.get_token(token_label=access.label).open(user_pin=access.pin)
    _sessions[place] = (access.pin, session)
    return session


def _private_key(access: TokenAccess, label: str) -> Any:
    return _session(access).get_key(object_class=_library().ObjectClass.PRIVATE_KEY, label=label)


def _certificates(session: Any) -> Iterable[tuple[bytes, x509.Certificate]]:
    attributes = _library().Attribute
    for held in session.get_objects({attributes.CLASS: _library().ObjectClass.CERTIFICATE}):
        yield bytes(held[attributes.ID] or b""), x509.load_der_x509_certificate(held[attributes.VALUE])


def _refused(access: TokenAccess, error: Exception) -> SigningKeyError:
    """What a token answered, for people. Its session is let go, so that the next try begins anew."""
    library = _library()
    _let_go(access)
    if isinstance(error, library.PinIncorrect | library.PinInvalid | library.PinLenRange | library.PinLocked):
        return SigningKeyError("签名介质“%(token)s”的 PIN 不对，或已经锁住", token=access.label)
    if isinstance(error, library.NoSuchKey):
        return SigningKeyError("签名介质“%(token)s”里没有这个标签的私钥", token=access.label)
    if isinstance(error, library.NoSuchToken):
        return SigningKeyError("没有找到签名介质“%(token)s”，请插好再试", token=access.label)
    return SigningKeyError(
        "签名介质“%(token)s”没有签名（%(error)s），请检查后再试", token=access.label, error=type(error).__name__
    )


def _let_go(access: TokenAccess) -> None:
    _pin, session = _sessions.pop((access.module, access.label), ("", None))
    # A token that was pulled out has closed it already.
    with suppress(_library().PKCS11Error):
        if session is not None:
            session.close()
