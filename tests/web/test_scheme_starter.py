"""The first scheme that an event offers: of its own modules, and in order when it is read in again."""

import pytest
from factories import make_account, make_competition, make_event, make_module, sign_in_account

from competitions.models import ModuleKind
from core.permissions import Role
from scoring.formats import read_scheme_bytes


@pytest.fixture
def event(sqlite_app):
    return make_event(competition=make_competition(), name="焊工")


@pytest.fixture
def page(event):
    return f"/scoring/competitions/{event.competition_id}/events/{event.id}/scheme"


@pytest.fixture
def organiser(sqlite_app, event):
    account = make_account(role=Role.ORGANISER, competition=event.competition)
    return sign_in_account(sqlite_app.test_client(), account)


@pytest.mark.parametrize("kind", ["yaml", "xlsx"])
def test_it_has_the_modules_and_weights_of_the_event(organiser, event, page, kind):
    make_module(event=event, code="A", name="理论知识", kind=ModuleKind.EXTERNAL, weight="30")
    make_module(event=event, code="B", name="实际操作", weight="70")
    assert f"{page}/starter.{kind}" in organiser.get(page).get_data(as_text=True)

    scheme = read_scheme_bytes(organiser.get(f"{page}/starter.{kind}").data, f"焊工.{kind}").scheme

    assert [(node.code, node.label) for node in scheme.root.children] == [("A", "理论知识"), ("B", "实际操作")]
    assert scheme.root.full_marks == 100


def test_without_weights_the_modules_are_added(organiser, event, page):
    make_module(event=event, code="A", name="甲", weight="")
    make_module(event=event, code="B", name="乙", weight="")

    scheme = read_scheme_bytes(organiser.get(f"{page}/starter.yaml").data, "焊工.yaml").scheme

    assert scheme.root.full_marks == 200


def test_strangers_do_not_get_it(sqlite_app, event, page):
    make_module(event=event, code="A", name="甲", weight="")
    stranger = sign_in_account(
        sqlite_app.test_client(), make_account(role=Role.ORGANISER, competition=make_competition())
    )

    assert stranger.get(f"{page}/starter.yaml").status_code in (403, 404)
