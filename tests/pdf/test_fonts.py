"""Every character of a name is drawn by a real glyph, or refused with its code point."""

import io
import struct
import tempfile
from pathlib import Path

import pytest
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from hypothesis import given, settings
from hypothesis import strategies as st
from rare_names import RARE_NAMES

from certificates.pdf.fonts import (
    FONT_DIRECTORY,
    HOUSE_FONTS,
    FontBook,
    MissingGlyphError,
    house_fonts,
)
from certificates.pdf.tounicode import tounicode_of
from certificates.pdf.truetype import Face, FontFileError

UNDRAWABLE = "\U0002ee00"
LEVEL_1 = [*range(0x4E00, 0x9FF0), *range(0x3400, 0x4DB6)]


@pytest.fixture(scope="module")
def house_only() -> FontBook:
    return FontBook()


@pytest.mark.parametrize("name", ["kai", "song", "song-bold"])
def test_every_character_of_gb18030_level_1_has_an_outline(name: str) -> None:
    face = Face(name, FONT_DIRECTORY / HOUSE_FONTS[name])
    assert [chr(point) for point in LEVEL_1 if point not in face.glyph_of] == []


@pytest.mark.parametrize("font", ["kai", "song", "song-bold", "brush"])
def test_rare_names_are_drawn_in_every_role(house_only: FontBook, font: str) -> None:
    assert house_only.missing(RARE_NAMES + "·〇—…“”（）", font) == ()


def test_kai_itself_draws_every_rare_name_without_help(house_only: FontBook) -> None:
    assert {face.name for c in RARE_NAMES if (face := house_only.face_for("kai", c))} == {"kai"}


def test_a_character_the_face_lacks_comes_from_the_other_house_font(house_only: FontBook) -> None:
    face = house_only.face_for("song", "𠮷")
    assert face is not None
    assert face.name == "kai"


def test_a_character_nobody_draws_is_refused_with_its_code_point(house_only: FontBook) -> None:
    with pytest.raises(MissingGlyphError, match=r"U\+2EE00.*补字"):
        house_only.require(f"王{UNDRAWABLE}")
    house_only.require("王䶮")


def test_a_private_code_point_is_refused_with_advice(house_only: FontBook) -> None:
    with pytest.raises(MissingGlyphError, match=r"（U\+E001）.*私用区"):
        house_only.require("王\ue001")


def test_a_supplementary_font_is_asked_after_the_house_fonts(tmp_path: Path) -> None:
    path = supplement(tmp_path, UNDRAWABLE)
    book = FontBook(supplements=[path])
    face = book.face_for("kai", UNDRAWABLE)
    assert face is not None
    assert face.path == path
    assert book.missing(f"王{UNDRAWABLE}") == ()
    kai = book.face_for("kai", "王")
    assert kai is not None
    assert kai.name == "kai"


