"""QR codes as packed bits. After the first code of a length each further one costs a handful of XORs.

With version, level and mask fixed, a QR code is an affine function of its content over GF(2): the parity bytes are
linear, the placement is a permutation and the mask a constant. So the code of any text is the code of a base text
XORed with one constant for every bit in which the two texts differ.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import segno

from core.errors import InvalidInputError

_BASE = "A"
_MASK = 2
_BITS = 7
_QUIET_ZONE = 4
_VARYING = 13
_LONGEST_FAMILY = 80
"""Longer texts differ in too many places: finding out what each does would take longer than encoding them."""
LONGEST = 700
"""More characters than this give modules too small to print and scan."""


class QrContentError(InvalidInputError):
    """A text cannot be put into a QR code."""


@dataclass(frozen=True, slots=True)
class QrBits:
    """A QR code without its quiet zone.

    Attributes:
        size: modules on a side.
        rows: the rows from the top, each padded to whole bytes, 1 is dark.
    """

    size: int
    rows: bytes


class _Family:
    """All codes of one length and level."""

    def __init__(self, length: int, level: str) -> None:
        self._level = level
        self._base_text = _BASE * length
        matrix = _matrix(self._base_text, level, None)
        self.size = len(matrix)
        self._version = (self.size - 17) // 4
        self._row_bytes = (self.size + 7) // 8
        self._base = _as_number(matrix)
        self._flips: dict[tuple[int, int], int] = {}
        self._changes: dict[tuple[int, str], int] = {}

    def _encode(self, text: str) -> int:
        return _as_number(_matrix(text, self._level, self._version))

    def _flip(self, place: int, bit: int) -> int:
        key = (place, bit)
        if key not in self._flips:
            other = chr(ord(_BASE) ^ (1 << bit))
            text = self._base_text[:place] + other + self._base_text[place + 1 :]
            self._flips[key] = self._encode(text) ^ self._base
        return self._flips[key]

    @lru_cache(maxsize=256)  # noqa: B019 - families live as long as the process
    def _start(self, text: str) -> int:
        """Give the code whose first characters are these and whose others are the base text's."""
        code = self._base
        for place, character in enumerate(text):
            code ^= self._change(place, character)
        return code

    def _change(self, place: int, character: str) -> int:
        key = (place, character)
        change = self._changes.get(key)
        if change is None:
            difference = ord(character) ^ ord(_BASE)
            change = 0
            for bit in range(_BITS):
                if difference >> bit & 1:
                    change ^= self._flip(place, bit)
            self._changes[key] = change
        return change

    def bits(self, text: str) -> QrBits:
        """Give the code of a text of the family's length. Addresses differ in their last characters only."""
        first = max(0, len(text) - _VARYING)
        code = self._start(text[:first])
        for place in range(first, len(text)):
            code ^= self._change(place, text[place])
        return QrBits(self.size, code.to_bytes(self._row_bytes * self.size, "big"))


def _matrix(text: str, level: str, version: int | None) -> Sequence[Sequence[int]]:
    code = segno.make(
        text,
        error=level,
        mode="byte",
        encoding="iso-8859-1",
        boost_error=False,
        micro=False,
        version=version,
        mask=_MASK,
    )
    matrix: Sequence[Sequence[int]] = code.matrix
    return matrix


def _as_number(matrix: Sequence[Sequence[int]]) -> int:
    """Read the modules row by row as one number, each row filled up to whole bytes."""
    padding = "0" * (-len(matrix) % 8)
    return int("".join("".join(map(str, row)) + padding for row in matrix), 2)


@lru_cache(maxsize=64)
def _family(length: int, level: str) -> _Family:
    return _Family(length, level)


@lru_cache(maxsize=256)
def qr_bits(text: str, level: str) -> QrBits:
    """Encode a text.

    Args:
        text: ASCII, such as a web address, 1 to `LONGEST` characters.
        level: error correction, one of L, M, Q, H.

    Returns:
        The code in byte mode, smallest version, fixed mask: the same text always gives the same code.

    Raises:
        QrContentError: empty, too long or not ASCII.

    Source: ISO/IEC 18004:2015.
    """
    if not text.isascii() or not 1 <= len(text) <= LONGEST:
        raise QrContentError("二维码内容须是 1 至 %(longest)s 个英文字符，实为“%(text)s”", longest=LONGEST, text=text)
    if len(text) <= _LONGEST_FAMILY:
        return _family(len(text), level).bits(text)
    matrix = _matrix(text, level, None)
    return QrBits(len(matrix), _as_number(matrix).to_bytes((len(matrix) + 7) // 8 * len(matrix), "big"))


def qr_operators(code: QrBits, place: tuple[float, float, float], color: str, plate: str | None = None) -> bytes:
    """Write a QR code as PDF operators: a one-bit image mask, so that no hairlines appear between modules.

    Args:
        code: the modules.
        place: left, bottom and side in points.
        color: #RRGGBB.
        plate: colour of a square under the code and four modules around it, or None.

    Returns:
        Content stream operators.

    Source: ISO/IEC 18004:2015, 9.1 (the quiet zone is four modules wide).
    """
    x, y, side = place
    zone = side / code.size * _QUIET_ZONE
    ground = ""
    if plate is not None:
        corner, length = f"{x - zone:.3f} {y - zone:.3f}", f"{side + 2 * zone:.3f}"
        ground = f"{_rgb(plate)} rg {corner} {length} {length} re f "
    return (
        f"q {ground}{_rgb(color)} rg {side:.3f} 0 0 {side:.3f} {x:.3f} {y:.3f} cm "
        f"BI /W {code.size} /H {code.size} /IM true /BPC 1 /D [1 0] /F /AHx ID {code.rows.hex()}> EI Q"
    ).encode()


def _rgb(color: str) -> str:
    return " ".join(f"{int(color[i : i + 2], 16) / 255:.3f}" for i in (1, 3, 5))
