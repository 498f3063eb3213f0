"""SQLite with one writer at a time, in turn: a lock for threads and processes, held from BEGIN to check-in.

SQLite's own busy handler polls and starves; a read that turns into a write fails at once whatever the
time-out. With every writer behind one gate neither happens, and no commit can run while another connection
checkpoints (the documented WAL-reset window of SQLite before 3.51.3).
"""

import os
import sys
import threading
from typing import Any

from sqlalchemy import Connection, Engine, event

from core.errors import ConflictError

WRITE = {"is_write": True}
GATE_SECONDS = 15
PRAGMAS = (
    "busy_timeout=5000",
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "trusted_schema=OFF",
)


class GateTimeoutError(ConflictError):
    """The writers before this one took too long."""

    code = "busy"
    status = 503


class WriteGate:
    """A lock that threads and processes of one machine take in turn. `path` is its lock file."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._threads = threading.Lock()
        self._file: int | None = None
        self._pid: int | None = None

    def acquire(self) -> None:
        """Wait for the turn.

        Raises:
            GateTimeoutError: it did not come within GATE_SECONDS.
        """
        if not self._threads.acquire(timeout=GATE_SECONDS):
            raise GateTimeoutError("系统繁忙，未能保存，请再试一次")
        try:
            if self._pid != os.getpid():  # a lock file opened before a fork would be shared with the parent
                self._file, self._pid = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600), os.getpid()
            assert self._file is not None  # noqa: S101  opened with the pid
            _lock(self._file)
        except BaseException:
            self._threads.release()
            raise

    def release(self) -> None:
        """Let the next writer in."""
        if self._file is not None:
            _unlock(self._file)
        self._threads.release()

    def close(self) -> None:
        """Give the lock file back; the next turn opens it again."""
        if self._file is not None and self._pid == os.getpid():
            os.close(self._file)
        self._file = self._pid = None


def install(engine: Engine, path: str) -> None:
    """Make every transaction of `engine` either a read (query_only) or a write that holds the gate."""
    gate = WriteGate(path)

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        _begin_turn(connection, connection.connection.info, gate)

    @event.listens_for(engine, "engine_disposed")
    def _disposed(_engine: Engine) -> None:
        gate.close()

    @event.listens_for(engine, "checkin")
    def _checkin(_connection: Any, record: Any) -> None:
        if record.info.pop("gate", None):
            gate.release()


def _begin_turn(connection: Connection, info: Any, gate: WriteGate) -> None:
    is_write = bool(connection.get_execution_options().get("is_write"))
    if is_write and not info.get("gate"):
        gate.acquire()
        info["gate"] = True
    try:
        connection.exec_driver_sql(f"PRAGMA query_only={'OFF' if is_write else 'ON'}")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if is_write else "BEGIN DEFERRED")
    except BaseException:
        if info.pop("gate", None):
            gate.release()
        raise


if sys.platform == "win32":
    import msvcrt

    def _lock(file: int) -> None:
        msvcrt.locking(file, msvcrt.LK_LOCK, 1)

    def _unlock(file: int) -> None:
        msvcrt.locking(file, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _lock(file: int) -> None:
        fcntl.flock(file, fcntl.LOCK_EX)

    def _unlock(file: int) -> None:
        fcntl.flock(file, fcntl.LOCK_UN)
