"""A rule pack with any doubt in it is refused with file and line; a good one says all that its file says."""

from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from makers_eligibility import make_case

from certificates.eligibility import assess
from competitions.standards import PackError, load_pack, load_packs, read_pack
from competitions.standards.model import DIMENSIONS

BAD = Path(__file__).parents[1] / "data" / "bad-packs"
GOOD = BAD / "good.pack.2024.yaml"

REFUSALS = {
    "backward-range": (39, "前小后大"),
    "classes-without-citation": (22, "没有出处"),
    "dimension-without-content": (49, "unknown"),
    "quote-and-summary": (37, "原文"),
    "ratio-without-bound": (50, "at_least"),
    "weights-not-a-hundred": (50, "90"),
    "citation-without-words": (37, "原文"),
    "class-word-twice": (22, "用了两次"),
    "date-not-iso": (14, "不是日期"),
    "dimension-both": (19, "「honours」"),
    "dimension-forgotten": (1, "「minimum_field」"),
    "downward-step": (36, "较高等级"),
    "duplicate-key": (5, "「level」重复"),
    "duplicate-nested-key": (47, "「verb」重复"),
    "empty": (1, "空的"),
    "empty-honours": (42, "unknown"),
    "end-before-start": (6, "早于"),
    "missing-citation": (43, "没有出处"),
    "no-date-at-all": (6, "reported"),
    "no-place": (38, "名次范围"),
    "no-sources": (9, "来源"),
    "no-target": (38, "晋升"),
    "not-yaml": (9, "YAML"),
    "overlapping-prizes": (30, "重叠"),
    "overlapping-promotion": (38, "第 33 行的规则重叠"),
    "place-zero": (45, "不小于 1"),
    "programme-without-name": (8, "programmes"),
    "share-above-one": (39, "比例"),
    "share-as-word": (39, "比例"),
    "two-places": (38, "只写一种"),
    "unknown-benefit": (44, "奖金"),
    "unknown-class": (38, "三类"),
    "unknown-confidence": (5, "「D」"),
    "unknown-key": (36, "「promote」"),
    "unknown-level": (40, "特级技师"),
    "unknown-prize": (39, "特等奖"),
    "unknown-region": (3, "河北北"),
    "unknown-source": (41, "D9"),
    "wrong-date": (6, "2024-13-01"),
    "year-with-other-dates": (6, "year"),
}


def test_every_bad_file_has_its_expected_refusal():
    assert {path.stem for path in BAD.glob("*.yaml")} - {GOOD.stem} == set(REFUSALS)


@pytest.mark.parametrize("name", sorted(REFUSALS))
def test_a_bad_file_is_refused_with_file_line_and_reason(name):
    path = BAD / f"{name}.yaml"
    line, words = REFUSALS[name]
    with pytest.raises(PackError) as refusal:
        read_pack(path.read_text(encoding="utf-8"), path.name)
    assert str(refusal.value).startswith(f"{name}.yaml 第 {line} 行：")
    assert words in str(refusal.value)


def test_the_good_file_is_read_whole():
    pack = load_pack(GOOD)
    assert pack.jurisdiction == "130000"
    assert pack.effective.start == date(2024, 1, 1)
    assert pack.effective.end is None
    assert [rule.target for rule in pack.promotion] == [2, 3]
    assert pack.promotion[0].holders == {2: 1}
    assert pack.promotion[0].rule.citation.clause == "第三条"
    assert pack.promotion[1].rule.citation.clause is None
    assert pack.honours[0].rule.verb == "核准后授予"
    assert pack.honours[0].rule.authority is None
    assert [step.ranks for step in pack.prizes.steps] == [(1, 1), (2, 3)]
    assert pack.sources["D1"].last_still_valid_on is None
    assert "minimum_field" in pack.unknown


