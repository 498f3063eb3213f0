"""Personal data at rest: encrypted columns, a blind index to find a person by document number, masking.

Keys are derived from the installation's data key. AES-256-GCM with a random nonce; the index is an HMAC, so that
the same document gives the same index and the number cannot be read from it.
"""

import hashlib
import hmac
import os

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app

NONCE_BYTES = 12


def _key(purpose: str) -> bytes:
    secret = current_app.config["DATA_KEY"].encode()
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose.encode()).derive(secret)


def encrypt(text: str) -> bytes:
    """`text` so that only this installation reads it: nonce and sealed bytes."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(_key("personal-data")).encrypt(nonce, text.encode(), None)


def decrypt(sealed: bytes) -> str:
    """The text that `encrypt` was given.

    Raises:
        cryptography.exceptions.InvalidTag: another data key, or changed bytes.
    """
    return AESGCM(_key("personal-data")).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], None).decode()


def seal_file(data: bytes, name: str) -> bytes:
    """A file so that only this installation reads it, and only under `name`: no other file can take its place."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(_key("files")).encrypt(nonce, data, name.encode())


def unseal_file(sealed: bytes, name: str) -> bytes:
    """The file that `seal_file` was given.

    Raises:
        cryptography.exceptions.InvalidTag: another data key, another name, or changed bytes.
    """
    return AESGCM(_key("files")).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], name.encode())


def blind_index(kind: str, number: str) -> str:
    """A fingerprint of a document, 64 hex digits: equal for equal documents, and no way back."""
    text = f"{kind}\0{number.strip().upper()}"
    return hmac.new(_key("blind-index"), text.encode(), hashlib.sha256).hexdigest()


def derived_code(purpose: str, *parts: object) -> str:
    """A secret code of 8 characters that only this installation can make again, as for a contestant's sheet.

    Characters are those that nobody confuses: no 0, O, 1, I, L.
    """
    alphabet = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
    text = "\0".join([purpose, *map(str, parts)])
    number = int.from_bytes(hmac.new(_key("codes"), text.encode(), hashlib.sha256).digest()[:16], "big")
    digits = []
    for _ in range(8):
        number, digit = divmod(number, len(alphabet))
        digits.append(alphabet[digit])
    return "".join(digits)


def masked(number: str) -> str:
    """A document number as it may be shown to those who work with it: the first 4 and the last 2 characters.

    Public pages show none of it.
    """
    if len(number) <= 6:
        return "*" * len(number)
    return number[:4] + "*" * (len(number) - 6) + number[-2:]
