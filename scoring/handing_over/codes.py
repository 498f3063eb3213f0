"""A parcel as a run of QR codes: each code says which of how many it is and proves itself. Knows no database.

The text of a code is ``HO1<z>/<id>/<i>/<n>/<check>/<data>/``: ``z`` is Z for a deflated run or P for a plain one,
``id`` names the run, ``i`` of ``n`` the place, ``check`` begins the SHA-256 of the data, and ``data`` is a piece
of the parcel in Base45 (RFC 9285), which QR codes hold almost without loss and which survives as text.
"""

import hashlib
import re
import zlib
from collections.abc import Iterable
from dataclasses import dataclass

from core.errors import InvalidInputError
from scoring.handing_over.parcel import MOST_BYTES, ParcelDamagedError, ParcelTooLargeError

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
VALUES = {char: value for value, char in enumerate(ALPHABET)}
CODE = re.compile(r"HO1([ZP])/([0-9A-F]{8})/([1-9]\d{0,2})/([1-9]\d{0,2})/([0-9A-F]{8})/([0-9A-Z $%*+\-./:]+)/")
CHECK_DIGITS = 8


class CodesMissingError(InvalidInputError):
    """Codes of a run that nobody has shown yet; names them."""

    code = "codes_missing"


@dataclass(frozen=True, slots=True)
class Run:
    """The codes of one parcel that are known so far: place to text."""

    id: str
    count: int
    is_deflated: bool
    parts: dict[int, str]

    @property
    def missing(self) -> list[int]:
        """Places that are not known, from 1."""
        return [place for place in range(1, self.count + 1) if place not in self.parts]


def runs_of(texts: Iterable[str]) -> list[Run]:
    """The runs that the texts of codes make up, by their first code; what is no code of ours is left out."""
    found: dict[tuple[str, str, str], Run] = {}
    for text in texts:
        match = CODE.fullmatch(text)
        if match is None:
            continue
        kind, run_id, place, count, check, data = match.groups()
        if int(place) > int(count) or _check(data) != check:
            continue
        run = found.setdefault((kind, run_id, count), Run(run_id, int(count), kind == "Z", {}))
        run.parts[int(place)] = data
    return list(found.values())


def _check(data: str) -> str:
    return hashlib.sha256(data.encode()).hexdigest()[:CHECK_DIGITS].upper()


def parcel_of(run: Run) -> bytes:
    """The parcel that a complete run carries.

    Raises:
        CodesMissingError: some codes are not there; says which.
        ParcelDamagedError, ParcelTooLargeError: the codes do not fit together, or unfold to too much.
    """
    if run.missing:
        places = "、".join(map(str, run.missing[:20])) + ("…" if len(run.missing) > 20 else "")
        raise CodesMissingError("共 %(n)s 张二维码，还缺第 %(places)s 张", n=run.count, places=places)
    data = _bytes_of("".join(run.parts[place] for place in range(1, run.count + 1)))
    return _inflated(data) if run.is_deflated else data


def _bytes_of(text: str) -> bytes:
    found = bytearray()
    for start in range(0, len(text), 3):
        digits = [VALUES[char] for char in text[start : start + 3]]
        value = sum(digit * 45**place for place, digit in enumerate(digits))
        size = len(digits) - 1
        if size < 1 or value >= 256**size:
            raise ParcelDamagedError("二维码的内容拼不起来，请在平板上重新生成")
        found += value.to_bytes(size, "big")
    return bytes(found)


def _inflated(data: bytes) -> bytes:
    inflater = zlib.decompressobj()
    try:
        text = inflater.decompress(data, MOST_BYTES + 1)
    except zlib.error as error:
        raise ParcelDamagedError("二维码的内容拼不起来，请在平板上重新生成") from error
    if len(text) > MOST_BYTES:
        raise ParcelTooLargeError("交接文件超过 %(n)s MB，不是一台平板的评分数据", n=MOST_BYTES // 1024 // 1024)
    if not inflater.eof:
        raise ParcelDamagedError("二维码的内容拼不起来，请在平板上重新生成")
    return text
