"""Reading of sources, citations and dates of a rule pack."""

from collections.abc import Mapping
from datetime import date

from competitions.standards.model import CONFIDENCE, Citation, Effective, Source
from competitions.standards.nodes import Node

_MARKS = {mark: mark for mark in CONFIDENCE}
_SOURCE_KEYS = ("document", "issuer", "number", "dated", "address", "confidence", "read_on", "last_still_valid_on")


def read_sources(node: Node) -> dict[str, Source]:
    """The sources of a pack by their id; at least one."""
    sources = {name: _source(name, child) for name, child in node.pairs().items()}
    if not sources:
        raise node.refusal("规则包至少要有一个来源")
    return sources


def _source(name: str, node: Node) -> Source:
    keys = node.mapping(required=_SOURCE_KEYS)
    return Source(
        id=name,
        document=keys["document"].text(),
        issuer=keys["issuer"].optional_text(),
        number=keys["number"].optional_text(),
        dated=keys["dated"].optional_day(),
        address=keys["address"].optional_text(),
        confidence=keys["confidence"].choice(_MARKS),
        read_on=keys["read_on"].optional_day(),
        last_still_valid_on=keys["last_still_valid_on"].optional_day(),
    )


def read_citation(owner: Node, keys: Mapping[str, Node], sources: Mapping[str, Source]) -> Citation:
    """The `cite` of a value.

    Args:
        owner: the value, for the message when it has no citation.
        keys: the value's keys, `cite` among them.
        sources: the pack's sources.

    Raises:
        PackError: no citation, an unknown source, or neither (or both) of quote and summary.
    """
    if "cite" not in keys:
        raise owner.refusal("此条没有出处（缺少 cite）")
    return citation(keys["cite"], sources)


def citation(node: Node, sources: Mapping[str, Source]) -> Citation:
    """A citation: source, clause where visible, and either the quoted words or our summary of them."""
    cite = node.mapping(required=("source",), optional=("clause", "quote", "summary", "confidence"))
    name = cite["source"].text()
    if name not in sources:
        raise cite["source"].refusal("来源「%(source)s」没有列在 sources 里", source=name)
    if ("quote" in cite) == ("summary" in cite):
        raise node.refusal("出处须有原文（quote）或摘要（summary）之一")
    verbatim = "quote" in cite
    return Citation(
        source=sources[name],
        clause=cite["clause"].optional_text() if "clause" in cite else None,
        text=cite["quote" if verbatim else "summary"].text(),
        verbatim=verbatim,
        confidence=cite["confidence"].choice(_MARKS) if "confidence" in cite else sources[name].confidence,
    )


def read_effective(node: Node) -> Effective:
    """When a pack or a rule holds: `{year}` or `{edition}` of a contest, else `{from, until}` and perhaps `reported`.

    Raises:
        PackError: an end before its beginning, or a pack without any date.
    """
    keys = node.mapping(optional=("from", "until", "reported", "year", "edition"))
    if "edition" in keys:
        if len(keys) > 1:
            raise node.refusal("写了 edition 就不能再写其他日期")
        return Effective(None, None, None, None, edition=keys["edition"].text())
    if "year" in keys:
        if len(keys) > 1:
            raise node.refusal("写了 year 就不能再写其他日期")
        year = keys["year"].integer(least=1950)
        return Effective(start=date(year, 1, 1), end=date(year, 12, 31), reported=None, year=year)
    if "from" not in keys or "until" not in keys:
        raise node.refusal("生效日期须写 from 与 until，或写 year")
    start, end = keys["from"].optional_day(), keys["until"].optional_day()
    reported = keys["reported"].optional_day() if "reported" in keys else None
    if start is None and "reported" not in keys:
        raise node.refusal("from 不详时须写 reported（见到该规则施行的日期）")
    first = start or reported
    if end is not None and first is not None and end < first:
        raise keys["until"].refusal("截止日期 %(end)s 早于开始日期 %(start)s", end=end, start=first)
    return Effective(start=start, end=end, reported=reported, year=None)
