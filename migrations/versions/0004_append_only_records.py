"""Records that prove something may be added and never changed: the database itself refuses UPDATE and DELETE.

Audit lines, revisions of score sheets, adopted schemes, draws, result snapshots and publications are evidence. A bug
or a hand at the database must not be able to change them unnoticed; SQLite and PostgreSQL both get a trigger.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

TABLES = (
    "audit_entry",
    "sheet_revision",
    "refused_save",
    "sheet_submission",
    "scheme_version",
    "draw_record",
    "deviation_approval",
    "certificate_file",
    "level_certificate",
    "result_snapshot",
    "result_line",
    "publication",
)
CHAIN = sa.table("audit_chain", sa.column("chain"), sa.column("length"), sa.column("last_hash"))


def upgrade() -> None:
    op.bulk_insert(CHAIN, [{"chain": 0, "length": 0, "last_hash": "0" * 64}])
    if op.get_bind().dialect.name == "sqlite":
        for table in TABLES:
            for act in ("UPDATE", "DELETE"):
                op.execute(
                    f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
                )
        return
    op.execute(
        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
    )
    for table in TABLES:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for table in TABLES:
            for act in ("update", "delete"):
                op.execute(f"DROP TRIGGER {table}_no_{act}")
    else:
        for table in TABLES:
            op.execute(f"DROP TRIGGER {table}_append_only ON {table}")
        op.execute("DROP FUNCTION refuse_change()")
    op.execute(CHAIN.delete().where(CHAIN.c.chain == 0))
