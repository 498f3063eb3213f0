"""Endpoints for programs: events with their stages, published results line by line, how far marking is."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from competitions.events.defining import entrants_by_event
from competitions.models import Entrant, EntrantStatus, Event, Form
from competitions.public_names.showing import public_name
from competitions.stages.lines import Measure
from competitions.stages.models import EventStage
from core.db import db
from core.errors import ConflictError
from core.programs.endpoints import PAGING, Answer, Page, Parameter, asked_for, cut, reads, wanted
from core.programs.scopes import FACTS, PROGRESS, RESULTS
from scoring.models import ResultLine
from scoring.results.gates import missed_by_entrant
from scoring.results.standings import PublicResult, public_result, published, with_people
from scoring.sheets.board import progress
from scoring.team_standings.reading import public_teams

C = "/competitions/<int:competition_id>"
DIGEST = Parameter("digest", "Of the result whose first page was read; `next` has it already.", is_text=True)


class ResultChangedError(ConflictError):
    """Between two pages another result was published: what was read so far is of the earlier one."""

    code = "result_changed"


class Shown(StrEnum):
    """What the public sees of an event's result."""

    NOTHING = "nothing"
    PROVISIONAL = "provisional"
    FINAL = "final"


class StageAnswer(Answer):
    """From where an event takes its entrants."""

    follows: int
    """Event."""
    measure: Measure
    value: str
    is_held: bool


class EventAnswer(Answer):
    """An event (赛项)."""

    id: int
    name: str
    group: str
    form: Form
    is_demonstration: bool
    occupation_code: str
    entrants: int
    stage: StageAnswer | None
    """Null: entered by registration."""
    result: Shown


class EventsAnswer(Page):
    """Events, in the order in which they were added."""

    items: list[EventAnswer]


@reads(f"{C}/events", FACTS.permission, EventsAnswer, *PAGING)
def events(competition_id: int) -> EventsAnswer:
    """The events with their stages and what the public sees of their results."""
    want = wanted()
    query = select(Event).where(Event.competition_id == competition_id, Event.id > want.after).order_by(Event.id)
    shown, following = cut(db.session.scalars(query.limit(want.one_more)).all(), want, lambda row: row.id)
    stages = {row.event_id: row for row in db.session.scalars(_stages_of(competition_id))}
    entrants = entrants_by_event(competition_id)
    seen = {one.event.id: Shown.FINAL if one.is_final else Shown.PROVISIONAL for one in published(competition_id)}
    items = [
        EventAnswer(
            id=row.id,
            name=row.name,
            group=row.group_name,
            form=row.form,
            is_demonstration=row.is_demonstration,
            occupation_code=row.occupation_code,
            entrants=entrants.get(row.id, 0),
            stage=_stage(stages.get(row.id)),
            result=seen.get(row.id, Shown.NOTHING),
        )
        for row in shown
    ]
    return EventsAnswer(next=following, items=items)


def _stages_of(competition_id: int) -> Select[EventStage]:
    own = select(Event.id).where(Event.competition_id == competition_id)
    return select(EventStage).where(EventStage.event_id.in_(own))


def _stage(row: EventStage | None) -> StageAnswer | None:
    if row is None:
        return None
    return StageAnswer(follows=row.follows_id, measure=row.measure, value=row.value, is_held=row.is_held)


class ColumnAnswer(Answer):
    """A column of a result."""

    label: str
    max: str | None


class ResultAnswer(Answer):
    """A published result, without its lines."""

    event: int
    name: str
    group: str
    is_final: bool
    """False: shown for objections (公示), may still change."""
    published_at: datetime
    digest: str
    """SHA-256 over the whole result, as on the public page."""
    columns: list[ColumnAnswer]
    lines: int


class ResultsAnswer(Page):
    """What the public sees, event by event."""

    items: list[ResultAnswer]


@reads(f"{C}/results", RESULTS.permission, ResultsAnswer)
def results(competition_id: int) -> ResultsAnswer:
    """The published results of all events, without their lines; an event that is left out has none."""
    found = published(competition_id)
    counts = _lines_by_snapshot([one.snapshot.id for one in found])
    return ResultsAnswer(next=None, items=[_result(one, counts.get(one.snapshot.id, 0)) for one in found])


def _lines_by_snapshot(snapshot_ids: list[int]) -> dict[int, int]:
    query = select(ResultLine.snapshot_id, func.count()).where(ResultLine.snapshot_id.in_(snapshot_ids))
    return dict(db.session.execute(query.group_by(ResultLine.snapshot_id)).all())


def _result(one: PublicResult, lines: int) -> ResultAnswer:
    columns = [
        ColumnAnswer(label=column["label"], max=column.get("max")) for column in one.snapshot.document["columns"]
    ]
    return ResultAnswer(
        event=one.event.id,
        name=one.event.name,
        group=one.event.group_name,
        is_final=one.is_final,
        published_at=one.published_at,
        digest=one.snapshot.digest,
        columns=columns,
        lines=lines,
    )


class LineAnswer(Answer):
    """A line of a published result. Figures are decimals as text."""

    position: int
    rank: str | None
    """Null: no place; `status` says why."""
    is_tied: bool
    name: str
    """As everybody reads it: masked or a number where the competition or the person wants that."""
    delegation: str
    units: list[str]
    values: list[str | None]
    """One for each column."""
    total: str | None
    status: str
    remarks: list[str]
    """Which bound was missed, of those who have no place because of it."""


