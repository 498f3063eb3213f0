"""Rules that do not hold on the opening day: why, and which of the same programme do."""

from dataclasses import replace
from datetime import date

import pytest

from competitions.standards import CompetitionKey, Pack, load_packs
from competitions.standards.model import Effective
from competitions.standards.validity import is_of_same_programme, lapse, validity

HEBEI_2023 = "hebei.provincial-skills-contest.2023"
HEBEI_2025 = "hebei.provincial-skills-contest.2025"


def pack_named(pack_id: str) -> Pack:
    return next(pack for pack in load_packs() if pack.id == pack_id)


def key(day: date, title: str = "河北省职业技能大赛") -> CompetitionKey:
    return CompetitionKey((title,), ("130000",), day)


def dated(pack: Pack, start: date | None, end: date | None = None, **over: object) -> Pack:
    values = {"start": start, "end": end, "reported": None, "year": None} | over
    return replace(pack, effective=Effective(**values))


@pytest.fixture(scope="module")
def hebei() -> Pack:
    return pack_named(HEBEI_2025)


def test_rules_in_force_on_the_opening_day_are_no_lapse(hebei: Pack):
    pack = dated(hebei, date(2025, 1, 1))

    assert lapse(pack, [pack], key(date(2025, 1, 1))) is None


def test_a_rule_of_tomorrow_names_that_of_today_and_no_other_programme(hebei: Pack):
    old = replace(dated(hebei, date(2020, 1, 1), date(2025, 12, 31)), id="old")
    new = dated(hebei, date(2026, 1, 1))
    elsewhere = replace(dated(pack_named("tianjin.contest-promotion.2024"), date(2020, 1, 1)), supersedes=None)

    found = lapse(new, [old, new, elsewhere], key(date(2025, 12, 31)))

    assert found is not None
    assert found.is_known
    assert found.why == "规则包自 2026-01-01 起有效"
    assert [pack.id for pack in found.instead] == ["old"]


def test_without_another_edition_nothing_is_named(hebei: Pack):
    over = dated(hebei, date(2020, 1, 1), date(2024, 12, 31))

    found = lapse(over, [over], key(date(2025, 3, 1)))

    assert found is not None
    assert found.instead == ()
    assert found.why == "规则包自 2020-01-01 起至 2024-12-31 止有效"


def test_an_unknown_first_day_is_asked_about_and_not_denied(hebei: Pack):
    reported = dated(hebei, None, reported=date(2025, 6, 1))

    found = lapse(reported, [reported], key(date(2025, 3, 1)))

    assert found is not None
    assert not found.is_known


@pytest.mark.parametrize(
    ("effective", "words"),
    [
        (Effective(None, None, None, 2024), "本条只对 2024 年开幕的竞赛有效"),
        (Effective(None, None, None, None, "第八届"), "本条只对第八届有效"),
        (Effective(None, None, None, None), "本条的生效日期不详，见于 不详之日"),
        (Effective(None, None, date(2022, 5, 1), None), "本条的生效日期不详，见于 2022-05-01"),
    ],
)
def test_the_span_is_said_as_the_text_knows_it(effective: Effective, words: str):
    assert validity(effective, "本条") == words


def test_editions_of_one_programme_know_each_other_and_nobody_else():
    packs = {pack.id: pack for pack in load_packs()}

    assert is_of_same_programme(packs[HEBEI_2023], packs[HEBEI_2025])
    assert is_of_same_programme(packs[HEBEI_2025], packs[HEBEI_2023])
    assert not is_of_same_programme(packs[HEBEI_2025], packs["tianjin.contest-promotion.2024"])
