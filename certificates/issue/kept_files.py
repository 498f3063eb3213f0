"""Files of certificates as another server issued them, each named by its digest.

A file of this server is made again on request. One that came in an archive may be signed by a key that is not here:
were it drawn differently one day, nobody could sign it anew. So it is kept.
"""

import hashlib
from collections.abc import Iterable
from pathlib import Path

from flask import current_app

from core.whole_files import write_whole

FOLDER = "issued"


def path_of(digest: str) -> Path:
    """Where a file lies; a folder for each first two digits."""
    instance: Path = current_app.config["SETTINGS"].instance
    return instance / FOLDER / digest[:2] / f"{digest}.pdf"


def keep(data: bytes) -> Path | None:
    """Put a file on the disk; where it is if it is new there."""
    path = path_of(hashlib.sha256(data).hexdigest())
    if path.exists():
        return None
    write_whole(path, data)
    return path


def kept(digest: str) -> bytes | None:
    """The file with this digest; None where there is none, or it is not any more what it was."""
    try:
        data = path_of(digest).read_bytes()
    except OSError:
        return None
    return data if hashlib.sha256(data).hexdigest() == digest else None


def discard(digests: Iterable[str]) -> None:
    """Delete files; which of them were kept does not matter."""
    for digest in digests:
        path_of(digest).unlink(missing_ok=True)
