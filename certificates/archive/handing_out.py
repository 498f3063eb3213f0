"""The use case that hands a competition out as an archive, and says so in the record."""

import hashlib
from dataclasses import dataclass
from typing import BinaryIO

from certificates.archive.exporting import write_archive
from certificates.archive.manifest import Manifest
from certificates.contestants.erasing import OVER
from certificates.incoming.doing import Doer
from certificates.issue.files import register_present_files
from competitions.setup import WrongStateError, competition_of
from core.audit import record
from core.checked_zip import chunks
from core.db import db, transaction

EXPORTED = "competition.exported"


@dataclass(frozen=True, slots=True)
class ExportArchive:
    """Hand out a competition that is over; `passphrase` and `with_certificates` as in `write_archive`."""

    competition_id: int
    actor: Doer
    passphrase: str = ""
    with_certificates: bool = True


def export_archive(command: ExportArchive, target: BinaryIO) -> Manifest:
    """Write the archive to `target`, an empty file open for reading too, and record its digest.

    The line stands in the record after the archive is whole, so not in the archive itself.

    Raises:
        NotFoundError: no such competition.
        WrongStateError: it is not over yet, and marks might become known too early.
        PassphraseError: the passphrase is too short.
        ConflictError: somebody changed the competition meanwhile.
    """
    competition = competition_of(command.competition_id)
    if competition.state not in OVER:
        raise WrongStateError("竞赛归档或停办后才能导出存档")
    if command.with_certificates:
        register_present_files(db.session(), command.competition_id)
        db.session.rollback()  # what was registered just now is to be seen
    manifest = write_archive(
        db.session(),
        command.competition_id,
        target,
        command.passphrase,
        with_certificates=command.with_certificates,
    )
    detail = {
        "archive": _digest(target),
        "personal": bool(command.passphrase),
        "files": len(manifest.files),
        "lines": manifest.chain_length,
        "last_hash": manifest.chain_end,
    }
    with transaction() as session:
        act = command.actor.act(EXPORTED, f"competition:{command.competition_id}", command.competition_id, detail)
        record(session, act)
    return manifest


def _digest(file: BinaryIO) -> str:
    """SHA-256 of a file that was just written."""
    file.seek(0)
    digest = hashlib.sha256()
    for chunk in chunks(file):
        digest.update(chunk)
    return digest.hexdigest()
