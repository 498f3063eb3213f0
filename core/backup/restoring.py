"""A new installation from an archive: all of it or nothing, and only where there was nothing."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core import migrations
from core.backup import postgres, sqlite
from core.backup.archive import Archive, opened
from core.backup.interrupted import STAGING, Move, alone, clear_up, note
from core.backup.making import FOLDERS, database_of
from core.backup.manifest import DATA_KEY, DATABASES, BadArchiveError, Manifest, key_check
from core.config import Settings
from core.errors import ConflictError

SET_ASIDE = "data_key.before-restore"
SPARE = 64 << 20
"""Bytes that stay free on the disk beside what is restored."""


class NotEmptyError(ConflictError):
    """There is something in this installation that would be lost or mixed."""

    code = "not_empty"


class OtherKeyError(ConflictError):
    """This installation's data key does not open what the archive has sealed."""

    code = "other_key"


def check_backup(path: Path) -> Manifest:
    """Read an archive whole and compare it with its manifest; nothing of the installation is touched.

    Raises:
        BadArchiveError: it is damaged, or of a newer program.
        ProgramMissingError, ProgramFailedError: a dump of PostgreSQL could not be looked into.
    """
    with opened(path) as archive, tempfile.TemporaryDirectory() as folder:
        manifest = archive.manifest
        _known_migration(manifest)
        archive.check()
        name = DATABASES[manifest.database]
        _room(Path(folder), archive.entries[name].size)
        copy = archive.extract(name, Path(folder))
        if manifest.database == "sqlite":
            sqlite.check(copy, manifest.state)
        else:
            postgres.readable(copy)
    return manifest


def restore(settings: Settings, path: Path, *, lost_data_key: bool = False) -> Manifest:
    """Fill an empty installation from an archive.

    Files are extracted beside their places and compared; the database is checked, migrated and its chains recomputed;
    then files are renamed into place, the database last. Killed at any moment, it leaves an installation without a
    database, which the next restoring clears up, or a whole one.

    Args:
        settings: of the new installation.
        path: the archive.
        lost_data_key: go on although nothing that the archive has sealed can be opened.

    Raises:
        NotEmptyError: the installation is not empty.
        RestoreUnderWayError: another restoring is under way.
        RestoreFinishedError, RestoreBrokenOffError: an earlier one was killed, see `core.backup.interrupted.clear_up`.
        OtherKeyError: the data key is another.
        BadArchiveError: the archive is damaged, of a newer program, or larger than the disk.
        ProgramMissingError, ProgramFailedError: by PostgreSQL.
    """
    with opened(path) as archive, alone(settings):
        manifest = archive.manifest
        _known_migration(manifest)
        clear_up(settings)
        _may_go_here(settings, manifest, lost_data_key)
        with _staging(settings) as folder:
            _room(folder, manifest.size)
            for entry in manifest.files:
                archive.extract(entry.path, folder)
            _put(settings, archive, folder)
    return manifest


def _known_migration(manifest: Manifest) -> None:
    if manifest.state.migration not in migrations.known():
        raise BadArchiveError(
            "备份来自更新的程序（版本 %(version)s，迁移 %(migration)s），请先升级本程序再恢复",
            version=manifest.version,
            migration=manifest.state.migration,
        )


def _may_go_here(settings: Settings, manifest: Manifest, lost_data_key: bool) -> None:
    database = database_of(settings)
    if database.kind != manifest.database:
        raise BadArchiveError(
            "备份的数据库是 %(theirs)s，这里是 %(ours)s；请按备份的种类设置 DATABASE_URL",
            theirs=manifest.database,
            ours=database.kind,
        )
    if database.holds_anything():
        raise NotEmptyError("这里的数据库已有内容，恢复只用于空的实例；请换一个 INSTANCE 或空的数据库")
    tops = {entry.path.split("/")[0] for entry in manifest.files} | set(FOLDERS)
    for name in sorted(tops - {DATA_KEY, DATABASES[manifest.database]}):
        place = settings.instance / name
        if place.is_file() or (place.is_dir() and any(place.iterdir())):
            raise NotEmptyError("%(place)s 已有内容，恢复只用于空的实例；请换一个 INSTANCE", place=place)
    if key_check(settings.data_key) != manifest.key_check:
        _key_can_be_had(settings, manifest, lost_data_key)


def _key_can_be_had(settings: Settings, manifest: Manifest, lost_data_key: bool) -> None:
    if not manifest.has_keys:
        if not lost_data_key:
            raise OtherKeyError(
                "这里的 data_key 不是备份那台机器的，证件号、电话和提交的文件都打不开；请先把当时另存的 data_key "
                "放到 %(place)s 再恢复。密钥确已遗失、只要其余内容时，加 --lost-data-key",
                place=settings.instance / DATA_KEY,
            )
        return
    kept = settings.instance / DATA_KEY
    if not kept.exists() or kept.read_text("ascii") != settings.data_key:
        raise OtherKeyError("环境变量 DATA_KEY 与备份里的密钥不同；请去掉它，或改成备份的密钥")
    if (settings.instance / SET_ASIDE).exists():
        raise NotEmptyError(
            "%(place)s 已有内容，恢复只用于空的实例；请换一个 INSTANCE", place=settings.instance / SET_ASIDE
        )


@contextmanager
def _staging(settings: Settings) -> Iterator[Path]:
    folder = settings.instance / STAGING
    folder.mkdir(mode=0o700, parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def _room(folder: Path, size: int) -> None:
    if size + SPARE > shutil.disk_usage(folder).free:
        raise BadArchiveError("磁盘空间不够：备份解开后有 %(size)s 字节", size=size)


def _put(settings: Settings, archive: Archive, folder: Path) -> None:
    """Everything is in `folder`, compared. The database is put last: what has no database is not an installation."""
    manifest, database = archive.manifest, database_of(settings)
    staged = folder / DATABASES[manifest.database]
    _right_key(folder, manifest)
    database.prepare(staged, manifest)
    moves, moved = list(_moves(settings, manifest, folder)), list[Move]()
    note(folder, manifest.made_at, moves)
    try:
        for source, target in moves:
            if target.is_dir():
                target.rmdir()
            source.rename(target)
            moved.append((source, target))
        database.put(staged, manifest)
    except BaseException:
        for source, target in reversed(moved):
            target.rename(source)
        raise
    _to_disk(settings.instance)


def _right_key(folder: Path, manifest: Manifest) -> None:
    if manifest.has_keys and key_check((folder / DATA_KEY).read_text("ascii", "replace")) != manifest.key_check:
        raise BadArchiveError("备份里的 data_key 不是这份备份的密钥")


def _moves(settings: Settings, manifest: Manifest, folder: Path) -> Iterator[tuple[Path, Path]]:
    """From where to where. A key of this machine that is not the archive's is set aside, never overwritten."""
    keeps_key = key_check(settings.data_key) == manifest.key_check
    for name in sorted({entry.path.split("/")[0] for entry in manifest.files} - {DATABASES[manifest.database]}):
        if name == DATA_KEY:
            if keeps_key:
                continue
            yield settings.instance / DATA_KEY, settings.instance / SET_ASIDE
        yield folder / name, settings.instance / name


def _to_disk(folder: Path) -> None:
    """Make the renames last through a power cut, where a folder can be opened for that."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
