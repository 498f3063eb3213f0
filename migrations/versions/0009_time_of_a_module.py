"""The time of whole modules: who keeps it, how long everybody has, and every press of the clock."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "module_timing",
        sa.Column("module_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("keeper_id", sa.Integer(), nullable=True),
        sa.Column("allowed_seconds", sa.Integer(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["module_id"], ["module.id"], name=op.f("fk_module_timing_module_id_module")),
        sa.ForeignKeyConstraint(["keeper_id"], ["judge.id"], name=op.f("fk_module_timing_keeper_id_judge")),
        sa.PrimaryKeyConstraint("module_id", name=op.f("pk_module_timing")),
    )
    op.create_table(
        "clock_press",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("module_id", sa.Integer(), nullable=False),
        sa.Column("batch", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("entrants", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("device_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("mono", sa.BigInteger(), nullable=False),
        sa.Column("life", sa.String(), nullable=False),
        sa.Column("seconds", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("pressed_by", sa.String(), nullable=False),
        sa.Column("presser_name", sa.String(), nullable=False),
        sa.Column("sign_in_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["module_id"], ["module.id"], name=op.f("fk_clock_press_module_id_module")),
        sa.ForeignKeyConstraint(["sign_in_id"], ["sign_in.id"], name=op.f("fk_clock_press_sign_in_id_sign_in")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clock_press")),
        sa.UniqueConstraint("key", name=op.f("uq_clock_press_key")),
        sa.UniqueConstraint("module_id", "batch", "number", name=op.f("uq_clock_press_module_id_batch_number")),
    )
    if op.get_bind().dialect.name == "sqlite":
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER clock_press_no_{act.lower()} BEFORE {act} ON clock_press "
                "BEGIN SELECT RAISE(ABORT, 'clock_press is append-only'); END"
            )
    else:
        op.execute(
            "CREATE TRIGGER clock_press_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON clock_press "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for act in ("update", "delete"):
            op.execute(f"DROP TRIGGER clock_press_no_{act}")
    else:
        op.execute("DROP TRIGGER clock_press_append_only ON clock_press")
    op.drop_table("clock_press")
    op.drop_table("module_timing")
