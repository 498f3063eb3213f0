"""The page on which units are registered: one a line, each once, while registration is open."""

import pytest
from factories import make_account, make_competition, make_event, sign_in_account
from sqlalchemy import select

from competitions.lifecycle import CompetitionState
from competitions.models import Entrant, Form
from core.db import db
from core.permissions import Role


class Registration:
    """An event of units and somebody before its page."""

    def __init__(self, client, role=Role.ORGANISER, state=CompetitionState.REGISTERING, form=Form.UNIT):
        competition = make_competition(state=state)
        self.event_id = make_event(competition_id=competition.id, form=form).id
        self.client = sign_in_account(client, make_account(role=role, competition=competition))
        self.path = f"/competitions/{competition.id}/events/{self.event_id}/units"
        self.roster = f"/competitions/{competition.id}/roster"

    def add(self, text):
        return self.client.post(self.path, data={"units": text}, follow_redirects=True)

    def names(self):
        query = select(Entrant).where(Entrant.event_id == self.event_id).order_by(Entrant.id)
        return [(entrant.name, entrant.delegation.name) for entrant in db.session.scalars(query)]


@pytest.fixture
def visitor(sqlite_app):
    return sqlite_app.test_client()


def test_units_are_typed_one_a_line_with_their_delegation(visitor):
    page = Registration(visitor)
    text = page.add("一项目部，甲公司\n\n 二项目部 ,甲公司\n丙厂\n").get_data(as_text=True)

    assert page.names() == [("一项目部", "甲公司"), ("二项目部", "甲公司"), ("丙厂", "丙厂")]
    assert "登记了 3 个参赛单位" in text
    assert "二项目部" in text


def test_a_refused_list_is_kept_on_the_page_and_nothing_is_stored(visitor):
    page = Registration(visitor)
    answer = page.add("一项目部,甲\n一项目部,乙")

    assert answer.status_code == 422
    assert "已经报名" in answer.get_data(as_text=True)
    assert "一项目部,乙" in answer.get_data(as_text=True)
    assert page.names() == []


@pytest.mark.parametrize("over", [{"state": CompetitionState.MARKING}, {"form": Form.TEAM}])
def test_there_is_no_form_where_no_unit_can_be_added(visitor, over):
    page = Registration(visitor, **over)

    assert "<textarea" not in page.client.get(page.path).get_data(as_text=True)
    assert page.add("一项目部").status_code == 422


def test_the_roster_leads_to_the_units(visitor):
    page = Registration(visitor)

    assert page.path in page.client.get(page.roster).get_data(as_text=True)


@pytest.mark.parametrize("role", [Role.CHIEF_JUDGE, Role.TEAM_LEADER, Role.AUDITOR])
def test_only_who_takes_in_the_roster_registers_units(visitor, role):
    page = Registration(visitor, role)

    assert page.client.get(page.path).status_code == 403
    assert page.add("一项目部").status_code == 403
