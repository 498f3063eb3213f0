"""The token of this installation, if it has one: named in its environment, its PIN never in the database."""

import os
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from certificates.pdf.signing import SigningKeyError
from certificates.pdf.token_signing import PkcsSigner, TokenAccess, token_signer

MODULE, LABEL, PIN, PIN_FILE = "TOKEN_MODULE", "TOKEN_LABEL", "TOKEN_PIN", "TOKEN_PIN_FILE"


def token_access(environ: Mapping[str, str] | None = None) -> TokenAccess | None:
    """How the token is reached; None where the installation has none.

    Args:
        environ: instead of the process environment. The PIN stands in a variable, or better in a file that only the
            service may read.

    Raises:
        SigningKeyError: a module is named, but no token or PIN, or the file of the PIN cannot be read.
    """
    env = os.environ if environ is None else environ
    if not env.get(MODULE):
        return None
    label, pin = env.get(LABEL, ""), env.get(PIN, "") or _pin_in(env.get(PIN_FILE, ""))
    if not label or not pin:
        raise SigningKeyError("已设 %(module)s，还须设 %(rest)s", module=MODULE, rest=f"{LABEL}、{PIN_FILE}")
    return TokenAccess(Path(env[MODULE]), label, pin)


def _pin_in(path: str) -> str:
    if not path:
        return ""
    try:
        return Path(path).read_text("utf-8").strip()
    except OSError as error:
        raise SigningKeyError("读不到 PIN 文件 %(path)s", path=path) from error


def has_token() -> bool:
    """Whether keys of a token can be registered here."""
    return bool(os.environ.get(MODULE))


def signer_on_token(key_label: str) -> PkcsSigner:
    """The signer with a key of this installation's token, opened.

    Raises:
        SigningKeyError: no token here, or see `token_signing.token_signer`.
    """
    access = token_access()
    if access is None:
        raise SigningKeyError("这台服务器没有接签名介质（TOKEN_MODULE）")
    return _opened(access, key_label)


@lru_cache(maxsize=8)
def _opened(access: TokenAccess, key_label: str) -> PkcsSigner:
    return token_signer(access, key_label)
