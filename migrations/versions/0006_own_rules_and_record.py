"""Rules that an organiser keeps itself, papers handed in for a person, and the record of workers over years."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    _papers_and_record()
    _own_rules()


def downgrade() -> None:
    _no_own_rules()
    _no_papers_and_record()


APPEND_ONLY = ("statistics_terms", "paper_template")
IN_FORCE = sa.text("state IN ('handed_in', 'accepted', 'refused')")


def _papers_and_record() -> None:
    op.add_column("contestant", sa.Column("unit_nature", sa.String(), nullable=False, server_default=""))
    op.add_column("contestant", sa.Column("is_rural_migrant", sa.Boolean(), nullable=True))
    op.add_column("contestant", sa.Column("is_new_employment", sa.Boolean(), nullable=True))
    op.create_table(
        "handed_in_paper",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("competition_id", sa.Integer(), nullable=False),
        sa.Column("contestant_id", sa.Integer(), nullable=False),
        sa.Column("pack_id", sa.String(), nullable=False),
        sa.Column("benefit", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("item", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("stored_as", sa.String(), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("handed_in_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("handed_in_by", sa.String(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["competition_id"], ["competition.id"], name=op.f("fk_handed_in_paper_competition_id_competition")
        ),
        sa.ForeignKeyConstraint(
            ["contestant_id"], ["contestant.id"], name=op.f("fk_handed_in_paper_contestant_id_contestant")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handed_in_paper")),
        sa.UniqueConstraint("stored_as", name=op.f("uq_handed_in_paper_stored_as")),
    )
    op.create_index(op.f("ix_handed_in_paper_competition_id"), "handed_in_paper", ["competition_id"])
    op.create_index(op.f("ix_handed_in_paper_contestant_id"), "handed_in_paper", ["contestant_id"])
    op.create_index(
        "uq_handed_in_paper_in_force",
        "handed_in_paper",
        ["contestant_id", "pack_id", "benefit", "name", "item"],
        unique=True,
        sqlite_where=IN_FORCE,
        postgresql_where=IN_FORCE,
    )
    op.create_table(
        "wanted_paper",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("competition_id", sa.Integer(), nullable=False),
        sa.Column("benefit", sa.String(), nullable=False),
        sa.Column("item", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by", sa.String(), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["competition_id"], ["competition.id"], name=op.f("fk_wanted_paper_competition_id_competition")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wanted_paper")),
    )
    op.create_index(op.f("ix_wanted_paper_competition_id"), "wanted_paper", ["competition_id"])
    op.create_table(
        "statistics_terms",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("competition_id", sa.Integer(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("stated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stated_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["competition_id"], ["competition.id"], name=op.f("fk_statistics_terms_competition_id_competition")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statistics_terms")),
    )
    op.create_index(op.f("ix_statistics_terms_competition_id"), "statistics_terms", ["competition_id"])
    op.create_table(
        "paper_template",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("competition_id", sa.Integer(), nullable=False),
        sa.Column("benefit", sa.String(), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("filename", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("uploaded_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["competition_id"], ["competition.id"], name=op.f("fk_paper_template_competition_id_competition")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_template")),
        sa.UniqueConstraint(
            "competition_id",
            "benefit",
            "form",
            "number",
            name=op.f("uq_paper_template_competition_id_benefit_form_number"),
        ),
    )
    op.create_index(op.f("ix_paper_template_competition_id"), "paper_template", ["competition_id"])
    for table in APPEND_ONLY:
        _refuse_change(table)


def _refuse_change(table: str) -> None:
    """As 0004 does for the records before."""
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


def _no_papers_and_record() -> None:
    for table in ("paper_template", "statistics_terms", "wanted_paper", "handed_in_paper"):
        op.drop_table(table)
    for column in ("is_new_employment", "is_rural_migrant", "unit_nature"):
        op.drop_column("contestant", column)


OWN_RULES = ("own_pack_version", "own_pack_decision", "occupation_clearing")
TERMS = ("appeal_hours", "publicity_working_days", "query_working_days")


def _own_rules() -> None:
    op.add_column("competition", sa.Column("announced_on", sa.Date(), nullable=True))
    for column in TERMS:
        op.add_column("competition", sa.Column(column, sa.Integer(), nullable=True))
    op.create_table(
        "own_pack",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("draft", sa.JSON(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_by", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_own_pack")),
        sa.UniqueConstraint("code", name=op.f("uq_own_pack_code")),
    )
    op.create_table(
        "own_pack_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("own_pack_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("document", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_by", sa.String(), nullable=False),
        sa.Column("submitter", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["own_pack_id"], ["own_pack.id"], name=op.f("fk_own_pack_version_own_pack_id_own_pack")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_own_pack_version")),
        sa.UniqueConstraint("own_pack_id", "number", name=op.f("uq_own_pack_version_own_pack_id_number")),
    )
    op.create_index(op.f("ix_own_pack_version_own_pack_id"), "own_pack_version", ["own_pack_id"])
    op.create_table(
        "own_pack_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.String(32), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("decider", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"], ["own_pack_version.id"], name=op.f("fk_own_pack_decision_version_id_own_pack_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_own_pack_decision")),
        sa.UniqueConstraint("version_id", "verdict", name=op.f("uq_own_pack_decision_version_id_verdict")),
    )
    op.create_index(op.f("ix_own_pack_decision_version_id"), "own_pack_decision", ["version_id"])
    op.create_table(
        "occupation_clearing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("competition_id", sa.Integer(), nullable=False),
        sa.Column("edition", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("direction", sa.String(), nullable=False),
        sa.Column("levels", sa.JSON(), nullable=False),
        sa.Column("document", sa.String(), nullable=False),
        sa.Column("quote", sa.String(), nullable=False),
        sa.Column("is_withdrawn", sa.Boolean(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["competition_id"], ["competition.id"], name=op.f("fk_occupation_clearing_competition_id_competition")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_occupation_clearing")),
    )
    op.create_index(op.f("ix_occupation_clearing_competition_id"), "occupation_clearing", ["competition_id"])
    for table in OWN_RULES:
        _refuse_change(table)


def _no_own_rules() -> None:
    for table in ("occupation_clearing", "own_pack_decision", "own_pack_version", "own_pack"):
        op.drop_table(table)
    for column in (*TERMS, "announced_on"):
        op.drop_column("competition", column)
