"""Who has signed in and who has not, a line a judge; codes for those who lack one; slips in the order of the panels."""

import re
from collections.abc import Callable
from datetime import timedelta
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
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from competitions.judge_entry.entries import entries_of
from competitions.judges.panels import devices_of
from competitions.lifecycle import CompetitionState
from competitions.models import Competition, Judge
from core.auth import SignIn
from core.db import db, transaction
from core.judge_links import SignInLink
from core.permissions import Role


class Panels:
    """Two events, the second with the judges of whom the first was entered later; a chief without a seat."""

    def __init__(self) -> None:
        self.competition_id = make_competition().id
        self.home = f"/competitions/{self.competition_id}"
        self.late, self.early = (make_judge(competition_id=self.competition_id, name=name) for name in ("后排", "先排"))
        self.chief = make_judge(competition_id=self.competition_id, name="周裁判长", role=Role.CHIEF_JUDGE)
        for name, judges in (("焊工", [self.early]), ("电工", [self.late, self.early])):
            event = make_event(competition_id=self.competition_id, name=name)
            make_panel(module_id=make_module(event=event).id, judges=judges)

    def names(self) -> list[tuple[str, str, int]]:
        """Name, group and number of devices, as the page lists them."""
        db.session.rollback()
        return [(one.judge.name, one.group[1], len(one.devices)) for one in entries_of(self.competition_id)]


@pytest.fixture
def panels(app: Flask) -> Panels:
    return Panels()


@pytest.fixture
def organiser(panels: Panels, client: FlaskClient) -> FlaskClient:
    return sign_in_account(client, make_account(role=Role.ORGANISER, competition_id=panels.competition_id))


def page_of(client: FlaskClient, address: str) -> str:
    return unescape(client.get(address).get_data(as_text=True))


def test_judges_stand_by_event_and_seat_and_once_each(panels: Panels, app: Flask) -> None:
    sign_in_judge(app.test_client(), panels.late)
    assert panels.names() == [("周裁判长", "", 0), ("先排", "焊工（职工）", 0), ("后排", "电工（职工）", 1)]
    assert [one.places for one in entries_of(panels.competition_id)] == [
        [],
        ["焊工（职工）", "电工（职工）"],
        ["电工（职工）"],
    ]


def test_the_page_counts_and_filters(panels: Panels, organiser: FlaskClient, app: Flask) -> None:
    sign_in_judge(app.test_client(), panels.late)
    address = f"{panels.home}/judges/entry"
    organiser.post(f"{panels.home}/judges/links", data={"judge": panels.early.id})
    page = page_of(organiser, address)
    assert "3 名裁判：1 名已登录，1 名有登录码还没有登录，1 名没有登录码。" in page
    shown = {
        name: [
            one
            for one in ("周裁判长", "先排", "后排")
            if f"<b>{one}</b>" in page_of(organiser, f"{address}?show={name}")
        ]
        for name in ("all", "out", "bare", "code", "twice", "unknown")
    }
    assert shown == {
        "all": ["周裁判长", "先排", "后排"],
        "out": ["周裁判长", "先排"],
        "bare": ["周裁判长"],
        "code": ["先排"],
        "twice": [],
        "unknown": ["周裁判长", "先排", "后排"],
    }


def test_a_judge_on_two_devices_has_a_button_for_each(panels: Panels, organiser: FlaskClient, app: Flask) -> None:
    for _ in range(2):
        sign_in_judge(app.test_client(), panels.late)
    assert page_of(organiser, f"{panels.home}/judges/entry?show=twice").count("/revocations") == 2
    first, second = devices_of(panels.competition_id)
    kept = second.id
    organiser.post(f"{panels.home}/devices/{first.id}/revocations")
    db.session.rollback()
    assert [device.id for device in devices_of(panels.competition_id)] == [kept]


