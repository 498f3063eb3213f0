"""Prizes by number or share: rounding is data, ties on the cut line are policy, small fields get nothing."""

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certificates.awards.proposing import (
    AwardError,
    Field,
    FormerWinners,
    PrizeRule,
    Rounding,
    Standing,
    TieOnCut,
    award_ranks,
    cut_places,
    prizes,
    round_share,
)

ONE_TWO_THREE = [PrizeRule("一等奖", number=1), PrizeRule("二等奖", number=2), PrizeRule("三等奖", number=3)]
TEN_TWENTY_THIRTY = [
    PrizeRule("一等奖", share=Fraction(10, 100)),
    PrizeRule("二等奖", share=Fraction(20, 100)),
    PrizeRule("三等奖", share=Fraction(30, 100)),
]


def make_standings(*ranks, former=()):
    return [Standing(f"{n:02}", rank, without_award=n in former) for n, rank in enumerate(ranks, start=1)]


def given_prizes(rules, standings, *, tie=TieOnCut.HOLD, rounding=Rounding.DOWN, former=FormerWinners.VACANT, **field):
    size = {"ranked": len(standings), "participants": len(standings)} | field
    return prizes(rules, standings, Field(**size), rounding=rounding, tie=tie, former=former)


def test_fixed_numbers_go_down_the_places():
    awards = given_prizes(ONE_TWO_THREE, make_standings(1, 2, 3, 4, 5, 6, 7))
    assert [award.prize for award in awards] == ["一等奖", "二等奖", "二等奖", "三等奖", "三等奖", "三等奖", None]


@pytest.mark.parametrize(
    ("rounding", "cuts"),
    [(Rounding.DOWN, [2, 6, 13]), (Rounding.HALF_UP, [2, 7, 14]), (Rounding.UP, [3, 8, 16])],
)
def test_the_rounding_of_a_share_is_the_rules_and_changes_who_wins(rounding, cuts):
    assert cut_places(TEN_TWENTY_THIRTY, 24, rounding) == cuts


def test_a_half_is_rounded_up_exactly():
    assert round_share(Fraction(1, 2), 25, Rounding.HALF_UP) == 13
    assert round_share(Fraction(30, 100), 5, Rounding.HALF_UP) == 2
    assert round_share(Fraction(1, 3), 4, Rounding.HALF_UP) == 1


def test_a_cumulative_share_counts_from_the_top():
    rules = [*ONE_TWO_THREE, PrizeRule("优胜奖", up_to_share=Fraction(1, 2))]
    assert cut_places(rules, 24, Rounding.DOWN) == [1, 3, 6, 12]


def test_a_cut_never_reaches_beyond_the_field():
    assert cut_places(ONE_TWO_THREE, 4, Rounding.DOWN) == [1, 3, 4]


@pytest.mark.parametrize(
    ("tie", "prize", "between"),
    [
        (TieOnCut.INCLUDE_ALL, "一等奖", ()),
        (TieOnCut.EXCLUDE, "二等奖", ()),
        (TieOnCut.HOLD, None, ("一等奖", "二等奖")),
    ],
)
def test_a_tie_on_the_cut_line_follows_the_policy(tie, prize, between):
    awards = given_prizes(ONE_TWO_THREE, make_standings(1, 1, 3, 4), tie=tie)
    assert [(a.prize, a.held_between) for a in awards[:2]] == [(prize, between)] * 2
    assert [a.prize for a in awards[2:]] == ["二等奖", "三等奖"]


def test_a_tie_within_one_prize_needs_nobody():
    awards = given_prizes(ONE_TWO_THREE, make_standings(1, 2, 2, 4))
    assert [award.prize for award in awards] == ["一等奖", "二等奖", "二等奖", "三等奖"]


def test_a_tie_on_the_last_cut_is_held_between_a_prize_and_none():
    awards = given_prizes(ONE_TWO_THREE[:1], make_standings(1, 1))
    assert [award.held_between for award in awards] == [("一等奖", ""), ("一等奖", "")]


