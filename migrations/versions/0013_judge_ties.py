"""Ties of judges that somebody declared, and their withdrawal."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

KEPT = {
    "judge_tie": (
        "id",
        "competition_id",
        "judge_id",
        "kind",
        "contestant_id",
        "delegation_id",
        "declared_at",
        "declared_by",
    ),
    "judge_tie_withdrawal": ("id", "tie_id", "withdrawn_at", "withdrawn_by"),
}
"""What the database itself never lets change; the reasons may lose their words when a person is erased."""


def upgrade() -> None:
    op.create_table(
        "judge_tie",
        *_key("judge_tie"),
        _reference("judge_tie", "competition_id", "competition.id"),
        _reference("judge_tie", "judge_id", "judge.id"),
        sa.Column("kind", sa.String(32), nullable=False),
        _reference("judge_tie", "contestant_id", "contestant.id", nullable=True),
        _reference("judge_tie", "delegation_id", "delegation.id", nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("declared_by", sa.String(), nullable=False),
        sa.CheckConstraint("(contestant_id IS NULL) <> (delegation_id IS NULL)", name=op.f("ck_judge_tie_one_side")),
    )
    for column in ("competition_id", "judge_id"):
        op.create_index(op.f(f"ix_judge_tie_{column}"), "judge_tie", [column])
    op.create_table(
        "judge_tie_withdrawal",
        *_key("judge_tie_withdrawal"),
        _reference("judge_tie_withdrawal", "tie_id", "judge_tie.id"),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_by", sa.String(), nullable=False),
        sa.UniqueConstraint("tie_id", name=op.f("uq_judge_tie_withdrawal_tie_id")),
    )
    for table, columns in KEPT.items():
        _refuse(table, f"UPDATE OF {', '.join(columns)}")


def downgrade() -> None:
    for table in reversed(KEPT):
        op.drop_table(table)


def _key(table: str) -> tuple[sa.Column[int], sa.PrimaryKeyConstraint]:
    return sa.Column("id", sa.Integer(), nullable=False), sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}"))


def _reference(table: str, column: str, to: str, *, nullable: bool = False) -> sa.Column[int]:
    name = op.f(f"fk_{table}_{column}_{to.removesuffix('.id')}")
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
