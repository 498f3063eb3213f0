"""Online registration by delegations: periods, links, whom they enter, what they have handed in."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

TABLES = ("enrolment_period", "enrolment_link", "enrolment_hand_in", "enrolment_entry")
EVIDENCE = "enrolment_hand_in"
"""Of which the database itself refuses every change."""


def upgrade() -> None:
    op.create_table(
        "enrolment_period",
        *_key("enrolment_period"),
        _reference("enrolment_period", "competition_id", "competition.id"),
        _reference("enrolment_period", "event_id", "event.id", nullable=True, ondelete="CASCADE"),
        _reference("enrolment_period", "delegation_id", "delegation.id", nullable=True, ondelete="CASCADE"),
        _moment("opens_at", nullable=True),
        _moment("closes_at", nullable=True),
        sa.Column("most", sa.Integer(), nullable=True),
        sa.CheckConstraint("closes_at > opens_at", name=op.f("ck_enrolment_period_closes_after_opening")),
        sa.CheckConstraint("most > 0", name=op.f("ck_enrolment_period_most_positive")),
        sa.CheckConstraint("event_id IS NULL OR delegation_id IS NULL", name=op.f("ck_enrolment_period_one_scope")),
        sa.UniqueConstraint("event_id", name=op.f("uq_enrolment_period_event_id")),
        sa.UniqueConstraint("delegation_id", name=op.f("uq_enrolment_period_delegation_id")),
    )
    op.create_table(
        "enrolment_link",
        *_key("enrolment_link"),
        _reference("enrolment_link", "competition_id", "competition.id"),
        _reference("enrolment_link", "delegation_id", "delegation.id", ondelete="CASCADE"),
        sa.Column("token_hash", sa.String(), nullable=False),
        _moment("issued_at"),
        sa.Column("issued_by", sa.String(), nullable=False),
        _moment("revoked_at", nullable=True),
        sa.UniqueConstraint("token_hash", name=op.f("uq_enrolment_link_token_hash")),
    )
    op.create_table(
        "enrolment_hand_in",
        *_key("enrolment_hand_in"),
        _reference("enrolment_hand_in", "competition_id", "competition.id"),
        _reference("enrolment_hand_in", "delegation_id", "delegation.id"),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("signer", sa.String(), nullable=False),
        sa.Column("entries", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        _moment("handed_in_at"),
        sa.Column("handed_in_by", sa.String(), nullable=False),
        sa.UniqueConstraint("delegation_id", "number", name=op.f("uq_enrolment_hand_in_delegation_id_number")),
    )
    op.create_table(
        "enrolment_entry",
        *_key("enrolment_entry"),
        _reference("enrolment_entry", "competition_id", "competition.id"),
        _reference("enrolment_entry", "delegation_id", "delegation.id"),
        _reference("enrolment_entry", "event_id", "event.id", nullable=True),
        sa.Column("part", sa.String(32), nullable=False),
        sa.Column("team", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("name", "document_index", "document_masked")),
        sa.Column("facts_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("warnings", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        _moment("changed_at"),
        sa.Column("changed_by", sa.String(), nullable=False),
        _moment("decided_at", nullable=True),
        sa.Column("decided_by", sa.String(), nullable=False),
        _reference("enrolment_entry", "entrant_id", "entrant.id", nullable=True),
    )
    for table in TABLES:
        op.create_index(op.f(f"ix_{table}_competition_id"), table, ["competition_id"])
    op.create_index(op.f("ix_enrolment_link_delegation_id"), "enrolment_link", ["delegation_id"])
    for column in ("delegation_id", "event_id", "document_index", "entrant_id"):
        op.create_index(op.f(f"ix_enrolment_entry_{column}"), "enrolment_entry", [column])
    _refuse_change(EVIDENCE)


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)


def _key(table: str) -> tuple[sa.Column[int], sa.PrimaryKeyConstraint]:
    return sa.Column("id", sa.Integer(), nullable=False), sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}"))


def _reference(
    table: str, column: str, to: str, *, nullable: bool = False, ondelete: str | None = None
) -> sa.Column[int]:
    name = op.f(f"fk_{table}_{column}_{to.removesuffix('.id')}")
    return sa.Column(column, sa.Integer(), sa.ForeignKey(to, name=name, ondelete=ondelete), nullable=nullable)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


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
