"""What a PDF's signature proves, found by a checker that shares nothing with the writer."""

import io
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pyhanko.keys import load_certs_from_pemder_data
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import EmbeddedPdfSignature, SignatureCoverageLevel, validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from core.errors import InvalidInputError

_LOGGER = logging.getLogger("pyhanko")


class UnreadablePdfError(InvalidInputError):
    """A file is no PDF, or damaged so that nothing can be said about it."""


class TrustFileError(InvalidInputError):
    """A file of trusted certificates holds none."""


@dataclass(frozen=True, slots=True)
class SignatureFinding:
    """What was found out about one signature.

    Attributes:
        signer: the name in the signer's certificate.
        is_intact: what was signed is unchanged and the signature fits.
        covers_file: nothing was added after signing.
        is_trusted: the signer's certificate leads to one of the trusted roots.
    """

    signer: str
    is_intact: bool
    covers_file: bool
    is_trusted: bool


def check_signatures(pdf: bytes, roots: bytes = b"") -> list[SignatureFinding]:
    """Check every signature of a file, without network.

    Args:
        pdf: the file.
        roots: PEM file with the certificates to trust; empty trusts nobody.

    Returns:
        One finding a signature; none if the file is not signed.

    Raises:
        UnreadablePdfError: not a readable PDF.
        TrustFileError: `roots` holds no certificate.
    """
    trusted = _certificates(roots) if roots else []
    _LOGGER.setLevel(logging.CRITICAL)  # it reports every doubt with a traceback; the findings say the same
    try:
        reader = PdfFileReader(io.BytesIO(pdf), strict=False)
        return [_finding(signature, trusted) for signature in list(reader.embedded_signatures)]
    except (PdfError, ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise UnreadablePdfError("文件不是完好的 PDF，无法核验") from error


def _finding(signature: EmbeddedPdfSignature, trusted: Sequence[Any]) -> SignatureFinding:
    context = ValidationContext(trust_roots=list(trusted), allow_fetching=False)
    status = validate_pdf_signature(signature, context)
    return SignatureFinding(
        signer=str(signature.signer_cert.subject.native.get("common_name", "")),
        is_intact=bool(status.intact and status.valid),
        covers_file=status.coverage is SignatureCoverageLevel.ENTIRE_FILE and bool(status.docmdp_ok),
        is_trusted=bool(status.trusted),
    )


def _certificates(roots: bytes) -> list[Any]:
    try:
        found = list(load_certs_from_pemder_data(roots))
    except ValueError as error:
        raise TrustFileError("受信根证书文件应为 PEM") from error
    if not found:
        raise TrustFileError("受信根证书文件中没有证书")
    return found
