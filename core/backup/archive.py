"""The archive as a file: a zip written whole or not at all, and read with nothing in it believed."""

import hashlib
import os
import secrets
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from core.backup.manifest import NAME, BadArchiveError, Entry, Manifest, from_json, to_json

CHUNK = 1 << 20
LARGEST_MANIFEST = 64 << 20
"""Bytes; that many are written for half a million files."""
PLAIN = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
ENCRYPTED = 0x1
BROKEN = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, UnicodeDecodeError)
"""What the reader of zips raises at bytes that are no zip."""
Sink = Callable[[bytes], object]


class Writer:
    """An archive that is being written; the manifest comes last, when every digest is known."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self.entries: list[Entry] = []

    def add(self, path: str, source: BinaryIO, *, is_packed: bool = False) -> None:
        """Copy `source` to `path`; `is_packed` where pressing it again gains nothing."""
        info = zipfile.ZipInfo(path)
        info.compress_type = zipfile.ZIP_STORED if is_packed else zipfile.ZIP_DEFLATED
        info.external_attr = 0o600 << 16
        digest, size = hashlib.sha256(), 0
        with self._archive.open(info, "w", force_zip64=True) as target:
            while chunk := source.read(CHUNK):
                target.write(chunk)
                digest.update(chunk)
                size += len(chunk)
        self.entries.append(Entry(path, size, digest.hexdigest()))

    def finish(self, manifest: Manifest) -> None:
        """Write the manifest of all that was added."""
        self._archive.writestr(NAME, to_json(manifest), zipfile.ZIP_DEFLATED)


@contextmanager
def new_archive(target: Path) -> Iterator[Writer]:
    """An archive that bears its name, mode 0600, once the block has ended well and all is on the disk."""
    draft = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    try:
        handle = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w+b") as file:
            with zipfile.ZipFile(file, "w") as archive:
                yield Writer(archive)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


class Archive:
    """An archive that is read. Nothing is taken from it that its manifest does not name."""

    def __init__(self, archive: zipfile.ZipFile, size: int) -> None:
        self._archive = archive
        infos = archive.infolist()
        if not all(0 <= info.header_offset < size for info in infos):
            raise zipfile.BadZipFile
        if any(info.compress_type not in PLAIN or info.flag_bits & ENCRYPTED for info in infos):
            raise BadArchiveError("这不是本程序的备份：压缩方法不认识，或加了密码")
        found = {info.filename: info for info in infos}
        if NAME not in found or found[NAME].file_size > LARGEST_MANIFEST:
            raise BadArchiveError("这不是本程序的备份：没有清单，或清单过大")
        self.manifest = from_json(self._head(found[NAME]))
        named = {entry.path for entry in self.manifest.files} | {NAME}
        if len(infos) != len(found) or set(found) != named:
            raise BadArchiveError("备份里的文件与清单不一致，没有恢复任何文件")
        self._found = found

    def _head(self, info: zipfile.ZipInfo) -> bytes:
        with self._archive.open(info) as source:
            return source.read(LARGEST_MANIFEST)

    def copy(self, entry: Entry, sink: Sink) -> None:
        """Hand the bytes of a file to `sink`, never more than its manifest names.

        Raises:
            BadArchiveError: they are more or fewer, or not those of the digest.
        """
        digest, left = hashlib.sha256(), entry.size
        with self._archive.open(self._found[entry.path]) as source:
            while chunk := source.read(min(CHUNK, left + 1)):
                left -= len(chunk)
                if left < 0:
                    break
                digest.update(chunk)
                sink(chunk)
        if left or digest.hexdigest() != entry.digest:
            raise BadArchiveError("备份里的 %(path)s 与清单的大小或摘要不符，备份已损坏或被改动", path=entry.path)

    def check(self) -> None:
        """Read every file and compare it with the manifest.

        Raises:
            BadArchiveError: one is not what it was.
        """
        for entry in self.manifest.files:
            self.copy(entry, len)

    def extract(self, entry: Entry, folder: Path) -> Path:
        """Write one file under `folder`, mode 0600, to the disk; its path."""
        target = folder / entry.path
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            self.copy(entry, file.write)
            file.flush()
            os.fsync(file.fileno())
        return target


@contextmanager
def opened(path: Path) -> Iterator[Archive]:
    """The archive at `path`.

    Raises:
        BadArchiveError: there is none, or what is read of it inside the block is broken.
    """
    if not path.is_file():
        raise BadArchiveError("找不到文件 %(path)s", path=path)
    try:
        with zipfile.ZipFile(path) as archive:
            yield Archive(archive, path.stat().st_size)
    except BROKEN as error:
        raise BadArchiveError("%(path)s 不是完整的备份，可能没有拷贝完或已损坏", path=path) from error
