"""Writing a competition's archive: its rows as the database has them, its files, its audit chain word for word."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC
from pathlib import Path
from typing import Any, BinaryIO

from flask import current_app
from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from certificates.archive import earlier, references
from certificates.archive.coverage import (
    SHARED,
    belongs,
    columns,
    is_binary,
    is_json,
    tables,
    target_of,
)
from certificates.archive.locking import Box, new_lock
from certificates.archive.manifest import CHAIN, PERSONAL, README, Lock, Manifest
from certificates.archive.personal import papers_of, personal_of, stands_instead
from certificates.archive.readme import readme
from certificates.archive.recomputing import verdicts
from certificates.archive.rows import line, plain
from certificates.archive.zip_file import Writer, new_archive
from certificates.issue.bundles import certificates_of
from certificates.issue.files import file_as_registered
from certificates.models import Certificate, CertificateState
from competitions.models import Competition
from competitions.pack_editing.known import own_rows, version_in_force
from core.audit import lines_of
from core.backup.making import version
from core.clock import now
from core.errors import ConflictError
from core.personal_data import blind_index
from scoring.photos.files import PictureLostError, fetch, photo_folder

_DIGEST_LENGTH = 64
PACK_COLUMNS = "pack_id"


@dataclass(slots=True)
class _Export:
    """An archive that is being written, and what its rows turned out to name."""

    session: Session
    competition_id: int
    writer: Writer
    box: Box | None
    with_certificates: bool
    counts: dict[str, int] = field(default_factory=dict)
    named: dict[str, set[Any]] = field(default_factory=lambda: defaultdict(set))
    """Shared table → keys of its rows that are needed."""
    blobs: set[str] = field(default_factory=set)
    packs: set[str] = field(default_factory=set)
    lost: list[str] = field(default_factory=list)


def server_mark() -> str:
    """By which this server knows its own archives again; nobody learns anything else from it."""
    return blind_index("competition-archive", "server")[:16]


def lock_of(competition_id: int) -> Lock:
    """How a passphrase becomes a key for a competition of this server."""
    return new_lock(bytes.fromhex(blind_index("competition-archive-salt", str(competition_id)))[:16])


def write_archive(
    session: Session, competition_id: int, target: BinaryIO, passphrase: str = "", *, with_certificates: bool = True
) -> Manifest:
    """Write the archive of a competition, reading only.

    Args:
        session: for reading.
        competition_id: which competition.
        target: an empty file.
        passphrase: under which document numbers, telephones and handed-in papers go along; empty leaves them out.
        with_certificates: whether the files of certificates in force go along, as they were issued.

    Returns:
        What the archive says of itself.

    Raises:
        PassphraseError: it is too short.
        ConflictError: somebody changed the competition meanwhile.
    """
    lock = lock_of(competition_id) if passphrase else None
    box = Box(passphrase, lock) if lock else None
    with new_archive(target) as writer:
        return _write(_Export(session, competition_id, writer, box, with_certificates), lock)


def _write(export: _Export, lock: Lock | None) -> Manifest:
    session, competition_id = export.session, export.competition_id
    length, last_hash = _write_chain(export)
    for path, data in earlier.generations_of(session, competition_id):
        export.writer.add(path, [data])
    _write_tables(export)
    _write_files(export)
    if len(list(lines_of(session, competition_id))) != length:
        raise ConflictError("导出期间竞赛有变动，存档没有生成，请重新导出")
    manifest = Manifest(
        program=version(),
        made_at=now().astimezone(UTC).isoformat(),
        server=server_mark(),
        address=str(current_app.config["BASE_URL"]),
        competition=competition_id,
        title=session.get_one(Competition, competition_id).title,
        chain_length=length,
        chain_end=last_hash,
        lock=lock,
        counts=export.counts,
        results=tuple(verdicts(session, competition_id)),
        lost=tuple(sorted(export.lost)),
    )
    export.writer.add(README, [readme(manifest).encode()])
    whole = replace(manifest, files=tuple(sorted(export.writer.entries, key=lambda entry: entry.path)))
    export.writer.finish(whole)
    return whole


def _write_chain(export: _Export) -> tuple[int, str]:
    """The audit chain; its length and last hash."""
    kept = [dict(entry) for entry in lines_of(export.session, export.competition_id)]
    export.writer.add(CHAIN, map(line, kept))
    for entry in kept:
        _note_actor(export, entry["actor"])
        _note_actors_in(export, entry["detail"])
        found = references.target_of(entry["target"])
        if found is not None and found[0] == "account":
            export.named["account"].add(found[1])
    return len(kept), kept[-1]["hash"] if kept else "0" * _DIGEST_LENGTH


def _note_actor(export: _Export, text: str) -> None:
    found = references.actor_of(text)
    if found is not None and found[0] == "account":
        export.named["account"].add(found[1])


def _note_actors_in(export: _Export, detail: Any) -> None:
    if isinstance(detail, dict):
        detail = list(detail.values())
    if isinstance(detail, list):
        for one in detail:
            _note_actors_in(export, one)
    elif isinstance(detail, str):
        _note_actor(export, detail)


def _write_tables(export: _Export) -> None:
    """The competition's own tables, then those of the shared that were named; accounts last, as all may name them."""
    own = [table for name, table in tables().items() if name not in SHARED]
    shared = [tables()[name] for name in ("person", "layout", "number_series", "stored_file", "account")]
    for table in own:
        _write_table(export, table, belongs(table, export.competition_id))
    for table in shared:
        key = next(iter(table.primary_key))
        _write_table(export, table, key.in_(sorted(export.named[table.name])))


