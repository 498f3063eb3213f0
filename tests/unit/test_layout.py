"""Layouts are read strictly: whatever is wrong is named with its item and key."""

import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certificates.layouts.layout import SealItem
from certificates.layouts.loading import builtin_layout, builtin_layouts, builtin_source, load_layout
from certificates.layouts.reader import LayoutError
from certificates.layouts.text import LayoutTextError, MissingValueError, parse_text
from certificates.layouts.variables import Scope
from core.errors import NotFoundError

TEXT = {
    "id": "name",
    "type": "text",
    "box": [10, 10, 80, 12],
    "font": "body",
    "size": 20,
    "color": "#000000",
    "text": "{recipient.name}",
}
GOOD: dict[str, Any] = {
    "schema": "cert-layout/1",
    "name": "样张",
    "page": {"width": 210, "height": 148},
    "fonts": {"body": "kai", "strong": "song-bold"},
    "styles": {"award": {"font": "strong", "color": "#c00d1e", "scale": 1.2}},
    "document": {"title": "证书 {recipient.name}", "author": "{issuer.1.name}", "subject": "证书"},
    "items": [TEXT],
}


def changed(*path: Any, to: Any) -> dict[str, Any]:
    """GOOD with one value replaced, or removed if `to` is ..."""
    data = copy.deepcopy(GOOD)
    place: Any = data
    for step in path[:-1]:
        place = place[step]
    if to is ...:
        del place[path[-1]]
    else:
        place[path[-1]] = to
    return data


def test_a_good_layout_is_read_whole() -> None:
    layout = load_layout(json.dumps(GOOD))
    assert (layout.width, layout.height, layout.bleed) == (210, 148, 3)
    assert layout.styles["award"].color == "#C00D1E"
    assert [variable.label for variable in layout.variables()] == ["姓名", "颁发单位1"]
    assert layout.items[0].id == "name"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (changed("schema", to="cert-layout/9"), "schema.*cert-layout/9"),
        (changed("name", to=...), "name 没有写"),
        (changed("surprise", to=1), "surprise 不是版式认得的键"),
        (changed("page", "width", to=5), "page的 width 必须是 50 到 1200"),
        (changed("page", "width", to=True), "page的 width"),
        (changed("page", "height", to="148"), "page的 height"),
        (changed("page", "depth", to=1), "page的 depth"),
        (changed("background", to={"preset": "disco"}), "background的 preset “disco”"),
        (changed("fonts", "body", to="comic"), "fonts的 body “comic”"),
        (changed("fonts", to=[]), "fonts 必须是一个对象"),
        (changed("styles", "award", "font", to="kai"), "styles.award的 font “kai”"),
        (changed("styles", "award", "weight", to=1), "styles.award的 weight"),
        (changed("document", "title", to="{recipient.nmae}"), "document的 title 用了未知的变量“recipient.nmae”"),
        (changed("variables", to={"team": {"label": "队", "sample": "甲"}}), "“team”须以 extra. 开头"),
        (changed("items", to=[]), "items 必须是一个列表"),
        (changed("items", to=[TEXT] * 201), "1 至 200 项"),
        (changed("items", to=[7]), "第 1 项 必须是一个对象"),
        (changed("items", to=[TEXT, TEXT]), "第 2 项.*“name”已用过"),
        (changed("items", 0, "type", to="video"), "第 1 项“name”的 type “video”"),
        (changed("items", 0, "box", to=[10, 10, 80]), "第 1 项“name”的 box 必须是 4 个数"),
        (changed("items", 0, "box", to=[10, 10, 0, 12]), "box 的宽和高"),
        (changed("items", 0, "box", to=[150, 10, 80, 12]), "box 超出了页面"),
        (changed("items", 0, "box", to=[10, 10, float("nan"), 12]), "box"),
        (changed("items", 0, "font", to="title"), "font “title”"),
        (changed("items", 0, "size", to=0), "size 必须是 4 到 300"),
        (changed("items", 0, "min_size", to=30), "min_size 必须是 4 到 20"),
        (changed("items", 0, "color", to="red"), "color 必须写成 #RRGGBB"),
        (changed("items", 0, "align", to="middle"), "align “middle”"),
        (changed("items", 0, "colour", to="#000000"), "第 1 项“name”的 colour 不是版式认得的键"),
        (changed("items", 0, "text", to="{recipient.name"), "落单的“{”"),
        (changed("items", 0, "text", to="<award>一等奖"), "“<award>”没有结束"),
        (changed("items", 0, "text", to="<gold>一等奖</gold>"), "没有定义的样式“gold”"),
        (changed("items", 0, "text", to="{salary}"), "第 1 项“name”的 text 用了未知的变量“salary”"),
        (changed("items", 0, "visible_if", to="!salary"), "visible_if 用了未知的变量“salary”"),
    ],
)
def test_one_mistake_is_named_with_item_and_key(data: dict[str, Any], words: str) -> None:
    with pytest.raises(LayoutError, match=words):
        load_layout(data)


