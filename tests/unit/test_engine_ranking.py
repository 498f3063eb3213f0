"""Places, tie chains, gates, statuses, award ranks, cuts and delegations, each on a field small enough to see."""

from fractions import Fraction

import pytest

from scoring.engine.delegation_document import event_standings
from scoring.engine.delegations import DelegationRule, Member, delegation_standings
from scoring.engine.marks import MarkRow, collect_marks
from scoring.engine.plan import field_marks
from scoring.engine.plan_ranking import rank_field
from scoring.engine.ranking import rank, rank_text
from scoring.engine.totals import evaluate
from scoring.formats.yaml_scheme import load_scheme


def ranked(ranking, table, extra="", rows=()):
    codes = sorted({code for marks in table.values() for code in marks})
    children = "".join(f"  - {{code: {code}, max: 1000, missing: nothing, level: module}}\n" for code in codes)
    scheme = load_scheme(f"title: t\n{extra}children:\n{children}ranking: {ranking}\n")
    given = [
        MarkRow(who, code, value=str(value), items={"time": str(marks["time"])} if "time" in marks else {})
        for who, marks in table.items()
        for code, value in marks.items()
        if code != "time"
    ]
    return rank(evaluate(scheme, collect_marks(scheme, [*given, *rows])))


def places(ranking):
    return {place.contestant: rank_text(place.rank) for place in ranking.places}


TIED = {"a": {"A": 9}, "b": {"A": 7}, "c": {"A": 7}, "d": {"A": 5}}


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        ("standard", "1 2 2 4"),
        ("dense", "1 2 2 3"),
        ("average", "1 2.5 2.5 4"),
        ("no_ties", "1 2 2 4"),
        ("ordinal", "1 2 2 4"),
    ],
)
def test_methods_number_ties_in_their_way(method, expected):
    ranking = ranked(f"{{method: {method}}}", TIED)

    assert list(places(ranking).values()) == expected.split()
    assert ranking.ties == (("b", "c"),)
    assert ranking.is_final == (method in {"standard", "dense", "average"})


def test_a_tie_is_broken_by_the_chain_in_its_order_and_says_by_what():
    table = {"a": {"A": 5, "B": 5}, "b": {"A": 6, "B": 4}, "c": {"A": 5, "B": 5}}
    ranking = ranked("{ties: [{node: A, label: 实操}]}", table)

    assert places(ranking) == {"b": "1", "a": "2", "c": "2"}
    assert ranking.by_contestant["a"].decided_by == "同分，比较实操：6 优于 5"
    assert ranking.by_contestant["a"].tied_with == ("c",)


def test_time_breaks_a_tie_and_a_missing_time_comes_last():
    table = {"a": {"A": 5, "time": 90}, "b": {"A": 5, "time": 80}, "c": {"A": 5}}

    assert places(ranked("{ties: [{time: low}]}", table)) == {"b": "1", "a": "2", "c": "3"}


def test_the_best_single_part_then_the_next_best():
    table = {"a": {"A": 9, "B": 5, "C": 6}, "b": {"A": 4, "B": 9, "C": 7}, "c": {"A": 8, "B": 8, "C": 4}}

    assert places(ranked("{ties: [{sorted: [A, B, C]}]}", table)) == {"b": "1", "a": "2", "c": "3"}


def test_more_first_places_then_more_second_places():
    table = {"a": {"A": 9, "B": 1, "C": 5}, "b": {"A": 3, "B": 9, "C": 3}, "c": {"A": 5, "B": 5, "C": 5}}
    ranking = ranked("{ties: [{places: [A, B, C]}]}", table)

    # a: 1st 3rd 1st · b: 3rd 1st 3rd · c: 2nd 2nd 1st
    assert places(ranking) == {"a": "1", "c": "2", "b": "3"}


