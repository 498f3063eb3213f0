"""A PostgreSQL database into an archive and out of it, with the server's own programs."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import psycopg
from psycopg import IsolationLevel, sql
from psycopg.conninfo import make_conninfo
from sqlalchemy.engine import make_url

from core.backup import chains, children
from core.backup.manifest import BadArchiveError, Manifest, State
from core.backup.sqlite import NoDatabaseError
from core.backup.telling import tell_restored
from core.config import Settings
from core.errors import DomainError

TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
FUNCTIONS = """SELECT proname FROM pg_proc p WHERE pronamespace = current_schema()::regnamespace
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')"""


class ProgramMissingError(DomainError):
    """A program of PostgreSQL is not installed here."""

    code = "program_missing"


class ProgramFailedError(DomainError):
    """A program of PostgreSQL gave up."""

    code = "program_failed"


class PostgresDatabase:
    """The PostgreSQL database of an installation."""

    kind = "postgresql"

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        url = make_url(settings.database_url)
        parts: dict[str, Any] = url.translate_connect_args(username="user", database="dbname") | dict(url.query)
        self._password = str(parts.pop("password", ""))
        self._address = make_conninfo(**parts)

    def snapshot(self, target: Path) -> State:
        """Dump the database as it is at one moment, while others write; where it stood.

        The chains' ends are read in the very snapshot that is dumped.

        Raises:
            NoDatabaseError: it has no tables.
            ProgramMissingError, ProgramFailedError: without or by pg_dump.
        """
        program("pg_dump")
        with self._connect() as connection:
            connection.isolation_level = IsolationLevel.REPEATABLE_READ
            connection.read_only = True
            state = _state(connection)
            (name,) = connection.execute("SELECT pg_export_snapshot()").fetchone() or ("",)
            options = ["--format=custom", "--no-owner", "--no-privileges", f"--snapshot={name}", f"--file={target}"]
            self._run("pg_dump", *options)
        return state

    def holds_anything(self) -> bool:
        """Whether there are tables or functions."""
        with self._connect() as connection:
            return any(connection.execute(query).fetchone() for query in (TABLES, FUNCTIONS))

    def prepare(self, staged: Path, _manifest: Manifest) -> None:
        """See that the dump can be read.

        Raises:
            ProgramMissingError, ProgramFailedError: without or by pg_restore.
        """
        readable(staged)

    def forget_draft(self) -> None:
        """A killed `put` leaves no draft: the server has undone a transaction that nobody ended."""

    def put(self, staged: Path, manifest: Manifest) -> None:
        """Load the dump in one transaction, migrate, recompute the chains, tell; empty again if one of these fails.

        Raises:
            ProgramFailedError: it cannot be loaded.
            BadArchiveError: it is not what its manifest says.
        """
        options = ["--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error"]
        self._run("pg_restore", *options, str(staged))
        state = manifest.state
        try:
            self._check(state)
            url = self._settings.database_url
            if not children.is_newest(state):
                children.migrate(self._settings, url, staged.parent)
            chains.verify(url, state)
            tell_restored(url, manifest)
        except BaseException:
            self._empty()
            raise

    def _check(self, state: State) -> None:
        with self._connect() as connection:
            if _state(connection) != state:
                raise BadArchiveError("备份的数据库与清单的迁移版本或审计链末尾不符")

    def _empty(self) -> None:
        """Drop what was loaded. The database held nothing before."""
        with self._connect() as connection:
            for query, command in ((TABLES, "DROP TABLE {} CASCADE"), (FUNCTIONS, "DROP FUNCTION {} CASCADE")):
                for (name,) in connection.execute(query).fetchall():
                    connection.execute(sql.SQL(command).format(sql.Identifier(name)))

    def _connect(self) -> psycopg.Connection[Any]:
        return psycopg.connect(self._address, password=self._password or None)

    def _run(self, name: str, *options: str) -> None:
        env = os.environ | ({"PGPASSWORD": self._password} if self._password else {})
        _done([program(name), f"--dbname={self._address}", *options], env)


def program(name: str) -> str:
    """Where a program of PostgreSQL is.

    Raises:
        ProgramMissingError: nowhere on the path.
    """
    found = shutil.which(name)
    if found is None:
        raise ProgramMissingError(
            "没有找到 %(name)s，什么也没有做；请安装与数据库同版本或更新的 PostgreSQL 客户端程序（postgresql-client）",
            name=name,
        )
    return found


def readable(dump: Path) -> None:
    """See that a dump can be read.

    Raises:
        ProgramMissingError, ProgramFailedError: without or by pg_restore.
    """
    _done([program("pg_restore"), "--list", str(dump)], os.environ)


def _done(command: list[str], env: Any) -> None:
    done = subprocess.run(  # noqa: S603  our own words and the address in the settings
        command, env=env, capture_output=True, encoding="utf-8", errors="replace", check=False
    )
    if done.returncode:
        why = (done.stderr.strip().splitlines() or [""])[0]
        raise ProgramFailedError("%(name)s 没有成功：%(why)s", name=Path(command[0]).name, why=why)


def _state(connection: psycopg.Connection[Any]) -> State:
    try:
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        chains = connection.execute("SELECT chain, length, last_hash FROM audit_chain").fetchall()
    except psycopg.errors.UndefinedTable as error:
        raise NoDatabaseError("数据库还没有建立，没有可以备份的内容") from error
    if row is None:
        raise NoDatabaseError("数据库还没有建立，没有可以备份的内容")
    return State(row[0], {chain: (length, last) for chain, length, last in chains})
