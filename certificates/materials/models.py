"""Tables of what an organiser brings along: layouts in versions, files by digest, pictures, fonts, seals, printers."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Model


class StoredFile(Model):
    """The content of a file, once, whoever uses it; rows are only ever inserted, so that a frozen layout keeps its."""

    __tablename__ = "stored_file"

    digest: Mapped[str] = mapped_column(primary_key=True)
    """SHA-256 of the content, 64 hex digits."""
    content: Mapped[bytes] = mapped_column(LargeBinary)
    stored_at: Mapped[datetime]


class OwnLayout(Model):
    """A layout of an organiser's. What it looks like stands in its versions."""

    __tablename__ = "own_layout"

    id: Mapped[int] = mapped_column(primary_key=True)
    competition_id: Mapped[int] = mapped_column(ForeignKey("competition.id"), index=True)
    name: Mapped[str]
    """As the newest version says."""
    newest: Mapped[int] = mapped_column(default=0)
    """Number of the newest version; locked while the next one is made."""
    withdrawn_at: Mapped[datetime | None]
    """Since when it is no longer offered; what was issued with it stays."""
    versions: Mapped[list["LayoutVersion"]] = relationship(order_by="LayoutVersion.number")


class LayoutVersion(Model):
    """One version of an organiser's layout; rows are only ever inserted."""

    __tablename__ = "layout_version"
    __table_args__ = (UniqueConstraint("own_layout_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    own_layout_id: Mapped[int] = mapped_column(ForeignKey("own_layout.id"), index=True)
    number: Mapped[int]
    document: Mapped[dict[str, Any]]
    """As `certificates.layouts.loading.load_layout` reads it."""
    digest: Mapped[str]
    reason: Mapped[str]
    made_at: Mapped[datetime]
    made_by: Mapped[str]


class LayoutPicture(Model):
    """A picture or a page that layouts of a competition may show, by name."""

    __tablename__ = "layout_picture"
    __table_args__ = (
        Index(
            "uq_layout_picture_name",
            "competition_id",
            "name",
            unique=True,
            sqlite_where=text("withdrawn_at IS NULL"),
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    competition_id: Mapped[int] = mapped_column(ForeignKey("competition.id"), index=True)
    name: Mapped[str]
    filename: Mapped[str]
    digest: Mapped[str] = mapped_column(ForeignKey("stored_file.digest"))
    kind: Mapped[str]
    """PNG, JPEG or PDF, as it is stored."""
    size: Mapped[str]
    """Its extent in words: 3508×2480 pixels, 303×216 mm."""
    remark: Mapped[str] = mapped_column(default="")
    """What was done to it on the way, as when a page was turned into a picture; empty where nothing was."""
    added_at: Mapped[datetime]
    added_by: Mapped[str]
    withdrawn_at: Mapped[datetime | None]


class SupplementFont(Model):
    """A 补字 font: glyphs for characters that no font of the house draws."""

    __tablename__ = "supplement_font"

    id: Mapped[int] = mapped_column(primary_key=True)
    competition_id: Mapped[int] = mapped_column(ForeignKey("competition.id"), index=True)
    name: Mapped[str]
    filename: Mapped[str]
    source_digest: Mapped[str]
    """SHA-256 of the file as it was handed in."""
    digest: Mapped[str] = mapped_column(ForeignKey("stored_file.digest"))
    """Of what is kept of it: the glyphs that it adds."""
    characters: Mapped[str] = mapped_column(Text)
    added_at: Mapped[datetime]
    added_by: Mapped[str]
    withdrawn_at: Mapped[datetime | None]


class SealAuthorisation(Model):
    """The recorded leave to print the picture of a seal; it holds once a second person has confirmed it."""

    __tablename__ = "seal_authorisation"
    __table_args__ = (CheckConstraint("valid_until >= valid_from", name="ends_after_start"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    competition_id: Mapped[int] = mapped_column(ForeignKey("competition.id"), index=True)
    name: Mapped[str]
    """As layouts call the seal."""
    owner: Mapped[str]
    """Whose seal it is; it is printed over no other name."""
    digest: Mapped[str] = mapped_column(ForeignKey("stored_file.digest"))
    authorised_by: Mapped[str]
    """Who of the owner gave leave."""
    document: Mapped[str]
    """The paper that says so: its title and number."""
    valid_from: Mapped[date]
    valid_until: Mapped[date]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str]
    """Key of the account, as in the audit record."""
    recorded_by_name: Mapped[str]
    confirmed_at: Mapped[datetime | None]
    confirmed_by: Mapped[str] = mapped_column(default="")
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[str] = mapped_column(default="")
    revocation_reason: Mapped[str] = mapped_column(default="")


class Printer(Model):
    """A printer for pre-printed paper and how far it prints beside the place."""

    __tablename__ = "printer"
    __table_args__ = (UniqueConstraint("competition_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    competition_id: Mapped[int] = mapped_column(ForeignKey("competition.id"), index=True)
    name: Mapped[str]
    right_tenths: Mapped[int]
    """Correction to the right in tenths of a millimetre, negative to the left."""
    down_tenths: Mapped[int]
    """Correction downwards in tenths of a millimetre, negative upwards."""
