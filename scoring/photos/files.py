"""Pictures as files: each is named by the SHA-256 of its content, so that a changed one is no longer taken for true."""

import hashlib
from pathlib import Path

from flask import current_app

from core.errors import DomainError
from core.whole_files import write_whole


class PictureLostError(DomainError):
    """The file of a picture is gone or is not what it was."""

    code = "picture_lost"
    status = 500


def photo_folder() -> Path:
    """Where this installation keeps pictures."""
    instance: Path = current_app.config["SETTINGS"].instance
    return instance / "photos"


def digest_of(data: bytes) -> str:
    """By which a picture is named."""
    return hashlib.sha256(data).hexdigest()


def keep(folder: Path, data: bytes) -> str:
    """Put a picture on disk and return its digest; the same picture again is the same file."""
    digest = digest_of(data)
    path = path_of(folder, digest)
    if path.exists():
        return digest
    write_whole(path, data)
    return digest


def fetch(folder: Path, digest: str) -> bytes:
    """The picture of a digest.

    Raises:
        PictureLostError: there is none, or its content has been changed.
    """
    try:
        data = path_of(folder, digest).read_bytes()
    except OSError as error:
        raise PictureLostError("照片文件不在服务器上，请从备份恢复 photos 文件夹") from error
    if digest_of(data) != digest:
        raise PictureLostError("照片文件与登记的摘要不符，已不能作为证据")
    return data


def path_of(folder: Path, digest: str) -> Path:
    """Where a picture stands; a folder for each first two digits."""
    return folder / digest[:2] / f"{digest}.jpg"
