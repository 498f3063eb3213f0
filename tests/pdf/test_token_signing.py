"""A key on a token signs files that independent checkers accept; what is wrong with the token is said."""

import io
from dataclasses import replace
from pathlib import Path

import pytest
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives import serialization
from pdf_reading import said_by
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
from signing_keys import KEYS, ROOT, certificate
from soft_token import soft_token

from certificates.layouts.layout import Layout
from certificates.pdf.press import Press
from certificates.pdf.signing import SigningKeyError
from certificates.pdf.token_signing import TokenAccess, token_signer


@pytest.fixture(scope="module")
def access() -> TokenAccess:
    token = soft_token()
    return TokenAccess(token.module, token.label, token.pin)


@pytest.fixture
def dated(values: dict[str, str]) -> dict[str, str]:
    return values | {"issue.day": "2026-11-21"}


@pytest.mark.parametrize("name", KEYS)
def test_pyhanko_and_poppler_accept_what_a_token_signed(
    access: TokenAccess, gold: Layout, dated: dict[str, str], name: str, tmp_path: Path, poppler: None
) -> None:
    signer = token_signer(access, name)
    pdf = Press(gold, signer=signer).stamp(dated)

    root = asn1_x509.Certificate.load(ROOT.public_bytes(serialization.Encoding.DER))
    (signature,) = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
    found = validate_pdf_signature(signature, ValidationContext(trust_roots=[root], allow_fetching=False))
    assert found.bottom_line
    assert found.trusted
    assert found.coverage.name == "ENTIRE_FILE"
    assert "Signature is Valid" in said_by(["pdfsig", "-nocert"], pdf, tmp_path)


@pytest.mark.parametrize("name", KEYS)
def test_the_chain_on_the_token_goes_into_the_file_the_own_certificate_first(access: TokenAccess, name: str) -> None:
    signer = token_signer(access, name)
    assert [one.subject for one in signer.certificates] == [certificate(KEYS[name]).subject, ROOT.subject]
    assert signer.public_key == KEYS[name].public_key()
    assert max(len(signer.sign(bytes([n] * 32))) for n in range(20)) <= signer.room


def test_a_pin_is_shown_nowhere(access: TokenAccess) -> None:
    assert access.pin not in repr(access)


@pytest.mark.parametrize(
    ("wrong", "label", "words"),
    [
        ({"pin": "0000"}, "P-256", "PIN 不对"),
        ({"label": "another"}, "P-256", "没有找到签名介质“another”"),
        ({"module": Path("/nowhere/lib.so")}, "P-256", "打不开签名介质的驱动"),
        ({}, "no such key", "没有这个标签的私钥"),
    ],
)
def test_what_is_wrong_is_said_and_the_next_try_succeeds(
    access: TokenAccess, wrong: dict[str, object], label: str, words: str
) -> None:
    token_signer(access, "P-256")  # a session is open; a wrong PIN must not be covered up by it
    with pytest.raises(SigningKeyError, match=words):
        token_signer(replace(access, **wrong), label)  # type: ignore[arg-type]
    assert token_signer(access, "P-256").sign(bytes(32))
