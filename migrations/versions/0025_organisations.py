"""Several organisations on one server: whose a competition, an account and a rule file are, and who runs which."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"

OWNED = ("competition", "account", "own_pack")
"""Tables whose rows may belong to an organisation; nothing does by itself."""


def upgrade() -> None:
    op.create_table(
        "organisation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("short_name", sa.String(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
        sa.UniqueConstraint("name", name=op.f("uq_organisation_name")),
    )
    op.create_table(
        "organisation_admin",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("named_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("named_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "account_id", name=op.f("pk_organisation_admin")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_organisation_admin_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_organisation_admin_account_id_account")),
    )
    op.create_index(op.f("ix_organisation_admin_account_id"), "organisation_admin", ["account_id"])
    for table in OWNED:
        # In words that both databases understand: a named reference that comes with its column needs no copied table.
        op.execute(
            f"ALTER TABLE {table} ADD COLUMN organisation_id INTEGER "
            f"CONSTRAINT fk_{table}_organisation_id_organisation REFERENCES organisation (id)"
        )
        op.create_index(op.f(f"ix_{table}_organisation_id"), table, ["organisation_id"])


def downgrade() -> None:
    for table in reversed(OWNED):
        op.drop_index(op.f(f"ix_{table}_organisation_id"), table)
        op.drop_column(table, "organisation_id")
    op.drop_table("organisation_admin")
    op.drop_table("organisation")
