"""What people call the parts of a layout: every item, role and style of the product, copies with their number."""

import pytest

from certificates.layouts.layout import Layout
from certificates.layouts.loading import BACKGROUNDS, ORNAMENTS, builtin_layout, builtin_layouts
from certificates.layouts.names import (
    BACKGROUND_NAMES,
    ITEM_NAMES,
    LAYOUT_NAMES,
    ORNAMENT_NAMES,
    ROLE_NAMES,
    STYLE_NAMES,
    item_name,
)
from certificates.layouts.variables import KNOWN_VARIABLES, variable_name
from certificates.pdf.rendering import check
from core.messages import Said


@pytest.fixture(params=builtin_layouts())
def layout(request: pytest.FixtureRequest) -> Layout:
    return builtin_layout(request.param)


def test_everything_that_a_layout_of_the_product_holds_has_a_name(layout: Layout) -> None:
    assert {item.id for item in layout.items} <= ITEM_NAMES.keys()
    assert layout.fonts.keys() <= ROLE_NAMES.keys()
    assert layout.styles.keys() <= STYLE_NAMES.keys()
    assert layout.name in LAYOUT_NAMES.values()


def test_every_ground_and_ornament_has_a_name_and_no_other() -> None:
    assert BACKGROUND_NAMES.keys() == set(BACKGROUNDS)
    assert ORNAMENT_NAMES.keys() == set(ORNAMENTS)


def test_names_of_variables_and_of_styles_are_told_apart_when_they_are_typed() -> None:
    labels = [variable.label for variable in KNOWN_VARIABLES.values()]
    assert len(set(labels)) == len(labels)
    assert len(set(STYLE_NAMES.values())) == len(STYLE_NAMES)


@pytest.mark.parametrize(
    ("item", "name"),
    [
        ("name", "姓名"),
        ("qr-2", "二维码 2"),
        ("issuer-1", "第一落款单位"),
        ("issuer-1-2", "第一落款单位 2"),
        ("戳记", "戳记"),
        ("x-3", "x-3"),
    ],
)
def test_an_item_is_called_by_its_id_and_a_copy_by_its_number(item: str, name: str) -> None:
    assert item_name(item) == name


def test_a_variable_is_called_by_both_names() -> None:
    assert variable_name("recipient.name") == "姓名（recipient.name）"
    assert variable_name("extra.sponsor") == "extra.sponsor"


def test_what_is_wrong_keeps_its_words_for_another_language(layout: Layout) -> None:
    values = layout.samples() | {"recipient.name": "王\U000323af", "recipient.members": "王\U000323af", "cert.url": ""}
    problems = check(layout, values)
    assert problems
    assert all(isinstance(problem.message, Said) for problem in problems)
    assert all("%" not in problem.message for problem in problems)
