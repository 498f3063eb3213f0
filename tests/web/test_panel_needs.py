"""The page of panels beside the scheme: seats wanted, lacking, too many; who is chief judge, by list or by account."""

from html import unescape

import pytest
from factories import (
    make_account,
    make_competition,
    make_event,
    make_judge,
    make_module,
    make_panel,
    sign_in_account,
    sign_in_judge,
)
from marked import SCHEME, Stage
from sqlalchemy import func, select

from competitions.course.readiness import shortcomings
from competitions.judges.chiefs import NameChief, chiefs_of, name_chief
from competitions.judges.wanting import panel_needs
from competitions.lifecycle import CompetitionState, Condition
from competitions.models import Competition, Judge, Panel, Seat
from core.account_care import SetActive, set_active
from core.audit import AuditEntry
from core.auth import SignIn
from core.db import db, transaction
from core.errors import NotFoundError
from core.judge_links import IssueLink, SignInLink, issue_link
from core.permissions import Role

FIVE = SCHEME | {"default_panel": {"judges": 5, "drop_high": 1, "drop_low": 1}}
NINE = SCHEME | {"default_panel": {"judges": 9, "drop_high": 1, "drop_low": 1}}


@pytest.fixture
def stage(app):
    return Stage()


@pytest.fixture
def page(stage, client):
    """The organiser's browser at the page of panels: how to read it."""
    sign_in_account(client, make_account(role=Role.ORGANISER, competition=stage.competition))
    return lambda: unescape(client.get(f"/competitions/{stage.competition.id}/panels").get_data(as_text=True))


def wanting(stage):
    competition = db.session.get(Competition, stage.competition.id)
    return shortcomings(competition)[Condition.PANELS_COMPLETE]


def seat_all(stage, size):
    make_panel(
        module_id=stage.module("P").id,
        judges=[make_judge(competition_id=stage.competition.id) for _ in range(size)],
        name="第二组",
    )


def test_a_full_panel_is_said_to_be_full(stage, page):
    text = page()
    assert "每组要 3 名裁判" in text
    assert "3 席已满" in text
    assert "席位已排满" in text


def test_lacking_judges_are_counted_for_the_panel_and_for_the_event(stage, page):
    stage.adopt(FIVE)
    seat_all(stage, 1)

    text = page()
    assert "还缺 2 名" in text
    assert "还缺 4 名" in text
    assert "还缺 6 名裁判" in text
    assert "席位已排满" not in text


def test_a_module_without_panel_says_how_many_judges_it_wants(stage, page):
    event = make_event(competition_id=stage.competition.id, name="钳工")
    stage.event_id = event.id
    stage.adopt(NINE)

    assert "还没有裁判组，要 9 名裁判" in page()
    assert wanting(stage)[0].endswith("操作技能还没有裁判组，要 9 名裁判")


def test_a_panel_larger_than_the_scheme_allows_stops_marking_since_its_result_could_not_be_computed(stage, page):
    seat_all(stage, 4)

    assert "多了 1 名，成绩会算不出" in page()
    assert any("有 4 名裁判，评分方案要求 3 名" in line for line in wanting(stage))


def test_the_form_of_a_panel_has_a_seat_for_each_judge_that_the_scheme_asks_for(stage, client):
    sign_in_account(client, make_account(role=Role.ORGANISER, competition=stage.competition))
    stage.adopt(NINE)
    path = f"/competitions/{stage.competition.id}/modules/{stage.module('P').id}/panels"

    text = unescape(client.get(path).get_data(as_text=True))
    assert "评分方案要求 9 名裁判" in text
    assert "9 号席位" in text
    assert "10 号席位" not in text
    assert "可选的裁判不够 9 名" in text
    judges = [make_judge(competition_id=stage.competition.id).id for _ in range(9)]
    data = {"name": "第三组"} | {f"judges-{n}": str(judge) for n, judge in enumerate(judges)}
    assert client.post(path, data=data).status_code == 302
    panel = db.session.scalar(select(Panel.id).where(Panel.name == "第三组"))
    assert db.session.scalar(select(func.count(Seat.id)).where(Seat.panel_id == panel)) == 9


def test_nobody_disappears_from_the_form_of_a_panel_that_is_too_large(stage, client):
    sign_in_account(client, make_account(role=Role.ORGANISER, competition=stage.competition))
    seat_all(stage, 4)
    path = f"/competitions/{stage.competition.id}/modules/{stage.module('P').id}/panels?panel=第二组"

    text = unescape(client.get(path).get_data(as_text=True))
    assert "4 号席位 " in text
    assert "方案以外" in text


def test_without_a_scheme_the_page_leads_to_it(sqlite_app):
    competition = make_competition()
    event = make_event(competition=competition)
    make_module(event=event)
    make_judge(competition=competition)
    client = sign_in_account(sqlite_app.test_client(), make_account(role=Role.ORGANISER, competition=competition))

    text = client.get(f"/competitions/{competition.id}/panels").get_data(as_text=True)
    assert "不知道要几名裁判" in text
    assert f"/competitions/{competition.id}/events/{event.id}/scheme" in text
    assert [need.wanted for need in panel_needs(competition)[event.id]] == [0]


