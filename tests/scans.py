"""Scans made for tests: pictures and PDF files, honest ones and hostile ones."""

import io
import zlib

import pikepdf
from PIL import Image


def picture(kind="JPEG", size=(60, 80), **save):
    """A picture in one colour."""
    out = io.BytesIO()
    Image.new("RGB", size, "#cdb").save(out, kind, **save)
    return out.getvalue()


def pdf(pages=1, edit=None, **save):
    """A PDF of empty pages; `edit` may add what should not be there."""
    file = pikepdf.new()
    for _ in range(pages):
        file.add_blank_page(page_size=(595, 842))
    if edit is not None:
        edit(file)
    out = io.BytesIO()
    file.save(out, **(save or {"deterministic_id": True}))
    return out.getvalue()


def bomb():
    """A PDF whose structure unpacks to far more than it is."""
    packed = zlib.compress(b"\0" * (64 * 2**20), 9)
    return b"%PDF-1.5\n1 0 obj\n<< /Type /ObjStm /Filter /FlateDecode >>\nstream\n" + packed + b"\nendstream\n%%EOF"


def jpeg(size=(64, 48), colour="red", **more) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "JPEG", **more)
    return out.getvalue()
