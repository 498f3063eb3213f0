"""The viewers that people open a certificate with, Chromium and those built on poppler or PDFium, show one picture."""

import io
import shutil
import subprocess
from pathlib import Path

import pytest
import zxingcpp
from installation import missing
from pdf_reading import picture
from PIL import Image, ImageChops, ImageFilter, ImageStat
from playwright.sync_api import sync_playwright
from signing_keys import KEYS, certificate, pem

from certificates.layouts.loading import builtin_layout, builtin_layouts
from certificates.pdf.rendering import render
from certificates.pdf.signing import read_signer

WINDOW = {"width": 1188, "height": 840}
PAPER = (b"<style>*{margin:0}</style><embed src='%b#toolbar=0&navpanes=0&scrollbar=0&view=Fit' "
         b"type='application/pdf' style='width:1188px;height:840px'>")  # fmt: skip
FURTHEST = 6.0
"""Mean difference of 255 after a light blur: edges are smoothed differently, nothing else may differ."""
GROUND, SHADOW = (40, 40, 40), 45
"""What the viewer shows around a page, and how far the page's shadow differs from it."""


def by_chromium(files: dict[str, bytes], folder: Path, chromium: str, arguments: list[str]) -> dict[str, Image.Image]:
    """Pages as Chromium's viewer shows them, its own ground cut off."""
    hidden = ["--headless", "--disable-extensions", "--disable-component-extensions-with-background-pages"]
    shown = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=[*arguments, "--headless=new"], ignore_default_args=hidden
        )
        for name, pdf in files.items():
            (folder / f"{name}.pdf").write_bytes(pdf)
            (folder / f"{name}.html").write_bytes(PAPER % f"{name}.pdf".encode())
            page = browser.new_page(viewport=WINDOW)
            page.goto((folder / f"{name}.html").as_uri())
            for _ in range(100):  # the viewer tells nobody when it has painted
                seen = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
                box = page_box(seen)
                if box is not None and (box[2] - box[0]) * (box[3] - box[1]) > 0.4 * seen.width * seen.height:
                    before, shown[name] = shown.get(name), seen.crop(box)
                    if before == shown[name]:
                        break
                page.wait_for_timeout(100)
            page.close()
        browser.close()
    return shown


def page_box(seen: Image.Image) -> tuple[int, int, int, int] | None:
    """Where the page lies, whose own edge may be dark as well."""
    bands = ImageChops.difference(seen, Image.new("RGB", seen.size, GROUND)).split()
    most = ImageChops.lighter(ImageChops.lighter(bands[0], bands[1]), bands[2])
    return most.point(lambda step: 255 * (step > SHADOW)).getbbox()


def by_poppler(pdf: bytes) -> Image.Image:
    if shutil.which("pdftoppm") is None:
        missing("pdftoppm", "apt-get install poppler-utils")
    drawn = subprocess.run(["pdftoppm", "-r", "150", "-png", "-"], input=pdf, capture_output=True, check=True)
    return Image.open(io.BytesIO(drawn.stdout)).convert("RGB")


def difference(one: Image.Image, other: Image.Image) -> float:
    blurred = [image.filter(ImageFilter.GaussianBlur(1.5)) for image in (one, other.resize(one.size, Image.LANCZOS))]
    return max(ImageStat.Stat(ImageChops.difference(*blurred)).mean)


@pytest.mark.timeout(180)
def test_chromium_poppler_and_pdfium_show_the_same_picture(
    tmp_path: Path, chromium: str, chromium_arguments: list[str]
) -> None:
    signer = read_signer(pem(KEYS["P-256"], certificate(KEYS["P-256"])))
    files = {}
    for name in builtin_layouts():
        layout = builtin_layout(name)
        values = layout.samples() | {"issue.day": "2026-11-21"}
        files[name] = render(layout, values)
    gold = builtin_layout("huiwen-gold")
    files["signed"] = render(gold, gold.samples() | {"issue.day": "2026-11-21"}, signer=signer)

    shown = by_chromium(files, tmp_path, chromium, chromium_arguments)

    assert shown.keys() == files.keys()
    for name, pdf in files.items():
        for other in (by_poppler(pdf), picture(pdf)):
            assert difference(shown[name], other) < FURTHEST, name
    assert [code.text for code in zxingcpp.read_barcodes(shown["signed"])] == [gold.samples()["cert.url"]]


def test_the_measure_tells_another_layout_from_the_same_picture() -> None:
    gold = builtin_layout("huiwen-gold")
    values = gold.samples()
    one = picture(render(gold, values)).resize((1174, 830), Image.LANCZOS)

    assert difference(one, picture(render(gold, values))) < 1
    assert difference(one, picture(render(builtin_layout("plain-red"), values))) > FURTHEST
