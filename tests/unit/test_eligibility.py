"""Flags, open questions and refusals: each with its reasons, never a grant, never a silent no."""

import pytest
from makers_eligibility import answer, make_case, make_pack, shipped

from certificates.eligibility import assess
from competitions.standards import load_packs

HOLDERS = "if_has: {技师: 高级技师}"
FIRST_RULE = "    - class: 一类\n      ranks: [1, 3]\n"
AGES = (
    "promotion:\n",
    "promotion:\n  minimum_ages: {高级工: 18, 技师: 21, cite: {source: D1, quote: 未满18周岁不得晋升高级工}}\n",
)
ONCE = ("promotion:\n", "promotion:\n  once_per_year: {source: D1, quote: 一年一次}\n")
PASS_MARK = (
    "content,\n          shared_rewards, minimum_field, ratios]",
    "content,\n          shared_rewards, minimum_field, ratios]\n"
    "scoring: {pass_mark: {value: 60, cite: {source: D1, quote: 60分为合格}}}",
)
NO_SCORING = ("repeat, scoring, ties", "repeat, ties")


def verdict(*args, **kwargs):
    found = answer(*args, **kwargs)
    return found.decision, found.to_level


@pytest.mark.parametrize(
    ("rank", "level", "expected"),
    [
        (1, 4, ("flagged", 2)),
        (3, 5, ("flagged", 2)),
        (3, 2, ("flagged", 1)),
        (3, "无", ("flagged", 2)),
        (4, 4, ("flagged", 3)),
        (10, 5, ("flagged", 3)),
        (4, 3, ("not_eligible", None)),
        (4, 2, ("not_eligible", None)),
        (11, 5, ("not_eligible", None)),
        (1, 1, ("not_eligible", None)),
        (1, "首席技师", ("not_eligible", None)),
    ],
)
def test_the_new_level_depends_on_place_and_present_level(rank, level, expected):
    assert verdict(make_pack(), rank=rank, current_level=level) == expected


@pytest.mark.parametrize("gone", ["current_level", "rank"])
def test_a_missing_fact_asks_and_says_which(gone):
    found = answer(make_pack(), **{gone: ...})
    assert found.decision == "needs_facts"
    assert any({"current_level": "现技能等级", "rank": "名次"}[gone] in word for word in found.missing)


def test_a_clear_no_needs_no_further_facts():
    assert verdict(make_pack(), rank=11, current_level=...) == ("not_eligible", None)


def test_the_top_level_of_the_occupation_caps_a_promotion():
    assert verdict(make_pack(), current_level=4, case=make_case({}, event={"top_level": 3})) == ("flagged", 3)
    assert verdict(make_pack(), case=make_case({"current_level": 2}, event={"top_level": 2})) == ("not_eligible", None)


def test_an_unknown_top_level_asks():
    found = answer(make_pack(), case=make_case({}, event={"top_level": ...}))
    assert (found.decision, found.to_level) == ("needs_facts", 2)
    assert any("最高等级" in word for word in found.missing)


@pytest.mark.parametrize(
    "event",
    [
        {"occupation_code": "2-02-10-09"},
        {"top_level": "无"},
        {"top_level": 0},
        {"name": "老年病医师", "occupation_code": ..., "top_level": ...},
    ],
)
def test_professional_events_lead_to_no_skill_level(event):
    found = answer(make_pack(), case=make_case({}, event=event))
    assert found.decision == "not_eligible"
    assert "专业技术" in found.reasons[-1].finding


def test_a_text_that_forbids_the_rise_of_holders_is_quoted():
    pack = make_pack((HOLDERS, "if_has: {refused: {source: D1, quote: 已具有技师的不再晋升}}"))
    found = answer(pack, current_level=2)
    assert found.decision == "not_eligible"
    assert found.reasons[-1].citation.text == "已具有技师的不再晋升"


