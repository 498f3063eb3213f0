"""A case says what it knows; what it does not say stays unknown, and a wrong value is refused with its place."""

from datetime import date
from decimal import Decimal

import pytest

from certificates.eligibility import CaseError, Held, read_case
from certificates.eligibility.case import APPOINTED, NO_LEVEL, NO_PRIZE


def make(person=None, competition=None, event=None):
    return read_case({"competition": competition or {}, "event": event or {}, "contestants": [person or {}]})


def person(**facts):
    return make(facts).contestants[0]


def test_nothing_said_is_nothing_known():
    case = make()
    found = case.contestants[0]
    assert found.id == "1"
    facts = ("rank", "award_rank", "prize", "totals", "passed", "identity", "current_level", "birth", "home", "held")
    assert all(getattr(found, fact) is None for fact in facts)
    assert (case.event.kind, case.event.entrants, case.event.top_level) == (None, None, None)
    assert (case.competition.programmes, case.competition.opened_on, case.filed_with) == ((), None, None)


def test_null_is_as_good_as_absent_and_an_empty_list_says_none():
    assert person(held=None).held is None
    assert person(held=[]).held == ()
    assert person(promoted_on=[]).promoted_on == ()
    assert make(competition={"filed_with": []}).filed_with == ()


@pytest.mark.parametrize(
    ("written", "level"),
    [
        (5, 5),
        ("3", 3),
        ("技师", 2),
        ("高级技师", 1),
        ("一级/高级技师", 1),
        ("三级", 3),
        ("无", NO_LEVEL),
        (0, NO_LEVEL),
        ("学徒工", NO_LEVEL),
        ("特级技师", APPOINTED),
        (None, None),
    ],
)
def test_levels_are_read_by_digit_or_name(written, level):
    assert person(current_level=written).current_level == level


@pytest.mark.parametrize(("written", "prize"), [("金牌", "金牌"), ("无", NO_PRIZE), ("", NO_PRIZE), (None, None)])
def test_no_prize_is_not_an_unknown_prize(written, prize):
    assert person(prize=written).prize == prize


def test_the_award_place_counts_where_it_is_given():
    assert person(rank=3, award_rank=1).place == 1
    assert person(rank=3, award_rank=None).place == 3
    assert person().place is None


def test_marks_are_exact_and_empty_ones_are_absent():
    assert person(totals={"理论": "82.50", "实操": 91, "答辩": None}).totals == {
        "理论": Decimal("82.50"),
        "实操": Decimal(91),
    }


def test_titles_may_be_written_short():
    titles = person(
        held=["全国技术能手", {"name": "河北省技术能手", "occupation_code": "6-18-02-04", "on": "2022-05-01"}]
    ).held
    assert titles == (
        Held("全国技术能手", None, None),
        Held("河北省技术能手", "6-18-02-04", date(2022, 5, 1)),
    )


def test_several_programmes_and_regions_may_be_given():
    competition = make(competition={"programme": ["甲赛", "乙赛"], "jurisdiction": ["120000", "131000"]}).competition
    assert competition.programmes == ("甲赛", "乙赛")
    assert competition.jurisdictions == ("120000", "131000")
    assert make(competition={"programme": "甲赛"}).competition.programmes == ("甲赛",)


def test_keys_that_the_format_does_not_know_are_passed_over():
    assert person(nickname="老王", rank=2).rank == 2


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"rank": 0}, "rank"),
        ({"rank": True}, "rank"),
        ({"rank": "第一"}, "rank"),
        ({"award_rank": -1}, "award_rank"),
        ({"current_level": 6}, "技能等级"),
        ({"current_level": "大师"}, "技能等级"),
        ({"birth": "1990/05/01"}, "birth"),
        ({"totals": "82"}, "totals"),
        ({"totals": {"理论": "NaN"}}, "有限"),
        ({"passed": "是"}, "true"),
        ({"held": "全国技术能手"}, "held"),
        ({"held": [7]}, "已获称号"),
        ({"promoted_on": ["去年"]}, "promoted_on"),
        ({"identity": ["职工"]}, "identity"),
    ],
)
def test_a_wrong_fact_is_refused_with_the_contestants_number(facts, words):
    with pytest.raises(CaseError, match="第 1 名选手") as refusal:
        person(**facts)
    assert words in str(refusal.value)


@pytest.mark.parametrize(
    ("event", "words"),
    [({"kind": "pair"}, "kind"), ({"entrants": "many"}, "entrants"), ({"demonstration": "no"}, "demonstration")],
)
def test_a_wrong_event_is_refused(event, words):
    with pytest.raises(CaseError, match=words):
        make(event=event)


@pytest.mark.parametrize("part", ["competition", "event", "contestants"])
def test_a_missing_part_is_refused(part):
    document = {"competition": {}, "event": {}, "contestants": []}
    del document[part]
    with pytest.raises(CaseError, match=part):
        read_case(document)
