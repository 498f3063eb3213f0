"""Team standings from published results: each published formula, the organiser's own figures, nothing unpublished."""

from fractions import Fraction

import pytest
from team_ranked import Teams

from certificates.awards.prizes import prizes_of
from certificates.models import Award
from competitions.models import Event, Form
from core.db import db, transaction
from core.permissions import Role
from scoring.team_standings.formulas import (
    FORMULAS,
    Choice,
    FormulaError,
    formula_of,
    formula_rows,
    points_text,
    read_points,
)


@pytest.fixture
def client(request):
    """A visitor of the very application that the test runs on."""
    kind = "sqlite_app" if "sqlite_app" in request.fixturenames else "app"
    return request.getfixturevalue(kind).test_client()


@pytest.fixture
def teams(app):
    return Teams().show()


def ranks(teams):
    from sqlalchemy import select

    from scoring.models import ResultLine

    return {line.entrant_id: line for line in db.session.scalars(select(ResultLine))}


def test_places_earn_the_published_points(teams):
    by_entrant = ranks(teams)
    own = dict.fromkeys(("甲市", "乙市"), 0)
    for entrant, name in zip(teams.entrants, ("甲市", "甲市", "乙市"), strict=True):
        own[name] += {"1": 10, "2": 9, "3": 8}[by_entrant[entrant].rank]

    assert {name: value for _, name, value, _ in teams.standing("places")} == own
    assert [row[3] for row in teams.standing("places")] == ["团体金牌", "团体银牌"]


def test_the_best_members_are_added_and_fewer_may_be_asked_for(teams):
    totals = {entrant: Fraction(line.total) for entrant, line in ranks(teams).items()}
    first, second, third = (totals[entrant] for entrant in teams.entrants)

    assert {n: v for _, n, v, _ in teams.standing("members")} == {"甲市": first + second, "乙市": third}
    assert {n: v for _, n, v, _ in teams.standing("members", best="1")}["甲市"] == max(first, second)
    assert (None, "乙市") in [row[:2] for row in teams.standing("members", at_least="2")]


def test_prizes_earn_points_and_without_any_prize_the_ranked_have_one(teams):
    assert {row[2] for row in teams.standing("prizes")} == {2, 1}
    prizes = {(teams.snapshot, teams.entrants[2]): "一等奖"}
    assert teams.standing("prizes", prizes=lambda _: prizes)[0][:3] == (1, "乙市", 8)


def test_only_team_events_count_where_the_rule_says_so(teams):
    assert teams.standing("teams") == []
    with transaction() as session:
        session.get(Event, teams.event_id).form = Form.TEAM
    assert len(teams.standing("teams")) == 2


def test_a_demonstration_event_counts_only_when_it_is_chosen(teams):
    with transaction() as session:
        session.get(Event, teams.event_id).is_demonstration = True

    assert teams.standing("places") == []
    assert len(teams.standing("places", chosen=[teams.event_id])) == 2
    assert teams.standing("places", chosen=[]) == []


def test_what_is_computed_and_not_published_is_not_in_the_standing(app, client):
    teams = Teams()
    teams.compute()

    assert teams.standing("places") == []
    assert "还没有公布任何赛项的成绩" in teams.get(client).get_data(as_text=True)


def test_prizes_are_read_where_nothing_is_left_to_decide(teams):
    with transaction() as session:
        for entrant, held in zip(teams.entrants, ([], ["一等奖", "二等奖"]), strict=False):
            session.add(
                Award(
                    snapshot_id=teams.snapshot,
                    event_id=teams.event_id,
                    entrant_id=entrant,
                    prize="一等奖",
                    reason="",
                    held_between=held,
                )
            )

    assert prizes_of([teams.snapshot]) == {(teams.snapshot, teams.entrants[0]): "一等奖"}
    assert prizes_of([]) == {}


@pytest.mark.parametrize("formula", FORMULAS, ids=lambda formula: formula.key)
def test_every_formula_is_printed_beside_its_standing(sqlite_app, client, formula):
    teams = Teams().show()
    text = teams.get(client, f"?formula={formula.key}").get_data(as_text=True)

    assert formula.words in text
    assert "甲市" in text or formula.teams_only


def test_the_organisers_own_points_are_printed_instead_of_the_sentence(sqlite_app, client):
    teams = Teams().show()
    text = teams.get(client, "?formula=places&figures_of=places&best=&at_least=1&points=1%3D5").get_data(as_text=True)

    assert "由组织者另定" in text
    assert FORMULAS[0].words not in text


def test_figures_typed_for_one_formula_do_not_go_over_to_another(sqlite_app, client):
    teams = Teams().show()
    text = teams.get(client, "?formula=members&figures_of=places&best=1&points=1%3D5").get_data(as_text=True)

    assert FORMULAS[2].words in text


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("?formula=nonsense", "没有这种团体计分办法"),
        ("?formula=places&figures_of=places&points=1", "应写成“名次=分数”"),
        ("?formula=places&figures_of=places&points=1%3Dx", "不是数字"),
        ("?formula=members&figures_of=members&best=0", "应为正整数"),
    ],
)
def test_a_choice_that_makes_no_formula_is_said_and_the_page_stays(sqlite_app, client, query, words):
    answer = Teams().show().get(client, query)

    assert answer.status_code == 422
    assert words in answer.get_data(as_text=True)


@pytest.mark.parametrize(("role", "status"), [(Role.CHIEF_JUDGE, 200), (Role.TEAM_LEADER, 403), (Role.JUDGE, 403)])
def test_only_who_may_see_results_sees_the_standing(sqlite_app, client, role, status):
    assert Teams().show().get(client, role=role).status_code == status


def test_points_are_read_as_they_are_written():
    points = read_points("1=10 2=9.5，金牌＝8、3=-1")

    assert points == (("1", 10), ("2", Fraction(19, 2)), ("金牌", 8), ("3", -1))
    assert points_text(points) == "1=10 2=9.5 金牌=8 3=-1"
    for wrong in ("1", "=3", "1=2 1=3", "1=abc"):
        with pytest.raises(FormulaError):
            read_points(wrong)


def test_the_first_six_places_earn_ten_to_five_the_next_four_four_each():
    rule = FORMULAS[0].rule

    assert [int(value) for _, value in rule.points] == [10, 9, 8, 7, 6, 5, 4, 4, 4, 4]
    assert rule.otherwise == 1
    assert formula_rows(formula_of(Choice(at_least="2")).rule)["最少人数"] == "2"
