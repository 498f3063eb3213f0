"""What is kept of where a competition was before: the other server's manifest and audit chain, and which id is which.

It lies as one small zip in the instance folder, named by its digest, which the first line of the new chain quotes.
The archive itself is not kept: people may ask to be erased, and a copy of everything would name them still.
"""

import hashlib
import json
import zipfile
from collections.abc import Iterable, Mapping
from io import BytesIO
from pathlib import Path

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from certificates.archive.manifest import CHAIN, EARLIER
from certificates.archive.zip_file import Archive
from core.audit import AuditEntry
from core.checked_zip import BROKEN, NAME
from core.errors import ConflictError
from core.whole_files import write_whole

FOLDER = "archives"
IMPORTED = "competition.imported"
_EARLIEST = (1980, 1, 1, 0, 0, 0)


class EarlierRecordLostError(ConflictError):
    """What was kept of an earlier server is gone, or is not what it was."""

    code = "earlier_record_lost"


def first_line(session: Session, competition_id: int) -> AuditEntry | None:
    """The line with which an imported competition begins; None for one that began here."""
    query = select(AuditEntry).where(AuditEntry.chain == competition_id, AuditEntry.number == 1)
    entry = session.scalar(query)
    return entry if entry is not None and entry.action == IMPORTED else None


def generations_of(session: Session, competition_id: int) -> list[tuple[str, bytes]]:
    """Paths in an archive and contents, sorted: all that is known of servers on which the competition was before.

    Raises:
        EarlierRecordLostError: it is not on the disk any more.
    """
    entry = first_line(session, competition_id)
    if entry is None:
        return []
    digest = str(entry.detail["earlier"])
    try:
        data = path_of(digest).read_bytes()
        if hashlib.sha256(data).hexdigest() != digest:
            raise zipfile.BadZipFile
        with zipfile.ZipFile(BytesIO(data)) as archive:
            return [(name, archive.read(name)) for name in sorted(archive.namelist())]
    except (OSError, *BROKEN) as error:
        raise EarlierRecordLostError(
            "导入时留存的原审计链 %(path)s 不在服务器上或已损坏，请从备份恢复 archives 文件夹",
            path=path_of(digest).name,
        ) from error


def packed(archive: Archive, ids: Mapping[str, Mapping[int, int]]) -> bytes:
    """What is to be kept of an archive: what it had kept itself, its own manifest and chain, and the ids given here."""
    files = {path: archive.read(path) for path in archive.names("earlier")}
    found = (EARLIER.fullmatch(path) for path in files)
    number = 1 + max((int(match[1]) for match in found if match), default=0)
    files[f"earlier/{number}/{NAME}"] = archive.manifest_bytes
    files[f"earlier/{number}/chain.jsonl"] = archive.read(CHAIN)
    given = {table: {str(old): new for old, new in sorted(rows.items())} for table, rows in sorted(ids.items()) if rows}
    files[f"earlier/{number}/ids.json"] = json.dumps(given, separators=(",", ":")).encode()
    return _zipped(sorted(files.items()))


def _zipped(files: Iterable[tuple[str, bytes]]) -> bytes:
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in files:
            archive.writestr(zipfile.ZipInfo(path, _EARLIEST), data, zipfile.ZIP_DEFLATED)
    return target.getvalue()


def path_of(digest: str) -> Path:
    """Where a record lies; a folder for each first two digits."""
    instance: Path = current_app.config["SETTINGS"].instance
    return instance / FOLDER / digest[:2] / f"{digest}.zip"


def keep(data: bytes) -> tuple[str, bool]:
    """Put a record on the disk; its digest, and whether it is new there."""
    digest = hashlib.sha256(data).hexdigest()
    path = path_of(digest)
    if path.exists():
        return digest, False
    write_whole(path, data)
    return digest, True