def test_a_text_cut_off_before_its_sentence_on_holders_asks():
    pack = make_pack((HOLDERS, "if_has: unknown"))
    assert verdict(pack, current_level=2)[0] == "needs_facts"
    assert verdict(pack, current_level=3) == ("flagged", 2)


def test_a_step_rises_from_the_present_level_and_stops_at_its_ceiling():
    pack = make_pack(("      to: 高级工\n", "      up: 1\n      at_most: 技师\n"))
    assert verdict(pack, rank=4, current_level=5) == ("flagged", 4)
    assert verdict(pack, rank=4, current_level=3) == ("flagged", 2)
    assert verdict(pack, rank=4, current_level=2) == ("not_eligible", None)


def test_a_level_that_the_text_does_not_name_asks():
    pack = make_pack(("      to: 高级工\n", "      to: unknown\n"))
    assert verdict(pack, rank=4) == ("needs_facts", None)


def test_age_floors_count_completed_years_on_the_opening_day():
    pack = make_pack(AGES)
    assert verdict(pack, rank=4, birth="2007-05-08") == ("flagged", 3)
    assert verdict(pack, rank=4, birth="2007-05-09") == ("not_eligible", None)
    assert verdict(pack, rank=1, birth="2004-05-09") == ("not_eligible", None)
    assert verdict(pack, rank=1, birth=...)[0] == "needs_facts"


def test_one_promotion_a_calendar_year():
    pack = make_pack(ONCE)
    assert verdict(pack, promoted_on=["2025-01-01"])[0] == "not_eligible"
    assert verdict(pack, promoted_on=["2024-12-31"]) == ("flagged", 2)
    assert verdict(pack, promoted_on=...)[0] == "needs_facts"


def test_both_parts_must_be_passed():
    pack = make_pack((FIRST_RULE, FIRST_RULE + "      passed: both\n"), NO_SCORING, PASS_MARK)
    assert verdict(pack, totals={"理论": "60", "实操": "60.00"}) == ("flagged", 2)
    assert verdict(pack, totals={"理论": "59.99", "实操": "100"})[0] == "not_eligible"
    assert verdict(pack, totals={"实操": "100"})[0] == "needs_facts"
    assert verdict(pack, totals=...)[0] == "needs_facts"
    assert verdict(pack, totals=..., passed=True) == ("flagged", 2)
    assert verdict(pack, passed=False)[0] == "not_eligible"


def test_an_unknown_pass_mark_asks_unless_the_case_says_passed():
    pack = make_pack((FIRST_RULE, FIRST_RULE + "      passed: both\n"))
    assert verdict(pack, totals={"理论": "90", "实操": "90"})[0] == "needs_facts"
    assert verdict(pack, passed=True) == ("flagged", 2)


def test_papers_set_below_the_level_asked_for_do_not_count():
    pack = make_pack((FIRST_RULE, FIRST_RULE + "      written_at_least: 技师\n"))
    assert verdict(pack, case=make_case({}, event={"written_at_level": 2})) == ("flagged", 2)
    assert verdict(pack, case=make_case({}, event={"written_at_level": 3}))[0] == "not_eligible"
    assert verdict(pack, case=make_case({}, event={"written_at_level": ...}))[0] == "needs_facts"


def test_the_class_must_be_one_the_rule_names():
    pack = make_pack()
    assert verdict(pack, case=make_case({}, competition={"class": "省级一类"})) == ("flagged", 2)
    assert verdict(pack, case=make_case({}, competition={"class": "省级一类竞赛"})) == ("flagged", 2)
    assert verdict(pack, case=make_case({}, competition={"class": "二类"}))[0] == "not_eligible"
    assert verdict(pack, case=make_case({}, competition={"class": "A类"}))[0] == "needs_facts"
    assert verdict(pack, case=make_case({}, competition={"class": ...}))[0] == "needs_facts"


