"""The report on how a competition agrees with its rules: clauses, findings, approved deviations."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from certificates.papers.document import Block, Document, Table
from competitions.alignment.aligning import HeldEvent, HeldPack, HeldPoint
from competitions.alignment.comparing import AGREES, DEVIATES, OPEN
from competitions.standards.model import CONFIDENCE, DIMENSIONS, Pack
from competitions.standards.words import is_verified, quoted, span

_ORDER = (DEVIATES, OPEN, AGREES)
_VERDICTS = {AGREES: "相符", DEVIATES: "不符", OPEN: "待核"}
_COLUMNS = ("规定事项", "规则要求", "竞赛现状", "结论", "条款与原文")
_WIDTHS = (4, 6, 5, 4, 11)


@dataclass(frozen=True, slots=True)
class Held:
    """The competition of a report."""

    title: str
    host: str
    opens_on: date
    not_in_force: Sequence[str]
    """Rules that were chosen and are not in force."""


def alignment_document(held: Held, events: Sequence[HeldEvent], on: date) -> Document:
    """The report as a paper; quotations stay as they were printed.

    Args:
        held: whose report it is.
        events: as `held_events` gives them.
        on: the day of the report.
    """
    return Document(
        title=f"{held.title} 对照规则的报告",
        notes=tuple(_notes(held, events, on)),
        blocks=tuple(_blocks(events)),
        is_wide=True,
    )


def _notes(held: Held, events: Sequence[HeldEvent], on: date) -> Iterable[str]:
    pending = sum(event.pending for event in events)
    yield f"主办单位：{held.host}。开幕日期：{held.opens_on}。核对日期：{on}。"
    yield f"待改正或待同意的不符 {pending} 项。系统中没有的事实列为待核，由人核对。"
    for pack_id in held.not_in_force:
        yield f"所选的规则包“{pack_id}”没有施行或已经停用，没有对照。"
    for pack in {pack.pack.id: pack.pack for event in events for pack in event.packs}.values():
        yield _named(pack)


def _named(pack: Pack) -> str:
    own = f"，自有规则第 {pack.version} 版" if pack.version is not None else ""
    trust = "已核实" if is_verified(pack.confidence) else "未核实"
    return f"对照的规则：{pack.title}（{pack.id}{own}；{span(pack.effective)}；{trust}：{CONFIDENCE[pack.confidence]}）"


def _blocks(events: Iterable[HeldEvent]) -> Iterable[Block]:
    for event in events:
        counts = "，".join(f"{_VERDICTS[verdict]} {event.count(verdict)}" for verdict in (AGREES, DEVIATES, OPEN))
        for pack in event.packs:
            heading = f"{event.event.title}（{counts}）：{pack.pack.title}"
            yield Table(heading, _COLUMNS, tuple(_rows(pack)), _WIDTHS)


def _rows(pack: HeldPack) -> Iterable[tuple[str, ...]]:
    for verdict in _ORDER:
        yield from (_row(one) for one in pack.points if one.point.verdict == verdict)
    if pack.unstated:
        names = "、".join(DIMENSIONS[name] for name in pack.unstated)
        yield ("所见文本未载明", names, "", "", "")


def _row(one: HeldPoint) -> tuple[str, ...]:
    point, citation = one.point, one.point.citation
    trust = "" if is_verified(citation.confidence) else f"；未核实：{CONFIDENCE[citation.confidence]}"
    source = f"{citation.clause or '条款号未见'}：{quoted(citation)}（{citation.source.document}{trust}）"
    return point.dimension_name, str(point.wanted), str(point.found), _verdict(one), source


def _verdict(one: HeldPoint) -> str:
    word = _VERDICTS[one.point.verdict]
    if one.approval is None:
        return word
    return f"{word}；{one.approval.approved_by}于 {one.approval.approved_at:%Y-%m-%d} 同意：{one.approval.reason}"
