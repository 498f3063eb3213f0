"""The last rows of a sheet under review: its own sum, the module's value from all seats, or what is missing."""

from copy import deepcopy
from typing import Any

import pytest
from factories import make_account, sign_in_account
from flask import Flask
from flask.testing import FlaskClient
from juries import JURY_SCHEME, Jury

from competitions.models import Entrant, EntrantStatus, Event
from core.db import db, transaction
from core.permissions import Role
from scoring.engine.scheme_document import scheme_from_document
from scoring.jury.sheet_company import company_of
from scoring.jury.sheet_sums import Sums, sheet_sum, sums_of
from scoring.results.computing import ranking_of
from scoring.sheets.board import read_sheet
from scoring.sheets.opening import current_scheme


def sums(jury: Jury, seat: int, entrant: int = 0) -> Sums:
    sheet = jury.sheet(seat, entrant)
    found = read_sheet(jury.competition_id, sheet.id)
    return sums_of(db.session(), found, company_of(db.session(), found.sheet))


def own_sum(
    module: dict[str, Any], marks: dict[str, str | None], seat_aspects: int | None = None
) -> tuple[str, str, str]:
    scheme = scheme_from_document(
        {"title": "焊工", "children": [{"code": "P", "level": "module", "label": "实操"} | module]}
    )
    aspects = scheme.aspects("P")[:seat_aspects]
    found = sheet_sum(scheme, scheme.node("P"), aspects, marks)
    return found.value, found.full, found.why


POINTS = [{"code": code, "label": f"第{code}项", "kind": "points", "max": 10, "step": "0.5"} for code in "ABCDEF"]


def test_what_is_marked_is_added_and_what_is_not_is_named() -> None:
    assert own_sum({"children": POINTS[:2]}, {"A": "7.5", "B": "2"}) == ("9.5", "20", "")
    assert own_sum({"children": POINTS[:2]}, {"A": "7.5"}) == ("7.5", "20", "还缺 第B项")
    assert own_sum({"children": POINTS[:2]}, {"A": "0", "B": None}) == ("0", "20", "还缺 第B项")
    assert own_sum({"children": POINTS}, {"A": "1"})[2] == "还缺 第B项、第C项、第D项、第E项 等 5 项"
    assert own_sum({"children": POINTS[:2]}, {}) == ("", "20", "还没有评")


def test_a_part_of_a_module_is_not_measured_against_the_whole() -> None:
    assert own_sum({"children": POINTS[:2]}, {"A": "7.5"}, seat_aspects=1) == ("7.5", "", "")


def test_weights_and_floors_of_the_scheme_are_followed() -> None:
    deduction = {"code": "D", "label": "违规", "kind": "deduction", "each": 30, "missing": "zero"}
    module = {"children": [{**POINTS[0]}, deduction], "steps": [{"at_least": 0}]}
    assert own_sum(module, {"A": "7.5", "D": "1"})[0] == "0"
    weighted = {
        "weights": "percent",
        "children": [{**POINTS[0], "weight": 70}, {**POINTS[1], "weight": 30}],
    }
    assert own_sum(weighted, {"A": "10", "B": "5"})[0] == "85"


def test_one_sheet_says_that_it_cannot_tell_where_the_scheme_does_not_add() -> None:
    best = {"children": POINTS[:3], "combine": {"method": "sum", "best": 2}}
    assert own_sum(best, {"A": "1", "B": "2", "C": "3"}) == (
        "",
        own_sum(best, {})[1],
        "这个模块不是把各项相加，一张评分表算不出合计",
    )
    summed = {"children": [{**POINTS[0], "panel": {"judges": 3, "combine": "sum"}}]}
    assert own_sum(summed, {"A": "7"})[2] == "有的项目要几席合起来才有分，一张评分表算不出合计"


@pytest.fixture
def jury(app: Flask) -> Jury:
    return Jury()


def test_the_module_waits_for_its_seats_and_then_is_what_the_result_says(jury: Jury) -> None:
    jury.mark(1, {"J1": "1", "J2": "2", "N1": "10:00"})
    jury.submit(1)
    before = sums(jury, 1)
    assert before.sheet is not None
    assert before.module is not None
    assert (before.sheet.value, before.sheet.full) == ("7", "10")
    assert (before.module.value, before.module.why) == ("", "席位 2、3 还没有提交")
    for seat in (2, 3):
        jury.mark(seat, {"J1": "2", "J2": "2"})
        jury.submit(seat)
    after = sums(jury, 2)
    assert after.sheet is not None
    assert after.module is not None
    assert (after.sheet.value, after.sheet.full) == ("4", "")
    event = db.session.get_one(Event, jury.event_id)
    version = current_scheme(db.session(), jury.event_id)
    assert version is not None
    assert after.module.value == ranking_of(db.session(), event, version).result.text("1", "P")
    assert after.module.value.startswith("7.6")


def test_marks_too_far_apart_give_no_figure(jury: Jury) -> None:
    jury.hand_in("0", "1", "3")
    found = sums(jury, 1).module
    assert found is not None
    assert (found.value, found.why) == ("", "有项目分差超限，重新评议以后才有分")


def test_who_is_out_has_no_module_figure(jury: Jury) -> None:
    jury.hand_in("2", "2", "2")
    with transaction() as session:
        session.get_one(Entrant, jury.entrants[0]).status = EntrantStatus.DISQUALIFIED
    assert sums(jury, 1).module is None


def test_a_scheme_that_compares_the_field_gives_a_figure_with_the_result_only(app: Flask) -> None:
    scheme = deepcopy(JURY_SCHEME)
    scheme["children"][0]["children"][0] |= {"steps": [{"relative_to_best": 3}]}
    jury = Jury(scheme)
    jury.hand_in("2", "2", "2")
    found = sums(jury, 1).module
    assert found is not None
    assert found.why == "这套方案要与全场选手比较，计算成绩时才有分"


def test_the_page_shows_the_sum_only_to_who_may_see_the_marks(jury: Jury, client: FlaskClient) -> None:
    sign_in_account(client, make_account(role=Role.CHIEF_JUDGE, competition_id=jury.competition_id))
    address = f"/scoring/competitions/{jury.competition_id}/sheets/{jury.sheet(1).id}"
    jury.mark(1, {"J1": "2", "J2": "2", "N1": "10:00"})
    jury.submit(1)
    assert "本表合计" not in client.get(address).get_data(as_text=True)
    for seat in (2, 3):
        jury.mark(seat, {"J1": "2", "J2": "2"})
        jury.submit(seat)
    page = client.get(address).get_data(as_text=True)
    assert "本表合计" in page
    assert "本模块得分" in page
    assert "<b>8</b>" in page
