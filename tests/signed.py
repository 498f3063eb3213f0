"""Certificates that are issued with a signature, by a key of the authority for tests."""

from dataclasses import replace

from awarded import TERMS, Published, issue, make_awarded
from cryptography.hazmat.primitives import serialization
from signing_keys import KEYS, ROOT, certificate, pem

from certificates.issue.values import Terms
from certificates.signing_keys.registering import RegisterKey, register_key
from core import jobs

BODY = "河北省总工会"
ROOTS = ROOT.public_bytes(serialization.Encoding.PEM)


def file_with(kind: str = "P-256", password: str | None = None) -> bytes:
    """Key and chain as PEM."""
    key = KEYS[kind]
    return pem(key, certificate(key), ROOT, password=password.encode() if password else None)


def register(published: Published, data: bytes | None = None, **over: object) -> int:
    """Register a signing key, that of a file unless `data` is given; its id."""
    given = {"body": BODY, "password": "", "gives_credentials": False} | over
    return register_key(
        RegisterKey(
            competition_id=published.competition_id,
            data=data if data is not None else file_with(),
            actor=published.organiser,
            **given,  # type: ignore[arg-type]
        )
    )


def terms(key_id: int) -> Terms:
    """Terms of an issue that is signed with this key."""
    return replace(TERMS, key_id=key_id)


def make_signed(data: bytes | None = None, **over: object) -> Published:
    """A final result whose certificates are issued and signed."""
    published = make_awarded()
    issue(published, terms(register(published, data, **over)))
    jobs.sweep()
    return published
