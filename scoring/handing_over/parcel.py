"""The parcel that a tablet makes of its queue: a sealed text, packed to fit into few QR codes. Knows no database.

A parcel is JSON with ``format``, ``content`` and ``seal``. ``content`` is itself JSON, kept as text, so that the seal
covers exactly the bytes that are read; ``seal`` is HMAC-SHA256 in hex under a key that the device got when it signed
in. Inside, every row but the first of a sheet says only what differs from the row before it (`unpacked`); a press of a
module's clock stands for itself, and so do a picture and where one belongs. The picture's bytes stand beside the
content in ``photos``, key to base64; its row holds their SHA-256, so that the seal covers them, too.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.errors import InvalidInputError, NotAllowedError

FORMAT = "hand-over/1"
MOST_BYTES = 4 * 1024 * 1024
"""Of the rows; what a run of codes unfolds to at most."""
MOST_FILE_BYTES = 24 * 1024 * 1024
"""Of a file with its pictures, which a tablet cuts off well before (MOST_PICTURES in handover_view.js)."""
MOST_ROWS = 5000
GROWING = ("marks", "notes")
"""Fields of a save that are mappings; ``+marks`` holds only what was added or changed since the row before."""
STAYING = ("scheme_version_id", "doubts")
"""Fields that a save takes over from the row before where it does not name them."""

PRESS = "press"
"""Kind of a row that is a press of a module's clock; what was pressed stands in its field of that name."""
PHOTO = "photo"
"""Kind of a row that is a picture."""
CHANGE = "photo_change"
"""Kind of a row that hangs a picture on another aspect, or takes it back."""
ALONE = (PRESS, PHOTO, CHANGE)
"""Kinds of rows that no other row completes."""

Row = dict[str, Any]


class ParcelTooLargeError(InvalidInputError):
    """More than any tablet can hold of one competition."""

    code = "parcel_too_large"


class ParcelDamagedError(InvalidInputError):
    """Cut off, or no parcel of this format."""

    code = "parcel_damaged"


class ParcelForgedError(NotAllowedError):
    """The seal does not fit: changed on the way, or not made by the device that it names."""

    code = "parcel_forged"


@dataclass(frozen=True, slots=True)
class Parcel:
    """What a parcel says of itself, before anybody has checked the seal."""

    competition_id: int
    judge_id: int
    device: int
    """The device's sign-in."""
    made_at: str
    rows: Sequence[Any]
    content: str
    seal: str
    images: Mapping[str, Any]
    """Key of a picture to its bytes in base64, as far as the file has them; not checked."""

    @property
    def digest(self) -> str:
        """SHA-256 of the content, by which the audit record names the parcel."""
        return hashlib.sha256(self.content.encode()).hexdigest()


def read_parcel(data: bytes) -> Parcel:
    """The parcel in `data`, its seal not checked.

    Raises:
        ParcelTooLargeError: more than MOST_FILE_BYTES, rows of more than MOST_BYTES, or more than MOST_ROWS of them.
        ParcelDamagedError: cut off, or something else.
    """
    _require_room(len(data), MOST_FILE_BYTES)
    try:
        envelope = json.loads(data.decode("utf-8"))
        content = json.loads(envelope["content"]) if envelope["format"] == FORMAT else {}
        parcel = Parcel(
            competition_id=_number(content["competition"]),
            judge_id=_number(content["judge"]),
            device=_number(content["device"]),
            made_at=str(content["made_at"])[:40],
            rows=list(content["rows"]),
            content=str(envelope["content"]),
            seal=str(envelope["seal"]),
            images=dict(envelope.get("photos", {})),
        )
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise _damaged() from error
    _require_room(len(parcel.content), MOST_BYTES)
    if len(parcel.rows) > MOST_ROWS:
        raise ParcelTooLargeError("交接文件里有 %(n)s 次保存，一次最多 %(most)s 次", n=len(parcel.rows), most=MOST_ROWS)
    return parcel


def _require_room(size: int, most: int) -> None:
    if size > most:
        raise ParcelTooLargeError("交接文件超过 %(n)s MB，不是一台平板的评分数据", n=most // 1024 // 1024)


def _number(value: Any) -> int:
    if type(value) is not int or not 0 < value < 2**31:
        raise ValueError(value)
    return value


def _damaged() -> ParcelDamagedError:
    return ParcelDamagedError("这不是完整的交接文件：可能没有存完，或不是由评分页面生成的；请在平板上重新生成")


def sealed(key: str, content: str) -> str:
    """The seal of `content` under a device's key (64 hex digits)."""
    return hmac.new(bytes.fromhex(key), content.encode(), hashlib.sha256).hexdigest()


def require_seal(parcel: Parcel, key: str) -> None:
    """Refuse a parcel that the holder of `key` did not make.

    Raises:
        ParcelForgedError: its seal does not fit.
    """
    if not hmac.compare_digest(sealed(key, parcel.content).encode(), parcel.seal.encode()):
        raise ParcelForgedError("交接文件的校验不符：内容被改动过，或不是由这台平板生成的，没有存入任何分数")


def unpacked(rows: Sequence[Any]) -> list[Row]:
    """The rows of a sealed parcel in full, each as the device would have sent it, with ``kind``.

    Raises:
        ParcelDamagedError: a row that is no row, or one that refers to a row before it where there is none.
    """
    newest: dict[int, Row] = {}
    return [_unpacked(row, newest) for row in rows]


def _unpacked(packed: Any, newest: dict[int, Row]) -> Row:
    if not isinstance(packed, dict) or "key" not in packed:
        raise _damaged()
    return dict(packed) if packed.get("kind") in ALONE else _of_sheet(packed, newest)


def _of_sheet(packed: Row, newest: dict[int, Row]) -> Row:
    if type(packed.get("sheet_id")) is not int:
        raise _damaged()
    before = newest.get(packed["sheet_id"])
    row: Row = {"kind": "save"} | {name: value for name, value in packed.items() if not name.startswith("+")}
    if "base_revision" not in row and "base_key" not in row:
        row["base_key"] = _needed(before)["key"]
    if row["kind"] == "save":
        _take_over(row, packed, before)
        newest[row["sheet_id"]] = row
    return row


def _take_over(row: Row, packed: Row, before: Row | None) -> None:
    """Fill in what a save does not say because the one before it does."""
    for name in GROWING:
        if name not in row:
            row[name] = _grown(_needed(before)[name], packed.get(f"+{name}", {}))
    for name in STAYING:
        if name not in row:
            row[name] = _needed(before)[name]


def _needed(before: Row | None) -> Row:
    if before is None:
        raise _damaged()
    return before


def _grown(before: Any, more: Any) -> Mapping[str, Any]:
    if not isinstance(before, dict) or not isinstance(more, dict):
        raise _damaged()
    return {**before, **more}
