"""How Alembic finds the tables and the database: those of the application that runs it."""

from typing import Any

from alembic import context
from flask import current_app

import certificates.models
import competitions.models
import core.auth
import core.jobs
import scoring.models  # noqa: F401  imported for their tables, all of them
from core.db import Model
from core.write_gate import WRITE


def run() -> None:
    engine = current_app.extensions["migrate"].db.engine
    with engine.connect().execution_options(**WRITE) as connection:
        context.configure(
            connection=connection,
            target_metadata=Model.metadata,
            render_as_batch=True,
            compare_type=True,
            process_revision_directives=_no_empty_revision,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


def _no_empty_revision(_context: Any, _revision: Any, directives: list[Any]) -> None:
    if directives[0].upgrade_ops.is_empty():
        directives.clear()


run()
