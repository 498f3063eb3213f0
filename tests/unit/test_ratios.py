"""Ratio rules of a batch: counted exactly, unknown members said as such, and what would have to change holds."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st
from makers_eligibility import shipped

from certificates.medal_batches.ratios import Member, percent, ratio_view
from competitions.standards.model import Ratio

MEDALS = shipped("national.全国五一劳动奖章.2024").ratios
CITE = MEDALS[0].citation


def batch(belonging, others, unknown=0, group="产业工人"):
    people = [{group: True}] * belonging + [{group: False}] * others + [{}] * unknown
    return [Member(str(n), groups) for n, groups in enumerate(people)]


def line(members, *, at_least=None, at_most=None, of=None, group="产业工人"):
    return ratio_view(members, [Ratio(group, at_least, at_most, of, CITE)])[0]


def test_the_medal_batch_is_held_against_every_rule_of_its_year():
    lines = ratio_view(batch(7, 13), MEDALS)
    assert [found.ratio.group for found in lines] == [
        "产业工人",
        "其他一线职工和专业技术人员",
        "科教人员",
        "农民工",
        "非公有制单位",
        "重点产业",
    ]
    assert lines[0].held is True
    assert lines[1].held is None


def test_exactly_the_bound_holds_and_one_less_does_not():
    assert line(batch(7, 13), at_least=Fraction(35, 100)).held is True
    short = line(batch(6, 14), at_least=Fraction(35, 100))
    assert (short.held, short.exchange, short.add) == (False, 1, 2)
    assert "调换 1 人，或增加 2 人即可符合" in short.sentence


def test_a_part_that_only_rounds_to_the_bound_does_not_hold():
    found = line(batch(349, 651), at_least=Fraction(35, 100))
    assert found.held is False
    assert percent(found.share) == "34.9%"


def test_unknown_members_leave_it_open_only_where_they_can_decide():
    assert line(batch(6, 13, 1), at_least=Fraction(35, 100)).held is None
    assert line(batch(7, 12, 1), at_least=Fraction(35, 100)).held is True
    assert line(batch(1, 18, 1), at_least=Fraction(35, 100)).held is False
    assert "另有 1 人未填" in line(batch(6, 13, 1), at_least=Fraction(35, 100)).sentence


def test_a_maximum_is_counted_on_its_part_of_the_batch():
    people = [{"机关事业单位人员": True, "县处级干部": n < 3} for n in range(10)] + [{"机关事业单位人员": False}] * 20
    members = [Member(str(n), groups) for n, groups in enumerate(people)]
    found = line(members, at_most=Fraction(20, 100), of="机关事业单位人员", group="县处级干部")
    assert (found.size, found.belonging, found.held, found.exchange, found.add) == (10, 3, False, 1, 5)


def test_an_empty_batch_says_nothing():
    found = line([], at_least=Fraction(35, 100))
    assert (found.held, found.share) == (None, None)
    assert "名单为空" in found.sentence


def test_a_rule_of_all_cannot_be_mended_by_adding():
    assert line(batch(1, 1), at_least=Fraction(1)).add is None


@given(st.integers(0, 40), st.integers(0, 40), st.integers(1, 99), st.booleans())
def test_the_change_that_is_named_mends_the_batch_and_one_less_does_not(belonging, others, hundredths, minimum):
    bound = Fraction(hundredths, 100)
    rule = {"at_least": bound} if minimum else {"at_most": bound}
    found = line(batch(belonging, others), **rule)
    if not belonging + others:
        return
    sign = 1 if minimum else -1
    exchanged = line(batch(belonging + sign * found.exchange, others - sign * found.exchange), **rule)
    assert exchanged.held
    if found.exchange:
        fewer = found.exchange - 1
        assert not line(batch(belonging + sign * fewer, others - sign * fewer), **rule).held
        added = (belonging + found.add, others) if minimum else (belonging, others + found.add)
        assert line(batch(*added), **rule).held
