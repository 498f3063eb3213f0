"""Stages that follow one another, who went on from one to the next, and names that are not shown to everybody."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

KEPT = ("id", "event_id", "source_id", "goes_on", "by_name", "entrant_id", "publication_id", "decided_at", "decided_by")
"""What the database itself never lets change of a decision; the reason may lose its words when a person is erased."""


def upgrade() -> None:
    op.create_table(
        "event_stage",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("follows_id", sa.Integer(), nullable=False),
        sa.Column("measure", sa.String(32), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_event_stage")),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_event_stage_event_id_event"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["follows_id"], ["event.id"], name=op.f("fk_event_stage_follows_id_event")),
        sa.UniqueConstraint("follows_id", name=op.f("uq_event_stage_follows_id")),
    )
    op.create_table(
        "stage_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        _reference("event_id", "event.id"),
        _reference("source_id", "entrant.id"),
        sa.Column("goes_on", sa.Boolean(), nullable=False),
        sa.Column("by_name", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        _reference("entrant_id", "entrant.id", nullable=True),
        _reference("publication_id", "publication.id"),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stage_decision")),
        sa.UniqueConstraint(
            "event_id", "source_id", "goes_on", name=op.f("uq_stage_decision_event_id_source_id_goes_on")
        ),
    )
    op.create_index(op.f("ix_stage_decision_source_id"), "stage_decision", ["source_id"])
    _refuse("stage_decision", f"UPDATE OF {', '.join(KEPT)}")
    op.add_column("competition", sa.Column("name_display", sa.String(32), nullable=False, server_default="full"))
    op.add_column("contestant", sa.Column("is_name_hidden", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    op.drop_column("contestant", "is_name_hidden")
    op.drop_column("competition", "name_display")
    op.drop_table("stage_decision")
    op.drop_table("event_stage")


def _reference(column: str, to: str, *, nullable: bool = False) -> sa.Column[int]:
    name = op.f(f"fk_stage_decision_{column}_{to.removesuffix('.id')}")
    return sa.Column(column, sa.Integer(), sa.ForeignKey(to, name=name), nullable=nullable)


def _refuse(table: str, update: str) -> None:
    if op.get_bind().dialect.name != "sqlite":
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE {update} OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
        return
    for act in (update, "DELETE"):
        op.execute(
            f"CREATE TRIGGER {table}_no_{act.split()[0].lower()} BEFORE {act} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )
