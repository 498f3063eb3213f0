"""Sheets of all events that are ready in one press, with what the others lack; sheets follow panels and draws."""

from typing import Any

import pytest
from at_once import at_once
from factories import (
    make_account,
    make_actor,
    make_competition,
    make_entrant,
    make_event,
    make_judge,
    make_panel,
    sign_in_account,
)
from flask import Flask
from flask.testing import FlaskClient
from juries import JURY_SCHEME, Jury, lines
from sqlalchemy import func, select

from competitions.draws.drawing import RunDraw, run_draw
from competitions.judges.panels import SeatJudges, seat_judges
from competitions.lifecycle import CompetitionState
from competitions.models import Competition, Entrant, EntrantStatus, Event, Judge, Panel
from competitions.setup import competition_with_modules
from core.audit import verify
from core.auth import Actor
from core.db import db, transaction
from core.errors import ConflictError
from core.permissions import Role
from scoring.engine.scheme_document import scheme_from_document
from scoring.models import ScoreSheet
from scoring.sheets.opening import AdoptScheme, OpenSheets, adopt_scheme, has_marks, open_sheets
from scoring.sheets.opening_all import OpenAll, Opened, open_all, openings

ONE: dict[str, Any] = {
    "title": "钳工",
    "default_panel": {"judges": 2},
    "children": [
        {"code": "A", "level": "module", "label": "装配", "children": [{"code": "A1", "max": 10, "label": "配合"}]}
    ],
}
THEORY: dict[str, Any] = {
    "code": "T",
    "level": "module",
    "label": "理论",
    "children": [{"code": "T1", "kind": "external", "max": 100, "label": "卷面"}],
}


class Hall:
    """A competition without events; each kind of event that is asked for lacks one thing."""

    def __init__(self) -> None:
        self.competition_id = make_competition().id
        self.organiser: Actor = make_actor(Role.ORGANISER, self.competition_id)
        self.judges = [make_judge(competition_id=self.competition_id) for _ in range(2)]

    def event(
        self, name: str, *, scheme: bool = True, entrants: int = 3, drawn: bool = True, panel: bool = True
    ) -> int:
        """An event, ready unless something is left out."""
        event_id = make_event(competition_id=self.competition_id, name=name).id
        if scheme:
            read = scheme_from_document(ONE)
            adopt_scheme(AdoptScheme(self.competition_id, event_id, read, "s.yaml", (), self.organiser))
            module = db.session.get_one(Event, event_id).modules[0]
            if panel:
                make_panel(module_id=module.id, judges=self.judges)
        for number in range(1, entrants + 1):
            make_entrant(event_id=event_id, draw_number=number if drawn else None)
        return event_id

    def openings(self) -> dict[str, tuple[int, str]]:
        """Name → sheets that one press makes, and what is lacking."""
        db.session.rollback()
        found = openings(competition_with_modules(self.competition_id))
        return {one.event.name: (one.missing, one.lacks) for one in found}

    def press(self) -> Opened:
        """The organiser presses."""
        return open_all(OpenAll(self.competition_id, self.organiser))


@pytest.fixture
def hall(app: Flask) -> Hall:
    return Hall()


def sheets() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count(ScoreSheet.id))) or 0


def test_what_is_ready_is_opened_and_of_the_rest_it_is_said_what_is_lacking(hall: Hall) -> None:
    hall.event("焊工")
    hall.event("电工", entrants=2)
    hall.event("无方案", scheme=False)
    hall.event("无选手", entrants=0)
    hall.event("未抽签", drawn=False)
    hall.event("无裁判", panel=False)
    lacking = {"无方案": (0, "scheme"), "无选手": (0, "entrants"), "未抽签": (0, "draw"), "无裁判": (0, "panels")}
    assert hall.openings() == {"焊工": (6, ""), "电工": (4, "")} | lacking
    assert hall.press() == Opened(sheets=10, events=2, waiting=4)
    assert hall.openings() == {"焊工": (0, ""), "电工": (0, "")} | lacking
    assert [line.detail for line in lines("sheets.opened")] == [{"sheets": 6}, {"sheets": 4}]
    with pytest.raises(ConflictError, match="没有要生成"):
        hall.press()


