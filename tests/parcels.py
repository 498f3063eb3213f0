"""Parcels as a tablet makes them, for tests without a browser."""

import hashlib
import json
import zlib
from typing import Any
from uuid import uuid4

from core.auth import DEVICE_LIFE, SignIn, Subject, SubjectKind, hashed, sign_in
from core.db import db
from scoring.handing_over.codes import ALPHABET
from scoring.handing_over.keys import device_key
from scoring.handing_over.parcel import FORMAT, sealed


def make_device(judge: Any) -> SignIn:
    """A device on which the judge is signed in."""
    subject = Subject(SubjectKind.JUDGE, judge.id, judge.name, DEVICE_LIFE, judge.competition_id, judge.role)
    token = sign_in(subject, "Mozilla/5.0 (Linux; Android 9) Chrome/90.0 Safari/537.36")
    return db.session.query(SignIn).filter_by(token_hash=hashed(token)).one()


def save(sheet_id: int, marks: dict[str, str | None], **over: Any) -> dict[str, Any]:
    """The first save of a sheet, in full."""
    row = {"key": str(uuid4()), "sheet_id": sheet_id, "marks": marks, "notes": {}, "doubts": []}
    return row | {"base_revision": 0, "scheme_version_id": None} | over


def later(before: dict[str, Any], marks: dict[str, str | None]) -> dict[str, Any]:
    """The save behind another one, saying only what was added."""
    return {"key": str(uuid4()), "sheet_id": before["sheet_id"], "+marks": marks}


def make_parcel(made_by: SignIn, rows: list[Any], *, key: str | None = None, **over: Any) -> bytes:
    """The rows of a device, sealed; `over` changes what the parcel says of itself."""
    row = made_by
    head = {"competition": row.competition_id, "judge": row.subject_id, "device": row.id}
    head |= {"made_at": "2026-10-18T01:30:00.000Z"} | over
    content = json.dumps({**head, "rows": rows}, ensure_ascii=False, separators=(",", ":"))
    seal = sealed(key or device_key(row), content)
    return json.dumps({"format": FORMAT, "content": content, "seal": seal}, ensure_ascii=False).encode()


def make_codes(data: bytes, room: int = 200, *, deflate: bool = True) -> list[str]:
    """A parcel as the texts of its QR codes."""
    packed = zlib.compress(data) if deflate else data
    text = ""
    for start in range(0, len(packed), 2):
        pair = packed[start : start + 2]
        value = int.from_bytes(pair, "big")
        for _ in range(len(pair) + 1):
            value, digit = divmod(value, 45)
            text += ALPHABET[digit]
    pieces = [text[start : start + room] for start in range(0, len(text), room)]
    name = hashlib.sha256(data).hexdigest()[:8].upper()
    kind = "Z" if deflate else "P"
    return [
        f"HO1{kind}/{name}/{n}/{len(pieces)}/{hashlib.sha256(piece.encode()).hexdigest()[:8].upper()}/{piece}/"
        for n, piece in enumerate(pieces, start=1)
    ]
