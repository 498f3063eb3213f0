"""The signature structure of PAdES B-B: everything constant is encoded once, only digest and signature are put in.

Source: RFC 5652 (CMS), RFC 5035 (signing-certificate-v2), ETSI EN 319 142-1 (PAdES baseline).
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

_SEQUENCE, _SET, _OCTETS, _INTEGER, _OBJECT_ID, _CONTEXT_0 = 0x30, 0x31, 0x04, 0x02, 0x06, 0xA0


def der(tag: int, *contents: bytes) -> bytes:
    """Encode one DER value."""
    body = b"".join(contents)
    length = len(body)
    if length < 128:
        return bytes((tag, length)) + body
    size = (length.bit_length() + 7) // 8
    return bytes((tag, 0x80 | size)) + length.to_bytes(size, "big") + body


def object_id(dotted: str) -> bytes:
    """Encode an object identifier such as ``1.2.840.113549.1.7.2``."""
    first, second, *rest = map(int, dotted.split("."))
    encoded = bytes((first * 40 + second,))
    for number in rest:
        groups = [number & 127]
        while number := number >> 7:
            groups.append(0x80 | number & 127)
        encoded += bytes(reversed(groups))
    return der(_OBJECT_ID, encoded)


_SHA256 = der(_SEQUENCE, object_id("2.16.840.1.101.3.4.2.1"))
_RSA = der(_SEQUENCE, object_id("1.2.840.113549.1.1.1"), b"\x05\x00")
_ECDSA_SHA256 = der(_SEQUENCE, object_id("1.2.840.10045.4.3.2"))
_DATA = object_id("1.2.840.113549.1.7.1")
_SIGNED_DATA = object_id("1.2.840.113549.1.7.2")
_VERSION_1 = der(_INTEGER, b"\x01")


@dataclass(frozen=True, slots=True)
class CmsConstants:
    """What is the same in every signature of one signer, in DER.

    Attributes:
        content_type: attribute that says the signed content is data.
        signing_certificate: attribute that ties the signature to the signer's certificate.
        signer: issuer and serial number.
        certificates: all of them.
        algorithm: of the signature.
    """

    content_type: bytes
    signing_certificate: bytes
    signer: bytes
    certificates: bytes
    algorithm: bytes

    @classmethod
    def of(cls, certificates: Sequence[x509.Certificate], *, is_rsa: bool) -> "CmsConstants":
        """Encode for a signer whose certificate comes first."""
        encoded = [certificate.public_bytes(Encoding.DER) for certificate in certificates]
        own = certificates[0]
        serial = own.serial_number.to_bytes(own.serial_number.bit_length() // 8 + 1, "big")
        reference = der(_SEQUENCE, der(_OCTETS, hashlib.sha256(encoded[0]).digest()))
        return cls(
            content_type=_attribute("1.2.840.113549.1.9.3", _DATA),
            signing_certificate=_attribute("1.2.840.113549.1.9.16.2.47", der(_SEQUENCE, der(_SEQUENCE, reference))),
            signer=der(_SEQUENCE, own.issuer.public_bytes(), der(_INTEGER, serial)),
            certificates=der(_CONTEXT_0, *encoded),
            algorithm=_RSA if is_rsa else _ECDSA_SHA256,
        )


def signed_data(constants: CmsConstants, digest: bytes, sign: Callable[[bytes], bytes]) -> bytes:
    """Build a detached signature.

    Args:
        constants: of the signer.
        digest: SHA-256 of the content.
        sign: signs a message with the private key and SHA-256.

    Returns:
        ContentInfo with SignedData in DER.
    """
    message_digest = _attribute("1.2.840.113549.1.9.4", der(_OCTETS, digest))
    attributes = b"".join(sorted((constants.content_type, message_digest, constants.signing_certificate)))
    signature = sign(der(_SET, attributes))
    signer_info = der(
        _SEQUENCE,
        _VERSION_1,
        constants.signer,
        _SHA256,
        der(_CONTEXT_0, attributes),
        constants.algorithm,
        der(_OCTETS, signature),
    )
    content = der(
        _SEQUENCE,
        _VERSION_1,
        der(_SET, _SHA256),
        der(_SEQUENCE, _DATA),
        constants.certificates,
        der(_SET, signer_info),
    )
    return der(_SEQUENCE, _SIGNED_DATA, der(_CONTEXT_0, content))


def _attribute(kind: str, value: bytes) -> bytes:
    return der(_SEQUENCE, object_id(kind), der(_SET, value))