def test_a_glyph_without_outline_counts_as_missing(tmp_path: Path) -> None:
    path = supplement(tmp_path, UNDRAWABLE, empty=True)
    assert FontBook(supplements=[path]).missing(UNDRAWABLE) == (UNDRAWABLE,)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"OTTO" + bytes(100), "不是 TrueType"),
        (b"\x00\x01\x00\x00" + bytes(100), "缺少"),
        (b"\x00\x01\x00\x00", "已损坏"),
        (b"PK\3\4", "不是"),
        (b"", "空的"),
    ],
)
def test_a_file_that_is_no_truetype_font_is_refused(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "font.ttf"
    path.write_bytes(content)
    with pytest.raises(FontFileError, match=words):
        FontBook(supplements=[path])


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_damaged_supplement_is_refused_or_works_but_never_fails_later(data: st.DataObject) -> None:
    content = bytearray(SMALL)
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.sampled_from([len(content), len(content) // 2, 300]))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "damaged.ttf"
        path.write_bytes(content[:cut])
        try:
            face = Face("damaged", path)
            face.require_sound()
        except FontFileError:
            return
        for point in face.glyph_of:
            assert face.subset([face.glyph_of[point]])
            assert face.advance(chr(point)) >= 0


def test_a_character_map_that_claims_everything_a_thousand_times_is_refused(tmp_path: Path) -> None:
    group = struct.pack(">III", 0, 0x10FFFF, 1)
    path = tmp_path / "bomb.ttf"
    whole = opened(FONT_DIRECTORY / "brush.ttf")
    cmap = whole.reader["cmap"]
    table = struct.pack(">HHHHI", 0, 1, 3, 10, 12)
    table += struct.pack(">HHIII", 12, 0, 16 + 12 * 1000, 0, 1000) + group * 1000
    content = bytearray((FONT_DIRECTORY / "brush.ttf").read_bytes())
    place = content.index(cmap)
    content[place : place + len(table)] = table
    path.write_bytes(content)
    with pytest.raises(FontFileError, match="已损坏"):
        FontBook(supplements=[path])


def test_a_name_with_strange_characters_is_made_plain(tmp_path: Path) -> None:
    font = opened(FONT_DIRECTORY / "brush.ttf")
    font["name"].setName("补字(甲) /x#y", 6, 3, 1, 0x409)
    path = tmp_path / "strange.ttf"
    font.save(path)
    assert Face("strange", path).postscript_name == "xy"


def test_a_font_that_may_not_be_embedded_is_refused(tmp_path: Path) -> None:
    font = opened(FONT_DIRECTORY / "brush.ttf")
    font["OS/2"].fsType = 2
    path = tmp_path / "closed.ttf"
    font.save(path)
    with pytest.raises(FontFileError, match="禁止嵌入"):
        Face("closed", path)


@pytest.mark.parametrize("name", HOUSE_FONTS)
def test_widths_and_characters_agree_with_an_independent_reader(name: str) -> None:
    path = FONT_DIRECTORY / HOUSE_FONTS[name]
    face, font = Face(name, path), opened(path)
    cmap, metrics, units = font.getBestCmap(), font["hmtx"].metrics, font["head"].unitsPerEm
    assert face.glyph_of.keys() == cmap.keys()
    for point in list(cmap)[::37]:
        assert face.advance(chr(point)) == pytest.approx(metrics[cmap[point]][0] * 1000 / units, abs=0.001)


@settings(deadline=None)
@given(st.lists(st.sampled_from(RARE_NAMES + "王小明Aé…“"), unique=True, max_size=40))
def test_a_subset_holds_the_same_outlines_and_widths(characters: list[str]) -> None:
    face = house_fonts().faces()["kai"]
    subset = face.subset([face.glyph_of[ord(c)] for c in characters])
    cut, whole = TTFont(io.BytesIO(subset)), KAI
    for new, character in enumerate(characters, start=1):
        old = whole.getGlyphID(whole.getBestCmap()[ord(character)])
        cut_name, whole_name = cut.getGlyphName(new), whole.getGlyphName(old)
        assert cut["hmtx"][cut_name] == whole["hmtx"][whole_name]
        coordinates = cut["glyf"][cut_name].getCoordinates(cut["glyf"])[0]
        assert coordinates == whole["glyf"][whole_name].getCoordinates(whole["glyf"])[0]


def test_the_parts_of_a_composite_glyph_come_along(tmp_path: Path) -> None:
    font = TTFont(io.BytesIO(small_font("一人口合中")))
    cmap = font.getBestCmap()
    pen = TTGlyphPen(font.getGlyphSet())
    pen.addComponent(cmap[ord("一")], (1, 0, 0, 1, 0, 400))
    pen.addComponent(cmap[ord("人")], (0.5, 0, 0, 0.5, 10, -300))
    pen.addComponent(cmap[ord("口")], (0.5, 0.1, 0.1, 0.5, 700, 0))
    font["glyf"][cmap[ord("合")]] = pen.glyph()
    path = tmp_path / "composite.ttf"
    font.save(path)
    face = Face("composite", path)
    glyph = face.glyph_of[ord("合")]
    subset = face.subset([face.glyph_of[ord("中")], glyph])
    cut = TTFont(io.BytesIO(subset))
    assert cut["maxp"].numGlyphs == 6
    drawn = cut["glyf"][cut.getGlyphName(2)].getCoordinates(cut["glyf"])[0]
    assert drawn == font["glyf"][cmap[ord("合")]].getCoordinates(font["glyf"])[0]


def test_characters_beyond_the_basic_plane_are_mapped_back_as_surrogates() -> None:
    cmap = tounicode_of({0: "", 1: "王", 2: "𬱖"}, 1)
    assert b"<01> <738B>" in cmap
    assert b"<02> <D873DC56>" in cmap
    assert b"<00> <" not in cmap.split(b"endcodespacerange")[1]


def test_a_map_back_is_cut_into_blocks_of_a_hundred() -> None:
    cmap = tounicode_of({code: chr(0x4E00 + code) for code in range(250)}, 2)
    assert [line for line in cmap.splitlines() if line.endswith(b"beginbfchar")] == [
        b"100 beginbfchar",
        b"100 beginbfchar",
        b"49 beginbfchar",
    ]


def opened(path: Path) -> TTFont:
    return TTFont(io.BytesIO(path.read_bytes()))


def small_font(characters: str) -> bytes:
    """The brush font with these characters alone: to write out all of it takes seconds."""
    font = opened(FONT_DIRECTORY / "brush.ttf")
    subsetter = Subsetter(Options(notdef_outline=True))
    subsetter.populate(text=characters)
    subsetter.subset(font)
    buffer = io.BytesIO()
    font.save(buffer)
    return buffer.getvalue()


SMALL = small_font("一二三王小明ABC ")
KAI = opened(FONT_DIRECTORY / HOUSE_FONTS["kai"])


def supplement(folder: Path, character: str, *, empty: bool = False) -> Path:
    """Make a font that maps one character to the outline of 一."""
    font = TTFont(io.BytesIO(SMALL))
    name = font.getBestCmap()[ord("一")]
    if empty:
        font["glyf"][name] = TTGlyphPen(None).glyph()
    for table in font["cmap"].tables:
        table.cmap = {ord("一"): name, ord(character): name} if table.format == 12 else {ord("一"): name}
    if not any(table.format == 12 for table in font["cmap"].tables):
        extra = font["cmap"].tables[0].newSubtable(12)
        extra.platformID, extra.platEncID, extra.language, extra.cmap = 3, 10, 0, {ord(character): name}
        font["cmap"].tables.append(extra)
    path = folder / "supplement.ttf"
    font.save(path)
    return path
