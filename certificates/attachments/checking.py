"""Looks at a handed-in file before anything of it is kept: a scan is a picture or a quiet PDF, and small.

Pictures are drawn anew, so that nothing else of the file stays: no place, no camera, nothing hidden. A PDF stays as it
is, because it may carry a signature; whatever could act on its own is refused.
"""

import io
import re
import zlib
from dataclasses import dataclass
from typing import Any

from PIL import Image, ImageOps, UnidentifiedImageError

from core.errors import InvalidInputError

MOST_BYTES = 6 * 2**20
MOST_PIXELS = 60_000_000
MOST_PAGES = 60
_LONGEST_SIDE = 3_000
_MOST_OBJECTS = 20_000
_MOST_PARTS = 200_000
_MOST_INSIDE = 32 * 2**20
_ACTIONS = frozenset("/JavaScript /Launch /SubmitForm /ImportData /GoToE /Rendition /RichMediaExecute".split())
_LIVE_PARTS = frozenset("/RichMedia /FileAttachment /Movie /Screen /Sound /3D".split())
_STRUCTURE_STREAM = re.compile(rb"/(?:ObjStm|XRef)\b[^\x00]{0,400}?stream\r?\n", re.DOTALL)


class ScanError(InvalidInputError):
    """A file that cannot be taken as a scanned paper."""

    code = "scan"


@dataclass(frozen=True, slots=True)
class Scan:
    """A file that may be kept."""

    kind: str
    """pdf or jpeg."""
    content: bytes


def checked(data: bytes) -> Scan:
    """The scan in a file.

    Args:
        data: the file as it was handed in.

    Returns:
        A PDF as it is; a JPEG or PNG picture upright, without anything but its pixels, as JPEG.

    Raises:
        ScanError: empty, too large, damaged, locked, of another kind, or with parts that could act on their own.
    """
    if not data:
        raise ScanError("文件是空的，请重新选择")
    if len(data) > MOST_BYTES:
        raise ScanError("文件超过 %(most)s MB，请压缩或降低扫描分辨率后再上传", most=MOST_BYTES // 2**20)
    if data.startswith(b"%PDF-"):
        _require_quiet(data)
        return Scan("pdf", data)
    if data.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")):
        return Scan("jpeg", _drawn_anew(data))
    raise ScanError("只收 PDF、JPEG 或 PNG 的扫描件或照片，这个文件不是")


def _drawn_anew(data: bytes) -> bytes:
    try:
        with Image.open(io.BytesIO(data), formats=("JPEG", "PNG")) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise ScanError("图片的像素太多，请降低分辨率后再上传")
            upright = ImageOps.exif_transpose(picture)
            upright.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
            flat = _on_white(upright)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise ScanError("图片已损坏，打不开；请重新拍照或扫描") from error
    except Image.DecompressionBombWarning as error:
        raise ScanError("图片的像素太多，请降低分辨率后再上传") from error
    out = io.BytesIO()
    flat.save(out, "JPEG", quality=88, optimize=True)
    return out.getvalue()


def _on_white(picture: Image.Image) -> Image.Image:
    """Without transparency, which JPEG does not know and which could hide what is under it."""
    layered = picture.convert("RGBA")
    white = Image.new("RGBA", layered.size, "white")
    return Image.alpha_composite(white, layered).convert("RGB")


def _require_quiet(data: bytes) -> None:
    import pikepdf  # noqa: PLC0415  it takes long to load, and only a PDF needs it

    _require_little_inside(data)
    try:
        with pikepdf.open(io.BytesIO(data)) as file:
            if not 0 < len(file.pages) <= MOST_PAGES:
                raise ScanError("PDF 应有 1 到 %(most)s 页，请拆分或只留需要的页", most=MOST_PAGES)
            if len(file.objects) > _MOST_OBJECTS:
                raise ScanError("PDF 的内部结构过于复杂，请打印成新的 PDF 后再上传")
            if "/XFA" in file.Root.get("/AcroForm", {}):
                raise ScanError("PDF 是可填写的动态表单，请打印成普通 PDF 后再上传")
            _require_still(list(file.objects))
    except pikepdf.PasswordError as error:
        raise ScanError("PDF 设有密码，请取消密码后再上传") from error
    except (pikepdf.PdfError, ValueError, TypeError, AttributeError, RuntimeError) as error:
        raise ScanError("PDF 已损坏，打不开；请重新导出或扫描") from error


def _require_little_inside(data: bytes) -> None:
    """Refuse what would fill the memory when the structure of the file is unpacked."""
    left = _MOST_INSIDE
    for found in _STRUCTURE_STREAM.finditer(data):
        unpacker = zlib.decompressobj()
        try:
            left -= len(unpacker.decompress(data[found.end() :], left + 1))
        except zlib.error:
            continue
        if left < 0:
            raise ScanError("PDF 解压后太大，请打印成新的 PDF 后再上传")


def _require_still(parts: list[Any]) -> None:
    """Look through all objects and what they hold themselves; what they only point to is an object of its own."""
    import pikepdf  # noqa: PLC0415  as above

    seen = 0
    while parts:
        part, seen = parts.pop(), seen + 1
        if seen > _MOST_PARTS:
            raise ScanError("PDF 的内部结构过于复杂，请打印成新的 PDF 后再上传")
        if isinstance(part, pikepdf.Dictionary | pikepdf.Stream):
            _require_still_part(part)
            held = [part[key] for key in part.keys()]  # noqa: SIM118  a PDF's dictionary is walked by its keys
        elif isinstance(part, pikepdf.Array):
            held = list(part)
        else:
            continue
        parts += [one for one in held if isinstance(one, pikepdf.Object) and not one.is_indirect]


def _require_still_part(part: Any) -> None:
    names = {str(part.get(key, "")) for key in ("/S", "/Subtype", "/Type")}
    if names & _ACTIONS or "/JS" in part:
        raise ScanError("PDF 里带有脚本或自动执行的动作，请打印成普通 PDF 后再上传")
    if names & _LIVE_PARTS or "/EF" in part:
        raise ScanError("PDF 里夹带了附件或多媒体，请只上传扫描件本身")
