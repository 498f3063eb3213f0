"""The analysis page: the figures of the pure report from the marks as they stand, for the board's readers alone."""

from fractions import Fraction

import pytest
from asked import asked
from factories import make_account, make_delegation, make_judge, make_panel, sign_in_account, stored
from marked import SCHEME, Stage
from sqlalchemy import select

from competitions.models import Entrant
from core.clock import now
from core.db import db, transaction
from core.errors import NotFoundError
from core.permissions import Role
from scoring.analysis.gathering import LEAST_REACH, analysis_of, staged_label
from scoring.charts import share_bar, signed_bar
from scoring.jury.models import JudgingSetting

MARKS = [("80", "82", "60"), ("70", "72", "50"), ("90", "90", "71"), ("60", "62", "40"), ("85", "86", "99")]
THEORY = ["60", "50", "70", "40", "65"]


@pytest.fixture
def client(request):
    """A visitor of the very application that the test runs on."""
    kind = "sqlite_app" if "sqlite_app" in request.fixturenames else "app"
    return request.getfixturevalue(kind).test_client()


def marked(entrants=5):
    stage = Stage(entrants)
    stage.mark_all(MARKS[:entrants], THEORY[:entrants])
    return stage


def page(stage, client, role=Role.CHIEF_JUDGE):
    sign_in_account(client, make_account(role=role, competition=stage.competition))
    return client.get(f"/scoring/competitions/{stage.competition.id}/events/{stage.event_id}/analysis")


def test_the_severe_judge_comes_first_with_the_numbers_behind(app):
    stage = marked()
    found = analysis_of(stage.competition.id, stage.event_id)

    (module,) = found.modules
    assert [line.judge for line in module.severity] == [stage.judges[n].name for n in (2, 0, 1)]
    assert module.severity[0].mean == Fraction(-137, 10)
    assert {line.count for line in module.severity} == {5}
    assert found.count == 15
    assert [line.deviation.contestant for line in module.outliers][:1] == ["5"]
    assert {line.performances for line in module.agreement} == {5}
    assert [line.aspect for line in found.aspects] == ["T", "P1"]


def test_a_judge_of_a_contestants_delegation_is_set_beside_the_others(app):
    stage = Stage(5)
    home = make_delegation(competition_id=stage.competition.id, name="唐山市")
    own = make_judge(competition_id=stage.competition.id, delegation_id=home.id)
    with transaction() as session:
        for panel in list(session.get(type(stage.module("P")), stage.module("P").id).panels):
            session.delete(panel)
    make_panel(module_id=stage.module("P").id, judges=[own, *stage.judges[:2]])
    with transaction() as session:
        session.get(Entrant, stage.entrants[0]).delegation_id = home.id
    stage.mark_all([("90", "70", "70"), *MARKS[1:]], THEORY)

    (module,) = analysis_of(stage.competition.id, stage.event_id).modules
    (line,) = [line for line in module.affinity if line.tie == "city"]
    assert (line.judge, line.own_count, line.other_count) == (own.name, 1, 4)
    assert line.own_mean == Fraction(20, 100)


def test_the_page_names_judges_and_never_contestants(app, client):
    stage = marked()
    text = page(stage, client).get_data(as_text=True)

    assert stage.judges[0].name in text
    assert "-13.70" in text
    assert "不是结论" in text
    for name in db.session.scalars(select(Entrant.name)):
        assert name not in text


@pytest.mark.parametrize("opened", [False, True])
def test_before_any_mark_the_page_says_what_will_be_there(sqlite_app, client, opened):
    stage = Stage()
    if opened:
        stage.open()

    assert "还没有可以分析的评分" in page(stage, client).get_data(as_text=True)


def test_half_marked_sheets_are_analysed_as_far_as_they_go(sqlite_app, client):
    stage = Stage(3)
    stage.open()
    stage.mark(0, 1, "80")
    stage.mark(0, 2, "70")
    stage.mark(1, 1, "60")
    assert analysis_of(stage.competition.id, stage.event_id).modules == ()  # the third judge has still to hand in

    stored(JudgingSetting(event_id=stage.event_id, is_blind=False, changed_at=now(), changed_by="赵组织"))
    found = analysis_of(stage.competition.id, stage.event_id)
    assert [(line.judge, line.mean) for line in found.modules[0].severity] == [
        (stage.judges[1].name, -10),
        (stage.judges[0].name, 10),
    ]
    assert page(stage, client).status_code == 200


@pytest.mark.parametrize(("role", "status"), [(Role.SUPERVISOR, 200), (Role.JUDGE, 403), (Role.TEAM_LEADER, 403)])
def test_who_may_see_the_board_may_see_the_analysis_and_nobody_else(sqlite_app, client, role, status):
    assert page(marked(), client, role).status_code == status


def test_an_event_of_another_competition_is_not_found(sqlite_app):
    stage, other = marked(), Stage()

    with pytest.raises(NotFoundError):
        analysis_of(other.competition.id, stage.event_id)


def test_more_contestants_cost_no_more_queries(sqlite_app):
    counts = []
    for size in (2, 5):
        stage = marked(size)
        db.session.expire_all()
        with asked() as statements:
            analysis_of(stage.competition.id, stage.event_id)
        counts.append(len(statements))

    assert counts[0] == counts[1] <= 16


def test_bars_of_judges_who_agree_stay_short(sqlite_app):
    stage = Stage(2)
    stage.mark_all([("80", "80.5", "80"), ("70", "70", "70.5")], ["1", "2"])

    (module,) = analysis_of(stage.competition.id, stage.event_id).modules
    assert module.reach == LEAST_REACH


@pytest.mark.parametrize(
    ("value", "bar"),
    [(Fraction(1, 2), (100, 50, False)), (Fraction(-1, 4), (75, 25, True)), (Fraction(9), (100, 100, False))],
)
def test_a_signed_bar_grows_from_the_middle_and_never_leaves_its_box(value, bar):
    drawn = signed_bar(value, Fraction(1))

    assert (drawn.x, drawn.width, drawn.is_below) == bar


def test_a_share_bar_fills_its_box_at_one():
    assert [share_bar(Fraction(n, 2)) for n in (-1, 0, 1, 2, 3)] == [0, 0, 100, 200, 200]


def test_a_label_carries_its_stage_only_where_there_is_one():
    from scoring.engine.scheme_document import scheme_from_document

    staged = {
        "format": "1",
        "title": "两轮",
        "children": [
            {"codes": ["一轮", "二轮"], "level": "stage", "children": [{"code": "M", "level": "module", "max": 10}]}
        ],
    }
    assert staged_label(scheme_from_document(staged), "一轮/M") == "一轮 · M"
    assert staged_label(scheme_from_document(SCHEME), "P") == "操作技能"