def test_a_tie_goes_to_the_better_place_in_another_node():
    scheme = load_scheme(
        "title: t\nchildren:\n  - {code: F, max: 10}\n  - {code: P, max: 10, counts: false}\n"
        "ranking: {ties: [{place: P}]}\n"
    )
    rows = [MarkRow("a", "F", value="5"), MarkRow("a", "P", value="6")]
    rows += [MarkRow("b", "F", value="5"), MarkRow("b", "P", value="7")]

    assert places(rank(evaluate(scheme, collect_marks(scheme, rows)))) == {"b": "1", "a": "2"}


JUDGED = """
title: t
children:
  - {code: E, min: 1, max: 10, panel: {drop_high: 1, drop_low: 1}}
ranking: {ties: [TIES]}
"""


def judged(ties, table):
    scheme = load_scheme(JUDGED.replace("TIES", ties))
    rows = [
        MarkRow(who, "E", f"J{index}", str(mark)) for who, marks in table.items() for index, mark in enumerate(marks)
    ]
    return places(rank(evaluate(scheme, collect_marks(scheme, rows))))


def test_all_judges_without_deletion_decide():
    table = {"a": [5, 5, 5, 5, 9], "b": [5, 5, 5, 5, 7]}

    assert judged("{node: E, panel: {combine: sum}}", table) == {"a": "1", "b": "2"}


def test_the_majority_of_judges_decides_between_two_but_not_among_three():
    two = {"a": [6, 6, 6, 1, 3], "b": [5, 5, 5, 9, 5]}
    assert judged("{judges: E}", two) == {"a": "1", "b": "2"}

    circle = {"a": [1, 2, 3], "b": [2, 3, 1], "c": [3, 1, 2]}
    assert set(judged("{judges: E}", circle).values()) == {"1"}


def test_the_skating_system_counts_majorities_of_places():
    scheme = load_scheme(
        "title: t\nchildren:\n  - {code: O, counts: false, min: 1, panel: {combine: sum}}\n"
        "  - {code: Z, kind: external}\nranking: {ties: [{majority: O}]}\n"
    )
    table = {"a": [1, 1, 1, 4, 4], "b": [3, 2, 2, 1, 1], "c": [2, 3, 3, 2, 2], "d": [4, 4, 4, 3, 3]}
    rows = [MarkRow(who, "O", f"J{i}", str(place)) for who, marks in table.items() for i, place in enumerate(marks)]
    rows += [MarkRow(who, "Z", value="0") for who in table]

    # a has three firsts; b four and c three at second or better; d five at fourth
    assert places(rank(evaluate(scheme, collect_marks(scheme, rows)))) == {"a": "1", "b": "2", "c": "3", "d": "4"}


def test_statuses_may_put_last_or_give_zero():
    table = {"a": {"A": 9}, "b": {"A": 7}, "c": {"A": 8}}
    rows = [MarkRow("a", status="disqualified"), MarkRow("d", status="absent")]
    ranking = ranked("{statuses: {disqualified: last, absent: unranked}}", table, rows=rows)

    assert places(ranking) == {"c": "1", "b": "2", "a": "3", "d": ""}


def test_a_missed_gate_ranks_last_or_only_flags():
    def gate(otherwise):
        scheme = load_scheme(
            f"title: t\nchildren: [{{code: A, max: 100, gate: {{at_least: 60, otherwise: {otherwise}}}}},"
            " {code: B, max: 100}]\n"
        )
        rows = [MarkRow("a", "A", value="59"), MarkRow("a", "B", value="100")]
        rows += [MarkRow("b", "A", value="60"), MarkRow("b", "B", value="10")]
        return rank(evaluate(scheme, collect_marks(scheme, rows)))

    assert places(gate("unranked")) == {"b": "1", "a": ""}
    assert places(gate("last")) == {"b": "1", "a": "2"}
    assert gate("last").by_contestant["a"].decided_by == "列于其他选手之后：A 59 低于 60"
    assert places(gate("flag")) == {"a": "1", "b": "2"}
    assert gate("flag").by_contestant["a"].reason == "A 59 低于 60"


