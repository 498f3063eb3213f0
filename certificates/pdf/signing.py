"""Signatures for PDF files: the interface that the writer needs, and one whose key comes from a PEM file."""

from typing import Protocol

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from certificates.pdf.cms import CmsConstants, signed_data
from core.errors import InvalidInputError

_SMALLEST_RSA = 2048


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
    """Signs with a private key from a PEM file, kept in memory.

    RSA signatures and, where the library can do it, ECDSA signatures are deterministic, so that even signed files
    are the same each time.

    Args:
        key: RSA of 2048 bits or more, or ECDSA on P-256.
        certificates: the signer's own first, then those above it as far as they shall be in the file.
    """

    def __init__(
        self, key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey, certificates: list[x509.Certificate]
    ) -> None:
        own = certificates[0]
        if own.public_key() != key.public_key():
            raise SigningKeyError("签名文件中第一份证书与私钥不配对")
        self._key = key
        self._certificates = certificates
        names = own.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
        self.name = str(names[0].value) if names else own.subject.rfc4514_string()
        self._constants = CmsConstants.of(certificates, is_rsa=isinstance(key, rsa.RSAPrivateKey))
        self.room = len(self.sign(bytes(32))) + 16

    def sign(self, digest: bytes) -> bytes:
        """Sign a SHA-256 digest; see `Signer.sign`."""
        return signed_data(self._constants, digest, self._signature)

    def __reduce__(self) -> tuple[object, ...]:
        """Travel to a worker process as PEM; a loaded key cannot."""
        block = self._key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        chain = (certificate.public_bytes(serialization.Encoding.PEM) for certificate in self._certificates)
        return read_signer, (block + b"".join(chain),)

    def _signature(self, message: bytes) -> bytes:
        if isinstance(self._key, rsa.RSAPrivateKey):
            return self._key.sign(message, padding.PKCS1v15(), hashes.SHA256())
        return self._key.sign(message, _ecdsa())


def _ecdsa() -> ec.ECDSA:
    return ec.ECDSA(hashes.SHA256(), deterministic_signing=True)


def read_signer(pem: bytes, password: bytes | None = None) -> PemSigner:
    """Read a signer from a PEM file that holds a private key and its certificate, then the chain above it.

    Raises:
        SigningKeyError: no key, no certificate, a wrong password, a kind of key that PDF readers do not check.
    """
    try:
        key = serialization.load_pem_private_key(_key_block(pem), password)
        certificates = x509.load_pem_x509_certificates(pem)
    except (ValueError, TypeError) as error:
        raise SigningKeyError("签名文件应为 PEM，内含私钥和证书；若有密码请一并给出") from error
    if isinstance(key, rsa.RSAPrivateKey) and key.key_size >= _SMALLEST_RSA:
        return PemSigner(key, certificates)
    if isinstance(key, ec.EllipticCurvePrivateKey) and isinstance(key.curve, ec.SECP256R1):
        return PemSigner(key, certificates)
    raise SigningKeyError("签名私钥须为 2048 位以上的 RSA 或 P-256 的 ECDSA；其他算法多数阅读器不能核验")


def _key_block(pem: bytes) -> bytes:
    start, end = pem.find(b"-----BEGIN"), 0
    while start >= 0:
        end = pem.find(b"-----END", start)
        end = pem.find(b"-----", end + 8) + 5
        if b"PRIVATE KEY" in pem[start : start + 40]:
            return pem[start:end]
        start = pem.find(b"-----BEGIN", end)
    return b""
