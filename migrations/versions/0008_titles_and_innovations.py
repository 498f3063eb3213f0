"""Titles that authorities granted, innovations of a competition."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

APPEND_ONLY = ("held_fact", "held_fact_withdrawal", "innovation", "innovation_author", "innovation_withdrawal")
"""Evidence: the database itself refuses UPDATE and DELETE, as in 0004."""


def upgrade() -> None:
    _incoming()
    _titles()
    _innovations()
    for table in APPEND_ONLY:
        _refuse_change(table)


def downgrade() -> None:
    for table in (*reversed(APPEND_ONLY), "incoming_workbook"):
        op.drop_table(table)


def _incoming() -> None:
    op.create_table(
        "incoming_workbook",
        *_key("incoming_workbook"),
        _reference("incoming_workbook", "competition_id", "competition.id"),
        sa.Column("subject", sa.String(32), nullable=False),
        sa.Column("filename", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("rows_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_by", sa.String(), nullable=False),
        sa.Column("taken_in_at", sa.DateTime(timezone=True), nullable=True),
    )
    _index("incoming_workbook", "competition_id")


def _titles() -> None:
    words = ("name", "authority", "document")
    more = ("occupation", "occupation_code")
    op.create_table(
        "held_fact",
        *_key("held_fact"),
        _reference("held_fact", "competition_id", "competition.id"),
        _reference("held_fact", "contestant_id", "contestant.id"),
        sa.Column("kind", sa.String(32), nullable=False),
        *(sa.Column(word, sa.String(), nullable=False) for word in words),
        sa.Column("on", sa.Date(), nullable=True),
        *(sa.Column(word, sa.String(), nullable=False) for word in more),
        sa.Column("source", sa.String(32), nullable=False),
        sa.Column("stated_by", sa.String(), nullable=False),
        sa.Column("evidence", sa.String(), nullable=False),
        sa.Column("remarks", sa.JSON(), nullable=False),
        *_recorded(),
    )
    _index("held_fact", "competition_id")
    _index("held_fact", "contestant_id")
    _withdrawal("held_fact_withdrawal", "held_fact")


def _innovations() -> None:
    op.create_table(
        "innovation",
        *_key("innovation"),
        _reference("innovation", "competition_id", "competition.id"),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("stage", sa.String(32), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("benefit", sa.String(), nullable=True),
        sa.Column("benefit_basis", sa.String(), nullable=False),
        sa.Column("on", sa.Date(), nullable=True),
        sa.Column("document", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        *_recorded(),
    )
    _index("innovation", "competition_id")
    op.create_table(
        "innovation_author",
        *_key("innovation_author"),
        _reference("innovation_author", "innovation_id", "innovation.id"),
        _reference("innovation_author", "contestant_id", "contestant.id"),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.UniqueConstraint(
            "innovation_id", "contestant_id", name=op.f("uq_innovation_author_innovation_id_contestant_id")
        ),
    )
    _index("innovation_author", "innovation_id")
    _index("innovation_author", "contestant_id")
    _withdrawal("innovation_withdrawal", "innovation")


def _withdrawal(table: str, of: str) -> None:
    op.create_table(
        table,
        *_key(table),
        _reference(table, f"{of}_id", f"{of}.id"),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_by", sa.String(), nullable=False),
        sa.UniqueConstraint(f"{of}_id", name=op.f(f"uq_{table}_{of}_id")),
    )


def _key(table: str) -> tuple[sa.Column[int], sa.PrimaryKeyConstraint]:
    return sa.Column("id", sa.Integer(), nullable=False), sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}"))


def _reference(table: str, column: str, to: str) -> sa.Column[int]:
    name = op.f(f"fk_{table}_{column}_{to.removesuffix('.id')}")
    return sa.Column(column, sa.Integer(), sa.ForeignKey(to, name=name), nullable=False)


def _recorded() -> tuple[sa.Column[object], sa.Column[str]]:
    return (
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
    )


def _index(table: str, column: str) -> None:
    op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def _refuse_change(table: str) -> None:
    if op.get_bind().dialect.name != "sqlite":
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
        return
    for act in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )
