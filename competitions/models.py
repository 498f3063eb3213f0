"""Tables of what is held, who takes part and who judges."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ColumnElement,
    Dialect,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    cast,
    false,
    func,
    type_coerce,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.types import TypeDecorator

from competitions.lifecycle import CompetitionState
from core.db import Model
from core.messages import said
from core.permissions import Role

ERASED = "erased:"
"""How the index of a person begins whose data were deleted; no fingerprint of a document does."""


class Level(StrEnum):
    """At which level a competition is held."""

    NATIONAL = "national"
    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"
    ENTERPRISE = "enterprise"


class Form(StrEnum):
    """How many people make one entrant of an event; UNIT is a project, workshop or enterprise."""

    SINGLE = "single"
    DOUBLE = "double"
    TRIPLE = "triple"
    TEAM = "team"
    UNIT = "unit"


class EntrantStatus(StrEnum):
    """Whether an entrant competes. None of these is a mark of zero."""

    REGISTERED = "registered"
    PRESENT = "present"
    ABSENT = "absent"
    WITHDRAWN = "withdrawn"
    DISQUALIFIED = "disqualified"


class ModuleKind(StrEnum):
    """Where the marks of a module come from: judges on tablets, or a list from outside (a machine-marked paper)."""

    JUDGED = "judged"
    EXTERNAL = "external"


class NameDisplay(StrEnum):
    """How contestants are called on pages that are open to everybody."""

    FULL = "full"
    MASKED = "masked"
    """The first character and a star for each of the others."""
    NUMBER = "number"
    """The draw number alone."""


class Competition(Model):
    """One competition: 「2026年河北省职工职业技能大赛」."""

    __tablename__ = "competition"
    __table_args__ = (CheckConstraint("closes_on >= opens_on", name="closes_after_opening"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    """Whose it is, where several organisations share the server; empty where it is nobody's but the server's."""
    title: Mapped[str]
    level: Mapped[Level]
    jurisdiction: Mapped[str]
    """Administrative division code: 130000 for Hebei."""
    host: Mapped[str]
    """The issuing bodies, as they sign a certificate; several are separated by 、."""
    opens_on: Mapped[date]
    closes_on: Mapped[date]
    state: Mapped[CompetitionState] = mapped_column(default=CompetitionState.PREPARING)
    requires_pin: Mapped[bool] = mapped_column(default=True)
    """Whether a judge's link is asked for a PIN as well."""
    announced_on: Mapped[date | None]
    """When the competition was announced; empty where not said."""
    appeal_hours: Mapped[int | None]
    """How long after a result an appeal may be made, as the competition's own rules have it."""
    publicity_working_days: Mapped[int | None]
    """For how many working days the results are shown for objections."""
    query_working_days: Mapped[int | None]
    """For how many working days marks may be asked about."""
    name_display: Mapped[NameDisplay] = mapped_column(default=NameDisplay.FULL, server_default="full")
    """How people are called where anybody may look."""
    created_at: Mapped[datetime]
    programmes: Mapped[list["Programme"]] = relationship(order_by="Programme.id", cascade="all, delete-orphan")
    events: Mapped[list["Event"]] = relationship(order_by="Event.position", back_populates="competition")
    delegations: Mapped[list["Delegation"]] = relationship(order_by="Delegation.position")


