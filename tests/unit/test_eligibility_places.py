"""Places under a rule: by form, by share of the field, by prize; where the text is open, so is the answer."""

from fractions import Fraction

import pytest
from makers_eligibility import make_pack, shipped

from certificates.eligibility import Contestant, Event
from certificates.eligibility.case import NO_PRIZE
from certificates.eligibility.places import Places, place_text
from competitions.standards.model import OPEN_END, Selector

SINGLE = Event(kind="single", entrants=24, teams=12)
HEBEI = shipped("hebei.provincial-skills-contest.2025").prizes
GUANGDONG = shipped("guangdong.selection.2022").prizes
SHANXI = shipped("shanxi.provincial-skills-contest.2023").prizes


def held(selector, contestant, event=SINGLE, scheme=None):
    return Places.of(scheme, event).select(selector, contestant).held


def at(rank, **facts):
    return Contestant("1", rank=rank, **facts)


@pytest.mark.parametrize(
    ("kind", "rank", "expected"),
    [
        ("single", 5, True),
        ("single", 6, False),
        ("double", 3, True),
        ("double", 4, False),
        ("triple", 3, None),
        (None, 3, None),
        (None, 4, None),
        (None, 6, False),
    ],
)
def test_ranks_by_form(kind, rank, expected):
    selector = Selector(ranks={"single": (1, 5), "double": (1, 3)})
    assert held(selector, at(rank), Event(kind=kind, entrants=24, teams=12)) is expected


def test_an_open_end_reaches_to_the_last():
    selector = Selector(ranks={"any": (11, OPEN_END)})
    assert [held(selector, at(rank)) for rank in (10, 11, 5000)] == [False, True, True]


@pytest.mark.parametrize(
    ("entrants", "rank", "expected"), [(20, 6, True), (20, 7, False), (24, 7, True), (24, 8, None), (24, 9, False)]
)
def test_a_share_with_unknown_rounding_is_open_only_in_the_fraction(entrants, rank, expected):
    event = Event(kind="single", entrants=entrants)
    assert held(Selector(share=Fraction(3, 10)), at(rank), event) is expected


def test_a_share_with_a_stated_rounding_is_never_open():
    pack = make_pack()
    event = Event(kind="single", entrants=25)
    assert pack.prizes.rounding == "half_up"
    assert held(Selector(share=Fraction(1, 2)), at(13), event, pack.prizes) is True
    assert held(Selector(share=Fraction(1, 2)), at(14), event, pack.prizes) is False


@pytest.mark.parametrize(
    "event", [Event(kind="double", entrants=24), Event(kind="single", teams=24), Event(entrants=24, teams=12)]
)
def test_a_share_of_an_unknown_field_is_open(event):
    assert held(Selector(share=Fraction(1, 2)), at(1), event) is None


def test_a_place_that_is_not_known_is_open_for_ranks_and_shares_and_not_for_everyone():
    nobody = Contestant("1")
    assert held(Selector(ranks={"any": (1, 3)}), nobody) is None
    assert held(Selector(share=Fraction(1, 2)), nobody) is None
    assert held(Selector(everyone=True), nobody) is True
    assert held(Selector(unknown=True), at(1)) is None


def test_places_that_the_text_leaves_open_are_asked_about_and_others_refused():
    selector = Selector(ranks={"any": (1, 1)}, perhaps=Selector(ranks={"any": (1, 5)}))
    assert [held(selector, at(rank)) for rank in (1, 5, 6)] == [True, None, False]


def test_prizes_of_known_reach_follow_from_the_place():
    places = Places.of(SHANXI, Event(kind="single", entrants=30))
    assert [places.possible_prizes(rank) for rank in (3, 4, 8, 9, 18, 19, 20, 21)] == [
        {"一等奖"},
        {"二等奖"},
        {"二等奖"},
        {"三等奖"},
        {"三等奖"},
        {"优胜奖"},
        {"优胜奖"},
        {NO_PRIZE},
    ]


def test_prizes_of_unknown_reach_leave_the_rest_open():
    places = Places.of(HEBEI, SINGLE)
    assert places.possible_prizes(3) == {"铜牌"}
    assert places.possible_prizes(4) == {"优胜奖", NO_PRIZE}


def test_an_upper_bound_of_a_prize_does_not_promise_it():
    places = Places.of(GUANGDONG, Event(kind="single", entrants=60))
    assert places.possible_prizes(1) == {"一等奖", "二等奖", "三等奖", "优胜奖"}
    assert places.possible_prizes(13) == {"优胜奖"}
    assert places.possible_prizes(31) == {NO_PRIZE}


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"rank": 2}, True),
        ({"rank": 2, "prize": "银牌"}, True),
        ({"rank": None, "prize": "银奖"}, True),
        ({"rank": 2, "prize": "优胜奖"}, None),
        ({"rank": 9, "prize": "优胜奖"}, False),
        ({"rank": 9}, False),
        ({"rank": 9, "prize": NO_PRIZE}, False),
        ({"rank": 2, "prize": "特别奖"}, None),
        ({"rank": None}, None),
    ],
)
def test_a_stated_prize_is_held_against_the_place(facts, expected):
    selector = Selector(prizes=("金牌", "银牌", "铜牌"))
    assert held(selector, Contestant("1", **facts), SINGLE, HEBEI) is expected


def test_both_places_are_named_where_they_differ():
    assert place_text(at(3, award_rank=1)) == "竞赛名次 3、授奖名次 1"
    assert place_text(at(3, award_rank=3)) == "名次 3"
    assert place_text(at(4, behind=3)) == "名次在第 3 名以后"
