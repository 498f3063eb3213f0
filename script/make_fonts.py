"""Make the fonts in static/fonts from the packages they are published in. Run by hand when a font moves on.

Usage (needs fonttools and brotli, neither of which the product needs for this)::

    npm pack @callmebill/lxgw-wenkai-web @expo-google-fonts/noto-serif-sc @expo-google-fonts/ma-shan-zheng
    python script/make_fonts.py DIRECTORY_OF_THE_TGZ_FILES static/fonts

The result is TrueType without layout tables and hints, as a PDF needs it: all of GB 18030-2022 levels 1 and 2
and whatever else the source draws outside Hangul, the private area and emoji. The same packages give the same
bytes. The fonts carry names of our own, as a changed font should; copyright and licence stay inside them.
"""

import io
import re
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path

from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables._c_m_a_p import CmapSubtable

KEPT_TABLES = {"head", "hhea", "maxp", "OS/2", "hmtx", "cmap", "loca", "glyf", "name", "post", "GlyphOrder"}
COPYRIGHT, FAMILY, STYLE, UNIQUE, FULL, VERSION, POSTSCRIPT, DESCRIPTION, LICENCE, LICENCE_URL = (
    0, 1, 2, 3, 4, 5, 6, 10, 13, 14,
)  # fmt: skip
KEPT_NAMES = {COPYRIGHT, LICENCE, LICENCE_URL}
WINDOWS_ENGLISH = (3, 1, 0x409)


def is_wanted(point: int) -> bool:
    """Tell whether a code point belongs in a certificate font."""
    return 0x20 <= point < 0x1100 or 0x1E00 <= point < 0xA000 or 0xF900 <= point < 0xFFF0 or 0x20000 <= point < 0x40000


def has_ink(font: TTFont, glyph_name: str) -> bool:
    """Tell whether a glyph has an outline: fonts map some characters to an empty one."""
    return bool(font["glyf"][glyph_name].numberOfContours)


def drawable(font: TTFont) -> dict[int, str]:
    """Give the wanted code points that the font really draws, spaces included."""
    return {
        point: name
        for point, name in font.getBestCmap().items()
        if is_wanted(point) and (has_ink(font, name) or chr(point).isspace())
    }


def members(package: Path, pattern: str) -> Iterator[bytes]:
    """Read the files of a package whose path matches, in numeric order of their names."""
    with tarfile.open(package) as archive:
        found = [m for m in archive.getmembers() if re.fullmatch(pattern, m.name)]
        for member in sorted(found, key=lambda m: [int(n) for n in re.findall(r"\d+", m.name)]):
            stream = archive.extractfile(member)
            if stream is not None:
                yield stream.read()


def simple_glyph(font: TTFont, name: str) -> object:
    """Copy a glyph; one composed of others becomes a simple one: its parts have other numbers elsewhere."""
    glyph = font["glyf"][name]
    if not glyph.isComposite():
        return glyph
    recording = DecomposingRecordingPen(font.getGlyphSet())
    font.getGlyphSet()[name].draw(recording)
    pen = TTGlyphPen(None)
    recording.replay(pen)
    return pen.glyph()


def merged(pieces: Iterator[bytes]) -> TTFont:
    """Put the pieces of a web font together again: a base face and every character of every piece once."""
    base: TTFont | None = None
    glyphs: dict[str, object] = {}
    metrics: dict[str, tuple[int, int]] = {}
    cmap: dict[int, str] = {}
    for piece in pieces:
        font = TTFont(io.BytesIO(piece), recalcTimestamp=False)
        if base is None:
            base = font
            glyphs[".notdef"], metrics[".notdef"] = font["glyf"][".notdef"], font["hmtx"][".notdef"]
        for point, name in drawable(font).items():
            if point not in cmap:
                cmap[point] = unique = f"u{point:05X}"
                glyphs[unique], metrics[unique] = simple_glyph(font, name), font["hmtx"][name]
    if base is None:
        raise SystemExit("包中没有找到字体分片")
    return with_glyphs(base, glyphs, metrics, cmap)