def test_who_is_added_later_makes_an_event_ready_again_and_who_is_out_is_not_counted(hall: Hall) -> None:
    event_id = hall.event("焊工")
    hall.press()
    make_entrant(event_id=event_id, draw_number=4)
    make_entrant(event_id=event_id, draw_number=None, status=EntrantStatus.WITHDRAWN)
    assert hall.openings() == {"焊工": (2, "")}
    assert hall.press().sheets == 2


def test_the_number_that_is_announced_is_the_number_that_is_made(hall: Hall) -> None:
    event_id = make_event(competition_id=hall.competition_id, name="多组").id
    scheme = scheme_from_document(ONE | {"children": [THEORY, *ONE["children"]]})
    adopt_scheme(AdoptScheme(hall.competition_id, event_id, scheme, "s.yaml", (), hall.organiser))
    module = db.session.get_one(Event, event_id).modules[1]
    others = [make_judge(competition_id=hall.competition_id) for _ in range(2)]
    make_panel(module_id=module.id, judges=hall.judges)
    make_panel(module_id=module.id, judges=others, name="第二组")
    for number in range(1, 6):
        make_entrant(event_id=event_id, draw_number=number)
    assert hall.openings() == {"多组": (15, "")}
    assert hall.press().sheets == 15


@pytest.mark.parametrize("state", [CompetitionState.PUBLIC_NOTICE, CompetitionState.ARCHIVED])
def test_nothing_is_opened_once_the_review_is_over(hall: Hall, state: CompetitionState) -> None:
    event_id = hall.event("焊工")
    with transaction() as session:
        session.get_one(Competition, hall.competition_id).state = state
    assert hall.openings() == {}
    with pytest.raises(ConflictError):
        hall.press()
    with pytest.raises(ConflictError, match="复核"):
        open_sheets(OpenSheets(hall.competition_id, event_id, hall.organiser))
    assert sheets() == 0


def test_two_organisers_who_press_at_once_make_each_sheet_once(hall: Hall, app: Flask) -> None:
    hall.event("焊工")
    db.session.rollback()

    def press(_number: int) -> int:
        try:
            return hall.press().sheets
        except ConflictError:
            return 0

    assert sorted(at_once(app, press, range(2))) == [0, 6]
    assert sheets() == 6
    assert verify() == []


def test_the_page_names_what_is_ready_and_where_to_mend_the_rest(hall: Hall, client: FlaskClient) -> None:
    hall.event("焊工")
    hall.event("无裁判", panel=False)
    sign_in_account(client, make_account(role=Role.ORGANISER, competition_id=hall.competition_id))
    base = f"/scoring/competitions/{hall.competition_id}"
    page = client.get(f"{base}/board").get_data(as_text=True)
    assert "一次生成 6 张评分表" in page
    assert "还没有裁判组" in page
    answer = client.post(f"{base}/sheets", follow_redirects=True).get_data(as_text=True)
    assert "为 1 个赛项生成了 6 张评分表" in answer
    assert "还有 1 个赛项没有准备好" in answer
    assert client.post(f"{base}/sheets").status_code == 409


@pytest.mark.parametrize("role", [Role.CHIEF_JUDGE, Role.SUPERVISOR])
def test_only_who_may_adopt_a_scheme_opens_sheets(hall: Hall, client: FlaskClient, role: Role) -> None:
    hall.event("焊工")
    sign_in_account(client, make_account(role=role, competition_id=hall.competition_id))
    base = f"/scoring/competitions/{hall.competition_id}"
    assert client.post(f"{base}/sheets").status_code == 403
    assert "一次生成" not in client.get(f"{base}/board").get_data(as_text=True)


def holders(event_id: int) -> dict[tuple[int | None, int], int | None]:
    """Draw number and seat → judge."""
    db.session.rollback()
    rows = db.session.execute(
        select(Entrant.draw_number, ScoreSheet.seat_number, ScoreSheet.judge_id)
        .join(Entrant, Entrant.id == ScoreSheet.entrant_id)
        .where(Entrant.event_id == event_id)
    )
    return {(number, seat): judge for number, seat, judge in rows}


