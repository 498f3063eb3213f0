"""Regions are chosen by name: every one that is listed, what people write, and what stands beside a code."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from competitions.standards.regions import lies_in, region, region_choices, region_code, region_label, regions

CODES = sorted({found.code for found in regions().values() if found.code.isdigit()} - {"000000"})


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("石家庄市", "130100"),
        ("石家庄", "130100"),
        ("130100", "130100"),
        (" 石家庄市 130100 ", "130100"),
        ("石家庄市130100", "130100"),
        ("石家庄市（130100）", "130100"),
        ("苏州市", "320500"),
        ("雄安", "雄安新区"),
        ("河北雄安新区", "雄安新区"),
        ("130102", "130102"),
        ("长安区 130102", "130102"),
        ("石家庄市所辖 130102", "130102"),
    ],
)
def test_a_region_is_known_by_name_by_code_and_by_both(written, code):
    assert region_code(written) == code


@pytest.mark.parametrize("written", ["", "某地", "13010", "1301000", "990000", "190000", "唐山市 130100", "130100 市"])
def test_what_is_no_region_or_contradicts_itself_is_none(written):
    assert region_code(written) is None


def test_name_and_code_stand_side_by_side():
    assert region_label("130100") == "石家庄市 130100"
    assert region_label("雄安新区") == "河北雄安新区"
    assert region_label("130102") == "石家庄市所辖 130102"
    assert region_label("419001") == "河南省所辖 419001"
    assert region_label("不是代码") == "不是代码"


@given(st.sampled_from(CODES) | st.from_regex(r"\d{6}", fullmatch=True))
def test_a_label_that_is_chosen_gives_its_code_back(code):
    chosen = region_code(region_label(code))

    assert chosen == (region(code).code if f"{code[:2]}0000" in regions() else None)


def test_the_list_has_every_province_with_its_cities_below_it():
    listed = region_choices()
    places = {label: position for position, (label, _) in enumerate(listed)}

    assert len(places) == len(listed)
    assert sum(province == "" for _, province in listed) == 35, "34 and the whole country"
    assert places["河北省 130000"] < places["石家庄市 130100"] < places["河北雄安新区"] < places["山西省 140000"]
    assert dict(listed)["苏州市 320500"] == "江苏省"
    assert dict(listed)["河北雄安新区"] == "河北省"


def test_all_333_prefectures_are_listed_once_and_lie_in_their_province():
    cities = [code for code in CODES if code[2:] != "0000" and code.endswith("00")]

    assert len(cities) == 333
    assert all(lies_in(code, f"{code[:2]}0000") for code in cities)
    assert all(re.search(r"(市|地区|自治州|盟)$", region(code).name) for code in cities)
