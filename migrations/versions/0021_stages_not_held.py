"""Stages that were not held, with the reason; works marked by code belong to no delegation, not to the first one."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"

COLUMN = "delegation_id INTEGER"


def upgrade() -> None:
    op.add_column("event_stage", sa.Column("not_held_reason", sa.String(), nullable=False, server_default=""))
    _let_be_empty(is_allowed=True)
    op.execute("UPDATE entrant SET delegation_id = NULL WHERE work_code IS NOT NULL")


def downgrade() -> None:
    op.execute(
        "UPDATE entrant SET delegation_id = (SELECT MIN(delegation.id) FROM delegation JOIN event "
        "ON event.competition_id = delegation.competition_id WHERE event.id = entrant.event_id) "
        "WHERE delegation_id IS NULL"
    )
    _let_be_empty(is_allowed=False)
    op.drop_column("event_stage", "not_held_reason")


def _let_be_empty(*, is_allowed: bool) -> None:
    """Drop or set NOT NULL of an entrant's delegation.

    On SQLite by the way that its manual gives for a constraint that changes no stored byte: other tables refer to this
    one, so that making it anew would want them all taken apart.
    """
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        op.alter_column("entrant", "delegation_id", existing_type=sa.Integer(), nullable=is_allowed)
        return
    old, new = (f"{COLUMN} NOT NULL", COLUMN) if is_allowed else (COLUMN, f"{COLUMN} NOT NULL")
    table = "SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = 'entrant'"
    words = str(connection.scalar(sa.text(table)))
    if words.count(old) != 1:
        raise RuntimeError(f"the table entrant is not as this migration knows it: {words}")
    version = connection.scalar(sa.text("PRAGMA schema_version"))
    connection.execute(sa.text("PRAGMA writable_schema = ON"))
    connection.execute(
        sa.text("UPDATE sqlite_schema SET sql = :words WHERE type = 'table' AND name = 'entrant'"),
        {"words": words.replace(old, new)},
    )
    connection.execute(sa.text(f"PRAGMA schema_version = {int(version or 0) + 1}"))
    connection.execute(sa.text("PRAGMA writable_schema = OFF"))
