"""The demo's labour contest: project teams of key projects over three months, by indicators, through the same rooms."""

import random
from datetime import date

from sqlalchemy import select

from competitions.draws.drawing import RunDraw, run_draw
from competitions.events.defining import AddEvent, EventFacts, ModuleFacts, add_event
from competitions.judges.panels import AddJudge, JudgeRecord, SeatJudges, add_judge, seat_judges
from competitions.lifecycle import CompetitionState
from competitions.models import Entrant, Form, Level, Module, ModuleKind
from competitions.setup import CompetitionFacts, CreateCompetition, ProgrammeFacts, create_competition
from competitions.units.registering import AddUnits, UnitFacts, add_units
from core.auth import Actor
from core.db import db
from core.permissions import Role
from core.spreadsheets import SheetPlan, write_xlsx
from demo.building import CHIEF_JUDGE, SCHEMES, Demo, as_organiser, judged_modules, move
from demo.course import Course
from demo.people import SEED
from scoring.formats import read_scheme
from scoring.outside_lists.reading import read_external_list
from scoring.outside_lists.taking import ImportExternal, import_external, outside_values
from scoring.sheets.opening import AdoptScheme, OpenSheets, adopt_scheme, has_marks, open_sheets

TITLE = "2026年雄安新区重点工程劳动竞赛（六比一创，演示）"
EVENT = "重点工程“六比一创”"
HOST = "雄安新区总工会（演示）"
SCHEME = "labour.yaml"
OPENS_ON, CLOSES_ON = date(2026, 7, 1), date(2026, 9, 30)
UNITS = {
    "起步区综合管廊项目部": "华北市政建设集团（演示）",
    "启动区中轴线市政道路项目部": "华北市政建设集团（演示）",
    "容东片区学校群项目部": "燕赵建工集团（演示）",
    "雄东片区安置房三标段项目部": "燕赵建工集团（演示）",
    "昝岗高铁枢纽配套项目部": "京雄铁路工程局（演示）",
    "雄安至商丘铁路站前二标项目部": "京雄铁路工程局（演示）",
    "白洋淀生态清淤项目部": "白洋淀水利生态公司（演示）",
    "南拒马河防洪堤项目部": "白洋淀水利生态公司（演示）",
}
"""Project team → the enterprise it stands for. Invented."""
JURY = {
    "曹质检": "雄安新区工程质量安全中心（演示）",
    "秦安监": "河北省安全生产技术研究院（演示）",
    "吕总工": "河北建筑工程学院（演示）",
}
HEADINGS = ("抽签号", "项目部", "进度", "进度 目标", "质量", "隐患", "事故", "成本", "成本 目标", "创新", "廉洁")
ACCIDENT = ("九月", 0.75)
"""In which month the team at which part of the draw had an accident, so that the veto is seen at work."""


def build(organiser: Actor) -> Demo:
    """The contest up to the moment when the first month is reported.

    Args:
        organiser: a system administrator who becomes the organiser.
    """
    programmes = (ProgrammeFacts("雄安新区重点工程劳动竞赛", "六比一创"),)
    facts = CompetitionFacts(TITLE, Level.PROVINCE, "130000", HOST, OPENS_ON, CLOSES_ON, programmes)
    competition_id = create_competition(CreateCompetition(facts, organiser))
    actor = as_organiser(organiser, competition_id)
    event_id = add_event(AddEvent(competition_id, _event_facts(), (ModuleFacts("六比", "六比一创"),), actor))
    demo = Demo(competition_id, actor, [event_id], [], [])
    move(demo, CompetitionState.REGISTERING)
    units = tuple(UnitFacts(name, enterprise) for name, enterprise in UNITS.items())
    add_units(AddUnits(competition_id, event_id, units, actor))
    move(demo, CompetitionState.DRAWING)
    _prepare_marking(demo, event_id)
    move(demo, CompetitionState.MARKING)
    open_sheets(OpenSheets(competition_id, event_id, actor))
    return demo


def _event_facts() -> EventFacts:
    prizes = [{"name": "优胜项目部", "number": 3}]
    rules = {"prizes": prizes, "rounding": "half_up", "tie": "include_all", "minimum": 6}
    return EventFacts(name=EVENT, group_name="项目部", form=Form.UNIT, prize_rules=rules)


