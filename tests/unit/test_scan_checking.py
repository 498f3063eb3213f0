"""A handed-in file is a picture or a quiet PDF; whatever else it carries does not come in."""

import io
from contextlib import suppress

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from scans import bomb, pdf, picture

from certificates.attachments.checking import MOST_BYTES, MOST_PAGES, ScanError, checked


def opened(content):
    return Image.open(io.BytesIO(content))


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_picture_becomes_a_picture_without_anything_else(kind):
    place = Image.Exif()
    place[0x8825] = {1: "N", 2: (38.0, 2.0, 30.0)}
    place[0x010F] = "Camera of a person"
    scan = checked(picture(kind, exif=place) + b"<script>alert(1)</script>")
    assert scan.kind == "jpeg"
    assert not opened(scan.content).getexif()
    assert b"script" not in scan.content
    assert b"Camera" not in scan.content


def test_a_picture_taken_sideways_is_turned_upright():
    sideways = Image.Exif()
    sideways[0x0112] = 6
    assert opened(checked(picture(size=(80, 40), exif=sideways)).content).size == (40, 80)


def test_a_large_photograph_is_kept_legible_and_small():
    assert max(opened(checked(picture(size=(6000, 4000))).content).size) == 3000


def test_what_a_picture_hides_behind_transparency_stays_white():
    out = io.BytesIO()
    Image.new("RGBA", (4, 4), (0, 0, 0, 0)).save(out, "PNG")
    assert opened(checked(out.getvalue()).content).convert("RGB").getpixel((1, 1)) == (255, 255, 255)


def test_a_pdf_stays_byte_for_byte_for_the_sake_of_signatures():
    data = pdf(3)
    assert checked(data) == checked(data)
    assert checked(data).content == data


def script(file):
    file.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")


def launch(file):
    file.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.Launch, F="calc.exe")


def attached(file):
    file.attachments["a.exe"] = b"MZ"


def dynamic(file):
    file.Root.AcroForm = pikepdf.Dictionary(XFA=pikepdf.String("x"), Fields=pikepdf.Array())


def hidden_in_a_page(file):
    note = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.RichMedia, Rect=[0, 0, 1, 1])
    file.pages[0].Annots = pikepdf.Array([file.make_indirect(note)])


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (script, "脚本"),
        (launch, "自动执行"),
        (attached, "附件"),
        (dynamic, "动态表单"),
        (hidden_in_a_page, "多媒体"),
    ],
)
def test_a_pdf_that_could_act_is_refused(edit, words):
    with pytest.raises(ScanError, match=words):
        checked(pdf(edit=edit))


def test_a_pdf_that_jumps_to_a_page_when_opened_is_harmless():
    def jump(file):
        file.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.GoTo, D=[file.pages[0].obj, pikepdf.Name.Fit])

    assert checked(pdf(edit=jump)).kind == "pdf"


def test_a_locked_pdf_is_refused_with_what_to_do():
    with pytest.raises(ScanError, match="取消密码"):
        checked(pdf(encryption=pikepdf.Encryption(owner="o", user="u")))


@pytest.mark.parametrize("pages", [0, MOST_PAGES + 1])
def test_a_pdf_without_pages_or_with_a_book_s_is_refused(pages):
    with pytest.raises(ScanError, match="1 到"):
        checked(pdf(pages))


def test_a_pdf_that_would_fill_the_memory_is_refused_before_it_is_opened():
    with pytest.raises(ScanError, match="解压后太大"):
        checked(bomb())


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "文件是空的"),
        (b"x" * (MOST_BYTES + 1), "超过 6 MB"),
        (b"GIF89a" + b"\0" * 40, "只收 PDF"),
        (b"PK\x03\x04", "只收 PDF"),
        (b"<svg onload='x'/>", "只收 PDF"),
        (b"MZ%PDF-1.4", "只收 PDF"),
        (b"%PDF-1.4 nothing", "已损坏"),
        (b"\xff\xd8\xff\xe0nothing", "已损坏"),
        (b"\x89PNG\r\n\x1a\nnothing", "已损坏"),
    ],
)
def test_what_is_no_scan_is_refused_in_one_sentence(data, words):
    with pytest.raises(ScanError, match=words):
        checked(data)


def test_more_pixels_than_a_scan_needs_are_refused():
    with pytest.raises(ScanError, match="像素太多"):
        checked(picture("PNG", size=(9000, 7000)))


@given(st.binary(max_size=300), st.sampled_from([b"%PDF-1.7\n", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b""]))
def test_no_bytes_bring_the_check_down(data, head):
    try:
        scan = checked(head + data)
    except ScanError:
        return
    assert scan.kind in ("pdf", "jpeg")


@given(st.integers(0, 600), st.integers(0, 255))
def test_a_damaged_pdf_is_taken_whole_or_refused(place, byte):
    data = bytearray(pdf(2))
    data[min(place, len(data) - 1)] = byte
    with suppress(ScanError):
        assert checked(bytes(data)).content == bytes(data)
