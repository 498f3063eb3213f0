"""Tables of schemes, score sheets and results. Marks are decimal strings inside revisions; absence is null."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, ForeignKey, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column, relationship

from competitions.models import Entrant, Event, Module
from core.db import Model
from scoring.states import SheetState


class SchemeVersion(Model):
    """A marking scheme as adopted for an event; a change is a new version. Rows are only ever inserted."""

    __tablename__ = "scheme_version"
    __table_args__ = (UniqueConstraint("event_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    number: Mapped[int]
    document: Mapped[dict[str, Any]]
    """As `Scheme.to_document` gives it."""
    source_name: Mapped[str]
    warnings: Mapped[list[Any]]
    """What the reading said, as a typed sum that differs from the recomputed one."""
    adopted_at: Mapped[datetime]
    adopted_by: Mapped[str]
    event: Mapped[Event] = relationship()


class SchemeDraft(Model):
    """A scheme that was read and is looked at before it is adopted. Rows are only ever inserted."""

    __tablename__ = "scheme_draft"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    based_on: Mapped[int]
    """Number of the version that stood when the draft was read, 0 for none: beside another, it is adopted no more."""
    document: Mapped[dict[str, Any]]
    source_name: Mapped[str]
    warnings: Mapped[list[Any]]
    read_at: Mapped[datetime]
    read_by: Mapped[str]


class ScoreSheet(Model):
    """评分表: one seat's marks for one entrant in one module. Seat 0 holds marks that come from outside."""

    __tablename__ = "score_sheet"
    __table_args__ = (
        UniqueConstraint("module_id", "entrant_id", "seat_number"),
        CheckConstraint("revision >= 0", name="revision_not_negative"),
        CheckConstraint("(seat_number = 0) = (judge_id IS NULL)", name="judge_by_seat"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    module_id: Mapped[int] = mapped_column(ForeignKey("module.id"))
    entrant_id: Mapped[int] = mapped_column(ForeignKey("entrant.id"), index=True)
    seat_number: Mapped[int]
    judge_id: Mapped[int | None] = mapped_column(ForeignKey("judge.id"), index=True)
    scheme_version_id: Mapped[int] = mapped_column(ForeignKey("scheme_version.id"))
    state: Mapped[SheetState] = mapped_column(default=SheetState.OPEN)
    revision: Mapped[int] = mapped_column(default=0)
    submitted_at: Mapped[datetime | None]
    confirmed_at: Mapped[datetime | None]
    confirmed_by: Mapped[str | None]
    return_reason: Mapped[str] = mapped_column(default="")
    reopened_for: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True))
    """Of an open sheet that had been handed in: the aspects that alone may change; None where all of them may."""
    module: Mapped[Module] = relationship()
    entrant: Mapped[Entrant] = relationship()
    scheme_version: Mapped[SchemeVersion] = relationship()