def _prepare_marking(demo: Demo, event_id: int) -> None:
    scheme = read_scheme(SCHEMES / SCHEME)
    adopt_scheme(AdoptScheme(demo.competition_id, event_id, scheme, SCHEME, (), demo.organiser))
    run_draw(RunDraw(demo.competition_id, event_id, "冯监督", ("7", "8", "9"), demo.organiser), has_marks)
    chief = JudgeRecord(CHIEF_JUDGE, HOST, "劳动竞赛委员会办公室", role=Role.CHIEF_JUDGE)
    demo.chief_id = add_judge(AddJudge(demo.competition_id, chief, demo.organiser))
    for name, unit in JURY.items():
        record = JudgeRecord(name, unit, "正高级工程师")
        demo.judge_ids.append(add_judge(AddJudge(demo.competition_id, record, demo.organiser)))
    for module in judged_modules(event_id):
        seat_judges(SeatJudges(demo.competition_id, module, "评审组", tuple(demo.judge_ids), demo.organiser))


def run(demo: Demo, chief: Actor) -> None:
    """Three months reported and judged, the result published as final."""
    (event_id,) = demo.event_ids
    dice = random.Random(SEED)  # noqa: S311  invented figures, nothing secret
    query = select(Entrant).where(Entrant.event_id == event_id).order_by(Entrant.draw_number)
    entrants = list(db.session.scalars(query))
    skills = {entrant.id: min(0.97, max(0.5, dice.gauss(0.8, 0.1))) for entrant in entrants}
    teams = [(str(e.draw_number), e.name, skills[e.id]) for e in entrants]
    for module in _reported(event_id):
        _report(demo, module, teams, dice)
    course = Course(demo, chief, SEED + 1)
    course.mark_sheets(event_id, skills)
    course.confirm(event_id)
    course.publish(event_id, is_final=True)
    course.leave()
    move(demo, CompetitionState.REVIEWING)
    move(demo, CompetitionState.PUBLIC_NOTICE)


def _reported(event_id: int) -> list[Module]:
    query = select(Module).where(Module.event_id == event_id, Module.kind == ModuleKind.EXTERNAL)
    return list(db.session.scalars(query.order_by(Module.position)))


def _report(demo: Demo, module: Module, teams: list[tuple[str, str, float]], dice: random.Random) -> None:
    """One month's table of indicators, as the contest's office sends it, read and taken in."""
    month, name = module.stage, f"{module.stage}考核指标（演示）.xlsx"
    unlucky = teams[int(len(teams) * ACCIDENT[1])][0] if month == ACCIDENT[0] else ""
    rows = [[number, team, *_figures(skill, number == unlucky, dice)] for number, team, skill in teams]
    data = write_xlsx([SheetPlan(month, [list(HEADINGS), *rows], header_row=0, text_columns=frozenset({0}))])
    admitted = outside_values(module)
    lines = read_external_list(data, name, admitted.aspects, admitted.items)
    import_external(ImportExternal(demo.competition_id, module.id, lines, name, demo.organiser))


def _figures(skill: float, has_accident: bool, dice: random.Random) -> list[str]:
    """Output and its plan, quality, dangers, accidents, cost and its plan, innovations, integrity."""
    plan = dice.randrange(600, 2400, 50)
    output = int(plan * min(1.35, max(0.8, dice.gauss(0.62 + skill / 2, 0.08))))
    quality = min(100.0, max(88.0, dice.gauss(88 + 12 * skill, 1.5)))
    budget = int(output * 0.86)
    cost = int(budget * max(0.9, dice.gauss(1.18 - skill / 5, 0.04)))
    dangers = sum(dice.random() > skill for _ in range(4))
    ideas = sum(dice.random() < skill for _ in range(5))
    honest = "合格" if dice.random() < 0.95 else "有提醒谈话"
    figures = (output, plan, f"{quality:.1f}", dangers, int(has_accident), cost, budget, ideas, honest)
    return [str(figure) for figure in figures]
