"""The archive as a zip: the same content gives the same bytes, and of a foreign one nothing is believed."""

import hashlib
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from certificates.archive.manifest import NAME, BadArchiveError, Entry, Manifest, from_json, to_json

CHUNK = 1 << 20
LARGEST_MANIFEST = 64 << 20
LARGEST_TEXT = 512 << 20
"""Bytes of one file that is read into memory as a whole; a national contest's marks are a tenth of it."""
MOST_TOTAL = 64 << 30
"""Bytes of all files unpacked."""
PLAIN = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
ENCRYPTED = 0x1
BROKEN = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, UnicodeDecodeError)
"""What the reader of zips raises at bytes that are no zip."""
_EARLIEST = (1980, 1, 1, 0, 0, 0)
_PACKED = (".jpg", ".sealed")


class Writer:
    """An archive that is being written; the manifest comes last, when every digest is known."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self.entries: list[Entry] = []

    def add(self, path: str, parts: Iterable[bytes]) -> Entry:
        """Write a file of these parts; pictures and ciphertext are not pressed again."""
        digest, size = hashlib.sha256(), 0
        with self._archive.open(_info(path), "w", force_zip64=True) as target:
            for part in parts:
                target.write(part)
                digest.update(part)
                size += len(part)
        self.entries.append(Entry(path, size, digest.hexdigest()))
        return self.entries[-1]

    def finish(self, manifest: Manifest) -> None:
        """Write the manifest."""
        self._archive.writestr(_info(NAME), to_json(manifest))


@contextmanager
def new_archive(target: BinaryIO) -> Iterator[Writer]:
    """An archive in an empty file; whole when the block has ended well."""
    with zipfile.ZipFile(target, "w") as archive:
        yield Writer(archive)


def _info(path: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(path, _EARLIEST)
    info.compress_type = zipfile.ZIP_STORED if path.endswith(_PACKED) else zipfile.ZIP_DEFLATED
    info.external_attr = 0o600 << 16
    info.create_system = 3
    return info


class Archive:
    """An archive that is read. Nothing is taken from it that its manifest does not name."""

    def __init__(self, archive: zipfile.ZipFile, size: int) -> None:
        self._archive = archive
        infos = archive.infolist()
        if not all(0 <= info.header_offset < size for info in infos):
            raise zipfile.BadZipFile
        if any(info.compress_type not in PLAIN or info.flag_bits & ENCRYPTED for info in infos):
            raise BadArchiveError("这不是竞赛存档文件：压缩方法不认识，或压缩包加了密码")
        found = {info.filename: info for info in infos}
        if NAME not in found or found[NAME].file_size > LARGEST_MANIFEST:
            raise BadArchiveError("这不是竞赛存档文件：没有清单，或清单过大")
        with archive.open(found[NAME]) as source:
            self.manifest_bytes = source.read(LARGEST_MANIFEST)
        self.manifest = from_json(self.manifest_bytes)
        self.entries = {entry.path: entry for entry in self.manifest.files}
        if len(infos) != len(found) or found.keys() != self.entries.keys() | {NAME}:
            raise BadArchiveError("存档文件里的内容与清单不一致，没有导入任何内容")
        if sum(entry.size for entry in self.manifest.files) > MOST_TOTAL:
            raise BadArchiveError("存档文件解开后超过 %(most)s GB，不予处理", most=MOST_TOTAL >> 30)
        self._found = found

    def names(self, folder: str) -> list[str]:
        """Paths below a folder, sorted."""
        return sorted(path for path in self.entries if path.startswith(f"{folder}/"))

    def copy(self, path: str, sink: Callable[[bytes], object]) -> None:
        """Hand the bytes of a file to `sink`, never more than its manifest names.

        Raises:
            BadArchiveError: they are more or fewer, or not those of the digest.
        """
        entry = self.entries[path]
        digest, left = hashlib.sha256(), entry.size
        with self._archive.open(self._found[path]) as source:
            while chunk := source.read(min(CHUNK, left + 1)):
                left -= len(chunk)
                if left < 0:
                    break
                digest.update(chunk)
                sink(chunk)
        if left or digest.hexdigest() != entry.sha256:
            raise BadArchiveError("存档文件里的“%(path)s”与清单的大小或摘要不符，文件已损坏或被改动", path=path)

    def read(self, path: str) -> bytes:
        """A whole file.

        Raises:
            BadArchiveError: it is not there, too large, or not what the manifest says.
        """
        if path not in self.entries:
            raise BadArchiveError("存档文件里缺少“%(path)s”", path=path)
        if self.entries[path].size > LARGEST_TEXT:
            raise BadArchiveError("存档文件里的“%(path)s”过大，不予处理", path=path)
        parts: list[bytes] = []
        self.copy(path, parts.append)
        return b"".join(parts)

    def check(self) -> None:
        """Read every file and compare it with the manifest.

        Raises:
            BadArchiveError: one is not what it was.
        """
        for path in self.entries:
            self.copy(path, len)


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
        raise BadArchiveError("这不是完整的存档文件，可能没有拷贝完或已损坏") from error
