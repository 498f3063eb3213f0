"""The child process that reads one file from outside, with bounds: its name and kind come in, facts and content go out.

It writes four bytes with the length of the facts, the facts as JSON, then the content that is to be kept.
"""

import json
import struct
import sys
from collections.abc import Callable, Mapping
from typing import Any

from certificates.pdf.assets import Assets, image_facts
from certificates.pdf.background_pages import is_page, read_page
from core.errors import DomainError

MOST_MEMORY = 3 * 2**30
MOST_PROCESSOR_SECONDS = 50
Reader = Callable[[str, bytes], tuple[dict[str, Any], bytes]]


def read_picture(name: str, data: bytes) -> tuple[dict[str, Any], bytes]:
    """Check a picture or a page; gives kind, size in words and remark, and the content to be kept.

    Raises:
        AssetError, PageError: damaged, too large, or no background.
    """
    if is_page(data):
        page = read_page(name, data)
        return {
            "kind": page.kind,
            "size": f"{page.width:.0f}×{page.height:.0f} mm",
            "remark": page.remark,
        }, page.content
    Assets({name: data}).image(name)
    return image_facts(name, data) | {"remark": ""}, data


def read_seal(name: str, data: bytes) -> tuple[dict[str, Any], bytes]:
    """Check the picture of a seal, which is never a page; as `read_picture`."""
    Assets({name: data}).image(name)
    return image_facts(name, data), data


def read_font(name: str, data: bytes) -> tuple[dict[str, Any], bytes]:
    """Make a supplement of a font; gives its family and the characters that it adds, and the glyphs as a font file.

    Raises:
        FontFileError: see `supplements.made_supplement`.
    """
    from certificates.pdf.supplements import made_supplement  # noqa: PLC0415  fontTools takes long to import

    supplement = made_supplement(name, data)
    return {"family": supplement.family, "characters": supplement.characters}, supplement.content


READERS: Mapping[str, Reader] = {"picture": read_picture, "seal": read_seal, "font": read_font}


def main(kind: str, name: str) -> None:
    """Read one file from standard input and write what came out of it."""
    _bound()
    data = sys.stdin.buffer.read()
    try:
        facts, content = READERS[kind](name, data)
    except DomainError as error:
        facts, content = {"error": error.message, "params": {k: str(v) for k, v in error.params.items()}}, b""
    head = json.dumps(facts, ensure_ascii=False).encode()
    sys.stdout.buffer.write(struct.pack(">I", len(head)) + head + content)


def _bound() -> None:
    """Take no more memory and processor time than a file can be worth; Windows has no such bounds, only the clock's."""
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415  not on every system

    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_PROCESSOR_SECONDS, MOST_PROCESSOR_SECONDS))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
