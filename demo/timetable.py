"""The demo's timetable: five days, shown to everybody, one session moved and one called off since."""

from dataclasses import replace
from datetime import datetime, time, timedelta

from sqlalchemy import select

from competitions.models import Event, ModuleKind
from competitions.timetable.heats import Day, heats_of
from competitions.timetable.kinds import Audience, Kind
from competitions.timetable.models import TimetableSession
from competitions.timetable.planning import (
    AddSessions,
    EditSession,
    SessionFacts,
    ShowDrafts,
    TouchSession,
    add_sessions,
    call_off_session,
    edit_session,
    show_drafts,
)
from core.auth import Actor
from core.clock import BEIJING
from core.db import db
from demo.building import OPENS_ON, Demo

HALLS = ("焊接实训馆", "2 号馆", "建筑实训场", "信息楼 3 层")
ROOMS = ("计算机房 101", "计算机房 102", "计算机房 201", "计算机房 202")
COMMON = (
    (0, "08:30", "17:00", "报到、领取参赛证", "宾馆一层大堂", Kind.ARRIVAL),
    (0, "16:00", "17:00", "领队会", "第一会议室", Kind.MEETING),
    (0, "19:00", "20:30", "裁判员培训", "第二会议室", Kind.MEETING),
    (1, "08:30", "09:30", "开幕式", "体育馆", Kind.CEREMONY),
    (3, "14:00", "16:00", "技术点评", "报告厅", Kind.REVIEW),
    (3, "19:00", "20:00", "文艺晚会", "体育馆", Kind.OTHER),
    (4, "09:00", "10:30", "闭幕式、颁奖", "体育馆", Kind.CEREMONY),
)
BATCHES, MINUTES, PAUSE, EARLY = 3, 150, 30, 30


def build(demo: Demo, organiser: Actor) -> None:
    """Lay the timetable down, show it, then move the last event's first batch and call the evening off."""
    events = [db.session.get_one(Event, event_id) for event_id in demo.event_ids]
    facts = [_common(*one) for one in COMMON]
    for number, event in enumerate(events):
        facts += _theory(event, ROOMS[number])
        facts += _practice(event, HALLS[number], number)
    add_sessions(AddSessions(demo.competition_id, tuple(facts), organiser))
    show_drafts(ShowDrafts(demo.competition_id, organiser))
    _moved(demo, organiser)
    evening = _titled(demo, "文艺晚会")
    why = "场地临时检修，不再安排"
    call_off_session(TouchSession(demo.competition_id, evening.id, evening.revision, organiser, why))


def _at(day: int, text: str) -> datetime:
    return datetime.combine(OPENS_ON + timedelta(days=day), time.fromisoformat(text), BEIJING)


def _common(*line: object) -> SessionFacts:
    day, begins, ends, title, place, kind = line
    audience = Audience.JUDGES if title == "裁判员培训" else Audience.DRAFT
    return SessionFacts(
        title=str(title),
        begins_at=_at(int(str(day)), str(begins)),
        ends_at=_at(int(str(day)), str(ends)),
        place=str(place),
        kind=Kind(str(kind)),
        audience=audience,
    )


def _theory(event: Event, room: str) -> list[SessionFacts]:
    module = next(one for one in event.modules if one.kind is ModuleKind.EXTERNAL)
    title = f"{event.name} 理论考试"
    begins, ends = _at(1, "10:00"), _at(1, "11:30")
    return [SessionFacts(title, begins, ends, room, Kind.CONTEST, event.id, module.id)]


def _practice(event: Event, hall: str, number: int) -> list[SessionFacts]:
    """The batches of the practical part, each after its check-in; the second event is held where the third begins."""
    module = next(one for one in event.modules if one.kind is ModuleKind.JUDGED)
    rest = Day(time(18, 30), time(12), time(13, 30))
    begins = _at(1, "14:00") if number % 2 else _at(2, "08:30")
    found = []
    for heat in heats_of(begins, BATCHES, MINUTES, PAUSE, rest):
        title = f"{event.name} {module.name} 第 {heat.batch} 批"
        contest = SessionFacts(title, heat.begins, heat.ends, hall, Kind.CONTEST, event.id, module.id, heat.batch)
        before = heat.begins - timedelta(minutes=EARLY)
        found += [replace(contest, title=f"{title} 检录", begins_at=before, ends_at=heat.begins, kind=Kind.CHECK_IN)]
        found += [contest]
    return found


def _titled(demo: Demo, title: str) -> TimetableSession:
    query = select(TimetableSession).where(
        TimetableSession.competition_id == demo.competition_id, TimetableSession.title == title
    )
    return db.session.scalars(query).one()


def _moved(demo: Demo, organiser: Actor) -> None:
    """The first batch of the last event begins half an hour later, in another room."""
    event = db.session.get_one(Event, demo.event_ids[-1])
    module = next(one for one in event.modules if one.kind is ModuleKind.JUDGED)
    row = _titled(demo, f"{event.name} {module.name} 第 1 批")
    later = timedelta(minutes=30)
    facts = SessionFacts(
        title=row.title,
        begins_at=row.begins_at + later,
        ends_at=row.ends_at + later,
        place="信息楼 5 层",
        kind=row.kind,
        event_id=row.event_id,
        module_id=row.module_id,
        batch=row.batch,
        audience=row.audience,
    )
    edit_session(EditSession(demo.competition_id, row.id, facts, row.revision, organiser))
