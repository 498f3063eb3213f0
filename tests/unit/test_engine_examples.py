"""The examples of the documentation give what their rules say, reckoned again here by hand or by other means."""

import csv
from fractions import Fraction
from pathlib import Path

import pytest

from scoring.engine.explain import explain, explain_text
from scoring.engine.ranking import rank
from scoring.engine.totals import evaluate
from scoring.formats import read_marks, read_scheme

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"


def ranked(name):
    scheme = read_scheme(EXAMPLES / f"{name}.yaml")
    return rank(evaluate(scheme, read_marks(EXAMPLES / f"{name}.csv", scheme)))


def rows(name):
    with (EXAMPLES / f"{name}.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_diving_drops_two_and_two_of_seven_and_multiplies_the_sum_by_the_difficulty():
    ranking = ranked("diving")
    dives: dict[tuple[str, str, str], list[Fraction]] = {}
    difficulty = {}
    for row in rows("diving"):
        key = (row["contestant"], row["stage"], row["aspect"])
        dives.setdefault(key, []).append(Fraction(row["value"]))
        if row["factor"]:
            difficulty[key] = Fraction(row["factor"])
    for who, stage in {key[:2] for key in dives}:
        by_hand = sum(
            sum(sorted(marks)[2:5]) * difficulty[key] for key, marks in dives.items() if key[:2] == (who, stage)
        )
        assert ranking.result.value(who, stage) == by_hand


def test_diving_finalists_come_first_though_a_semifinal_was_better():
    ranking = ranked("diving")

    assert [(p.contestant, p.rank) for p in ranking.places] == [("乙", 1), ("甲", 2), ("丙", 3)]
    assert ranking.cuts[0].going_on == ("甲", "乙")
    assert ranking.by_contestant["丙"].decided_by == "没有“决赛”成绩，列于其后"
    assert ranking.result.text("甲") == "220.20"


def test_synchronised_diving_trims_each_group_of_judges():
    ranking = ranked("synchronised-diving")

    # 9 9 9 of five, 9 and 9 of three each: (27 + 9 + 9) × 0.6 × 2.0
    assert ranking.result.value("中国", "D1") == Fraction(54)
    assert ranking.result.text("中国") == "132.3"


def test_gymnastics_truncates_where_the_rule_says_and_shows_the_unbroken_tie():
    ranking = ranked("gymnastics")

    assert ranking.result.text("G1", "V1/E") == "9.066"  # 10 − 2.8/3 = 9.0666…
    assert ranking.result.text("G1") == "14.366"
    assert [(p.contestant, p.rank) for p in ranking.places] == [("G2", 1), ("G3", 1), ("G1", 3)]
    assert ranking.ties == (("G2", "G3"),)
    assert any("同分规则未能区分" in warning for warning in ranking.warnings)


def test_welders_are_ranked_by_weights_gates_time_and_states():
    ranking = ranked("welder")
    places = {p.contestant: p for p in ranking.places}

    assert ranking.result.text("01") == "89.36"  # 82.5 × 0.3 + 92.30 × 0.7 = 89.36
    assert (places["01"].rank, places["07"].rank, places["02"].rank) == (1, 2, 3)
    assert places["07"].decided_by == "同分，比较用时"
    assert places["03"].status == "below_gate"
    assert places["03"].reason == "理论知识 58.0 低于 60"
    assert places["05"].status == "disqualified"
    assert places["06"].status == "absent"
    assert all(places[who].rank is None for who in ("03", "04", "05", "06"))


def test_a_time_bonus_may_exceed_the_maximum_and_stops_at_its_own():
    ranking = ranked("welder")

    assert ranking.result.value("03", "M2.2") == 12  # 240 s early: 10 + 24 × 0.1, at most 12
    assert ranking.result.text("01", "M2.2") == "10.3"
    assert ranking.result.text("04", "M2.2") == "9.4"  # 65 s late: six whole steps


def test_deductions_stop_at_the_floor_of_their_module():
    ranking = ranked("welder")

    assert ranking.result.value("04", "M3") == 0
    assert ranking.result.value("02", "M3") == 5
    assert ranking.result.value("01", "M3") == 10


def test_worldskills_judgement_is_the_share_of_nine_rounded_and_held_when_too_far_apart():
    ranking = ranked("worldskills")

    assert ranking.result.text("A01", "A1.J1") == "1.17"  # 1.5 × 7 ÷ 9
    assert ranking.result.text("A02", "A1.J1") == "0.67"  # 1.5 × 4 ÷ 9
    assert ranking.result.text("A02", "A1.M2") == "0.5"  # 1.2 s over: two whole steps of 0.5
    held = ranking.by_contestant["A03"]
    assert (held.status, held.rank) == ("held", None)
    assert not ranking.is_final


def test_the_labour_contest_averages_months_and_a_lost_time_accident_vetoes():
    ranking = ranked("labour-contest")

    assert ranking.result.text("一项目部", "一月/进度") == "20.3"  # 103.2 %: three whole steps of 0.1
    assert ranking.result.value("一项目部", "二月/进度") == 18  # 95.83 %: four whole steps of 0.5
    assert ranking.result.text("一项目部") == "87.00"
    assert ranking.by_contestant["三项目部"].status == "vetoed"
    assert [p.rank for p in ranking.places] == [1, 2, None]


@pytest.mark.parametrize(
    "name", ["diving", "synchronised-diving", "gymnastics", "welder", "worldskills", "labour-contest"]
)
def test_every_example_unfolds_into_sums_that_give_its_totals(name):
    ranking = ranked(name)
    for who in ranking.by_contestant:
        document = explain(ranking, who)
        for node in nodes_of(document["tree"]):
            last = next((rule for rule in reversed(node["rules"]) if "after" in rule), None)
            if node["value"] is not None and last is not None:
                exact = node.get("value_exact", node["value"])
                assert Fraction(last.get("after_exact", last["after"])) == Fraction(exact)
        assert who in explain_text(ranking, who)


def nodes_of(tree):
    yield tree
    for child in tree.get("children", []):
        yield from nodes_of(child)
