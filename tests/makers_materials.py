"""Makers of what certificates are drawn with: pictures, layouts and seals of an organiser."""

import io
import struct
import zlib
from datetime import timedelta
from typing import Any

from factories import make_account, make_actor, sign_in_account
from flask.testing import FlaskClient
from PIL import Image, ImageDraw

from certificates.layouts.loading import builtin_source
from certificates.layouts.reader import read_json
from certificates.materials.own_layouts import AddLayout, add_layout, key_of, own_layout_of
from certificates.materials.seals import (
    ConfirmSeal,
    RecordSeal,
    RevokeSeal,
    SealPaper,
    confirm_seal,
    record_seal,
    revoke_seal,
)
from core.clock import competition_day
from core.db import db
from core.permissions import Role

OWNER = "河北省总工会"
SEAL = "省总工会公章"


def base(competition_id: int) -> str:
    return f"/certificates/competitions/{competition_id}"


def signed_in(client: FlaskClient, competition_id: int, role: Role = Role.ORGANISER) -> FlaskClient:
    return sign_in_account(client, make_account(role=role, competition_id=competition_id))


def png(width: int = 60, height: int = 60) -> bytes:
    image = Image.new("RGBA", (width, height), (0, 0, 0, 0))
    ImageDraw.Draw(image).ellipse((4, 4, width - 4, height - 4), outline=(200, 0, 0, 255), width=4)
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def huge_png(side: int = 10_000) -> bytes:
    """A well-formed picture of 100 megapixels in a few kilobytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    packer = zlib.compressobj(9)
    rows = b"".join(packer.compress(bytes(side // 8 + 1)) for _ in range(side)) + packer.flush()
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def file(data: bytes, name: str = "x.png") -> tuple[io.BytesIO, str]:
    return io.BytesIO(data), name


def own_layout(competition_id: int, document: dict[str, Any]) -> str:
    actor = make_actor(Role.ORGANISER, competition_id)
    layout_id = add_layout(AddLayout(competition_id, document, "试", actor))
    return key_of(own_layout_of(db.session(), competition_id, layout_id))


def sealed_layout(competition_id: int, owner: str = "{issuer.1.name}") -> str:
    """A layout of one's own that asks for the picture of a seal."""
    document = read_json(builtin_source("plain-red"))
    items = [dict(item) for item in document["items"] if item["type"] != "seal"]
    items.append(
        {"id": "stamp", "type": "seal", "box": [180, 150, 39, 39], "font": "body", "owner": owner, "asset": SEAL}
    )
    return own_layout(competition_id, document | {"items": items})


def paper(**over: Any) -> SealPaper:
    today = competition_day()
    values: dict[str, Any] = {
        "name": SEAL,
        "owner": OWNER,
        "authorised_by": "王主席",
        "document": "关于使用电子印章的批复（冀工办〔2026〕12号）",
        "valid_from": today - timedelta(days=1),
        "valid_until": today + timedelta(days=1),
    }
    return SealPaper(**(values | over))


def make_seal(competition_id: int, *, confirmed: bool = True, **over: Any) -> int:
    actor = make_actor(Role.ORGANISER, competition_id, subject_id=901)
    seal_id = record_seal(RecordSeal(competition_id, paper(**over), png(), actor))
    if confirmed:
        second = make_actor(Role.SUPERVISOR, competition_id, subject_id=902, name="冯监督")
        confirm_seal(ConfirmSeal(competition_id, seal_id, second))
    return seal_id


def revoke(competition_id: int, seal_id: int) -> None:
    revoke_seal(RevokeSeal(competition_id, seal_id, "印章更换", make_actor(Role.ORGANISER, competition_id)))
