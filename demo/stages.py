"""The demo's competition in two stages, of which one event's works are marked by code.

One preliminary has a tie on the line and nobody carried on yet; another has been carried on, with a decision by name;
the works of a third event are coded in two layers and half marked.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select

from competitions.delegations.defining import AddDelegations, add_delegations
from competitions.draws.drawing import RunDraw, run_draw
from competitions.events.defining import AddEvent, EventFacts, ModuleFacts, add_event
from competitions.judges.panels import AddJudge, JudgeRecord, SeatJudges, add_judge, seat_judges
from competitions.lifecycle import CompetitionState
from competitions.models import Entrant, Level, Module, ModuleKind
from competitions.registration.importing import ReadRoster, TakeInRoster, read_workbook, take_in
from competitions.setup import CompetitionFacts, CreateCompetition, ProgrammeFacts, create_competition
from competitions.stages.lines import Line, Measure
from competitions.stages.linking import SetStage, set_stage
from competitions.work_codes.coding import DrawLayer, draw_layer
from competitions.work_codes.layers import SetLayers, set_layers, works_in
from core.accounts import Account
from core.auth import Actor, SubjectKind
from core.db import db
from core.permissions import Role
from demo.building import CHIEF_JUDGE, SCHEMES, Demo, as_organiser, judged_modules, move
from demo.course import Course
from demo.people import CITIES, SEED, Invented, invent
from demo.roster import workbook
from scoring.formats import read_scheme
from scoring.outside_lists.taking import ExternalMark, ImportExternal, import_external
from scoring.results.computing import ComputeResult, PublishResult, compute_result, publish_result
from scoring.sheets.opening import (
    AdoptScheme,
    OpenSheets,
    adopt_scheme,
    current_scheme,
    has_marks,
    open_sheets,
    scheme_of,
)
from scoring.sheets.review import ConfirmSubmitted, confirm_submitted
from scoring.stages.carrying import CarryOn, carry_on
from scoring.stages.reading import way_into

TITLE = "雄安新区青年技能竞赛（演示，初赛到决赛）"
HOST = "雄安新区总工会（演示）"
OPENS_ON, CLOSES_ON = date(2026, 11, 7), date(2026, 11, 15)
PRELIMINARIES = ("数控铣工初赛", "电工初赛")
FINALS = ("数控铣工决赛", "电工决赛")
WORKS = "木工（作品盲评）"
TOTALS, WORK = "stage.yaml", "woodwork.yaml"
PER_CITY = 2
GOES_ON = 8
JURY = ("史可望", "路宽平", "江一舟")
LEFT_OUT = "本人书面放弃决赛资格（演示）"
MOVED_UP = "放弃者的名额由下一名递补（演示）"


@dataclass(slots=True)
class Staged:
    """What the notes tell of it."""

    competition_id: int
    events: dict[str, int] = field(default_factory=dict)


def build(organiser: Actor, chief: Actor, keepers: Sequence[Account]) -> Staged:
    """The competition up to the moment when one final is to be filled.

    Args:
        organiser: a system administrator who becomes the organiser.
        chief: the chief judge's account.
        keepers: accounts that keep the layers of the codes, the innermost first.
    """
    programmes = (ProgrammeFacts("雄安新区青年技能竞赛", ""),)
    facts = CompetitionFacts(TITLE, Level.CITY, "130000", HOST, OPENS_ON, CLOSES_ON, programmes)
    competition_id = create_competition(CreateCompetition(facts, organiser))
    demo = Demo(competition_id, as_organiser(organiser, competition_id), [], [], [])
    for name, home in CITIES.items():
        add_delegations(AddDelegations(competition_id, (name,), demo.organiser, home=home))
    demo.event_ids = [_event(demo, name, ModuleKind.EXTERNAL) for name in (*PRELIMINARIES, *FINALS)]
    demo.event_ids.append(_event(demo, WORKS, ModuleKind.JUDGED))
    for earlier, later in zip(demo.event_ids[:2], demo.event_ids[2:4], strict=True):
        line = Line(Measure.NUMBER, str(GOES_ON))
        set_stage(SetStage(competition_id, later, earlier, line, demo.organiser))
    _register(demo)
    _prepare(demo, keepers)
    for number, event_id in enumerate(demo.event_ids[:2]):
        _publish_preliminary(demo, event_id, chief, has_tie=number == 0)
    _carry(demo, demo.event_ids[3])
    _mark_works(demo, chief, keepers)
    names = ("first", "first_electrician", "final", "final_electrician", "works")
    return Staged(competition_id, dict(zip(names, demo.event_ids, strict=True)))


def _event(demo: Demo, name: str, kind: ModuleKind) -> int:
    prizes = [{"name": prize, "number": 1} for prize in ("一等奖", "二等奖", "三等奖")]
    rules = {"prizes": prizes, "rounding": "half_up", "tie": "include_all", "minimum": 6}
    modules = (ModuleFacts("总评" if kind is ModuleKind.EXTERNAL else "作品", "成绩", kind),)
    return add_event(
        AddEvent(demo.competition_id, EventFacts(name, "职工", prize_rules=rules), modules, demo.organiser)
    )


def _register(demo: Demo) -> None:
    move(demo, CompetitionState.REGISTERING)
    dice, used = random.Random(SEED + 6), set[str]()  # noqa: S311  invented people, nothing secret
    rows: list[tuple[str, str, Invented]] = [
        (delegation, event, invent(delegation, dice, used))
        for delegation in CITIES
        for event in (*PRELIMINARIES, WORKS)
        for _ in range(PER_CITY)
    ]
    command = ReadRoster(demo.competition_id, "青年技能竞赛报名表（演示）.xlsx", workbook(rows), demo.organiser)
    take_in(TakeInRoster(demo.competition_id, read_workbook(command), leaves_out_wrong=False, actor=demo.organiser))


def _prepare(demo: Demo, keepers: Sequence[Account]) -> None:
    """Draws, schemes and the panel; the finals wait."""
    competition_id, works = demo.competition_id, demo.event_ids[-1]
    move(demo, CompetitionState.DRAWING)
    for event_id, file in zip((*demo.event_ids[:2], works), (TOTALS, TOTALS, WORK), strict=True):
        adopt_scheme(AdoptScheme(competition_id, event_id, read_scheme(SCHEMES / file), file, (), demo.organiser))
        run_draw(RunDraw(competition_id, event_id, "冯监督", ("2", "7", "1"), demo.organiser), has_marks)
    chief = JudgeRecord(CHIEF_JUDGE, "演示技师学院", "高级技师", role=Role.CHIEF_JUDGE)
    demo.chief_id = add_judge(AddJudge(competition_id, chief, demo.organiser))
    for name in JURY:
        record = JudgeRecord(name, f"演示技师学院{name[0]}系", "木工高级技师")
        demo.judge_ids.append(add_judge(AddJudge(competition_id, record, demo.organiser)))
    for module in judged_modules(works):
        seat_judges(SeatJudges(competition_id, module, "作品组", tuple(demo.judge_ids), demo.organiser))
    names = tuple(keeper.username for keeper in keepers)
    set_layers(SetLayers(competition_id, works, names, demo.organiser))
    move(demo, CompetitionState.MARKING)
    for event_id in demo.event_ids[:2]:
        open_sheets(OpenSheets(competition_id, event_id, demo.organiser))


def _publish_preliminary(demo: Demo, event_id: int, chief: Actor, *, has_tie: bool) -> None:
    """Totals from a list; where there is to be a tie, those at the line have the same."""
    dice = random.Random(SEED + event_id)  # noqa: S311  invented marks, nothing secret
    numbers = db.session.scalars(
        select(Entrant.draw_number).where(Entrant.event_id == event_id).order_by(Entrant.draw_number)
    ).all()
    totals = sorted((dice.randrange(6000, 9700) for _ in numbers), reverse=True)
    if has_tie:
        totals[GOES_ON - 1] = totals[GOES_ON] = totals[GOES_ON + 1]
    dice.shuffle(totals)
    module_id = db.session.scalars(select(Module.id).where(Module.event_id == event_id)).one()
    version = current_scheme(db.session(), event_id)
    if version is None:
        raise LookupError(event_id)
    aspect = scheme_of(version).aspects("总评")[0].id
    marks = [
        ExternalMark(row, str(number), {aspect: f"{total / 100:.2f}"})
        for row, (number, total) in enumerate(zip(numbers, totals, strict=True), start=2)
    ]
    import_external(ImportExternal(demo.competition_id, module_id, marks, "初赛总成绩（演示）.csv", demo.organiser))
    confirm_submitted(ConfirmSubmitted(demo.competition_id, module_id, chief))
    snapshot = compute_result(ComputeResult(demo.competition_id, event_id, demo.organiser))
    for is_final in (False, True):
        publish_result(PublishResult(demo.competition_id, snapshot, is_final, demo.organiser))


def _carry(demo: Demo, event_id: int) -> None:
    """Who goes on by the line, but for one who gave up, in whose place the next one goes."""
    way = way_into(db.session(), demo.competition_id, event_id)
    ranked = [one.line.entrant_id for one in way.candidates]
    carry_on(
        CarryOn(
            demo.competition_id,
            event_id,
            way.seen,
            demo.organiser,
            left_out={ranked[2]: LEFT_OUT},
            moved_up={ranked[GOES_ON]: MOVED_UP},
        )
    )


def _mark_works(demo: Demo, chief: Actor, keepers: Sequence[Account]) -> None:
    """Both layers drawn by their keepers, half of the works marked."""
    event_id = demo.event_ids[-1]
    for number, keeper in enumerate(keepers, start=1):
        roles: dict[int | None, frozenset[Role]] = {demo.competition_id: frozenset({Role.CODE_KEEPER})}
        actor = Actor(SubjectKind.ACCOUNT, keeper.id, keeper.display_name, 0, roles)
        draw_layer(DrawLayer(demo.competition_id, event_id, number, "冯监督", (f"{number}7", "42"), actor))
    open_sheets(OpenSheets(demo.competition_id, event_id, demo.organiser))
    works = works_in(db.session(), event_id)
    dice = random.Random(SEED + 7)  # noqa: S311  invented marks, nothing secret
    course = Course(demo, chief, SEED + 8)
    course.mark_sheets(event_id, {work.id: dice.uniform(0.55, 0.95) for work in works[: len(works) // 2]})
    course.confirm(event_id)
    course.leave()
