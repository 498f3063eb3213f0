"""One PostgreSQL database for all tests of a process, emptied after each, and the connections that stay open to it.

A database and connections of its own cost a test more than all that it asked of them: each server process learns anew
what tables there are. Rows go by DELETE and VACUUM, which leaves files as empty as they were in the beginning, and
numbers begin at the beginning again. Where a test has changed the tables themselves, the next one gets a new database.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from made_once import keep_connections, let_connections_go
from sqlalchemy.engine import make_url

NOTES = """
CREATE SCHEMA watch;
CREATE TABLE watch.changed (tag text);
CREATE FUNCTION watch.note() RETURNS event_trigger LANGUAGE plpgsql AS
    $$ BEGIN INSERT INTO watch.changed VALUES (tg_tag); END $$;
"""
BEGIN_NOTING = "CREATE EVENT TRIGGER note ON ddl_command_end EXECUTE FUNCTION watch.note()"
TABLES = "SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
NUMBERS = "SELECT format('%I.%I', schemaname, sequencename) FROM pg_sequences WHERE schemaname = 'public'"
LEFT_BEHIND = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'
"""


def copy_database(admin: psycopg.Connection[Any], template: str, name: str) -> None:
    """Make the database `name`, the same as `template`."""
    # Copying files is ten times faster here than writing every block to the log, which newer servers do unasked.
    quickly = " STRATEGY FILE_COPY" if admin.info.server_version >= 150000 else ""
    admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"{quickly}')


class KeptDatabase:
    """A copy of `template` on the server at `server`, made for the first test that asks."""

    def __init__(self, server: str, template: str, name: str = "kept") -> None:
        self._server, self._template, self._name = server, template, f"{name}_{template}"
        self.url = make_url(server).set(database=self._name).render_as_string(hide_password=False)
        self._door: psycopg.Connection[Any] | None = None

    def open(self) -> None:
        """Let it be there, as empty as the template."""
        if self._door is not None:
            return
        with self._administered() as admin:
            copy_database(admin, self._template, self._name)
        keep_connections(self._name)
        self._door = psycopg.connect(self.url, autocommit=True, prepare_threshold=None)
        self._door.execute(NOTES)
        for statement in _emptying(self._door):
            self._door.execute(statement)
        self._door.execute("VACUUM")
        self._door.execute(BEGIN_NOTING)
        self._door.execute("SET session_replication_role = replica")  # no trigger of the tables stands in the way

    def empty(self) -> None:
        """Throw out whoever is still at work in it and what was written."""
        assert self._door is not None
        self._door.execute(LEFT_BEHIND)
        if self._door.execute("SELECT FROM watch.changed").rowcount:
            self.close()
            return
        used = self._door.execute("SELECT unnest(watch.empty())").fetchall()
        if used:
            self._door.execute(f"VACUUM {', '.join(table for (table,) in used)}")

    def close(self) -> None:
        """Drop it; whoever asks next gets a new one."""
        if self._door is None:
            return
        self._door.close()
        self._door = None
        let_connections_go(self._name)
        with self._administered() as admin:
            admin.execute(f'DROP DATABASE "{self._name}" WITH (FORCE)')

    @contextmanager
    def _administered(self) -> Iterator[psycopg.Connection[Any]]:
        with psycopg.connect(self._server, autocommit=True) as admin:
            yield admin


def _emptying(door: psycopg.Connection[Any]) -> Iterator[str]:
    """What makes `watch.empty`, which brings back the rows and numbers of now and names the tables that had others."""
    steps = []
    for (table,) in door.execute(TABLES).fetchall():
        clear = f"DELETE FROM {table}; used := used || '{table}'::text;"
        if door.execute(f"SELECT FROM {table}").rowcount:
            yield f"CREATE TABLE watch.{table} AS TABLE {table}"
            steps.append(f"{clear} INSERT INTO {table} SELECT * FROM watch.{table};")
        else:
            steps.append(f"IF EXISTS (SELECT FROM {table}) THEN {clear} END IF;")
    steps += [f"PERFORM setval('{number}', 1, false);" for (number,) in door.execute(NUMBERS).fetchall()]
    body = "\n".join(steps)
    yield (
        "CREATE FUNCTION watch.empty() RETURNS text[] LANGUAGE plpgsql AS "
        f"$$ DECLARE used text[] := '{{}}'; BEGIN {body} RETURN used; END $$"
    )
