"""Layers of codes between a contestant and the work that is marked."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.create_table(
        "work_layer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("custodian_id", sa.Integer(), nullable=False),
        sa.Column("draws", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("record", sa.JSON(), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("supervisor", sa.String(), nullable=False),
        sa.CheckConstraint("number BETWEEN 1 AND 3", name=op.f("ck_work_layer_number_1_to_3")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_work_layer_event_id_event")),
        sa.ForeignKeyConstraint(["custodian_id"], ["account.id"], name=op.f("fk_work_layer_custodian_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_layer")),
        sa.UniqueConstraint("event_id", "number", name=op.f("uq_work_layer_event_id_number")),
        sa.UniqueConstraint("event_id", "custodian_id", name=op.f("uq_work_layer_event_id_custodian_id")),
    )
    op.create_index(op.f("ix_work_layer_custodian_id"), "work_layer", ["custodian_id"])


def downgrade() -> None:
    op.drop_table("work_layer")
