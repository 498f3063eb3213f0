"""What an archive says of itself: the program and migration it comes from, every file's digest, the chains' ends."""

import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.checked_zip import Entry, Refusals, digest_in, require_paths, text_in, whole_in
from core.errors import InvalidInputError
from core.messages import message

FORMAT = 1
DATABASES = {"sqlite": "database.sqlite3", "postgresql": "database.dump"}
"""By the kind of database: what it is called in the archive."""
DATA_KEY = "data_key"
FILES = re.compile(
    r"photos/[0-9a-f]{2}/[0-9a-f]{64}\.jpg|handed-in/[0-9a-f]{2}/[0-9a-f]{32}|archives/[0-9a-f]{2}/[0-9a-f]{64}\.zip"
    r"|issued/[0-9a-f]{2}/[0-9a-f]{64}\.pdf"
)
"""What lies in the instance folder and cannot be made again. Seals, fonts and layouts are in the database."""
SECRETS = re.compile(r"data_key|demo\.json|tls/[a-z0-9][a-z0-9.-]{0,60}")
"""What opens sealed data or speaks for the installation; in the archive only when asked for."""


class BadArchiveError(InvalidInputError):
    """The file is no backup of this program, or not any more the one that was written."""

    code = "bad_archive"


REFUSALS = Refusals(
    error=BadArchiveError,
    broken=message("%(path)s 不是完整的备份，可能没有拷贝完或已损坏"),
    packing=message("这不是本程序的备份：压缩方法不认识，或加了密码"),
    no_manifest=message("这不是本程序的备份：没有清单，或清单过大"),
    path=message("备份里有不该有的路径 %(path)s，没有恢复任何文件"),
    twice=message("备份清单里文件重复或缺少数据库"),
    others=message("备份里的文件与清单不一致，没有恢复任何文件"),
    changed=message("备份里的 %(path)s 与清单的大小或摘要不符，备份已损坏或被改动"),
)


@dataclass(frozen=True, slots=True)
class State:
    """Where a database stands: its migration, and length and last hash of each audit chain."""

    migration: str
    chains: Mapping[int, tuple[int, str]]


@dataclass(frozen=True, slots=True)
class Manifest:
    """An archive in words. `made_at` is ISO 8601 in UTC; `key_check` tells which data key its sealed data needs."""

    version: str
    made_at: str
    database: str
    key_check: str
    state: State
    files: tuple[Entry, ...]

    @property
    def has_keys(self) -> bool:
        """Whether the key to the sealed data lies in the archive itself."""
        return any(entry.path == DATA_KEY for entry in self.files)

    @property
    def size(self) -> int:
        """Bytes of all files together."""
        return sum(entry.size for entry in self.files)


def key_check(data_key: str) -> str:
    """By which a data key is known again without being told."""
    return hmac.new(data_key.encode(), b"backup", hashlib.sha256).hexdigest()[:32]


def to_json(manifest: Manifest) -> bytes:
    """The manifest as it lies in the archive; `from_json` reads it."""
    record = {
        "format": FORMAT,
        "version": manifest.version,
        "made_at": manifest.made_at,
        "database": manifest.database,
        "key_check": manifest.key_check,
        "migration": manifest.state.migration,
        "chains": {str(chain): list(end) for chain, end in sorted(manifest.state.chains.items())},
        "files": [[entry.path, entry.size, entry.sha256] for entry in manifest.files],
    }
    return json.dumps(record, ensure_ascii=False, indent=1).encode()


def from_json(data: bytes) -> Manifest:
    """A manifest from an archive that anybody may have made.

    Raises:
        BadArchiveError: it is none, of another format, or names a place that no backup writes to.
    """
    try:
        record = json.loads(data)
        if record["format"] != FORMAT:
            raise BadArchiveError("备份的格式是 %(format)s，本程序只认识 1", format=record["format"])
        version, made_at, database, check = (
            text_in(record[n]) for n in ("version", "made_at", "database", "key_check")
        )
        state = State(text_in(record["migration"]), dict(_chain(*line) for line in record["chains"].items()))
        files = tuple(_entry(line) for line in record["files"])
        manifest = Manifest(version, made_at, database, check, state, files)
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise BadArchiveError("备份清单读不懂，文件可能已损坏") from error
    _check(manifest)
    return manifest


def _chain(chain: str, end: Any) -> tuple[int, tuple[int, str]]:
    length, last = end
    return int(chain), (whole_in(length), text_in(last))


def _entry(line: Any) -> Entry:
    path, size, digest = line
    return Entry(text_in(path), whole_in(size), digest_in(digest))


def _check(manifest: Manifest) -> None:
    name = DATABASES.get(manifest.database)
    if name is None:
        raise BadArchiveError("备份清单里的数据库种类 %(kind)s 不认识", kind=manifest.database)
    allowed = re.compile(f"{re.escape(name)}|{FILES.pattern}|{SECRETS.pattern}")
    require_paths(manifest.files, allowed, REFUSALS, needed=name)
