"""Signatures for PDF files: the interface that the writer needs, and one whose key comes from a PEM or PKCS#12 file."""

from typing import Protocol

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import pkcs12

from certificates.pdf.cms import CmsConstants, signed_data
from core.errors import InvalidInputError

_SMALLEST_RSA = 2048
PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


class SigningKeyError(InvalidInputError):
    """A key file cannot be used for signing."""


class Signer(Protocol):
    """Makes the signature of a file. The key may live in a file, in a token (PKCS#11) or with a remote service.

    Attributes:
        name: who signs, as shown by PDF readers.
        room: bytes to keep free for a signature; none may be longer.
    """

    name: str
    room: int

    def sign(self, digest: bytes) -> bytes:
        """Sign.

        Args:
            digest: SHA-256 of what is signed.

        Returns:
            A CMS SignedData structure in DER (ETSI.CAdES.detached), at most `room` bytes.
        """


class PemSigner:
    """Signs with a private key from a file, kept in memory.

    RSA signatures and, where the library can do it, ECDSA signatures are deterministic, so that even signed files
    are the same each time.

    Args:
        key: RSA of 2048 bits or more, or ECDSA on P-256.
        certificates: the signer's own first, then those above it as far as they shall be in the file.
    """

    def __init__(self, key: PrivateKey, certificates: list[x509.Certificate]) -> None:
        own = certificates[0]
        if own.public_key() != key.public_key():
            raise SigningKeyError("签名文件中第一份证书与私钥不配对")
        self._key = key
        self.certificates = tuple(certificates)
        self.public_key = key.public_key()
        names = own.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
        self.name = str(names[0].value) if names else own.subject.rfc4514_string()
        self._constants = CmsConstants.of(certificates, is_rsa=isinstance(key, rsa.RSAPrivateKey))
        self.room = len(self.sign(bytes(32))) + 16

    def sign(self, digest: bytes) -> bytes:
        """Sign a SHA-256 digest; see `Signer.sign`."""
        return signed_data(self._constants, digest, self.signature)

    def private_bytes(self) -> bytes:
        """The private key as PKCS#8 in DER, without a password: only for keeping it under another lock."""
        return self._key.private_bytes(
            serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )

    def __reduce__(self) -> tuple[object, ...]:
        """Travel to a worker process as PEM; a loaded key cannot."""
        block = self._key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        chain = (certificate.public_bytes(serialization.Encoding.PEM) for certificate in self.certificates)
        return read_signer, (block + b"".join(chain),)

    def signature(self, message: bytes) -> bytes:
        """Sign a message with SHA-256: PKCS#1 v1.5, or ECDSA in DER."""
        if isinstance(self._key, rsa.RSAPrivateKey):
            return self._key.sign(message, padding.PKCS1v15(), hashes.SHA256())
        return self._key.sign(message, _ecdsa())


def _ecdsa() -> ec.ECDSA:
    return ec.ECDSA(hashes.SHA256(), deterministic_signing=True)


def read_signer(data: bytes, password: bytes | None = None) -> PemSigner:
    """Read a signer from a file that holds a private key and its certificate, then the chain above it.

    Args:
        data: PEM or PKCS#12.
        password: of the key, or None.

    Raises:
        SigningKeyError: no key, no certificate, a wrong password, a kind of key that PDF readers do not check.
    """
    try:
        key, certificates = _from_pem(data, password) if b"-----BEGIN" in data else _from_pkcs12(data, password)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise SigningKeyError("签名文件应为 PEM 或 PKCS#12，内含私钥和证书；若有密码请给出正确的密码") from error
    return signer_of(key, certificates)


def signer_of(key: object, certificates: list[x509.Certificate]) -> PemSigner:
    """A signer with this private key and these certificates, the signer's own first.

    Raises:
        SigningKeyError: a kind of key that PDF readers do not check, or one that does not fit the certificate.
    """
    if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise _unchecked()
    require_kind(key.public_key())
    return PemSigner(key, certificates)


def require_kind(public_key: object) -> None:
    """Refuse a kind of key that PDF readers do not check.

    Raises:
        SigningKeyError: neither RSA of 2048 bits or more nor ECDSA on P-256.
    """
    if isinstance(public_key, rsa.RSAPublicKey) and public_key.key_size >= _SMALLEST_RSA:
        return
    if isinstance(public_key, ec.EllipticCurvePublicKey) and isinstance(public_key.curve, ec.SECP256R1):
        return
    raise _unchecked()


def _unchecked() -> SigningKeyError:
    return SigningKeyError("签名私钥须为 2048 位以上的 RSA 或 P-256 的 ECDSA；其他算法多数阅读器不能核验")


def _from_pem(data: bytes, password: bytes | None) -> tuple[object, list[x509.Certificate]]:
    key = serialization.load_pem_private_key(_key_block(data), password)
    return key, x509.load_pem_x509_certificates(data)


def _from_pkcs12(data: bytes, password: bytes | None) -> tuple[object, list[x509.Certificate]]:
    """The signer's own certificate first, then its issuers upwards, whatever their order in the file."""
    key, own, others = pkcs12.load_key_and_certificates(data, password)
    if key is None or own is None:
        raise ValueError("no key or no certificate")
    chain, by_subject = [own], {other.subject.public_bytes(): other for other in others}
    while (above := by_subject.pop(chain[-1].issuer.public_bytes(), None)) is not None:
        chain.append(above)
    return key, chain


def _key_block(pem: bytes) -> bytes:
    start, end = pem.find(b"-----BEGIN"), 0
    while start >= 0:
        end = pem.find(b"-----END", start)
        end = pem.find(b"-----", end + 8) + 5
        if b"PRIVATE KEY" in pem[start : start + 40]:
            return pem[start:end]
        start = pem.find(b"-----BEGIN", end)
    return b""
