"""Marking schemes, score sheets with every revision, result snapshots and their publication."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "scheme_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("source_name", sa.String(), nullable=False),
        sa.Column("warnings", sa.JSON(), nullable=False),
        sa.Column("adopted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("adopted_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_scheme_version_event_id_event")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scheme_version")),
        sa.UniqueConstraint("event_id", "number", name=op.f("uq_scheme_version_event_id_number")),
    )
    op.create_table(
        "result_snapshot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("scheme_version_id", sa.Integer(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("computed_by", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_result_snapshot_event_id_event")),
        sa.ForeignKeyConstraint(
            ["scheme_version_id"],
            ["scheme_version.id"],
            name=op.f("fk_result_snapshot_scheme_version_id_scheme_version"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_result_snapshot")),
        sa.UniqueConstraint("event_id", "number", name=op.f("uq_result_snapshot_event_id_number")),
    )
    op.create_table(
        "score_sheet",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("module_id", sa.Integer(), nullable=False),
        sa.Column("entrant_id", sa.Integer(), nullable=False),
        sa.Column("seat_number", sa.Integer(), nullable=False),
        sa.Column("judge_id", sa.Integer(), nullable=True),
        sa.Column("scheme_version_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_by", sa.String(), nullable=True),
        sa.Column("return_reason", sa.String(), nullable=False),
        sa.CheckConstraint("(seat_number = 0) = (judge_id IS NULL)", name=op.f("ck_score_sheet_judge_by_seat")),
        sa.CheckConstraint("revision >= 0", name=op.f("ck_score_sheet_revision_not_negative")),
        sa.ForeignKeyConstraint(["entrant_id"], ["entrant.id"], name=op.f("fk_score_sheet_entrant_id_entrant")),
        sa.ForeignKeyConstraint(["judge_id"], ["judge.id"], name=op.f("fk_score_sheet_judge_id_judge")),
        sa.ForeignKeyConstraint(["module_id"], ["module.id"], name=op.f("fk_score_sheet_module_id_module")),
        sa.ForeignKeyConstraint(
            ["scheme_version_id"], ["scheme_version.id"], name=op.f("fk_score_sheet_scheme_version_id_scheme_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_sheet")),
        sa.UniqueConstraint(
            "module_id", "entrant_id", "seat_number", name=op.f("uq_score_sheet_module_id_entrant_id_seat_number")
        ),
    )
    with op.batch_alter_table("score_sheet", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_score_sheet_entrant_id"), ["entrant_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_score_sheet_judge_id"), ["judge_id"], unique=False)

    op.create_table(
        "publication",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("snapshot_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("is_final", sa.Boolean(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.String(), nullable=False),
        sa.Column("override_reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_publication_event_id_event")),
        sa.ForeignKeyConstraint(
            ["snapshot_id"], ["result_snapshot.id"], name=op.f("fk_publication_snapshot_id_result_snapshot")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publication")),
    )
    with op.batch_alter_table("publication", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_publication_event_id"), ["event_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_publication_snapshot_id"), ["snapshot_id"], unique=False)

    op.create_table(
        "refused_save",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sheet_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("marks", sa.JSON(), nullable=False),
        sa.Column("notes", sa.JSON(), nullable=False),
        sa.Column("refused_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("device_saved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sign_in_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["sheet_id"], ["score_sheet.id"], name=op.f("fk_refused_save_sheet_id_score_sheet")),
        sa.ForeignKeyConstraint(["sign_in_id"], ["sign_in.id"], name=op.f("fk_refused_save_sign_in_id_sign_in")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refused_save")),
        sa.UniqueConstraint("key", name=op.f("uq_refused_save_key")),
    )
    with op.batch_alter_table("refused_save", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_refused_save_sheet_id"), ["sheet_id"], unique=False)

    op.create_table(
        "result_line",
        sa.Column("snapshot_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("entrant_id", sa.Integer(), nullable=False),
        sa.Column("rank", sa.String(), nullable=True),
        sa.Column("award_rank", sa.String(), nullable=True),
        sa.Column("is_tied", sa.Boolean(), nullable=False),
        sa.Column("total", sa.String(), nullable=True),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("unfolding", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["entrant_id"], ["entrant.id"], name=op.f("fk_result_line_entrant_id_entrant")),
        sa.ForeignKeyConstraint(
            ["snapshot_id"], ["result_snapshot.id"], name=op.f("fk_result_line_snapshot_id_result_snapshot")
        ),
        sa.PrimaryKeyConstraint("snapshot_id", "position", name=op.f("pk_result_line")),
    )
    with op.batch_alter_table("result_line", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_result_line_entrant_id"), ["entrant_id"], unique=False)

    op.create_table(
        "sheet_revision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sheet_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("marks", sa.JSON(), nullable=False),
        sa.Column("notes", sa.JSON(), nullable=False),
        sa.Column("doubts", sa.JSON(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_by", sa.String(), nullable=False),
        sa.Column("device_saved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sign_in_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["sheet_id"], ["score_sheet.id"], name=op.f("fk_sheet_revision_sheet_id_score_sheet")),
        sa.ForeignKeyConstraint(["sign_in_id"], ["sign_in.id"], name=op.f("fk_sheet_revision_sign_in_id_sign_in")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sheet_revision")),
        sa.UniqueConstraint("key", name=op.f("uq_sheet_revision_key")),
        sa.UniqueConstraint("sheet_id", "number", name=op.f("uq_sheet_revision_sheet_id_number")),
    )
    op.create_table(
        "sheet_submission",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sheet_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("signature", sa.String(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_by", sa.String(), nullable=False),
        sa.Column("device_submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sign_in_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["sheet_id"], ["score_sheet.id"], name=op.f("fk_sheet_submission_sheet_id_score_sheet")
        ),
        sa.ForeignKeyConstraint(["sign_in_id"], ["sign_in.id"], name=op.f("fk_sheet_submission_sign_in_id_sign_in")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sheet_submission")),
        sa.UniqueConstraint("key", name=op.f("uq_sheet_submission_key")),
    )
    with op.batch_alter_table("sheet_submission", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sheet_submission_sheet_id"), ["sheet_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("sheet_submission", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sheet_submission_sheet_id"))

    op.drop_table("sheet_submission")
    op.drop_table("sheet_revision")
    with op.batch_alter_table("result_line", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_result_line_entrant_id"))

    op.drop_table("result_line")
    with op.batch_alter_table("refused_save", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_refused_save_sheet_id"))

    op.drop_table("refused_save")
    with op.batch_alter_table("publication", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_publication_snapshot_id"))
        batch_op.drop_index(batch_op.f("ix_publication_event_id"))

    op.drop_table("publication")
    with op.batch_alter_table("score_sheet", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_score_sheet_judge_id"))
        batch_op.drop_index(batch_op.f("ix_score_sheet_entrant_id"))

    op.drop_table("score_sheet")
    op.drop_table("result_snapshot")
    op.drop_table("scheme_version")
