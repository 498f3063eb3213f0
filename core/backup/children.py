"""Commands of this program on a database that is not, or not yet, the application's: processes of their own."""

import json
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
    done = _run(settings, database_url, folder, "migrate")
    if done.returncode:
        raise BadArchiveError("备份的数据库升级不到本程序的版本：%(why)s", why=_last_line(done.stderr))


def verify(settings: Settings, database_url: str, folder: Path, state: State) -> None:
    """Recompute the audit chains of a database and compare their ends with those that were noted.

    Raises:
        BadArchiveError: a chain is broken, or ends elsewhere.
    """
    done = _run(settings, database_url, folder, "audit-verify", "--json")
    try:
        found = json.loads(done.stdout)
    except ValueError as error:
        raise BadArchiveError("备份的数据库打不开：%(why)s", why=_last_line(done.stderr)) from error
    for broken in found["breaks"]:
        raise BadArchiveError(
            "备份的审计链 %(chain)s 第 %(number)s 条已断", chain=broken["chain"], number=broken["number"]
        )
    ends = {int(chain): (end["length"], end["last_hash"]) for chain, end in found["chains"].items()}
    if ends != dict(state.chains):
        raise BadArchiveError("备份的审计链末尾与清单不符")


def _run(settings: Settings, url: str, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    own = {"INSTANCE": str(folder), "DATABASE_URL": url, "HOST": "127.0.0.1", "PYTHONIOENCODING": "utf-8"}
    keys = {"SECRET_KEY": settings.secret_key, "DATA_KEY": settings.data_key}
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "core", *words]
    env = os.environ | own | keys
    return subprocess.run(  # noqa: S603  our own words only
        command, cwd=ROOT, env=env, capture_output=True, encoding="utf-8", check=False
    )


def _last_line(said: str) -> str:
    return (said.strip().splitlines() or [""])[-1]
