"""A SQLite database into an archive and out of it."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from core.backup import chains, children
from core.backup.manifest import BadArchiveError, Manifest, State
from core.backup.telling import tell_restored
from core.config import Settings
from core.db import db
from core.errors import ConflictError


class NoDatabaseError(ConflictError):
    """There is nothing to back up."""

    code = "no_database"


class SqliteDatabase:
    """The database file of an installation."""

    kind = "sqlite"

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.path = Path(db.engine.url.database or "")

    def snapshot(self, target: Path) -> State:
        """Copy the database as it is at one moment, while others write; where it stood.

        It is read in one transaction, which no writer waits for; and read-only, so that closing it checkpoints nothing.

        Raises:
            NoDatabaseError: there is none, or it has no tables.
            BadArchiveError: the copy is not sound, as on a dying disk.
        """
        if not self.holds_anything():
            raise NoDatabaseError("数据库还没有建立，没有可以备份的内容")
        with closing(sqlite3.connect(f"{self.path.as_uri()}?mode=ro", uri=True)) as source:
            source.execute("PRAGMA busy_timeout=15000")
            with closing(sqlite3.connect(target)) as copy:
                source.backup(copy)
                copy.execute("PRAGMA journal_mode=DELETE")
        return sound_state(target)

    def holds_anything(self) -> bool:
        """Whether there are tables."""
        if not self.path.exists() or not self.path.stat().st_size:
            return False
        try:
            with closing(sqlite3.connect(f"{self.path.as_uri()}?mode=ro", uri=True)) as connection:
                return bool(connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone())
        except sqlite3.DatabaseError:  # no database, but somebody's file all the same
            return True

    def prepare(self, staged: Path, manifest: Manifest) -> None:
        """Make of an extracted copy what can take its place: sound, whole, migrated, every chain recomputed, and told.

        Raises:
            BadArchiveError: it is not what its manifest says.
        """
        state = manifest.state
        check(staged, state)
        if not children.is_newest(state):
            children.migrate(self._settings, _address(staged), staged.parent)
            chains.verify(_address(staged), state)
        tell_restored(_address(staged), manifest)
        _settle(staged)

    @property
    def _draft(self) -> Path:
        return self.path.with_name(f".{self.path.name}.restoring")

    def forget_draft(self) -> None:
        """Take away what a killed `put` may have left."""
        self._draft.unlink(missing_ok=True)

    def put(self, staged: Path, _manifest: Manifest) -> None:
        """Let the copy take its place, in one step."""
        draft = self._draft
        shutil.move(staged, draft)
        for ending in ("-wal", "-shm"):
            self.path.with_name(self.path.name + ending).unlink(missing_ok=True)
        draft.replace(self.path)


def check(copy: Path, state: State) -> None:
    """Compare an extracted copy with its manifest and recompute its chains.

    Raises:
        BadArchiveError: it is not what its manifest says.
    """
    if sound_state(copy) != state:
        raise BadArchiveError("备份的数据库与清单的迁移版本或审计链末尾不符")
    chains.verify(_address(copy), state)


def _address(file: Path) -> str:
    return f"sqlite:///{file}"


def sound_state(copy: Path) -> State:
    """Where a database file stands that nobody writes to.

    Raises:
        BadArchiveError: it is damaged, or not a database of this program.
    """
    try:
        with closing(sqlite3.connect(copy)) as connection:
            connection.execute("PRAGMA trusted_schema=OFF")
            if connection.execute("PRAGMA quick_check").fetchone() != ("ok",):
                raise BadArchiveError("数据库文件已损坏")
            (migration,) = connection.execute("SELECT version_num FROM alembic_version").fetchone()
            chains = connection.execute("SELECT chain, length, last_hash FROM audit_chain").fetchall()
    except (sqlite3.DatabaseError, TypeError) as error:
        raise BadArchiveError("数据库文件读不出来，或不是本程序的数据库") from error
    return State(migration, {chain: (length, last) for chain, length, last in chains})


def _settle(staged: Path) -> None:
    """Fold what the commands left beside the file into it."""
    with closing(sqlite3.connect(staged)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
