"""Awards, flags for benefits, certificate layouts and the register of certificates."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "layout",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_layout")),
        sa.UniqueConstraint("digest", name=op.f("uq_layout_digest")),
    )
    op.create_table(
        "number_series",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("first", sa.String(), nullable=False),
        sa.Column("pattern", sa.String(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_number_series")),
        sa.UniqueConstraint("first", name=op.f("uq_number_series_first")),
    )
    op.create_table(
        "award",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("snapshot_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("entrant_id", sa.Integer(), nullable=False),
        sa.Column("contest_rank", sa.Integer(), nullable=True),
        sa.Column("award_rank", sa.Integer(), nullable=True),
        sa.Column("prize", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("held_between", sa.JSON(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("decision_reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["entrant_id"], ["entrant.id"], name=op.f("fk_award_entrant_id_entrant")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_award_event_id_event")),
        sa.ForeignKeyConstraint(
            ["snapshot_id"], ["result_snapshot.id"], name=op.f("fk_award_snapshot_id_result_snapshot")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_award")),
        sa.UniqueConstraint("snapshot_id", "entrant_id", name=op.f("uq_award_snapshot_id_entrant_id")),
    )
    with op.batch_alter_table("award", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_award_entrant_id"), ["entrant_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_award_event_id"), ["event_id"], unique=False)

    op.create_table(
        "level_certificate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("competition_id", sa.Integer(), nullable=False),
        sa.Column("contestant_id", sa.Integer(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("remarks", sa.JSON(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_by", sa.String(), nullable=False),
        sa.CheckConstraint("level BETWEEN 1 AND 5", name=op.f("ck_level_certificate_level_1_to_5")),
        sa.ForeignKeyConstraint(
            ["competition_id"], ["competition.id"], name=op.f("fk_level_certificate_competition_id_competition")
        ),
        sa.ForeignKeyConstraint(
            ["contestant_id"], ["contestant.id"], name=op.f("fk_level_certificate_contestant_id_contestant")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_level_certificate")),
    )
    with op.batch_alter_table("level_certificate", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_level_certificate_competition_id"), ["competition_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_level_certificate_contestant_id"), ["contestant_id"], unique=False)

    op.create_table(
        "recommendation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("snapshot_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("contestant_id", sa.Integer(), nullable=False),
        sa.Column("pack_id", sa.String(), nullable=False),
        sa.Column("benefit", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("answer", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("decision_reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contestant_id"], ["contestant.id"], name=op.f("fk_recommendation_contestant_id_contestant")
        ),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_recommendation_event_id_event")),
        sa.ForeignKeyConstraint(
            ["snapshot_id"], ["result_snapshot.id"], name=op.f("fk_recommendation_snapshot_id_result_snapshot")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recommendation")),
        sa.UniqueConstraint(
            "snapshot_id",
            "contestant_id",
            "pack_id",
            "benefit",
            "name",
            name=op.f("uq_recommendation_snapshot_id_contestant_id_pack_id_benefit_name"),
        ),
    )
    with op.batch_alter_table("recommendation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recommendation_contestant_id"), ["contestant_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_recommendation_event_id"), ["event_id"], unique=False)

    op.create_table(
        "certificate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("competition_id", sa.Integer(), nullable=False),
        sa.Column("award_id", sa.Integer(), nullable=False),
        sa.Column("contestant_id", sa.Integer(), nullable=False),
        sa.Column("series_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("layout_id", sa.Integer(), nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("renderer", sa.String(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_by", sa.String(), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("state_reason", sa.String(), nullable=False),
        sa.Column("replaced_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["award_id"], ["award.id"], name=op.f("fk_certificate_award_id_award")),
        sa.ForeignKeyConstraint(
            ["competition_id"], ["competition.id"], name=op.f("fk_certificate_competition_id_competition")
        ),
        sa.ForeignKeyConstraint(
            ["contestant_id"], ["contestant.id"], name=op.f("fk_certificate_contestant_id_contestant")
        ),
        sa.ForeignKeyConstraint(["layout_id"], ["layout.id"], name=op.f("fk_certificate_layout_id_layout")),
        sa.ForeignKeyConstraint(
            ["replaced_by_id"], ["certificate.id"], name=op.f("fk_certificate_replaced_by_id_certificate")
        ),
        sa.ForeignKeyConstraint(
            ["series_id"], ["number_series.id"], name=op.f("fk_certificate_series_id_number_series")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate")),
        sa.UniqueConstraint("code", name=op.f("uq_certificate_code")),
        sa.UniqueConstraint("number", name=op.f("uq_certificate_number")),
    )
    with op.batch_alter_table("certificate", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_certificate_award_id"), ["award_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_certificate_competition_id"), ["competition_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_certificate_contestant_id"), ["contestant_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_certificate_digest"), ["digest"], unique=False)
        batch_op.create_index(
            "uq_certificate_in_force",
            ["award_id", "contestant_id"],
            unique=True,
            sqlite_where=sa.text("state = 'valid'"),
            postgresql_where=sa.text("state = 'valid'"),
        )

    op.create_table(
        "flag_objection",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("recommendation_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["recommendation_id"],
            ["recommendation.id"],
            name=op.f("fk_flag_objection_recommendation_id_recommendation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flag_objection")),
    )
    with op.batch_alter_table("flag_objection", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_flag_objection_recommendation_id"), ["recommendation_id"], unique=False)

    op.create_table(
        "certificate_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("certificate_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("renderer", sa.String(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["certificate_id"], ["certificate.id"], name=op.f("fk_certificate_file_certificate_id_certificate")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_file")),
        sa.UniqueConstraint("digest", name=op.f("uq_certificate_file_digest")),
    )
    with op.batch_alter_table("certificate_file", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_certificate_file_certificate_id"), ["certificate_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("certificate_file", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_certificate_file_certificate_id"))

    op.drop_table("certificate_file")
    with op.batch_alter_table("flag_objection", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_flag_objection_recommendation_id"))

    op.drop_table("flag_objection")
    with op.batch_alter_table("certificate", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_certificate_in_force",
            sqlite_where=sa.text("state = 'valid'"),
            postgresql_where=sa.text("state = 'valid'"),
        )
        batch_op.drop_index(batch_op.f("ix_certificate_digest"))
        batch_op.drop_index(batch_op.f("ix_certificate_contestant_id"))
        batch_op.drop_index(batch_op.f("ix_certificate_competition_id"))
        batch_op.drop_index(batch_op.f("ix_certificate_award_id"))

    op.drop_table("certificate")
    with op.batch_alter_table("recommendation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_recommendation_event_id"))
        batch_op.drop_index(batch_op.f("ix_recommendation_contestant_id"))

    op.drop_table("recommendation")
    with op.batch_alter_table("level_certificate", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_level_certificate_contestant_id"))
        batch_op.drop_index(batch_op.f("ix_level_certificate_competition_id"))

    op.drop_table("level_certificate")
    with op.batch_alter_table("award", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_award_event_id"))
        batch_op.drop_index(batch_op.f("ix_award_entrant_id"))

    op.drop_table("award")
    op.drop_table("number_series")
    op.drop_table("layout")
