"""The print file holds every page once, in order, with bleed and crop marks, and stores what pages share once."""

import io
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from pdf_reading import picture, qr_codes, said_by

from certificates.layouts.layout import Layout
from certificates.layouts.loading import builtin_layout
from certificates.pdf.assets import Assets
from certificates.pdf.press import Press
from certificates.pdf.print_file import PrintFile
from certificates.pdf.rendering import check, render
from certificates.pdf.scene import CertificateRefusedError

AWARDS = ("一等奖", "二等奖", "三等奖")


def printed(layout: Layout, entries: list[dict[str, str]], *, with_marks: bool = True) -> bytes:
    buffer = io.BytesIO()
    press, sheets = Press(layout, Assets(demo_seals=True)), PrintFile(buffer, "印刷版", with_marks=with_marks)
    for entry in entries:
        sheets.add(press, entry)
    assert sheets.close() == len(entries)
    return buffer.getvalue()


def entries(values: dict[str, str], count: int) -> list[dict[str, str]]:
    return [
        values
        | {
            "recipient.name": f"选手{'甲乙丙丁戊'[i % 5]}",
            "award.title": AWARDS[i % 3],
            "cert.number": f"N{i:04}",
            "cert.url": f"https://a.cn/v/{i:013}",
        }
        for i in range(count)
    ]


@pytest.mark.usefixtures("qpdf")
def test_qpdf_finds_nothing_wrong(gold: Layout, values: dict[str, str], tmp_path: Path) -> None:
    said = said_by(["qpdf", "--check"], printed(gold, entries(values, 7)), tmp_path)
    assert "No syntax or stream encoding errors found" in said
    assert "WARNING" not in said


def test_pages_come_in_the_order_given(gold: Layout, values: dict[str, str]) -> None:
    document = pypdfium2.PdfDocument(printed(gold, entries(values, 7)))
    numbers = []
    for i in range(len(document)):
        text = document[i].get_textpage().get_text_range()
        numbers.append(next(word for word in text.split() if word.startswith("N0")))
        assert AWARDS[i % 3] in text
    document.close()
    assert numbers == [f"N{i:04}" for i in range(7)]


def test_the_boxes_say_where_to_cut(gold: Layout, values: dict[str, str]) -> None:
    mm = 72 / 25.4
    with pikepdf.open(io.BytesIO(printed(gold, entries(values, 1)))) as pdf:
        page = pdf.pages[0]
        boxes = {name: [float(v) / mm for v in page.obj[name]] for name in ("/TrimBox", "/BleedBox", "/MediaBox")}
    assert boxes["/TrimBox"] == pytest.approx([0, 0, 297, 210], abs=0.01)
    assert boxes["/BleedBox"] == pytest.approx([-3, -3, 300, 213], abs=0.01)
    assert boxes["/MediaBox"] == pytest.approx([-11, -11, 308, 221], abs=0.01)


def test_the_background_reaches_into_the_bleed_and_the_marks_lie_outside(values: dict[str, str]) -> None:
    layout = builtin_layout("modern")
    page = picture(printed(layout, [layout.samples()]), 150)
    at = lambda x, y: page.getpixel((round((x + 11) * 150 / 25.4), round((y + 11) * 150 / 25.4)))  # noqa: E731
    assert at(-2, 100)[2] > at(-2, 100)[0] + 30
    assert at(-5, 100) == (255, 255, 255)
    assert at(-6.5, 0)[0] < 160
    assert at(0, -6.5)[0] < 160
    assert at(-1, 0) != (0, 0, 0)


def test_a_page_looks_like_its_certificate(gold: Layout, values: dict[str, str]) -> None:
    alone = picture(render(gold, values, Assets(demo_seals=True)))
    page = picture(printed(gold, [values], with_marks=False))
    assert page.tobytes() == alone.tobytes()


def test_what_pages_share_is_stored_once(gold: Layout, values: dict[str, str]) -> None:
    one, many = (len(printed(gold, entries(values, count))) for count in (3, 63))
    assert (many - one) / 60 < 9_000
    assert len(render(gold, values)) > 60_000


def test_codes_are_scanned_from_the_sheet(gold: Layout, values: dict[str, str]) -> None:
    assert qr_codes(printed(gold, [values])) == [values["cert.url"]]


def test_a_refused_certificate_leaves_no_page(gold: Layout, values: dict[str, str]) -> None:
    buffer = io.BytesIO()
    press, sheets = Press(gold), PrintFile(buffer, "印刷版")
    sheets.add(press, values)
    with pytest.raises(CertificateRefusedError):
        sheets.add(press, values | {"recipient.name": "\U0002ee00"})
    sheets.add(press, values | {"recipient.name": "李四"})
    assert sheets.close() == 2
    document = pypdfium2.PdfDocument(buffer.getvalue())
    assert len(document) == 2
    document.close()


@pytest.mark.usefixtures("qpdf")
def test_pages_of_two_layouts_keep_their_own_drawing_and_size(
    gold: Layout, values: dict[str, str], tmp_path: Path
) -> None:
    buffer = io.BytesIO()
    sheets = PrintFile(buffer, "印刷版")
    others = Press(builtin_layout("plain-red")), Press(gold)
    for press in (*others, others[0]):
        sheets.add(press, values)
    assert sheets.close() == 3
    assert "WARNING" not in said_by(["qpdf", "--check"], buffer.getvalue(), tmp_path)
    alone = [pypdfium2.PdfDocument(printed_by(press, values)) for press in (*others, others[0])]
    together = pypdfium2.PdfDocument(buffer.getvalue())
    for page, single in zip(together, alone, strict=True):
        assert page.get_size() == single[0].get_size()
        assert page.get_textpage().get_text_range() == single[0].get_textpage().get_text_range()
        single.close()
    together.close()


def printed_by(press: Press, values: dict[str, str]) -> bytes:
    buffer = io.BytesIO()
    sheets = PrintFile(buffer, "印刷版")
    sheets.add(press, values)
    sheets.close()
    return buffer.getvalue()


def test_the_same_pages_give_the_same_bytes(gold: Layout, values: dict[str, str]) -> None:
    assert printed(gold, entries(values, 5)) == printed(gold, entries(values, 5))


def test_preprinted_paper_gets_only_what_varies_shifted_for_the_printer(gold: Layout, values: dict[str, str]) -> None:
    plain, shifted = gold.for_preprinted_paper(0, 0), gold.for_preprinted_paper(1.5, -2)
    assert {"title", "divider", "seal-1", "how-to-verify"}.isdisjoint(item.id for item in plain.items)
    assert {"name", "body", "qr", "number"} <= {item.id for item in plain.items}
    assert [i.box.x + 1.5 for i in plain.items] == [i.box.x for i in shifted.items]
    assert [i.box.y - 2 for i in plain.items] == [i.box.y for i in shifted.items]
    assert len({gold.digest, plain.digest, shifted.digest}) == 3
    assert check(plain, values) == []
    printed_words = render(plain, values)
    assert qr_codes(printed_words) == [values["cert.url"]]
    page, whole = picture(printed_words), picture(render(gold, values))
    assert page.getpixel((60, 60)) == (255, 255, 255) != whole.getpixel((60, 60))