def test_former_winners_without_award_move_everybody_below_up_and_keep_their_place():
    standings = make_standings(1, 2, 3, 4, former=(1, 3))
    awards = given_prizes(ONE_TWO_THREE, standings, former=FormerWinners.CASCADE)
    assert [(a.rank, a.award_rank, a.prize) for a in awards] == [
        (1, None, None),
        (2, 1, "一等奖"),
        (3, None, None),
        (4, 2, "二等奖"),
    ]


def test_former_winners_whose_place_stays_vacant_move_nobody():
    awards = given_prizes(ONE_TWO_THREE, make_standings(1, 2, former=(1,)), former=FormerWinners.VACANT)
    assert [(a.award_rank, a.prize) for a in awards] == [(None, None), (2, "二等奖")]


def test_a_former_winner_tied_with_others_does_not_move_those_tied():
    ranks = award_ranks(make_standings(1, 1, 3, former=(1,)), FormerWinners.CASCADE)
    assert ranks == {"01": None, "02": 1, "03": 2}


@pytest.mark.parametrize("field", [{"participants": 5, "minimum": 6}, {"demonstration": True}])
def test_too_small_a_field_and_a_demonstration_give_no_prize(field):
    awards = given_prizes(ONE_TWO_THREE, make_standings(1, 2, 3, 4, 5), **field)
    assert {award.prize for award in awards} == {None}
    assert [award.award_rank for award in awards] == [1, 2, 3, 4, 5]


def test_a_field_that_just_reaches_the_minimum_gives_prizes():
    assert given_prizes(ONE_TWO_THREE, make_standings(1), participants=6, minimum=6)[0].prize == "一等奖"


def test_wrong_schemes_are_refused():
    with pytest.raises(AwardError, match="人数或比例"):
        cut_places([PrizeRule("一等奖")], 10, Rounding.DOWN)
    with pytest.raises(AwardError, match="人数或比例"):
        cut_places([PrizeRule("一等奖", number=1, share=Fraction(1, 10))], 10, Rounding.DOWN)
    with pytest.raises(AwardError, match="小于上一奖项"):
        cut_places([PrizeRule("一等奖", number=6), PrizeRule("优胜奖", up_to_share=Fraction(1, 2))], 10, Rounding.DOWN)
    with pytest.raises(AwardError, match="两次"):
        given_prizes(ONE_TWO_THREE, [Standing("01", 1), Standing("01", 2)])


@st.composite
def fields_with_ties(draw):
    groups = draw(st.lists(st.integers(1, 4), min_size=1, max_size=12))
    ranks, place = [], 1
    for size in groups:
        ranks += [place] * size
        place += size
    former = draw(st.sets(st.integers(1, len(ranks)), max_size=4))
    return make_standings(*ranks, former=former)


@given(fields_with_ties(), st.sampled_from(TieOnCut), st.sampled_from(FormerWinners))
def test_equals_are_treated_equally_and_nobody_worse_gets_more(standings, tie, former):
    awards = given_prizes(ONE_TWO_THREE, standings, tie=tie, former=former)
    worth = {"一等奖": 3, "二等奖": 2, "三等奖": 1, None: 0, "": 0}
    eligible = [award for award in awards if award.award_rank is not None]
    for above, below in pairwise(eligible):
        if above.award_rank == below.award_rank:
            assert (above.prize, above.held_between) == (below.prize, below.held_between)
        best_below = max((worth[name] for name in below.held_between), default=worth[below.prize])
        best_above = max((worth[name] for name in above.held_between), default=worth[above.prize])
        assert best_above >= best_below


@given(fields_with_ties(), st.sampled_from(FormerWinners))
def test_excluding_ties_never_gives_more_prizes_than_there_are(standings, former):
    awards = given_prizes(ONE_TWO_THREE, standings, tie=TieOnCut.EXCLUDE, former=former)
    assert sum(award.prize == "一等奖" for award in awards) <= 1
    assert sum(award.prize is not None for award in awards) <= 6


@given(fields_with_ties())
def test_cascading_leaves_no_gap_at_the_top(standings):
    ranks = [rank for rank in award_ranks(standings, FormerWinners.CASCADE).values() if rank is not None]
    assert not ranks or min(ranks) == 1
