"""Judges drawn for panels by the system, with seed, witness and record."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    op.create_table(
        "judge_draw",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("record", sa.JSON(), nullable=False),
        sa.Column("witness", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("drawn_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_judge_draw")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_judge_draw_event_id_event")),
        sa.UniqueConstraint("event_id", "number", name=op.f("uq_judge_draw_event_id_number")),
        sa.CheckConstraint("number > 0", name=op.f("ck_judge_draw_number_positive")),
    )
    op.create_index(op.f("ix_judge_draw_event_id"), "judge_draw", ["event_id"])
    if op.get_bind().dialect.name != "sqlite":
        op.execute(
            "CREATE TRIGGER judge_draw_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON judge_draw "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
        return
    for act in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER judge_draw_no_{act.lower()} BEFORE {act} ON judge_draw "
            "BEGIN SELECT RAISE(ABORT, 'judge_draw is append-only'); END"
        )


def downgrade() -> None:
    op.drop_table("judge_draw")
