"""The demo's earlier competition: some of the same people two years before, so that there is a record over years."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy import select

from certificates.awards.awarding import FixAwards, fix_awards
from certificates.issue.issuing import IssueCertificates, issue_certificates
from certificates.issue.values import Terms, Wording, issuers_of
from competitions.delegations.defining import AddDelegations, add_delegations
from competitions.draws.drawing import RunDraw, run_draw
from competitions.events.defining import AddEvent, EventFacts, ModuleFacts, add_event
from competitions.judges.panels import AddJudge, JudgeRecord, add_judge
from competitions.lifecycle import COURSE, CompetitionState
from competitions.models import Entrant, Event, Level, Module, ModuleKind
from competitions.registration.importing import ReadRoster, TakeInRoster, read_workbook, take_in
from competitions.setup import CompetitionFacts, CreateCompetition, ProgrammeFacts, create_competition
from core import jobs
from core.auth import Actor
from core.db import db
from core.permissions import Role
from demo.building import CHIEF_JUDGE, EVENTS, PER_CITY, PER_SMALL, SCHEMES, Demo, as_organiser, move
from demo.people import CITIES, DELEGATIONS, SEED, Invented
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

TITLE = "2024年河北省职工职业技能大赛（演示）"
HOST = "河北省总工会（演示）"
SCHEME = "earlier.yaml"
LAYOUT, NUMBERS = "plain-red", "HBYS-{year}-{serial:6}"
LATE = "演示数据：两年前的成绩今天才登记"
OPENS_ON, CLOSES_ON = date(2024, 9, 10), date(2024, 9, 12)


def build(organiser: Actor, clerk: Actor, today: Demo) -> int:
    """The whole earlier competition, from set-up to the awards; returns its id.

    Args:
        organiser: a system administrator who becomes the organiser.
        clerk: who takes the list of totals in; another confirms it.
        today: the demo's main competition, of which some people come again.
    """
    programmes = (ProgrammeFacts("河北省职工职业技能大赛", ""),)
    facts = CompetitionFacts(TITLE, Level.PROVINCE, "130000", HOST, OPENS_ON, CLOSES_ON, programmes)
    competition_id = create_competition(CreateCompetition(facts, organiser))
    actor = as_organiser(organiser, competition_id)
    for name, home in DELEGATIONS.items():
        add_delegations(AddDelegations(competition_id, (name,), actor, home=home))
    modules = (ModuleFacts("总评", "总评成绩", ModuleKind.EXTERNAL),)
    event_id = add_event(AddEvent(competition_id, _event(), modules, actor))
    demo = Demo(competition_id, actor, [event_id], [], [])
    move(demo, CompetitionState.REGISTERING)
    _register(demo, _welders(today.people))
    move(demo, CompetitionState.DRAWING)
    scheme = read_scheme(SCHEMES / SCHEME)
    adopt_scheme(AdoptScheme(competition_id, event_id, scheme, SCHEME, (), actor))
    chief = JudgeRecord(CHIEF_JUDGE, "演示技师学院", "高级技师", role=Role.CHIEF_JUDGE)
    add_judge(AddJudge(competition_id, chief, actor))
    run_draw(RunDraw(competition_id, event_id, "冯监督", ("3", "6", "9"), actor), has_marks)
    open_sheets(OpenSheets(competition_id, event_id, actor))
    _mark(demo, event_id, clerk)
    snapshot = compute_result(ComputeResult(competition_id, event_id, actor))
    for is_final in (False, True):
        publish_result(PublishResult(competition_id, snapshot, is_final, actor))
    fix_awards(FixAwards(competition_id, event_id, actor))
    return competition_id


def close(competition_id: int, organiser: Actor) -> None:
    """Certificates for that year's prizes; then the competition is over, so that it can be had as an archive.

    Args:
        competition_id: the earlier competition.
        organiser: as for `build`.
    """
    actor = as_organiser(organiser, competition_id)
    event_id = db.session.scalars(select(Event.id).where(Event.competition_id == competition_id)).one()
    terms = Terms(LAYOUT, NUMBERS, Wording(issuers_of(HOST), CLOSES_ON))
    issue_certificates(IssueCertificates(competition_id, event_id, terms, actor, early_reason=LATE))
    jobs.sweep()
    demo = Demo(competition_id, actor, [event_id], [], [])
    for state in COURSE[COURSE.index(CompetitionState.MARKING) :]:
        move(demo, state)


def _event() -> EventFacts:
    prizes = [{"name": name, "number": number} for name, number in (("一等奖", 1), ("二等奖", 2), ("三等奖", 3))]
    rules = {"prizes": prizes, "rounding": "half_up", "tie": "include_all", "minimum": 6}
    return EventFacts(name="焊工", group_name="职工", occupation_code="6-18-02-04", top_level=1, prize_rules=rules)


def _welders(people: Sequence[Invented]) -> list[tuple[str, str, Invented]]:
    """Some of today's welders with their delegations, a skill level below today's."""
    left, found = iter(people), []
    for delegation in DELEGATIONS:
        for event in EVENTS:
            for _ in range(PER_CITY if delegation in CITIES else PER_SMALL):
                person = next(left)
                if event is EVENTS[0]:
                    found.append((delegation, "焊工", replace(person, level=min(5, person.level + 1))))
    return found


def _register(demo: Demo, rows: list[tuple[str, str, Invented]]) -> None:
    command = ReadRoster(demo.competition_id, "2024年报名表（演示）.xlsx", workbook(rows), demo.organiser)
    import_id = read_workbook(command)
    take_in(TakeInRoster(demo.competition_id, import_id, leaves_out_wrong=False, actor=demo.organiser))


def _mark(demo: Demo, event_id: int, clerk: Actor) -> None:
    """The totals of that year, taken in from a list."""
    dice = random.Random(SEED - 2)  # noqa: S311  invented marks, nothing secret
    version = current_scheme(db.session(), event_id)
    if version is None:
        raise LookupError(event_id)
    aspect = scheme_of(version).aspects("总评")[0].id
    module_id = db.session.scalars(select(Module.id).where(Module.event_id == event_id)).one()
    numbers = db.session.scalars(
        select(Entrant.draw_number).where(Entrant.event_id == event_id).order_by(Entrant.draw_number)
    ).all()
    marks = [
        ExternalMark(row, str(number), {aspect: f"{dice.randrange(6000, 9700) / 100:.2f}"})
        for row, number in enumerate(numbers, start=2)
    ]
    import_external(ImportExternal(demo.competition_id, module_id, marks, "2024年总评成绩（演示）.csv", clerk))
    confirm_submitted(ConfirmSubmitted(demo.competition_id, module_id, demo.organiser))