def at_the_draw(hall: Hall) -> None:
    with transaction() as session:
        session.get_one(Competition, hall.competition_id).state = CompetitionState.DRAWING


def seat(hall: Hall, event_id: int, name: str, *judges: int) -> None:
    module = db.session.get_one(Event, event_id).modules[0]
    seat_judges(SeatJudges(hall.competition_id, module.id, name, judges, hall.organiser))


def test_sheets_made_before_follow_whoever_is_seated_instead(hall: Hall) -> None:
    """Who was taken off a panel, as for a tie with a contestant, must not find sheets on the tablet."""
    event_id = hall.event("焊工", entrants=2)
    hall.press()
    at_the_draw(hall)
    name = db.session.scalars(select(Panel.name)).one()
    second, newcomer = hall.judges[1].id, make_judge(competition_id=hall.competition_id).id
    seat(hall, event_id, name, newcomer, second)
    assert holders(event_id) == {(1, 1): newcomer, (1, 2): second, (2, 1): newcomer, (2, 2): second}
    seat(hall, event_id, name, newcomer)
    assert holders(event_id) == {(1, 1): newcomer, (2, 1): newcomer}
    seat(hall, event_id, name, second, newcomer)
    assert holders(event_id) == {(1, 1): second, (1, 2): newcomer, (2, 1): second, (2, 2): newcomer}
    seat(hall, event_id, name)
    assert holders(event_id) == {}


def test_a_second_panel_takes_its_half_of_the_sheets_that_were_made(hall: Hall) -> None:
    event_id = hall.event("焊工", entrants=3)
    hall.press()
    at_the_draw(hall)
    pair = [make_judge(competition_id=hall.competition_id).id for _ in range(2)]
    seat(hall, event_id, "第二组", *pair)
    found = holders(event_id)
    assert {number for (number, _), judge in found.items() if judge in pair} == {2}
    assert len(found) == 6


def test_another_draw_deals_the_sheets_again(hall: Hall) -> None:
    event_id = hall.event("焊工", entrants=4, drawn=False)
    at_the_draw(hall)
    seat(hall, event_id, "第二组", *[make_judge(competition_id=hall.competition_id).id for _ in range(2)])
    dealt = {seat.judge_id: number for number, panel in enumerate(panels(), start=1) for seat in panel.seats}
    for earlier in range(6):
        command = RunDraw(
            hall.competition_id, event_id, "王监督", (str(earlier),), hall.organiser, earlier=earlier, reason="重抽"
        )
        run_draw(command, has_marks)
        if not earlier:
            hall.press()
        for (number, _), judge in holders(event_id).items():
            assert number is not None
            assert judge is not None
            assert dealt[judge] == 2 - number % 2
        assert sheets() == 8


def panels() -> list[Panel]:
    db.session.rollback()
    return list(db.session.scalars(select(Panel).order_by(Panel.id)))


def test_a_panel_does_not_change_under_marks(app: Flask) -> None:
    jury = Jury(JURY_SCHEME)
    jury.mark(2, {"J1": "2"})
    with transaction() as session:
        session.get_one(Competition, jury.competition_id).state = CompetitionState.DRAWING
    panel = panels()[0].name
    command = SeatJudges(jury.competition_id, jury.module_id, panel, tuple(jury.judge_ids[::-1]), jury.organiser)
    with pytest.raises(ConflictError, match="已有裁判打过分"):
        seat_judges(command)
    assert [seat.judge_id for seat in panels()[0].seats] == jury.judge_ids
    assert jury.sheet(1).judge_id == jury.judge_ids[0]


def test_opening_again_mends_sheets_that_an_earlier_version_left_behind(hall: Hall) -> None:
    event_id = hall.event("焊工", entrants=1)
    hall.press()
    stranger = make_judge(competition_id=hall.competition_id).id
    with transaction() as session:
        for sheet in session.scalars(select(ScoreSheet).where(ScoreSheet.seat_number == 1)):
            sheet.judge_id = stranger
    assert open_sheets(OpenSheets(hall.competition_id, event_id, hall.organiser)) == 0
    assert stranger not in holders(event_id).values()
    assert lines("sheets.opened")[-1].detail == {"sheets": 0, "reseated": 1}
    assert db.session.get(Judge, stranger) is not None
