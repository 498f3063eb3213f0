"""A zip whose manifest names each file with size and digest: the same content gives the same bytes, and of a foreign
one nothing is believed."""

import hashlib
import os
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Generic, Protocol, TypeVar

from core.errors import InvalidInputError
from core.messages import message

NAME = "manifest.json"
CHUNK = 1 << 20
LARGEST_MANIFEST = 64 << 20
"""Bytes; that many are written for half a million files."""
LARGEST_TEXT = 512 << 20
"""Bytes of one file that is read into memory as a whole; a national contest's marks are a tenth of it."""
UNBOUNDED = 1 << 64
BROKEN = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, UnicodeDecodeError)
"""What the reader of zips raises at bytes that are no zip."""
_PLAIN = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED = 0x1
_EARLIEST = (1980, 1, 1, 0, 0, 0)
_DIGEST = re.compile(r"[0-9a-f]{64}")
_LONGEST_TOLD = 100

Sink = Callable[[bytes], object]


@dataclass(frozen=True, slots=True)
class Entry:
    """One file; `size` in bytes, `sha256` of its content."""

    path: str
    size: int
    sha256: str


class Manifest(Protocol):
    """What the file says of itself."""

    @property
    def files(self) -> Sequence[Entry]:
        """Every file in it but the manifest."""


M = TypeVar("M", bound=Manifest)


@dataclass(frozen=True, slots=True)
class Refusals:
    """How a room says what is wrong with a file. In the sentences `%(path)s` is a file in it; in `broken` and `absent`
    the whole."""

    error: type[InvalidInputError]
    broken: str
    packing: str
    no_manifest: str
    path: str
    twice: str
    others: str
    changed: str
    absent: str = message("找不到文件 %(path)s")
    lacking: str = message("文件里缺少“%(path)s”")
    large: str = message("文件里的“%(path)s”过大，不予处理")
    total: str = message("文件解开后超过 %(most)s GB，不予处理")

    def said(self, words: str, path: object = "", **more: object) -> InvalidInputError:
        """The error."""
        return self.error(words, path=path, **more)


@dataclass(frozen=True, slots=True)
class Kind(Generic[M]):
    """One kind of such files.

    `read` makes a manifest of bytes that anybody may have written and names only places that the kind has
    (`require_paths`); `write` does the contrary. `packed` tells by the path what gains nothing by being pressed again.
    """

    read: Callable[[bytes], M]
    write: Callable[[M], bytes]
    packed: re.Pattern[str]
    refusals: Refusals
    most_total: int = UNBOUNDED
    """Bytes of all files unpacked."""


class Writer(Generic[M]):
    """A file that is being written; the manifest comes last, when every digest is known."""

    def __init__(self, archive: zipfile.ZipFile, kind: Kind[M]) -> None:
        self._archive = archive
        self._kind = kind
        self.entries: list[Entry] = []

    def add(self, path: str, parts: Iterable[bytes]) -> Entry:
        """Write a file of these parts."""
        is_packed = self._kind.packed.fullmatch(path) is not None
        info = _info(path, zipfile.ZIP_STORED if is_packed else zipfile.ZIP_DEFLATED)
        digest, size = hashlib.sha256(), 0
        with self._archive.open(info, "w", force_zip64=True) as target:
            for part in parts:
                target.write(part)
                digest.update(part)
                size += len(part)
        self.entries.append(Entry(path, size, digest.hexdigest()))
        return self.entries[-1]

    def finish(self, manifest: M) -> None:
        """Write the manifest of all that was added."""
        self._archive.writestr(_info(NAME, zipfile.ZIP_DEFLATED), self._kind.write(manifest))


def chunks(source: BinaryIO) -> Iterator[bytes]:
    """What can be read of an open file, piece by piece."""
    while chunk := source.read(CHUNK):
        yield chunk


@contextmanager
def new_zip(target: BinaryIO, kind: Kind[M]) -> Iterator[Writer[M]]:
    """Write into an empty file; whole when the block has ended well."""
    with zipfile.ZipFile(target, "w") as archive:
        yield Writer(archive, kind)


def _info(path: str, compression: int) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(path, _EARLIEST)
    info.compress_type = compression
    info.external_attr = 0o600 << 16
    info.create_system = 3
    return info


