"""What the checker says about files of ours: signed, altered, added to, unsigned, damaged."""

import io

import pytest
from pyhanko.pdf_utils.generic import NumberObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from signing_keys import KEYS, ROOT, certificate, pem

from certificates.layouts.layout import Layout
from certificates.pdf.press import Press
from certificates.pdf.reading import PdfReadingError, picture_of, text_of
from certificates.pdf.signature_check import TrustFileError, UnreadablePdfError, check_signatures
from certificates.pdf.signing import read_signer

ROOTS = pem(KEYS["P-256"], ROOT).partition(b"-----BEGIN CERT")
TRUST = ROOTS[1] + ROOTS[2]


@pytest.fixture(scope="module")
def signed() -> bytes:
    from certificates.layouts.loading import builtin_layout

    layout = builtin_layout("huiwen-gold")
    signer = read_signer(pem(KEYS["P-256"], certificate(KEYS["P-256"])))
    return Press(layout, signer=signer).stamp(layout.samples() | {"issue.day": "2026-11-21"})


def test_a_signed_file_is_intact_and_trusted_by_its_root(signed: bytes) -> None:
    (finding,) = check_signatures(signed, TRUST)
    assert (finding.signer, finding.is_intact, finding.covers_file, finding.is_trusted) == (
        "云岭省总工会（测试）",
        True,
        True,
        True,
    )


def test_without_its_root_it_is_intact_but_not_trusted(signed: bytes) -> None:
    (finding,) = check_signatures(signed)
    assert finding.is_intact
    assert not finding.is_trusted


def test_a_changed_byte_is_found(signed: bytes) -> None:
    changed = bytearray(signed)
    place = changed.index(b"stream", len(changed) // 2) + 40
    changed[place] ^= 1
    (finding,) = check_signatures(bytes(changed), TRUST)
    assert not finding.is_intact


def test_what_was_added_later_is_found(signed: bytes) -> None:
    writer = IncrementalPdfFileWriter(io.BytesIO(signed))
    page = writer.root["/Pages"]["/Kids"][0].get_object()
    page["/Rotate"] = NumberObject(90)
    writer.update_container(page)
    added = io.BytesIO()
    writer.write(added)
    (finding,) = check_signatures(added.getvalue(), TRUST)
    assert finding.is_intact
    assert not finding.covers_file


def test_an_unsigned_file_has_no_findings(gold: Layout, values: dict[str, str]) -> None:
    assert check_signatures(Press(gold).stamp(values)) == []


def test_damaged_files_and_trust_files_are_refused(signed: bytes) -> None:
    for damaged in (b"", b"hello", signed[: len(signed) // 3]):
        with pytest.raises(UnreadablePdfError):
            check_signatures(damaged)
    for roots in (b"nothing", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"):
        with pytest.raises(TrustFileError):
            check_signatures(signed, roots)


def test_words_and_pictures_of_what_is_no_pdf_are_refused() -> None:
    for read in (text_of, lambda pdf: picture_of(pdf, 96)):
        with pytest.raises(PdfReadingError):
            read(b"hello")
