"""补字 fonts: of a font that an organiser hands in, the glyphs that the house lacks, as a small TrueType file."""

import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from fontTools import subset
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont, newTable

from certificates.pdf.fonts import house_face
from certificates.pdf.truetype import Face, FontFileError
from core.characters import is_private_use

MOST_CHARACTERS = 20_000
MOST_OUTLINES = 4_000
"""Characters of a font with PostScript outlines, which are redrawn one by one."""
_RESTRICTED, _NO_SUBSET, _BITMAPS_ONLY = 0x0002, 0x0100, 0x0200
_TRUETYPE, _POSTSCRIPT = (b"\x00\x01\x00\x00", b"true"), b"OTTO"
_ERROR = 1.0
"""How far a redrawn outline may lie from the original, in units of a thousandth of the font size."""


@dataclass(frozen=True, slots=True)
class Supplement:
    """What is kept of a font: its family, the characters that it adds, and their glyphs as a TrueType file."""

    family: str
    characters: str
    content: bytes


def made_supplement(name: str, data: bytes) -> Supplement:
    """Read a font and keep the glyphs that no font of the house has.

    Args:
        name: of the file, for messages.
        data: a TrueType (.ttf) or OpenType (.otf) font.

    Returns:
        The supplement; the same file always gives the same bytes.

    Raises:
        FontFileError: no such font, damaged, its licence flags forbid embedding, or it adds nothing.

    Source: OpenType specification, table OS/2, fsType.
    """
    if data[:4] not in _TRUETYPE and data[:4] != _POSTSCRIPT:
        raise FontFileError("“%(file)s”不是 TTF 或 OTF 字体（字体集 TTC、网页字体 WOFF 请先拆出或转换）", file=name)
    try:
        font = TTFont(io.BytesIO(data), lazy=True, recalcTimestamp=False)
        _require_leave(name, font)
        wanted = _added(font)
        _require_some(name, wanted, is_postscript="glyf" not in font)
        family = str(font["name"].getBestFamilyName() or name)[:80]
        content = _small(font, wanted)
        return Supplement(family, _sound(name, content, wanted), content)
    except FontFileError:
        raise
    except Exception as error:  # fontTools raises whatever its tables run into
        raise FontFileError("“%(file)s”已损坏", file=name) from error


def _require_leave(name: str, font: TTFont) -> None:
    rights = font["OS/2"].fsType
    if rights & _RESTRICTED:
        raise FontFileError("“%(file)s”的许可标志禁止嵌入，不能用于证书", file=name)
    if rights & (_NO_SUBSET | _BITMAPS_ONLY):
        raise FontFileError("“%(file)s”的许可标志不许嵌入部分字形，不能用于证书", file=name)


def _added(font: TTFont) -> list[int]:
    """Find the code points that the font maps and the house lacks; private ones have no meaning on a certificate."""
    house = house_face("kai").glyph_of.keys() | house_face("song").glyph_of.keys()
    points = font.getBestCmap() or {}
    return sorted(p for p in points if p not in house and p > 0x20 and not is_private_use(chr(p)))


def _require_some(name: str, wanted: list[int], *, is_postscript: bool) -> None:
    most = MOST_OUTLINES if is_postscript else MOST_CHARACTERS
    if not wanted:
        raise FontFileError("“%(file)s”里没有字库所缺的字，不用上传", file=name)
    if len(wanted) > most:
        raise FontFileError(
            "“%(file)s”里有 %(n)s 个字库所缺的字，一次最多收 %(most)s 个；请只留需要的字，或把整套字体装在服务器上",
            file=name,
            n=len(wanted),
            most=most,
        )


def _small(font: TTFont, wanted: Iterable[int]) -> bytes:
    options = subset.Options(
        layout_features=[],
        name_IDs=[1, 2, 4, 6],
        notdef_outline=True,
        glyph_names=False,
        hinting=False,
        legacy_kern=False,
    )
    options.drop_tables += ["GSUB", "GPOS", "GDEF", "BASE", "vhea", "vmtx", "VORG", "DSIG", "gasp", "meta"]
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=wanted)
    cutter.subset(font)
    if "glyf" not in font:
        _redraw(font)
    out = io.BytesIO()
    font.save(out, reorderTables=True)
    return out.getvalue()


def _redraw(font: TTFont) -> None:
    """Turn PostScript outlines into TrueType ones, which is what the renderer embeds."""
    glyphs, order = font.getGlyphSet(), font.getGlyphOrder()
    error = _ERROR * font["head"].unitsPerEm / 1000
    table: Any = newTable("glyf")
    table.glyphs, table.glyphOrder = {}, order
    for name in order:
        pen = TTGlyphPen(None)
        glyphs[name].draw(Cu2QuPen(pen, error, reverse_direction=True))
        table.glyphs[name] = pen.glyph()
    font["loca"] = newTable("loca")
    font["glyf"] = table
    maxp = font["maxp"]
    maxp.tableVersion = 0x00010000
    for field in (
        "maxZones maxTwilightPoints maxStorage maxFunctionDefs maxInstructionDefs maxStackElements "
        "maxSizeOfInstructions maxComponentElements"
    ).split():
        setattr(maxp, field, 1 if field == "maxZones" else 0)
    for gone in ("CFF ", "CFF2", "VORG"):
        if gone in font:
            del font[gone]
    font.sfntVersion = "\x00\x01\x00\x00"


def _sound(name: str, content: bytes, wanted: Iterable[int]) -> str:
    """Read the new file as the renderer will; gives the characters that it really draws."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "supplement.ttf"
        path.write_bytes(content)
        face = Face("supplement", path)
        face.require_sound()
        drawn = "".join(chr(point) for point in wanted if face.draws(chr(point)))
        face.close()
    if not drawn:
        raise FontFileError("“%(file)s”里字库所缺的字都没有字形", file=name)
    return drawn