def with_glyphs(
    font: TTFont, glyphs: dict[str, object], metrics: dict[str, tuple[int, int]], cmap: dict[int, str]
) -> TTFont:
    """Replace the glyphs of a font, their metrics and the character map."""
    order = [".notdef", *(cmap[point] for point in sorted(cmap))]
    font["glyf"].glyphs = {name: glyphs[name] for name in order}
    font["glyf"].glyphOrder = order
    font.setGlyphOrder(order)
    font["hmtx"].metrics = {name: metrics[name] for name in order}
    font["maxp"].numGlyphs = len(order)
    font["cmap"].tables = [
        character_table(4, 1, {point: name for point, name in cmap.items() if point < 0x10000}),
        character_table(12, 10, cmap),
    ]
    return font


def character_table(kind: int, encoding: int, cmap: dict[int, str]) -> CmapSubtable:
    """Build one subtable of the character map for the Windows platform."""
    table = CmapSubtable.newSubtable(kind)
    table.platformID, table.platEncID, table.language, table.cmap = 3, encoding, 0, cmap
    return table


def subset(data: bytes) -> TTFont:
    """Cut a whole font down to the characters that are wanted."""
    font = TTFont(io.BytesIO(data), recalcTimestamp=False)
    options = Options(layout_features=[], hinting=False, notdef_outline=True, glyph_names=False, recalc_timestamp=False)
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=list(drawable(font)))
    subsetter.subset(font)
    return font


def rename(font: TTFont, family: str, style: str) -> None:
    """Give the font a name of ours and say what it was made from."""
    names = font["name"]
    source = f"{names.getDebugName(FULL)}, {names.getDebugName(VERSION)}"
    kept = {key: names.getDebugName(key) for key in KEPT_NAMES}
    names.names = []
    texts = {
        COPYRIGHT: kept[COPYRIGHT],
        FAMILY: family,
        STYLE: style,
        UNIQUE: f"{family} {style}; {source}",
        FULL: f"{family} {style}",
        VERSION: source,
        POSTSCRIPT: f"{family.replace(' ', '')}-{style}",
        DESCRIPTION: f"Subset of {source}, without layout tables and hints.",
        LICENCE: "This Font Software is licensed under the SIL Open Font License, Version 1.1.",
        LICENCE_URL: "https://openfontlicense.org",
    }
    for key, text in texts.items():
        names.setName(text, key, *WINDOWS_ENGLISH)


def save(font: TTFont, target: Path) -> None:
    """Write the font with only the tables that a PDF needs."""
    for tag in [tag for tag in font.keys() if tag not in KEPT_TABLES]:  # noqa: SIM118 - TTFont is no mapping
        del font[tag]
    font["post"].formatType = 3.0
    font.flavor = None
    font.save(target)
    sys.stdout.write(f"{target}  {target.stat().st_size / 1e6:.1f} MB  {len(font.getBestCmap())} 字\n")


def only(directory: Path, pattern: str) -> Path:
    """Find the one package that matches."""
    found = sorted(directory.glob(pattern))
    if len(found) != 1:
        raise SystemExit(f"{directory} 中应恰有一个 {pattern}，找到 {len(found)} 个")
    return found[0]


def main(packages: Path, target: Path) -> None:
    """Make the four fonts."""
    kai = merged(members(only(packages, "*lxgw-wenkai-web*.tgz"), r"package/lxgwwenkai-regular/\d+\.woff2"))
    rename(kai, "Certificate Kai", "Regular")
    save(kai, target / "kai.ttf")
    serif = only(packages, "*noto-serif-sc*.tgz")
    for style, folder, name in (("Regular", "400Regular", "song.ttf"), ("Bold", "700Bold", "song-bold.ttf")):
        song = subset(next(members(serif, rf"package/{folder}/[^/]*\.ttf")))
        rename(song, "Certificate Song", style)
        save(song, target / name)
    brush = subset(next(members(only(packages, "*ma-shan-zheng*.tgz"), r"package/400Regular/[^/]*\.ttf")))
    rename(brush, "Certificate Brush", "Regular")
    save(brush, target / "brush.ttf")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
