from hypothesis import given
from hypothesis import strategies as st

from competitions.judges.conflicts import ContestantFacts, Effect, JudgeFacts, conflicts, may_judge

words = st.sampled_from(["", "甲公司", "乙公司", "石家庄市", "唐山市"])
ids = st.sampled_from(["c1", "c2", "c3"])
judges = st.builds(
    JudgeFacts,
    id=st.just("j"),
    name=st.just("钱裁判"),
    unit=words,
    delegation=words,
    person=st.sampled_from(["", "p1"]),
    coached=st.frozensets(ids),
    relatives=st.frozensets(ids),
    declared=st.dictionaries(ids, st.just("师徒")),
)
contestants = st.builds(
    ContestantFacts, id=ids, name=st.just("孙选手"), unit=words, delegation=words, person=st.sampled_from(["", "p1"])
)


@given(judges, contestants)
def test_a_judge_is_barred_exactly_when_a_conflict_bars(judge, contestant):
    found = conflicts([judge], [contestant])
    assert may_judge(judge, contestant) == all(conflict.effect is not Effect.BARS for conflict in found)
    assert may_judge(judge, contestant) == (
        contestant.id not in judge.coached | judge.relatives | judge.declared.keys()
        and not (judge.unit and judge.unit == contestant.unit)
        and not (judge.delegation and judge.delegation == contestant.delegation)
        and not (judge.person and judge.person == contestant.person)
    )


@given(st.lists(judges, max_size=4), st.lists(contestants, max_size=4))
def test_conflicts_of_many_are_the_conflicts_of_each_pair(several, entrants):
    each = [found for judge in several for entrant in entrants for found in conflicts([judge], [entrant])]
    assert conflicts(several, entrants) == each
