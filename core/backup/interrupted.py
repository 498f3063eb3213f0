"""What a restoring that was killed has left: undone before the next one begins, or said where it cannot be undone."""

import json
import os
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from core.backup.making import database_of
from core.backup.telling import was_restored
from core.config import Settings
from core.errors import ConflictError

STAGING = ".restore"
LOCK = ".restore.lock"
JOURNAL = "journal.json"
Move = tuple[Path, Path]
"""From where to where something is renamed."""


class RestoreUnderWayError(ConflictError):
    """Another process restores into this installation at this moment."""

    code = "restore_under_way"


class RestoreFinishedError(ConflictError):
    """The restoring that was killed had come to its end; only its traces were left."""

    code = "restore_finished"


class RestoreBrokenOffError(ConflictError):
    """A restoring was killed, and there is a database now that nobody has checked to the end."""

    code = "restore_broken_off"


@contextmanager
def alone(settings: Settings) -> Iterator[None]:
    """Hold the installation against a second restoring; the system lets go of it even after `kill -9`.

    Raises:
        RestoreUnderWayError: another one holds it.
    """
    settings.instance.mkdir(parents=True, exist_ok=True)
    path = settings.instance / LOCK
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if not _locked(handle):
            raise RestoreUnderWayError("另一次恢复正在进行，请等它结束")
        try:
            yield
        finally:
            with suppress(PermissionError):  # Windows removes no open file; an empty one does no harm
                path.unlink()
    finally:
        os.close(handle)


def note(folder: Path, made_at: str, moves: Sequence[Move]) -> None:
    """Keep on the disk, before the first of them, what is going to be renamed."""
    lines = [[str(source), str(target)] for source, target in moves]
    with (folder / JOURNAL).open("w", encoding="utf-8") as file:
        json.dump({"made_at": made_at, "moves": lines}, file)
        file.flush()
        os.fsync(file.fileno())


def clear_up(settings: Settings) -> None:
    """Bring an installation back to where it was before a restoring that was killed; nothing where none was.

    As long as there is no database, everything is put back. The database comes last and tells whether it was
    checked to the end: if so the restoring is done, and only what it left is taken away.

    Raises:
        RestoreFinishedError: the restoring that was killed had succeeded.
        RestoreBrokenOffError: there is a database that does not say so.
    """
    folder = settings.instance / STAGING
    if not folder.exists():
        return
    made_at, moves = _noted(folder)
    database = database_of(settings)
    if not database.holds_anything():
        for source, target in reversed(moves):
            if target.exists() and not source.exists():
                target.rename(source)
        database.forget_draft()
        shutil.rmtree(folder)
        return
    if not was_restored(settings.database_url, made_at):
        raise RestoreBrokenOffError(
            "上一次恢复被中断，这里的数据库没有核对完，请不要使用；请换一个空的数据库和空的 INSTANCE 文件夹重新恢复，"
            "确认新的可用后，再清空这里的数据库并删除 %(folder)s",
            folder=folder,
        )
    shutil.rmtree(folder)
    raise RestoreFinishedError(
        "上一次恢复（%(made_at)s 的备份）在收尾时被中断，内容已经全部就位并核对过；现已收尾，可以使用，没有再恢复一次",
        made_at=made_at,
    )


def _noted(folder: Path) -> tuple[str, list[Move]]:
    try:
        kept = json.loads((folder / JOURNAL).read_text("utf-8"))
    except (FileNotFoundError, ValueError):  # killed before the first rename: nothing has its name yet
        return "", []
    return kept["made_at"], [(Path(source), Path(target)) for source, target in kept["moves"]]


if sys.platform == "win32":
    import msvcrt

    def _locked(handle: int) -> bool:
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _locked(handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
