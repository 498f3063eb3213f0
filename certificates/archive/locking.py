"""Personal data under a passphrase: scrypt makes the key, AES-256-GCM seals; the same content gives the same bytes.

The nonce of a file is a keyed digest of its name and content, so that two files share one only if they are the same.
"""

import hashlib
import hmac

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from certificates.archive.manifest import BadArchiveError, Lock
from core.errors import InvalidInputError

SHORTEST = 12
"""Characters of a passphrase: whoever has the file may try as many as they like."""
MOST_MEMORY = 256 << 20
"""Bytes that a foreign archive may make scrypt take."""
NONCE_BYTES = 12


class PassphraseError(InvalidInputError):
    """A passphrase that is too short, missing or wrong."""

    code = "archive_passphrase"


def new_lock(salt: bytes) -> Lock:
    """How keys are made now; `salt` is the same for the same competition of the same server."""
    return Lock(1 << 15, 8, 1, salt.hex())


class Box:
    """Seals and opens with the key of one passphrase."""

    def __init__(self, passphrase: str, lock: Lock) -> None:
        """Make the key.

        Raises:
            PassphraseError: the passphrase is too short.
            BadArchiveError: the archive asks for a key that no archive has.
        """
        if len(passphrase) < SHORTEST:
            raise PassphraseError("口令至少要 %(least)s 个字符", least=SHORTEST)
        try:
            if not 1 < lock.n * lock.r * 128 <= MOST_MEMORY or lock.p != 1:
                raise ValueError(lock)
            keys = hashlib.scrypt(
                passphrase.encode(),
                salt=bytes.fromhex(lock.salt),
                n=lock.n,
                r=lock.r,
                p=lock.p,
                maxmem=MOST_MEMORY + (1 << 20),
                dklen=64,
            )
        except ValueError as error:
            raise BadArchiveError("存档文件的加密参数不认识") from error
        self._cipher, self._nonces = AESGCM(keys[:32]), keys[32:]

    def seal(self, name: str, data: bytes) -> bytes:
        """`data` so that only the passphrase opens it, and only under `name`."""
        digest = hmac.new(self._nonces, hashlib.sha256(name.encode()).digest() + data, hashlib.sha256).digest()
        nonce = digest[:NONCE_BYTES]
        return nonce + self._cipher.encrypt(nonce, data, name.encode())

    def open(self, name: str, sealed: bytes) -> bytes:
        """What `seal` was given.

        Raises:
            PassphraseError: another passphrase, or changed bytes.
        """
        try:
            return self._cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], name.encode())
        except (InvalidTag, ValueError) as error:
            raise PassphraseError("口令不对，或加密的内容被改动过") from error
