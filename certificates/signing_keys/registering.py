"""Register an issuing body's signing key, and remove one: the certificate stays so that what was signed is checked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from sqlalchemy import select
from sqlalchemy.orm import Session

from certificates.pdf.signing import PemSigner, SigningKeyError, read_signer
from certificates.pdf.token_signing import PkcsSigner
from certificates.signing_keys.models import SigningKey
from certificates.signing_keys.token import signer_on_token
from competitions.setup import competition_of, locked_competition
from core.audit import record
from core.auth import Actor
from core.clock import BEIJING, now
from core.db import db, transaction
from core.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError
from core.organisations.reach import is_over_all
from core.personal_data import seal_file
from core.rows import row_in

MOST_BYTES = 64 * 1024
LONGEST = 120


@dataclass(frozen=True, slots=True)
class RegisterKey:
    """Register a key from a file."""

    competition_id: int
    body: str
    """The issuing body, as it stands on certificates."""
    data: bytes
    """PEM or PKCS#12."""
    password: str
    """Of the file, or empty; it is not kept."""
    gives_credentials: bool
    actor: Actor


@dataclass(frozen=True, slots=True)
class RemoveKey:
    """Stop signing with a key and erase its private part."""

    competition_id: int
    key_id: int
    reason: str
    actor: Actor


def register_key(command: RegisterKey) -> int:
    """Store a key, its private part sealed with the installation's data key, and return its id.

    Raises:
        InvalidInputError: no issuing body.
        SigningKeyError: not a usable key file, a wrong password, an expired or not yet valid certificate, one that
            is not for signing, a chain that does not hang together.
        ConflictError: this key is registered already.
    """
    body = command.body.strip()[:LONGEST]
    if not body:
        raise InvalidInputError("请填写颁发单位")
    if not 0 < len(command.data) <= MOST_BYTES:
        raise SigningKeyError("请选择签名文件（PEM 或 PKCS#12，不超过 %(most)s KB）", most=MOST_BYTES // 1024)
    signer = read_signer(command.data, command.password.encode() or None)
    fingerprint = signer.certificates[0].fingerprint(SHA256()).hex()
    sealed = seal_file(signer.private_bytes(), place_of(fingerprint))
    return _registered(command, body, signer, {"sealed": sealed})


@dataclass(frozen=True, slots=True)
class RegisterTokenKey:
    """Register a key that lives on the installation's token."""

    competition_id: int
    body: str
    """The issuing body, as it stands on certificates."""
    key_label: str
    """Of the private key on the token."""
    gives_credentials: bool
    actor: Actor


def register_token_key(command: RegisterTokenKey) -> int:
    """Store the certificate of a key on the token, not the key, and return its id; it signs once to be sure.

    The token is the server's: whoever names a label signs with that key. Where several organisations share the server
    only a system administrator says which competition may.

    Raises:
        NotAllowedError: a competition of an organisation, and no system administrator.
        InvalidInputError: no issuing body, or no label.
        SigningKeyError: no token, a wrong PIN, no such key; and as `register_key`.
        ConflictError: this key is registered already.
    """
    if competition_of(command.competition_id).organisation_id is not None and not is_over_all(command.actor):
        raise NotAllowedError("签名介质由各办赛单位共用，请系统管理员登记")
    body, label = command.body.strip()[:LONGEST], command.key_label.strip()[:LONGEST]
    if not body:
        raise InvalidInputError("请填写颁发单位")
    if not label:
        raise InvalidInputError("请填写签名介质里私钥的标签")
    return _registered(command, body, signer_on_token(label), {"token_key": label})


def _registered(
    command: RegisterKey | RegisterTokenKey,
    body: str,
    signer: PemSigner | PkcsSigner,
    place: Mapping[str, Any],
) -> int:
    """Store a key; `place` says where its private part is."""
    own = signer.certificates[0]
    require_valid(own.not_valid_before_utc, own.not_valid_after_utc, now())
    _require_for_signing(own)
    _require_chain(signer.certificates)
    with transaction() as session:
        competition = locked_competition(session, command.competition_id)
        fingerprint = own.fingerprint(SHA256()).hex()
        if any(key.fingerprint == fingerprint for key in keys_in_use(session, competition.id)):
            raise ConflictError("这份签名证书已经登记")
        key = SigningKey(
            competition_id=competition.id,
            body=body,
            holder=signer.name,
            algorithm=_algorithm(own),
            chain="".join(one.public_bytes(Encoding.PEM).decode() for one in signer.certificates),
            fingerprint=fingerprint,
            valid_from=own.not_valid_before_utc,
            valid_until=own.not_valid_after_utc,
            room=signer.room,
            gives_credentials=command.gives_credentials,
            added_at=now(),
            added_by=command.actor.name,
            **place,
        )
        session.add(key)
        session.flush()
        record(session, command.actor.act("signing_key.added", f"signing_key:{key.id}", competition.id, _detail(key)))
        return key.id


@dataclass(frozen=True, slots=True)
class SwitchCredentials:
    """Make Open Badges credentials with the certificates that a key signs from now on, or no longer."""

    competition_id: int
    key_id: int
    gives_credentials: bool
    actor: Actor


def switch_credentials(command: SwitchCredentials) -> None:
    """Change what is made with later certificates; those that were issued keep what they have.

    Raises:
        NotFoundError: no such key in this competition.
        ConflictError: it was removed, or is as wanted already.
    """
    with transaction() as session:
        locked_competition(session, command.competition_id)
        key = key_of(session, command.competition_id, command.key_id)
        if key.removed_at is not None:
            raise ConflictError("“%(holder)s”的签名证书已经移除", holder=key.holder)
        if key.gives_credentials == command.gives_credentials:
            raise ConflictError("“%(holder)s”的数字凭证设置已经是这样", holder=key.holder)
        key.gives_credentials = command.gives_credentials
        action = "signing_key.credentials_on" if command.gives_credentials else "signing_key.credentials_off"
        record(session, command.actor.act(action, f"signing_key:{key.id}", key.competition_id, _detail(key)))


def remove_key(command: RemoveKey) -> None:
    """Erase the private part of a key; certificates signed with it stay valid and downloadable.

    Raises:
        InvalidInputError: no reason.
        NotFoundError: no such key in this competition.
        ConflictError: it was removed before.
    """
    reason = command.reason.strip()[:300]
    if not reason:
        raise InvalidInputError("请写明移除的理由")
    with transaction() as session:
        locked_competition(session, command.competition_id)
        key = key_of(session, command.competition_id, command.key_id)
        if key.removed_at is not None:
            raise ConflictError("“%(holder)s”的签名证书已经移除", holder=key.holder)
        key.sealed, key.removed_at, key.removed_by, key.removal_reason = None, now(), command.actor.name, reason
        detail = _detail(key) | {"reason": reason}
        record(session, command.actor.act("signing_key.removed", f"signing_key:{key.id}", key.competition_id, detail))


def place_of(fingerprint: str) -> str:
    """The name under which a private key is sealed."""
    return f"signing-key/{fingerprint}"


def _detail(key: SigningKey) -> dict[str, str]:
    return {"body": key.body, "holder": key.holder, "algorithm": key.algorithm, "fingerprint": key.fingerprint}


def require_valid(valid_from: datetime, valid_until: datetime, at: datetime) -> None:
    """Refuse a certificate outside its time.

    Raises:
        SigningKeyError: it has expired, or does not hold yet.
    """
    if at > valid_until:
        raise SigningKeyError("签名证书已于 %(day)s 过期", day=day_of(valid_until))
    if at < valid_from:
        raise SigningKeyError("签名证书到 %(day)s 才生效", day=day_of(valid_from))


def day_of(moment: datetime) -> str:
    """The day of a moment in China."""
    return moment.astimezone(BEIJING).date().isoformat()


def _require_for_signing(own: x509.Certificate) -> None:
    try:
        usage = own.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return
    if not (usage.digital_signature or usage.content_commitment):
        raise SigningKeyError("这份证书的用途不包括数字签名")


def _require_chain(certificates: Sequence[x509.Certificate]) -> None:
    for below, above in pairwise(certificates):
        try:
            below.verify_directly_issued_by(above)
        except (ValueError, TypeError, InvalidSignature) as error:
            raise SigningKeyError("签名文件中的证书链不连续：每一份须由下一份签发") from error


def _algorithm(own: x509.Certificate) -> str:
    key = own.public_key()
    return f"RSA-{key.key_size}" if isinstance(key, rsa.RSAPublicKey) else "P-256"


def keys_of(competition_id: int) -> list[SigningKey]:
    """Every key of a competition, the latest first."""
    query = select(SigningKey).where(SigningKey.competition_id == competition_id).order_by(SigningKey.id.desc())
    return list(db.session.scalars(query))


def keys_in_use(session: Session, competition_id: int) -> list[SigningKey]:
    """The keys that have not been removed, in the order of their registration."""
    query = select(SigningKey).where(SigningKey.competition_id == competition_id, SigningKey.removed_at.is_(None))
    return list(session.scalars(query.order_by(SigningKey.id)))


def key_of(session: Session, competition_id: int, key_id: int) -> SigningKey:
    """A key of this competition.

    Raises:
        NotFoundError: none, or of another competition.
    """
    return row_in(session, SigningKey, competition_id, key_id, NotFoundError("这场竞赛里没有这份签名证书"))


def public_key_of(fingerprint: str) -> SigningKey:
    """A key that was registered at any time, by the fingerprint of its certificate.

    Raises:
        NotFoundError: none.
    """
    query = select(SigningKey).where(SigningKey.fingerprint == fingerprint.lower()).order_by(SigningKey.id.desc())
    key = db.session.scalar(query.limit(1))
    if key is None:
        raise NotFoundError("没有登记过这份签名证书")
    return key


def certificates_of_key(key: SigningKey) -> list[x509.Certificate]:
    """The certificate and those above it."""
    return x509.load_pem_x509_certificates(key.chain.encode())
