"""A file that is on the disk whole, or is not there: what a row in the database names must outlast a power cut."""

import os
import tempfile
from pathlib import Path


def write_whole(path: Path, data: bytes) -> None:
    """Write a file, mode 0600, in a folder of nobody else's; it bears its name once it is on the disk.

    Raises:
        OSError: the disk is full, or not ours; then nothing is left.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, name = tempfile.mkstemp(dir=path.parent)
    draft = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
