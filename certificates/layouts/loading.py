"""Layouts read from JSON: those of the product and those of an organiser, by the same strict reader."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from certificates.layouts.layout import (
    Box,
    ImageItem,
    Item,
    Layout,
    OrnamentItem,
    ParagraphItem,
    QrItem,
    SealItem,
    Style,
    TextItem,
)
from certificates.layouts.reader import Fields, LayoutError, read_json
from certificates.layouts.text import LayoutTextError, TextTemplate, parse_text
from certificates.layouts.variables import EXTRA_PREFIX, KNOWN_VARIABLES, Scope, Variable
from core.errors import NotFoundError
from core.messages import said

SCHEMA = "cert-layout/1"
FACES = ("kai", "song", "song-bold", "brush")
BACKGROUNDS = ("none", "huiwen-gold", "red-border", "modern-blue", "team-ribbon", "unit-plaque", "coach-olive")
ORNAMENTS = ("emblem", "divider", "medal")
ROLES = ("H1", "H2", "P")
ALIGNMENTS = ("left", "center", "right")
BUILTIN = Path(__file__).parent
_SMALLEST, _LARGEST = 4, 300
_MOST_ITEMS = 200


def load_layout(source: str | Mapping[str, Any]) -> Layout:
    """Read a layout.

    Args:
        source: JSON text, or the data already read.

    Returns:
        The layout, with every box on the page and every variable known.

    Raises:
        LayoutError: anything unknown, missing or out of bounds, with item and key.
    """
    data = read_json(source) if isinstance(source, str) else dict(source)
    fields = Fields(data, said("版式"))
    fields.choice("schema", (SCHEMA,))
    name = fields.text("name")
    width, height, bleed = _page(fields)
    background, asset, paper = _background(fields)
    fonts = fields.words("fonts", FACES)
    context = _Context(
        fonts=fonts,
        styles=fields.table("styles", lambda style: _style(style, fonts), {}),
        extra=_extra(fields),
        page=Box(-bleed, -bleed, width + 2 * bleed, height + 2 * bleed),
    )
    samples = _samples(fields, context)
    title, author, subject = _document(fields, context)
    items = _items(fields.take("items"), context)
    fields.close()
    return Layout(
        name=name,
        width=width,
        height=height,
        bleed=bleed,
        background=background,
        background_asset=asset,
        paper=paper,
        fonts=fonts,
        styles=context.styles,
        extra=context.extra,
        own_samples=samples,
        title=title,
        author=author,
        subject=subject,
        items=items,
        digest=_digest(data),
    )


def builtin_layouts() -> tuple[str, ...]:
    """Give the names of the layouts that come with the product."""
    return tuple(sorted(path.stem for path in BUILTIN.glob("*.json")))


def builtin_source(name: str) -> str:
    """Give the JSON text of a layout that comes with the product, as a start for one's own.

    Raises:
        NotFoundError: there is none of this name.
    """
    if name not in builtin_layouts():
        raise NotFoundError("没有名为“%(name)s”的版式；可用：%(names)s", name=name, names="、".join(builtin_layouts()))
    return (BUILTIN / f"{name}.json").read_text(encoding="utf-8")


def builtin_layout(name: str) -> Layout:
    """Read a layout that comes with the product; errors as `builtin_source`."""
    return load_layout(builtin_source(name))


@dataclass(frozen=True, slots=True)
class _Context:
    """What the items of a layout refer to."""

    fonts: Mapping[str, str]
    styles: Mapping[str, Style]
    extra: Mapping[str, Variable]
    page: Box

    def template(self, fields: Fields, key: str, default: str | None = None) -> TextTemplate:
        source = fields.text(key) if default is None else fields.text(key, default)
        try:
            template = parse_text(source)
        except LayoutTextError as error:
            raise fields.refuse(key, said("写法不对：%(error)s", error=said(error.message, **error.params))) from error
        for name in sorted(template.variables()):
            self.require_variable(fields, key, name)
        for style in sorted(template.styles() - self.styles.keys()):
            raise fields.refuse(key, said("用了没有定义的样式“%(style)s”", style=style))
        return template

    def require_variable(self, fields: Fields, key: str, name: str) -> None:
        if name not in KNOWN_VARIABLES and name not in self.extra:
            raise fields.refuse(key, said("用了未知的变量“%(name)s”", name=name))

    def variable(self, name: str) -> Variable:
        return self.extra[name] if name in self.extra else KNOWN_VARIABLES[name]

    def font(self, fields: Fields) -> str:
        return fields.choice("font", self.fonts.keys())


def _page(fields: Fields) -> tuple[float, float, float]:
    page = Fields(fields.take("page"), said("版式的 page"))
    size = page.number("width", 50, 1200), page.number("height", 50, 1200), page.number("bleed", 0, 10, 3)
    page.close()
    return size


def _background(fields: Fields) -> tuple[str, str | None, str]:
    background = Fields(fields.take("background", {}), said("版式的 background"))
    preset = background.choice("preset", BACKGROUNDS, "none")
    asset = background.text("asset", "") or None
    paper = background.color("paper", "#FFFFFF")
    background.close()
    return preset, asset, paper


def _style(fields: Fields, fonts: Mapping[str, str]) -> Style:
    font = fields.choice("font", fonts.keys()) if fields.has("font") else None
    color = fields.color("color") if fields.has("color") else None
    return Style(font, color, fields.number("scale", 0.3, 3, 1))


def _extra(fields: Fields) -> dict[str, Variable]:
    labels = fields.table("variables", _variable, {})
    for name in labels:
        if not name.startswith(EXTRA_PREFIX):
            raise fields.refuse("variables", said("中的“%(name)s”须以 %(prefix)s 开头", name=name, prefix=EXTRA_PREFIX))
    return {name: Variable(name, *entry) for name, entry in labels.items()}


def _variable(fields: Fields) -> tuple[str, str, Scope]:
    scope = fields.choice("scope", tuple(Scope), Scope.CERTIFICATE)
    return fields.text("label"), fields.text("sample"), Scope(scope)


def _samples(fields: Fields, context: _Context) -> dict[str, str]:
    entries = Fields(fields.take("samples", {}), said("版式的 samples"))
    samples = {}
    for name in entries.keys():  # noqa: SIM118 - these are fields, not a mapping
        context.require_variable(entries, name, name)
        samples[name] = entries.text(name)
    return samples


def _document(fields: Fields, context: _Context) -> tuple[TextTemplate, TextTemplate, TextTemplate]:
    document = Fields(fields.take("document"), said("版式的 document"))
    texts = tuple(context.template(document, key) for key in ("title", "author", "subject"))
    document.close()
    return texts[0], texts[1], texts[2]


def _items(data: object, context: _Context) -> tuple[Item, ...]:
    if not isinstance(data, list) or not 1 <= len(data) <= _MOST_ITEMS:
        raise LayoutError("版式的 items 必须是一个列表，有 1 至 %(most)s 项", most=_MOST_ITEMS)
    items: list[Item] = []
    for number, entry in enumerate(data, start=1):
        item = _item(entry, number, context)
        if any(item.id == other.id for other in items):
            raise LayoutError("版式第 %(number)s 项：id “%(id)s”已用过", number=number, id=item.id)
        items.append(item)
    return tuple(items)


def _item(entry: object, number: int, context: _Context) -> Item:
    name = entry.get("id") if isinstance(entry, Mapping) else None
    where = said("版式第 %(number)s 项", number=number)
    if isinstance(name, str):
        where = said("版式第 %(number)s 项“%(id)s”", number=number, id=name)
    fields = Fields(entry, where)
    kind = fields.choice("type", _MAKERS.keys())
    visible_if = fields.text("visible_if", "") or None
    if visible_if is not None:
        context.require_variable(fields, "visible_if", visible_if.removeprefix("!"))
    common = {"id": fields.text("id"), "box": _box(fields, context.page), "visible_if": visible_if}
    item = _MAKERS[kind](fields, context, common)
    fields.close()
    return item


def _box(fields: Fields, page: Box) -> Box:
    box = Box(*fields.numbers("box", 4))
    if box.width <= 0 or box.height <= 0:
        raise fields.refuse("box", said("的宽和高必须大于 0"))
    inside = (
        box.x >= page.x
        and box.y >= page.y
        and box.x + box.width <= page.x + page.width
        and box.y + box.height <= page.y + page.height
    )
    if not inside:
        raise fields.refuse("box", said("超出了页面"))
    return box


def _sizes(fields: Fields) -> tuple[float, float]:
    size = fields.number("size", _SMALLEST, _LARGEST)
    return size, fields.number("min_size", _SMALLEST, size, size)


def _text(fields: Fields, context: _Context, common: dict[str, Any]) -> Item:
    size, min_size = _sizes(fields)
    return TextItem(
        **common,
        size=size,
        min_size=min_size,
        text=context.template(fields, "text"),
        font=context.font(fields),
        color=fields.color("color"),
        align=fields.choice("align", ALIGNMENTS, "left"),
        tracking=fields.number("tracking", 0, 100, 0),
        role=fields.choice("role", ROLES, "P"),
    )


def _paragraph(fields: Fields, context: _Context, common: dict[str, Any]) -> Item:
    size, min_size = _sizes(fields)
    return ParagraphItem(
        **common,
        size=size,
        min_size=min_size,
        text=context.template(fields, "text"),
        font=context.font(fields),
        leading=fields.number("leading", size, 4 * size),
        color=fields.color("color"),
        align=fields.choice("align", (*ALIGNMENTS, "justify"), "justify"),
        indent_em=fields.number("indent_em", 0, 10, 0),
    )


def _qr(fields: Fields, context: _Context, common: dict[str, Any]) -> Item:
    return QrItem(
        **common,
        content=context.template(fields, "content"),
        level=fields.choice("level", ("L", "M", "Q", "H"), "M"),
        color=fields.color("color", "#1D1A17"),
        plate=fields.color("plate") if fields.has("plate") else None,
        alt=fields.text("alt", "核验二维码，内容为本证书的核验网址"),
    )


def _image(fields: Fields, _: _Context, common: dict[str, Any]) -> Item:
    return ImageItem(**common, asset=fields.text("asset"), alt=fields.text("alt"))


def _ornament(fields: Fields, _: _Context, common: dict[str, Any]) -> Item:
    return OrnamentItem(
        **common,
        name=fields.choice("name", ORNAMENTS),
        color=fields.color("color", "#B98A2E"),
        accent=fields.color("accent", "#C00D1E"),
    )


def _seal(fields: Fields, context: _Context, common: dict[str, Any]) -> Item:
    owner = context.template(fields, "owner")
    label = TextItem(
        **common,
        text=context.template(fields, "label", "（盖章）"),
        font=context.font(fields),
        size=11,
        min_size=_SMALLEST,
        color=fields.color("color", "#B9B2A3"),
        align="center",
        tracking=0,
        role="P",
    )
    return SealItem(**common, owner=owner, asset=fields.text("asset"), label=label)


_MAKERS: Mapping[str, Callable[[Fields, _Context, dict[str, Any]], Item]] = {
    "text": _text,
    "paragraph": _paragraph,
    "qr": _qr,
    "image": _image,
    "ornament": _ornament,
    "seal": _seal,
}


def _digest(data: Mapping[str, Any]) -> str:
    spelling = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(spelling.encode()).hexdigest()