def test_former_winners_keep_their_place_and_awards_cascade_or_stay_open():
    rows = [MarkRow("a", award="no")]
    cascade = ranked("{}", TIED, rows=rows)
    keep = ranked("{award_places: keep}", TIED, rows=rows)

    assert [(p.contestant, p.rank, p.award_rank) for p in cascade.places] == [
        ("a", 1, None),
        ("b", 2, 1),
        ("c", 2, 1),
        ("d", 4, 3),
    ]
    assert [p.award_rank for p in keep.places] == [None, 2, 2, 4]


def test_a_demonstration_event_is_ranked_and_not_awarded():
    ranking = ranked("{}", TIED, extra="demonstration: true\n")

    assert [p.rank for p in ranking.places] == [1, 2, 2, 4]
    assert {p.award_rank for p in ranking.places} == {None}


@pytest.mark.parametrize(
    ("ties", "going_on", "undecided"),
    [("all", ("a", "b", "c"), ()), ("none", ("a",), ()), ("decide", ("a",), ("b", "c"))],
)
def test_a_tie_on_the_cut_line_follows_its_policy(ties, going_on, undecided):
    ranking = ranked(f"{{cuts: [{{by: total, places: 2, ties: {ties}, to: 决赛}}]}}", TIED)

    assert (ranking.cuts[0].going_on, ranking.cuts[0].undecided) == (going_on, undecided)
    assert ranking.is_final == (not undecided)


def member(delegation, who, place, value=None, *, event="e", time=None, prize=""):
    values = {} if value is None else {"total": Fraction(value)}
    return Member(delegation, who, event, None if place is None else Fraction(place), values, time, prize)


def test_placement_points_with_the_count_of_higher_places():
    points = tuple((str(place), Fraction(11 - place)) for place in range(1, 7))
    points += tuple((str(place), Fraction(4)) for place in range(7, 11))
    rule = DelegationRule("团体", "place_points", points=points, otherwise=Fraction(1), ties=("places",))
    members = [member("甲", "1", 1), member("甲", "2", 11), member("乙", "3", 2), member("乙", "4", 25)]
    members += [member("丙", "5", 3), member("丙", "6", 8), member("丁", "7", None)]

    found = delegation_standings(rule, members)

    assert [(p.delegation, p.rank, p.value) for p in found] == [
        ("丙", 1, 12),
        ("甲", 2, 11),
        ("乙", 3, 10),
        ("丁", None, 0),
    ]
    level = [member("甲", "1", 2), member("甲", "2", 3), member("乙", "3", 1), member("乙", "4", 4)]
    assert [p.delegation for p in delegation_standings(rule, level)] == ["乙", "甲"]


def test_prize_points_leave_out_teams_without_any():
    rule = DelegationRule(
        "团体",
        "prize_points",
        points=(("一等奖", Fraction(8)), ("二等奖", Fraction(4)), ("三等奖", Fraction(2)), ("未合格", Fraction(0))),
        otherwise=Fraction(1),
        exclude_zero=True,
    )
    members = [member("甲", "1", 1, prize="一等奖"), member("甲", "2", 9), member("乙", "3", 2, prize="二等奖")]
    members += [member("丙", "4", 30, prize="未合格")]

    found = delegation_standings(rule, members)

    assert [(p.delegation, p.rank, p.value) for p in found] == [("甲", 1, 9), ("乙", 2, 4), ("丙", None, 0)]
    assert found[2].reason == "零分队不计名次"


def test_the_best_three_of_each_event_are_summed_and_times_decide():
    rule = DelegationRule("团体", node="total", best=3, at_least=3, ties=("time",))
    members = [
        member("甲", str(i), 1, v, time=Fraction(t)) for i, (v, t) in enumerate([(9, 9), (8, 9), (7, 9), (1, 1)])
    ]
    members += [member("乙", f"b{i}", 1, v, time=Fraction(8)) for i, v in enumerate([8, 8, 8])]
    members += [member("丙", "c", 1, 10)]

    found = delegation_standings(rule, members)

    assert [(p.delegation, p.rank, p.value) for p in found[:2]] == [("乙", 1, 24), ("甲", 2, 24)]
    assert found[2].reason == "计分选手 1 人，少于规定的 3 人"