def _write_table(export: _Export, table: Table, condition: Any) -> None:
    query = select(table).where(condition).order_by(*table.primary_key)
    found = export.session.execute(query).mappings().all()
    if found:
        export.writer.add(f"tables/{table.name}.jsonl", (line(_row(export, table, row)) for row in found))
        export.counts[table.name] = len(found)
    for row in found:
        for digest, data in _blobs(table, row):
            if digest not in export.blobs:
                export.blobs.add(digest)
                export.writer.add(f"files/{digest}", [data])


def _blobs(table: Table, row: Mapping[Any, Any]) -> Iterator[tuple[str, bytes]]:
    for column in columns(table):
        data = row[column.name]
        if is_binary(column) and data is not None:
            yield hashlib.sha256(data).hexdigest(), data


def _row(export: _Export, table: Table, row: Mapping[Any, Any]) -> dict[str, Any]:
    written: dict[str, Any] = {}
    for column in columns(table):
        value = row[column.name]
        target = target_of(column)
        if value is not None and target in SHARED:
            export.named[str(target)].add(value)
        if is_binary(column) and value is not None:
            value = hashlib.sha256(value).hexdigest()
        elif isinstance(value, str):
            _note_actor(export, value)
            if column.name == PACK_COLUMNS:
                export.packs.add(value)
        elif is_json(column) and table.name == "layout":
            export.named["stored_file"].update(_digests(value))
        written[column.name] = plain(value)
    return written | stands_instead(table.name, row)


def _digests(document: Any) -> Iterator[str]:
    """What in a layout's materials may be the digest of a file: pictures, seals, fonts."""
    if isinstance(document, dict):
        document = list(document.values())
    if isinstance(document, list):
        for one in document:
            yield from _digests(one)
    elif isinstance(document, str) and len(document) == _DIGEST_LENGTH:
        yield document


def _write_files(export: _Export) -> None:
    """Pictures; own rule packs as texts; certificates; under the passphrase personal data and handed-in papers."""
    folder = photo_folder()
    for digest in _photos(export):
        try:
            export.writer.add(f"photos/{digest}.jpg", [fetch(folder, digest)])
        except PictureLostError:
            export.lost.append(f"photos/{digest}.jpg")
    for pack in own_rows(export.session):
        version_held = version_in_force(pack) if pack.code in export.packs else None
        if version_held is not None:
            export.writer.add(f"packs/{pack.code}.yaml", [version_held.document.encode()])
    if export.with_certificates:
        _write_certificates(export)
    if export.box is not None:
        _write_sealed(export, export.box)


def _write_certificates(export: _Export) -> None:
    """Files of certificates in force; one that cannot be had any more as it was issued is told to be lost."""
    in_force = select(Certificate.id).where(
        Certificate.competition_id == export.competition_id, Certificate.state == CertificateState.VALID
    )
    ids = list(export.session.scalars(in_force.order_by(Certificate.id)))
    for certificate in certificates_of(export.session, ids):
        data = file_as_registered(certificate)
        if data is None:
            export.lost.append(f"certificates/{certificate.digest}.pdf")
        else:
            export.writer.add(f"certificates/{hashlib.sha256(data).hexdigest()}.pdf", [data])


def _photos(export: _Export) -> Iterable[str]:
    table = tables()["sheet_photo"]
    query = select(table.c.digest).where(belongs(table, export.competition_id), table.c.number > 0)
    return sorted(set(export.session.scalars(query)))


def _write_sealed(export: _Export, box: Box) -> None:
    text = b"".join(map(line, personal_of(export.session, export.competition_id, export.named["person"])))
    export.writer.add(PERSONAL, [box.seal(PERSONAL, text)])
    for digest, data in papers_of(export.session, export.competition_id):
        if data is None:
            export.lost.append(f"papers/{digest}.sealed")
        else:
            path = f"papers/{digest}.sealed"
            export.writer.add(path, [box.seal(path, data)])


def digest_of(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
