"""Names of judges in a scheme that are no seats: said while the scheme is looked at, before sheets are refused."""

from collections.abc import Sequence

from core.messages import joined, said
from scoring.engine.scheme import Node, Scheme
from scoring.sheets.seating import names_without_seat

_SHOWN = 3
"""Aspects that are named; of a panel of thirty aspects the first ones are enough to find it."""


def seatless_names(scheme: Scheme) -> list[str]:
    """Where the scheme names judges who are no seats, and what to do: a sentence for each list of such names."""
    by_names: dict[tuple[str, ...], list[Node]] = {}
    for aspect, names in names_without_seat(scheme):
        by_names.setdefault(names, []).append(aspect)
    return [_sentence(names, aspects) for names, aspects in by_names.items()]


def _sentence(names: Sequence[str], aspects: Sequence[Node]) -> str:
    shown = joined([said("“%(label)s”（%(code)s）", label=node.label, code=node.id) for node in aspects[:_SHOWN]])
    where = said("%(aspects)s 等 %(n)s 个评分点", aspects=shown, n=len(aspects)) if len(aspects) > _SHOWN else shown
    return said(
        "%(where)s的评委名单里写了“%(names)s”，不是席位，采用后不能生成评分表。评分表上的裁判只按席位称 J1、J2……："
        "请把方案文件里这一处的 judges 改成席位，或只写裁判人数，再上传；谁坐哪一席，在“裁判”页安排。",
        where=where,
        names=joined(names),
    )
