"""Proof of a paper certificate without network: its facts and a signature, short enough for a QR code."""

import base64
import binascii
from dataclasses import astuple, dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from core.errors import InvalidInputError

_SEPARATOR = "\x1f"
_SIGNATURE_LENGTH = 64
_CONTEXT = b"certificate-proof/1\n"
"""Signed along, so that no other signature of the same key can pass for a proof."""


class OfflineProofError(InvalidInputError):
    """A proof is not whole or not genuine."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What a proof says: the words that stand on the paper.

    Attributes:
        number: certificate number.
        name: of the holder.
        award: prize.
        event: competition and event.
        day: day of issue, such as 2026-11-21.
    """

    number: str
    name: str
    award: str
    event: str
    day: str


def write_proof(key: Ed25519PrivateKey, claim: Claim) -> str:
    """Sign a claim.

    Args:
        key: the issuer's private key.
        claim: what is claimed.

    Returns:
        Characters that may stand in the fragment of a web address: base64url without padding. The same claim gives
        the same proof.

    Raises:
        OfflineProofError: a value holds the separator of the values.
    """
    fields: tuple[str, ...] = astuple(claim)
    if any(_SEPARATOR in field for field in fields):
        raise OfflineProofError("证书的要点中有不能用的控制字符")
    message = _SEPARATOR.join(fields).encode()
    return base64.urlsafe_b64encode(message + key.sign(_CONTEXT + message)).rstrip(b"=").decode()


def read_proof(key: Ed25519PublicKey, proof: str) -> Claim:
    """Check a proof and give what it claims.

    Args:
        key: the public key that the issuer has made known.
        proof: as written by `write_proof`.

    Returns:
        The claim; it is genuine, but may have been revoked since.

    Raises:
        OfflineProofError: damaged, forged or signed by somebody else.
    """
    try:
        data = base64.b64decode(proof + "=" * (-len(proof) % 4), altchars=b"-_", validate=True)
        message, signature = data[:-_SIGNATURE_LENGTH], data[-_SIGNATURE_LENGTH:]
        key.verify(signature, _CONTEXT + message)
        return Claim(*message.decode().split(_SEPARATOR))
    except (binascii.Error, InvalidSignature, UnicodeError, ValueError, TypeError) as error:
        raise OfflineProofError("离线核验不通过：核验串残缺、被改动，或不是这个颁发者签的") from error
