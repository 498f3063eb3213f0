"""How a fact is told with its source: one sentence for the rules' reasons, the record and the page."""

from datetime import date, datetime

from certificates.titles.models import FactKind, FactSource, HeldFact
from competitions.standards.model import LEVEL_NAMES
from core.clock import BEIJING
from core.messages import joined, message, said

KIND_NAMES = {
    FactKind.HELD: message("已获得"),
    FactKind.NOT_GRANTED: message("没有授予"),
    FactKind.NONE_ELSE: message("没有其他称号或奖章"),
    FactKind.PROMOTED: message("本年度已因竞赛晋升"),
    FactKind.NOT_PROMOTED: message("本年度没有因竞赛晋升"),
}
SOURCE_NAMES = {FactSource.RETURNED: message("授予文件"), FactSource.DECLARED: message("声明")}
_COMMA = message("，")


def day_of(moment: datetime) -> date:
    """The Beijing day of a moment."""
    return moment.astimezone(BEIJING).date()


def source_words(fact: HeldFact, competition: str) -> str:
    """Where a fact comes from, as a sentence that a page may say in another language.

    Args:
        fact: whose source.
        competition: title of the competition in which it was recorded.
    """
    recorded = said(
        "%(who)s于%(day)s在《%(title)s》登记",
        who=fact.recorded_by,
        day=str(day_of(fact.recorded_at)),
        title=competition,
    )
    return joined((_ground(fact), recorded), message("；"))


def _ground(fact: HeldFact) -> str:
    document = joined([part for part in (fact.authority, fact.document, str(fact.on or "")) if part], _COMMA)
    if fact.source is FactSource.RETURNED:
        return said("授予文件：%(document)s", document=document) if document else said("授予文件未载明")
    parts: list[str] = [said("%(who)s声明", who=fact.stated_by)]
    if document:
        parts.append(document)
    parts.append(said("凭据：%(what)s", what=fact.evidence) if fact.evidence else said("未附凭据"))
    return joined(parts, _COMMA)


def matter_of(fact: HeldFact) -> str:
    """What a fact is about beyond its kind: the title, or the level of a promotion; empty for a denial of all."""
    if fact.kind is not FactKind.PROMOTED:
        return fact.name
    return LEVEL_NAMES[int(fact.name)] if fact.name else ""