class LinesAnswer(Page):
    """Lines of one event's published result, best first."""

    event: int
    is_final: bool
    published_at: datetime
    digest: str
    items: list[LineAnswer]


@reads(f"{C}/events/<int:event_id>/results", RESULTS.permission, LinesAnswer, *PAGING, DIGEST)
def result_lines(competition_id: int, event_id: int) -> LinesAnswer:
    """The lines of one event's published result."""
    want, begun = wanted(), asked_for(DIGEST)
    found = public_result(competition_id, event_id)
    if begun is not None and begun != found.snapshot.digest:
        raise ResultChangedError("这个赛项刚刚公布了另一份成绩，请从第一页重新读取")
    rows = _rows(found.snapshot.id, want.after, want.one_more)
    shown, following = cut(rows, want, lambda row: row.position, digest=found.snapshot.digest)
    remarks = missed_by_entrant(found.snapshot.id, shown)
    return LinesAnswer(
        next=following,
        event=event_id,
        is_final=found.is_final,
        published_at=found.published_at,
        digest=found.snapshot.digest,
        items=[_line(row, remarks.get(row.entrant_id, [])) for row in shown],
    )


def _rows(snapshot_id: int, after: int, most: int) -> list[ResultLine]:
    query = select(ResultLine).where(ResultLine.snapshot_id == snapshot_id, ResultLine.position > after)
    event = joinedload(ResultLine.entrant).joinedload(Entrant.event).joinedload(Event.competition)
    return list(db.session.scalars(query.order_by(ResultLine.position).limit(most).options(*with_people(), event)))


def _line(row: ResultLine, remarks: list[str]) -> LineAnswer:
    entrant = row.entrant
    return LineAnswer(
        position=row.position,
        rank=row.rank,
        is_tied=row.is_tied,
        name=str(public_name(entrant)),
        delegation=entrant.delegation.name if entrant.delegation else "",
        units=list(dict.fromkeys(member.unit for member in entrant.members)),
        values=row.columns,
        total=row.total,
        status=row.status,
        remarks=[str(text) for text in remarks],
    )


class PlaceAnswer(Answer):
    """A delegation's place."""

    delegation: str
    rank: int | None
    """Null: none; `reason` says why."""
    value: str
    medal: str
    reason: str


class StandingAnswer(Answer):
    """The published standing of delegations (团体总分)."""

    formula: str
    events: list[str]
    """Titles of those that count."""
    is_final: bool
    """Whether every result that it rests on was final."""
    is_behind: bool
    """Results that it rests on were published anew since."""
    published_at: datetime
    digest: str
    items: list[PlaceAnswer]


@reads(f"{C}/delegation-standing", RESULTS.permission, StandingAnswer)
def delegation_standing(competition_id: int) -> StandingAnswer:
    """The standing of delegations, where it was published and not taken back."""
    shown = public_teams(competition_id)[1]
    items = [
        PlaceAnswer(
            delegation=one.delegation, rank=one.rank, value=one.value, medal=str(one.medal), reason=str(one.reason)
        )
        for one in shown.places
    ]
    return StandingAnswer(
        formula=str(shown.formula),
        events=[str(title) for title in shown.events],
        is_final=shown.is_final,
        is_behind=shown.is_behind,
        published_at=shown.published_at,
        digest=shown.digest,
        items=items,
    )


class ProgressAnswer(Answer):
    """How far an event is, in numbers."""

    event: int
    name: str
    group: str
    entrants: dict[EntrantStatus, int]
    """By status; a status that nobody has is left out."""
    sheets: int
    """Sheets that are waited for."""
    marked: int
    """Of these, with any mark."""
    submitted: int
    """Handed in and not yet confirmed."""
    confirmed: int


class ProgressesAnswer(Page):
    """Every event."""

    items: list[ProgressAnswer]


@reads(f"{C}/progress", PROGRESS.permission, ProgressesAnswer)
def live_progress(competition_id: int) -> ProgressesAnswer:
    """How many sheets of each event are marked, handed in and confirmed; no mark, no name."""
    statuses: dict[int, dict[EntrantStatus, int]] = {}
    query = select(Entrant.event_id, Entrant.status, func.count()).join(Entrant.event)
    query = query.where(Event.competition_id == competition_id, Entrant.work_code.is_(None))
    for event_id, status, count in db.session.execute(query.group_by(Entrant.event_id, Entrant.status)):
        statuses.setdefault(event_id, {})[status] = count
    named = select(Event.id, Event.name, Event.group_name).where(Event.competition_id == competition_id)
    names = {row[0]: (row[1], row[2]) for row in db.session.execute(named)}
    items = [
        ProgressAnswer(
            event=one.event_id,
            name=names[one.event_id][0],
            group=names[one.event_id][1],
            entrants=statuses.get(one.event_id, {}),
            sheets=one.total,
            marked=one.marked,
            submitted=one.submitted,
            confirmed=one.confirmed,
        )
        for one in progress(competition_id)
    ]
    return ProgressesAnswer(next=None, items=items)
