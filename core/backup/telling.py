"""What the audit record says of backups: who reads it later knows that a copy left, and that these data were restored.

The line of a backup stands in the installation that it was made of, after the archive is whole, so not in the archive.
The line of a restoring stands in what was restored, and is written before that is in force: no restored installation
is without it.
"""

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from core.audit import Act, AuditEntry, record
from core.backup.chains import session_at
from core.backup.manifest import Manifest
from core.db import transaction

MADE, RESTORED = "backup.made", "backup.restored"
PROGRAM = ("system", "命令行")


def tell_made(name: str, manifest: Manifest) -> None:
    """Say in the installation's own record that an archive called `name` was made of it."""
    with transaction() as session:
        record(session, Act(*PROGRAM, MADE, f"backup:{name}", None, _detail(manifest) | {"keys": manifest.has_keys}))


def tell_restored(url: str, manifest: Manifest) -> None:
    """Say it in the database at `url`, which is not the application's yet, in a transaction of its own."""
    with session_at(url) as session, session.begin():
        target = f"backup:{manifest.made_at}"
        record(session, Act(*PROGRAM, RESTORED, target, None, _detail(manifest)))


def was_restored(url: str, made_at: str) -> bool:
    """Whether the database at `url` says that it is what the archive of that time held, checked to the end."""
    query = select(AuditEntry.id).where(AuditEntry.action == RESTORED, AuditEntry.target == f"backup:{made_at}")
    try:
        with session_at(url) as session:
            return session.scalar(query.limit(1)) is not None
    except SQLAlchemyError:
        return False


def _detail(manifest: Manifest) -> dict[str, object]:
    return {
        "made_at": manifest.made_at,
        "version": manifest.version,
        "migration": manifest.state.migration,
        "files": len(manifest.files),
        "chains": {str(chain): list(end) for chain, end in sorted(manifest.state.chains.items())},
    }
