"""A token in software: SoftHSM with keys and certificates of the test authority, or a skip in one line."""

import atexit
import importlib.util
import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from signing_keys import KEYS, ROOT, certificate

MODULES = ("/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so")
LABEL, PIN = "tests", "4711-0815"


@dataclass(frozen=True)
class SoftToken:
    """What a program needs to reach it."""

    module: Path
    label: str
    pin: str


@cache
def soft_token() -> SoftToken:
    """A token with every key of `KEYS`, its certificate and the root above, one for the whole process."""
    tool, module = shutil.which("softhsm2-util"), next((path for path in MODULES if Path(path).exists()), None)
    if tool is None or module is None or importlib.util.find_spec("pkcs11") is None:
        pytest.skip("SoftHSM or python-pkcs11 is not installed")
    folder = Path(tempfile.mkdtemp(prefix="soft-token-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    tokens = folder / "tokens"
    tokens.mkdir()
    settings = folder / "softhsm2.conf"
    settings.write_text(f"directories.tokendir = {tokens}\nobjectstore.backend = file\nlog.level = ERROR\n")
    os.environ["SOFTHSM2_CONF"] = str(settings)
    _run(tool, "--init-token", "--free", "--label", LABEL, "--pin", PIN, "--so-pin", PIN)
    for number, (name, key) in enumerate(KEYS.items(), start=1):
        path = folder / f"{number}.pem"
        path.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        _run(tool, "--import", str(path), "--token", LABEL, "--label", name, "--id", f"{number:02}", "--pin", PIN)
    _put_certificates(module)
    return SoftToken(Path(module), LABEL, PIN)


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)


def _put_certificates(module: str) -> None:
    import pkcs11
    from pkcs11.util.x509 import decode_x509_certificate

    session = pkcs11.lib(module).get_token(token_label=LABEL).open(rw=True, user_pin=PIN)
    held = [(bytes([n]), certificate(key)) for n, key in enumerate(KEYS.values(), start=1)]
    for identity, one in [*held, (b"\x7f", ROOT)]:
        described = decode_x509_certificate(one.public_bytes(serialization.Encoding.DER))
        session.create_object({**described, pkcs11.Attribute.TOKEN: True, pkcs11.Attribute.ID: identity})
    session.close()
