"""Handed-in files on disk: encrypted, under the instance folder, where no address of the web side leads."""

import hashlib
import re
import secrets
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

from cryptography.exceptions import InvalidTag
from flask import current_app

from core.clock import now
from core.errors import ConflictError
from core.personal_data import seal_file, unseal_file
from core.whole_files import write_whole

FOLDER = "handed-in"
_SETTLED = timedelta(hours=1)
_NAME = re.compile(r"[0-9a-f]{32}")


class LostFileError(ConflictError):
    """A file that should be there is not, or is not what was handed in."""

    code = "lost_file"


def folder() -> Path:
    """Where the files lie."""
    place: Path = current_app.config["SETTINGS"].instance / FOLDER
    return place


def new_name() -> str:
    """A name that tells nothing and that nobody has."""
    return secrets.token_hex(16)


def keep(name: str, content: bytes) -> None:
    """Write a file under a new name; when this returns it is on the disk."""
    write_whole(_path(name), seal_file(content, name))


def read(name: str, digest: str) -> bytes:
    """A file as it was handed in.

    Args:
        name: under which it is kept.
        digest: SHA-256 that it must have.

    Raises:
        LostFileError: it is gone, or its bytes were changed.
    """
    try:
        content = unseal_file(_path(name).read_bytes(), name)
    except FileNotFoundError as error:
        raise LostFileError("文件不在存放处，请检查备份；需要时请本人重新提交") from error
    except InvalidTag as error:
        raise LostFileError("文件与提交时不一致，可能被改动过，请检查备份") from error
    if hashlib.sha256(content).hexdigest() != digest:
        raise LostFileError("文件与提交时不一致，可能被改动过，请检查备份")
    return content


def discard(names: Iterable[str]) -> None:
    """Delete files; who is not there any more does not matter."""
    for name in names:
        _path(name).unlink(missing_ok=True)


def strangers(known: Iterable[str]) -> list[str]:
    """Names of files that no row knows, as after a power cut between the two; a fresh file may still get its row."""
    names, settled = set(known), (now() - _SETTLED).timestamp()
    files = (path for path in folder().glob("??/*") if _NAME.fullmatch(path.name) and path.stat().st_mtime < settled)
    return sorted(path.name for path in files if path.name not in names)


def _path(name: str) -> Path:
    if not _NAME.fullmatch(name):
        raise ValueError(name)
    return folder() / name[:2] / name
