"""Reading QR codes off photographs of a tablet's screen."""

from io import BytesIO

import zxingcpp
from PIL import Image, ImageOps

from core.errors import InvalidInputError

QR = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
MOST_PIXELS = 60_000_000
LONG_EDGE = 4000
"""Larger photographs are read smaller; a code of 77 modules needs a tenth of that."""


class UnreadablePictureError(InvalidInputError):
    """No picture, one that is too large, or one without a code."""

    code = "unreadable_picture"


def codes_on(data: bytes, name: str) -> list[str]:
    """The texts of all QR codes on a photograph.

    Raises:
        UnreadablePictureError: no picture, too large a picture, or no QR code on it.
    """
    picture = _opened(data, name)
    found = [code.text for code in zxingcpp.read_barcodes(picture, formats=QR, text_mode=zxingcpp.TextMode.Plain)]
    if not found:
        raise UnreadablePictureError("“%(name)s”上没有找到二维码；请把屏幕调亮，正对着拍清楚", name=name)
    return found


def _opened(data: bytes, name: str) -> Image.Image:
    try:
        with Image.open(BytesIO(data)) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise UnreadablePictureError("“%(name)s”太大，请用普通照片", name=name)
            picture.draft("L", (LONG_EDGE, LONG_EDGE))
            grey = ImageOps.exif_transpose(picture).convert("L")
    except UnreadablePictureError:
        raise
    except Exception as error:  # Pillow raises whatever its decoders meet in a damaged file
        raise UnreadablePictureError("“%(name)s”不是能读的照片，也不是交接文件", name=name) from error
    grey.thumbnail((LONG_EDGE, LONG_EDGE))
    return grey
