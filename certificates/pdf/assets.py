"""Pictures that are handed in with a layout: seals, emblems, backgrounds. Checked before anything is decoded."""

import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from PIL import Image, UnidentifiedImageError

from core.errors import InvalidInputError

LARGEST_PIXELS = 40_000_000
PAGE_MARK = b"%PDF"
_FORMATS = ("PNG", "JPEG")


class AssetError(InvalidInputError):
    """A picture is missing, damaged or too large."""


@dataclass(frozen=True, slots=True)
class Assets:
    """What a layout refers to by name.

    Attributes:
        images: file content of PNG or JPEG pictures by name, and for backgrounds of pages that
            `background_pages.read_page` has made.
        demo_seals: draw seals marked 演示样章 where a seal's own picture is not given. Never for real certificates.
    """

    images: Mapping[str, bytes] = field(default_factory=dict)
    demo_seals: bool = False

    def key(self) -> tuple[object, ...]:
        """Give what tells these pictures from others."""
        digests = ((name, _digest(data)) for name, data in sorted(self.images.items()))
        return (*digests, self.demo_seals)

    def page(self, name: str | None) -> bytes | None:
        """Give a page that is a background; None if there is none of this name or it is a picture."""
        content = self.images.get(name or "", b"")
        return content if content.startswith(PAGE_MARK) else None

    def image(self, name: str) -> Image.Image | io.BytesIO:
        """Check a picture and give what is to be embedded: a photograph as it is, any other one decoded.

        Raises:
            AssetError: not handed in, not a picture, or more than `LARGEST_PIXELS`.
        """
        if name not in self.images:
            raise AssetError("没有名为“%(name)s”的图片", name=name)
        decoded, is_photograph = _decoded(name, self.images[name])
        return io.BytesIO(self.images[name]) if is_photograph else decoded


NO_ASSETS = Assets()


def image_facts(name: str, data: bytes) -> dict[str, str]:
    """Tell kind and extent of a picture that has been checked; errors as `Assets.image`."""
    decoded, _ = _decoded(name, data)
    kind = "PNG" if data.startswith(b"\x89PNG") else "JPEG"
    return {"kind": kind, "size": f"{decoded.width}×{decoded.height}"}


@lru_cache(maxsize=32)
def _digest(data: bytes) -> bytes:
    """Digest a picture once, not for every certificate that shows it."""
    return hashlib.sha256(data).digest()


@lru_cache(maxsize=16)
def _decoded(name: str, data: bytes) -> tuple[Image.Image, bool]:
    """Decode a picture; also tells whether it is a JPEG in red, green and blue, which PDF takes as it is."""
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
            if image.width * image.height > LARGEST_PIXELS:
                raise _too_large(name)
            image.load()
            has_alpha = "A" in image.getbands() or "transparency" in image.info
            is_photograph = image.format == "JPEG" and image.mode == "RGB"
            return image.convert("RGBA" if has_alpha else "RGB"), is_photograph
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_large(name) from error
    except (UnidentifiedImageError, OSError) as error:
        raise AssetError("图片“%(name)s”不是完好的 PNG 或 JPEG", name=name) from error


def _too_large(name: str) -> AssetError:
    return AssetError("图片“%(name)s”超过 %(most)s 万像素", name=name, most=LARGEST_PIXELS // 10_000)
