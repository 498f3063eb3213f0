"""The empty registration workbook that an organiser sends to the delegations."""

from datetime import date
from urllib.parse import quote

import pytest
from factories import make_account, make_competition, make_event, sign_in_account

from competitions.lifecycle import CompetitionState
from competitions.models import Form
from competitions.roster import Field, read_roster
from core.permissions import Role


@pytest.fixture
def competition(sqlite_app):
    return make_competition(state=CompetitionState.REGISTERING, title="河北大赛")


@pytest.fixture
def organiser(sqlite_app, competition):
    account = make_account(role=Role.ORGANISER, competition=competition)
    return sign_in_account(sqlite_app.test_client(), account)


def test_it_is_linked_beside_the_upload_and_is_understood_when_it_comes_back(organiser, competition):
    make_event(competition=competition, name="焊工")
    rooms = f"/competitions/{competition.id}/roster"

    assert f"{rooms}/template.xlsx" in organiser.get(rooms).get_data(as_text=True)
    workbook = organiser.get(f"{rooms}/template.xlsx")
    assert quote("河北大赛报名汇总表.xlsx") in workbook.headers["Content-Disposition"]
    (table,) = read_roster(workbook.data, "报名汇总表.xlsx", ["焊工"], date(2026, 10, 18)).tables
    assert {Field.NAME, Field.ID_NUMBER, Field.EVENT, Field.DELEGATION} <= set(table.columns)


def test_there_is_none_while_no_person_could_be_registered(organiser, competition):
    make_event(competition=competition, name="六比一创", form=Form.UNIT)
    rooms = f"/competitions/{competition.id}/roster"

    assert "template.xlsx" not in organiser.get(rooms).get_data(as_text=True)
    assert organiser.get(f"{rooms}/template.xlsx").status_code == 409


def test_strangers_do_not_get_it(sqlite_app, competition):
    make_event(competition=competition, name="焊工")
    stranger = sign_in_account(
        sqlite_app.test_client(), make_account(role=Role.ORGANISER, competition=make_competition())
    )

    assert stranger.get(f"/competitions/{competition.id}/roster/template.xlsx").status_code in (403, 404)
