"""The archive as a zip: the same content gives the same bytes, and of a foreign one nothing is believed."""

import re
from contextlib import AbstractContextManager
from pathlib import Path
from typing import BinaryIO

from certificates.archive.manifest import REFUSALS, Manifest, from_json, to_json
from core import checked_zip
from core.checked_zip import CheckedZip, Kind, new_zip, opened_zip

Writer = checked_zip.Writer[Manifest]
Archive = CheckedZip[Manifest]
KIND = Kind(
    read=from_json,
    write=to_json,
    packed=re.compile(r".+\.(jpg|pdf|sealed)"),  # what is pressed already, and ciphertext
    refusals=REFUSALS,
    most_total=64 << 30,
)


def new_archive(target: BinaryIO) -> AbstractContextManager[Writer]:
    """An archive in an empty file; whole when the block has ended well."""
    return new_zip(target, KIND)


def opened(path: Path) -> AbstractContextManager[Archive]:
    """The archive at `path`.

    Raises:
        BadArchiveError: there is none, or what is read of it inside the block is broken.
    """
    return opened_zip(path, KIND)