def test_a_file_whose_name_is_not_its_id_is_refused(tmp_path):
    path = tmp_path / "other.yaml"
    path.write_text(GOOD.read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.raises(PackError, match=r"good\.pack\.2024\.yaml"):
        load_pack(path)


def test_a_pack_that_replaces_a_missing_one_is_refused(tmp_path):
    text = GOOD.read_text(encoding="utf-8").replace("supersedes: null", "supersedes: gone.pack.2020")
    (tmp_path / GOOD.name).write_text(text, encoding="utf-8")
    with pytest.raises(PackError, match=r"gone\.pack\.2020"):
        load_packs(tmp_path)


def test_shares_are_read_as_exact_fractions():
    text = GOOD.read_text(encoding="utf-8").replace("ranks: [4, 10]", "share: 30%")
    assert read_pack(text, GOOD.name).promotion[1].rule.select.share == Fraction(3, 10)


def test_prize_at_least_means_that_prize_and_all_better_ones():
    text = GOOD.read_text(encoding="utf-8").replace("ranks: [4, 10]", "prize_at_least: 二等奖")
    assert read_pack(text, GOOD.name).promotion[1].rule.select.prizes == ("一等奖", "二等奖")


def test_places_of_different_classes_may_overlap():
    text = GOOD.read_text(encoding="utf-8").replace(
        "    - class: 一类\n      ranks: [4, 10]", "    - class: 二类\n      ranks: [1, 3]"
    )
    assert len(read_pack(text, GOOD.name).promotion) == 2


def test_places_of_different_forms_may_overlap_and_of_the_same_form_may_not():
    text = GOOD.read_text(encoding="utf-8")
    apart = text.replace("ranks: [1, 3]", "ranks: {single: [1, 3]}").replace(
        "ranks: [4, 10]", "ranks: {double: [1, 3]}"
    )
    assert len(read_pack(apart, GOOD.name).promotion) == 2
    with pytest.raises(PackError, match="重叠"):
        read_pack(apart.replace("double: [1, 3]", "double: [1, 3], single: [3, 5]"), GOOD.name)


def test_every_shipped_pack_states_or_lists_as_unknown_every_dimension():
    read_apart = ("classes", "promotion", "honours", "prizes", "repeat", "papers", "minimum_field", "ratios")
    for pack in load_packs():
        stated = set(pack.values) | {name for name in read_apart if getattr(pack, name)}
        assert stated | pack.unknown | pack.outside == set(DIMENSIONS), pack.id
        assert len(stated) + len(pack.unknown) + len(pack.outside) == len(DIMENSIONS), pack.id


def test_the_packs_cover_the_country_from_nation_to_city():
    packs = load_packs()
    assert len(packs) >= 24
    assert {pack.level for pack in packs} >= {"national", "province", "city"}
    assert {pack.confidence for pack in packs} == set("ABCR")


def test_no_quotation_is_shorter_than_a_word_or_longer_than_a_paragraph():
    for pack in load_packs():
        for rule in [p.rule for p in pack.promotion] + [h.rule for h in pack.honours]:
            assert 3 <= len(rule.citation.text) <= 200, (pack.id, rule.citation.text)


def test_a_new_text_is_a_new_file_and_no_line_of_python(tmp_path):
    text = GOOD.read_text(encoding="utf-8").replace("id: good.pack.2024", "id: own.city.2026")
    (tmp_path / "own.city.2026.yaml").write_text(text, encoding="utf-8")
    (tmp_path / GOOD.name).write_text(GOOD.read_text(encoding="utf-8"), encoding="utf-8")
    packs = load_packs(tmp_path)
    assert [pack.id for pack in packs] == ["good.pack.2024", "own.city.2026"]
    answers = assess(make_case({}), packs)
    assert {(a.pack, a.decision) for a in answers if a.benefit == "promotion"} == {
        ("good.pack.2024", "flagged"),
        ("own.city.2026", "flagged"),
    }


def test_two_files_with_one_id_are_refused(tmp_path):
    sub = tmp_path / "a"
    sub.mkdir()
    text = GOOD.read_text(encoding="utf-8")
    (sub / GOOD.name).write_text(text, encoding="utf-8")
    assert len(load_packs(sub)) == 1
    (sub / "twin.yaml").write_text(text, encoding="utf-8")
    load_packs.cache_clear()
    with pytest.raises(PackError, match=r"twin\.yaml"):
        load_packs(sub)
