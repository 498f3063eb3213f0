"""Old encodings of rare characters become the standard ones, and nothing else is touched."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.characters import code_point, is_private_use, standard_characters, unknown_private_use


def gbk_positions() -> list[bytes]:
    return [bytes((0xFE, low)) for low in range(0x50, 0xA1) if low != 0x7F]


def test_the_private_yan_of_old_systems_becomes_the_standard_one() -> None:
    assert standard_characters("\ue863") == "䶮"
    assert standard_characters("王\ue863") == "王䶮"


@pytest.mark.parametrize(("offset", "position"), list(enumerate(gbk_positions())))
def test_every_gbk_position_means_what_gb18030_says(offset: int, position: bytes) -> None:
    mapped = standard_characters(chr(0xE815 + offset))
    decoded = position.decode("gb18030")
    assert not is_private_use(mapped)
    # Python's codec is the edition of 2000: some positions were still private there.
    assert decoded in {mapped, chr(0xE815 + offset)}


@pytest.mark.parametrize(
    ("private", "standard"),
    [
        (0xE81E, 0x9FB4),
        (0xE826, 0x9FB5),
        (0xE82B, 0x9FB6),
        (0xE82C, 0x9FB7),
        (0xE832, 0x9FB8),
        (0xE843, 0x9FB9),
        (0xE854, 0x9FBA),
        (0xE864, 0x9FBB),
        (0xE816, 0x20087),
        (0xE817, 0x20089),
        (0xE818, 0x200CC),
        (0xE831, 0x215D7),
        (0xE83B, 0x2298F),
        (0xE855, 0x241FE),
        (0xE78D, 0xFE10),
        (0xE78E, 0xFE12),
        (0xE796, 0xFE19),
        (0xE7F3, 0x2FFB),
    ],
)
def test_positions_that_the_codec_leaves_private_follow_the_later_editions(private: int, standard: int) -> None:
    assert standard_characters(chr(private)) == chr(standard)


@pytest.mark.parametrize("radical", [chr(point) for point in range(0x2F00, 0x2FD6)])
def test_a_kangxi_radical_becomes_the_character_it_looks_like(radical: str) -> None:
    assert standard_characters(radical) == unicodedata.normalize("NFKC", radical)


@given(st.text())
def test_mapping_twice_is_mapping_once(text: str) -> None:
    once = standard_characters(text)
    assert standard_characters(once) == once
    assert len(once) == len(text)


@pytest.mark.parametrize("name", ["赵頔", "欧阳𬱖", "阿依古丽·买买提", "龘䶮𠮷", "Ⅷ①ﬁ", "黄冏冋"])
def test_real_names_and_compatibility_forms_stay_as_typed(name: str) -> None:
    assert standard_characters(name) == name


def test_only_private_characters_without_a_known_meaning_are_unknown() -> None:
    assert unknown_private_use("王\ue863\ue001李\ue001\U000f0000") == ("\ue001", "\U000f0000")
    assert unknown_private_use("王䶮") == ()


def test_code_points_are_written_with_four_or_more_digits() -> None:
    assert code_point("一") == "U+4E00"
    assert code_point("𬱖") == "U+2CC56"
    assert code_point("A") == "U+0041"
