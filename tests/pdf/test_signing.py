"""Two independent checkers accept the signature; a changed byte, a later edit and a strange root are found."""

import io
from pathlib import Path

import pytest
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from pdf_reading import said_by
from pyhanko.pdf_utils.generic import NumberObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import PdfSignatureStatus
from pyhanko_certvalidator import ValidationContext
from signing_keys import KEYS, ROOT, certificate, pem

from certificates.layouts.layout import Layout
from certificates.pdf.cms import der, object_id
from certificates.pdf.press import IssueDayError, Press
from certificates.pdf.signing import PemSigner, SigningKeyError, read_signer
from certificates.pdf.single import UndatedSignatureError


@pytest.fixture(params=KEYS, scope="module")
def signer(request: pytest.FixtureRequest) -> PemSigner:
    key = KEYS[request.param]
    return read_signer(pem(key, certificate(key), ROOT))


@pytest.fixture
def dated(values: dict[str, str]) -> dict[str, str]:
    return values | {"issue.day": "2026-11-21"}


def status(pdf: bytes, *, trusting: bool = True) -> PdfSignatureStatus:
    root = asn1_x509.Certificate.load(ROOT.public_bytes(serialization.Encoding.DER))
    context = ValidationContext(trust_roots=[root] if trusting else [], allow_fetching=False)
    (signature,) = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
    return validate_pdf_signature(signature, context)


def test_pyhanko_finds_the_signature_valid_trusted_and_over_the_whole_file(
    gold: Layout, dated: dict[str, str], signer: PemSigner
) -> None:
    found = status(Press(gold, signer=signer).stamp(dated))
    assert found.bottom_line
    assert found.intact
    assert found.valid
    assert found.trusted
    assert found.docmdp_ok
    assert found.coverage.name == "ENTIRE_FILE"


@pytest.mark.usefixtures("poppler")
def test_poppler_finds_the_signature_valid_over_the_whole_document(
    gold: Layout, dated: dict[str, str], signer: PemSigner, tmp_path: Path
) -> None:
    said = said_by(["pdfsig", "-nocert"], Press(gold, signer=signer).stamp(dated), tmp_path)
    assert "Signature is Valid" in said
    assert "Total document signed" in said
    assert "ETSI.CAdES.detached" in said
    assert "云岭省总工会（测试）" in said


def test_a_signed_file_repeats_byte_for_byte(gold: Layout, dated: dict[str, str], signer: PemSigner) -> None:
    assert Press(gold, signer=signer).stamp(dated) == Press(gold, signer=signer).stamp(dated)


@pytest.mark.parametrize("share", [0.05, 0.4, 0.8])
def test_a_flipped_bit_anywhere_is_found(gold: Layout, dated: dict[str, str], signer: PemSigner, share: float) -> None:
    pdf = bytearray(Press(gold, signer=signer).stamp(dated))
    start = pdf.index(b"/Contents <00" if b"/Contents <00" in pdf else b"/Contents <30")
    place = int(len(pdf) * share)
    assert not start < place < pdf.index(b">", start + 12)
    stream = pdf.index(b"stream", place) + 8
    pdf[stream] ^= 1
    assert not status(bytes(pdf)).bottom_line


def test_a_later_edit_is_found(gold: Layout, dated: dict[str, str], signer: PemSigner) -> None:
    writer = IncrementalPdfFileWriter(io.BytesIO(Press(gold, signer=signer).stamp(dated)))
    page = writer.root["/Pages"]["/Kids"][0].get_object()
    page["/Rotate"] = NumberObject(90)
    writer.update_container(page)
    edited = io.BytesIO()
    writer.write(edited)
    found = status(edited.getvalue())
    assert not found.bottom_line
    assert not found.docmdp_ok


def test_a_signer_nobody_knows_is_not_trusted(gold: Layout, dated: dict[str, str], signer: PemSigner) -> None:
    found = status(Press(gold, signer=signer).stamp(dated), trusting=False)
    assert found.intact
    assert found.valid
    assert not found.trusted


def test_a_signature_without_a_day_is_refused(gold: Layout, values: dict[str, str], signer: PemSigner) -> None:
    with pytest.raises(UndatedSignatureError, match=r"issue\.day"):
        Press(gold, signer=signer).stamp({k: v for k, v in values.items() if k != "issue.day"})


@pytest.mark.parametrize("day", ["2026年11月21日", "2026-13-01", "yesterday"])
def test_a_day_that_is_none_is_refused(gold: Layout, values: dict[str, str], day: str) -> None:
    with pytest.raises(IssueDayError, match=day):
        Press(gold).stamp(values | {"issue.day": day})


def test_a_key_with_a_password_opens_with_it_and_not_without() -> None:
    key = KEYS["P-256"]
    file = pem(key, certificate(key), password="秘密".encode())
    assert read_signer(file, "秘密".encode()).name == "云岭省总工会（测试）"
    for wrong in (None, b"no"):
        with pytest.raises(SigningKeyError):
            read_signer(file, wrong)


def test_keys_that_readers_do_not_check_are_refused() -> None:
    for key in (
        ed25519.Ed25519PrivateKey.generate(),
        ec.generate_private_key(ec.SECP384R1()),
        rsa.generate_private_key(65537, 1024),
    ):
        with pytest.raises(SigningKeyError, match="P-256"):
            read_signer(pem(key, certificate(key)))


def test_a_file_without_key_or_certificate_or_with_another_certificate_is_refused() -> None:
    key, other = KEYS["P-256"], KEYS["RSA-2048"]
    for file in (b"", b"nothing", pem(key), pem(key, certificate(key)).split(b"-----BEGIN CERT")[0]):
        with pytest.raises(SigningKeyError, match="PEM"):
            read_signer(file)
    with pytest.raises(SigningKeyError, match="不配对"):
        read_signer(pem(key, certificate(other)))


def test_der_lengths_and_identifiers_are_encoded_as_the_standard_has_them() -> None:
    assert der(0x04, b"ab") == b"\x04\x02ab"
    assert der(0x04, bytes(127))[:2] == b"\x04\x7f"
    assert der(0x04, bytes(128))[:3] == b"\x04\x81\x80"
    assert der(0x04, bytes(256))[:4] == b"\x04\x82\x01\x00"
    assert object_id("1.2.840.113549.1.7.2").hex() == "06092a864886f70d010702"
