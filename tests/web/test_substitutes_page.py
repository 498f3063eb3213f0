"""Replacing a judge: an event at a time, those first who may be missing, all modules in one press."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from factories import (
    make_account,
    make_actor,
    make_competition,
    make_entrant,
    make_event,
    make_judge,
    make_module,
    make_panel,
    sign_in_account,
)
from flask import Flask
from flask.testing import FlaskClient
from juries import Jury, lines

from competitions.lifecycle import CompetitionState
from competitions.models import Competition, Entrant, EntrantStatus, Event, Judge
from core.auth import DEVICE_LIFE, Subject, SubjectKind, sign_in
from core.db import db, transaction
from core.errors import InvalidInputError, NotFoundError
from core.permissions import Role
from scoring.engine.scheme_document import scheme_from_document
from scoring.jury.holdings import candidates_for, chosen_room, rooms
from scoring.jury.substitution import ReplaceInEvent, SubstituteError, replace_in_event
from scoring.models import ScoreSheet
from scoring.sheets.opening import AdoptScheme, OpenSheets, adopt_scheme, open_sheets

TWO: dict[str, Any] = {
    "title": "钳工",
    "default_panel": {"judges": 2},
    "children": [
        {"code": code, "level": "module", "label": label, "children": [{"code": f"{code}1", "max": 10, "label": "甲"}]}
        for code, label in (("A", "装配"), ("B", "检测"))
    ],
}


class TwoModules:
    """An event in two modules, two judges who sit on both, two contestants, and somebody who may take over."""

    def __init__(self) -> None:
        self.competition_id = make_competition().id
        self.organiser = make_actor(Role.ORGANISER, self.competition_id)
        self.event_id = make_event(competition_id=self.competition_id, name="钳工").id
        scheme = scheme_from_document(TWO)
        adopt_scheme(AdoptScheme(self.competition_id, self.event_id, scheme, "s.yaml", (), self.organiser))
        self.module_ids = [module.id for module in db.session.get_one(Event, self.event_id).modules]
        self.judges = [make_judge(competition_id=self.competition_id).id for _ in range(2)]
        for module_id in self.module_ids:
            make_panel(module_id=module_id, judges=[db.session.get_one(Judge, one) for one in self.judges])
        self.entrants = [make_entrant(event_id=self.event_id, draw_number=n).id for n in (1, 2)]
        open_sheets(OpenSheets(self.competition_id, self.event_id, self.organiser))
        self.substitute = make_judge(competition_id=self.competition_id, name="吴接替").id
        with transaction() as session:
            session.get_one(Competition, self.competition_id).state = CompetitionState.MARKING

    def replace(self, **over: Any) -> Any:
        """The first judge leaves both modules."""
        values: dict[str, Any] = {
            "competition_id": self.competition_id,
            "event_id": self.event_id,
            "module_ids": tuple(self.module_ids),
            "judge_id": self.judges[0],
            "substitute_id": self.substitute,
            "reason": "突发疾病",
            "actor": self.organiser,
        }
        return replace_in_event(ReplaceInEvent(**(values | over)))

    def holders(self) -> set[int | None]:
        """Who holds a sheet."""
        db.session.rollback()
        return {sheet.judge_id for sheet in db.session.query(ScoreSheet)}


def at_a_device(two: TwoModules, place: int) -> None:
    """One of the judges signs in."""
    role = Role.JUDGE
    sign_in(Subject(SubjectKind.JUDGE, two.judges[place], "钱裁判", DEVICE_LIFE, two.competition_id, role), "平板")


@pytest.fixture
def two(app: Flask) -> TwoModules:
    return TwoModules()


def test_who_falls_ill_leaves_all_modules_in_one_press(two: TwoModules) -> None:
    assert two.replace().moved == 4
    assert two.holders() == {two.judges[1], two.substitute}
    assert [line.target for line in lines("judge.replaced")] == [f"module:{one}" for one in two.module_ids]


def test_one_module_that_cannot_go_over_keeps_all_of_them(two: TwoModules) -> None:
    two.replace(module_ids=(two.module_ids[1],))
    with pytest.raises(SubstituteError, match="已在"):
        two.replace(judge_id=two.judges[1])
    assert two.holders() == {*two.judges, two.substitute}
    assert len(lines("judge.replaced")) == 1


def test_no_module_and_a_module_of_another_event_are_refused(two: TwoModules) -> None:
    with pytest.raises(InvalidInputError, match="勾选"):
        two.replace(module_ids=())
    other = make_event(competition_id=two.competition_id, name="另一赛项").id
    with pytest.raises(NotFoundError):
        two.replace(event_id=other)
    with pytest.raises(InvalidInputError, match="理由"):
        two.replace(reason=" ")
    assert two.holders() == set(two.judges)


def test_who_has_handed_everything_in_is_not_offered(app: Flask) -> None:
    jury = Jury(contestants=1)
    jury.hand_in("2", "2", "2")
    (room,) = rooms(jury.competition_id)
    assert (room.waiting, len(room.done), room.open_sheets, room.has_sheets) == ((), 3, 0, True)


def test_an_event_without_sheets_is_not_said_to_be_handed_in(app: Flask, client: FlaskClient) -> None:
    competition_id = make_competition().id
    event = make_event(competition_id=competition_id)
    make_panel(module_id=make_module(event=event).id, judges=[make_judge(competition_id=competition_id)])
    (room,) = rooms(competition_id)
    assert not room.has_sheets
    sign_in_account(client, make_account(role=Role.CHIEF_JUDGE, competition_id=competition_id))
    page = client.get(f"/scoring/competitions/{competition_id}/substitutes").get_data(as_text=True)
    assert "还没有评分表" in page
    assert "都已提交" not in page


def test_sheets_of_who_is_absent_are_nobodys_work(app: Flask) -> None:
    jury = Jury(contestants=2)
    jury.hand_in("2", "2", "2")
    with transaction() as session:
        session.get_one(Entrant, jury.entrants[1]).status = EntrantStatus.ABSENT
    (room,) = rooms(jury.competition_id)
    assert room.waiting == ()


def test_who_was_not_heard_of_comes_first(two: TwoModules, later: Callable[[timedelta], None]) -> None:
    at_a_device(two, 0)
    assert [desk.judge.id for desk in rooms(two.competition_id)[0].waiting] == two.judges[::-1]
    later(timedelta(minutes=7))
    at_a_device(two, 1)
    (room,) = rooms(two.competition_id)
    assert [(desk.judge.id, desk.silent) for desk in room.waiting] == [(two.judges[0], 7), (two.judges[1], 0)]


def test_judges_in_contact_keep_their_places(two: TwoModules, later: Callable[[timedelta], None]) -> None:
    at_a_device(two, 0)
    later(timedelta(minutes=2))
    at_a_device(two, 1)
    later(timedelta(minutes=1))
    (room,) = rooms(two.competition_id)
    assert [(desk.judge.id, desk.silent) for desk in room.waiting] == [(two.judges[0], 3), (two.judges[1], 1)]


@pytest.mark.parametrize(("role", "words"), [(Role.ORGANISER, "去发登录码"), (Role.CHIEF_JUDGE, "请组织者发登录码")])
def test_who_sits_without_a_tablet_among_others_is_told_with_the_way_to_a_code(
    two: TwoModules, client: FlaskClient, role: Role, words: str
) -> None:
    sign_in_account(client, make_account(role=role, competition_id=two.competition_id))
    address = f"/scoring/competitions/{two.competition_id}/substitutes?event={two.event_id}"
    assert "收不到评分表" not in client.get(address).get_data(as_text=True), "nobody has begun"
    at_a_device(two, 0)
    page = client.get(address).get_data(as_text=True)
    name = db.session.get_one(Judge, two.judges[1]).name
    assert f"没有登录的平板，收不到评分表：{name}。" in page
    assert words in page


def test_the_page_opens_at_the_event_that_is_being_marked(app: Flask) -> None:
    jury = Jury(contestants=1)
    other = make_event(competition_id=jury.competition_id, name="还没开始的赛项").id
    scheme = scheme_from_document(TWO)
    adopt_scheme(AdoptScheme(jury.competition_id, other, scheme, "s.yaml", (), jury.organiser))
    for module in db.session.get_one(Event, other).modules:
        make_panel(module_id=module.id, judges=jury.judges[:2])
    for number in range(1, 9):
        make_entrant(event_id=other, draw_number=number)
    open_sheets(OpenSheets(jury.competition_id, other, jury.organiser))
    jury.mark(1, {"J1": "2"})
    found = rooms(jury.competition_id)
    assert [room.event.id for room in found] == [jury.event_id, other]
    for asked, shown in ((None, jury.event_id), (other, other), (999_999, jury.event_id)):
        room = chosen_room(found, asked)
        assert room is not None
        assert room.event.id == shown
    assert chosen_room([], None) is None


def test_candidates_are_the_free_then_the_busy_then_who_sits_there_then_the_barred(two: TwoModules) -> None:
    busy = make_judge(competition_id=two.competition_id, name="忙")
    barred = make_judge(competition_id=two.competition_id, name="避")
    two.replace(module_ids=(two.module_ids[0],), judge_id=two.judges[1], substitute_id=busy.id)
    found = rooms(two.competition_id)
    leaving = next(desk for desk in found[0].waiting if desk.judge.id == two.judges[0])
    one_module = next(desk for desk in found[0].waiting if desk.judge.id == two.judges[1])
    judges = [db.session.get_one(Judge, one) for one in (*two.judges, busy.id, two.substitute, barred.id)]
    asked = candidates_for(leaving, found, judges, {barred.id: "同一单位"})
    assert [(one.judge.id, one.sits_beside, one.barred) for one in asked] == [
        (two.substitute, False, ""),
        (two.judges[1], True, ""),
        (busy.id, True, ""),
        (barred.id, False, "同一单位"),
    ]
    beside = candidates_for(one_module, found, judges, {})
    assert [one.judge.id for one in beside if not one.sits_beside] == [two.substitute, barred.id, busy.id]


def test_the_page_names_modules_and_what_is_left_and_takes_the_press(two: TwoModules, client: FlaskClient) -> None:
    sign_in_account(client, make_account(role=Role.CHIEF_JUDGE, competition_id=two.competition_id))
    base = f"/scoring/competitions/{two.competition_id}"
    page = client.get(f"{base}/substitutes").get_data(as_text=True)
    assert page.count('name="module"') == 4
    assert page.index("现在空闲") < page.index("吴接替")
    form = {
        "judge": two.judges[0],
        "module": two.module_ids,
        "substitute": two.substitute,
        "reason": "突发疾病",
    }
    answer = client.post(f"{base}/events/{two.event_id}/substitutes", data=form, follow_redirects=True)
    assert "4 张未提交的评分表已转交" in answer.get_data(as_text=True)
    assert client.post(f"{base}/events/{two.event_id}/substitutes", data=form | {"module": []}).status_code == 422