class Programme(Model):
    """A programme that a competition belongs to, with its class there; one real competition may have several."""

    __tablename__ = "programme"
    __table_args__ = (UniqueConstraint("competition_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    competition_id: Mapped[int] = mapped_column(ForeignKey("competition.id"))
    name: Mapped[str]
    class_name: Mapped[str]
    """The class in the programme's own words: 一类, 综合赛; empty where it has none."""
    pack_id: Mapped[str]
    """The rule pack it is held against; empty where none is chosen."""
    filed_with: Mapped[list[Any]] = mapped_column(default=list)
    """Bodies with which it was filed beforehand."""


class Event(Model):
    """赛项: one occupation, one group, one form."""

    __tablename__ = "event"
    __table_args__ = (UniqueConstraint("competition_id", "name", "group_name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    competition_id: Mapped[int] = mapped_column(ForeignKey("competition.id"))
    name: Mapped[str]
    position: Mapped[int]
    group_name: Mapped[str]
    """职工, 学生, 教师 … as the competition names its groups."""
    form: Mapped[Form]
    is_demonstration: Mapped[bool] = mapped_column(default=False)
    """Scored and not awarded."""
    occupation_edition: Mapped[str] = mapped_column(default="")
    occupation_code: Mapped[str] = mapped_column(default="")
    occupation_direction: Mapped[str] = mapped_column(default="")
    top_level: Mapped[int | None]
    """The highest level of the occupation's standard, 1 is highest; empty where not known."""
    written_at_level: Mapped[int | None]
    """The level at which the papers were set."""
    prize_rules: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """As `certificates.awards.proposing` reads them."""
    competition: Mapped[Competition] = relationship(back_populates="events")
    modules: Mapped[list["Module"]] = relationship(order_by="Module.position", cascade="all, delete-orphan")
    entrants: Mapped[list["Entrant"]] = relationship(
        primaryjoin="and_(Event.id == Entrant.event_id, Entrant.work_code.is_(None))",
        order_by="Entrant.id",
        back_populates="event",
    )
    """Who takes part; not the works that stand in for them while their marks are blind."""

    @property
    def title(self) -> str:
        """Name and group, as people call the event: 焊工（职工）."""
        return said("%(name)s（%(group)s）", name=self.name, group=self.group_name) if self.group_name else self.name


class Module(Model):
    """A part of an event that is marked as one, with its weight; mirrors the adopted marking scheme."""

    __tablename__ = "module"
    __table_args__ = (UniqueConstraint("event_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    stage: Mapped[str] = mapped_column(default="")
    """初赛, 决赛 …; empty where the event has one stage."""
    code: Mapped[str]
    name: Mapped[str]
    kind: Mapped[ModuleKind]
    weight: Mapped[str]
    """Percent of the total as a decimal string, or empty where marks are simply added."""
    position: Mapped[int]
    panels: Mapped[list["Panel"]] = relationship(order_by="Panel.id", cascade="all, delete-orphan")


class Delegation(Model):
    """代表队: a city, an industry union, an enterprise. Not an administrative division."""

    __tablename__ = "delegation"
    __table_args__ = (UniqueConstraint("competition_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    competition_id: Mapped[int] = mapped_column(ForeignKey("competition.id"))
    name: Mapped[str]
    position: Mapped[int]
    home: Mapped[str] = mapped_column(default="")
    """Division code of its jurisdiction, by which rule packs are found; may be empty."""


class Person(Model):
    """A human being, known by a document; the same row across competitions."""

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(index=True)
    sort_key: Mapped[str] = mapped_column(index=True)
    """Pinyin, computed when written."""
    document_kind: Mapped[str]
    document_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    document_index: Mapped[str] = mapped_column(unique=True)
    """Blind index of kind and number."""
    document_masked: Mapped[str]
    sex: Mapped[str]
    birth: Mapped[date | None]
    phone_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)

    @property
    def is_erased(self) -> bool:
        """Whether the personal data were deleted; what remains belongs to nobody who could be named."""
        return self.document_index.startswith(ERASED)


class Entrant(Model):
    """What is scored and ranked in an event: one contestant, a team, or for a labour contest a unit.

    Where works are marked by code, a row with a `work_code` stands for a work until it is decoded: sheets hang on it,
    and nothing in the row says whose work it is: it belongs to no delegation.
    """

    __tablename__ = "entrant"
    __table_args__ = (
        UniqueConstraint("event_id", "draw_number"),
        UniqueConstraint("event_id", "work_code"),
        Index("ix_entrant_event_id", "event_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    delegation_id: Mapped[int | None] = mapped_column(ForeignKey("delegation.id"), index=True)
    """Empty of a work, and of nothing else."""
    name: Mapped[str]
    """The person's name, the team's, or the unit's."""
    draw_number: Mapped[int | None]
    """What judges call it by."""
    work_code: Mapped[str | None]
    """Only of a work: what is written on it, and what judges call it by."""
    status: Mapped[EntrantStatus] = mapped_column(default=EntrantStatus.REGISTERED)
    status_reason: Mapped[str] = mapped_column(default="")
    event: Mapped[Event] = relationship(back_populates="entrants")
    delegation: Mapped[Delegation] = relationship()
    members: Mapped[list["Contestant"]] = relationship(order_by="Contestant.listed", back_populates="entrant")

    @property
    def called(self) -> int | str | None:
        """What judges call it by: the code of a work, else the draw number."""
        return self.draw_number if self.work_code is None else self.work_code


class _Called(TypeDecorator[Any]):
    """A draw number, or behind a sign that no number has, a work code."""

    impl = String
    cache_ok = True

    def process_result_value(self, value: str | None, _dialect: Dialect) -> int | str | None:
        """The number as a number, the code as text."""
        if value is None:
            return None
        return value[1:] if value.startswith("#") else int(value)


CALLED: ColumnElement[int | str | None] = type_coerce(
    func.coalesce("#" + Entrant.work_code, cast(Entrant.draw_number, String)), _Called
)
"""`Entrant.called` as a column of a query."""


class Contestant(Model):
    """选手: a person as a member of an entrant."""

    __tablename__ = "contestant"
    __table_args__ = (
        UniqueConstraint("entrant_id", "person_id"),
        CheckConstraint("level BETWEEN 1 AND 5", name="level_1_to_5"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    entrant_id: Mapped[int] = mapped_column(ForeignKey("entrant.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    unit: Mapped[str]
    identity: Mapped[str]
    """职工, 学生, 教师 …"""
    level: Mapped[int | None]
    """Skill level held at registration, 1 is highest; empty where not stated."""
    level_certificate: Mapped[str] = mapped_column(default="")
    listed: Mapped[int] = mapped_column(default=1)
    """Position in the registration; 1 is the main contestant of a team."""
    unit_nature: Mapped[str] = mapped_column(default="", server_default="")
    """非公企业, 国有企业 … in the words of `UnitNature`; empty where not stated. For figures alone."""
    is_rural_migrant: Mapped[bool | None]
    """农民工, as stated at registration; empty where not stated."""
    is_new_employment: Mapped[bool | None]
    """新就业形态劳动者, as stated at registration; empty where not stated."""
    is_name_hidden: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether the contestant asked not to be named where anybody may look."""
    code_serial: Mapped[int] = mapped_column(default=1)
    """Raised to make an earlier access code useless."""
    entrant: Mapped[Entrant] = relationship(back_populates="members")
    person: Mapped[Person] = relationship()


class Judge(Model):
    """裁判 of one competition."""

    __tablename__ = "judge"
    __table_args__ = (
        UniqueConstraint("competition_id", "name", "unit"),
        Index("ix_judge_competition_account", "competition_id", "account_id", unique=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    competition_id: Mapped[int] = mapped_column(ForeignKey("competition.id"))
    name: Mapped[str]
    unit: Mapped[str]
    qualification: Mapped[str] = mapped_column(default="")
    delegation_id: Mapped[int | None] = mapped_column(ForeignKey("delegation.id"))
    """The delegation that the judge comes from, for conflicts of interest."""
    role: Mapped[Role] = mapped_column(default=Role.JUDGE)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    """The account of the same person, where somebody said so; it may not decide about the judge's own marks."""
    seats: Mapped[list["Seat"]] = relationship(back_populates="judge")


class EventChief(Model):
    """赛项裁判长: an event of which somebody is chief judge. Who has no such row is chief of the whole competition."""

    __tablename__ = "event_chief"
    __table_args__ = (
        UniqueConstraint("event_id", "judge_id"),
        UniqueConstraint("event_id", "account_id"),
        CheckConstraint("(judge_id IS NULL) <> (account_id IS NULL)", name="one_person"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    judge_id: Mapped[int | None] = mapped_column(ForeignKey("judge.id", ondelete="CASCADE"), index=True)
    """A judge of the list, or the account of somebody who marks nothing."""
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)


class Panel(Model):
    """裁判组: the judges of one module. A module has one panel, or several that mark different entrants."""

    __tablename__ = "panel"
    __table_args__ = (UniqueConstraint("module_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    module_id: Mapped[int] = mapped_column(ForeignKey("module.id"), index=True)
    name: Mapped[str]
    seats: Mapped[list["Seat"]] = relationship(order_by="Seat.number", cascade="all, delete-orphan")


class Seat(Model):
    """A place on a panel, 1 to n, and who sits there."""

    __tablename__ = "seat"
    __table_args__ = (
        UniqueConstraint("panel_id", "number"),
        UniqueConstraint("panel_id", "judge_id"),
        CheckConstraint("number > 0", name="number_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    panel_id: Mapped[int] = mapped_column(ForeignKey("panel.id"))
    number: Mapped[int]
    judge_id: Mapped[int] = mapped_column(ForeignKey("judge.id"), index=True)
    conflict_note: Mapped[str] = mapped_column(default="")
    """Why the judge may sit here although a tie was disclosed; empty where nobody has decided."""
    conflict_known: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True))
    """What the decision knew of, as `Conflict.about`; None for one of before this was kept, which covers all."""
    judge: Mapped[Judge] = relationship(back_populates="seats")


class DrawRecord(Model):
    """One draw, replayable from `record`; rows are only ever inserted."""

    __tablename__ = "draw_record"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    record: Mapped[dict[str, Any]]
    witness: Mapped[str]
    drawn_at: Mapped[datetime]
    drawn_by: Mapped[str]


class RosterImport(Model):
    """A registration workbook that was looked at: the reading, until it is taken in or dropped."""

    __tablename__ = "roster_import"

    id: Mapped[int] = mapped_column(primary_key=True)
    competition_id: Mapped[int] = mapped_column(ForeignKey("competition.id"), index=True)
    filename: Mapped[str]
    digest: Mapped[str]
    rows_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    """The rows that can be taken in, encrypted; emptied when taken in or dropped."""
    summary: Mapped[dict[str, Any]]
    read_at: Mapped[datetime]
    read_by: Mapped[str]
    taken_in_at: Mapped[datetime | None]


class DeviationApproval(Model):
    """A deviation from a rule pack that a person approved, with the reason; rows are only ever inserted.

    It holds for what was wanted and found then: another plan or another text makes another deviation.
    """

    __tablename__ = "deviation_approval"

    id: Mapped[int] = mapped_column(primary_key=True)
    competition_id: Mapped[int] = mapped_column(ForeignKey("competition.id"), index=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    pack_id: Mapped[str]
    dimension: Mapped[str]
    wanted: Mapped[str]
    found: Mapped[str]
    reason: Mapped[str]
    approved_at: Mapped[datetime]
    approved_by: Mapped[str]


class OccupationClearing(Model):
    """An occupation's code and levels as an organiser found them in a document; rows are only ever inserted.

    For each competition, code and direction the newest row counts; one that withdraws leaves nothing.
    """

    __tablename__ = "occupation_clearing"

    id: Mapped[int] = mapped_column(primary_key=True)
    competition_id: Mapped[int] = mapped_column(ForeignKey("competition.id"), index=True)
    edition: Mapped[str]
    """Edition of the 职业分类大典; empty where not said."""
    code: Mapped[str]
    name: Mapped[str]
    direction: Mapped[str]
    """方向, or empty for the occupation as a whole."""
    levels: Mapped[list[Any]]
    """Level digits that the standard has, 1 is the highest."""
    document: Mapped[str]
    """What it rests on: the standard with its number."""
    quote: Mapped[str]
    is_withdrawn: Mapped[bool] = mapped_column(default=False)
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str]
