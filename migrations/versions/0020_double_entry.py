"""Paper sheets typed by two people who do not see each other's figures, and how each pair ended."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"

OWN_JUDGE = (
    "SELECT 1 FROM score_sheet s JOIN judge j ON j.id = s.judge_id "
    "WHERE s.id = NEW.sheet_id AND j.account_id = NEW.account_id"
)
"""An entry by the account of the judge whose sheet it is."""
OWN_ENTRY = (
    "SELECT 1 FROM paper_entry e WHERE e.sheet_id = NEW.sheet_id AND e.attempt = NEW.attempt "
    "AND NEW.ending = 'decided' AND NEW.ended_by = 'account:' || e.account_id "
    "UNION ALL SELECT 1 FROM score_sheet s JOIN judge j ON j.id = s.judge_id WHERE s.id = NEW.sheet_id "
    "AND NEW.ending = 'decided' AND NEW.ended_by IN ('judge:' || j.id, 'account:' || j.account_id)"
)
"""A decision by who typed one of the two, or by the judge whose sheet it is."""
REFUSED = (("paper_entry", "own_judge", OWN_JUDGE), ("paper_outcome", "own_entry", OWN_ENTRY))


def upgrade() -> None:
    op.create_table(
        "paper_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sheet_id", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("judge_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("typist", sa.String(), nullable=False),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("marks", sa.JSON(), nullable=False),
        sa.Column("contestant_refusal", sa.String(), nullable=False, server_default=""),
        sa.Column("differing", sa.JSON(), nullable=False),
        sa.Column("typed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sign_in_id", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_entry")),
        sa.UniqueConstraint("sheet_id", "attempt", "place", name=op.f("uq_paper_entry_sheet_id_attempt_place")),
        sa.UniqueConstraint(
            "sheet_id", "attempt", "account_id", name=op.f("uq_paper_entry_sheet_id_attempt_account_id")
        ),
        sa.UniqueConstraint("key", name=op.f("uq_paper_entry_key")),
        sa.CheckConstraint("place IN (1, 2)", name=op.f("ck_paper_entry_first_or_second")),
        sa.CheckConstraint("attempt > 0", name=op.f("ck_paper_entry_attempt_positive")),
        sa.ForeignKeyConstraint(["sheet_id"], ["score_sheet.id"], name=op.f("fk_paper_entry_sheet_id_score_sheet")),
        sa.ForeignKeyConstraint(["judge_id"], ["judge.id"], name=op.f("fk_paper_entry_judge_id_judge")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_paper_entry_account_id_account")),
        sa.ForeignKeyConstraint(["sign_in_id"], ["sign_in.id"], name=op.f("fk_paper_entry_sign_in_id_sign_in")),
    )
    op.create_index(op.f("ix_paper_entry_account_id"), "paper_entry", ["account_id"])
    op.create_table(
        "paper_outcome",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sheet_id", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("ending", sa.String(32), nullable=False),
        sa.Column("decisions", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("save_key", sa.Uuid(), nullable=True),
        sa.Column("is_handed_in", sa.Boolean(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_by", sa.String(), nullable=False),
        sa.Column("ended_name", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_outcome")),
        sa.UniqueConstraint("sheet_id", "attempt", name=op.f("uq_paper_outcome_sheet_id_attempt")),
        sa.UniqueConstraint("save_key", name=op.f("uq_paper_outcome_save_key")),
        sa.ForeignKeyConstraint(["sheet_id"], ["score_sheet.id"], name=op.f("fk_paper_outcome_sheet_id_score_sheet")),
    )
    for table, _name, _found in REFUSED:
        _make_append_only(table)
    for table, name, found in REFUSED:
        _refuse_insert(table, name, found)


def downgrade() -> None:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for table, name, _found in reversed(REFUSED):
        op.drop_table(table)
        if not is_sqlite:
            op.execute(f"DROP FUNCTION refuse_{table}_{name}()")


def _make_append_only(table: str) -> None:
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


def _refuse_insert(table: str, name: str, found: str) -> None:
    words = f"{table}: {name}"
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            f"CREATE TRIGGER {table}_{name} BEFORE INSERT ON {table} WHEN EXISTS ({found}) "
            f"BEGIN SELECT RAISE(ABORT, '{words}'); END"
        )
        return
    op.execute(
        f"CREATE FUNCTION refuse_{table}_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF EXISTS ({found}) THEN RAISE EXCEPTION '{words}' USING ERRCODE = 'integrity_constraint_violation'; END IF; "
        "RETURN NEW; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_{name} BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_{table}_{name}()"
    )