class SheetRevision(Model):
    """One save of a sheet. Rows are only ever inserted; `key` makes a retried save the same save."""

    __tablename__ = "sheet_revision"
    __table_args__ = (UniqueConstraint("sheet_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    sheet_id: Mapped[int] = mapped_column(ForeignKey("score_sheet.id"))
    number: Mapped[int]
    key: Mapped[UUID] = mapped_column(Uuid, unique=True)
    marks: Mapped[dict[str, Any]]
    """Aspect id to decimal string, or null for a mark taken back; an aspect that is missing was never marked.

    On seat 0 also item values under `node//name`, see `scoring.sheets.item_values`.
    """
    notes: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Aspect code to note."""
    doubts: Mapped[list[Any]] = mapped_column(default=list)
    """Codes of the aspects that the judge has marked 有疑问."""
    rounds: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Aspect to the round of voting that its mark belongs to; an aspect that is missing is in its first."""
    times: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Aspect to the moments of its stop watch, oldest first, as `scoring.engine.stopwatch` reads them."""
    saved_at: Mapped[datetime]
    saved_by: Mapped[str]
    device_saved_at: Mapped[datetime | None]
    """The tablet's own clock, so that an offline hour can be explained in an appeal."""
    sign_in_id: Mapped[int | None] = mapped_column(ForeignKey("sign_in.id"))


class RefusedSave(Model):
    """A save that clashed or came after the sheet was closed, kept as it came; never a mark. Rows are only inserted."""

    __tablename__ = "refused_save"

    id: Mapped[int] = mapped_column(primary_key=True)
    sheet_id: Mapped[int] = mapped_column(ForeignKey("score_sheet.id"), index=True)
    key: Mapped[UUID] = mapped_column(Uuid, unique=True)
    code: Mapped[str]
    """Why, as the error's code: ``stale_revision``, ``sheet_closed``, ``bad_marks``."""
    marks: Mapped[dict[str, Any]]
    notes: Mapped[dict[str, Any]] = mapped_column(default=dict)
    rounds: Mapped[dict[str, Any]] = mapped_column(default=dict)
    times: Mapped[dict[str, Any]] = mapped_column(default=dict)
    refused_at: Mapped[datetime]
    device_saved_at: Mapped[datetime | None]
    sign_in_id: Mapped[int | None] = mapped_column(ForeignKey("sign_in.id"))


class SheetSubmission(Model):
    """A judge handed a sheet in; a returned sheet is handed in again. Rows are only ever inserted."""

    __tablename__ = "sheet_submission"

    id: Mapped[int] = mapped_column(primary_key=True)
    sheet_id: Mapped[int] = mapped_column(ForeignKey("score_sheet.id"), index=True)
    key: Mapped[UUID] = mapped_column(Uuid, unique=True)
    revision: Mapped[int]
    """The revision that was handed in."""
    signature: Mapped[str] = mapped_column(default="")
    """What the judge drew with a finger, as the path of an SVG in a box of 600 × 200; may be empty."""
    contestant_signature: Mapped[str] = mapped_column(default="", server_default="")
    """The contestant's, where the event asks for it."""
    contestant_refusal: Mapped[str] = mapped_column(default="", server_default="")
    """Why the contestant did not sign though the event asks for it, in the judge's words."""
    submitted_at: Mapped[datetime]
    submitted_by: Mapped[str]
    device_submitted_at: Mapped[datetime | None]
    sign_in_id: Mapped[int | None] = mapped_column(ForeignKey("sign_in.id"))


class ResultSnapshot(Model):
    """A computed result, kept as it was: every figure, every unfolding. Rows are only ever inserted."""

    __tablename__ = "result_snapshot"
    __table_args__ = (UniqueConstraint("event_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    number: Mapped[int]
    scheme_version_id: Mapped[int] = mapped_column(ForeignKey("scheme_version.id"))
    document: Mapped[dict[str, Any]]
    """Headings of the columns, warnings, counts: what stands above the list."""
    digest: Mapped[str]
    """SHA-256 over document and lines."""
    computed_at: Mapped[datetime]
    computed_by: Mapped[str]
    reason: Mapped[str]
    """Why a further snapshot was made; empty for the first."""
    event: Mapped[Event] = relationship()


class ResultLine(Model):
    """One entrant's line of a snapshot, with its unfolding. Rows are only ever inserted; the name is not kept here."""

    __tablename__ = "result_line"

    snapshot_id: Mapped[int] = mapped_column(ForeignKey("result_snapshot.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    """Order of the list; among equals it means nothing."""
    entrant_id: Mapped[int] = mapped_column(ForeignKey("entrant.id"), index=True)
    rank: Mapped[str | None]
    """Contest rank as a decimal string (a fraction only where places are averaged); empty without a place."""
    award_rank: Mapped[str | None]
    """Rank among those who compete for awards."""
    is_tied: Mapped[bool] = mapped_column(default=False)
    """Whether the place is shared because the tie chain did not decide."""
    total: Mapped[str | None]
    """Decimal string as published; empty where there is no result."""
    columns: Mapped[list[Any]]
    """Decimal strings, one for each heading, null where there is none."""
    decided_by: Mapped[str]
    status: Mapped[str]
    """Empty for the ranked, else the engine's word: absent, withdrawn, disqualified, below_gate, incomplete …"""
    unfolding: Mapped[dict[str, Any]] = mapped_column(deferred=True)
    """Everything behind the total, as the engine explains it."""
    entrant: Mapped[Entrant] = relationship()


class Publication(Model):
    """A snapshot shown to the public from then on, as provisional or final. Rows are only ever inserted."""

    __tablename__ = "publication"

    id: Mapped[int] = mapped_column(primary_key=True)
    snapshot_id: Mapped[int] = mapped_column(ForeignKey("result_snapshot.id"), index=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    is_final: Mapped[bool]
    published_at: Mapped[datetime]
    published_by: Mapped[str]
    override_reason: Mapped[str] = mapped_column(default="")
    """Why it was published although a precondition did not hold; empty where all held."""
    snapshot: Mapped[ResultSnapshot] = relationship()


class TeamPublication(Model):
    """Whether the public sees the standing of delegations, and which; the newest row holds. Rows are only inserted."""

    __tablename__ = "team_publication"

    id: Mapped[int] = mapped_column(primary_key=True)
    competition_id: Mapped[int] = mapped_column(ForeignKey("competition.id"), index=True)
    is_shown: Mapped[bool]
    """False: taken back; the document is then empty."""
    document: Mapped[dict[str, Any]]
    """The standing as it was shown: formula, results that it rests on, places with every figure; names of persons are
    joined when shown."""
    digest: Mapped[str]
    """SHA-256 over the document."""
    reason: Mapped[str]
    """Why it was taken back or shown anew; empty for the first."""
    decided_at: Mapped[datetime]
    decided_by: Mapped[str]
