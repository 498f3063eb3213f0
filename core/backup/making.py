"""Making an archive while the installation runs."""

import tempfile
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path

from core.backup.archive import Writer, new_archive
from core.backup.manifest import DATA_KEY, DATABASES, FILES, SECRETS, Manifest, key_check
from core.backup.postgres import PostgresDatabase
from core.backup.sqlite import SqliteDatabase
from core.backup.telling import tell_made
from core.checked_zip import chunks
from core.clock import now
from core.config import ROOT, Settings
from core.errors import ConflictError

FOLDERS = ("photos", "handed-in", "archives", "issued")
REMADE = ("fonts", "secret_key", DATA_KEY, "demo.json", "tls")
"""What is made again by itself, or is a secret that is only taken along when asked for."""


class ArchiveExistsError(ConflictError):
    """An archive is never overwritten."""

    code = "archive_exists"


@dataclass(frozen=True, slots=True)
class Made:
    """An archive, what is in it, and the names in the instance folder that are not known and not in it."""

    path: Path
    manifest: Manifest
    left_out: tuple[str, ...]


def database_of(settings: Settings) -> SqliteDatabase | PostgresDatabase:
    """The database of an installation, for archives."""
    return SqliteDatabase(settings) if settings.is_sqlite else PostgresDatabase(settings)


def make_backup(settings: Settings, target: Path, *, with_keys: bool = False) -> Made:
    """Write an archive; people go on working meanwhile. What was acknowledged before the start is in it.

    Args:
        settings: of the installation.
        target: the archive, or a folder in which it gets a name after the time.
        with_keys: whether the data key, the hall's certificates and the demo's passwords go with it.

    Raises:
        ArchiveExistsError: there is a file of that name, or no folder for it.
        NoDatabaseError, BadArchiveError, ProgramMissingError, ProgramFailedError: by the database.
    """
    at = now().astimezone(UTC)
    path = target / f"backup-{at:%Y%m%d-%H%M%S}Z.zip" if target.is_dir() else target
    if path.exists():
        raise ArchiveExistsError("%(path)s 已经存在；备份不覆盖已有的文件，请换一个名字", path=path)
    if not path.parent.is_dir():
        raise ArchiveExistsError("没有 %(folder)s 这个文件夹，请先建立", folder=path.parent)
    database = database_of(settings)
    with tempfile.TemporaryDirectory(prefix=".backup-", dir=path.parent) as folder, new_archive(path) as writer:
        name = DATABASES[database.kind]
        state = database.snapshot(Path(folder) / name)
        with (Path(folder) / name).open("rb") as source:
            writer.add(name, chunks(source))
        _add_files(writer, settings, with_keys)
        check = key_check(settings.data_key)
        manifest = Manifest(version(), at.isoformat(), database.kind, check, state, tuple(writer.entries))
        writer.finish(manifest)
    tell_made(path.name, manifest)
    return Made(path, manifest, tuple(_unknown(settings)))


def version() -> str:
    """The program's."""
    return str(tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"])


def _add_files(writer: Writer, settings: Settings, with_keys: bool) -> None:
    """After the database: each file is on the disk before the row that names it. One that a person has withdrawn
    since is gone, as it should be."""
    for folder in FOLDERS:
        for path in sorted((settings.instance / folder).glob("??/*")):
            name = path.relative_to(settings.instance).as_posix()
            if FILES.fullmatch(name) and not path.is_symlink():
                _add(writer, name, path)
    if with_keys:
        _add_keys(writer, settings)


def _add(writer: Writer, name: str, path: Path) -> None:
    try:
        source = path.open("rb")
    except FileNotFoundError:
        return
    with source:
        writer.add(name, chunks(source))


def _add_keys(writer: Writer, settings: Settings) -> None:
    writer.add(DATA_KEY, [settings.data_key.encode("ascii")])  # it may stand in the environment alone
    for path in (settings.instance / "demo.json", *sorted(settings.tls_folder.glob("*"))):
        name = path.relative_to(settings.instance).as_posix()
        if SECRETS.fullmatch(name) and path.is_file():
            _add(writer, name, path)


def _unknown(settings: Settings) -> Iterator[str]:
    database = Path(settings.database_url.removeprefix("sqlite:///")).name if settings.is_sqlite else "\0"
    for path in sorted(settings.instance.iterdir()):
        is_known = path.name in FOLDERS + REMADE or path.name.startswith((database, ".", "backup-"))
        if not is_known and not path.name.endswith(".lock"):
            yield path.name
