"""The quick way to a QR code gives exactly what the encoder gives, and phones can read it."""

import pytest
import segno
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from certificates.pdf.qr import LONGEST, QrBits, QrContentError, qr_bits, qr_operators

ascii_text = st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=60)


def rows_of(code: QrBits) -> list[list[int]]:
    width = (code.size + 7) // 8
    lines = [code.rows[i * width : (i + 1) * width] for i in range(code.size)]
    return [[line[x // 8] >> (7 - x % 8) & 1 for x in range(code.size)] for line in lines]


def scanned(code: QrBits) -> list[str]:
    rows, zone, scale = rows_of(code), 4, 6
    side = (code.size + 2 * zone) * scale
    image = Image.new("L", (side, side), 255)
    for y, row in enumerate(rows):
        for x, dark in enumerate(row):
            if dark:
                left, top = (x + zone) * scale, (y + zone) * scale
                image.paste(0, (left, top, left + scale, top + scale))
    return [found.text for found in zxingcpp.read_barcodes(image)]


@settings(max_examples=40, deadline=None)
@given(ascii_text, st.sampled_from("LMQH"))
def test_the_quick_way_is_the_encoders_way(text: str, level: str) -> None:
    expected = segno.make(text, error=level, mode="byte", encoding="iso-8859-1", boost_error=False, micro=False, mask=2)
    assert rows_of(qr_bits(text, level)) == [list(row) for row in expected.matrix]


@pytest.mark.parametrize(
    "text", ["https://zs.example.cn/v/7QK4M2XZ9TRAA", "A", "x" * 80, "y" * 81, "https://a.cn/#" + "aZ0-_" * 70]
)
def test_a_scanner_reads_what_was_written(text: str) -> None:
    assert scanned(qr_bits(text, "M")) == [text]


@pytest.mark.parametrize("text", ["", "王", "é", "x" * (LONGEST + 1)])
def test_what_does_not_belong_into_a_code_is_refused(text: str) -> None:
    with pytest.raises(QrContentError):
        qr_bits(text, "M")


def test_a_plate_covers_the_quiet_zone() -> None:
    code = qr_bits("https://a.cn", "M")
    operators = qr_operators(code, (100, 200, 50), "#000000", "#FFFFFF").decode()
    zone = 50 / code.size * 4
    assert f"{100 - zone:.3f} {200 - zone:.3f} {50 + 2 * zone:.3f}" in operators
    assert " re f" not in qr_operators(code, (100, 200, 50), "#000000").decode()
