"""Migrating a database that is not, or not yet, the application's: the program's command in a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

from core.backup.manifest import BadArchiveError, State
from core.config import ROOT, Settings


def is_newest(state: State) -> bool:
    """Whether a database that stands there has nothing to be migrated."""
    from core import migrations  # noqa: PLC0415  loads Alembic

    return state.migration == migrations.newest()


def migrate(settings: Settings, database_url: str, folder: Path) -> None:
    """Bring the database at `database_url` to the newest form; `folder` stands in for the instance folder.

    Raises:
        BadArchiveError: that failed.
    """
    own = {"INSTANCE": str(folder), "DATABASE_URL": database_url, "HOST": "127.0.0.1", "PYTHONIOENCODING": "utf-8"}
    keys = {"SECRET_KEY": settings.secret_key, "DATA_KEY": settings.data_key}
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "core", "migrate"]
    env = os.environ | own | keys
    done = subprocess.run(  # noqa: S603  our own words only
        command, cwd=ROOT, env=env, capture_output=True, encoding="utf-8", check=False
    )
    if done.returncode:
        raise BadArchiveError("备份的数据库升级不到本程序的版本：%(why)s", why=_last_line(done.stderr))


def _last_line(said: str) -> str:
    return (said.strip().splitlines() or [""])[-1]