def test_of_equally_good_members_the_faster_one_counts_whatever_their_numbers():
    rule = DelegationRule("团体", node="total", best=1, ties=("time",))

    for slow, fast in (("1", "2"), ("2", "1")):
        members = [member("甲", slow, 1, 9, time=Fraction(90)), member("甲", fast, 1, 9, time=Fraction(60))]
        members.append(member("乙", "3", 1, 9, time=Fraction(70)))
        assert [(p.delegation, p.rank) for p in delegation_standings(rule, members)] == [("甲", 1), ("乙", 2)]


def test_having_a_next_best_member_is_better_than_having_none():
    rule = DelegationRule("团体", "mean", node="total", ties=("best",))
    members = [member("甲", "1", 1, 9), member("乙", "2", 1, 9), member("乙", "3", 1, 9)]

    assert [(p.delegation, p.rank) for p in delegation_standings(rule, members)] == [("乙", 1), ("甲", 2)]


def test_points_may_be_given_for_a_place_that_is_shared_between_two_numbers():
    rule = DelegationRule("团体", "place_points", points=(("1", Fraction(8)), ("2.5", Fraction(5))))
    members = [member("甲", "1", 1), member("乙", "2", "2.5"), member("丙", "3", "2.5")]

    assert [p.value for p in delegation_standings(rule, members)] == [8, 5, 5]


def test_team_gymnastics_chooses_the_best_of_each_apparatus():
    scheme = load_scheme(
        "title: t\nchildren:\n  - {codes: [VT, UB], max: 20}\ndelegations:\n  - {name: 团体, per: [VT, UB], best: 2}\n"
    )
    marks = {"a": (15, 10), "b": (14, 14), "c": (9, 13), "d": (13, 13)}
    rows = [
        MarkRow(who, code, value=str(value), delegation="中国" if who != "d" else "日本")
        for who, values in marks.items()
        for code, value in zip(("VT", "UB"), values, strict=True)
    ]

    found = event_standings(rank(evaluate(scheme, collect_marks(scheme, rows))))["团体"]

    assert [(p.delegation, p.value) for p in found] == [("中国", 15 + 14 + 14 + 13), ("日本", 26)]


def test_who_does_not_reach_a_summed_segment_is_placed_behind_by_the_first():
    scheme = load_scheme(
        "title: t\nchildren:\n"
        "  - {code: SP, level: stage, children: [{code: E1, max: 10}]}\n"
        "  - {code: FS, level: stage, children: [{codes: [E1, E2], max: 10}]}\n"
        "ranking: {stages: [{by: total, ties: [FS]}, {by: SP}]}\n"
    )
    table = {"a": (5, 6, 6), "b": (6, 5, 6), "c": (9, None, None), "d": (4, None, None), "e": (8, 7, None)}
    rows = [MarkRow(who, "E1", value=str(marks[0]), stage="SP") for who, marks in table.items()]
    rows += [
        MarkRow(who, code, value=str(mark), stage="FS")
        for who, marks in table.items()
        for code, mark in zip(("E1", "E2"), marks[1:], strict=True)
        if mark is not None
    ]
    marks = collect_marks(scheme, rows)
    ranking = rank(evaluate(scheme, marks))

    assert places(ranking) == {"a": "1", "b": "2", "c": "3", "d": "4", "e": ""}
    assert ranking.by_contestant["e"].status == "incomplete"
    assert ranking.by_contestant["a"].decided_by == ""
    assert ranking.by_contestant["b"].decided_by == "同分，比较FS：12 优于 11"
    assert rank_field(scheme, field_marks(marks)).rank.tolist() == [1, 2, 3, 4, 0]
