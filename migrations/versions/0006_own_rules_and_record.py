"""Rules that an organiser keeps itself, papers handed in for a person, and the record of workers over years."""

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
