"""What judging in the hall needs beside marks: one way of entry a device, the time taken, votes held, pictures."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

APPEND_ONLY = (
    "scheme_draft",
    "team_publication",
    "revote",
    "early_look",
    "substitution",
    "doubt_answer",
    "sheet_photo",
)
"""New tables that prove something; the database refuses to change them, as in 0004."""


def upgrade() -> None:
    _scheme_draft()
    _team_publication()
    _entry_with_pin()
    _revote()
    _early_look()
    _substitution()
    _doubt_answer()
    _judging_setting()
    _sheet_photo()
    _columns_of_sheets()
    for table in APPEND_ONLY:
        _make_append_only(table)


def downgrade() -> None:
    _drop_columns_of_sheets()
    op.drop_table("judging_setting")
    _entry_without_pin()
    for table in reversed(APPEND_ONLY):
        _drop_triggers(table)
        op.drop_table(table)


def _scheme_draft() -> None:
    op.create_table(
        "scheme_draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("based_on", sa.Integer(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("source_name", sa.String(), nullable=False),
        sa.Column("warnings", sa.JSON(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_scheme_draft_event_id_event")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scheme_draft")),
    )
    op.create_index(op.f("ix_scheme_draft_event_id"), "scheme_draft", ["event_id"])


def _team_publication() -> None:
    op.create_table(
        "team_publication",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("competition_id", sa.Integer(), nullable=False),
        sa.Column("is_shown", sa.Boolean(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["competition_id"], ["competition.id"], name=op.f("fk_team_publication_competition_id_competition")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team_publication")),
    )
    op.create_index(op.f("ix_team_publication_competition_id"), "team_publication", ["competition_id"])


def _entry_with_pin() -> None:
    op.add_column("competition", sa.Column("requires_pin", sa.Boolean(), nullable=False, server_default=sa.true()))
    with op.batch_alter_table("sign_in_link") as batch:
        batch.add_column(sa.Column("issued_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("pin_seal", sa.String(), nullable=True))
        batch.add_column(sa.Column("tries", sa.Integer(), nullable=False, server_default="0"))
        batch.add_column(sa.Column("locked_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("sign_in_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("browser_hash", sa.String(), nullable=True))
        batch.create_foreign_key(op.f("fk_sign_in_link_sign_in_id_sign_in"), "sign_in", ["sign_in_id"], ["id"])


def _entry_without_pin() -> None:
    with op.batch_alter_table("sign_in_link") as batch:
        batch.drop_constraint(op.f("fk_sign_in_link_sign_in_id_sign_in"), type_="foreignkey")
        for column in ("browser_hash", "sign_in_id", "locked_at", "tries", "pin_seal", "issued_at"):
            batch.drop_column(column)
    op.drop_column("competition", "requires_pin")


def _revote() -> None:
    op.create_table(
        "revote",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("module_id", sa.Integer(), nullable=False),
        sa.Column("entrant_id", sa.Integer(), nullable=False),
        sa.Column("node", sa.String(), nullable=False),
        sa.Column("aspects", sa.JSON(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("votes", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("withdraws", sa.Boolean(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["module_id"], ["module.id"], name=op.f("fk_revote_module_id_module")),
        sa.ForeignKeyConstraint(["entrant_id"], ["entrant.id"], name=op.f("fk_revote_entrant_id_entrant")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revote")),
        sa.UniqueConstraint(
            "module_id",
            "entrant_id",
            "node",
            "round",
            "withdraws",
            name=op.f("uq_revote_module_id_entrant_id_node_round_withdraws"),
        ),
    )
    op.create_index(op.f("ix_revote_entrant_id"), "revote", ["entrant_id"])


def _early_look() -> None:
    op.create_table(
        "early_look",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("module_id", sa.Integer(), nullable=False),
        sa.Column("entrant_id", sa.Integer(), nullable=False),
        sa.Column("looker", sa.String(), nullable=False),
        sa.Column("looker_name", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["module_id"], ["module.id"], name=op.f("fk_early_look_module_id_module")),
        sa.ForeignKeyConstraint(["entrant_id"], ["entrant.id"], name=op.f("fk_early_look_entrant_id_entrant")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_early_look")),
    )
    op.create_index(op.f("ix_early_look_module_id"), "early_look", ["module_id"])


def _substitution() -> None:
    op.create_table(
        "substitution",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("module_id", sa.Integer(), nullable=False),
        sa.Column("seats", sa.JSON(), nullable=False),
        sa.Column("judge_id", sa.Integer(), nullable=False),
        sa.Column("substitute_id", sa.Integer(), nullable=True),
        sa.Column("moved", sa.JSON(), nullable=False),
        sa.Column("kept", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["module_id"], ["module.id"], name=op.f("fk_substitution_module_id_module")),
        sa.ForeignKeyConstraint(["judge_id"], ["judge.id"], name=op.f("fk_substitution_judge_id_judge")),
        sa.ForeignKeyConstraint(["substitute_id"], ["judge.id"], name=op.f("fk_substitution_substitute_id_judge")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_substitution")),
    )
    op.create_index(op.f("ix_substitution_module_id"), "substitution", ["module_id"])
    op.create_index(op.f("ix_substitution_judge_id"), "substitution", ["judge_id"])


def _doubt_answer() -> None:
    op.create_table(
        "doubt_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sheet_id", sa.Integer(), nullable=False),
        sa.Column("aspect", sa.String(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["sheet_id"], ["score_sheet.id"], name=op.f("fk_doubt_answer_sheet_id_score_sheet")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_doubt_answer")),
    )
    op.create_index(op.f("ix_doubt_answer_sheet_id"), "doubt_answer", ["sheet_id"])


def _judging_setting() -> None:
    op.create_table(
        "judging_setting",
        sa.Column("event_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("is_blind", sa.Boolean(), nullable=False),
        sa.Column("contestant_signs", sa.String(32), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_judging_setting_event_id_event")),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_judging_setting")),
    )


def _sheet_photo() -> None:
    op.create_table(
        "sheet_photo",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sheet_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("aspect", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_by", sa.String(), nullable=False),
        sa.Column("device_taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sign_in_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["sheet_id"], ["score_sheet.id"], name=op.f("fk_sheet_photo_sheet_id_score_sheet")),
        sa.ForeignKeyConstraint(["sign_in_id"], ["sign_in.id"], name=op.f("fk_sheet_photo_sign_in_id_sign_in")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sheet_photo")),
        sa.UniqueConstraint("key", name=op.f("uq_sheet_photo_key")),
        sa.UniqueConstraint("sheet_id", "number", name=op.f("uq_sheet_photo_sheet_id_number")),
    )


def _columns_of_sheets() -> None:
    op.add_column("score_sheet", sa.Column("reopened_for", sa.JSON(), nullable=True))
    for name in ("contestant_signature", "contestant_refusal"):
        op.add_column("sheet_submission", sa.Column(name, sa.String(), nullable=False, server_default=""))
    for table in ("sheet_revision", "refused_save"):
        for name in ("rounds", "times"):
            op.add_column(table, sa.Column(name, sa.JSON(), nullable=False, server_default=sa.text("'{}'")))


def _drop_columns_of_sheets() -> None:
    for table in ("sheet_revision", "refused_save"):
        for name in ("rounds", "times"):
            op.drop_column(table, name)
    for name in ("contestant_refusal", "contestant_signature"):
        op.drop_column("sheet_submission", name)
    op.drop_column("score_sheet", "reopened_for")


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


def _drop_triggers(table: str) -> None:
    if op.get_bind().dialect.name != "sqlite":
        op.execute(f"DROP TRIGGER {table}_append_only ON {table}")
        return
    for act in ("update", "delete"):
        op.execute(f"DROP TRIGGER {table}_no_{act}")
