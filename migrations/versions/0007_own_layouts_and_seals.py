"""Layouts, pictures, fonts and seals of an organiser's own, and credentials beside the certificate."""

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