@pytest.mark.parametrize(
    ("teachers", "decision"), [(None, "needs_facts"), ("true", "flagged"), ("false", "not_eligible")]
)
def test_whether_a_teacher_is_a_worker_is_the_packs_to_say(teachers, decision):
    changes = [(FIRST_RULE, FIRST_RULE + "      identity: 职工\n")]
    if teachers is not None:
        value = f"groups: {{teachers_are_workers: {{value: {teachers}, cite: {{source: D1, quote: 教师}}}}}}\n"
        changes += [("unknown: [groups, forms", value + "unknown: [forms")]
    assert verdict(make_pack(*changes), identity="教师")[0] == decision


@pytest.mark.parametrize(
    ("identity", "decision"),
    [("职工", "flagged"), ("学生", "not_eligible"), ("个体劳动者", "needs_facts"), (..., "needs_facts")],
)
def test_identity_is_held_against_the_rule(identity, decision):
    pack = make_pack((FIRST_RULE, FIRST_RULE + "      identity: 职工\n"))
    assert verdict(pack, identity=identity)[0] == decision


def test_an_honour_for_women_asks_for_the_sex():
    pack = make_pack(("    ranks: [1, 1]\n    verb", "    ranks: [1, 1]\n    sex: 女\n    verb"))
    assert answer(pack, "honour", sex="女").decision == "flagged"
    assert answer(pack, "honour", sex="男").decision == "not_eligible"
    assert answer(pack, "honour", sex=...).decision == "needs_facts"


def test_an_honour_that_needs_filing_is_refused_without_and_asked_about_when_unknown():
    pack = make_pack(("    ranks: [1, 1]\n    verb", "    ranks: [1, 1]\n    filed_with: 团省委\n    verb"))
    filed = {
        "团省委": "flagged",
        "共青团河北省委": "needs_facts",
        "河北省总工会": "not_eligible",
        "某协会": "needs_facts",
    }
    for body, decision in filed.items():
        case = make_case({}, competition={"filed_with": [body]})
        assert answer(pack, "honour", case=case).decision == decision, body
    assert answer(pack, "honour", case=make_case({}, competition={"filed_with": []})).decision == "not_eligible"
    assert answer(pack, "honour", case=make_case({}, competition={"filed_with": ...})).decision == "needs_facts"


FIELD = "minimum_field: {unit: team, at_least: 6, below: %s, cite: {source: D1, quote: 不足6队}}\nunknown: [groups"
NO_FIELD = ("minimum_field, ratios]", "ratios]")


def test_too_few_teams_end_everything_and_unknown_teams_ask():
    pack = make_pack(NO_FIELD, ("unknown: [groups", FIELD % "demonstration_only"))
    for teams, decision in [(6, "flagged"), (5, "not_eligible"), (..., "needs_facts")]:
        decisions = {a.decision for a in assess(make_case({}, event={"teams": teams}), [pack])}
        assert decisions == {decision}


def test_a_field_rule_for_honours_leaves_promotions_alone():
    pack = make_pack(NO_FIELD, ("unknown: [groups", FIELD % "no_honours"))
    decisions = {a.benefit: a.decision for a in assess(make_case({}, event={"teams": 5}), [pack])}
    assert decisions == {"promotion": "flagged", "honour": "not_eligible"}


def test_a_demonstration_event_and_a_missing_result_lead_to_nothing():
    pack = make_pack()
    assert verdict(pack, case=make_case({}, event={"demonstration": True}))[0] == "not_eligible"
    for status in ("absent", "withdrawn", "disqualified", "取消资格"):
        assert verdict(pack, status=status)[0] == "not_eligible"


@pytest.mark.parametrize("opened_on", ["2023-12-31", ...])
def test_a_text_not_in_force_refuses_nobody_but_asks_for_the_rules_of_the_day(opened_on):
    answers = assess(make_case({"rank": 99}, competition={"opened_on": opened_on}), [make_pack()])
    assert {a.decision for a in answers} == {"needs_facts"}
    assert all(a.missing for a in answers)


