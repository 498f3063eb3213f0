"""Which account is the same person as a judge, what a decision about a tie knew of, and charges without a role."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    # In words that both databases understand: a named reference that comes with its column needs no copied table.
    op.execute(
        "ALTER TABLE judge ADD COLUMN account_id INTEGER CONSTRAINT fk_judge_account_id_account REFERENCES account (id)"
    )
    # Rows of a competition without an account do not meet here: NULL is equal to nothing on both databases.
    op.create_index("ix_judge_competition_account", "judge", ["competition_id", "account_id"], unique=True)
    op.add_column("seat", sa.Column("conflict_known", sa.JSON(), nullable=True))
    _end_charges_without_a_role()


def downgrade() -> None:
    op.drop_column("seat", "conflict_known")
    op.drop_index("ix_judge_competition_account", "judge")
    op.drop_column("judge", "account_id")


def _end_charges_without_a_role() -> None:
    """Charge of single events outlived the role until now, and would have come back with it unseen."""
    op.execute(
        "DELETE FROM event_chief WHERE account_id IS NOT NULL AND NOT EXISTS ("
        "SELECT 1 FROM role_grant JOIN event ON event.competition_id = role_grant.competition_id "
        "WHERE event.id = event_chief.event_id AND role_grant.account_id = event_chief.account_id "
        "AND role_grant.role = 'chief_judge')"
    )
