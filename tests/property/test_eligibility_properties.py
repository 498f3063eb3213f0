"""What must hold for every pack and every person, whatever the facts."""

from dataclasses import replace
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st
from makers_eligibility import make_case

from certificates.eligibility import assess
from certificates.eligibility.relevance import LARGE_FIELD
from competitions.standards import load_packs
from competitions.standards.model import Effective

ALWAYS = Effective(start=date(2000, 1, 1), end=None, reported=None, year=None)
PACKS = [replace(pack, effective=ALWAYS) for pack in load_packs()]
ORDER = {"not_eligible": 0, "needs_facts": 1, "flagged": 2}

held = st.lists(
    st.fixed_dictionaries(
        {
            "name": st.sampled_from(["广东省技术能手", "浙江省技术能手", "连云港技能状元", "河北省技术能手"]),
            "occupation_code": st.sampled_from(["6-18-02-04", "6-18-01-01", None]),
        }
    ),
    max_size=2,
)
people = st.fixed_dictionaries(
    {
        "rank": st.integers(1, 30),
        "award_rank": st.one_of(st.none(), st.integers(1, 30)),
        "prize": st.sampled_from([None, "无", "金牌", "银牌", "一等奖", "二等奖", "三等奖", "优胜奖"]),
        "totals": st.sampled_from(
            [None, {"理论": "59", "实操": "90", "总分": "80"}, {"理论": "70", "实操": "80", "总分": "75"}]
        ),
        "passed": st.sampled_from([None, True, False]),
        "identity": st.sampled_from(["职工", "教师", "学生", "个体劳动者"]),
        "current_level": st.sampled_from([None, 5, 4, 3, 2, 1, "无"]),
        "birth": st.sampled_from(["1990-05-01", "2004-07-01", "2008-01-01", None]),
        "member": st.sampled_from(["main", "second", None]),
        "listed": st.sampled_from([1, 2, None]),
        "home": st.sampled_from(["130300", "131000", "120114", None]),
        "sex": st.sampled_from(["男", "女", None]),
        "held": held,
        "promoted_on": st.sampled_from([[], ["2025-01-01"], None]),
        "status": st.sampled_from([None, None, None, "absent"]),
    }
)
events = st.fixed_dictionaries(
    {
        "name": st.sampled_from(["焊接", "无人机装调检修工"]),
        "kind": st.sampled_from(["single", "double", "triple", "team"]),
        "group": st.sampled_from(["职工", "学生"]),
        "entrants": st.integers(1, 60),
        "teams": st.integers(1, 20),
        "top_level": st.sampled_from([1, 2, 3, None]),
        "written_at_level": st.sampled_from([2, 3, None]),
        "occupation_code": st.sampled_from(["6-18-02-04", "2-02-10-09", "6-20-03-03"]),
    }
)
competitions = st.fixed_dictionaries(
    {
        "class": st.sampled_from(["一类", "二类", "省级一类", "综合赛", "企业", None]),
        "jurisdiction": st.sampled_from(["130000", "120000", ["120114", "131000"], "全国"]),
        "programme": st.sampled_from(["河北省职业技能大赛", "首届通武廊职业技能大赛", "某选拔赛"]),
        "filed_with": st.sampled_from([None, [], ["团省委"]]),
    }
)


def without_cascade():
    """Where places cascade, one person's award place depends on the others by design."""
    return [pack for pack in PACKS if all(rule.policy != "cascade" for rule in pack.repeat)]


@settings(max_examples=30, deadline=None)
@given(st.lists(people, min_size=2, max_size=5), events, competitions, st.booleans())
def test_a_persons_answers_do_not_depend_on_who_else_is_in_the_case(group, event, competition, chosen):
    together = assess(make_case(*group, competition=competition, event=event), without_cascade(), chosen=chosen)
    for number, person in enumerate(group, start=1):
        alone = make_case(person | {"id": str(number)}, competition=competition, event=event)
        mine = [found for found in together if found.contestant == str(number)]
        assert assess(alone, without_cascade(), chosen=chosen) == mine


def test_in_a_large_field_everybody_is_decided_on_as_in_a_small_one():
    levels, identities = [5, 4, 3, 2, 1, None], ["职工", "学生", "教师"]
    crowd = [
        {"rank": n, "current_level": levels[n % 6], "identity": identities[n % 3], "passed": n % 4 > 0}
        for n in range(1, LARGE_FIELD + 2)
    ]
    event = {"entrants": len(crowd)}
    large = assess(make_case(*crowd, event=event), without_cascade())
    for number in (1, 2, 3, 10, 11, 12, 20, 21, 99, 167, 168, 250, 251, 333, 334, 335, 501):
        alone = make_case(crowd[number - 1] | {"id": str(number)}, event=event)
        wanted = [
            (a.pack, a.benefit, a.name, a.decision, a.to_level, a.missing) for a in assess(alone, without_cascade())
        ]
        mine = [a for a in large if a.contestant == str(number)]
        assert [(a.pack, a.benefit, a.name, a.decision, a.to_level, a.missing) for a in mine] == wanted


def best(answers):
    """The most favourable decision for each pack and benefit."""
    found: dict[tuple[str, str, str | None], int] = {}
    for answer in answers:
        key = (answer.pack, answer.benefit, answer.name)
        found[key] = max(found.get(key, 0), ORDER[answer.decision])
    return found


FORGETTABLE = [
    "prize",
    "totals",
    "passed",
    "identity",
    "current_level",
    "birth",
    "member",
    "listed",
    "sex",
    "held",
    "promoted_on",
]


@settings(max_examples=30, deadline=None)
@given(people, events, competitions, st.sampled_from(FORGETTABLE))
def test_forgetting_a_fact_never_turns_a_flag_into_a_no(person, event, competition, fact):
    before = best(assess(make_case(person, competition=competition, event=event), PACKS))
    after = best(assess(make_case(person | {fact: ...}, competition=competition, event=event), PACKS))
    for key, decision in before.items():
        if decision == ORDER["flagged"] and key in after:
            assert after[key] > ORDER["not_eligible"], (key, fact)


@settings(max_examples=30, deadline=None)
@given(people, events, competitions)
def test_a_promotion_always_rises_and_never_passes_the_top(person, event, competition):
    case = make_case(person, competition=competition, event=event)
    for found in assess(case, PACKS):
        if found.benefit == "promotion" and found.decision == "flagged":
            present = case.contestants[0].current_level
            assert 1 <= found.to_level < present
            assert found.to_level >= (case.event.top_level or 1)


@settings(max_examples=30, deadline=None)
@given(people, events, competitions)
def test_a_decision_agrees_with_its_reasons(person, event, competition):
    for found in assess(make_case(person, competition=competition, event=event), PACKS):
        verdicts = {reason.held for reason in found.reasons}
        if found.decision == "flagged":
            assert verdicts == {True}
        elif found.decision == "needs_facts":
            assert None in verdicts
            assert found.missing
        else:
            assert False in verdicts
            assert not found.missing
