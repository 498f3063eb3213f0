import pytest

from competitions.judges.conflicts import (
    DEFAULT_RULES,
    ContestantFacts,
    DelegationTie,
    Effect,
    JudgeFacts,
    Tie,
    conflicts,
    delegation_conflicts,
    may_judge,
    panel_conflicts,
)

SUN = ContestantFacts("c1", "孙选手", unit="唐山钢铁有限责任公司", delegation="唐山市", person="p1")


def make_judge(**over):
    return JudgeFacts(
        **({"id": "j1", "name": "钱裁判", "unit": "河北工业职业技术大学", "delegation": "石家庄市"} | over)
    )


def test_a_judge_without_a_tie_may_judge():
    assert may_judge(make_judge(), SUN)
    assert conflicts([make_judge()], [SUN]) == []


@pytest.mark.parametrize(
    ("tie", "facts"),
    [
        (Tie.SAME_PERSON, {"person": "p1"}),
        (Tie.SAME_PERSON, {"same": frozenset({"c1"}), "name": "孙选手"}),
        (Tie.RELATIVE, {"relatives": frozenset({"c1"})}),
        (Tie.COACH, {"coached": frozenset({"c1"})}),
        (Tie.SAME_UNIT, {"unit": "唐山钢铁有限责任公司"}),
        (Tie.SAME_DELEGATION, {"delegation": "唐山市"}),
        (Tie.DECLARED, {"declared": {"c1": "曾是师徒"}}),
    ],
)
def test_every_tie_bars_and_says_why_with_its_source(tie, facts):
    (found,) = conflicts([make_judge(**facts)], [SUN])
    assert (found.tie, found.effect, found.judge, found.contestant) == (tie, Effect.BARS, "j1", "c1")
    assert facts.get("name", "钱裁判") in found.sentence
    assert "%(" not in found.sentence
    assert found.source
    assert not may_judge(make_judge(**facts), SUN)


def test_a_unit_written_with_other_spaces_and_widths_is_the_same_unit():
    judge = make_judge(unit="河钢（唐山） 公司")
    assert not may_judge(judge, ContestantFacts("c", "李选手", unit="河钢(唐山)公司"))


def test_two_unknown_units_are_not_the_same_unit():
    assert may_judge(make_judge(unit="", delegation=""), ContestantFacts("c", "李选手"))
    assert may_judge(make_judge(unit=" ", delegation=" "), ContestantFacts("c", "李选手", unit=" ", delegation=" "))


def test_a_tie_concerns_only_the_contestant_it_is_with():
    stranger = ContestantFacts("c2", "周选手", unit="邯郸热力总公司", delegation="邯郸市")
    found = conflicts([make_judge(coached=frozenset({"c1"}))], [SUN, stranger])
    assert [conflict.contestant for conflict in found] == ["c1"]


def test_a_competition_may_have_milder_rules():
    rules = [rule for rule in DEFAULT_RULES if rule.tie is not Tie.SAME_DELEGATION]
    assert may_judge(make_judge(delegation="唐山市"), SUN, rules)


def test_all_ties_of_one_pair_are_told():
    judge = make_judge(unit=SUN.unit, delegation=SUN.delegation, coached=frozenset({"c1"}))
    assert [c.tie for c in conflicts([judge], [SUN])] == [Tie.COACH, Tie.SAME_UNIT, Tie.SAME_DELEGATION]


def test_judges_of_one_unit_on_a_panel_are_told_once_each():
    panel = [make_judge(id=f"j{n}", name=f"裁判{n}") for n in range(3)] + [make_judge(id="j9", unit="省焊接学会")]
    found = panel_conflicts(panel)
    assert [(c.judge, c.contestant, c.tie) for c in found] == [
        ("j1", "j0", Tie.PANEL_SAME_UNIT),
        ("j2", "j0", Tie.PANEL_SAME_UNIT),
    ]


def test_a_judge_from_the_host_is_disclosed_for_the_whole_event():
    (found,) = panel_conflicts([make_judge()], hosts=["河北工业职业技术大学"])
    assert (found.tie, found.effect, found.contestant) == (Tie.HOST_UNIT, Effect.DISCLOSES, None)


def test_judges_without_a_unit_are_not_colleagues():
    assert panel_conflicts([make_judge(id="a", unit=""), make_judge(id="b", unit="")], hosts=[""]) == []


def test_there_is_one_rule_for_every_tie():
    assert sorted(rule.tie for rule in DEFAULT_RULES) == sorted(Tie)


def test_what_others_say_of_a_judge_is_told_and_bars_nobody_by_itself():
    judge = make_judge(others={"c1": "曾在同一工作室"})
    (found,) = conflicts([judge], [SUN])
    assert (found.tie, found.effect) == (Tie.OTHER, Effect.DISCLOSES)
    assert "曾在同一工作室" in found.sentence
    assert may_judge(judge, SUN)


@pytest.mark.parametrize(
    ("tie", "effect"),
    [
        (Tie.RELATIVE, Effect.BARS),
        (Tie.COACH, Effect.BARS),
        (Tie.DECLARED, Effect.BARS),
        (Tie.OTHER, Effect.DISCLOSES),
        (Tie.LEADER, Effect.BARS),
    ],
)
def test_a_tie_with_a_delegation_is_told_once_where_it_takes_part_and_nowhere_else(tie, effect):
    judge = make_judge(delegation_ties=(DelegationTie(tie, "d1", "唐山市", "集训时带过队"),))
    (found,) = delegation_conflicts([judge], {"d1": ["7"], "d2": []})
    assert (found.contestant, found.tie, found.effect) == (None, tie, effect)
    assert "唐山市" in found.sentence
    assert delegation_conflicts([judge], {"d2": ["8"]}) == []
    assert delegation_conflicts([judge], {"d1": ["7"]}, [rule for rule in DEFAULT_RULES if rule.tie is not tie]) == []


def test_an_equal_name_is_told_and_taken_for_nobody():
    (found,) = conflicts([make_judge(name="孙 选手")], [SUN])
    assert (found.tie, found.effect) == (Tie.SAME_NAME, Effect.DISCLOSES)
    assert SUN.unit in found.sentence
    assert may_judge(make_judge(name="孙选手"), SUN)
    assert conflicts([make_judge(name="孙选乎")], [SUN]) == []
    assert conflicts([make_judge(name=" ")], [ContestantFacts("c", " ")]) == []


def test_a_tie_says_with_which_registrations_it_is():
    judge = make_judge(others={"c1": "x", "c2": "y"}, delegation_ties=(DelegationTie(Tie.OTHER, "d1", "唐山市"),))
    twice = [SUN, ContestantFacts("c2", "孙选手二")]
    assert [found.about for found in conflicts([judge], twice)] == [("other:c1",), ("other:c2",)]
    (found,) = delegation_conflicts([judge], {"d1": ["9", "10"]})
    assert found.about == ("other:d1:10", "other:d1:9")
    panel = [make_judge(id="a"), make_judge(id="b")]
    assert [found.about for found in panel_conflicts(panel, hosts=[panel[0].unit])] == [
        ("host_unit:河北工业职业技术大学",),
        ("host_unit:河北工业职业技术大学",),
        ("panel_same_unit:a",),
    ]
