"""A judge whose seat was given to somebody else is told so on the tablet, until the seat is the judge's again."""

from copy import deepcopy
from typing import Any

import pytest
from factories import make_judge, sign_in_judge
from flask import Flask
from juries import JURY_SCHEME, Jury

from competitions.models import Judge
from core.db import db
from scoring.jury.substitution import ReplaceJudge, replace_judge
from scoring.jury.tablet_news import seats_passed_on

GIVEN = deepcopy(JURY_SCHEME) | {"default_panel": {"judges": 3, "missing": "use_given"}}


@pytest.fixture
def jury(app: Flask) -> Jury:
    return Jury(GIVEN)


def replace(jury: Jury, leaving: Judge, substitute: Judge | None) -> None:
    taking = substitute.id if substitute else None
    command = (jury.competition_id, jury.module_id, leaving.id, taking, "突发疾病", jury.organiser)
    replace_judge(ReplaceJudge(*command))


def told(judge: Judge) -> list[tuple[Any, ...]]:
    db.session.rollback()
    return [(one["place"], one["moved"], one["is_vacant"]) for one in seats_passed_on(db.session(), judge.id)]


def test_who_was_replaced_learns_where_and_how_many_sheets_went_over(jury: Jury) -> None:
    jury.hand_in("2", "2", "2")
    leaving, substitute = jury.judges[1], make_judge(competition_id=jury.competition_id, name="吴接替")
    assert told(leaving) == []
    replace(jury, leaving, substitute)
    assert told(leaving) == [("美容 · 实际操作", 1, False)]
    assert told(substitute) == told(jury.judges[0]) == []


def test_a_seat_that_nobody_took_is_told_as_vacant(jury: Jury) -> None:
    replace(jury, jury.judges[2], None)
    assert told(jury.judges[2]) == [("美容 · 实际操作", 2, True)]


def test_who_has_the_seat_again_is_told_nothing(jury: Jury) -> None:
    leaving, substitute = jury.judges[1], make_judge(competition_id=jury.competition_id, name="吴接替")
    replace(jury, leaving, substitute)
    replace(jury, substitute, leaving)
    assert told(leaving) == []
    assert told(substitute) == [("美容 · 实际操作", 2, False)]


def test_the_tablet_gets_it_with_its_page_and_its_news(jury: Jury, app: Flask) -> None:
    leaving, substitute = jury.judges[1], make_judge(competition_id=jury.competition_id, name="吴接替")
    replace(jury, leaving, substitute)
    client = sign_in_judge(app.test_client(), leaving)
    news = client.get("/scoring/sheets").get_json()
    (one,) = news["passed_on"]
    assert (one["place"], one["moved"], news["sheets"]) == ("美容 · 实际操作", 2, [])
    assert "的席位已于" in client.get("/tablet").get_data(as_text=True)
    assert client.get("/scoring/sheets").get_json()["passed_on"] == news["passed_on"]
