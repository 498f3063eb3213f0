"""Open Badges 3.0 credentials in the JWT proof format: what is claimed, signed with the issuing body's key.

Source: 1EdTech Open Badges 3.0, §8.2 (JSON Web Token proof format), Verifiable Credentials Data Model 2.0, RFC 7515.
The holder is named by a salted digest only; who holds the credential and tells the name can prove that it is meant.
"""

import base64
import hashlib
import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

CONTEXTS = (
    "https://www.w3.org/ns/credentials/v2",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
)
_NAMESPACE = uuid.UUID("7d8a6f0c-3c0e-5d6c-9a55-0d2f4c3b7e11")
PublicKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey


@dataclass(frozen=True, slots=True)
class Achievement:
    """What a credential says.

    Attributes:
        code: verification code of the certificate, from which the credential's identity is made.
        name: of the holder; only its digest goes into the credential.
        salt: of that digest.
        prize, event, competition: what was won, and where.
        issuer: the issuing body.
        issuer_id: address of its public key.
        day: of issue.
        page: address of the verification page.
        status_list: address of the list of revoked credentials.
    """

    code: str
    name: str
    salt: str
    prize: str
    event: str
    competition: str
    issuer: str
    issuer_id: str
    day: date
    page: str
    status_list: str


def credential_id(code: str) -> str:
    """The identity of a certificate's credential; the code cannot be read from it."""
    return uuid.uuid5(_NAMESPACE, hashlib.sha256(code.encode()).hexdigest()).urn


def identity_hash(name: str, salt: str) -> str:
    """A name as credentials carry it."""
    return "sha256$" + hashlib.sha256((name + salt).encode()).hexdigest()


def claims(said: Achievement) -> dict[str, Any]:
    """The credential with the registered claims of a JWT."""
    identity = credential_id(said.code)
    subject = f"{identity}#holder"
    moment = f"{said.day.isoformat()}T00:00:00+08:00"
    return {
        "iss": said.issuer_id,
        "jti": identity,
        "sub": subject,
        "nbf": (said.day - date(1970, 1, 1)).days * 86400 - 8 * 3600,
        "@context": list(CONTEXTS),
        "id": identity,
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": f"{said.event} {said.prize}",
        "issuer": {"id": said.issuer_id, "type": ["Profile"], "name": said.issuer},
        "validFrom": moment,
        "credentialSubject": {
            "id": subject,
            "type": ["AchievementSubject"],
            "identifier": [
                {
                    "type": "IdentityObject",
                    "hashed": True,
                    "identityHash": identity_hash(said.name, said.salt),
                    "identityType": "name",
                    "salt": said.salt,
                }
            ],
            "achievement": {
                "id": uuid.uuid5(_NAMESPACE, f"{said.competition}\0{said.event}\0{said.prize}").urn,
                "type": ["Achievement"],
                "achievementType": "Award",
                "name": said.prize,
                "description": f"{said.competition} {said.event}",
                "criteria": {"narrative": f"在{said.competition}{said.event}中获得{said.prize}"},
            },
        },
        "evidence": [{"id": said.page, "type": ["Evidence"], "name": "证书核验页面"}],
        "credentialStatus": {"id": said.status_list, "type": "1EdTechRevocationList"},
    }


def revocation_list(address: str, issuer_id: str, revoked: Mapping[str, str]) -> dict[str, Any]:
    """The list of revoked credentials as 1EdTech's revocation list method has it.

    Args:
        address: of the list.
        issuer_id: whose credentials.
        revoked: reasons by the code of the certificate.
    """
    entries = [{"id": credential_id(code), "revoked": True, "revocationReason": why} for code, why in revoked.items()]
    return {
        "id": address,
        "issuer": issuer_id,
        "revokedCredential": sorted(entries, key=lambda entry: str(entry["id"])),
    }


def public_jwk(key: PublicKey) -> dict[str, str]:
    """A public key as a JSON Web Key."""
    if isinstance(key, rsa.RSAPublicKey):
        numbers = key.public_numbers()
        return {"kty": "RSA", "alg": "RS256", "n": _integer(numbers.n), "e": _integer(numbers.e)}
    point = key.public_numbers()
    return {"kty": "EC", "crv": "P-256", "alg": "ES256", "x": _integer(point.x, 32), "y": _integer(point.y, 32)}


def signed_jwt(payload: Mapping[str, Any], key: PublicKey, key_id: str, sign: Callable[[bytes], bytes]) -> str:
    """A compact JWT.

    Args:
        payload: the claims.
        key: public part of the key; P-256 gives ES256, RSA gives RS256.
        key_id: address at which the public key is found.
        sign: signs a message with SHA-256: PKCS#1 v1.5, or ECDSA in DER.
    """
    # The key itself stays out: an RSA key makes a header longer than some programs read.
    header = {"alg": public_jwk(key)["alg"], "typ": "JWT", "kid": key_id}
    message = f"{_part(header)}.{_part(payload)}".encode()
    signature = sign(message)
    if isinstance(key, ec.EllipticCurvePublicKey):
        r, s = decode_dss_signature(signature)
        signature = r.to_bytes(32, "big") + s.to_bytes(32, "big")
    return f"{message.decode()}.{_base64(signature)}"


def _part(value: Mapping[str, Any]) -> str:
    return _base64(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())


def _integer(number: int, length: int = 0) -> str:
    return _base64(number.to_bytes(length or (number.bit_length() + 7) // 8, "big"))


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
