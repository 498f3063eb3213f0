"""What a measured certificate consists of: runs of text at exact places, and the problems met on the way."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from certificates.layouts.layout import Box, Item
from core.errors import InvalidInputError
from core.messages import joined, message

MM = 72 / 25.4
"""Points in a millimetre."""


class Severity(StrEnum):
    """Whether a problem stops a certificate or is only worth knowing."""

    ERROR = "error"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something about one item of one certificate.

    Attributes:
        kind: ``missing_glyph``, ``missing_value``, ``overflow``, ``missing_asset``, ``shrunk`` or ``fallback_font``.
        item: id of the item.
        box: where it is on the page, in millimetres.
        message: a Chinese sentence that a page can say in another language.
        severity: an error stops the certificate; a note does not.
    """

    kind: str
    item: str
    box: Box
    message: str
    severity: Severity = Severity.ERROR


class Run(NamedTuple):
    """Characters in one face and size on one baseline.

    Attributes:
        x: start, in points from the left edge of the page.
        y: baseline, in points from the bottom edge.
        face: name of a face in the font book.
        size: points.
        color: #RRGGBB.
        spacing: points added after every character.
        text: the characters.
    """

    x: float
    y: float
    face: str
    size: float
    color: str
    spacing: float
    text: str


@dataclass(frozen=True, slots=True)
class Placed:
    """One item, measured.

    Attributes:
        item: the item of the layout.
        runs: its text; empty for drawings.
        text: its whole text in reading order, or the content of a QR code.
        problems: what is wrong with it.
    """

    item: Item
    runs: tuple[Run, ...] = ()
    text: str = ""
    problems: tuple[Problem, ...] = ()


class CertificateRefusedError(InvalidInputError):
    """A certificate cannot be made as it should be, so it is not made.

    Attributes:
        problems: every error, not only the first.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        reasons = joined((problem.message for problem in self.problems), message("；"))
        super().__init__("证书不能生成：%(reasons)s", reasons=reasons)


def errors_of(placed: Iterable[Placed]) -> tuple[Problem, ...]:
    """Collect the problems that stop a certificate."""
    return tuple(p for item in placed for p in item.problems if p.severity is Severity.ERROR)