def questions(page: str) -> list[str]:
    """What is asked before something is done about the judge of the second event."""
    return re.findall(r'data-confirm="(后排[^"]*)"', page)


def test_a_revocation_says_what_is_known_of_the_device_and_since_when(
    panels: Panels, organiser: FlaskClient, app: Flask
) -> None:
    sign_in_judge(app.test_client(), panels.late)
    (asked,) = questions(page_of(organiser, f"{panels.home}/judges/entry"))
    assert asked.startswith("后排 的这台设备将退出登录。最近一次联系（20")
    assert asked.endswith("）时没有待上传的评分；以后断网评的分，要重新登录后才能上传。")
    with transaction() as session:
        session.scalars(select(SignIn).where(SignIn.competition_id == panels.competition_id)).one().unsent = 3
    (asked,) = questions(page_of(organiser, f"{panels.home}/judges/entry"))
    assert "尚未上传的 3 条评分" in asked


def test_a_code_that_would_end_another_is_asked_about_on_the_page_of_judges_too(
    panels: Panels, organiser: FlaskClient
) -> None:
    assert questions(page_of(organiser, f"{panels.home}/panels")) == []
    organiser.post(f"{panels.home}/judges/links", data={"judge": str(panels.late.id)})
    assert questions(page_of(organiser, f"{panels.home}/panels")) == ["后排 手里还没有用的登录码随即失效。"]


def test_the_device_heard_of_last_tells_the_last_contact(
    panels: Panels, app: Flask, later: Callable[[timedelta], None]
) -> None:
    sign_in_judge(app.test_client(), panels.late)
    later(timedelta(minutes=20))
    sign_in_judge(app.test_client(), panels.late)
    (one,) = (one for one in entries_of(panels.competition_id) if one.devices)
    assert one.seen_at == max(device.last_seen_at for device in db.session.scalars(select(SignIn)))


def issued(competition_id: int) -> dict[str, int]:
    """Name → codes ever issued."""
    db.session.rollback()
    found: dict[str, int] = {}
    for link in db.session.scalars(select(SignInLink).where(SignInLink.competition_id == competition_id)):
        found[link.name] = found.get(link.name, 0) + 1
    return found


def test_codes_for_those_who_lack_one_leave_the_slips_that_are_out_alone(
    panels: Panels, organiser: FlaskClient, app: Flask
) -> None:
    sign_in_judge(app.test_client(), panels.late)
    organiser.post(f"{panels.home}/judges/links", data={"judge": panels.early.id})
    page = unescape(organiser.post(f"{panels.home}/judges/links", data={"who": "bare"}).get_data(as_text=True))
    assert issued(panels.competition_id) == {"先排": 1, "周裁判长": 1}
    assert page.count('class="slips__slip"') == 1
    organiser.post(f"{panels.home}/judges/links")
    assert issued(panels.competition_id) == {"先排": 2, "周裁判长": 2}


def seen_on(client: FlaskClient, path: str) -> dict[str, str]:
    """What the forms of a page say they knew, the same on all of them."""
    (found,) = set(re.findall(r'name="seen" value="(\d+)"', client.get(path).get_data(as_text=True)))
    return {"seen": found}


@pytest.mark.parametrize("page", ["panels", "judges/entry"])
@pytest.mark.parametrize("who", ["one", "bare", "out"])
def test_slips_that_are_reloaded_stay_good(panels: Panels, organiser: FlaskClient, page: str, who: str) -> None:
    form = {"judge": str(panels.early.id)} if who == "one" else {"who": who}
    form |= seen_on(organiser, f"{panels.home}/{page}")
    first = organiser.post(f"{panels.home}/judges/links", data=form).get_data(as_text=True)
    assert 'class="slips__slip"' in first
    before = issued(panels.competition_id)

    again = organiser.post(f"{panels.home}/judges/links", data=form, follow_redirects=True)
    assert again.request.path == f"{panels.home}/judges/entry"
    assert "仍然有效，没有另发" in again.get_data(as_text=True)
    assert issued(panels.competition_id) == before

    form |= seen_on(organiser, f"{panels.home}/{page}") | {"judge": str(panels.early.id)}
    assert 'class="slips__slip"' in organiser.post(f"{panels.home}/judges/links", data=form).get_data(as_text=True)
    assert issued(panels.competition_id)["先排"] == before["先排"] + 1


