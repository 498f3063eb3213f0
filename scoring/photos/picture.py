"""A picture from outside made harmless: looked at with suspicion, turned upright, shrunk, written without metadata.

What a tablet's camera writes beside the picture (place, time, device) is personal data and never kept.
"""

import io
import warnings
from dataclasses import dataclass

from PIL import Image, ImageOps

from core.errors import InvalidInputError

MOST_BYTES = 4 * 1024 * 1024
MOST_PIXELS = 16_000_000
"""Tablets shrink to a sixth of this; more would only fill the memory of the server."""
LONGEST_SIDE = 1600
QUALITY = 82
_FORMATS = ("JPEG", "PNG", "WEBP")


class BadPictureError(InvalidInputError):
    """What was sent is no picture that can be kept."""

    code = "bad_picture"


@dataclass(frozen=True, slots=True)
class Picture:
    """A JPEG without metadata, and its size in pixels."""

    data: bytes
    width: int
    height: int


def harmless(data: bytes) -> Picture:
    """The picture as it may be kept.

    Args:
        data: the file as it was sent: JPEG, PNG or WebP.

    Raises:
        BadPictureError: too large, no picture, broken, or one that would unpack to far more than it seems.
    """
    if len(data) > MOST_BYTES:
        raise BadPictureError("照片超过 %(n)s MB，请重新拍照", n=MOST_BYTES // 1024 // 1024)
    try:
        with warnings.catch_warnings(), Image.open(io.BytesIO(data), formats=_FORMATS) as image:
            warnings.simplefilter("ignore")  # an odd tag is no reason to lose evidence; the size is asked below
            return _written_anew(image)
    except BadPictureError:
        raise
    except Exception as error:  # a decoder raises whatever a broken file makes it raise
        raise BadPictureError("照片无法识别或已损坏，请重新拍照") from error


def _written_anew(image: Image.Image) -> Picture:
    if image.width * image.height > MOST_PIXELS:
        raise BadPictureError("照片像素过大（%(w)s×%(h)s），请重新拍照", w=image.width, h=image.height)
    image.load()
    upright = ImageOps.exif_transpose(image)
    flat = Image.new("RGB", upright.size, "white")
    seen = upright.convert("RGBA")
    flat.paste(seen, mask=seen.getchannel("A"))
    flat.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    out = io.BytesIO()
    flat.save(out, "JPEG", quality=QUALITY)
    return Picture(out.getvalue(), flat.width, flat.height)
