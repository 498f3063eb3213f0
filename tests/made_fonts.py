"""Makers of small fonts: with TrueType or PostScript outlines, any licence flags, for characters nobody else has."""

import io
from typing import Any

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.t2CharStringPen import T2CharStringPen
from fontTools.pens.ttGlyphPen import TTGlyphPen

LACKING = "\U000323af"
"""At the end of CJK Extension H, which no font of the house covers."""


def made_font(characters: str = LACKING, *, postscript: bool = False, rights: int = 0, **os2: Any) -> bytes:
    """A font with a square for every character.

    Args:
        characters: what it draws.
        postscript: outlines as in an .otf file.
        rights: fsType of the table OS/2.
    """
    names = [".notdef", "space", *(f"u{ord(c):X}" for c in characters)]
    builder = FontBuilder(1000, isTTF=not postscript)
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap({0x20: "space"} | {ord(c): f"u{ord(c):X}" for c in characters})
    if postscript:
        builder.setupCFF("Made", {"FullName": "Made"}, {name: _curve(name) for name in names}, {})
    else:
        builder.setupGlyf({name: _square(name) for name in names})
    builder.setupHorizontalMetrics(dict.fromkeys(names, (1000, 0)))
    builder.setupHorizontalHeader(ascent=880, descent=-120)
    builder.setupNameTable({"familyName": "Made Song", "styleName": "Regular", "psName": "MadeSong"})
    builder.setupOS2(fsType=rights, **os2)
    builder.setupPost()
    builder.font["head"].created = builder.font["head"].modified = 3_800_000_000
    out = io.BytesIO()
    builder.font.recalcTimestamp = False
    builder.save(out)
    return out.getvalue()


_CORNERS = ((100, 0), (100, 800), (900, 800), (900, 0))


def _square(name: str) -> Any:
    pen = TTGlyphPen(None)
    if name != "space":
        _draw(pen)
    return pen.glyph()


def _curve(name: str) -> Any:
    pen = T2CharStringPen(1000, None)
    if name != "space":
        _draw(pen)
    return pen.getCharString()


def _draw(pen: Any) -> None:
    pen.moveTo(_CORNERS[0])
    for corner in _CORNERS[1:]:
        pen.lineTo(corner)
    pen.closePath()
