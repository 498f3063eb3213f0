"""A 补字 font is cut down to what the house lacks, or refused with one sentence."""

import random
from pathlib import Path

import pytest
from made_fonts import LACKING, made_font
from pdf_reading import text_by_poppler

from certificates.layouts.layout import Layout
from certificates.materials.sandbox import UnreadableFileError, read_in_child
from certificates.pdf.fonts import FontBook, house_fonts
from certificates.pdf.rendering import render
from certificates.pdf.supplements import made_supplement
from certificates.pdf.truetype import FontFileError

PRIVATE = "\ue9f3"


@pytest.mark.parametrize("postscript", [False, True])
def test_only_what_the_house_lacks_is_kept_and_drawn(
    postscript: bool, tmp_path: Path, gold: Layout, values: dict[str, str], poppler: None
) -> None:
    supplement = made_supplement("补字", made_font(f"王{LACKING}{PRIVATE}", postscript=postscript))

    assert supplement.characters == LACKING
    assert supplement.family == "Made Song"
    path = tmp_path / "supplement.ttf"
    path.write_bytes(supplement.content)
    book = FontBook(supplements=[path])
    assert book.missing(f"王{LACKING}") == ()
    assert book.missing(PRIVATE) == (PRIVATE,)
    assert house_fonts().missing(LACKING) == (LACKING,)
    pdf = render(gold, values | {"recipient.name": f"王{LACKING}"}, fonts=book)
    assert f"王{LACKING}" in text_by_poppler(pdf, tmp_path)


@pytest.mark.parametrize("postscript", [False, True])
def test_the_same_font_gives_the_same_bytes(postscript: bool) -> None:
    data = made_font(postscript=postscript)

    assert made_supplement("a", data).content == made_supplement("b", data).content


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (made_font(rights=0x0002), "许可标志禁止嵌入"),
        (made_font(rights=0x0100), "不许嵌入部分字形"),
        (made_font(rights=0x0200), "不许嵌入部分字形"),
        (made_font("王李"), "没有字库所缺的字"),
        (made_font(PRIVATE), "没有字库所缺的字"),
        (b"wOF2" + bytes(100), "不是 TTF 或 OTF"),
        (b"ttcf" + bytes(100), "不是 TTF 或 OTF"),
        (b"", "不是 TTF 或 OTF"),
        (made_font()[:300], "已损坏"),
    ],
)
def test_what_cannot_be_used_is_refused_with_its_reason(data: bytes, reason: str) -> None:
    with pytest.raises(FontFileError, match=reason):
        made_supplement("字体.ttf", data)


def test_preview_and_print_embedding_is_leave_enough() -> None:
    assert made_supplement("a", made_font(rights=0x0004)).characters == LACKING


def test_a_font_of_too_many_new_characters_is_to_be_installed_instead() -> None:
    many = "".join(chr(point) for point in range(0x31350, 0x31350 + 4100))

    with pytest.raises(FontFileError, match="一次最多收 4000 个"):
        made_supplement("大.otf", made_font(many, postscript=True))


@pytest.mark.parametrize("postscript", [False, True])
def test_a_damaged_font_is_refused_and_never_raises_anything_else(postscript: bool) -> None:
    whole = bytearray(made_font(f"{LACKING}\U000323ae", postscript=postscript))
    dice = random.Random(20261121)
    for _ in range(60):
        broken = bytearray(whole)
        for _ in range(dice.randint(1, 12)):
            broken[dice.randrange(len(broken))] = dice.randrange(256)
        try:
            made_supplement("坏", bytes(broken))
        except FontFileError:
            continue


def test_the_child_that_reads_says_what_the_reader_says() -> None:
    ready = read_in_child("font", "补字.ttf", made_font())

    assert ready.facts == {"family": "Made Song", "characters": LACKING}
    assert ready.content == made_supplement("补字.ttf", made_font()).content
    with pytest.raises(UnreadableFileError, match=r"“坏\.ttf”的许可标志禁止嵌入"):
        read_in_child("font", "坏.ttf", made_font(rights=2))


def test_a_child_that_dies_refuses_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("certificates.materials.sandbox.MOST_SECONDS", 0.01)
    with pytest.raises(UnreadableFileError, match="没有读完"):
        read_in_child("font", "慢.ttf", made_font())
    monkeypatch.undo()
    with pytest.raises(UnreadableFileError, match="已损坏"):
        read_in_child("nothing of the kind", "怪", b"")
