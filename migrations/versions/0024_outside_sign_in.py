"""Accounts that sign in by way of another house: who is who there, and ways there and back that were gone."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    account = sa.ForeignKey("account.id", name=op.f("fk_outside_identity_account_id_account"))
    op.create_table(
        "outside_identity",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), account, nullable=False),
        sa.Column("issuer", sa.String(), nullable=False),
        sa.Column("subject_seal", sa.String(), nullable=False),
        sa.Column("linked_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outside_identity")),
        sa.UniqueConstraint("account_id", "issuer", name=op.f("uq_outside_identity_account_id_issuer")),
        sa.UniqueConstraint("subject_seal", name=op.f("uq_outside_identity_subject_seal")),
    )
    op.create_table(
        "spent_state",
        sa.Column("state_hash", sa.String(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("state_hash", name=op.f("pk_spent_state")),
    )


def downgrade() -> None:
    op.drop_table("spent_state")
    op.drop_table("outside_identity")
