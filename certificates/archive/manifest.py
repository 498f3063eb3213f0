"""What an archive says of itself: format, where it comes from, what is in it, every file's digest."""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from core.errors import InvalidInputError

NAME = "manifest.json"
FORMAT = "competition-archive"
VERSION = 1
README = "说明.txt"
CHAIN = "audit/chain.jsonl"
PERSONAL = "personal.sealed"
EARLIER = re.compile(r"earlier/([1-9][0-9]{0,2})/(manifest\.json|chain\.jsonl|ids\.json)")
"""One folder for each server on which the competition was before, the oldest is 1."""
_PATHS = re.compile(
    r"说明\.txt|audit/chain\.jsonl|personal\.sealed|tables/[a-z][a-z0-9_]{0,60}\.jsonl|files/[0-9a-f]{64}"
    r"|photos/[0-9a-f]{64}\.jpg|papers/[0-9a-f]{64}\.sealed|packs/[A-Za-z0-9._-]{1,80}\.yaml|" + EARLIER.pattern
)
_DIGEST = re.compile(r"[0-9a-f]{64}")


class BadArchiveError(InvalidInputError):
    """The file is no archive of a competition, or not any more the one that was written."""

    code = "bad_competition_archive"


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of the archive; `size` in bytes, `sha256` of its content."""

    path: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Lock:
    """How a key comes from the passphrase: scrypt with these numbers and this salt (hex)."""

    n: int
    r: int
    p: int
    salt: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether an event's newest published result follows from the marks, as the server that exported it reckoned.

    `agrees` is None where it could not be reckoned again.
    """

    event: int
    snapshot: int
    agrees: bool | None


@dataclass(frozen=True, slots=True)
class Manifest:
    """An archive in words. `made_at` is ISO 8601 in UTC and the only thing that differs between two of one state."""

    program: str
    made_at: str
    server: str
    """By which a server is known again; it says nothing else."""
    address: str
    competition: int
    title: str
    chain_length: int
    chain_end: str
    lock: Lock | None
    """None where document numbers, telephones and handed-in papers were left out."""
    counts: Mapping[str, int]
    """Rows by table."""
    results: tuple[Verdict, ...]
    lost: tuple[str, ...]
    """Files that rows name and that were gone already."""
    files: tuple[Entry, ...] = field(default=())


def to_json(manifest: Manifest) -> bytes:
    """The manifest as it lies in the archive; `from_json` reads it."""
    record = {"format": FORMAT, "version": VERSION} | asdict(manifest) | {"counts": dict(manifest.counts)}
    return json.dumps(record, ensure_ascii=False, indent=1).encode()


def from_json(data: bytes) -> Manifest:
    """A manifest from an archive that anybody may have made.

    Raises:
        BadArchiveError: it is none, of another version, or names a place that no archive has.
    """
    try:
        record = json.loads(data)
        if record["format"] != FORMAT:
            raise BadArchiveError("这不是竞赛存档文件：清单里的格式是“%(format)s”", format=str(record["format"])[:60])
        if record["version"] != VERSION:
            raise BadArchiveError(
                "存档文件的版本是 %(version)s，本程序只认识 %(known)s；请先升级本程序",
                version=str(record["version"])[:20],
                known=VERSION,
            )
        manifest = _read(record)
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise BadArchiveError("存档文件的清单读不懂，文件可能已损坏") from error
    _check_paths(manifest)
    return manifest


def _read(record: Mapping[str, Any]) -> Manifest:
    lock = record["lock"]
    return Manifest(
        program=_text(record["program"]),
        made_at=_text(record["made_at"]),
        server=_text(record["server"]),
        address=_text(record["address"]),
        competition=_whole(record["competition"]),
        title=_text(record["title"]),
        chain_length=_whole(record["chain_length"]),
        chain_end=_digest(record["chain_end"]),
        lock=None if lock is None else _lock(lock),
        counts={_text(table): _whole(count) for table, count in record["counts"].items()},
        results=tuple(_verdict(one) for one in record["results"]),
        lost=tuple(_text(one) for one in record["lost"]),
        files=tuple(Entry(_text(f["path"]), _whole(f["size"]), _digest(f["sha256"])) for f in record["files"]),
    )


def _lock(record: Mapping[str, Any]) -> Lock:
    return Lock(_whole(record["n"]), _whole(record["r"]), _whole(record["p"]), _text(record["salt"]))


def _verdict(record: Mapping[str, Any]) -> Verdict:
    if record["agrees"] not in (True, False, None):
        raise TypeError(record)
    return Verdict(_whole(record["event"]), _whole(record["snapshot"]), record["agrees"])


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _whole(value: Any) -> int:
    if type(value) is not int or value < 0:
        raise ValueError(value)
    return value


def _digest(value: Any) -> str:
    if not _DIGEST.fullmatch(_text(value)):
        raise ValueError(value)
    return str(value)


def _check_paths(manifest: Manifest) -> None:
    paths = [entry.path for entry in manifest.files]
    for path in paths:
        if not _PATHS.fullmatch(path):
            raise BadArchiveError("存档文件里有不该有的路径“%(path)s”，没有导入任何内容", path=path[:100])
    if len(set(paths)) != len(paths) or CHAIN not in paths:
        raise BadArchiveError("存档文件的清单里文件重复，或缺少审计链")