def test_a_text_past_its_end_asks():
    pack = make_pack(("until: null", "until: 2025-05-07"))
    assert verdict(pack)[0] == "needs_facts"
    assert verdict(pack, case=make_case({}, competition={"opened_on": "2025-05-07"})) == ("flagged", 2)


def test_an_edition_holds_for_its_year_only():
    pack = make_pack(("{from: 2024-01-01, until: null}", "{year: 2025}"))
    assert verdict(pack) == ("flagged", 2)
    assert verdict(pack, case=make_case({}, competition={"opened_on": "2026-01-01"}))[0] == "needs_facts"


def test_a_single_rule_may_have_dates_of_its_own():
    rule = FIRST_RULE + "      effective: {from: 2024-01-01, until: 2024-12-31}\n"
    assert verdict(make_pack((FIRST_RULE, rule)))[0] == "not_eligible"
    in_2024 = make_case({}, competition={"opened_on": "2024-06-01"})
    assert verdict(make_pack((FIRST_RULE, rule)), case=in_2024) == ("flagged", 2)


def test_every_answer_of_every_pack_carries_reasons_with_source_and_mark_and_never_grants():
    case = make_case({}, {"rank": 4, "prize": "优胜奖"}, {"rank": 20, "identity": "学生", "current_level": None})
    answers = assess(case, load_packs())
    assert answers
    for found in answers:
        assert found.decision in ("flagged", "needs_facts", "not_eligible")
        assert found.reasons
        assert (found.decision == "flagged") == all(reason.held is True for reason in found.reasons)
        assert found.decision != "needs_facts" or found.missing
        assert found.decision != "not_eligible" or any(reason.held is False for reason in found.reasons)
        for reason in found.as_json()["reasons"]:
            assert reason["quote"]
            assert reason["source"]
            assert reason["verification"] in "ABCSR"


def test_a_benefit_that_the_text_does_not_speak_of_is_asked_about():
    found = answer(shipped("hebei.provincial-skills-contest.2025"), "honour")
    assert (found.decision, found.name) == ("needs_facts", None)


def test_two_programmes_of_one_event_are_answered_each_by_itself():
    other = make_pack(("id: good.pack.2024", "id: other.pack.2024"), ("      to: 高级工\n", "      to: 中级工\n"))
    answers = assess(make_case({"rank": 4, "current_level": 5}), [make_pack(), other])
    assert {(a.pack, a.to_level) for a in answers if a.benefit == "promotion"} == {
        ("good.pack.2024", 3),
        ("other.pack.2024", 4),
    }


def test_the_best_of_several_fitting_rules_is_flagged_once():
    pack = make_pack(("      ranks: [4, 10]\n", "      everyone: true\n"))
    assert verdict(pack, rank=2) == ("flagged", 2)
    assert verdict(pack, rank=20) == ("flagged", 3)


def test_a_better_level_that_is_still_open_is_asked_about_beside_the_flag():
    pack = make_pack(
        (FIRST_RULE, FIRST_RULE + "      passed: both\n"), ("      ranks: [4, 10]\n", "      everyone: true\n")
    )
    answers = [a for a in assess(make_case({}), [pack]) if a.benefit == "promotion"]
    assert [(a.decision, a.to_level) for a in answers] == [("flagged", 3), ("needs_facts", 2)]


def test_the_time_at_which_a_medal_is_dealt_with_is_among_the_reasons():
    case = make_case({}, competition={"opened_on": "2022-09-01"})
    medal = answer(shipped("guangdong.selection.2022"), "medal", case=case)
    assert any("次年度" in reason.finding for reason in medal.reasons)


def test_a_quota_is_shown_and_does_not_refuse():
    case = make_case({"passed": True}, competition={"opened_on": "2015-09-01"})
    medal = answer(shipped("zhejiang.workers-contest.2015"), "medal", case=case)
    assert medal.decision == "flagged"
    assert any("12名" in word for word in medal.missing)
