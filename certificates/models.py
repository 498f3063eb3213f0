"""Tables of awards, flags and certificates. Files are never stored: a certificate is made again from its values."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, Text, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from certificates.signing_keys.models import SigningKey
from competitions.models import Contestant, Entrant, Event
from core.db import Model


class FlagState(StrEnum):
    """What a person decided about a flag; the system never decides."""

    OPEN = "open"
    APPROVED = "approved"
    REJECTED = "rejected"


class CertificateState(StrEnum):
    """Whether a certificate holds."""

    VALID = "valid"
    REVOKED = "revoked"
    REPLACED = "replaced"


class Award(Model):
    """A prize of one entrant, from one published final snapshot."""

    __tablename__ = "award"
    __table_args__ = (UniqueConstraint("snapshot_id", "entrant_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    snapshot_id: Mapped[int] = mapped_column(ForeignKey("result_snapshot.id"))
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    entrant_id: Mapped[int] = mapped_column(ForeignKey("entrant.id"), index=True)
    contest_rank: Mapped[int | None]
    award_rank: Mapped[int | None]
    prize: Mapped[str]
    """一等奖, 金牌 …; empty where the entrant has none."""
    reason: Mapped[str]
    """How the prize follows: the rule in words."""
    held_between: Mapped[list[Any]] = mapped_column(default=list)
    """Prizes between which a person must decide, because a tie lies on the cut line; empty elsewhere."""
    decided_by: Mapped[str | None]
    decision_reason: Mapped[str] = mapped_column(default="")
    entrant: Mapped[Entrant] = relationship()
    event: Mapped[Event] = relationship()

    @property
    def is_open(self) -> bool:
        """Whether a person still has to decide the prize."""
        return bool(self.held_between) and self.decided_by is None


class Recommendation(Model):
    """A flag: somebody may be eligible for a benefit, for these reasons; a person decides."""

    __tablename__ = "recommendation"
    __table_args__ = (UniqueConstraint("snapshot_id", "contestant_id", "pack_id", "benefit", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    snapshot_id: Mapped[int] = mapped_column(ForeignKey("result_snapshot.id"))
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    contestant_id: Mapped[int] = mapped_column(ForeignKey("contestant.id"), index=True)
    pack_id: Mapped[str]
    benefit: Mapped[str]
    """promotion, honour or medal."""
    name: Mapped[str]
    """The honour's name, or for a promotion the level's digit."""
    decision: Mapped[str]
    """flagged, needs_facts or not_eligible."""
    answer: Mapped[dict[str, Any]]
    """The whole answer with reasons, clauses, sources and missing papers."""
    state: Mapped[FlagState] = mapped_column(default=FlagState.OPEN)
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None]
    decision_reason: Mapped[str] = mapped_column(default="")
    contestant: Mapped[Contestant] = relationship()
    objections: Mapped[list["FlagObjection"]] = relationship(
        order_by="FlagObjection.id", back_populates="recommendation", cascade="all, delete-orphan"
    )


class FlagObjection(Model):
    """What a contestant says against a flag about himself or herself, and the answer of a person."""

    __tablename__ = "flag_objection"

    id: Mapped[int] = mapped_column(primary_key=True)
    recommendation_id: Mapped[int] = mapped_column(ForeignKey("recommendation.id"), index=True)
    text: Mapped[str]
    made_at: Mapped[datetime]
    answer: Mapped[str] = mapped_column(default="")
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[str | None]
    recommendation: Mapped[Recommendation] = relationship(back_populates="objections")


class Layout(Model):
    """A certificate layout as data; a change is a new row, so that an issue keeps the one it was made with."""

    __tablename__ = "layout"
    __table_args__ = (UniqueConstraint("digest"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    document: Mapped[dict[str, Any]]
    digest: Mapped[str]
    """Of the document, and of the materials where there are any."""
    materials: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    """What else it was drawn with: digests of pictures by name, of 补字 fonts in their order, authorised seals."""
    created_at: Mapped[datetime]


class NumberSeries(Model):
    """The running number of certificates made by one pattern with the same year, event and so on."""

    __tablename__ = "number_series"

    id: Mapped[int] = mapped_column(primary_key=True)
    first: Mapped[str] = mapped_column(unique=True)
    """Number 1 of the series, by which it is known."""
    pattern: Mapped[str]
    fields: Mapped[dict[str, Any]]
    last: Mapped[int] = mapped_column(default=0)
    """The newest number given; locked while the next one is."""


class Certificate(Model):
    """An issued certificate: values and layout, from which the same bytes can be made at any time."""

    __tablename__ = "certificate"
    __table_args__ = (
        # Two batches that meet, or a batch that is done again, never make two certificates for one prize.
        Index(
            "uq_certificate_in_force",
            "award_id",
            "contestant_id",
            unique=True,
            sqlite_where=text("state = 'valid'"),
            postgresql_where=text("state = 'valid'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    competition_id: Mapped[int] = mapped_column(ForeignKey("competition.id"), index=True)
    award_id: Mapped[int] = mapped_column(ForeignKey("award.id"), index=True)
    contestant_id: Mapped[int] = mapped_column(ForeignKey("contestant.id"), index=True)
    series_id: Mapped[int] = mapped_column(ForeignKey("number_series.id"))
    number: Mapped[str] = mapped_column(unique=True)
    code: Mapped[str] = mapped_column(unique=True)
    """The verification code, normalised."""
    layout_id: Mapped[int] = mapped_column(ForeignKey("layout.id"))
    values: Mapped[dict[str, Any]]
    digest: Mapped[str] = mapped_column(index=True)
    """SHA-256 of the file as `renderer` makes it."""
    renderer: Mapped[str] = mapped_column(default="1")
    """The version of the renderer that made the file with this digest."""
    issued_on: Mapped[date]
    issued_at: Mapped[datetime]
    issued_by: Mapped[str]
    state: Mapped[CertificateState] = mapped_column(default=CertificateState.VALID)
    state_reason: Mapped[str] = mapped_column(default="")
    replaced_by_id: Mapped[int | None] = mapped_column(ForeignKey("certificate.id"))
    layout: Mapped[Layout] = relationship()
    award: Mapped[Award] = relationship()
    contestant: Mapped[Contestant] = relationship()
    signed: Mapped["CertificateSignature | None"] = relationship(back_populates="certificate")


class CertificateSignature(Model):
    """The signature of a certificate's file: kept, so that a download needs no key."""

    __tablename__ = "certificate_signature"

    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificate.id"), primary_key=True)
    signing_key_id: Mapped[int] = mapped_column(ForeignKey("signing_key.id"), index=True)
    signature: Mapped[bytes] = mapped_column(LargeBinary)
    """CMS in DER, as it stands in the file."""
    credential: Mapped[str] = mapped_column(Text, default="")
    """The Open Badges credential as a signed JWT; empty where none was asked for, or the person was erased."""
    has_credential: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether one was made: its revocation is told for good, whatever happens to key and person."""
    certificate: Mapped[Certificate] = relationship(back_populates="signed")
    key: Mapped[SigningKey] = relationship()


class CertificateFile(Model):
    """A digest that a certificate's file had under an earlier renderer; such a file stays genuine."""

    __tablename__ = "certificate_file"

    id: Mapped[int] = mapped_column(primary_key=True)
    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificate.id"), index=True)
    digest: Mapped[str] = mapped_column(unique=True)
    renderer: Mapped[str]
    noted_at: Mapped[datetime]


class LevelCertificate(Model):
    """A level certificate that an authority issued after a competition, as it came back; rows are only ever inserted.

    What the person held at registration stays on the contestant: the rules look at that, and a promotion must not
    become the ground of a further one from the same result. The newest row of a contestant counts.
    """

    __tablename__ = "level_certificate"
    __table_args__ = (CheckConstraint("level BETWEEN 1 AND 5", name="level_1_to_5"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    competition_id: Mapped[int] = mapped_column(ForeignKey("competition.id"), index=True)
    contestant_id: Mapped[int] = mapped_column(ForeignKey("contestant.id"), index=True)
    level: Mapped[int]
    """1 is the highest."""
    number: Mapped[str]
    """Exactly as given."""
    remarks: Mapped[list[Any]] = mapped_column(default=list)
    """What looked odd about it."""
    read_at: Mapped[datetime]
    read_by: Mapped[str]
    contestant: Mapped[Contestant] = relationship()