def test_a_list_that_was_open_while_another_issued_codes_serves_the_others_alone(
    panels: Panels, organiser: FlaskClient
) -> None:
    form = {"who": "out"} | seen_on(organiser, f"{panels.home}/judges/entry")
    organiser.post(f"{panels.home}/judges/links", data={"judge": panels.early.id})
    before = issued(panels.competition_id)
    page = unescape(organiser.post(f"{panels.home}/judges/links", data=form).get_data(as_text=True))
    assert "1 名裁判的登录码在您打开名单以后已经发过" in page
    assert issued(panels.competition_id)["先排"] == before["先排"]
    assert page.count('class="slips__slip"') == sum(issued(panels.competition_id).values()) - sum(before.values()) > 0


def test_the_address_of_the_slips_leads_back_to_the_list_and_issues_nothing(
    panels: Panels, organiser: FlaskClient
) -> None:
    before = issued(panels.competition_id)
    reply = organiser.get(f"{panels.home}/judges/links", follow_redirects=True)
    assert [one.status_code for one in reply.history] == [302]
    assert reply.request.path == f"{panels.home}/judges/entry"
    assert "登录码只在生成时显示一次" in reply.get_data(as_text=True)
    assert issued(panels.competition_id) == before


def test_a_locked_code_counts_as_none(panels: Panels, organiser: FlaskClient) -> None:
    organiser.post(f"{panels.home}/judges/links", data={"judge": panels.early.id})
    with transaction() as session:
        link = session.scalars(select(SignInLink)).one()
        link.locked_at = link.issued_at
    organiser.post(f"{panels.home}/judges/links", data={"who": "bare"})
    assert issued(panels.competition_id)["先排"] == 2


def test_slips_and_pins_name_the_events_in_the_order_of_handing_out(panels: Panels, organiser: FlaskClient) -> None:
    page = unescape(organiser.post(f"{panels.home}/judges/links").get_data(as_text=True))
    slips, pins = page.split('<section class="pins"')
    assert slips.index("先排") < slips.index("后排")
    assert "焊工（职工）、电工（职工）" in slips
    assert pins.index("先排") < pins.index("后排")


def test_judges_of_another_competition_are_not_listed(panels: Panels, organiser: FlaskClient) -> None:
    make_judge(competition=make_competition(), name="外人")
    assert "外人" not in page_of(organiser, f"{panels.home}/judges/entry")


def test_what_is_over_is_only_read(panels: Panels, organiser: FlaskClient) -> None:
    with transaction() as session:
        session.get_one(Competition, panels.competition_id).state = CompetitionState.ARCHIVED
    page = page_of(organiser, f"{panels.home}/judges/entry")
    assert f'action="{panels.home}/judges/links"' not in page


def test_nobody_yet_is_said(client: FlaskClient, app: Flask) -> None:
    competition = make_competition()
    sign_in_account(client, make_account(role=Role.ORGANISER, competition_id=competition.id))
    assert "添加第一名裁判" in page_of(client, f"/competitions/{competition.id}/judges/entry")
    assert db.session.scalar(select(Judge.id)) is None


@pytest.mark.parametrize("role", [Role.CHIEF_JUDGE, Role.SUPERVISOR, Role.TEAM_LEADER])
def test_only_who_invites_judges_sees_their_devices(panels: Panels, client: FlaskClient, role: Role) -> None:
    sign_in_account(client, make_account(role=role, competition_id=panels.competition_id))
    assert client.get(f"{panels.home}/judges/entry").status_code == 403
