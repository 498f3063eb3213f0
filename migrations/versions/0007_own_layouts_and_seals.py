"""Layouts, pictures, fonts and seals of an organiser's own, and credentials beside the certificate."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

APPEND_ONLY = ("stored_file", "layout_version")
"""Evidence: what a certificate was drawn with. The database itself refuses UPDATE and DELETE, as in 0004."""


def upgrade() -> None:
    _files_and_layouts()
    _pictures_and_fonts()
    _seals_and_printers()
    _signing_keys()
    op.add_column("layout", sa.Column("materials", sa.JSON(), server_default="{}", nullable=False))
    _refuse_change()


def _files_and_layouts() -> None:
    op.create_table(
        "stored_file",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_stored_file")),
    )
    op.create_table(
        "own_layout",
        *_of_competition("own_layout"),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("newest", sa.Integer(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
    )
    op.create_index(op.f("ix_own_layout_competition_id"), "own_layout", ["competition_id"])
    op.create_table(
        "layout_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("own_layout_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["own_layout_id"], ["own_layout.id"], name=op.f("fk_layout_version_own_layout_id_own_layout")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_layout_version")),
        sa.UniqueConstraint("own_layout_id", "number", name=op.f("uq_layout_version_own_layout_id_number")),
    )
    op.create_index(op.f("ix_layout_version_own_layout_id"), "layout_version", ["own_layout_id"])


def _pictures_and_fonts() -> None:
    op.create_table(
        "layout_picture",
        *_of_competition("layout_picture"),
        sa.Column("name", sa.String(), nullable=False),
        *_upload("layout_picture"),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("size", sa.String(), nullable=False),
        sa.Column("remark", sa.String(), nullable=False),
    )
    op.create_index(op.f("ix_layout_picture_competition_id"), "layout_picture", ["competition_id"])
    in_use = sa.text("withdrawn_at IS NULL")
    op.create_index(
        "uq_layout_picture_name",
        "layout_picture",
        ["competition_id", "name"],
        unique=True,
        sqlite_where=in_use,
        postgresql_where=in_use,
    )
    op.create_table(
        "supplement_font",
        *_of_competition("supplement_font"),
        sa.Column("name", sa.String(), nullable=False),
        *_upload("supplement_font"),
        sa.Column("source_digest", sa.String(), nullable=False),
        sa.Column("characters", sa.Text(), nullable=False),
    )
    op.create_index(op.f("ix_supplement_font_competition_id"), "supplement_font", ["competition_id"])


def _seals_and_printers() -> None:
    words = ("name", "owner", "authorised_by", "document", "recorded_by", "recorded_by_name", "confirmed_by")
    op.create_table(
        "seal_authorisation",
        *_of_competition("seal_authorisation"),
        *(sa.Column(name, sa.String(), nullable=False) for name in (*words, "revoked_by", "revocation_reason")),
        _digest("seal_authorisation"),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("valid_until >= valid_from", name=op.f("ck_seal_authorisation_ends_after_start")),
    )
    op.create_index(op.f("ix_seal_authorisation_competition_id"), "seal_authorisation", ["competition_id"])
    op.create_table(
        "printer",
        *_of_competition("printer"),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("right_tenths", sa.Integer(), nullable=False),
        sa.Column("down_tenths", sa.Integer(), nullable=False),
        sa.UniqueConstraint("competition_id", "name", name=op.f("uq_printer_competition_id_name")),
    )
    op.create_index(op.f("ix_printer_competition_id"), "printer", ["competition_id"])


def _signing_keys() -> None:
    words = ("body", "holder", "algorithm", "fingerprint", "added_by", "removed_by", "removal_reason")
    op.create_table(
        "signing_key",
        *_of_competition("signing_key"),
        *(sa.Column(name, sa.String(), nullable=False) for name in words),
        sa.Column("chain", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("room", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("gives_credentials", sa.Boolean(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
    )
    op.create_index(op.f("ix_signing_key_competition_id"), "signing_key", ["competition_id"])
    op.create_index(op.f("ix_signing_key_fingerprint"), "signing_key", ["fingerprint"])
    in_use = sa.text("removed_at IS NULL")
    op.create_index(
        "uq_signing_key_in_use",
        "signing_key",
        ["competition_id", "fingerprint"],
        unique=True,
        sqlite_where=in_use,
        postgresql_where=in_use,
    )
    op.create_table(
        "certificate_signature",
        sa.Column("certificate_id", sa.Integer(), nullable=False),
        sa.Column("signing_key_id", sa.Integer(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("credential", sa.Text(), nullable=False),
        *(
            sa.ForeignKeyConstraint(
                [f"{table}_id"], [f"{table}.id"], name=op.f(f"fk_certificate_signature_{table}_id_{table}")
            )
            for table in ("certificate", "signing_key")
        ),
        sa.PrimaryKeyConstraint("certificate_id", name=op.f("pk_certificate_signature")),
    )
    op.create_index(op.f("ix_certificate_signature_signing_key_id"), "certificate_signature", ["signing_key_id"])


def _of_competition(table: str) -> tuple[sa.schema.SchemaItem, ...]:
    return (
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("competition_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["competition_id"], ["competition.id"], name=op.f(f"fk_{table}_competition_id_competition")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )


def _upload(table: str) -> tuple[sa.schema.SchemaItem, ...]:
    return (
        sa.Column("filename", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by", sa.String(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        _digest(table),
    )


def _digest(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["digest"], ["stored_file.digest"], name=op.f(f"fk_{table}_digest_stored_file"))


def _refuse_change() -> None:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for table in APPEND_ONLY:
        if not is_sqlite:
            op.execute(
                f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
            )
            continue
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )


def downgrade() -> None:
    op.drop_column("layout", "materials")
    op.drop_table("certificate_signature")
    op.drop_table("signing_key")
    for table in ("printer", "seal_authorisation", "supplement_font", "layout_picture", "layout_version", "own_layout"):
        op.drop_table(table)
    op.drop_table("stored_file")
