"""Bringing the database to another form: Alembic with the files in migrations/, on the database of the application."""

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from core.config import ROOT
from core.db import db

FOLDER = ROOT / "migrations"


def _config(tables: str = "") -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes["tables"] = tables
    return config


def upgrade(revision: str = "head") -> None:
    """Up to `revision`."""
    command.upgrade(_config(), revision)


def downgrade(revision: str) -> None:
    """Down to `revision`; ``base`` is an empty database."""
    command.downgrade(_config(), revision)


def draft(message: str, revision: str, tables: str = "") -> None:
    """Write a migration from what the tables in code have and the database lacks, to be edited by hand.

    Args:
        message: what it is for, in a few words.
        revision: its number.
        tables: names joined by commas, to look at those alone; empty for all.
    """
    command.revision(_config(tables), message, autogenerate=True, rev_id=revision)


def newest() -> str | None:
    """The newest form there is."""
    return ScriptDirectory(str(FOLDER)).get_current_head()


def current() -> tuple[str | None, str | None]:
    """The form the database has, and the newest there is."""
    with db.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision(), newest()


def known() -> frozenset[str]:
    """The forms of the database that this program can bring to the newest."""
    return frozenset(script.revision for script in ScriptDirectory(str(FOLDER)).walk_revisions())
