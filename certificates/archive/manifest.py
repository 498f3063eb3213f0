"""What an archive says of itself: format, where it comes from, what is in it, every file's digest."""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from core.checked_zip import Entry, Refusals, digest_in, require_paths, text_in, whole_in
from core.errors import InvalidInputError
from core.messages import message

FORMAT = "competition-archive"
VERSION, OLDEST = 2, 1
"""Since 2 the files of certificates may be in it."""
README = "说明.txt"
CHAIN = "audit/chain.jsonl"
PERSONAL = "personal.sealed"
CERTIFICATES = "certificates"
EARLIER = re.compile(r"earlier/([1-9][0-9]{0,2})/(manifest\.json|chain\.jsonl|ids\.json)")
"""One folder for each server on which the competition was before, the oldest is 1."""
_PATHS = re.compile(
    r"说明\.txt|audit/chain\.jsonl|personal\.sealed|tables/[a-z][a-z0-9_]{0,60}\.jsonl|files/[0-9a-f]{64}"
    r"|photos/[0-9a-f]{64}\.jpg|papers/[0-9a-f]{64}\.sealed|certificates/[0-9a-f]{64}\.pdf"
    r"|packs/[A-Za-z0-9._-]{1,80}\.yaml|" + EARLIER.pattern
)


class BadArchiveError(InvalidInputError):
    """The file is no archive of a competition, or not any more the one that was written."""

    code = "bad_competition_archive"


REFUSALS = Refusals(
    error=BadArchiveError,
    broken=message("这不是完整的存档文件，可能没有拷贝完或已损坏"),
    packing=message("这不是竞赛存档文件：压缩方法不认识，或压缩包加了密码"),
    no_manifest=message("这不是竞赛存档文件：没有清单，或清单过大"),
    path=message("存档文件里有不该有的路径“%(path)s”，没有导入任何内容"),
    twice=message("存档文件的清单里文件重复，或缺少审计链"),
    others=message("存档文件里的内容与清单不一致，没有导入任何内容"),
    changed=message("存档文件里的“%(path)s”与清单的大小或摘要不符，文件已损坏或被改动"),
)


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
        if not OLDEST <= whole_in(record["version"]) <= VERSION:
            raise BadArchiveError(
                "存档文件的版本是 %(version)s，本程序只认识 %(known)s；请先升级本程序",
                version=str(record["version"])[:20],
                known=f"{OLDEST}–{VERSION}",
            )
        manifest = _read(record)
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise BadArchiveError("存档文件的清单读不懂，文件可能已损坏") from error
    require_paths(manifest.files, _PATHS, REFUSALS, needed=CHAIN)
    return manifest


def _read(record: Mapping[str, Any]) -> Manifest:
    lock = record["lock"]
    return Manifest(
        program=text_in(record["program"]),
        made_at=text_in(record["made_at"]),
        server=text_in(record["server"]),
        address=text_in(record["address"]),
        competition=whole_in(record["competition"]),
        title=text_in(record["title"]),
        chain_length=whole_in(record["chain_length"]),
        chain_end=digest_in(record["chain_end"]),
        lock=None if lock is None else _lock(lock),
        counts={text_in(table): whole_in(count) for table, count in record["counts"].items()},
        results=tuple(_verdict(one) for one in record["results"]),
        lost=tuple(text_in(one) for one in record["lost"]),
        files=tuple(Entry(text_in(f["path"]), whole_in(f["size"]), digest_in(f["sha256"])) for f in record["files"]),
    )


def _lock(record: Mapping[str, Any]) -> Lock:
    return Lock(whole_in(record["n"]), whole_in(record["r"]), whole_in(record["p"]), text_in(record["salt"]))


def _verdict(record: Mapping[str, Any]) -> Verdict:
    if record["agrees"] not in (True, False, None):
        raise TypeError(record)
    return Verdict(whole_in(record["event"]), whole_in(record["snapshot"]), record["agrees"])
