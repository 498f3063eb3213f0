"""What judging in the hall needs beside marks: one way of entry a device, the time taken, votes held, pictures."""

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
