"""When and where each part of a competition takes place, and notices to those who take part."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"

KEPT = ("id", "competition_id", "readers", "event_id", "text", "posted_at", "posted_by")
"""What the database itself never lets change of a notice; it may only be withdrawn."""


def upgrade() -> None:
    op.create_table(
        "timetable_session",
        sa.Column("id", sa.Integer(), nullable=False),
        _reference("timetable_session", "competition_id", "competition.id"),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("begins_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        _reference("timetable_session", "event_id", "event.id", nullable=True),
        _reference("timetable_session", "module_id", "module.id", nullable=True, ondelete="SET NULL"),
        sa.Column("batch", sa.Integer(), nullable=True),
        sa.Column("audience", sa.String(32), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("shown_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("called_off_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("called_off_reason", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timetable_session")),
        sa.CheckConstraint("ends_at > begins_at", name=op.f("ck_timetable_session_ends_after_beginning")),
        sa.CheckConstraint("batch > 0", name=op.f("ck_timetable_session_batch_positive")),
    )
    op.create_index(op.f("ix_timetable_session_competition_id"), "timetable_session", ["competition_id"])
    op.create_index(op.f("ix_timetable_session_event_id"), "timetable_session", ["event_id"])
    op.create_table(
        "timetable_change",
        sa.Column("id", sa.Integer(), nullable=False),
        _reference("timetable_change", "session_id", "timetable_session.id"),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timetable_change")),
    )
    op.create_index(op.f("ix_timetable_change_session_id"), "timetable_change", ["session_id"])
    _refuse("timetable_change", "UPDATE")
    _notices()


def _notices() -> None:
    op.create_table(
        "notice",
        sa.Column("id", sa.Integer(), nullable=False),
        _reference("notice", "competition_id", "competition.id"),
        sa.Column("readers", sa.String(32), nullable=False),
        _reference("notice", "event_id", "event.id", nullable=True),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("posted_by", sa.String(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.String(), nullable=False),
        sa.Column("withdrawal_reason", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
    )
    op.create_index(op.f("ix_notice_competition_id"), "notice", ["competition_id"])
    op.create_table(
        "notice_seen",
        _reference("notice_seen", "notice_id", "notice.id"),
        _reference("notice_seen", "judge_id", "judge.id", ondelete="CASCADE"),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("notice_id", "judge_id", name=op.f("pk_notice_seen")),
    )
    _refuse("notice", f"UPDATE OF {', '.join(KEPT)}")


def downgrade() -> None:
    for table in ("notice_seen", "notice", "timetable_change", "timetable_session"):
        op.drop_table(table)


def _reference(
    table: str, column: str, to: str, *, nullable: bool = False, ondelete: str | None = None
) -> sa.Column[int]:
    name = op.f(f"fk_{table}_{column}_{to.removesuffix('.id')}")
    return sa.Column(column, sa.Integer(), sa.ForeignKey(to, name=name, ondelete=ondelete), nullable=nullable)


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
