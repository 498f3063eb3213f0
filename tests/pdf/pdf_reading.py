"""Readers that know nothing of the writer: text by poppler and PDFium, codes by zxing, pictures by PDFium."""

import io
import subprocess
from pathlib import Path

import pypdfium2
import zxingcpp
from PIL import Image


def picture(pdf: bytes, dpi: int = 150, page: int = 0) -> Image.Image:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return document[page].render(scale=dpi / 72).to_pil().convert("RGB")
    finally:
        document.close()


def text_by_pdfium(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return str(document[0].get_textpage().get_text_range())
    finally:
        document.close()


def said_by(command: list[str], pdf: bytes, folder: Path) -> str:
    """What a program of the machine says about a PDF; the file's path follows the command."""
    path = folder / "read.pdf"
    path.write_bytes(pdf)
    done = subprocess.run([*command, str(path)], capture_output=True, check=False, text=True)
    return done.stdout + done.stderr


def text_by_poppler(pdf: bytes, folder: Path) -> str:
    path = folder / "read.pdf"
    path.write_bytes(pdf)
    return subprocess.run(["pdftotext", str(path), "-"], capture_output=True, check=True, text=True).stdout


def qr_codes(pdf: bytes, dpi: int = 150) -> list[str]:
    return [code.text for code in zxingcpp.read_barcodes(picture(pdf, dpi))]


def png(width: int, height: int, mode: str = "RGB") -> bytes:
    buffer = io.BytesIO()
    Image.new(mode, (width, height), (200, 0, 0, 128)[: len(mode)]).save(buffer, "PNG")
    return buffer.getvalue()
