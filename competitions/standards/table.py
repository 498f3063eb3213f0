"""The table pack × dimension, filled from the packs themselves, with how far each value may be trusted."""

from collections.abc import Iterable, Sequence

from competitions.standards.model import CONFIDENCE, DIMENSIONS, Citation, Pack
from competitions.standards.regions import region

_UNKNOWN, _OUTSIDE = "?", "–"


def dimension_table(packs: Sequence[Pack]) -> str:
    """The table as Markdown.

    Args:
        packs: one row each, in this order.

    Returns:
        A page with a legend, a table and a line that counts; a cell holds the marks of the citations that the pack has
        for the dimension, `?` for unknown, `–` for what is not the text's matter.
    """
    lines = [
        "# Packs and dimensions",
        "",
        "Written by `flask competitions packs --table`; do not edit by hand.",
        "",
        *(f"* **{mark}** {words}" for mark, words in CONFIDENCE.items()),
        f"* **{_UNKNOWN}** 未载明；**{_OUTSIDE}** 不属于该文本的内容",
        "",
        f"| 规则包 | 有效期 | 适用 | 取代 | {' | '.join(DIMENSIONS.values())} |",
        f"|---|---|---|---|{'---|' * len(DIMENSIONS)}",
        *(_row(pack) for pack in packs),
        "",
        f"规则包 {len(packs)} 个。",
    ]
    return "\n".join(lines) + "\n"


def _row(pack: Pack) -> str:
    cells = (_cell(pack, dimension) for dimension in DIMENSIONS)
    head = f"`{pack.id}` {pack.title}（{pack.confidence}）"
    return f"| {head} | {_span(pack)} | {_reach(pack)} | {pack.supersedes or ''} | {' | '.join(cells)} |"


def _reach(pack: Pack) -> str:
    """To whom the pack applies, and from where."""
    place = region(pack.jurisdiction)
    words = {"programme": "系列赛", "region": "举办地区", "home": "选手所属地区"}[pack.applies.by]
    return f"{words}：{pack.jurisdiction if place is None else place.name}"


def _span(pack: Pack) -> str:
    dates = pack.effective
    if dates.year is not None:
        return str(dates.year)
    if dates.edition is not None:
        return dates.edition
    start = str(dates.start) if dates.start else (f"见于 {dates.reported}" if dates.reported else "不详")
    return f"{start} — {dates.end or ''}".strip()


def _cell(pack: Pack, dimension: str) -> str:
    if dimension in pack.unknown:
        return _UNKNOWN
    if dimension in pack.outside:
        return _OUTSIDE
    marks = {citation.confidence for citation in citations(pack, dimension)}
    return "".join(mark for mark in CONFIDENCE if mark in marks)


def citations(pack: Pack, dimension: str) -> Iterable[Citation]:
    """The citations that a pack has for a dimension."""
    rules: dict[str, list[Citation]] = {
        "classes": [] if pack.classes_citation is None else [pack.classes_citation],
        "promotion": [rule.rule.citation for rule in pack.promotion],
        "honours": [rule.rule.citation for rule in pack.honours],
        "repeat": [rule.citation for rule in pack.repeat],
        "prizes": [] if pack.prizes is None else [pack.prizes.citation],
        "minimum_field": [] if pack.minimum_field is None else [pack.minimum_field.citation],
        "ratios": [ratio.citation for ratio in pack.ratios],
        "papers": [cited.citation for cited in pack.papers.values()],
    }
    if dimension in rules:
        return rules[dimension]
    return [cited.citation for cited in pack.values.get(dimension, {}).values()]
