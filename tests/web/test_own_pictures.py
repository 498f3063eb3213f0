"""Pictures and PDF pages of an organiser's own, and what they change about an issue."""

import io
from dataclasses import replace

import pypdfium2
import pytest
from awarded import TERMS, Row, certificates, issue, make_awarded
from factories import make_competition
from flask.testing import FlaskClient
from makers_materials import (
    base,
    file,
    huge_png,
    own_layout,
    png,
    signed_in,
)
from reportlab.pdfgen.canvas import Canvas

from certificates.issue.files import digest_of, file_of
from certificates.layouts.loading import builtin_source
from certificates.layouts.reader import read_json
from core import jobs


def test_a_picture_is_taken_in_shown_and_frozen_with_what_is_issued(client: FlaskClient) -> None:
    published = make_awarded([Row("1")])
    signed_in(client, published.competition_id)
    page = f"{base(published.competition_id)}/pictures"
    upload = {"name": "底图", "file": file(png(1200, 848))}
    assert "可以在版式里用了" in client.post(page, data=upload, follow_redirects=True).text
    assert client.get(f"{page}/1/content").data == png(1200, 848)
    document = read_json(builtin_source("plain-red")) | {"background": {"asset": "底图"}}

    issue(published, replace(TERMS, layout=own_layout(published.competition_id, document)))
    jobs.sweep()

    (certificate,) = certificates(published)
    assert list(certificate.layout.materials["images"]) == ["底图"]
    with pypdfium2.PdfDocument(file_of(certificate)) as pdf:
        assert pdf[0].render(scale=0.2).to_pil().convert("RGB").getcolors(9999) is not None
    assert digest_of(file_of(certificate)) == certificate.digest
    assert client.get(f"{base(published.competition_id)}/certificates/{certificate.id}.pdf").status_code == 200
    refused = client.post(f"{page}/1/withdrawal")
    assert refused.status_code == 409
    assert "正在用这张图片" in refused.text


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("大", huge_png(), "图片“大”超过 4000 万像素"),
        ("坏", b"\x89PNG" + bytes(50), "图片“坏”不是完好的 PNG 或 JPEG"),
        ("空", b"", "图片“空”不是完好的 PNG 或 JPEG"),
        ("seal.1", png(), "图片名称请用"),
        ("a/b", png(), "图片名称请用"),
        ("", png(), "请填写图片名称"),
    ],
)
def test_a_picture_that_cannot_be_used_is_refused_in_one_sentence(
    client: FlaskClient, name: str, data: bytes, reason: str
) -> None:
    competition_id = make_competition().id
    signed_in(client, competition_id)

    answer = client.post(f"{base(competition_id)}/pictures", data={"name": name, "file": file(data)})

    assert answer.status_code == 422
    assert reason in answer.text


def test_a_name_is_given_to_one_picture_only_and_is_free_again_after_it_is_withdrawn(client: FlaskClient) -> None:
    competition_id = make_competition().id
    signed_in(client, competition_id)
    page = f"{base(competition_id)}/pictures"

    assert client.post(page, data={"name": "标志", "file": file(png())}).status_code == 302
    assert "已有名为“标志”的图片" in client.post(page, data={"name": "标志", "file": file(png(70))}).text
    assert client.post(f"{page}/1/withdrawal").status_code == 302
    assert client.get(f"{page}/1/content").status_code == 404
    assert client.post(page, data={"name": "标志", "file": file(png(70))}).status_code == 302


def test_a_pdf_page_as_background_says_how_it_was_taken_and_is_printed(client: FlaskClient) -> None:
    published = make_awarded([Row("1")])
    signed_in(client, published.competition_id)
    page = f"{base(published.competition_id)}/pictures"

    taken = client.post(page, data={"name": "底图", "file": file(sheet(), "底.pdf")}, follow_redirects=True).text
    worded = client.post(
        page, data={"name": "带字", "file": file(sheet("HONOR"), "字.pdf")}, follow_redirects=True
    ).text
    two = client.post(page, data={"name": "两页", "file": file(sheet(pages=2), "两.pdf")})

    assert "已按矢量收下" in taken
    assert "303×216 mm" in taken
    assert "已转成 300 dpi 的图片" in worded
    assert two.status_code == 422
    assert "有 2 页，背景只能是一页" in two.text
    assert client.get(f"{page}/1/content").mimetype == "image/png"
    document = read_json(builtin_source("plain-red")) | {"background": {"asset": "底图"}}
    issue(published, replace(TERMS, layout=own_layout(published.competition_id, document)))
    jobs.sweep()
    (certificate,) = certificates(published)
    assert digest_of(file_of(certificate)) == certificate.digest


def sheet(words: str = "", pages: int = 1) -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(303 * 72 / 25.4, 216 * 72 / 25.4))
    for _ in range(pages):
        canvas._preamble = ""
        canvas.setFillColorRGB(1, 0.9, 0.8)
        canvas.rect(0, 0, 900, 700, stroke=0, fill=1)
        if words:
            canvas.setFont("Helvetica", 30)
            canvas.drawString(100, 100, words)
        canvas.showPage()
    canvas.save()
    return out.getvalue()
