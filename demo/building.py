"""Building the demo: a competition of four events with marks in every state from untouched to final."""

import random
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import select

from competitions import setup
from competitions.course.moving import MoveCompetition, move_competition
from competitions.delegations.defining import AddDelegations, add_delegations
from competitions.draws.drawing import RunDraw, run_draw
from competitions.events.defining import AddEvent, EventFacts, ModuleFacts, add_event
from competitions.judge_draws.drawing import DrawJudges, draw_judges, seats_digest
from competitions.judge_draws.gathering import Terms
from competitions.judge_draws.places import Size
from competitions.judge_ties.declaring import DeclareTie, WithdrawTie, declare_tie, withdraw_tie
from competitions.judge_ties.own import DeclareOwn, declare_own
from competitions.judges.conflicts import Tie
from competitions.judges.panels import AddJudge, JudgeRecord, SeatJudges, add_judge, seat_judges
from competitions.lifecycle import CompetitionState
from competitions.models import Contestant, Entrant, Event, Judge, Level, ModuleKind
from competitions.registration.importing import ReadRoster, TakeInRoster, read_workbook, take_in
from competitions.setup import CompetitionFacts, CreateCompetition, ProgrammeFacts, create_competition
from core.auth import Actor, SubjectKind
from core.db import db
from core.permissions import Role
from demo.people import CITIES, DELEGATIONS, SEED, Invented, invent
from demo.roster import workbook
from demo.telling import tell
from scoring.formats import read_scheme
from scoring.sheets.opening import AdoptScheme, OpenSheets, adopt_scheme, has_marks, open_sheets

TITLE = "2026年河北省职工职业技能大赛（演示）"
OPENS_ON, CLOSES_ON = date(2026, 10, 18), date(2026, 10, 22)
SCHEMES = Path(__file__).parent / "schemes"
JUDGES_PER_PANEL = 5
STATIONS = 20
"""How many compete at once: three batches an event, as the timetable has them."""
PER_CITY, PER_SMALL = 4, 2


@dataclass(frozen=True, slots=True)
class DemoEvent:
    """One event of the demo: name, scheme file, occupation code and its prizes."""

    name: str
    scheme: str
    code: str
    prizes: tuple[tuple[str, str], ...]


PRIZES = (("金牌", "1"), ("银牌", "1"), ("铜牌", "1"), ("优胜奖", "12"))
EVENTS = (
    DemoEvent("焊工", "welder.yaml", "6-18-02-04", PRIZES),
    DemoEvent("数控机床装调维修工", "cnc.yaml", "", PRIZES),
    DemoEvent("砌筑工", "bricklayer.yaml", "6-29-01-01", PRIZES),
    DemoEvent("网络与信息安全管理员", "security.yaml", "4-04-04-02", PRIZES),
)
JUDGE_NAMES = (
    "钱立功 孔德明 严守正 金志远 魏公平 陶思齐 姜海峰 戚文远 谢长林 邹明理 "
    "喻兴邦 柏青松 水清扬 窦建业 章鸣远 云天明 苏文博 潘际云 葛洪波 奚正清"
).split()
CHIEF_JUDGE = "周正清"


@dataclass(slots=True)
class Demo:
    """What has been built so far."""

    competition_id: int
    organiser: Actor
    event_ids: list[int]
    judge_ids: list[int]
    people: list[Invented]
    chief_id: int = 0


def build(organiser: Actor) -> Demo:
    """The competition up to the moment when judges begin to mark.

    Args:
        organiser: a system administrator who becomes the organiser.
    """
    tell(f"建“{TITLE}”，{len(EVENTS)} 个赛项、{len(DELEGATIONS)} 个代表队")
    competition_id = create_competition(CreateCompetition(_facts(), organiser))
    actor = as_organiser(organiser, competition_id)
    for name, home in DELEGATIONS.items():
        add_delegations(AddDelegations(competition_id, (name,), actor, home=home))
    events = [add_event(AddEvent(competition_id, _event_facts(e), _modules(), actor)) for e in EVENTS]
    demo = Demo(competition_id, actor, events, [], [])
    move(demo, CompetitionState.REGISTERING)
    tell("导入报名表")
    _register(demo)
    move(demo, CompetitionState.DRAWING)
    tell("采用评分方案，抽签，组裁判组")
    _prepare_marking(demo)
    move(demo, CompetitionState.MARKING)
    tell("生成评分表")
    for event_id in events:
        open_sheets(OpenSheets(competition_id, event_id, actor))
    return demo


def _facts() -> CompetitionFacts:
    programmes = (
        ProgrammeFacts("河北省职工职业技能大赛", "", "hebei.workers-contest.2025"),
        ProgrammeFacts("河北省职业技能大赛", "", "hebei.provincial-skills-contest.2025"),
    )
    host = "河北省总工会（演示）、河北省人社厅（演示）"
    return CompetitionFacts(TITLE, Level.PROVINCE, "130000", host, OPENS_ON, CLOSES_ON, programmes)


def as_organiser(actor: Actor, competition_id: int) -> Actor:
    """The same person with the organiser's role in a competition."""
    roles = actor.roles | {competition_id: frozenset({Role.ORGANISER})}
    return Actor(actor.kind, actor.subject_id, actor.name, actor.sign_in_id, roles)


