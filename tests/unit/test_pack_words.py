"""A pack in words: every rule says who gets what, under which words, and what nobody has seen is said to be unseen."""

from fractions import Fraction

import pytest
from makers_eligibility import shipped

from competitions.standards import DIMENSIONS, load_packs
from competitions.standards.words import is_verified, percent, quoted, sections, span


def lines(pack_id, name):
    found = [section for section in sections(shipped(pack_id)) if section.name == DIMENSIONS[name]]
    return [f"{line.label}：{line.text}" for line in found[0].lines] if found else []


def test_promotions_name_the_places_the_level_and_what_holders_get():
    assert lines("hebei.provincial-skills-contest.2025", "promotion") == [
        "金牌、银牌、铜牌：晋升技师；已具有技师的升高级技师",
        "优胜奖：可直接晋升高级工；已具有高级工的升技师",
    ]


def test_conditions_stand_beside_the_places():
    (honour,) = lines("tianjin.contest-promotion.2024", "honours")
    assert honour.startswith("天津市技术能手：第 1 名，综合赛、一类，职工")


def test_a_small_field_says_what_then_happens():
    (line,) = lines("hebei.provincial-skills-contest.2025", "minimum_field")
    assert line == "：实际参赛不少于 6 队，不足时设为展示项目"


def test_a_prize_without_known_reach_and_an_unknown_rounding_say_so():
    prizes = lines("hebei.provincial-skills-contest.2025", "prizes")
    assert "优胜奖（优胜）：名次范围未载明" in prizes
    assert prizes[-1] == "名额取整：未载明"


def test_ratios_and_papers_are_listed():
    assert "产业工人：不低于 35%" in lines("national.全国五一劳动奖章.2024", "ratios")
    (papers,) = lines("pingdingshan.may-day-medal.2019", "papers")
    assert papers.count("；") == 6


@pytest.mark.parametrize("pack", load_packs(), ids=lambda pack: pack.id)
def test_every_dimension_is_stated_unknown_or_outside_and_every_line_has_words_and_a_source(pack):
    stated = {section.name for section in sections(pack)}
    for section in sections(pack):
        for line in section.lines:
            assert line.label or line.text
            assert line.citation is not None
            assert "None" not in line.text
    silent = {DIMENSIONS[name] for name in pack.unknown | pack.outside}
    assert stated | silent == set(DIMENSIONS.values())
    assert span(pack.effective)


def test_spans_in_words():
    assert span(shipped("national.全国五一劳动奖章.2024").effective) == "2024 年当届"
    assert span(shipped("hebei.provincial-skills-contest.2025").effective) == "2025-04-26 — 未见废止"


def test_only_an_authority_s_text_counts_as_verified_and_a_summary_says_that_it_is_one():
    assert [is_verified(mark) for mark in "ABCSR"] == [True, False, False, True, False]
    pack = shipped("hebei.provincial-skills-contest.2025")
    words = [quoted(rule.rule.citation) for rule in pack.promotion]
    assert words[0].startswith("〔摘要〕")
    assert words[1] == "获得优胜奖的选手可直接晋升高级工（三级）职业技能等级"


def test_a_share_that_is_not_whole_stays_a_fraction():
    assert percent(Fraction(1, 10)) == "10%"
    assert percent(Fraction(1, 30)) == "1/30"
