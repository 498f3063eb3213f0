"""How Alembic finds the tables and the database: those of the application that runs it."""

from typing import Any

from alembic import context
from sqlalchemy import Enum

import certificates.attachments.models
import certificates.incoming.models
import certificates.innovations.models
import certificates.models
import certificates.paper_templates.models
import certificates.statistics.models
import certificates.titles.models
import competitions.enrolment.models
import competitions.judge_draws.models
import competitions.judge_ties.models
import competitions.models
import competitions.notices.models
import competitions.pack_editing.models
import competitions.stages.models
import competitions.timetable.models
import competitions.work_codes.models
import core.auth
import core.jobs
import core.outside_sign_in.models
import core.programs.models
import core.second_factor.models
import scoring.appeals.models
import scoring.jury.models
import scoring.models
import scoring.paper_entry.models
import scoring.photos.models
import scoring.stages.models
import scoring.timing.models
from core.db import Model, UtcDateTime, db
from core.write_gate import WRITE

ROOMS_WITH_TABLES = (
    core.auth,
    core.jobs,
    core.programs.models,
    core.outside_sign_in.models,
    core.second_factor.models,
    competitions.models,
    competitions.enrolment.models,
    competitions.judge_draws.models,
    competitions.judge_ties.models,
    competitions.pack_editing.models,
    competitions.stages.models,
    competitions.timetable.models,
    competitions.notices.models,
    competitions.work_codes.models,
    scoring.models,
    scoring.appeals.models,
    scoring.jury.models,
    scoring.timing.models,
    scoring.stages.models,
    scoring.paper_entry.models,
    certificates.models,
    certificates.attachments.models,
    certificates.paper_templates.models,
    certificates.statistics.models,
    certificates.incoming.models,
    certificates.titles.models,
    certificates.innovations.models,
)


def run() -> None:
    with db.engine.connect().execution_options(**WRITE) as connection:
        context.configure(
            connection=connection,
            target_metadata=Model.metadata,
            render_as_batch=True,
            compare_type=True,
            process_revision_directives=_no_empty_revision,
            render_item=_plain_types,
            include_object=_chosen_tables,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


def _no_empty_revision(_context: Any, _revision: Any, directives: list[Any]) -> None:
    if directives[0].upgrade_ops.is_empty():
        directives.clear()


def _plain_types(kind: str, item: Any, _context: Any) -> str | bool:
    """Write column types that stand alone: a migration must not change when the code does."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, Enum):
        return f"sa.String({item.length})"
    return False


def _chosen_tables(_item: Any, name: str | None, kind: str, _reflected: bool, _other: Any) -> bool:
    """With ``--tables a,b`` only those tables are looked at, to write one idea a file."""
    chosen = context.config.attributes.get("tables")
    return kind != "table" or not chosen or name in str(chosen).split(",")


run()
