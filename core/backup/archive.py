"""A backup as a file: written whole or not at all, and read with nothing in it believed."""

import os
import re
import secrets
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from core import checked_zip
from core.backup.manifest import DATABASES, FILES, REFUSALS, Manifest, from_json, to_json
from core.checked_zip import CheckedZip, Kind, new_zip, opened_zip

Writer = checked_zip.Writer[Manifest]
Archive = CheckedZip[Manifest]
KIND = Kind(
    read=from_json,
    write=to_json,
    packed=re.compile(f"{re.escape(DATABASES['postgresql'])}|{FILES.pattern}"),
    refusals=REFUSALS,
)


@contextmanager
def new_archive(target: Path) -> Iterator[Writer]:
    """An archive that bears its name, mode 0600, once the block has ended well and all is on the disk."""
    draft = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    try:
        handle = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w+b") as file:
            with new_zip(file, KIND) as writer:
                yield writer
            file.flush()
            os.fsync(file.fileno())
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


def opened(path: Path) -> AbstractContextManager[Archive]:
    """The archive at `path`.

    Raises:
        BadArchiveError: there is none, or what is read of it inside the block is broken.
    """
    return opened_zip(path, KIND)
