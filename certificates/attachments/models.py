"""Tables of papers handed in for a flag, and of papers that an organiser wants beyond those a rule names.

They hang on contestant, pack, benefit and name, never on the flag's row: a flag is made anew with every result.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from competitions.models import Contestant
from core.db import Model


class PaperState(StrEnum):
    """What became of a paper that was handed in."""

    HANDED_IN = "handed_in"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    REPLACED = "replaced"
    """Another one was handed in for the same item; its file is gone."""
    ERASED = "erased"
    """Its file was deleted, on the person's wish or because its time was over."""


IN_FORCE = (PaperState.HANDED_IN, PaperState.ACCEPTED, PaperState.REFUSED)
_IN_FORCE = text("state IN ('handed_in', 'accepted', 'refused')")


class HandedInPaper(Model):
    """One scanned paper. The file lies encrypted under the instance folder; here stands what it was."""

    __tablename__ = "handed_in_paper"
    __table_args__ = (
        # Two uploads that meet never make two papers in force for one item.
        Index(
            "uq_handed_in_paper_in_force",
            "contestant_id",
            "pack_id",
            "benefit",
            "name",
            "item",
            unique=True,
            sqlite_where=_IN_FORCE,
            postgresql_where=_IN_FORCE,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    competition_id: Mapped[int] = mapped_column(ForeignKey("competition.id"), index=True)
    contestant_id: Mapped[int] = mapped_column(ForeignKey("contestant.id"), index=True)
    pack_id: Mapped[str]
    benefit: Mapped[str]
    name: Mapped[str]
    """The honour's name, or for a promotion the level's digit, as on the flag."""
    item: Mapped[str]
    """Which paper, in the words of the list."""
    kind: Mapped[str]
    """pdf, jpeg or png."""
    size: Mapped[int]
    """Bytes of the file as it is kept."""
    digest: Mapped[str]
    """SHA-256 of the file as it is kept."""
    stored_as: Mapped[str] = mapped_column(unique=True)
    state: Mapped[PaperState] = mapped_column(default=PaperState.HANDED_IN)
    handed_in_at: Mapped[datetime]
    handed_in_by: Mapped[str]
    """As in `Actor.key`; never a name, which would outlive an erasure."""
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None]
    reason: Mapped[str] = mapped_column(default="")
    """Why it was refused, or what was said on accepting it."""
    contestant: Mapped[Contestant] = relationship()


class WantedPaper(Model):
    """A paper that an organiser wants for one kind of benefit, beside what the rule's own list names."""

    __tablename__ = "wanted_paper"

    id: Mapped[int] = mapped_column(primary_key=True)
    competition_id: Mapped[int] = mapped_column(ForeignKey("competition.id"), index=True)
    benefit: Mapped[str]
    item: Mapped[str]
    source: Mapped[str]
    """Which notice asks for it."""
    added_at: Mapped[datetime]
    added_by: Mapped[str]
    removed_at: Mapped[datetime | None]