def _event_facts(event: DemoEvent) -> EventFacts:
    rules: dict[str, Any] = {
        "prizes": [{"name": name, "number": int(number)} for name, number in event.prizes],
        "rounding": "half_up",
        "tie": "include_all",
        "minimum": 6,
    }
    return EventFacts(
        name=event.name,
        group_name="职工",
        occupation_edition="2022",
        occupation_code=event.code,
        top_level=1,
        written_at_level=3,
        prize_rules=rules,
    )


def _modules() -> tuple[ModuleFacts, ...]:
    return (ModuleFacts("理论", "理论知识", ModuleKind.EXTERNAL, "30"), ModuleFacts("实操", "操作技能", weight="70"))


def move(demo: Demo, target: CompetitionState) -> None:
    """Take the demo's competition one step on."""
    move_competition(MoveCompetition(demo.competition_id, target, demo.organiser), current_app.config["COURSE_FACTS"])


def _register(demo: Demo) -> None:
    """Invented people come in through a registration workbook, as a delegation would send it."""
    dice, used = random.Random(SEED), set[str]()  # noqa: S311  invented people, nothing secret
    rows = [
        (delegation, event.name, invent(delegation, dice, used))
        for delegation in DELEGATIONS
        for event in EVENTS
        for _ in range(PER_CITY if delegation in CITIES else PER_SMALL)
    ]
    demo.people = [person for _, _, person in rows]
    command = ReadRoster(demo.competition_id, "报名汇总表（演示）.xlsx", workbook(rows), demo.organiser)
    import_id = read_workbook(command)
    take_in(TakeInRoster(demo.competition_id, import_id, leaves_out_wrong=False, actor=demo.organiser))


def _prepare_marking(demo: Demo) -> None:
    """Schemes, draws and panels; a judge sits in one event only."""
    names = iter(JUDGE_NAMES)
    chief = JudgeRecord(CHIEF_JUDGE, "演示技师学院", "高级技师，曾任省赛裁判长", role=Role.CHIEF_JUDGE)
    demo.chief_id = add_judge(AddJudge(demo.competition_id, chief, demo.organiser))
    for number, (event_id, event) in enumerate(zip(demo.event_ids, EVENTS, strict=True), start=1):
        scheme = read_scheme(SCHEMES / event.scheme)
        adopt_scheme(AdoptScheme(demo.competition_id, event_id, scheme, event.scheme, (), demo.organiser))
        called_out = (f"3{number}", "1", "4")
        run_draw(
            RunDraw(demo.competition_id, event_id, "冯监督", called_out, demo.organiser, stations=STATIONS), has_marks
        )
        panel = [_judge(demo, next(names), event.name) for _ in range(JUDGES_PER_PANEL)]
        if event is EVENTS[-1]:
            _draw_judges(demo, event_id)
            continue
        for module in judged_modules(event_id):
            seat_judges(SeatJudges(demo.competition_id, module, "第一组", tuple(panel), demo.organiser))
    _declare(demo)


def _draw_judges(demo: Demo, event_id: int) -> None:
    """The last event's judges are drawn from the whole list: those who have no seat yet come first."""
    terms = Terms({module: Size(1, None) for module in judged_modules(event_id)})
    seen = seats_digest(db.session(), event_id)
    command = DrawJudges(demo.competition_id, event_id, terms, "冯监督", ("12", "7", "30"), demo.organiser, seen)
    draw_judges(command)


def _declare(demo: Demo) -> None:
    """A judge of the first event taught a contestant of the last, and therefore sits in the first alone."""
    query = select(Contestant.id).join(Entrant).where(Entrant.event_id == demo.event_ids[-1]).order_by(Contestant.id)
    apprentice = db.session.scalars(query).first()
    reason = "本人书面申报：选手是其徒弟（演示）"
    declare_tie(DeclareTie(demo.competition_id, demo.judge_ids[0], Tie.COACH, apprentice, None, reason, demo.organiser))
    _declare_own(demo)


def _declare_own(demo: Demo) -> None:
    """The last judge told of an acquaintance in a delegation, which turned out to be no contestant."""
    judge = db.session.get_one(Judge, demo.judge_ids[-1])
    roles: dict[int | None, frozenset[Role]] = {demo.competition_id: frozenset({Role.JUDGE})}
    actor = Actor(SubjectKind.JUDGE, judge.id, judge.name, 0, roles, demo.competition_id)
    delegation = setup.competition_of(demo.competition_id).delegations[-1]
    tie = declare_own(DeclareOwn(Tie.DECLARED, delegation.id, "与这个队的领队是老同事（演示）", actor))
    reason = "领队不参赛，本人确认与选手没有关系（演示）"
    withdraw_tie(WithdrawTie(demo.competition_id, tie, reason, demo.organiser))


def _judge(demo: Demo, name: str, event: str) -> int:
    unit = f"演示技师学院{name[0]}系"
    record = JudgeRecord(name, unit, f"高级技师，{event}考评员")
    judge_id = add_judge(AddJudge(demo.competition_id, record, demo.organiser))
    demo.judge_ids.append(judge_id)
    return judge_id


def judged_modules(event_id: int) -> list[int]:
    """Ids of the modules that judges mark."""
    event = db.session.scalars(select(Event).where(Event.id == event_id)).one()
    return [module.id for module in event.modules if module.kind is ModuleKind.JUDGED]
