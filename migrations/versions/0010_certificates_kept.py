"""What certificates keep beyond their values: whether a credential was made, for good; keys that live on a token."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.add_column(
        "certificate_signature", sa.Column("has_credential", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column("signing_key", sa.Column("token_key", sa.String(), nullable=False, server_default=""))
    # Until now the key said so for all its certificates, and could not be changed.
    op.execute(
        "UPDATE certificate_signature SET has_credential = true WHERE signing_key_id IN"
        " (SELECT id FROM signing_key WHERE gives_credentials)"
    )


def downgrade() -> None:
    op.drop_column("signing_key", "token_key")
    op.drop_column("certificate_signature", "has_credential")
