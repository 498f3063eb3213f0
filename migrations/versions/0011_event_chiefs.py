"""Chief judges of single events, beside those of the whole competition."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.create_table(
        "event_chief",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("judge_id", sa.Integer(), nullable=True),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("(judge_id IS NULL) <> (account_id IS NULL)", name=op.f("ck_event_chief_one_person")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_event_chief_event_id_event")),
        sa.ForeignKeyConstraint(
            ["judge_id"], ["judge.id"], name=op.f("fk_event_chief_judge_id_judge"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_event_chief_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_chief")),
        sa.UniqueConstraint("event_id", "judge_id", name=op.f("uq_event_chief_event_id_judge_id")),
        sa.UniqueConstraint("event_id", "account_id", name=op.f("uq_event_chief_event_id_account_id")),
    )
    for column in ("judge_id", "account_id"):
        op.create_index(op.f(f"ix_event_chief_{column}"), "event_chief", [column])


def downgrade() -> None:
    op.drop_table("event_chief")