class CheckedZip(Generic[M]):
    """A file that is read. Nothing is taken from it that its manifest does not name."""

    def __init__(self, archive: zipfile.ZipFile, size: int, kind: Kind[M]) -> None:
        self._archive, self._kind = archive, kind
        infos = archive.infolist()
        self._require_plain(infos, size)
        self._found = {info.filename: info for info in infos}
        self.manifest_bytes = self._head()
        self.manifest = kind.read(self.manifest_bytes)
        self.entries: Mapping[str, Entry] = {entry.path: entry for entry in self.manifest.files}
        is_each_once = len(infos) == len(self._found) and len(self.entries) == len(self.manifest.files)
        if not is_each_once or self._found.keys() != self.entries.keys() | {NAME}:
            raise kind.refusals.said(kind.refusals.others)
        if sum(entry.size for entry in self.manifest.files) > kind.most_total:
            raise kind.refusals.said(kind.refusals.total, most=kind.most_total >> 30)

    def _require_plain(self, infos: Sequence[zipfile.ZipInfo], size: int) -> None:
        """Every member lies in the file, none in the bytes of another, packed as we pack."""
        refusals = self._kind.refusals
        if not all(0 <= info.header_offset < size for info in infos):
            raise zipfile.BadZipFile
        if sum(info.compress_size for info in infos) > size:
            raise zipfile.BadZipFile
        if any(info.compress_type not in _PLAIN or info.flag_bits & _ENCRYPTED for info in infos):
            raise refusals.said(refusals.packing)

    def _head(self) -> bytes:
        refusals = self._kind.refusals
        if NAME not in self._found or self._found[NAME].file_size > LARGEST_MANIFEST:
            raise refusals.said(refusals.no_manifest)
        with self._archive.open(self._found[NAME]) as source:
            return source.read(LARGEST_MANIFEST)

    def names(self, folder: str) -> list[str]:
        """Paths below a folder, sorted."""
        return sorted(path for path in self.entries if path.startswith(f"{folder}/"))

    def copy(self, path: str, sink: Sink) -> None:
        """Hand the bytes of a file to `sink`, never more than its manifest names.

        Raises:
            the kind's error: there is no such file, or they are more or fewer, or not those of the digest.
        """
        entry = self._entry(path)
        digest, left = hashlib.sha256(), entry.size
        with self._archive.open(self._found[path]) as source:
            while chunk := source.read(min(CHUNK, left + 1)):
                left -= len(chunk)
                if left < 0:
                    break
                digest.update(chunk)
                sink(chunk)
        if left or digest.hexdigest() != entry.sha256:
            raise self._kind.refusals.said(self._kind.refusals.changed, path)

    def _entry(self, path: str) -> Entry:
        if path not in self.entries:
            raise self._kind.refusals.said(self._kind.refusals.lacking, path)
        return self.entries[path]

    def read(self, path: str) -> bytes:
        """A whole file.

        Raises:
            the kind's error: it is too large, or as `copy`.
        """
        if self._entry(path).size > LARGEST_TEXT:
            raise self._kind.refusals.said(self._kind.refusals.large, path)
        parts: list[bytes] = []
        self.copy(path, parts.append)
        return b"".join(parts)

    def check(self) -> None:
        """Read every file and compare it with the manifest.

        Raises:
            the kind's error: one is not what it was.
        """
        for path in self.entries:
            self.copy(path, len)

    def extract(self, path: str, folder: Path) -> Path:
        """Write one file under `folder`, mode 0600, to the disk; its path. What is refused is not left there.

        Raises:
            the kind's error: its place is not under `folder`, or as `copy`.
        """
        self._entry(path)
        target = folder / path
        if not target.resolve().is_relative_to(folder.resolve()):
            raise self._kind.refusals.said(self._kind.refusals.path, path)
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(handle, "wb") as file:
                self.copy(path, file.write)
                file.flush()
                os.fsync(file.fileno())
        except BaseException:
            target.unlink()
            raise
        return target


@contextmanager
def opened_zip(path: Path, kind: Kind[M]) -> Iterator[CheckedZip[M]]:
    """The file at `path`.

    Raises:
        the kind's error: there is none, or what is read of it inside the block is broken.
    """
    if not path.is_file():
        raise kind.refusals.said(kind.refusals.absent, path)
    try:
        with zipfile.ZipFile(path) as archive:
            yield CheckedZip(archive, path.stat().st_size, kind)
    except BROKEN as error:
        raise kind.refusals.said(kind.refusals.broken, path) from error


def require_paths(files: Sequence[Entry], allowed: re.Pattern[str], refusals: Refusals, *, needed: str) -> None:
    """Let a manifest name each place once, places of `allowed` alone, and among them `needed`.

    Raises:
        the kind's error: it does not.
    """
    paths = [entry.path for entry in files]
    for path in paths:
        if not allowed.fullmatch(path):
            raise refusals.said(refusals.path, path[:_LONGEST_TOLD])
    if len(set(paths)) != len(paths) or needed not in paths:
        raise refusals.said(refusals.twice)


def text_in(value: Any) -> str:
    """A text of a manifest that anybody may have written.

    Raises:
        TypeError: it is something else.
    """
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def whole_in(value: Any) -> int:
    """A count of a manifest that anybody may have written.

    Raises:
        ValueError: it is something else, or negative.
    """
    if type(value) is not int or value < 0:
        raise ValueError(value)
    return value


def digest_in(value: Any) -> str:
    """A SHA-256 in hex of a manifest that anybody may have written.

    Raises:
        TypeError, ValueError: it is something else.
    """
    if not _DIGEST.fullmatch(text_in(value)):
        raise ValueError(value)
    return str(value)