def test_broken_json_is_named_with_its_line() -> None:
    with pytest.raises(LayoutError, match="第 2 行"):
        load_layout('{"schema":\n oops}')
    with pytest.raises(LayoutError, match="对象"):
        load_layout("[]")


def test_a_key_written_twice_is_refused() -> None:
    with pytest.raises(LayoutError, match="“name”写了两次"):
        load_layout('{"name": "a", "name": "b"}')


def test_a_layout_may_declare_variables_of_its_own() -> None:
    declared = {"extra.motto": {"label": "口号", "sample": "劳动光荣", "scope": "group"}}
    data = changed("items", 0, "text", to="{extra.motto}") | {"variables": declared}
    layout = load_layout(data)
    assert layout.variable("extra.motto").sample == "劳动光荣"
    assert layout.is_fixed(layout.items[0])
    assert layout.samples()["extra.motto"] == "劳动光荣"


def test_an_item_is_fixed_when_nothing_in_it_changes_from_person_to_person() -> None:
    layout = builtin_layout("huiwen-gold")
    fixed, varying, seals = layout.layers()
    assert {item.id for item in varying} == {"name", "number", "url", "qr"}
    assert all(isinstance(item, SealItem) for item in seals)
    assert len(fixed) + len(varying) + len(seals) == len(layout.items)
    assert layout.variable("recipient.name").scope is Scope.CERTIFICATE


def test_the_digest_depends_on_the_content_and_not_on_the_spelling() -> None:
    layout = load_layout(GOOD)
    reordered = json.dumps(dict(reversed(GOOD.items())), indent=4, ensure_ascii=True)
    assert load_layout(reordered).digest == layout.digest
    assert load_layout(changed("items", 0, "size", to=21)).digest != layout.digest


@pytest.mark.parametrize("name", builtin_layouts())
def test_every_layout_of_the_product_is_good(name: str) -> None:
    layout = builtin_layout(name)
    assert layout.samples().keys() >= {"cert.number", "cert.url", "issue.date"}
    assert json.loads(builtin_source(name))["schema"] == "cert-layout/1"


def test_an_unknown_layout_is_answered_with_those_there_are() -> None:
    with pytest.raises(NotFoundError, match="huiwen-gold"):
        builtin_layout("../secrets")


def test_visibility_follows_a_value_and_its_absence() -> None:
    item = load_layout(changed("items", 0, "visible_if", to="issuer.2.name")).items[0]
    absent = load_layout(changed("items", 0, "visible_if", to="!issuer.2.name")).items[0]
    for values, shown in (({"issuer.2.name": "甲"}, True), ({"issuer.2.name": "  "}, False), ({}, False)):
        assert item.is_visible(values) is shown
        assert absent.is_visible(values) is not shown
    assert "issuer.2.name" in absent.variables()


def test_text_is_filled_in_order_with_its_styles() -> None:
    template = parse_text("获<award>{award.title}</award>&lt;{award.place?}&gt;")
    segments = template.fill({"award.title": " 一等奖 "})
    assert [(s.text, s.style, s.variable) for s in segments] == [
        ("获", None, None),
        ("一等奖", "award", "award.title"),
        ("<", None, None),
        (">", None, None),
    ]


def test_a_value_that_is_missing_is_refused_by_name() -> None:
    with pytest.raises(MissingValueError, match=r"recipient\.name"):
        parse_text("{recipient.name}").fill({"recipient.name": " "})


@given(st.text())
def test_a_value_is_never_read_as_markup(value: str) -> None:
    segments = parse_text("<award>{award.title?}</award>").fill({"award.title": value})
    assert "".join(segment.text for segment in segments) == value.strip()
    assert {segment.style for segment in segments} <= {"award"}


@pytest.mark.parametrize("source", ["a}b", "a<b", "a>b", "</x>", "<a><b></b></a>", "<a></b>", "{Name}", "{}", "{a b}"])
def test_text_that_is_not_well_formed_is_refused(source: str) -> None:
    with pytest.raises(LayoutTextError):
        parse_text(source)
