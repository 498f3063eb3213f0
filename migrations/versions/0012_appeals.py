"""Appeals against marks and results, and what was done about each."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

NEVER = {"appeal": ("DELETE",), "appeal_step": ("UPDATE", "DELETE")}
"""What the database itself refuses: an appeal may lose its words when a person is erased, a step nothing at all."""


def upgrade() -> None:
    op.create_table(
        "appeal",
        *_key("appeal"),
        _reference("appeal", "competition_id", "competition.id"),
        sa.Column("number", sa.Integer(), nullable=False),
        _reference("appeal", "event_id", "event.id"),
        _reference("appeal", "entrant_id", "entrant.id"),
        _reference("appeal", "publication_id", "publication.id", nullable=True),
        _reference("appeal", "module_id", "module.id", nullable=True),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("statement", "digest")),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("handed_in_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("filed_by", sa.String(), nullable=False),
        sa.UniqueConstraint("competition_id", "number", name=op.f("uq_appeal_competition_id_number")),
    )
    for column in ("event_id", "entrant_id"):
        op.create_index(op.f(f"ix_appeal_{column}"), "appeal", [column])
    op.create_table(
        "appeal_step",
        *_key("appeal_step"),
        _reference("appeal_step", "appeal_id", "appeal.id"),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("taken_by", "taker")),
        sa.UniqueConstraint("appeal_id", "number", name=op.f("uq_appeal_step_appeal_id_number")),
    )
    for table, acts in NEVER.items():
        _refuse(table, acts)


def downgrade() -> None:
    for table in reversed(NEVER):
        op.drop_table(table)


def _key(table: str) -> tuple[sa.Column[int], sa.PrimaryKeyConstraint]:
    return sa.Column("id", sa.Integer(), nullable=False), sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}"))


def _reference(table: str, column: str, to: str, *, nullable: bool = False) -> sa.Column[int]:
    name = op.f(f"fk_{table}_{column}_{to.removesuffix('.id')}")
    return sa.Column(column, sa.Integer(), sa.ForeignKey(to, name=name), nullable=nullable)


def _refuse(table: str, acts: tuple[str, ...]) -> None:
    if op.get_bind().dialect.name != "sqlite":
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE {' OR '.join(acts)} OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
        return
    for act in acts:
        op.execute(
            f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )
