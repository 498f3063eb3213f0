"""Sign with a registered key, and put a stored signature back into a file that is made again.

A signature is kept with the certificate. So a download needs no key, is the same file with every algorithm, and
goes on after the key is removed.
"""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, time
from functools import lru_cache

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_private_key
from sqlalchemy.orm import Session

from certificates.pdf.signing import PemSigner, Signer, SigningKeyError, signer_of
from certificates.pdf.token_signing import PkcsSigner
from certificates.signing_keys.models import SigningKey
from certificates.signing_keys.registering import (
    certificates_of_key,
    day_of,
    key_of,
    keys_in_use,
    place_of,
    require_valid,
)
from certificates.signing_keys.token import signer_on_token
from core.clock import BEIJING, now
from core.errors import ConflictError, InvalidInputError
from core.personal_data import unseal_file

_RANGE, _CONTENTS = b"/ByteRange [0 ", b"/Contents <"


class StaleSignatureError(ConflictError):
    """A file made again is not what the stored signature signs."""

    code = "stale_signature"


_signing: ContextVar[Callable[[bytes], bytes]] = ContextVar("signing")


class BoundSigner:
    """Stands for a key where files are made; what signs is bound for one file, so that the press is shared.

    Args:
        name: who signs.
        room: bytes to keep free.
    """

    def __init__(self, name: str, room: int) -> None:
        self.name = name
        self.room = room

    def sign(self, digest: bytes) -> bytes:
        """Have the bound signer sign; see `certificates.pdf.signing.Signer`."""
        return _signing.get()(digest)


@lru_cache(maxsize=64)
def _bound(name: str, room: int) -> BoundSigner:
    return BoundSigner(name, room)


@contextmanager
def signed_now(key: SigningKey) -> Iterator[Signer]:
    """The signer of a key while one file is made.

    Raises:
        SigningKeyError: it was removed, or the data key of this installation is another.
    """
    with _act(key, live_signer(key).sign) as signer:
        yield signer


@contextmanager
def signed_before(key: SigningKey, signature: bytes) -> Iterator[Signer]:
    """A signer that puts a stored signature back; it raises StaleSignatureError if the file is not the same."""

    def put_back(digest: bytes) -> bytes:
        if digest not in signature:
            raise StaleSignatureError("文件与颁发时签名的内容不一致")
        return signature

    with _act(key, put_back) as signer:
        yield signer


@contextmanager
def _act(key: SigningKey, sign: Callable[[bytes], bytes]) -> Iterator[Signer]:
    token = _signing.set(sign)
    try:
        yield _bound(key.holder, key.room)
    finally:
        _signing.reset(token)


def live_signer(key: SigningKey) -> PemSigner | PkcsSigner:
    """The private key of a registered key, opened.

    Raises:
        SigningKeyError: it was removed, or its token does not sign, or has another key under this label now.
    """
    if key.token_key and key.removed_at is None:
        signer = signer_on_token(key.token_key)
        if signer.certificates[0].fingerprint(SHA256()).hex() != key.fingerprint:
            raise SigningKeyError("签名介质里“%(key)s”现在是另一份证书，请重新登记", key=key.token_key)
        return signer
    if key.sealed is None:
        raise SigningKeyError("“%(holder)s”的签名证书已经移除，请登记新的", holder=key.holder)
    return _opened(key.sealed, key.chain, key.fingerprint)


@lru_cache(maxsize=8)
def _opened(sealed: bytes, chain: str, fingerprint: str) -> PemSigner:
    key = load_der_private_key(unseal_file(sealed, place_of(fingerprint)), None)
    return signer_of(key, certificates_of_key(SigningKey(chain=chain)))


def signature_in(pdf: bytes) -> bytes:
    """The signature of a file that was just signed, without the room around it."""
    start = pdf.rindex(_CONTENTS, pdf.rindex(_RANGE)) + len(_CONTENTS)
    padded = bytes.fromhex(pdf[start : pdf.index(b">", start)].decode())
    size = padded[1] & 127 if padded[1] & 128 else 0
    length = int.from_bytes(padded[2 : 2 + size], "big") if size else padded[1]
    return padded[: 2 + size + length]


def key_for_issue(
    session: Session, competition_id: int, key_id: int | None, issuers: Collection[str], issued_on: date
) -> SigningKey | None:
    """The key that an issue was told to sign with; None where it is not to be signed.

    Raises:
        NotFoundError: no such key in this competition.
        SigningKeyError: removed, not valid now or on the day of issue.
        InvalidInputError: it is the key of a body that does not sign these certificates.
    """
    if key_id is None:
        return None
    key = key_of(session, competition_id, key_id)
    require_usable(key, issued_on)
    if key.body not in issuers:
        raise InvalidInputError("签名证书是“%(body)s”的，落款单位里没有它", body=key.body)
    return key


def require_usable(key: SigningKey, issued_on: date) -> None:
    """Refuse to sign with a key that does not hold now and on the day that the signature names.

    Raises:
        SigningKeyError: see `key_for_issue`.
    """
    live_signer(key)
    require_valid(key.valid_from, key.valid_until, now())
    if not day_of(key.valid_from) <= issued_on.isoformat() <= day_of(key.valid_until):
        raise SigningKeyError(
            "签名证书的有效期是 %(first)s 至 %(last)s，不含落款日期 %(day)s",
            first=day_of(key.valid_from),
            last=day_of(key.valid_until),
            day=issued_on.isoformat(),
        )


def is_usable(key: SigningKey, at: datetime) -> bool:
    """Whether a key may sign at a moment."""
    return key.removed_at is None and key.valid_from <= at <= key.valid_until


def key_like(session: Session, earlier: SigningKey, issued_on: date) -> SigningKey:
    """The key for a certificate that replaces a signed one: the same, else another in use of the same body.

    Raises:
        SigningKeyError: there is none; an unsigned paper must not quietly take the place of a signed one.
    """
    at = max(now(), datetime.combine(issued_on, time.min, BEIJING))
    usable = [k for k in keys_in_use(session, earlier.competition_id) if is_usable(k, at) and k.body == earlier.body]
    if earlier in usable:
        return earlier
    if not usable:
        raise SigningKeyError("原证书有“%(body)s”的数字签名，请先登记它现在有效的签名证书", body=earlier.body)
    return usable[-1]
