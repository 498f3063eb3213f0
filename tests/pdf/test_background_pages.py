"""A PDF page as background: carried as drawing where PDF/A allows it, else a picture, or refused."""

import io
import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import page as judge
import pikepdf
import pytest
from pdf_reading import picture
from pikepdf import Array, Dictionary, Name, Pdf, Stream, String
from PIL import Image, ImageChops, ImageStat
from reportlab.lib.colors import CMYKColor
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from certificates.layouts.layout import Layout
from certificates.pdf.assets import Assets
from certificates.pdf.background_pages import CARRIED, BackgroundPage, PageError, read_page
from certificates.pdf.carrying import COLOUR, NOTES, OTHER, TEXT
from certificates.pdf.plain import render_plain
from certificates.pdf.rendering import render

MM = 72 / 25.4
SHEET = (303 * MM, 216 * MM)
Draw = Callable[[Canvas], None]


def drawn(draw: Draw, size: tuple[float, float] = SHEET, pages: int = 1) -> bytes:
    """A page as drawing programs make them, without the font that ReportLab chooses on every page."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=size, invariant=1, pageCompression=1)
    for _ in range(pages):
        canvas._preamble = ""
        draw(canvas)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def shapes(canvas: Canvas) -> None:
    """Colours, a gradient, transparency, a clipped picture with alpha, a tiled curve: what designers use."""
    width, height = SHEET
    canvas.linearGradient(0, 0, width, height, ((1, 0.95, 0.8), (0.9, 0.7, 0.5)))
    canvas.setFillColorRGB(0.7, 0.1, 0.1)
    canvas.setFillAlpha(0.4)
    canvas.circle(200, 200, 90, stroke=0, fill=1)
    canvas.setFillAlpha(1)
    canvas.setBlendMode("Multiply")
    canvas.rect(40, 40, width - 80, height - 80, stroke=1, fill=0)
    canvas.setBlendMode("Normal")
    logo = Image.new("RGBA", (80, 80), (0, 80, 160, 120))
    canvas.drawImage(ImageReader(logo), 600, 60, 120, 120, mask="auto")


def edited(change: Callable[[Pdf], None], source: bytes | None = None) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(source or drawn(shapes))) as pdf:
        change(pdf)
        pdf.save(out)
    return out.getvalue()


def with_ground(layout: Layout, kept: BackgroundPage) -> tuple[Layout, Assets]:
    asked = replace(layout, background="none", paper="#FFFFFF", background_asset="底", digest=f"{layout.digest} ground")
    return asked, Assets({"底": kept.content})


def difference(first: Image.Image, second: Image.Image) -> float:
    return float(sum(ImageStat.Stat(ImageChops.difference(first, second)).mean) / 3)


def broken_rules(pdf: bytes, profile: str) -> list[str]:
    """The rules that a file breaks, by an independent program."""
    result = judge.validate_pdf_bytes(pdf, profile=getattr(judge.ValidationProfile, profile))
    return [f"{failure.rule_id}: {failure.message}" for failure in result.failures]


def test_drawing_is_carried_and_looks_the_same(gold: Layout, values: dict[str, str]) -> None:
    source = drawn(shapes)
    kept = read_page("底", source)

    assert (kept.kind, kept.remark) == ("PDF", CARRIED)
    assert (round(kept.width), round(kept.height)) == (303, 216)
    layout, assets = with_ground(gold, kept)
    made = render(layout, values, assets)
    bleed = round(3 / 25.4 * 100)
    ground = picture(source, 100).crop((bleed, bleed, bleed + 1169, bleed + 827))
    corner = (0, 0, 300, 90)
    assert difference(picture(made, 100).crop(corner), ground.crop(corner)) < 3
    assert difference(picture(made, 100), picture(render_plain(layout, values, assets), 100)) < 1
    assert render(layout, values, assets) == made
    assert read_page("底", source) == kept


@pytest.mark.parametrize("profile", ["PDF_A_2A", "PDF_UA_1"])
@pytest.mark.parametrize("mark", ["", "with marks", "with a group"])
def test_a_certificate_on_a_carried_page_is_still_archivable_and_accessible(
    gold: Layout, values: dict[str, str], profile: str, mark: str
) -> None:
    def change(pdf: Pdf) -> None:
        page = pdf.pages[0]
        if mark == "with a group":
            page.obj.Group = Dictionary(S=Name.Transparency, CS=Name.DeviceRGB, I=True)
        if mark == "with marks":
            page.contents_add(b"/P <</MCID 0>> BDC", prepend=True)
            page.contents_add(b"EMC")

    kept = read_page("底", edited(change))
    assert kept.kind == "PDF"
    layout, assets = with_ground(gold, kept)

    assert broken_rules(render(layout, values, assets), profile) == []


def test_what_hangs_on_a_page_stays_behind() -> None:
    def change(pdf: Pdf) -> None:
        pdf.Root.OpenAction = Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))
        pdf.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array([String("x"), Dictionary(S=Name.JavaScript)])))
        pdf.attachments["secret.txt"] = b"secret words"
        pdf.pages[0].obj.AA = Dictionary(O=Dictionary(S=Name.URI, URI=String("http://example.com/spy")))
        pdf.pages[0].obj.PieceInfo = Dictionary(X=String("private"))
        for image in pdf.pages[0].obj.Resources.XObject.values():
            image.Metadata = Stream(pdf, b"<x:xmpmeta/>")

    kept = read_page("底", edited(change))

    assert kept.kind == "PDF"
    plain = io.BytesIO()
    with pikepdf.open(io.BytesIO(kept.content)) as pdf:
        pdf.save(plain, stream_decode_level=pikepdf.StreamDecodeLevel.all, compress_streams=False)
    for word in (b"JavaScript", b"alert", b"secret", b"example.com", b"private", b"xmpmeta"):
        assert word not in plain.getvalue()


def words(canvas: Canvas) -> None:
    canvas.setFont("Helvetica", 40)
    canvas.drawString(200, 200, "CERTIFICATE")


def printing_colour(canvas: Canvas) -> None:
    canvas.setFillColor(CMYKColor(0, 1, 1, 0))
    canvas.rect(50, 50, 300, 300, stroke=0, fill=1)


def printing_picture(canvas: Canvas) -> None:
    out = io.BytesIO()
    Image.new("CMYK", (50, 50), (0, 255, 255, 0)).save(out, "JPEG")
    canvas.drawImage(ImageReader(out), 50, 50, 300, 300)


def note(pdf: Pdf) -> None:
    pdf.pages[0].obj.Annots = Array([Dictionary(Type=Name.Annot, Subtype=Name.Square, Rect=Array([50, 50, 90, 90]))])


def layers(pdf: Pdf) -> None:
    pdf.Root.OCProperties = Dictionary(OCGs=Array([]), D=Dictionary())


def curve(pdf: Pdf) -> None:
    pdf.pages[0].obj.Resources.ExtGState["/gRLs0"].TR = Name.Identity


def outside(pdf: Pdf) -> None:
    for image in pdf.pages[0].obj.Resources.XObject.values():
        image.Ref = Dictionary(F=String("http://example.com/x.pdf"))


def endless(pdf: Pdf) -> None:
    form = pdf.make_stream(b"/Self Do")
    form.stream_dict = Dictionary(Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 9, 9]))
    form.Resources = Dictionary(XObject=Dictionary(Self=form))
    pdf.pages[0].obj.Resources.XObject.Self = form


def strange(pdf: Pdf) -> None:
    pdf.pages[0].contents_add(b"/x sh 1 2 frobnicate")


@pytest.mark.parametrize(
    ("source", "remark"),
    [
        (drawn(words), TEXT),
        (drawn(printing_colour), COLOUR),
        (drawn(printing_picture), COLOUR),
        (edited(note), NOTES),
        (edited(layers), NOTES),
        (edited(outside), NOTES),
        (edited(curve), OTHER),
        (edited(endless), OTHER),
        (edited(strange), OTHER),
    ],
)
def test_what_cannot_be_carried_becomes_a_picture_and_says_so(
    source: bytes, remark: str, gold: Layout, values: dict[str, str]
) -> None:
    kept = read_page("底", source)

    assert (kept.kind, kept.remark) == ("PNG", remark)
    with Image.open(io.BytesIO(kept.content)) as image:
        assert image.width == pytest.approx(303 / 25.4 * 300, abs=2)
        assert difference(image.convert("RGB"), picture(source, 300).resize(image.size)) < 2
    layout, assets = with_ground(gold, kept)
    assert broken_rules(render(layout, values, assets), "PDF_A_2A") == []


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_a_turned_page_stands_as_readers_show_it(turn: int, gold: Layout, values: dict[str, str]) -> None:
    size = SHEET if turn % 180 == 0 else SHEET[::-1]

    def corner(canvas: Canvas) -> None:
        canvas.setFillColorRGB(0, 0, 1)
        canvas.rect(20, 20, 120, 60, stroke=0, fill=1)
        canvas.setFillColorRGB(0, 0.6, 0)
        canvas.circle(size[0] - 100, size[1] - 100, 50, stroke=0, fill=1)

    def change(pdf: Pdf) -> None:
        pdf.pages[0].obj.Rotate = turn
        pdf.pages[0].obj.MediaBox = Array([0, 0, *size])

    source = edited(change, drawn(corner, size))
    kept = read_page("底", source)
    layout, assets = with_ground(gold, kept)
    bare = replace(layout, items=layout.items[:1])

    made = picture(render(bare, values, assets), 60)
    shown = picture(source, 60).resize((716, 510))
    assert kept.kind == "PDF"
    assert difference(made, shown.crop((7, 7, 709, 503)).resize(made.size)) < 4


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        (drawn(shapes, pages=2), "有 2 页，背景只能是一页"),
        (drawn(shapes, size=(30, 30)), "的页面是 11×11 毫米"),
        (drawn(shapes, size=(9000, 9000)), "毫米，不能作证书背景"),
        (b"%PDF-1.7 and nothing else", "不是完好的 PDF"),
        (drawn(shapes)[:900], "不是完好的 PDF"),
    ],
)
def test_what_is_no_background_is_refused_in_one_sentence(source: bytes, reason: str) -> None:
    with pytest.raises(PageError, match=reason):
        read_page("底", source)


@pytest.mark.parametrize("user", ["", "secret"])
def test_an_encrypted_page_is_refused(user: str) -> None:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(drawn(shapes))) as pdf:
        pdf.save(out, encryption=pikepdf.Encryption(owner="owner", user=user))

    with pytest.raises(PageError, match="加了密或限制了权限"):
        read_page("底", out.getvalue())


def test_a_damaged_page_is_refused_or_kept_and_never_raises_anything_else(gold: Layout, values: dict[str, str]) -> None:
    whole = drawn(shapes)
    dice = random.Random(20261121)
    outcomes: dict[str, int] = {}
    for _ in range(40):
        broken: Any = bytearray(whole)
        for _ in range(dice.randint(1, 20)):
            broken[dice.randrange(len(broken))] = dice.randrange(256)
        try:
            kept = read_page("底", bytes(broken))
        except PageError:
            outcomes["refused"] = outcomes.get("refused", 0) + 1
            continue
        outcomes[kept.kind] = outcomes.get(kept.kind, 0) + 1
        layout, assets = with_ground(gold, kept)
        assert render(layout, values, assets).startswith(b"%PDF")
    assert sum(outcomes.values()) == 40
    assert len(outcomes) > 1


def test_a_large_page_of_one_colour_stays_within_the_pixels_of_a_picture(tmp_path: Path) -> None:
    kept = read_page("底", drawn(words, size=(1200 * MM, 1200 * MM)))

    with Image.open(io.BytesIO(kept.content)) as image:
        assert image.width * image.height <= 40_000_000
