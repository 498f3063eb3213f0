"""Tables of rule files that an organiser keeps itself: the working copy, its versions, and who decided about them."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Model


class Verdict(StrEnum):
    """What was decided about a version."""

    IN_FORCE = "in_force"
    SENT_BACK = "sent_back"
    WITHDRAWN = "withdrawn"


class OwnPack(Model):
    """A rule file that an organiser keeps; `draft` is the working copy, which nothing is held against."""

    __tablename__ = "own_pack"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    """The file's `id`, by which a competition chooses it."""
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    """Whose competitions may choose it and whose organisers keep it; empty where it is the server's."""
    owner: Mapped[str]
    """The body whose rules these are, in words."""
    draft: Mapped[dict[str, Any]]
    revision: Mapped[int] = mapped_column(default=1)
    """Counts the savings of the draft, so that two people cannot overwrite each other unseen."""
    saved_at: Mapped[datetime]
    saved_by: Mapped[str]
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    versions: Mapped[list["OwnPackVersion"]] = relationship(
        order_by="OwnPackVersion.number", back_populates="pack", cascade="all, delete-orphan"
    )


class OwnPackVersion(Model):
    """A version as it was handed over to be put in force; rows are only ever inserted."""

    __tablename__ = "own_pack_version"
    __table_args__ = (UniqueConstraint("own_pack_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    own_pack_id: Mapped[int] = mapped_column(ForeignKey("own_pack.id"), index=True)
    number: Mapped[int]
    document: Mapped[str]
    """The YAML, as the strict reading takes it."""
    digest: Mapped[str]
    """SHA-256 of the document."""
    reason: Mapped[str]
    submitted_at: Mapped[datetime]
    submitted_by: Mapped[str]
    submitter: Mapped[str]
    """Key of the person, as in the audit record: whoever has it may not put the version in force."""
    pack: Mapped[OwnPack] = relationship(back_populates="versions")
    decisions: Mapped[list["OwnPackDecision"]] = relationship(
        order_by="OwnPackDecision.id", back_populates="version", cascade="all, delete-orphan"
    )

    @property
    def verdict(self) -> Verdict | None:
        """What was decided last; None while nobody has."""
        return self.decisions[-1].verdict if self.decisions else None


class OwnPackDecision(Model):
    """Who put a version in force, sent it back or withdrew it, and why; rows are only ever inserted."""

    __tablename__ = "own_pack_decision"
    __table_args__ = (UniqueConstraint("version_id", "verdict"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("own_pack_version.id"), index=True)
    verdict: Mapped[Verdict]
    reason: Mapped[str]
    decided_at: Mapped[datetime]
    decided_by: Mapped[str]
    decider: Mapped[str]
    """Key of the person, as in the audit record."""
    version: Mapped[OwnPackVersion] = relationship(back_populates="decisions")