def test_a_judge_of_the_list_is_named_chief_and_the_page_says_who(stage, client, page):
    judge, path = stage.judges[0], f"/competitions/{stage.competition.id}/chief-judges"
    assert "还没有裁判长" in wanting(stage)

    client.post(path, data={"judge": judge.id, "role": "chief_judge"})
    assert [chief.name for chief in chiefs_of(stage.competition.id).judges] == [judge.name]
    assert f"{judge.name}改为普通裁判" in page()
    assert wanting(stage) == ()

    client.post(path, data={"judge": judge.id})
    assert not chiefs_of(stage.competition.id)
    actions = select(AuditEntry.action).where(AuditEntry.chain == stage.competition.id).order_by(AuditEntry.number)
    assert list(db.session.scalars(actions))[-2:] == ["chief_judge.named", "chief_judge.unnamed"]


def test_an_account_with_the_role_is_a_chief_judge_too_until_it_is_closed(stage, page):
    account = make_account(role=Role.CHIEF_JUDGE, competition=stage.competition, display_name="周正清")

    assert wanting(stage) == ()
    assert "周正清" in page()
    assert f"用账号 {account.username} 登录" in page()
    set_active(SetActive(account.id, False, stage.organiser))
    assert wanting(stage) == ("还没有裁判长",)


def test_a_chief_judge_of_another_competition_is_none_here(stage):
    make_account(role=Role.CHIEF_JUDGE, competition=make_competition())
    make_judge(competition=make_competition(), role=Role.CHIEF_JUDGE)

    assert wanting(stage) == ("还没有裁判长",)


def test_who_is_no_longer_chief_judge_confirms_nothing_on_a_device_signed_in_before(stage, client):
    judge = make_judge(competition_id=stage.competition.id, role=Role.CHIEF_JUDGE)
    sign_in_judge(client, judge)
    issue_link(IssueLink(judge.id, judge.name, Role.CHIEF_JUDGE, stage.competition.id, stage.organiser))
    board = f"/scoring/competitions/{stage.competition.id}/board"
    assert client.get(board).status_code == 200

    name_chief(NameChief(stage.competition.id, judge.id, False, stage.organiser))
    assert client.get(board).status_code == 403
    assert set(db.session.scalars(select(SignInLink.role))) == {Role.JUDGE}


def test_a_device_of_a_new_chief_judge_may_confirm_at_once(stage, client):
    judge = stage.judges[0]
    sign_in_judge(client, judge)
    other = sign_in_judge(client.application.test_client(), stage.judges[1])

    name_chief(NameChief(stage.competition.id, judge.id, True, stage.organiser))
    board = f"/scoring/competitions/{stage.competition.id}/board"
    assert client.get(board).status_code == 200
    assert other.get(board).status_code == 403
    roles = dict(db.session.execute(select(SignIn.subject_id, SignIn.role)).all())
    assert roles == {judge.id: Role.CHIEF_JUDGE, stage.judges[1].id: Role.JUDGE}


def test_a_judge_of_another_competition_is_not_named(stage, client):
    stranger = make_judge(competition=make_competition())
    with pytest.raises(NotFoundError):
        name_chief(NameChief(stage.competition.id, stranger.id, True, stage.organiser))
    sign_in_account(client, make_account(role=Role.ORGANISER, competition=stage.competition))
    assert client.post(f"/competitions/{stage.competition.id}/chief-judges", data={"judge": "x"}).status_code == 404
    assert db.session.get(Judge, stranger.id).role is Role.JUDGE


@pytest.mark.parametrize("role", [Role.CHIEF_JUDGE, Role.SUPERVISOR, Role.AUDITOR, Role.TEAM_LEADER])
def test_only_an_organiser_names_the_chief_judge(stage, client, role):
    sign_in_account(client, make_account(role=role, competition=stage.competition))
    path = f"/competitions/{stage.competition.id}/chief-judges"
    assert client.post(path, data={"judge": stage.judges[0].id, "role": "chief_judge"}).status_code == 403


@pytest.mark.parametrize("state", [CompetitionState.ARCHIVED, CompetitionState.CALLED_OFF])
def test_the_judges_of_a_competition_that_is_over_are_only_read(stage, client, page, state):
    with transaction() as session:
        session.get(Competition, stage.competition.id).state = state
    home = f"/competitions/{stage.competition.id}"
    judge = stage.judges[0].id

    assert "裁判名单只读" in page()
    assert "指定为裁判长" not in page()
    facts = {"name": "新裁判", "unit": "某学院", "role": "judge"}
    for path, data in (
        (f"{home}/judges/new", facts),
        (f"{home}/judges/{judge}", facts),
        (f"{home}/judges/{judge}/removals", {}),
        (f"{home}/chief-judges", {"judge": judge, "role": "chief_judge"}),
    ):
        assert client.post(path, data=data).status_code in (409, 422), path
    assert not chiefs_of(stage.competition.id)
