"""What is to be done before marking ends, results are shown and become final: for each event what is lacking."""

from collections.abc import Collection, Sequence

from sqlalchemy import Row, func, select

from competitions.course.tasks import Task, Tasks
from competitions.lifecycle import Condition
from competitions.models import Entrant, Event, Module
from competitions.stages.reading import IS_NOT_HELD, source_of, stages_of
from core.db import db
from core.messages import said
from core.permissions import Role
from scoring.appeals.standing import open_by_event
from scoring.models import Publication, ResultSnapshot, SchemeVersion, ScoreSheet
from scoring.results.computing import newest_publications, notice_ends
from scoring.sheets.board import OUT
from scoring.sheets.seating import EXTERNAL_SEAT
from scoring.states import SheetState

_Sheets = Row[int, str, int, str, bool, SheetState, int]


def tasks_of(competition_id: int, waiting: Collection[int] = ()) -> Tasks:
    """The tasks of a competition, by the condition that they fulfil. Seven queries, however many events.

    Args:
        competition_id: whose.
        waiting: later stages that wait for their entrants, as `competitions.stages.reading.waiting_events`.
    """
    events = db.session.scalars(
        select(Event).where(Event.competition_id == competition_id, ~IS_NOT_HELD).order_by(Event.position)
    ).all()
    return {
        Condition.SCHEMES_ADOPTED: _schemes([event for event in events if event.id not in waiting]),
        Condition.SHEETS_CONFIRMED: [*_sheets(competition_id), *_not_carried(competition_id, waiting)],
        **_results(events),
    }


def _schemes(events: Sequence[Event]) -> list[Task]:
    query = select(SchemeVersion.event_id).where(SchemeVersion.event_id.in_([event.id for event in events])).distinct()
    have = set(db.session.scalars(query))
    return [
        Task(
            said("%(event)s还没有评分方案", event=event.title),
            Role.ORGANISER,
            "scoring.scheme",
            "scheme.edit",
            {"event_id": event.id},
        )
        for event in events
        if event.id not in have
    ]


def _not_carried(competition_id: int, waiting: Collection[int]) -> list[Task]:
    """Later stages that nobody is in yet although the result of the stage before them is published."""
    if not waiting:
        return []
    session = db.session()
    stages = {key: one for key, one in stages_of(session, competition_id).items() if key in waiting}
    sources = {key: source_of(session, stage) for key, stage in stages.items()}
    shown = newest_publications(session, [source.id for source in sources.values()])
    return [
        Task(
            said(
                "%(event)s还没有带入“%(earlier)s”晋级的选手", event=stage.event.title, earlier=sources[event_id].title
            ),
            Role.ORGANISER,
            "scoring.carrying",
            "roster.import",
            {"event_id": event_id},
        )
        for event_id, stage in stages.items()
        if sources[event_id].id in shown
    ]


def _sheets(competition_id: int) -> list[Task]:
    is_outside = ScoreSheet.seat_number == EXTERNAL_SEAT
    waited_for = (SheetState.OPEN, SheetState.SUBMITTED)
    query = (
        select(Event.id, Event.name, Module.id, Module.name, is_outside, ScoreSheet.state, func.count(ScoreSheet.id))
        .join(Module, Module.id == ScoreSheet.module_id)
        .join(Event, Event.id == Module.event_id)
        .join(Entrant, Entrant.id == ScoreSheet.entrant_id)
        .where(Event.competition_id == competition_id, ~IS_NOT_HELD)
        .where(Entrant.status.not_in(OUT), ScoreSheet.state.in_(waited_for))
        .group_by(Event.id, Event.position, Event.name, Module.id, Module.name, Module.position, is_outside)
        .group_by(ScoreSheet.state)
        .order_by(Event.position, Module.position, is_outside)
    )
    found = [_sheet_task(row) for row in db.session.execute(query)]
    order = (Role.ORGANISER, Role.JUDGE, Role.CHIEF_JUDGE)
    return sorted(found, key=lambda task: order.index(task.role))


def _sheet_task(row: _Sheets) -> Task:
    event_id, event, module_id, module, is_outside, state, count = row
    about = {"event": event, "module": module, "n": count}
    board = {"event_id": event_id}
    if state is SheetState.SUBMITTED:
        text = said("%(event)s“%(module)s”有 %(n)s 张评分表待确认", **about)
        return Task(text, Role.CHIEF_JUDGE, "scoring.event_board", "sheet.board", board)
    if is_outside:
        text = said("%(event)s“%(module)s”还有 %(n)s 名选手的成绩没有导入", **about)
        return Task(text, Role.ORGANISER, "scoring.external", "external.import", {"module_id": module_id})
    text = said("%(event)s“%(module)s”还有 %(n)s 张评分表没有提交", **about)
    return Task(text, Role.JUDGE, "scoring.event_board", "sheet.board", board)


def _results(events: Sequence[Event]) -> Tasks:
    ids = [event.id for event in events]
    appeals = _appeals(events)
    newest = select(func.max(ResultSnapshot.id)).where(ResultSnapshot.event_id.in_(ids))
    of_event = select(ResultSnapshot.event_id, ResultSnapshot.id).where(
        ResultSnapshot.id.in_(newest.group_by(ResultSnapshot.event_id))
    )
    snapshots = dict(db.session.execute(of_event).all())
    query = select(Publication).where(Publication.event_id.in_(ids)).order_by(Publication.id)
    publications: dict[int, list[Publication]] = {}
    for publication in db.session.scalars(query):
        publications.setdefault(publication.event_id, []).append(publication)
    unshown = [_unshown(event, snapshots.get(event.id)) for event in events if event.id not in publications]
    shown = [
        _not_final(event, publications[event.id])
        for event in events
        if event.id in publications and not any(one.is_final for one in publications[event.id])
    ]
    return {Condition.RESULTS_FINAL: unshown, Condition.NOTICE_PERIOD_OVER: [*appeals, *unshown, *shown]}


def _appeals(events: Sequence[Event]) -> list[Task]:
    open_ones = open_by_event(db.session(), [event.id for event in events])
    return [
        Task(
            said("%(event)s有 %(n)s 件申诉没有裁定", event=event.title, n=open_ones[event.id]),
            Role.SUPERVISOR,
            "scoring.appeals",
            "appeal.view",
        )
        for event in events
        if open_ones[event.id]
    ]


def _unshown(event: Event, snapshot_id: int | None) -> Task:
    if snapshot_id is None:
        text = said("%(event)s的成绩还没有计算", event=event.title)
        return Task(text, Role.ORGANISER, "scoring.results", "result.view", anchor=f"event-{event.id}")
    text = said("%(event)s的成绩已计算，还没有公示", event=event.title)
    return Task(text, Role.ORGANISER, "scoring.snapshot", "result.view", {"snapshot_id": snapshot_id})


def _not_final(event: Event, shown: Sequence[Publication]) -> Task:
    """A result that is on show, and until when as far as the competition has laid that down."""
    last = notice_ends(shown[-1])
    if last is None:
        text = said("%(event)s正在公示，竞赛资料里没有填公示天数；没有异议后公布最终成绩", event=event.title)
    else:
        text = said("%(event)s公示到 %(day)s，期满没有异议后公布最终成绩", event=event.title, day=last.isoformat())
    return Task(text, Role.ORGANISER, "scoring.snapshot", "result.view", {"snapshot_id": shown[-1].snapshot_id})
